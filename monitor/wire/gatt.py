"""How a sensor of a family is known in the air, started and stopped: facts only, no radio here.

A family says which characteristics notify, what to write to start and stop the stream, and how
its battery is asked for. Everything that notifies is recorded and decoded, replies to commands
as well: a start reply may carry the factor without which the numbers mean nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Notification = tuple[str, bytes]
"""UUID of the characteristic that notifies, and the bytes."""

BATTERY_LEVEL = "00002a19-0000-1000-8000-00805f9b34fb"
"""The Bluetooth SIG's characteristic: one byte, %."""


@dataclass(frozen=True, slots=True)
class Advertisement:
    """What a sensor says of itself before anybody connects.

    Attributes:
        name: its local name, "" if it says none.
        services: the UUIDs it advertises, 128-bit, lower case.
        manufacturers: company identifiers of its manufacturer data.
    """

    name: str
    services: frozenset[str] = frozenset()
    manufacturers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Write:
    """One command.

    Attributes:
        characteristic: UUID it is written to.
        data: the bytes.
        response: whether the sensor acknowledges the write.
        pause_s: how long the sensor needs before the next, s.
        service: UUID of the service it belongs to, where several have one of that name.
    """

    characteristic: str
    data: bytes
    response: bool = False
    pause_s: float = 0.0
    service: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """A family's life over Bluetooth LE.

    Attributes:
        recognises: whether an advertisement is one of this family's.
        refuses: why a sensor that looks like one cannot serve, in words; None if it can.
        notifies: characteristic UUID → the channel its notifications carry to the decoder;
            subscribed to in this order, before anything is written. A family's models differ:
            those that a sensor does not have are passed over, as long as it has one of them.
        prepare: commands before anything is subscribed to, in order: a rate that changes while
            samples come tells no clock anything.
        start, stop: commands, in order, once all is subscribed to, and at the end.
        battery_query: what to write to be told the battery, where that is not `BATTERY_LEVEL`;
            the answer comes as a notification.
        battery_pct: what a notification (channel, bytes) says of the battery, %; None: nothing.
        interval_s: the longest time between two notifications of a healthy stream, s.
        roams: whether its address changes while it is switched on, as phones' do for privacy:
            then it is known again by its name.
    """

    recognises: Callable[[Advertisement], bool]
    notifies: Mapping[str, str]
    prepare: tuple[Write, ...] = ()
    start: tuple[Write, ...] = ()
    stop: tuple[Write, ...] = ()
    refuses: Callable[[Advertisement], str | None] = field(default=lambda _: None)
    battery_query: Write | None = None
    battery_pct: Callable[[str, bytes], float | None] = field(default=lambda _channel, _data: None)
    interval_s: float = 0.2
    roams: bool = False


NOT_OVER_BLUETOOTH = Profile(recognises=lambda _: False, notifies={"": ""})
"""Of a sensor that comes another way: what it says has no characteristic."""
