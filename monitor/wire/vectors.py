"""The barest of all packets, which hobby boards send: one vector, three numbers, nothing else.

    offset  type     field
    0       3 × f32  x y z, little-endian; what of and in which unit, the characteristic tells

Whoever writes such bytes down without their characteristic means accelerations.
"""

import math
import struct

import numpy as np

from monitor.samples import Decoded, Floats
from monitor.wire import decoder
from monitor.wire.decoder import samples, unknown
from monitor.wire.gatt import Notification

_VECTOR = struct.Struct("<3f")


class Reader(decoder.Reader):
    """Each vector as it comes: channel "gyr" is a turning rate, any other an acceleration.

    Args:
        vector = np.array([numbers])
        acc_unit, gyr_unit: what 1.0 is, m/s² and rad/s.
    """

    def __init__(self, acc_unit: float, gyr_unit: float) -> None:
        super().__init__()
        self._units = (acc_unit, gyr_unit)

    def feed(self, data: bytes, channel: str = "") -> Decoded:
        """One sample, of which one half is NaN."""
        if len(data) != _VECTOR.size:
            return self.reject(f"{len(data)} bytes; a vector has {_VECTOR.size}")
        numbers = _VECTOR.unpack(data)
        if not all(map(math.isfinite, numbers)):
            return self.reject("a vector that is not of finite numbers")
        vector = np.array([numbers])
        acc_unit, gyr_unit = self._units
        if channel == "gyr":
            return samples(unknown(1), vector * gyr_unit)
        return samples(vector * acc_unit, unknown(1))


class Encoder:
    """A board that sends an acceleration, then a turning rate, and so on.

    Args:
        acc, gyr: characteristics.
        units: (6,), what 1.0 is, m/s² and rad/s.
    """

    batch = 1
    streaming = True

    def __init__(self, acc: str, gyr: str, units: Floats, rate_hz: float) -> None:
        self._characteristics = (acc, gyr)
        self._units = units
        self._rate_hz = rate_hz

    @property
    def rate_hz(self) -> float:
        """How often it samples, by name."""
        return self._rate_hz

    def encode(
        self,
        acc: Floats,
        gyr: Floats,
        sequence: int,  # noqa: ARG002 - it does not count
        sensor_time_s: float,  # noqa: ARG002 - it has no clock
    ) -> list[Notification]:
        """Two notifications for each sample."""
        said: list[Notification] = []
        for row in (np.hstack([acc, gyr]) / self._units).astype("<f4"):
            said += zip(self._characteristics, (row[:3].tobytes(), row[3:].tobytes()), strict=True)
        return said
