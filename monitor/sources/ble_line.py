"""One connection to a sensor, from the first attempt to the goodbye.

Nothing on it may take for ever: who does not answer in time is treated as one who is gone.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

from bleak import BleakClient
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.exc import BleakCharacteristicNotFoundError

from monitor.sources.ble_radio import Radio, Sighting
from monitor.wire.gatt import BATTERY_LEVEL, Write

ANSWER_S = 3.0
"""A sensor answers a command or a question within this time, or not at all."""
LEAVE_S = 3.0
"""For so long it may take to stop the sensor and to say goodbye."""

Hearer = Callable[[BleakGATTCharacteristic, bytearray], None]
"""Called with each notification."""


class Line:
    """One connection.

    Attributes:
        over: it was ended; what it still delivers is another stream's.
        gone: the other side has left.
        data: something came.
        client: bleak's.
        polling: asks for the battery, None as long as nobody does.
    """

    def __init__(self, radio: Radio, sighting: Sighting) -> None:
        self.over = False
        self.gone = asyncio.Event()
        self.data = asyncio.Event()
        self.client: BleakClient = radio.client(sighting.device, self.gone.set)
        self.polling: asyncio.Task[None] | None = None

    async def until(self, event: asyncio.Event, seconds: float) -> bool:
        """Whether an event comes before the other side is gone and the time is over."""
        waits = [asyncio.create_task(one.wait()) for one in (event, self.gone)]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        return event.is_set()

    async def write(self, command: Write) -> None:
        """Send one command, and leave the sensor the time it needs."""
        to: str | BleakGATTCharacteristic | None = command.characteristic
        if command.service:
            service = self.client.services.get_service(command.service)
            to = None if service is None else service.get_characteristic(command.characteristic)
        if to is None:
            raise BleakCharacteristicNotFoundError(command.characteristic)
        async with asyncio.timeout(ANSWER_S):
            await self.client.write_gatt_char(to, command.data, response=command.response)
        await asyncio.sleep(command.pause_s)

    def notifying(self, wanted: Mapping[str, str]) -> list[tuple[BleakGATTCharacteristic, str]]:
        """The characteristics of `wanted` that this sensor has, and the channel of each."""
        there = [
            (one, channel)
            for uuid, channel in wanted.items()
            if (one := self.client.services.get_characteristic(uuid)) is not None
        ]
        if not there:
            raise BleakCharacteristicNotFoundError(next(iter(wanted)))
        return there

    async def hear(self, characteristic: BleakGATTCharacteristic, heard: Hearer) -> None:
        """Subscribe to a characteristic."""
        async with asyncio.timeout(ANSWER_S):
            await self.client.start_notify(characteristic, heard)

    async def battery_pct(self) -> float | None:
        """Ask by the Bluetooth SIG's characteristic, where the sensor has it, %."""
        if self.client.services.get_characteristic(BATTERY_LEVEL) is None:
            return None
        with suppress(Exception):  # a sensor that cannot tell its battery can still measure
            async with asyncio.timeout(ANSWER_S):
                return float((await self.client.read_gatt_char(BATTERY_LEVEL))[0])
        return None

    async def end(self, stop: Iterable[Write]) -> None:
        """Tell the sensor to stop, as far as it hears, and let go; never for long."""
        self.over = True
        if self.polling is not None:
            self.polling.cancel()
        with suppress(Exception):  # there is nothing left to do for a line that cannot be ended
            async with asyncio.timeout(LEAVE_S):
                await self._stop(stop)
        with suppress(Exception):
            async with asyncio.timeout(LEAVE_S):
                await self.client.disconnect()

    async def _stop(self, stop: Iterable[Write]) -> None:
        if not self.gone.is_set():
            for command in stop:
                await self.write(command)
