"""Phones: two apps, two makers, one way of saying which way is up."""

import json
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.placement import Windows, placement_from
from monitor.arrivals import LinkDown, LinkUp, Packet, Rows
from monitor.engine import Engine, Session
from monitor.samples import Decoded, Floats
from monitor.settings import Settings
from monitor.simulation.demo import demo
from monitor.wire import phone_logger, phone_message, phone_order, phone_server
from monitor.wire.decoder import joined
from monitor.wire.families import FAMILIES
from monitor.wire.phone_encoder import LoggerEncoder, ServerEncoder
from monitor.wire.phone_logger import G
from monitor.wire.phone_setup import logger_setup
from monitor.wire.reception import Reception
from tests.wire.sensors import athlete

START_S = 1000.0


def messages(encoder: LoggerEncoder, seconds: float) -> list[bytes]:
    """What a phone on the athlete's back sends."""
    body, sent = athlete(), []
    for k in range(0, int(seconds * encoder.rate_hz), encoder.batch):
        part = slice(k, k + encoder.batch)
        ((_, data),) = encoder.encode(body.acc[part], body.gyr[part], k, START_S + k / 100)
        sent.append(data)
    return sent


def read(decoder: phone_logger.Decoder, sent: Sequence[bytes]) -> Decoded:
    return joined([decoder.feed(data) for data in sent])


def without(data: bytes, *names: str) -> bytes:
    message = json.loads(data)
    message["payload"] = [one for one in message["payload"] if one["name"] not in names]
    return json.dumps(message).encode()


def only(data: bytes, *names: str) -> bytes:
    others = {one["name"] for one in json.loads(data)["payload"]} - set(names)
    return without(data, *others)


@pytest.mark.parametrize(
    "phone",
    [
        LoggerEncoder(),
        LoggerEncoder(standardised=True),
        LoggerEncoder(standardised=True, raw=True),
        LoggerEncoder(apple=True, raw=True),
    ],
    ids=["android", "iphone standardised", "the same with uncalibrated", "iphone in g"],
)
def test_of_every_phone_the_force_is_upward_where_that_can_be_told(phone: LoggerEncoder):
    got = read(phone_logger.Decoder(), messages(phone, 2.0))
    np.testing.assert_allclose(got.acc, athlete().acc[:200], atol=1e-9)
    np.testing.assert_allclose(got.gyr, athlete().gyr[:200], atol=1e-12)


def test_an_iphone_that_does_not_tell_is_taken_as_standardised_and_can_be_named():
    sent = messages(LoggerEncoder(apple=True), 1.0)
    assert np.allclose(read(phone_logger.Decoder(), sent).acc, -athlete().acc[:100])
    told = FAMILIES["sensor_logger_ios"].decoder()
    assert np.allclose(joined([told.feed(data) for data in sent]).acc, athlete().acc[:100])


@pytest.mark.parametrize(
    ("apple", "names"),
    [
        (False, ("accelerometer", "gravity", "gyroscope")),
        (True, ("accelerometer", "gravity", "gyroscope")),
        (False, ("totalacceleration", "gyroscope")),
        (False, ("accelerometeruncalibrated", "gyroscope")),
        (True, ("accelerometeruncalibrated", "gyroscope")),
        (True, ("accelerometeruncalibrated", "accelerometer", "gyroscope")),
    ],
)
def test_whichever_accelerations_are_switched_on_the_force_is_the_same(
    names: tuple[str, ...], *, apple: bool
):
    phone = LoggerEncoder(apple=apple, raw=True)
    sent = [only(data, *names) for data in messages(phone, 1.0)]
    got = read(phone_logger.Decoder(apple=apple or None), sent)
    assert len(got) == 100
    np.testing.assert_allclose(got.acc, athlete().acc[:100], atol=1e-9)


