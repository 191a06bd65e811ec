"""Whoever holds the phone is told what is wrong with how its app is set, in the app's words."""

import json
from itertools import islice

import pytest

from monitor.wire.phone_encoder import LoggerEncoder, ServerEncoder
from monitor.wire.phone_setup import logger_setup, server_setup
from tests.sources.worn_phone import messages
from tests.wire.sensors import athlete


def told(*, off: tuple[str, ...] = (), rate_hz: float = 100.0, batch: int = 10) -> list[str]:
    """The faults that are named after eight seconds."""
    return judged(off=off, rate_hz=rate_hz, batch=batch)[0]


def judged(
    *, off: tuple[str, ...] = (), rate_hz: float = 100.0, batch: int = 10, raw: bool = False
) -> tuple[list[str], list[str]]:
    """The faults and the remarks."""
    setup = logger_setup(apple=False)
    app = LoggerEncoder(rate_hz=rate_hz, batch=batch, raw=raw)
    body = athlete()
    for k, data in enumerate(messages(app, body[: int(8 * rate_hz)])):
        message = json.loads(data)
        left = [one for one in message["payload"] if one["name"] not in off]
        setup.see(json.dumps(message | {"payload": left}).encode(), k * batch / rate_hz)
    verdict = setup.verdict()
    assert verdict is not None
    return verdict


@pytest.mark.parametrize(
    ("off", "faults"),
    [
        ((), []),
        (("totalacceleration",), []),
        (("accelerometer", "gravity"), []),
        (("gyroscope",), ["Gyroscope is off"]),
        (("totalacceleration", "gravity"), ["Gravity is off"]),
        (("totalacceleration", "accelerometer"), ["Accelerometer is off"]),
        (
            ("totalacceleration", "accelerometer", "gravity", "gyroscope"),
            ["Accelerometer is off", "Gravity is off", "Gyroscope is off"],
        ),
    ],
)
def test_what_is_switched_off_is_named(off: tuple[str, ...], faults: list[str]):
    assert [fault.split(":")[0] for fault in told(off=off)] == faults


def test_a_phone_that_measures_or_sends_too_rarely_is_told_so():
    assert "comes 5 times a second" in told(rate_hz=5.0, batch=1)[0]
    assert "every 2.5 s" in told(batch=250)[0]
    assert told(batch=100) == []


def test_uncalibrated_accelerations_will_do_where_no_others_come():
    others = ("totalacceleration", "accelerometer", "gravity")
    assert judged(off=others, raw=True) == ([], [])
    slow = judged(off=others, raw=True, rate_hz=5.0, batch=1)[0]
    assert slow[1].startswith("Accelerometer Uncalibrated comes 5 times a second")


def test_a_rate_that_will_do_but_could_be_better_is_only_remarked_upon():
    faults, remarks = judged(rate_hz=30.0)
    assert faults == []
    assert [one.split(":")[0] for one in remarks[:2]] == [
        "Gyroscope comes 30 times a second",
        "Accelerometer comes 30 times a second",
    ]


def test_what_was_wrong_with_one_recording_is_not_held_against_the_next():
    setup = logger_setup(apple=False)
    sent = [json.loads(data) for data in islice(messages(LoggerEncoder(), athlete()[:1000]), 100)]
    for k, message in enumerate(sent[:50]):
        mute = [one for one in message["payload"] if one["name"] != "gyroscope"]
        setup.see(json.dumps(message | {"payload": mute}).encode(), k / 10)
    verdict = setup.verdict()
    assert verdict is not None
    assert verdict[0] == ["Gyroscope is off: switch it on"]
    for k, message in enumerate(sent[50:]):
        setup.see(json.dumps(message | {"sessionId": "another"}).encode(), (50 + k) / 10)
        if k == 0:
            assert setup.verdict() is None
    assert setup.verdict() == ([], [])


@pytest.mark.parametrize(("every", "faults", "remarks"), [(1, 0, 0), (4, 0, 2), (10, 2, 0)])
def test_a_phone_that_measures_too_rarely_is_told_which_setting_to_change(
    every: int, faults: int, remarks: int
):
    setup = server_setup()
    setup.see(b"rubbish", 0.0)
    assert not setup.heard
    for k, data in enumerate(messages(ServerEncoder(), athlete()[:500])):
        if k // 2 % every == 0:
            setup.see(data, k / 200)
    verdict = setup.verdict()
    assert verdict is not None
    assert tuple(map(len, verdict)) == (faults, remarks)
    for said in (*verdict[0], *verdict[1]):
        assert "set the sampling rate in SensorServer's settings to 10000 microseconds" in said


def test_a_sensor_that_is_switched_on_later_is_seen():
    setup = server_setup()
    body = athlete()
    sent = list(messages(ServerEncoder(), body[:1000]))
    for k, data in enumerate(sent[:600:2]):
        setup.see(data, k / 100)
    assert setup.verdict() == (["no gyroscope comes: this phone may have none"], [])
    for k, data in enumerate(sent[600:]):
        setup.see(data, 3 + k / 200)
    assert setup.verdict() == ([], [])


def test_rubbish_is_nothing_to_judge():
    setup = logger_setup(apple=False)
    setup.see(b"[" * 9999, 0.0)
    setup.see(b"{}", 5.0)
    assert (setup.heard, setup.verdict()) == (False, None)
