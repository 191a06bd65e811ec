"""The reference format: what goes in comes out, and garbage never becomes samples."""

import binascii

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from monitor.arrivals import Packet
from monitor.samples import Decoded, Floats
from monitor.wire.reference import ACC_RANGES_G, GYR_RANGES_DPS, MAX_SAMPLES, Decoder, Encoder, G

PERIOD_S = 0.01
counts = st.integers(1, MAX_SAMPLES)


def packet(first: int, n: int = 5, time_s: float | None = None) -> bytes:
    """Samples `first` .. `first + n - 1` of a 100 Hz sensor; each x acceleration is its number."""
    acc = np.zeros((n, 3))
    acc[:, 0] = (first + np.arange(n)) % 32768 * 8 * G / 32768
    return Encoder(8, 500, 10_000).packet(
        acc, np.zeros((n, 3)), first, first * PERIOD_S if time_s is None else time_s
    )


def numbers(decoded: Decoded) -> list[int]:
    """Which samples came out, by what was measured, and that the sequence agrees."""
    assert decoded.sequence is not None
    measured = np.rint(decoded.acc[:, 0] * 32768 / (8 * G)).astype(int).tolist()
    assert measured == (decoded.sequence % 32768).tolist()
    return decoded.sequence.tolist()


def resealed(data: bytes) -> bytes:
    """The packet with the right checksum for what it says now."""
    return data[:-2] + binascii.crc_hqx(data[:-2], 0xFFFF).to_bytes(2, "big")


@given(
    raw=counts.flatmap(lambda n: arrays(np.float64, (n, 6), elements=st.floats(-200, 200))),
    acc_range=st.sampled_from(ACC_RANGES_G),
    gyr_range=st.sampled_from(GYR_RANGES_DPS),
    sequence=st.integers(0, 2**40),
    time_us=st.integers(0, 2**50),
)
def test_a_packet_gives_back_its_samples_to_half_an_lsb_or_saturated(
    raw: Floats, acc_range: int, gyr_range: int, sequence: int, time_us: int
):
    data = Encoder(acc_range, gyr_range, 5000).packet(
        raw[:, :3], raw[:, 3:], sequence, time_us * 1e-6
    )
    assert len(data) <= 244
    got = Decoder().feed(data)
    for given_, back, lsb in (
        (raw[:, :3], got.acc, acc_range * G / 32768),
        (raw[:, 3:], got.gyr, np.radians(gyr_range) / 32768),
    ):
        held = np.clip(given_, -32768 * lsb, 32767 * lsb)
        np.testing.assert_allclose(back, held, atol=0.5001 * lsb, rtol=0)
    assert got.sequence is not None
    assert got.sensor_time_s is not None
    np.testing.assert_array_equal(got.sequence, sequence % 65536 + np.arange(len(raw)))
    expected_s = (time_us % 2**32) * 1e-6 + 0.005 * np.arange(len(raw))
    np.testing.assert_allclose(got.sensor_time_s, expected_s, atol=1.1e-6, rtol=0)


@given(st.binary(max_size=300))
def test_garbage_is_counted_and_gives_no_samples(data: bytes):
    decoder = Decoder()
    assert len(decoder.feed(data)) == 0
    assert decoder.rejected == 1
    assert decoder.reason


@given(data=counts.map(lambda n: packet(7, n)), cut=st.integers(0, 250))
def test_a_packet_cut_short_split_or_run_together_is_counted_and_gives_no_samples(
    data: bytes, cut: int
):
    decoder = Decoder()
    cut %= len(data)
    for part in (data[:cut], data[cut:] if cut else b"", data + data, data + b"\0"):
        assert len(decoder.feed(part)) == 0
    assert decoder.rejected == 4
    assert numbers(decoder.feed(data))[0] == 7


@given(n=counts, place=st.integers(0, 250), flip=st.integers(1, 255))
def test_one_damaged_byte_anywhere_spoils_the_whole_packet(n: int, place: int, flip: int):
    data = bytearray(packet(7, n))
    data[place % len(data)] ^= flip
    decoder = Decoder()
    assert len(decoder.feed(bytes(data))) == 0
    assert decoder.rejected == 1


@pytest.mark.parametrize(
    ("offset", "value", "reason"),
    [
        (0, 0x55, "starts with 0x55"),
        (1, 2, "version 2"),
        (2, 0x04, "unknown ranges 0x04"),
        (2, 0x50, "unknown ranges 0x50"),
        (3, 4, "4 samples need"),
    ],
)
def test_why_a_packet_was_refused_is_said_in_words(offset: int, value: int, reason: str):
    data = bytearray(packet(7))
    data[offset] = value
    decoder = Decoder()
    decoder.feed(resealed(bytes(data)))
    assert reason in decoder.reason


