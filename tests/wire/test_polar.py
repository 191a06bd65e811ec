"""Polar's two streams: their compression, their factors, and bringing them together."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from polar_python.models import ACCData, GyroData
from polar_python.parsers import parse_polar_data

from monitor.errors import InputError
from monitor.samples import Decoded
from monitor.wire.polar import ACC, CONTROL, GATT, GYR, Decoder, Encoder, G, Reader
from monitor.wire.polar_delta import compressed, decompressed, signed

# tests of the Polar BLE SDK: AccDataTest.kt 48 and 233, GyrDataTest.kt 49 and 115
RAW_ACC = bytes.fromhex(
    "02009435770000000001f7ffffffe703f8fffeffe503f9ffffffe503faffffffe603fafffeffe603f9ffffffe503"
    "f8ffffffe603f8fffeffe603faffffffe503faffffffe703faffffffe503f8ffffffe603f7ffffffe603f8fffeff"
    "e603f9fffeffe703f9ff0000e603f9ffffffe603f7fffeffe503f9ffffffe503f9ffffffe503faff0000e603f9ff"
    "feffe603f8ffffffe603f8ffffffe503f9ffffffe503f9ffffffe503faffffffe603f9ffffffe503f9ffffffe503"
    "f8fffeffe603f9ffffffe603f9ffffffe603f9ff0000e503f9fffeffe603f8fffeffe603f7fffeffe603"
)
REAL = [
    (RAW_ACC, 36, 2.0, (-9, -1, 999), (-8, -2, 997), (-9, -2, 998)),
    (
        bytes.fromhex("02650000000000000081f1ff1400f00306017b0f08"),
        2, 1.01e-7, (-15, 20, 1008), (-20, 17, 1008), (-20, 17, 1008),
    ),
    (
        bytes.fromhex("05ffffffffffffff7f80eaff08000d000301df00"),
        2, 9223372036.854775807, (-22, 8, 13), (-23, 11, 16), (-23, 11, 16),
    ),
    (
        bytes.fromhex("050094357700000000810000803f000020410000a0411c010000a001000008cdccec0d"),
        2, 2.0, (1, 10, 20), (10, 20, 1.100000023841858), (10, 20, 1.100000023841858),
    ),
]  # fmt: skip
SHAPE = st.tuples(st.integers(1, 60), st.just(3))


def frame(what: int, last_s: float, numbers: np.ndarray, kind: int = 0x80) -> bytes:
    head = struct.pack("<BQB", what, round(last_s * 1e9), kind)
    return head + compressed(numbers, 2)


def steady(what: int, last_s: float, n: int = 26) -> bytes:
    return frame(what, last_s, np.full((n, 3), 100))


@pytest.mark.parametrize(("data", "n", "last_s", "first", "second", "last"), REAL)
def test_real_frames_give_what_the_makers_tests_expect(
    data: bytes,
    n: int,
    last_s: float,
    first: tuple[float, ...],
    second: tuple[float, ...],
    last: tuple[float, ...],
):
    got = Reader().feed(data)
    said = got.acc / (G / 1000) if data[0] == ACC else np.degrees(got.gyr)
    assert len(got) == n
    for row, expected in ((0, first), (1, second), (-1, last)):
        assert said[row] == pytest.approx(expected, abs=1e-9)
    assert np.isnan(got.gyr if data[0] == ACC else got.acc).all()
    assert got.sensor_time_s is not None
    assert got.sensor_time_s[-1] == pytest.approx(last_s)
    assert np.diff(got.sensor_time_s) == pytest.approx(np.full(n - 1, 1 / 52), abs=3e-6)


@given(
    steps=arrays(np.int64, SHAPE, elements=st.integers(-700, 700)),
    factor=st.floats(2.0**-13, 2.0, width=32),
    what=st.sampled_from([(ACC, 0x80), (ACC, 0x81), (GYR, 0x80)]),
    block=st.integers(1, 60),
)
def test_an_independent_reader_agrees_on_any_compressed_frame(
    steps: np.ndarray, factor: float, what: tuple[int, int], block: int
):
    numbers = np.clip(np.cumsum(steps, axis=0), -32768, 32767)
    data = struct.pack("<BQB", what[0], 10**12, what[1]) + compressed(numbers, 2, block)
    theirs = parse_polar_data(bytearray(data), lambda _: factor)
    ours = Reader(factor).feed(data)
    if what[0] == ACC:
        assert isinstance(theirs, ACCData)
        # they give whole mg
        np.testing.assert_allclose(ours.acc / (G / 1000), theirs.data, atol=1.001)
    else:
        assert isinstance(theirs, GyroData)
        np.testing.assert_allclose(np.degrees(ours.gyr), theirs.data, rtol=1e-6, atol=1e-9)


@given(
    first=arrays(np.int64, (1, 3), elements=st.integers(-32768, 32767)),
    blocks=st.lists(
        st.integers(2, 32).flatmap(
            lambda bits: st.tuples(st.just(bits), st.binary(min_size=3 * bits, max_size=3 * bits))
        ),
        max_size=6,
    ),
)
def test_an_independent_reader_agrees_on_random_differences(
    first: np.ndarray, blocks: list[tuple[int, bytes]]
):
    start = first.astype("<i2").tobytes()
    data = start + b"".join(bytes([bits, 8]) + body for bits, body in blocks)
    whole = bytearray(struct.pack("<BQB", GYR, 10**12, 0x80) + data)
    theirs = parse_polar_data(whole, lambda _: 1.0)
    assert isinstance(theirs, GyroData)
    np.testing.assert_array_equal(decompressed(data, 2), np.array(theirs.data, float))


@given(
    numbers=arrays(np.int64, SHAPE, elements=st.integers(-(2**23), 2**23 - 1)),
    block=st.integers(1, 255),
)
def test_what_was_compressed_comes_back(numbers: np.ndarray, block: int):
    np.testing.assert_array_equal(decompressed(compressed(numbers, 3, block), 3), numbers)


@given(data=st.binary(max_size=60))
def test_any_bytes_are_numbers_or_refused_in_words(data: bytes):
    got = decompressed(data, 2)
    assert isinstance(got, str) or got.shape[1] == 3


def test_uncompressed_frames_of_every_width_are_read():
    for kind, width in ((0, 1), (1, 2), (2, 3)):
        body = b"".join(k.to_bytes(width, "little", signed=True) for k in (-3, 100, 5, 1, 2, 3))
        got = Reader().feed(struct.pack("<BQB", ACC, 10**9, kind) + body)
        np.testing.assert_allclose(got.acc / (G / 1000), [(-3, 100, 5), (1, 2, 3)])
    np.testing.assert_array_equal(signed(b"\xff\xff\x7f\x00\x00\x80\x01\x00\x00", 3),
                                  [(2**23 - 1, -(2**23), 1)])  # fmt: skip


def test_without_its_factor_a_compressed_frame_waits_for_the_starts_answer():
    reader = Reader(None)
    assert len(reader.feed(steady(GYR, 1.0))) == 0
    assert "factor" in reader.reason
    reader.feed(bytes([0xF0, 2, GYR, 0, 0, 0, 1, 52, 0, 5, 1]) + struct.pack("<f", 0.07), "control")
    assert np.degrees(reader.feed(steady(GYR, 2.0)).gyr) == pytest.approx(np.full((26, 3), 7.0))
    assert reader.rejected == 1
    assert len(reader.feed(steady(ACC, 2.0))) == 0
    reader.restart()
    assert len(reader.feed(steady(GYR, 3.0))) == 0


@pytest.mark.parametrize("factor", [0.0, float("nan"), float("inf")])
def test_a_factor_that_makes_nothing_of_the_numbers_is_refused(factor: float):
    with pytest.raises(InputError, match="factor"):
        Reader(factor)


@pytest.mark.parametrize(
    ("status", "words"), [(13, "charger"), (12, "mode"), (8, "rate"), (77, "status 77")]
)
def test_a_start_that_was_refused_is_said_in_words(status: int, words: str):
    decoder = Decoder()
    decoder.feed(bytes([0xF0, 2, ACC, status, 0]), "control")
    assert words in decoder.notice
    decoder.feed(bytes([0xF0, 2, ACC, 6, 0]), "control")
    assert words in decoder.notice
    decoder.feed(bytes([0xF0, 2, ACC, 0, 0, 5, 1]), "control")  # cut off before the factor
    assert decoder.notice == ""
    assert decoder.rejected == 0


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (bytes(10), "too few for a frame"),
        (steady(6, 1.0), "not known"),
        (struct.pack("<BQB", ACC, 1, 1) + bytes(7), "no whole samples"),
        (struct.pack("<BQB", ACC, 1, 0x81) + bytes(5), "first sample"),
        (struct.pack("<BQB", ACC, 1, 0x81) + bytes(6) + b"\x08\x05\0", "cut short"),
        (struct.pack("<BQB", GYR, 1, 0x81) + b"\xff" * 12, "finite"),
        (struct.pack("<BQB", GYR, 1, 0x81) + b"\x01\x00\x81\x7f" * 3, "finite"),
    ],
)
def test_why_a_frame_was_refused_is_said_in_words(data: bytes, reason: str):
    reader = Reader()
    assert len(reader.feed(data)) == 0
    assert reader.rejected == 1
    assert reason in reader.reason


def test_a_lost_frame_leaves_its_hole_and_the_others_their_times():
    reader = Reader()
    blocks: list[Decoded] = [reader.feed(steady(ACC, 10 + 0.5 * k)) for k in (0, 1, 2, 5, 6)]
    for k, block in zip((1, 2, 5, 6), blocks[1:], strict=True):
        expected = 10 + 0.5 * k - 0.5 / 26 * np.arange(25, -1, -1)
        assert block.sensor_time_s == pytest.approx(expected, abs=1e-6)


def test_a_frame_that_comes_twice_is_dropped_and_a_clock_set_back_is_followed():
    reader = Reader()
    lengths = [len(reader.feed(steady(ACC, last_s))) for last_s in (10, 10.5, 10.5, 10, 2, 2.5)]
    assert lengths == [26, 26, 0, 0, 26, 26]
    assert reader.dropped == 2


def test_an_old_sensor_without_sdk_mode_is_started_at_its_own_rate():
    sensor = Encoder()
    statuses = []
    for write in GATT.start:
        if write.data[1] != 9:
            statuses += [data[3] for _, data in sensor.replies(CONTROL, write.data)]
    assert statuses == [0, 0, 8, 8, 0, 0]
    assert sensor.rate_hz == 52


def test_a_question_for_settings_is_answered_too():
    assert Encoder().replies(CONTROL, bytes([1, ACC])) == [(CONTROL, bytes([0xF0, 1, ACC, 0, 0]))]
