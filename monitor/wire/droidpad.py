"""A phone as the sensor: the Android app DroidPad says its numbers as text, without times.

Each notification is UTF-8 text, one or more lines:

    ACCELEROMETER,x,y,z     m/s², with gravity
    GYROSCOPE,x,y,z         rad/s

(ACCELEROMTER, as its description spells it, is let pass.) Service
4fbfc1d7-f509-44ab-afe1-62ea40a4b111, characteristic dc3f5274-33ba-48de-8246-43bf8985b323. The two
sensors come independently of each other, as often as Android measures them.

Source: umer0586/DroidPad.
"""

import numpy as np

from monitor.samples import Decoded, Floats
from monitor.wire import decoder
from monitor.wire.decoder import joined, samples, unknown
from monitor.wire.gatt import Notification, Profile
from monitor.wire.pairing import ByOrder, Paired

SERVICE = "4fbfc1d7-f509-44ab-afe1-62ea40a4b111"
TEXT = "dc3f5274-33ba-48de-8246-43bf8985b323"
GATT = Profile(
    recognises=lambda said: SERVICE in said.services or said.name.startswith("DroidPad"),
    notifies={TEXT: ""},
    interval_s=0.5,
    roams=True,
)
_ACC = ("ACCELEROMETER", "ACCELEROMTER")
_GYR = ("GYROSCOPE",)


class Reader(decoder.Reader):
    """Each line as it comes."""

    def feed(self, data: bytes, channel: str = "") -> Decoded:  # noqa: ARG002 - there is but one
        """One sample to a line, of which one half is NaN."""
        text = data.decode("utf-8", "replace").strip()
        read = [_line(line) for line in text.splitlines()]
        wrong = [line for line in read if isinstance(line, str)]
        if wrong or not read:
            self.reject(wrong[-1] if wrong else "an empty text")
        return joined([line for line in read if isinstance(line, Decoded)])


def _line(line: str) -> Decoded | str:
    """One sample, or why there is none."""
    what, *numbers = (part.strip() for part in line.split(","))
    try:
        vector = np.array([[float(number) for number in numbers]])
    except ValueError:
        return f"{line[:40]!r} is not of numbers"
    if vector.shape != (1, 3) or not np.isfinite(vector).all():
        return f"{line[:40]!r} is not a vector"
    if what in _ACC:
        return samples(vector, unknown(1))
    if what in _GYR:
        return samples(unknown(1), vector)
    return f"{line[:40]!r} is neither acceleration nor turning rate"


class Decoder(Paired):
    """Lines in, samples out: an acceleration with the turning rate that follows it."""

    def __init__(self) -> None:
        super().__init__(Reader(), ByOrder)


class Encoder:
    """Such a phone: it streams to whoever subscribes."""

    batch = 1
    streaming = True
    rate_hz = 50.0

    def encode(
        self,
        acc: Floats,
        gyr: Floats,
        sequence: int,  # noqa: ARG002 - it does not count
        sensor_time_s: float,  # noqa: ARG002 - it says no time
    ) -> list[Notification]:
        """Two notifications to each sample, numbers as Android writes them."""
        said = []
        for what, vector in zip(
            (_ACC[0], _GYR[0]) * len(acc), np.hstack([acc, gyr]).reshape(-1, 3), strict=True
        ):
            text = ",".join([what, *(repr(float(np.float32(one))) for one in vector)])
            said.append((TEXT, text.encode()))
        return said

    def replies(self, characteristic: str, data: bytes) -> list[Notification]:  # noqa: ARG002 - takes no commands
        """Nothing: it takes no commands."""
        return []
