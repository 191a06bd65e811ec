"""Adafruit's services (Bluefruit Sense, CLUE and their like): bare vectors, no time.

Each notification is three little-endian f32, 12 bytes. Of adafNNNN-c332-42a8-93bd-25e905756cb8:

    NNNN  what
    0200  service of the accelerometer; 0201 notifies m/s² with gravity
    0400  service of the gyroscope; 0401 notifies rad/s
    0001  in each of them: i32, ms from one measurement to the next; 1000 at first

Nothing tells what was lost. A board that runs the project's own sketch (`reference`) is the better
sensor.

Source: Adafruit_CircuitPython_BLE_Adafruit.
"""

import struct

import numpy as np

from monitor.wire import vectors
from monitor.wire.gatt import Notification, Profile, Write
from monitor.wire.pairing import ByOrder, Paired

_UUID = "adaf{:04x}-c332-42a8-93bd-25e905756cb8"
ACC_SERVICE, ACC = _UUID.format(0x0200), _UUID.format(0x0201)
GYR_SERVICE, GYR = _UUID.format(0x0400), _UUID.format(0x0401)
PERIOD = _UUID.format(0x0001)
COMPANY = 0x0822
PERIOD_MS = 10
"""A board that cannot keep up sends as often as it can."""
_BASE = ACC[8:]


def _period(service: str, ms: int) -> Write:
    return Write(PERIOD, struct.pack("<i", ms), response=True, service=service)


GATT = Profile(
    recognises=lambda said: (
        COMPANY in said.manufacturers
        or any(one.startswith("adaf") and one.endswith(_BASE) for one in said.services)
    ),
    notifies={ACC: "acc", GYR: "gyr"},
    prepare=(_period(ACC_SERVICE, PERIOD_MS), _period(GYR_SERVICE, PERIOD_MS)),
    stop=(_period(ACC_SERVICE, 1000), _period(GYR_SERVICE, 1000)),
)


class Reader(vectors.Reader):
    """Each vector as it comes."""

    def __init__(self) -> None:
        super().__init__(1.0, 1.0)


class Decoder(Paired):
    """Vectors in, samples out: an acceleration with the turning rate that follows it."""

    def __init__(self) -> None:
        super().__init__(Reader(), ByOrder)


class Encoder(vectors.Encoder):
    """Such a board: it streams to whoever subscribes, once a second until told otherwise."""

    def __init__(self) -> None:
        super().__init__(ACC, GYR, np.ones(6), rate_hz=1.0)

    def replies(self, characteristic: str, data: bytes) -> list[Notification]:
        """Nothing; it does as it is told."""
        if characteristic == PERIOD and len(data) == 4:
            self._rate_hz = 1000 / max(struct.unpack("<i", data)[0], 1)
        return []
