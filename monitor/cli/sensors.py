"""Where a sensor named on the command line is found: one line for each way.

Whoever adds a way to reach a sensor adds it to `WAYS`; what is none of these names is looked for
over Bluetooth.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.cli.sessions import speed_from
from monitor.errors import InputError
from monitor.session import Source

if TYPE_CHECKING:  # bleak loads only where a radio is used
    from monitor.sources.ble_radio import Radio


Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user said of a sensor.

    Attributes:
        name: its name or address, or one of `WAYS`.
        family: its family, None: it shall tell itself.
        speed: how fast a simulated one lives, as the user wrote it.
        trains: whether sets are to follow the calibration (a simulated athlete wants to know).
    """

    name: str
    family: str | None = None
    speed: str | None = None
    trains: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """A sensor that can be listened to.

    Attributes:
        name: what it is called from now on: calibrations are kept under it.
        family: how its bytes are read.
        open: makes its source; arrival time 0 is then.
        waits: whether its source can wait for a slow sink, as no real one can.
    """

    name: str
    family: str
    open: Callable[[], Source]
    waits: bool = False


async def _simulated(wanted: Wanted, _: Clock) -> Found:
    from monitor.simulation.demo import calibrating, training  # noqa: PLC0415 - only here
    from monitor.sources.simulated import simulated  # noqa: PLC0415 - only here

    speed = speed_from(wanted.speed or "1")
    simulation = training() if wanted.trains else calibrating()
    return Found("simulated", "reference", lambda: simulated(simulation, speed), waits=True)


async def _phone(wanted: Wanted, clock: Clock) -> Found:
    from monitor.cli.phones import find_phone  # noqa: PLC0415 - only here

    if wanted.speed is not None:
        raise InputError(f"--speed {wanted.speed}: goes only with a simulated sensor")
    family, source = await find_phone(wanted.name, wanted.family, clock)
    return Found(wanted.name, family, source)


Way = Callable[[Wanted, Clock], Awaitable[Found]]
WAYS: dict[str, Way] = {"simulated": _simulated, "phone": _phone}
"""Names that mean a way rather than a sensor; what follows a colon says more of the way."""


class Finder:
    """Finds sensors, those over Bluetooth with one and the same radio.

    Args:
        radio: None for the computer's own.
        clock: stamps what arrives, s.
    """

    def __init__(self, radio: "Radio | None" = None, clock: Clock = time.perf_counter) -> None:
        self._radio, self._clock = radio, clock

    async def find(self, wanted: Wanted) -> Found:
        """The sensor.

        Raises:
            UnreachableError: it is not there, or the radio does not serve.
            InputError: it cannot serve, or its family cannot be told.
        """
        way = WAYS.get(wanted.name.partition(":")[0])
        if way is not None:
            return await way(wanted, self._clock)
        return await self._over_the_air(wanted)

    async def _over_the_air(self, wanted: Wanted) -> Found:
        from monitor.sources.ble import over_the_air  # noqa: PLC0415 - bleak loads when needed
        from monitor.sources.ble_finding import family_for, find  # noqa: PLC0415 - the same
        from monitor.sources.ble_radio import BleakRadio  # noqa: PLC0415 - the same

        if wanted.speed is not None:
            raise InputError(f"--speed {wanted.speed}: goes only with a simulated sensor")
        radio = self._radio = self._radio or BleakRadio()
        one = await find(radio, wanted.name)
        family = family_for(one, wanted.family)
        asked_by_address = wanted.name.casefold() == one.address.casefold()
        name = one.address if asked_by_address else one.name
        clock = self._clock
        return Found(
            name,
            family.name,
            lambda: over_the_air(radio, one, family, by_address=asked_by_address, clock=clock),
        )
