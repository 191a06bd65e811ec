"""Accelerations and turning rates that a sensor sends apart, brought together again.

Where they carry times, a sample is an acceleration and the turning rate on the straight line
between its two neighbours in time. Where they carry none, their order has to do: an acceleration
belongs to the turning rate that comes next. If several accelerations came since the last turning
rate (the others were lost, or are sent less often), the turning rate is taken to have gone evenly
over them; a turning rate with no acceleration before it only says where the next line begins.

No turning rate is made up over longer holes: such accelerations are left out, and the sample clock
finds the gap.
"""

import math
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from monitor.arrivals import Packet
from monitor.samples import Decoded, Floats
from monitor.wire.decoder import NOTHING, Decoder, joined, samples

MOST_WAITING = 8
"""Accelerations that wait for their turning rate, where neither has a time."""
MOST_WAIT_S = 5.0
"""Neither waits longer than this for the other, by the sensor's clock: four frames at most."""
MOST_HOLE_S = 0.1
"""Between turning rates further apart than this nothing is made up: a trunk turns within it."""


class Pairing(Protocol):
    """One way of bringing them together."""

    given_up: int
    """Accelerations that found no turning rate."""

    def pair(self, read: Decoded, arrival_s: float) -> tuple[Decoded, Floats]:
        """The samples that these complete, and the arrival of their accelerations, s."""


class Paired:
    """A decoder for a sensor that sends accelerations and turning rates apart.

    Args:
        reader: reads each notification as it is, NaN where it does not say.
        pairing: makes a fresh pairing, at the start and after a lost link.
    """

    def __init__(self, reader: Decoder, pairing: Callable[[], Pairing]) -> None:
        self._reader = reader
        self._new_pairing = pairing
        self._pairing = pairing()
        self._given_up = 0

    @property
    def rejected(self) -> int:
        """Notifications that could not be read."""
        return self._reader.rejected

    @property
    def dropped(self) -> int:
        """Readable ones that brought nothing new, and accelerations without turning rate."""
        return self._reader.dropped + self._given_up + self._pairing.given_up

    @property
    def reason(self) -> str:
        """Why the last of them was rejected or dropped, in words."""
        alone = "accelerations came without turning rates near them"
        return self._reader.reason or (alone if self.dropped else "")

    @property
    def notice(self) -> str:
        """What the user should know of this sensor."""
        return self._reader.notice

    def feed(self, data: bytes, channel: str = "") -> Decoded:
        """The samples one notification completes, possibly none."""
        return self.feed_all([Packet(0.0, data, channel)])[0]

    def feed_all(self, packets: Sequence[Packet]) -> tuple[Decoded, Floats]:
        """The same for many at once, and the arrival of each sample's acceleration, s."""
        blocks, arrivals_s = [], [np.empty(0)]
        for packet in packets:
            read = self._reader.feed(packet.data, packet.channel)
            if len(read):
                block, arrival_s = self._pairing.pair(read, packet.arrival_s)
                blocks.append(block)
                arrivals_s.append(arrival_s)
        return joined(blocks), np.concatenate(arrivals_s)

    def restart(self) -> None:
        """A lost link: what waits for its other half waits in vain."""
        self._reader.restart()
        self._given_up += self._pairing.given_up
        self._pairing = self._new_pairing()


