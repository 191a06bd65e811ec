"""Movesense: messages of several samples, cut in two where they are long."""

import struct

import numpy as np
import pytest

from monitor.samples import Decoded
from monitor.wire.movesense import COMMANDS, GATT, Decoder, Encoder

# captures published by sensein/movesense-py with what Movesense's own software makes of them
IMU6 = bytes.fromhex(
    "0263aca1020094b578bf399b8840cdb20d4155ff7cbf6a60884092c70c4182627cbfa2e988405da00c418bf871bf"
    "71248940c38c0c4148e17abf713daabf3333b3bec3f568bf713daabf3e0ad7beae4721bff628bcbf3e0ad7beae47"
    "21bf3333b3bf3e0ad7be"
)
ACC = bytes.fromhex(
    "026303de010055ab8bbf69f78d4081dd0a412b1387bf975a8d4020840b41e79190bf076d8e401bf10a412b1387bf"
    "316e8d40b9660b41"
)
GYR = bytes.fromhex(
    "026303de0100295c8f3f666606c03e0a57beae47a13f85eb01c0295c8fbeae47a13fc3f5e8bf295c8fbe295c8f3f"
    "85ebf1bf3e0a57be"
)
SAID_ACC = [
    (-0.9715206623077393, 4.268948078155518, 8.856152534484863),
    (-0.9882710576057434, 4.2617692947387695, 8.798723220825195),
    (-0.9858781099319458, 4.278519630432129, 8.789151191711426),
    (-0.9451987147331238, 4.285698413848877, 8.7843656539917),
]
SAID_GYR_DPS = [(-0.98, -1.33, -0.35), (-0.91, -1.33, -0.42), (-0.63, -1.47, -0.42),
                (-0.63, -1.4, -0.42)]  # fmt: skip


def message(number: int, rate_hz: int = 104) -> list[bytes]:
    """The notifications of one message; its accelerations are its number."""
    sensor = Encoder()
    sensor.replies(COMMANDS, b"\x01\x63/Meas/IMU6/%d\0" % rate_hz)
    n = sensor.batch
    said = sensor.encode(np.full((n, 3), float(number)), np.zeros((n, 3)), 0, number / 13)
    return [data for _, data in said]


def numbers(*blocks: Decoded) -> list[float]:
    return [float(block.acc[0, 0]) for block in blocks if len(block)]


def test_a_real_message_gives_what_the_makers_own_software_gives():
    got = Decoder().feed(IMU6)
    np.testing.assert_array_equal(got.acc, SAID_ACC)
    np.testing.assert_allclose(got.gyr, np.radians(SAID_GYR_DPS), atol=1e-8)
    assert got.sensor_time_s == pytest.approx(172.460 + np.arange(4) / 52, abs=1e-9)


def test_a_real_message_of_one_quantity_is_told_by_its_channel():
    acc, gyr = Decoder().feed(ACC, "acc"), Decoder().feed(GYR, "gyr")
    assert acc.acc[3] == pytest.approx([-1.0552724599838257, 4.419701099395752, 8.712578773498535])
    assert np.isnan(acc.gyr).all()
    assert np.degrees(gyr.gyr[3]) == pytest.approx([1.12, -1.89, -0.21], abs=1e-6)
    assert np.isnan(gyr.acc).all()
    assert acc.sensor_time_s == pytest.approx(122.371 + np.arange(4) / 52)


def test_a_magnetometer_beside_them_is_passed_over():
    nine = struct.pack("<BBI36f", 2, 99, 106_005, *range(36))
    got = Decoder().feed(nine)
    np.testing.assert_array_equal(got.acc, np.arange(12.0).reshape(4, 3))
    np.testing.assert_allclose(got.gyr, np.radians(np.arange(12.0, 24.0).reshape(4, 3)))


def test_a_long_message_comes_in_two_and_counts_once_it_is_whole():
    first, rest = message(1)
    decoder = Decoder()
    assert len(decoder.feed(first)) == 0
    assert len(decoder.feed(rest)) == 8
    assert decoder.rejected == 0


def test_of_a_message_of_which_one_half_was_lost_nothing_is_used():
    parts = [message(k) for k in range(1, 6)]
    decoder = Decoder()
    stream = [*parts[0], parts[1][0], *parts[2], parts[3][1], *parts[4]]
    assert numbers(*(decoder.feed(data) for data in stream)) == [1, 3, 5]
    assert decoder.rejected == 2


def test_a_first_half_that_looks_whole_is_believed_once_at_most():
    cut = 2 + 100  # as long as a whole message at 52 Hz
    decoder = Decoder()
    blocks = []
    for number in range(1, 5):
        whole = b"".join(data[2:] for data in message(number))
        first, rest = b"\x02\x63" + whole[: cut - 2], b"\x03\x63" + whole[cut - 2 :]
        blocks += [decoder.feed(first), decoder.feed(rest)]
    assert [len(block) for block in blocks] == [4, 0, 0, 8, 0, 8, 0, 8]
    assert decoder.rejected == 1
    shorter = [decoder.feed(data) for k in (5, 6) for data in message(k, 52)]
    assert [len(block) for block in shorter] == [0, 4]


def test_the_sensors_milliseconds_wrap_after_seven_weeks():
    decoder = Decoder()
    times = []
    for k in range(3):
        data = struct.pack("<BBI6f", 2, 99, (2**32 - 100 + 77 * k) % 2**32, *range(6))
        times.append(decoder.feed(data).sensor_time_s)
    assert np.diff(np.concatenate(times)) == pytest.approx([0.077, 0.077])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x02\x63\x00", "too few"),
        (b"\x07\x63\x00\x00", "unknown kind 7"),
        (b"\x02\x63" + bytes(700), "none is so long"),
        (b"\x02\x63" + bytes(4) + b"\xff" * 24, "finite"),
        (b"\x02\x63" + bytes(4) + b"\x01\x00\x81\x7f" * 6, "finite"),
        (b"\x03\x63" + bytes(20), "without its beginning"),
    ],
)
def test_why_a_notification_was_refused_is_said_in_words(data: bytes, reason: str):
    decoder = Decoder()
    assert len(decoder.feed(data)) == 0
    assert decoder.rejected == 1
    assert reason in decoder.reason


def test_a_message_that_comes_twice_is_dropped():
    decoder = Decoder()
    assert [len(decoder.feed(IMU6)) for _ in range(2)] == [4, 0]
    assert decoder.dropped == 1


def test_a_refused_subscription_is_said_and_a_granted_one_is_not():
    sensor, decoder = Encoder(), Decoder()
    ((_, no),) = sensor.replies(COMMANDS, b"\x01\x63/Meas/Abacus/52\0")
    decoder.feed(no)
    assert "404" in decoder.notice
    ((_, yes),) = sensor.replies(COMMANDS, GATT.start[0].data)
    decoder.feed(yes)
    assert decoder.notice == ""
    assert decoder.rejected == 0
    assert sensor.streaming
