"""A phone as the sensor: what Sensor Logger sends (`phone_message`), as specific force and rate.

    acceleration   total, else user's + gravity (each on its own stamps), else uncalibrated
    turning rate   gyroscope, else uncalibrated

An iPhone says every acceleration with the opposite sign, unless the app's "Standardise Units &
Frames" is on. No movement can tell: in a world mirrored through a point, accelerations are turned
round and turning rates are not, and its physics is the same. So what comes beside the numbers has
to: Android alone says an accuracy or a total acceleration, and only an iPhone that is not
standardised says the uncalibrated acceleration in g. Where nothing tells, the signs are taken as
standardised; the family `sensor_logger_ios` is for an iPhone that is not.

With the wrong sign tilt and lift stay as they are, and the two sides of the pelvic shift change
places: it is the same mirrored world.

Source: tszheichoi/awesome-sensor-logger, CROSSPLATFORM.md.
"""

import numpy as np

from monitor.samples import Decoded, Floats
from monitor.wire import decoder
from monitor.wire.decoder import NOTHING, joined, samples, unknown
from monitor.wire.gatt import NOT_OVER_BLUETOOTH
from monitor.wire.pairing import ByTime, Paired
from monitor.wire.phone_message import ACC, GRAVITY, GYR, RAW_ACC, RAW_GYR, TOTAL, read_message
from monitor.wire.phone_order import InOrder, Message
from monitor.wire.phone_stamps import Stamps

G = 9.80665
"""m/s²; what the app takes it to be."""
IN_G = 3.0
"""A phone that is worn feels more than this, if it is told in m/s², and less if in g."""
PIECE_S = 1.0
"""What comes in one message is paired in pieces of so long, as nothing waits for its other half
much longer."""
MOST_PIECES = 60
"""A message that claims to last longer is no batch."""
GATT = NOT_OVER_BLUETOOTH


class Apart(ByTime):
    """Brings together accelerations and turning rates that come in one message."""

    def pair(self, read: Decoded, arrival_s: float) -> tuple[Decoded, Floats]:
        """The samples that these complete, and the arrival of their accelerations, s.

        Args:
            read: rows of which one half is NaN; those of each kind in the order of their times.
            arrival_s: of the message.
        """
        time_s = np.asarray(read.sensor_time_s)
        piece = np.minimum((time_s - time_s.min()) // PIECE_S, MOST_PIECES)
        turning = ~np.isnan(read.gyr).any(axis=1)
        blocks, arrivals_s = [], [np.empty(0)]
        for number in np.unique(piece):
            for which in (turning & (piece == number), ~turning & (piece == number)):
                if which.any():
                    some = samples(read.acc[which], read.gyr[which], time_s[which])
                    block, arrival = super().pair(some, arrival_s)
                    blocks.append(block)
                    arrivals_s.append(arrival)
        return joined(blocks), np.concatenate(arrivals_s)


class Reader(decoder.Reader):
    """Each message in its turn: accelerations and turning rates in rows of their own.

    Args:
        apple: whether the accelerations have the opposite sign; None: what else comes shall tell.
    """

    def __init__(self, *, apple: bool | None = None) -> None:
        super().__init__()
        self._asked = apple
        self._order = InOrder()
        self._stamps = Stamps()
        self._recording: str | None = None
        self._seen: set[str] = set()  # sensors, in this recording
        self._sign = 0.0  # of the accelerations; 0: not known yet
        self._whole = Apart()

    def restart(self) -> None:
        """A lost link: what waits for another waits in vain."""
        self._order.restart()
        self._whole = Apart()

    def feed(self, data: bytes, channel: str = "") -> Decoded:  # noqa: ARG002 - there is but one
        """The rows of the messages whose turn has come."""
        message = read_message(data)
        if isinstance(message, str):
            return self.reject(message)
        due = self._order.put(message)
        if isinstance(due, str):
            return self.drop(due)
        return joined([self._rows(one) for one in due])

    def _rows(self, message: Message) -> Decoded:
        """Turning rates, then accelerations."""
        if message.recording != self._recording:
            self._recording, self._sign = message.recording, 0.0
            self._seen.clear()
            self._whole = Apart()
        self._seen |= message.vectors.keys()
        gyr_s, gyr = self._taken(message, GYR if GYR in self._seen else RAW_GYR, "gyr")
        acc = self._accelerations(message)
        return joined([samples(unknown(len(gyr)), gyr, gyr_s), acc])

    def _accelerations(self, message: Message) -> Decoded:
        """Specific force."""
        if TOTAL in self._seen:
            time_s, acc = self._taken(message, TOTAL, "acc")
        elif {ACC, GRAVITY} <= self._seen:
            time_s, acc = self._summed(message)
        else:
            time_s, acc = self._taken(message, RAW_ACC, "acc")
            acc = acc * (G if _in_g(acc) else 1.0)
        if not len(acc):
            return NOTHING
        if not self._sign:
            self._sign = self._told(message)
        return samples(self._sign * acc, unknown(len(acc)), time_s)

    def _summed(self, message: Message) -> tuple[Floats, Floats]:
        """Times and sums of the user's acceleration and gravity."""
        time_s, acc = self._taken(message, ACC, "acc")
        gravity_s, gravity = self._taken(message, GRAVITY, GRAVITY)
        alone = self._whole.given_up
        rows = joined(
            [
                samples(unknown(len(gravity)), gravity, gravity_s),
                samples(acc, unknown(len(acc)), time_s),
            ]
        )
        both = self._whole.pair(rows, 0.0)[0] if len(rows) else NOTHING
        if self._whole.given_up > alone:
            self.drop("accelerations came without gravity near them")
        if both.sensor_time_s is None:
            return np.empty(0), np.empty((0, 3))
        return both.sensor_time_s, both.acc + both.gyr

    def _taken(self, message: Message, sensor: str, use: str) -> tuple[Floats, Floats]:
        """Times and vectors of a sensor that bring something new to what it is used for."""
        if sensor not in message.vectors:
            return np.empty(0), np.empty((0, 3))
        time_ns, vectors = message.vectors[sensor]
        which = self._stamps.fresh(use, time_ns)
        return self._stamps.seconds(time_ns[which]), vectors[which]

    def _told(self, message: Message) -> float:
        """The sign, by all that is known."""
        raw = message.vectors.get(RAW_ACC)
        apple = self._asked
        if apple is None and not message.android and raw is not None:
            apple = _in_g(raw[1])
        return -1.0 if apple else 1.0


def _in_g(acc: Floats) -> bool:
    """Whether (n, 3) accelerations with gravity are told in g."""
    return bool(len(acc)) and float(np.median(np.sqrt((acc * acc).sum(axis=1)))) < IN_G


class Decoder(Paired):
    """Messages in, samples out: accelerations with the turning rates at their times."""

    def __init__(self, *, apple: bool | None = None) -> None:
        super().__init__(Reader(apple=apple), Apart)
