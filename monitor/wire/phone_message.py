"""What the app Sensor Logger sends from a phone, over HTTP or MQTT: JSON, a batch at a time.

    {"messageId": 12, "sessionId": "…", "deviceId": "…",
     "payload": [{"name": "gyroscope", "time": 1698501144401773000,
                  "values": {"x": 0.1, "y": 0.0, "z": -0.2}, "accuracy": 3}, …]}

    name                        values
    accelerometer               m/s², gravity taken out
    gravity                     m/s²
    totalacceleration           m/s², with gravity; Android
    accelerometeruncalibrated   with gravity; Android m/s², iOS g, or m/s² where standardised
    gyroscope                   rad/s
    gyroscopeuncalibrated       rad/s

`time` is ns since 1970. Whatever else the phone measures is passed over. `accuracy` comes from
Android only.

Source: tszheichoi/awesome-sensor-logger, PUSHING.md and UNITS.md.
"""

from typing import Annotated, Any

import msgspec
import numpy as np

from monitor.wire.phone_order import Message
from monitor.wire.phone_stamps import Stamp

LARGEST = 1_000_000
"""Bytes of a message: ten seconds of all that a phone measures."""
MOST_READINGS = 20_000
"""In a message: as much."""
LONGEST_NAME = 100
"""Characters of an identifier that are kept."""
ACC, GRAVITY, GYR = "accelerometer", "gravity", "gyroscope"
TOTAL = "totalacceleration"
RAW_ACC, RAW_GYR = "accelerometeruncalibrated", "gyroscopeuncalibrated"
SENSORS = frozenset({ACC, GRAVITY, GYR, TOTAL, RAW_ACC, RAW_GYR})


_Possible = Annotated[float, msgspec.Meta(ge=-1e6, le=1e6)]


class _Batch(msgspec.Struct):
    messageId: Stamp  # noqa: N815 - the app's own spelling
    payload: Annotated[list[msgspec.Raw], msgspec.Meta(max_length=MOST_READINGS)]
    sessionId: str = ""  # noqa: N815 - the same
    deviceId: str = ""  # noqa: N815 - the same


class _Named(msgspec.Struct):
    name: str


class _Vector(msgspec.Struct):
    x: _Possible
    y: _Possible
    z: _Possible


class _Reading(msgspec.Struct):
    name: str
    time: Stamp
    values: _Vector
    accuracy: Any = None


_batch = msgspec.json.Decoder(_Batch)
_named = msgspec.json.Decoder(_Named)
_reading = msgspec.json.Decoder(_Reading)


def read_message(data: bytes) -> Message | str:
    """The message in these bytes, or why there is none.

    A reading in it that cannot be understood is left out.
    """
    if len(data) > LARGEST:
        return f"{len(data)} bytes are too many for a message"
    try:
        batch = _batch.decode(data)
    except (ValueError, RecursionError):
        return "not a message of Sensor Logger"
    readings: dict[str, list[_Reading]] = {}
    for raw in batch.payload:
        one = _read(raw)
        if one is not None:
            readings.setdefault(one.name, []).append(one)
    vectors = {
        name: (
            np.array([one.time for one in some], np.int64),
            np.array([(one.values.x, one.values.y, one.values.z) for one in some]),
        )
        for name, some in readings.items()
    }
    android = TOTAL in readings or any(
        one.accuracy is not None for some in readings.values() for one in some
    )
    names = batch.sessionId[:LONGEST_NAME], batch.deviceId[:LONGEST_NAME]
    return Message(batch.messageId, *names, vectors, android)


def _read(raw: msgspec.Raw) -> _Reading | None:
    """One reading, None where it is of another sensor, or damaged."""
    try:
        if _named.decode(raw).name not in SENSORS:
            return None
        return _reading.decode(raw)
    except (ValueError, RecursionError):
        return None