def test_more_samples_than_the_format_holds_or_no_period_are_refused():
    long = packet(0, 19)
    long = bytes([*long[:3], 20]) + long[4:-2] + bytes(12) + b"\0\0"
    timeless = packet(0, 5)
    timeless = timeless[:10] + b"\0\0" + timeless[12:]
    decoder = Decoder()
    for data in (long, timeless):
        assert len(decoder.feed(resealed(data))) == 0
        assert "outside the format" in decoder.reason
    assert decoder.rejected == 2


@given(
    start=st.integers(0, 2**20),
    steps=st.lists(st.integers(0, 60_000), min_size=1, max_size=20),
)
def test_counters_that_wrap_go_on_as_if_they_did_not(start: int, steps: list[int]):
    decoder = Decoder()
    first = start
    base = numbers(decoder.feed(packet(first)))[0] - first
    for lost in steps:
        first += 5 + lost
        got = decoder.feed(packet(first))
        assert numbers(got) == list(range(first + base, first + base + 5))


def test_a_gap_of_whole_turns_of_the_counter_is_told_by_the_device_clock():
    for lost in (65_536 - 5, 65_536, 3 * 65_536 + 40):
        decoder = Decoder()
        decoder.feed(packet(100))
        assert numbers(decoder.feed(packet(105 + lost)))[0] == 105 + lost


def test_the_device_clock_wraps_after_71_minutes_and_the_time_goes_on():
    decoder = Decoder()
    start_s = 2**32 * 1e-6 - 0.12
    times = [decoder.feed(packet(5 * k, 5, start_s + 0.05 * k)).sensor_time_s for k in range(6)]
    np.testing.assert_allclose(
        np.concatenate([t for t in times if t is not None]),
        start_s + PERIOD_S * np.arange(30),
        atol=1.1e-6,
        rtol=0,
    )


def test_a_packet_that_comes_twice_or_late_is_dropped_and_moves_nothing():
    decoder = Decoder()
    order = [0, 5, 5, 15, 10, 0, 20]
    got = [numbers(decoder.feed(packet(first))) for first in order]
    assert [part[0] for part in got if part] == [0, 5, 15, 20]
    assert decoder.dropped == 3
    assert decoder.rejected == 0
    assert "twice" in decoder.reason


@given(uptime=st.integers(200, 60_000), again=st.integers(0, 50))
def test_a_sensor_that_started_anew_is_followed_at_once(uptime: int, again: int):
    decoder = Decoder()
    decoder.feed(packet(uptime))
    got = decoder.feed(packet(again))
    assert numbers(got)[0] == again
    assert decoder.dropped == 0


def test_after_a_lost_link_the_counters_go_on_if_the_sensors_did():
    decoder = Decoder()
    decoder.feed(packet(65_530))
    decoder.feed(packet(65_540))
    decoder.restart()
    assert numbers(decoder.feed(packet(65_945)))[0] == 65_945


def test_after_a_lost_link_a_sensor_that_started_anew_is_followed_at_once():
    decoder = Decoder()
    decoder.feed(packet(100))
    decoder.restart()
    assert numbers(decoder.feed(packet(5)))[0] == 5
    assert decoder.dropped == 0


@given(
    st.lists(
        st.one_of(
            st.builds(packet, st.integers(0, 3000), counts),
            st.binary(max_size=80),
            st.builds(
                lambda acc, gyr: Encoder(acc, gyr, 20_000).packet(
                    np.ones((3, 3)), np.ones((3, 3)), 40, 0.4
                ),
                st.sampled_from(ACC_RANGES_G),
                st.sampled_from(GYR_RANGES_DPS),
            ),
        ),
        max_size=12,
    ),
)
def test_many_packets_at_once_give_the_same_as_one_by_one(notifications: list[bytes]):
    one, many = Decoder(), Decoder()
    parts = [one.feed(data) for data in notifications]
    packets = [Packet(0.1 * k, data) for k, data in enumerate(notifications)]
    together, arrival_s = many.feed_all(packets)
    assert (many.rejected, many.dropped, many.reason) == (one.rejected, one.dropped, one.reason)
    for name in ("acc", "gyr", "sequence", "sensor_time_s"):
        expected = np.concatenate(
            [getattr(Decoder().feed(b""), name)] + [getattr(p, name) for p in parts]
        )
        np.testing.assert_array_equal(getattr(together, name), expected)
    np.testing.assert_array_equal(
        arrival_s, np.repeat(0.1 * np.arange(len(parts)), [len(p) for p in parts])
    )


def test_an_encoder_refuses_what_the_format_cannot_say():
    three = np.zeros((3, 3))
    for ranges in ((3, 500, 10_000), (8, 100, 10_000), (8, 500, 0), (8, 500, 70_000)):
        with pytest.raises(ValueError, match=r"are one of|period"):
            Encoder(*ranges)
    for rows in (0, 20):
        with pytest.raises(ValueError, match=r"1\.\.19 samples"):
            Encoder().packet(np.zeros((rows, 3)), np.zeros((rows, 3)), 0, 0.0)
    with pytest.raises(ValueError, match="finite"):
        Encoder().packet(three * np.nan, three, 0, 0.0)
