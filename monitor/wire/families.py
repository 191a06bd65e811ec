"""Every kind of sensor we can read, by name: one line per family.

A decoder knows its family's bytes and keeps what the stream needs (half a record, wrapped
counters); it never raises, whatever the bytes, and counts what it could not read.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from monitor.arrivals import Packet
from monitor.samples import Decoded, Floats
from monitor.wire import reference
from monitor.wire.gatt import Profile


class Decoder(Protocol):
    """One stream's bytes in, samples out.

    Attributes:
        rejected: notifications that could not be read.
        dropped: readable ones that brought nothing new (came twice, or too late).
        reason: why the last of them was rejected or dropped, in words.
    """

    rejected: int
    dropped: int
    reason: str

    def feed(self, data: bytes, channel: str = "") -> Decoded:
        """The samples one notification completes, possibly none."""

    def feed_all(self, packets: Sequence[Packet]) -> tuple[Decoded, Floats]:
        """The same for many at once, and each sample's arrival, s."""

    def restart(self) -> None:
        """A lost link: what comes next is a new stream of the same sensor."""


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of sensor.

    Attributes:
        name: as the user writes it.
        decoder: makes a fresh decoder.
        nominal_rate_hz: what the sensor says it samples at, None where its packets tell.
        gatt: how it is found and started over Bluetooth LE, None where it has no radio.
    """

    name: str
    decoder: Callable[[], Decoder]
    nominal_rate_hz: float | None = None
    gatt: Profile | None = None


FAMILIES = {
    family.name: family for family in (Family("reference", reference.Decoder, gatt=reference.GATT),)
}