class ByOrder:
    """Brings together what has no time."""

    def __init__(self) -> None:
        self.given_up = 0
        self._waiting: list[Floats] = []  # accelerations
        self._arrival_s: list[float] = []  # of these
        self._before: Floats | None = None  # the newest turning rate

    def pair(self, read: Decoded, arrival_s: float) -> tuple[Decoded, Floats]:
        """The samples that these complete, and the arrival of their accelerations, s."""
        blocks: list[Decoded] = []
        arrivals_s: list[float] = []
        for acc, gyr in zip(read.acc, read.gyr, strict=True):
            if math.isnan(gyr[0]):
                self._wait(acc, arrival_s)
            elif self._waiting:
                blocks.append(self._completed(gyr))
                arrivals_s += self._arrival_s[-len(blocks[-1]) :]
                self._waiting, self._arrival_s, self._before = [], [], gyr
            else:
                self._before = gyr
        return joined(blocks), np.array(arrivals_s)

    def _wait(self, acc: Floats, arrival_s: float) -> None:
        self._waiting.append(acc)
        self._arrival_s.append(arrival_s)
        if len(self._waiting) > MOST_WAITING:
            del self._waiting[0], self._arrival_s[0]
            self.given_up += 1
            self._before = None

    def _completed(self, gyr: Floats) -> Decoded:
        """The waiting accelerations, with the turning rates that lead up to this one."""
        n = len(self._waiting)
        if self._before is None or n == 1:
            self.given_up += n - 1
            return samples(np.array(self._waiting[-1:]), gyr[None, :])
        share = np.arange(1, n)[:, None] / n
        between = self._before + share * (gyr - self._before)
        return samples(np.array(self._waiting), np.vstack([between, gyr]))


class ByTime:
    """Brings together what has times on one clock."""

    def __init__(self) -> None:
        self.given_up = 0
        self._acc = _Queue()
        self._gyr = _Queue()

    def pair(self, read: Decoded, arrival_s: float) -> tuple[Decoded, Floats]:
        """The samples that these complete, and the arrival of their accelerations, s."""
        time_s = np.asarray(read.sensor_time_s)
        if np.isnan(read.gyr).all():
            self.given_up += self._acc.add(time_s, read.acc, arrival_s)
        else:
            self._gyr.add(time_s, read.gyr, arrival_s)
        return self._completed()

    def _completed(self) -> tuple[Decoded, Floats]:
        """The accelerations up to the newest turning rate."""
        gyr_s = self._gyr.time_s
        n = int(np.searchsorted(self._acc.time_s, gyr_s[-1], "right")) if len(gyr_s) else 0
        time_s, acc, arrival_s = self._acc.take(n)
        if not n:
            return NOTHING, arrival_s
        after = np.searchsorted(gyr_s, time_s)
        before = np.maximum(after - 1, 0)
        exact = gyr_s[after] == time_s
        near = exact | ((after > 0) & (gyr_s[after] - gyr_s[before] <= MOST_HOLE_S))
        self.given_up += int((~near).sum())
        gyr = np.stack([np.interp(time_s, gyr_s, one) for one in self._gyr.vectors.T], axis=1)
        self._gyr.take(int(before[-1]))
        return samples(acc[near], gyr[near], time_s[near]), arrival_s[near]


class _Queue:
    """Vectors that wait, with their times and arrivals; the oldest for `MOST_WAIT_S`."""

    def __init__(self) -> None:
        self.time_s = np.empty(0)
        self.vectors = np.empty((0, 3))
        self._arrival_s = np.empty(0)

    def add(self, time_s: Floats, vectors: Floats, arrival_s: float) -> int:
        """Put them at the end; how many had to give up waiting."""
        if len(self.time_s) and time_s[0] <= self.time_s[-1]:
            begun_anew = len(self.take(len(self.time_s))[0])
            return begun_anew + self.add(time_s, vectors, arrival_s)
        self.time_s = np.append(self.time_s, time_s)
        self.vectors = np.concatenate([self.vectors, vectors])
        self._arrival_s = np.append(self._arrival_s, np.full(len(time_s), arrival_s))
        too_old = int(np.searchsorted(self.time_s, time_s[-1] - MOST_WAIT_S))
        return len(self.take(too_old)[0])

    def take(self, n: int) -> tuple[Floats, Floats, Floats]:
        """The first n: times, vectors and arrivals."""
        taken = self.time_s[:n], self.vectors[:n], self._arrival_s[:n]
        self.time_s, self.vectors = self.time_s[n:], self.vectors[n:]
        self._arrival_s = self._arrival_s[n:]
        return taken
