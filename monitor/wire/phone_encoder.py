"""The phone's own side: what the two apps would send of it, for whoever has no phone at hand."""

from collections.abc import Iterator

import msgspec
import numpy as np

from monitor.samples import Floats
from monitor.wire.gatt import Notification
from monitor.wire.phone_logger import G
from monitor.wire.phone_message import ACC, GRAVITY, GYR, RAW_ACC, TOTAL
from monitor.wire.phone_server import ACC as SERVER_ACC
from monitor.wire.phone_server import GYR as SERVER_GYR

SINCE_1970_NS = 1_767_225_600_000_000_000
"""A phone's clock where the sensor's own says 0: the first of January 2026."""


class _Phone:
    """It streams from the start, and takes no commands."""

    streaming = True

    def __init__(self, rate_hz: float, batch: int) -> None:
        self.rate_hz, self.batch = rate_hz, batch

    def replies(self, characteristic: str, data: bytes) -> list[Notification]:  # noqa: ARG002 - takes no commands
        """Nothing."""
        return []

    def _times_ns(self, n: int, sensor_time_s: float) -> list[int]:
        return [round(1e9 * (sensor_time_s + k / self.rate_hz)) for k in range(n)]


class LoggerEncoder(_Phone):
    """A phone with Sensor Logger.

    Args:
        apple: whether it is an iPhone that is not standardised; else it is an Android phone.
        standardised: an iPhone that is.
        raw: whether the uncalibrated acceleration is switched on.
        rate_hz: of all its sensors.
        batch: samples to a message.
        phone: its identifier.
    """

    def __init__(
        self,
        *,
        apple: bool = False,
        standardised: bool = False,
        raw: bool = False,
        rate_hz: float = 100.0,
        batch: int = 10,
        phone: str = "phone",
    ) -> None:
        super().__init__(rate_hz, batch)
        self._apple, self._standardised, self._raw = apple, standardised, raw
        self._phone, self._recording, self._sent = phone, "", 0

    def encode(
        self,
        acc: Floats,
        gyr: Floats,
        sequence: int,  # noqa: ARG002 - it counts messages
        sensor_time_s: float,
    ) -> list[Notification]:
        """One message; the first one's time names the recording."""
        times = [SINCE_1970_NS + time for time in self._times_ns(len(acc), sensor_time_s)]
        self._recording = self._recording or f"recording-{times[0]}"
        payload = [
            reading
            for name, vectors in self._sensors(acc, gyr)
            for reading in self._readings(name, times, vectors)
        ]
        message = {
            "messageId": self._sent,
            "sessionId": self._recording,
            "deviceId": self._phone,
            "payload": payload,
        }
        self._sent += 1
        return [("", msgspec.json.encode(message))]

    def _sensors(self, acc: Floats, gyr: Floats) -> Iterator[tuple[str, Floats]]:
        """What is switched on: gravity is where the force comes from, the rest is the user's."""
        sign = -1.0 if self._apple else 1.0
        force = np.sqrt((acc * acc).sum(axis=1, keepdims=True))
        gravity = G * acc / np.maximum(force, 1e-9)
        yield ACC, sign * (acc - gravity)
        yield GRAVITY, sign * gravity
        yield GYR, gyr
        if self._raw:
            yield RAW_ACC, sign * acc / (G if self._apple else 1.0)
        if self._android:
            yield TOTAL, acc

    @property
    def _android(self) -> bool:
        return not (self._apple or self._standardised)

    def _readings(
        self, name: str, times: list[int], vectors: Floats
    ) -> Iterator[dict[str, object]]:
        """As the app orders them."""
        for time, (x, y, z) in zip(times, vectors.tolist(), strict=True):
            reading: dict[str, object] = {"name": name, "time": time}
            reading["values"] = {"z": z, "y": y, "x": x}
            yield reading | ({"accuracy": 3} if self._android else {})


class ServerEncoder(_Phone):
    """An Android phone with SensorServer."""

    def __init__(self, *, rate_hz: float = 100.0) -> None:
        super().__init__(rate_hz, 1)

    def encode(
        self,
        acc: Floats,
        gyr: Floats,
        sequence: int,  # noqa: ARG002 - it does not count
        sensor_time_s: float,
    ) -> list[Notification]:
        """Two messages to each sample."""
        said: list[Notification] = []
        for k, time in enumerate(self._times_ns(len(acc), sensor_time_s)):
            for kind, vector in ((SERVER_ACC, acc[k]), (SERVER_GYR, gyr[k])):
                values = [float(one) for one in vector.astype(np.float32)]
                reading = {"accuracy": 3, "timestamp": time, "type": kind, "values": values}
                said.append(("", msgspec.json.encode(reading)))
        return said
