"""A gym with virtual sensors in its air, and a computer that can hear them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from bumble.device import Device

from monitor.sources.ble_radio import BleakRadio
from tests.radio.air import Air, central
from tests.radio.backend import Hearer, radio
from tests.radio.hours import lived
from tests.radio.sensor import Firmware, Life, VirtualSensor

Result = TypeVar("Result")


@dataclass
class Studio:
    """The air, and the computer's radio in it.

    Attributes:
        late: what the computer's stack calls with notifications, of links that ended too.
    """

    air: Air
    computer: Device
    radio: BleakRadio = field(init=False)
    late: list[Hearer] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.radio = radio(self.computer, self.late)

    @property
    def now_s(self) -> float:
        return asyncio.get_running_loop().time()

    async def sensor(
        self,
        life: Life = (),
        firmware: Firmware | None = None,
        address: str = "F0:F1:F2:F3:F4:F5",
    ) -> VirtualSensor:
        """One more sensor, switched on."""
        made = VirtualSensor(self.air, firmware or Firmware(), life, address)
        await made.switch_on()
        return made

    async def bluetooth(self, *, on: bool) -> None:
        """Switch the computer's Bluetooth."""
        if on:
            await self.computer.power_on()
        else:
            self.air.lose(self.computer.random_address)
            await self.computer.power_off()

    async def until(self, happened: Callable[[], bool]) -> float:
        """Wait until something has happened; how long that took, s."""
        begun_s = self.now_s
        while not happened():  # noqa: ASYNC110 - in virtual time waiting is free
            await asyncio.sleep(0.01)
        return self.now_s - begun_s


def in_studio(story: Callable[[Studio], Awaitable[Result]]) -> Result:
    """What comes of a story that happens in a studio, in virtual time."""

    async def told() -> Result:
        air = Air()
        return await story(Studio(air, await central(air)))

    return lived(told())