def test_gravity_on_stamps_of_its_own_is_taken_at_the_accelerations_instants():
    n, g = 200, np.array([0.0, 0.6 * G, 0.8 * G])
    acc_ns = (10**18 + np.arange(n) * 10_000_000).tolist()
    sent = []
    for k in range(0, n, 20):
        payload = [
            {"name": name, "time": time + shift, "values": dict(zip("xyz", v, strict=True))}
            for time in acc_ns[k : k + 20]
            for name, shift, v in (
                ("accelerometer", 0, (1.0, 0.0, 0.0)),
                ("gravity", 3_700_000, tuple(g)),
                ("gyroscope", -2_100_000, ((time - 10**18) / 1e9, 0.0, 0.0)),
            )
        ]
        sent.append(json.dumps({"messageId": k // 20, "payload": payload}).encode())
    got = read(phone_logger.Decoder(), sent)
    assert len(got) >= n - 3
    np.testing.assert_allclose(got.acc, np.tile([1.0, *g[1:]], (len(got), 1)))
    assert got.sensor_time_s is not None
    own_s = got.gyr[:, 0] - got.gyr[0, 0]
    np.testing.assert_allclose(own_s, got.sensor_time_s - got.sensor_time_s[0], atol=1e-6)


def test_accelerations_that_come_without_their_gravity_are_counted_and_left_out():
    names = ("accelerometer", "gravity", "gyroscope")
    sent = [only(data, *names) for data in messages(LoggerEncoder(), 2.0)]
    whole = read(phone_logger.Decoder(), sent)
    decoder = phone_logger.Decoder()
    got = read(decoder, [*sent[:10], *(without(data, "gravity") for data in sent[10:])])
    assert 0 < len(got) < len(whole)
    np.testing.assert_array_equal(got.acc, whole.acc[: len(got)])


def test_what_other_sensors_say_or_a_damaged_reading_changes_nothing():
    sent = messages(LoggerEncoder(), 1.0)
    more = []
    for data in sent:
        message = json.loads(data)
        message["payload"].insert(3, {"name": "barometer", "time": 1, "values": {"pressure": 9.0}})
        message["payload"].insert(5, {"name": "gyroscope", "time": "never"})
        more.append(json.dumps(message).encode())
    alone, among = read(phone_logger.Decoder(), sent), read(phone_logger.Decoder(), more)
    assert len(alone) == 100
    np.testing.assert_array_equal(among.acc, alone.acc)


@given(seed=st.integers(0, 2**32 - 1), late=st.integers(1, phone_order.WAIT_MESSAGES - 1))
@settings(max_examples=30, deadline=None)
def test_messages_that_overtake_one_another_are_put_in_order(seed: int, late: int):
    sent = messages(LoggerEncoder(), 3.0)
    rng = np.random.default_rng(seed)
    places = np.arange(len(sent)) + rng.uniform(0, late, len(sent))
    places[0] = -1  # whichever comes first is the first
    order = np.argsort(places)
    decoder = phone_logger.Decoder()
    got = read(decoder, [sent[k] for k in order])
    np.testing.assert_allclose(got.acc, athlete().acc[:300], atol=1e-9)
    assert decoder.dropped == 0


def test_a_lost_message_is_not_waited_for_for_long_and_leaves_a_gap():
    sent = messages(LoggerEncoder(), 4.0)
    reception = Reception("sensor_logger")
    got = reception.step([Packet(0.1 * k, data) for k, data in enumerate(sent) if k != 7])
    assert np.flatnonzero(got.gap).tolist() == [70]
    assert len(got) == 390
    decoder = phone_logger.Decoder()
    came = [len(decoder.feed(data)) for k, data in enumerate(sent) if k != 7]
    assert 0 < came[7:20].index(next(filter(None, came[7:20]))) <= 11


def test_when_the_wifi_was_away_for_a_while_the_phones_own_stamps_tell_for_how_long():
    sent = messages(LoggerEncoder(), 24.0)
    reception = Reception("sensor_logger")
    came = [Packet(0.1 * k, data) for k, data in enumerate(sent)]
    before = reception.step(came[:20])
    reception.step([LinkDown(12.0, "no data"), LinkUp(22.0, "again")])
    after = reception.step(came[220:])
    assert after.time_s[0] - before.time_s[-1] == pytest.approx(20.01, abs=1e-3)
    assert after.gap[0]
    np.testing.assert_allclose(after.acc, athlete().acc[2200:2400], atol=1e-9)


def test_a_second_phone_at_the_same_address_is_not_mixed_in():
    mine, other = messages(LoggerEncoder(), 1.0), messages(LoggerEncoder(phone="other"), 1.0)
    decoder = phone_logger.Decoder()
    got = read(decoder, [data for both in zip(mine, other, strict=True) for data in both])
    np.testing.assert_allclose(got.acc, athlete().acc[:100], atol=1e-9)
    assert decoder.dropped == 10
    assert "another phone" in decoder.reason


def test_a_new_recording_goes_on_and_what_is_left_of_the_old_one_does_not_come_in():
    first = messages(LoggerEncoder(), 1.0)
    second = LoggerEncoder()
    body = athlete()
    later = [
        second.encode(body.acc[k : k + 10], body.gyr[k : k + 10], k, START_S + 60 + k / 100)[0][1]
        for k in range(0, 100, 10)
    ]
    decoder = phone_logger.Decoder()
    got = read(decoder, [*first[:-1], *later[:5], first[-1], *later[5:]])
    assert len(got) == 190
    assert decoder.dropped == 1


def test_long_batches_lose_nothing():
    body = athlete()
    phone = LoggerEncoder(batch=1500)
    ((_, data),) = phone.encode(body.acc[:1500], body.gyr[:1500], 0, START_S)
    assert len(data) < phone_message.LARGEST
    assert len(phone_logger.Decoder().feed(data)) == 1500


def test_nanoseconds_since_1970_are_not_rounded():
    got = read(phone_logger.Decoder(), messages(LoggerEncoder(rate_hz=100.0), 2.0))
    assert got.sensor_time_s is not None
    np.testing.assert_array_equal(np.round(got.sensor_time_s * 1e9) % 10_000_000, 0)


def test_with_the_wrong_sign_only_the_sides_of_the_pelvic_shift_change_places():
    simulation = demo().simulation
    windows, body = simulation.truth.windows, simulation.samples[: 100 * 40]
    where = Windows(neutral=windows["neutral"], standing=windows["standing"])
    told = []
    for sign in (1.0, -1.0):
        acc = sign * body.acc
        calibration = placement_from(body.time_s, acc, body.gyr, where)
        engine = Engine(Session("one"), Settings(), calibration)
        rows = Rows(float(body.time_s[-1]), body.time_s, acc, body.gyr)
        told.append(engine.step([rows]).signals)
    right, wrong = told
    sure = np.isfinite(right.lift_mm)
    assert sure.sum() > 1000
    np.testing.assert_allclose(wrong.tilt_deg, right.tilt_deg, atol=0.01)
    np.testing.assert_allclose(wrong.lift_mm[sure], right.lift_mm[sure], atol=0.05)
    np.testing.assert_allclose(wrong.shift_deg, -right.shift_deg, atol=0.01)
    assert np.nanmax(np.abs(right.shift_deg)) > 1.0


HOSTILE = [
    b"",
    b"null",
    b"[" * 50_000,
    b'{"messageId":0,"payload":' + b"[" * 50_000,
    b'{"messageId":1e400,"payload":[]}',
    b'{"messageId":-1,"payload":[]}',
    b'{"messageId":0,"payload":7}',
    b"x" * (phone_message.LARGEST + 1),
    b'{"messageId":0,"payload":[' + b"1," * phone_message.MOST_READINGS + b"1]}",
    b'{"messageId":0,"payload":[]}\xff\xfe',
]


@pytest.mark.parametrize("data", HOSTILE)
def test_what_is_no_message_is_counted_and_harms_nobody(data: bytes):
    decoder = phone_logger.Decoder()
    assert len(decoder.feed(data)) == 0
    assert decoder.rejected == 1
    assert len(read(decoder, messages(LoggerEncoder(), 1.0))) == 100


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.sampled_from([0, 10**18, 2**63, -1, 1e300, "1", ""]),
    st.text(max_size=5),
    st.lists(st.integers(), max_size=3),
)
READING = st.fixed_dictionaries(
    {"name": st.sampled_from([*phone_message.SENSORS, "battery"]) | ODD},
    optional={
        "time": st.integers(10**18, 10**18 + 10**10) | ODD,
        "values": st.fixed_dictionaries({axis: st.floats(-20, 20) | ODD for axis in "xyz"}) | ODD,
        "accuracy": ODD,
    },
)
MESSAGE = st.fixed_dictionaries(
    {"payload": st.lists(READING, max_size=20) | ODD, "messageId": st.integers(0, 30) | ODD},
    optional={"sessionId": st.sampled_from(["a", "b"]) | ODD, "deviceId": ODD},
)


@given(sent=st.lists(MESSAGE, max_size=15))
@settings(max_examples=100, deadline=None)
def test_messages_of_any_content_never_raise_and_give_finite_samples_only(sent: list[object]):
    reception, setup = Reception("sensor_logger"), logger_setup(apple=False)
    for k, message in enumerate(sent):
        data = json.dumps(message).encode("utf-8", "surrogatepass")
        setup.see(data, float(k))
        setup.verdict()
        got = reception.step([Packet(float(k), data)])
        assert np.isfinite(got.acc).all()
        assert np.isfinite(got.gyr).all()
    assert len(phone_logger.Decoder().feed(b"{}")) == 0


def test_what_waits_is_bounded_whatever_the_stamps_say():
    order = phone_order.InOrder()
    order.put(phone_order.Message(0, "", "", {}, android=False))
    for number in range(10_000, 2, -1):
        order.put(phone_order.Message(number, "", "", {}, android=False))
        assert len(order._waiting) <= phone_order.MOST_WAITING


def served(acc: Floats, gyr: Floats, start_s: float = START_S) -> list[bytes]:
    sent = []
    phone = ServerEncoder()
    for k in range(len(acc)):
        said = phone.encode(acc[k : k + 1], gyr[k : k + 1], k, start_s + k / 100)
        sent += [data for _, data in said]
    return sent


def test_a_phone_that_serves_its_readings_is_read():
    body = athlete()
    decoder = phone_server.Decoder()
    got = joined([decoder.feed(data) for data in served(body.acc[:100], body.gyr[:100])])
    np.testing.assert_allclose(got.acc, body.acc[:100], rtol=1e-6)
    np.testing.assert_allclose(got.gyr, body.gyr[:100], rtol=1e-6)
    assert (decoder.rejected, decoder.dropped) == (0, 0)


def test_a_served_phone_that_was_switched_off_and_on_is_followed():
    body = athlete()
    decoder = phone_server.Decoder()
    for start_s in (START_S, 20.0):
        sent = served(body.acc[:50], body.gyr[:50], start_s)
        assert sum(len(decoder.feed(data)) for data in sent) >= 49


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not a reading"),
        (b"[" * 9000, "not a reading"),
        (b'{"type":"android.sensor.light","timestamp":1,"values":[1,2,3]}', "android.sensor.light"),
        (b'{"type":"android.sensor.gyroscope","timestamp":-1,"values":[1,2,3]}', "not a reading"),
        (b'{"type":"android.sensor.gyroscope","timestamp":1,"values":[1,2]}', "not a reading"),
        (
            b'{"type":"android.sensor.gyroscope","timestamp":1,"values":[1,2,1e999]}',
            "not a reading",
        ),
        (b"x" * 20_000, "too many"),
    ],
)
def test_a_served_reading_that_is_none_is_refused_in_words(data: bytes, reason: str):
    decoder = phone_server.Decoder()
    assert len(decoder.feed(data)) == 0
    assert reason in decoder.reason
