"""WitMotion: a stream of bytes without time or number, and what must not pass for one."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.samples import Decoded
from monitor.wire import witmotion
from monitor.wire.decoder import joined
from monitor.wire.gatt import Advertisement
from monitor.wire.witmotion import ACC_LSB, GYR_LSB, RECORDS, Decoder, Encoder, G

REAL = [
    # published with their values by bt-sensors-plugin-sk, sensor_classes/WT901BLE.js
    ("5561e1ff91ff0008000000000000e9fdc800c43a", (-0.01513671875, -0.05419921875, 1.0), (0, 0, 0)),
    ("5561dfff91ffff07000000000000e6fdc400c43a", (-0.016, -0.054, 1.0), (0, 0, 0)),
    # a public decoder's own test
    ("5561000000040008000000200000000000200040", (0, 0.5, 1), (0, 500, 0)),
    # logged with the last two angles cut off, which are made 0 here: obedier/vib
    ("556135ff59ff0a08000000000000b9fc00000000", (-0.09912, -0.08154, 1.00488), (0, 0, 0)),
    ("5561e403ebf43f007c0202ff330052fe00000000", (0.48633, -1.38525, 0.03076),
     (38.8184, -15.5029, 3.1128)),
    ("55619cffc2ffd00792fe7bff200029fe00000000", (-0.04883, -0.03027, 0.97656),
     (-22.3389, -8.1177, 1.9531)),
]  # fmt: skip
MAGNETOMETER = bytes.fromhex("55713a00ab0b4802680de9fdc800c43a94070000")
QUATERNION = bytes.fromhex("55715100ef9f470346017fab0000000000000000")
VIBRATION = bytes.fromhex("5561110016000200020000000100e60a430047000a00250025002500")


def stream(count: int, seed: int = 0) -> tuple[bytes, np.ndarray]:
    """Records whose numbers are all different, and their counts (count, 6)."""
    counts = np.random.default_rng(seed).integers(-32768, 32768, (count, 6))
    ((_, data),) = Encoder().encode(counts[:, :3] * ACC_LSB, counts[:, 3:] * GYR_LSB, 0, 0.0)
    return data, counts


def counts_of(decoded: Decoded) -> list[list[int]]:
    both = np.hstack([decoded.acc / ACC_LSB, decoded.gyr / GYR_LSB])
    return np.rint(both).astype(int).tolist()


@pytest.mark.parametrize(("text", "acc_g", "gyr_dps"), REAL)
def test_real_records_give_the_values_published_with_them(
    text: str, acc_g: Sequence[float], gyr_dps: Sequence[float]
):
    got = Decoder().feed(bytes.fromhex(text))
    np.testing.assert_allclose(got.acc, [np.multiply(acc_g, G)], atol=6e-4 * G)
    np.testing.assert_allclose(got.gyr, [np.radians(gyr_dps)], atol=1e-5)
    assert got.sensor_time_s is None


@given(
    counts=st.integers(1, 20).flatmap(lambda n: st.just(stream(n, n))),
    cuts=st.lists(st.integers(0, 400), max_size=10),
)
def test_however_the_radio_cuts_the_stream_the_same_records_come_out(
    counts: tuple[bytes, np.ndarray], cuts: list[int]
):
    data, expected = counts
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    decoder = Decoder()
    blocks = [decoder.feed(data[a:b]) for a, b in pairwise(edges)]
    assert counts_of(joined(blocks)) == expected.tolist()
    assert decoder.rejected == 0


def test_answers_to_questions_lie_between_the_records_and_are_no_samples():
    data, expected = stream(2)
    decoder = Decoder()
    got = decoder.feed(data[:20] + MAGNETOMETER + QUATERNION + data[20:])
    assert counts_of(got) == expected.tolist()
    assert decoder.rejected == 0


def test_a_vibration_sensor_is_refused_in_words():
    decoder = Decoder()
    assert len(decoder.feed(VIBRATION)) == 0
    assert decoder.rejected == 1
    assert "vibration sensor" in decoder.reason
    refuses = witmotion.GATT.refuses
    assert "vibration" in (refuses(Advertisement("WTVB01-BT50")) or "")
    assert refuses(Advertisement("WT901BLE68")) is None


def test_a_sensor_told_to_be_quick_is_quick_once_it_is_unlocked():
    sensor = Encoder()
    unlock, *rest = witmotion.GATT.start
    for write in rest:
        sensor.replies(write.characteristic, write.data)
    assert sensor.rate_hz == 10
    for write in (unlock, *rest):
        sensor.replies(write.characteristic, write.data)
    assert sensor.rate_hz == 100


def test_the_battery_is_told_when_asked_for():
    query = witmotion.GATT.battery_query
    assert query is not None
    ((characteristic, answer),) = Encoder().replies(query.characteristic, query.data)
    assert characteristic == RECORDS
    assert witmotion.GATT.battery_pct("", answer) == 60
    assert witmotion.GATT.battery_pct("", answer[:5]) is None
    assert witmotion.GATT.battery_pct("", stream(1)[0]) is None


def dated(times_s: Sequence[float]) -> list[bytes]:
    """Records of a sensor that says the date; the first acceleration is the record's number."""
    sensor = Encoder(dated=True)
    return [
        sensor.encode(np.array([[k + 1.0, 0, 0]]), np.zeros((1, 3)), 0, time_s)[0][1]
        for k, time_s in enumerate(times_s)
    ]


