"""What every family's decoder promises, and the part of the work that is the same for all.

A decoder knows its family's bytes and keeps what the stream needs (half a record, wrapped
counters); it never raises, whatever the bytes, and counts what it could not read. Where a sensor
says only one of acceleration and rotation, the other is NaN.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from monitor.arrivals import Packet
from monitor.samples import Decoded, Floats


class Decoder(Protocol):
    """One stream's bytes in, samples out."""

    @property
    def rejected(self) -> int:
        """Notifications that could not be read."""

    @property
    def dropped(self) -> int:
        """Readable ones that brought nothing new (came twice, or too late)."""

    @property
    def reason(self) -> str:
        """Why the last of them was rejected or dropped, in words."""

    @property
    def notice(self) -> str:
        """What the user should know of this sensor, in words; "" while there is nothing."""

    def feed(self, data: bytes, channel: str = "") -> Decoded:
        """The samples one notification completes, possibly none."""

    def feed_all(self, packets: Sequence[Packet]) -> tuple[Decoded, Floats]:
        """The same for many at once, and each sample's arrival, s."""

    def restart(self) -> None:
        """A lost link: what comes next is a new stream of the same sensor."""


class Reader(ABC):
    """A decoder that makes samples of each notification as it comes; a family says how.

    Attributes:
        rejected, dropped, reason, notice: as `Decoder` has them.
    """

    def __init__(self) -> None:
        self.rejected = 0
        self.dropped = 0
        self.reason = ""
        self.notice = ""

    @abstractmethod
    def feed(self, data: bytes, channel: str = "") -> Decoded:
        """The samples one notification completes, possibly none."""

    def restart(self) -> None:  # noqa: B027 - most keep nothing from one notification to the next
        """A lost link: what comes next is a new stream of the same sensor."""

    def feed_all(self, packets: Sequence[Packet]) -> tuple[Decoded, Floats]:
        """The same for many at once, and each sample's arrival, s."""
        blocks = [self.feed(packet.data, packet.channel) for packet in packets]
        arrival_s = np.repeat([packet.arrival_s for packet in packets], list(map(len, blocks)))
        return joined(blocks), np.asarray(arrival_s, float)

    def reject(self, reason: str) -> Decoded:
        """Count a notification that cannot be read."""
        self.rejected += 1
        self.reason = reason
        return NOTHING

    def drop(self, reason: str) -> Decoded:
        """Count one that brings nothing new."""
        self.dropped += 1
        self.reason = reason
        return NOTHING


def samples(acc: Floats, gyr: Floats, sensor_time_s: Floats | None = None) -> Decoded:
    """Samples of a sensor without a running number: (n, 3) m/s², (n, 3) rad/s, (n,) s or None."""
    return Decoded(acc, gyr, None, sensor_time_s)


def unknown(count: int) -> Floats:
    """(count, 3), what a sensor did not say."""
    return np.full((count, 3), np.nan)


def joined(blocks: Sequence[Decoded]) -> Decoded:
    """Blocks of one sensor without a running number, one after the other, as one."""
    full = [block for block in blocks if len(block)]
    if len(full) < 2:
        return full[0] if full else NOTHING
    acc = np.concatenate([block.acc for block in full])
    gyr = np.concatenate([block.gyr for block in full])
    times = [block.sensor_time_s for block in full if block.sensor_time_s is not None]
    return samples(acc, gyr, np.concatenate(times) if times else None)


NOTHING = samples(np.empty((0, 3)), np.empty((0, 3)))
"""No samples at all."""
