"""Movella DOT: one sample to a notification, in one of many layouts."""

import struct

import numpy as np
import pytest

from monitor.errors import InputError
from monitor.wire.movella_dot import CONFIGURATION, GATT, LAYOUTS, Decoder, Encoder

# captures published in xsens-dot-python-examples, Xsens_DOT_ESP32_BLE and issues of these
FREE = bytes.fromhex("d8052244af9640406b2aa7405add14c000000000")
FREE_NEXT = bytes.fromhex("f34622440da53c409c13a640f01009c000000000")
EULER = bytes.fromhex("d893decb0a3509c146500842ea43853e00000000")
CUSTOM_1 = bytes.fromhex(
    "526bea567cc32c4128fdca41f87912be62528c40e301e9bf9b199ebfb5c4bdbe8a5f7cbe6725de3c"
)


def test_real_free_accelerations_say_when_but_nothing_that_could_be_used():
    decoder = Decoder(payload=6)
    blocks = [decoder.feed(FREE), decoder.feed(FREE_NEXT)]
    times = np.concatenate([block.sensor_time_s for block in blocks])
    assert times == pytest.approx([1143.080408, 1143.097075])
    assert all(np.isnan(block.acc).all() and np.isnan(block.gyr).all() for block in blocks)
    assert "20 has both" in decoder.notice


def test_a_real_euler_payload_says_when():
    assert Decoder(payload=4).feed(EULER).sensor_time_s == pytest.approx([3420.361688])
    assert Decoder().feed(EULER).sensor_time_s == pytest.approx([3420.361688])


@pytest.mark.parametrize("payload", [None, 22])
def test_a_real_custom_payload_gives_its_turning_rate(payload: int | None):
    got = Decoder(payload).feed(CUSTOM_1)
    turning = (-0.3706413805484772, -0.24645820260047913, 0.027117444202303886)
    np.testing.assert_allclose(got.gyr, [np.radians(turning)], atol=1e-9)
    assert np.isnan(got.acc).all()
    assert got.sensor_time_s == pytest.approx([1458.203474])


@pytest.mark.parametrize("payload", [20, 21, 26])
@pytest.mark.parametrize("padded", [0, 40, 63])
@pytest.mark.parametrize("told", [True, False])
def test_payloads_with_both_are_read_by_name_or_length_and_filled_up_or_not(
    payload: int, padded: int, *, told: bool
):
    acc, gyr = np.array([[1.0, -2.0, 9.5]]), np.array([[0.5, -0.25, 2.0]])
    ((_, data),) = Encoder(payload).encode(acc, gyr, 0, 12.5)
    length = {20: 34, 21: 28, 26: 44}[payload]
    assert len(data) == length
    if not told and (payload, padded) in {(20, 63), (21, 63)}:
        return  # cannot be told from a filled up payload 26
    data = data.ljust(padded, b"\0")
    got = Decoder(payload if told else None).feed(data)
    np.testing.assert_allclose(got.acc, acc, atol=1e-6)
    np.testing.assert_allclose(got.gyr, gyr, atol=1e-6)


@pytest.mark.parametrize("payload", LAYOUTS)
def test_every_payload_gives_its_time_and_too_short_ones_are_refused(payload: int):
    decoder = Decoder(payload)
    length = LAYOUTS[payload][0]
    assert decoder.feed(struct.pack("<I", 5_000_000) + bytes(length - 4)).sensor_time_s == [5.0]
    decoder.feed(bytes(length - 1))
    assert decoder.rejected == 1
    assert "no notification of this payload" in decoder.reason


def test_an_unknown_payload_is_refused_with_the_known_ones():
    with pytest.raises(InputError, match="20, 21"):
        Decoder(99)


def test_numbers_that_are_none_and_doubled_notifications_are_counted():
    decoder = Decoder()
    data = struct.pack("<I3f3f3h", 1000, 1, 2, 3, 4, 5, 6, 0, 0, 0)
    assert [len(decoder.feed(data)) for _ in range(2)] == [1, 0]
    assert decoder.dropped == 1
    decoder.feed(struct.pack("<I3f3f3h", 2000, 1, 2, 3, 4, float("nan"), 6, 0, 0, 0))
    assert decoder.rejected == 1
    assert "finite" in decoder.reason


def test_the_battery_is_told_on_its_own_channel_and_is_no_sample():
    assert GATT.battery_pct("battery", b"\x57\x00") == 87
    assert GATT.battery_pct("battery", b"") is None
    assert GATT.battery_pct("battery", b"\xff") is None
    assert GATT.battery_pct("", b"\x57\x00") is None
    decoder = Decoder()
    assert len(decoder.feed(b"\x57\x00", "battery")) == 0
    assert decoder.rejected == 0


def test_a_rate_it_does_not_have_is_not_taken():
    sensor = Encoder()
    write = bytearray(GATT.start[0].data)
    for rate_hz, taken in ((30, 30), (55, 30)):
        struct.pack_into("<H", write, 24, rate_hz)
        sensor.replies(CONFIGURATION, bytes(write))
        assert sensor.rate_hz == taken
    ((_, data),) = Encoder(4).encode(np.ones((1, 3)), np.ones((1, 3)), 0, 1.0)
    assert data == struct.pack("<I", 1_000_000) + bytes(12)