def test_a_sensor_that_says_the_date_is_told_by_its_longer_records():
    start_s = 9131 * 86400 - 0.02  # the last moments of 2024
    records = dated([start_s + 0.01 * k for k in range(5)])
    for stream_ in (records, [b"".join(records)], [records[0], b"".join(records[1:])]):
        decoder = Decoder()
        got = joined([decoder.feed(data) for data in stream_])
        assert got.acc[:, 0] == pytest.approx([1, 2, 3, 4, 5], abs=ACC_LSB)
        assert got.sensor_time_s == pytest.approx(start_s + 0.01 * np.arange(5), abs=1e-6)
        assert decoder.rejected == 0


@given(cuts=st.lists(st.integers(28, 280), max_size=6))
def test_dated_records_may_be_cut_anywhere_once_they_are_known(cuts: list[int]):
    whole = b"".join(dated([100.0 + 0.01 * k for k in range(10)]))
    edges = [0, 28, *sorted(cuts), len(whole)]
    decoder = Decoder()
    got = joined([decoder.feed(whole[a:b]) for a, b in pairwise(edges)])
    assert got.sensor_time_s == pytest.approx(100.0 + 0.01 * np.arange(10))
    assert decoder.rejected == 0


def test_a_dated_record_that_comes_twice_is_dropped_and_a_clock_set_back_is_followed():
    decoder = Decoder()
    blocks = [decoder.feed(data) for data in dated([50.0, 50.0, 50.01, 50.0, 7.0, 7.01])]
    assert [len(block) for block in blocks] == [1, 0, 1, 0, 1, 1]
    assert decoder.dropped == 2


def test_a_dated_record_whose_date_was_damaged_is_skipped():
    records = dated([50.0 + 0.01 * k for k in range(4)])
    records[1] = records[1][:21] + b"\x0d" + records[1][22:]  # the thirteenth month
    decoder = Decoder()
    got = joined([decoder.feed(b"".join(records))])
    assert np.rint(got.acc[:, 0]).tolist() == [1, 3, 4]
    assert decoder.rejected == 1


def test_after_rubbish_a_record_is_believed_only_where_another_follows():
    data, expected = stream(4)
    false = b"\x55\x61" + bytes(9)
    decoder = Decoder()
    got = decoder.feed(b"\xaa\x55\x55" + false + data)
    assert counts_of(got) == expected.tolist()
    assert decoder.rejected == 1
    assert "14 bytes are no record" in decoder.reason


def test_a_record_that_was_cut_short_spoils_no_other():
    data, expected = stream(3)
    decoder = Decoder()
    parts = [data[:20], data[20:35], data[40:]]
    got = joined([decoder.feed(part) for part in parts])
    assert counts_of(got) == [expected[0].tolist(), expected[2].tolist()]
    assert decoder.rejected == 1
    assert "cut short" in decoder.reason


@pytest.mark.parametrize("size", [28, 32])
def test_what_has_a_vibration_sensors_length_and_no_date_is_one(size: int):
    decoder = Decoder()
    assert len(decoder.feed(VIBRATION.ljust(size, b"\x7f"))) == 0
    assert "vibration sensor" in decoder.reason


def test_a_slow_low_pass_shows_by_repeated_records_and_is_said():
    data, _ = stream(60)
    records = [data[k : k + 20] for k in range(0, len(data), 20)]
    decoder = Decoder()
    for record in records:
        decoder.feed(record * 5)
    assert decoder.repeated == 240
    assert "most of its records repeat" in decoder.notice
    for k in range(8):
        decoder.feed(stream(50, seed=k)[0])
    assert decoder.notice == ""


def test_an_empty_battery_is_empty_and_a_full_one_full():
    for centivolts, pct in ((420, 100), (330, 0)):
        answer = b"\x55\x71\x64\x00" + centivolts.to_bytes(2, "little") + bytes(14)
        assert witmotion.GATT.battery_pct("", answer) == pct
