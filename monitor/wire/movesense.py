"""Movesense: several samples to a message, and the time of the first of them.

Notifications of its GATT SensorData Protocol, little-endian:

    offset  type       field
    0       u8         1 answer, 2 data, 3 rest of the data message before it
    1       u8         reference, chosen by whoever subscribed
    2       u16        answers: status, 200 is fine
    2       u32        data: ms of the first sample; wraps after 49.7 days
    6       N × 3 f32  acceleration x y z, m/s²
    6+12N   N × 3 f32  turning rate x y z, °/s
    6+24N   N × 3 f32  IMU9 only: magnetic field, not used

N = rate / 13, so that there are always 13 messages a second: 8 samples at 104 Hz. A message too
long for one notification is continued in the next; how long it is, N tells, so its length is one
of few. Subscriptions to one quantity alone (/Meas/Acc, /Meas/Gyro) hold its array only and look
like half an IMU6; they are told by their channel, "acc" or "gyr".

Commands: 01 reference path 00 subscribes, 02 reference ends it. Ranges cannot be chosen.

Sources: movesense.com, GATT SensorData Protocol; captures of sensein/movesense-py.
"""

import re
import struct

import numpy as np

from monitor.samples import Decoded, Floats
from monitor.wire.decoder import NOTHING, Reader, samples, unknown
from monitor.wire.device_time import DeviceTime
from monitor.wire.gatt import Notification, Profile, Write

SERVICE = "34802252-7185-4d5d-b431-630e7050e8f0"
COMMANDS = "34800001-7185-4d5d-b431-630e7050e8f0"
DATA = "34800002-7185-4d5d-b431-630e7050e8f0"
REFERENCE = 0x63
RATE_HZ = 104
PER_SECOND = 13
"""Messages in a second."""
_ANSWER, _DATA, _REST = 1, 2, 3
_SUBSCRIBE, _UNSUBSCRIBE = 1, 2
_OK, _NOT_FOUND = 200, 404
_PATH = re.compile(rb"/Meas/IMU6/(\d{1,4})\0?")
_SAMPLES = (1, 2, 4, 8, 16)
_IMU = {4 + 12 * arrays * n: n for arrays in (2, 3) for n in _SAMPLES}
_ALONE = {4 + 12 * n: n for n in _SAMPLES}
"""Samples in a message, by its length without the two bytes in front."""

GATT = Profile(
    recognises=lambda said: said.name.startswith("Movesense") or SERVICE in said.services,
    notifies={DATA: ""},
    start=(
        Write(
            COMMANDS,
            bytes([_SUBSCRIBE, REFERENCE]) + f"/Meas/IMU6/{RATE_HZ}\0".encode(),
            response=True,
        ),
    ),
    stop=(Write(COMMANDS, bytes([_UNSUBSCRIBE, REFERENCE]), response=True),),
)


class Decoder(Reader):
    """Movesense's notifications in, samples out."""

    def __init__(self) -> None:
        super().__init__()
        self._time = DeviceTime(1000, 32)
        self.restart()

    def restart(self) -> None:
        """Forget a message that is not complete."""
        self._time.restart()
        self._begun = b""
        self._alone = 0  # length of the newest message that seemed complete by itself
        self._whole = 0  # length of messages that go on in a second notification, once seen

    def feed(self, data: bytes, channel: str = "") -> Decoded:
        """The samples of the message that ends with this notification."""
        if len(data) < 4:
            return self.reject(f"{len(data)} bytes are too few for a Movesense notification")
        kind, content = data[0], data[2:]
        if kind == _ANSWER:
            (status,) = struct.unpack_from("<H", content)
            self.notice = f"the Movesense refuses: status {status}" if status >= 300 else ""
            return NOTHING
        if kind == _DATA:
            if self._begun:
                self._whole = 0
                self.reject("a message without its rest")
            return self._grown(content, channel)
        if kind == _REST:
            return self._continued(content, channel)
        return self.reject(f"notification of an unknown kind {kind}")

    def _continued(self, content: bytes, channel: str) -> Decoded:
        if self._begun:
            return self._grown(self._begun + content, channel)
        together = self._alone + len(content)
        self._whole = together if together in _IMU else 0
        return self.reject("the rest of a message without its beginning")

    def _grown(self, message: bytes, channel: str) -> Decoded:
        """The samples of a message if it is complete."""
        lengths = _ALONE if channel in {"acc", "gyr"} else _IMU
        begun, self._begun = self._begun, b""
        if len(message) in lengths and len(message) >= self._whole:
            self._whole = len(message) if begun else self._whole
            self._alone = 0 if begun else len(message)
            return self._samples(message, lengths[len(message)], channel)
        if len(message) >= max(lengths):
            self._whole = 0
            return self.reject(f"a message of {len(message)} bytes; none is so long")
        self._begun = message
        return NOTHING

    def _samples(self, message: bytes, n: int, channel: str) -> Decoded:
        said = np.frombuffer(message, "<f4", offset=4)
        if not np.isfinite(said).all():
            return self.reject("a message that is not of finite numbers")
        numbers = said.astype(float).reshape(-1, n, 3)
        ms = self._time.advanced(struct.unpack_from("<I", message)[0])
        if ms is None:
            return self.drop("a message came twice, or late")
        time_s = ms / 1000 + np.arange(n) / (PER_SECOND * n)
        acc = unknown(n) if channel == "gyr" else numbers[0]
        if channel == "acc":
            return samples(acc, unknown(n), time_s)
        gyr: Floats = np.radians(numbers[0 if channel == "gyr" else 1])
        return samples(acc, gyr, time_s)


class Encoder:
    """Such a sensor: it sends what is subscribed to.

    Args:
        room: bytes of a message to a notification.
    """

    def __init__(self, room: int = 160) -> None:
        self._room = room
        self._rate_hz = RATE_HZ
        self._reference: int | None = None

    @property
    def rate_hz(self) -> float:
        """As subscribed to."""
        return self._rate_hz

    @property
    def batch(self) -> int:
        """Samples to a message."""
        return self._rate_hz // PER_SECOND

    @property
    def streaming(self) -> bool:
        """Whether anybody has subscribed."""
        return self._reference is not None

    def encode(
        self,
        acc: Floats,
        gyr: Floats,
        sequence: int,  # noqa: ARG002 - it does not count
        sensor_time_s: float,
    ) -> list[Notification]:
        """One message, in as many notifications as it takes."""
        time = struct.pack("<I", round(1000 * sensor_time_s) % 2**32)
        arrays = np.vstack([acc, np.degrees(gyr)]).astype("<f4").tobytes()
        message, reference = time + arrays, self._reference or REFERENCE
        return [
            (DATA, bytes([_REST if at else _DATA, reference]) + message[at : at + self._room])
            for at in range(0, len(message), self._room)
        ]

    def replies(self, characteristic: str, data: bytes) -> list[Notification]:
        """An answer to each command."""
        if characteristic != COMMANDS or len(data) < 2:
            return []
        path = _PATH.fullmatch(data, 2)
        rate_hz = int(path[1]) if path else 0
        status = _OK
        if data[0] == _UNSUBSCRIBE:
            self._reference = None
        elif data[0] == _SUBSCRIBE and rate_hz / PER_SECOND in _SAMPLES:
            self._rate_hz, self._reference = rate_hz, data[1]
        else:
            status = _NOT_FOUND
        return [(DATA, struct.pack("<BBH", _ANSWER, data[1], status))]
