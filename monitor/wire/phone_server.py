"""A phone as the sensor: the Android app SensorServer says each reading over a WebSocket, as JSON.

    {"type": "android.sensor.gyroscope", "timestamp": 3925657519043709,
     "values": [0.1, 0.0, -0.2], "accuracy": 3}

    type                              values
    android.sensor.accelerometer      m/s², with gravity
    android.sensor.gyroscope          rad/s

`timestamp` is ns since the phone was switched on. One connection brings both:
ws://phone:8080/sensors/connect?types=["…","…"]; unless told otherwise the app measures five times
a second, which is too slow.

Source: umer0586/SensorServer, SensorWebSocketServer.kt.
"""

from typing import Annotated

import msgspec
import numpy as np

from monitor.samples import Decoded
from monitor.wire import decoder
from monitor.wire.decoder import samples, unknown
from monitor.wire.gatt import NOT_OVER_BLUETOOTH
from monitor.wire.pairing import ByTime, Paired
from monitor.wire.phone_stamps import Stamp, Stamps

ACC, GYR = "android.sensor.accelerometer", "android.sensor.gyroscope"
LARGEST = 10_000
"""Bytes of a reading, with much room."""
GATT = NOT_OVER_BLUETOOTH
_Possible = Annotated[float, msgspec.Meta(ge=-1e6, le=1e6)]


class Reading(msgspec.Struct, frozen=True):
    """One reading as it is sent."""

    type: str
    timestamp: Stamp
    values: tuple[_Possible, _Possible, _Possible]


_reading = msgspec.json.Decoder(Reading)


def read_reading(data: bytes) -> Reading | str:
    """The reading in these bytes, or why there is none."""
    if len(data) > LARGEST:
        return f"{len(data)} bytes are too many for a reading"
    try:
        reading = _reading.decode(data)
    except (ValueError, RecursionError):
        return "not a reading of SensorServer"
    if reading.type not in {ACC, GYR}:
        return f"{reading.type[:60]} is neither acceleration nor turning rate"
    return reading


class Reader(decoder.Reader):
    """Each reading as it comes."""

    def __init__(self) -> None:
        super().__init__()
        self._stamps = Stamps()

    def feed(self, data: bytes, channel: str = "") -> Decoded:  # noqa: ARG002 - there is but one
        """One sample, of which one half is NaN."""
        reading = read_reading(data)
        if isinstance(reading, str):
            return self.reject(reading)
        time_ns = np.array([reading.timestamp], np.int64)
        if not len(self._stamps.fresh(reading.type, time_ns)):
            return self.drop("a reading came twice, or late")
        vector, time_s = np.array([reading.values]), self._stamps.seconds(time_ns)
        if reading.type == ACC:
            return samples(vector, unknown(1), time_s)
        return samples(unknown(1), vector, time_s)


class Decoder(Paired):
    """Readings in, samples out: accelerations with the turning rates at their times."""

    def __init__(self) -> None:
        super().__init__(Reader(), ByTime)
