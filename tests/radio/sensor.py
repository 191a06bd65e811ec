"""A virtual sensor in a virtual air: firmware with a battery, worn by somebody, with its moods.

The firmware says what a kind of sensor is over Bluetooth; the life is what it would notify, and
when. Life goes on while nobody is connected: what falls into a drop-out is lost, as with people.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from math import ceil

from bumble import data_types, hci
from bumble.controller import Controller
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection, Device, DeviceConfiguration
from bumble.gatt import Characteristic, CharacteristicValue, Service

from monitor.arrivals import Arrival, Packet
from monitor.wire import reference
from monitor.wire.families import FAMILIES
from monitor.wire.gatt import Profile
from tests.radio.air import FRAME, Air

Notification = tuple[float, str, bytes]
"""When (s of its life), on which characteristic, what."""
_P = Characteristic.Properties
_BATTERY_SERVICE, _BATTERY_LEVEL = "180F", "2A19"


Life = Iterable[Notification] | Callable[[], Iterable[Notification]]
"""All that is said, or what says it, asked when life begins."""


@dataclass(frozen=True)
class Firmware:
    """What a kind of sensor is, over Bluetooth; its commands are its family's encoder's.

    Attributes:
        family: a key of `FAMILIES`.
        name: what it calls itself.
        advertised: services in its advertisement.
        company: of the manufacturer's data in it.
        indicates: characteristics that indicate instead of notifying.
        lacks: characteristics that this model has not.
        battery: whether it has the Bluetooth SIG's service.
    """

    family: str = "reference"
    name: str = "LegPress-01"
    advertised: tuple[str, ...] = (reference.SERVICE,)
    company: int | None = None
    indicates: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()
    battery: bool = True

    @property
    def profile(self) -> Profile:
        """How the family is started and stopped."""
        return FAMILIES[self.family].gatt


BURST_S = 0.25
"""A radio with much to do delivers several packets at once."""


def worn(arrivals: Iterable[Arrival], burst_s: float = BURST_S) -> list[Notification]:
    """The life of one of the project's own sensors that a simulated athlete wears.

    Args:
        arrivals: its packets, when they would arrive.
        burst_s: so often what waits is sent together; 0: each packet at its time.
    """
    packets = [one for one in arrivals if isinstance(one, Packet)]
    due_s = [one.arrival_s for one in packets]
    if burst_s:
        due_s = [ceil(one / burst_s) * burst_s for one in due_s]
    return [(s, reference.PACKETS, one.data) for s, one in zip(due_s, packets, strict=True)]


class VirtualSensor:
    """One sensor; switched on by `switch_on`, its life begins with the first stream.

    Attributes:
        battery_pct: what it tells.
        refusals: so many connections it will end at once.
        silent: whether it stays connected, and says nothing.
        written: what it was told, in order.
        sent: how many notifications went out.
        connections: how often somebody has connected.
        encoder: the sensor's own side of the family; anew with each connection.
        ended: its life is over.
    """

    def __init__(
        self,
        air: Air,
        firmware: Firmware,
        life: Life = (),
        address: str = "F0:F1:F2:F3:F4:F5",
    ) -> None:
        self.battery_pct = 86
        self.refusals = 0
        self.silent = False
        self.written: list[tuple[str, bytes]] = []
        self.sent = 0
        self.connections = 0
        self.encoder = FAMILIES[firmware.family].encoder()
        self.ended = asyncio.Event()
        self._air, self._firmware, self._life = air, firmware, life
        self._on = False
        self._line: Connection | None = None
        self._living: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        controller = Controller("sensor", link=air)
        controller.le_acl_data_packet_length = FRAME
        controller.le_features &= ~hci.LeFeatureMask.LE_EXTENDED_ADVERTISING
        self.address = hci.Address(address)
        configuration = DeviceConfiguration(
            name=firmware.name,
            address=self.address,
            advertising_interval_min=100,
            advertising_interval_max=100,
        )
        self._device = Device.from_config_with_hci(configuration, controller, controller)
        self._device.gatt_server.max_mtu = 247
        self._notifying: dict[str, Characteristic[bytes]] = {}
        self._add_services()
        self._advertise()
        self._device.on("connection", self._connected)

    async def switch_on(self) -> None:
        """It advertises, until somebody connects."""
        if not self._on:
            self._on = True
            if not self._device.powered_on:
                await self._device.power_on()
            await self._device.start_advertising(auto_restart=False)

    async def vanish(self) -> None:
        """Out of reach, without a goodbye: the link times out, and nobody advertises."""
        self._on = False
        if self._device.is_advertising:
            await self._device.stop_advertising()
        self._air.lose(self.address)

    async def leave(self) -> None:
        """Switched off: it says goodbye."""
        self._on = False
        if self._device.is_advertising:
            await self._device.stop_advertising()
        if self._line is not None:
            await self._line.disconnect()

    @property
    def connected(self) -> bool:
        """Whether somebody is connected."""
        return self._line is not None

    def _add_services(self) -> None:
        """All of the family in one service, but for what belongs to one of its own."""
        profile, own = self._firmware.profile, f"{self._firmware.family:0<8.8}".encode().hex()
        everything = [*profile.prepare, *profile.start, *profile.stop]
        if profile.battery_query is not None:
            everything.append(profile.battery_query)
        written = {(one.service or f"{own}{'0' * 16}", one.characteristic) for one in everything}
        services: dict[str, dict[str, Characteristic[bytes]]] = {}
        for uuid in profile.notifies:
            if uuid not in self._firmware.lacks:
                entry = self._characteristic(uuid, notifies=True, written=False)
                services.setdefault(f"{own}{'0' * 16}", {})[uuid] = entry
        for service, uuid in sorted(written):
            entries = services.setdefault(service, {})
            entries[uuid] = self._characteristic(uuid, notifies=uuid in entries, written=True)
        for service, entries in services.items():
            self._device.add_service(Service(service, list(entries.values())))
        if self._firmware.battery:
            level = CharacteristicValue(read=lambda _: bytes([self.battery_pct]))
            entry = Characteristic(_BATTERY_LEVEL, _P.READ, Characteristic.READABLE, level)
            self._device.add_service(Service(_BATTERY_SERVICE, [entry]))

    def _characteristic(self, uuid: str, *, notifies: bool, written: bool) -> Characteristic[bytes]:
        how, value = _P(0), CharacteristicValue(write=self._writer(uuid)) if written else b""
        if notifies:
            how |= _P.INDICATE if uuid in self._firmware.indicates else _P.NOTIFY
        if written:
            how |= _P.WRITE | _P.WRITE_WITHOUT_RESPONSE
        entry = Characteristic(uuid, how, Characteristic.WRITEABLE, value)
        if notifies:
            entry.on("subscription", self._subscribed)
            self._notifying[uuid] = entry
        return entry

    def _advertise(self) -> None:
        flags = AdvertisingData.Flags
        said: list[data_types.DataType] = [
            data_types.Flags(flags.LE_GENERAL_DISCOVERABLE_MODE | flags.BR_EDR_NOT_SUPPORTED)
        ]
        long = [UUID(one) for one in self._firmware.advertised if len(one) == 36]
        short = [UUID(one) for one in self._firmware.advertised if len(one) == 4]
        if long:
            said.append(data_types.IncompleteListOf128BitServiceUUIDs(long))
        if short:
            said.append(data_types.IncompleteListOf16BitServiceUUIDs(short))
        if self._firmware.company is not None:
            said.append(data_types.ManufacturerSpecificData(self._firmware.company, b""))
        name = data_types.CompleteLocalName(self._firmware.name)
        self._device.advertising_data = bytes(AdvertisingData(said))
        self._device.scan_response_data = bytes(AdvertisingData([name]))

    def _connected(self, line: Connection) -> None:
        self.connections += 1
        line.on("disconnection", self._disconnected)
        self._line = line
        self.encoder = FAMILIES[self._firmware.family].encoder()
        if self.refusals:
            self.refusals -= 1
            self._spawn(line.disconnect())

    def _disconnected(self, _reason: int) -> None:
        self._line = None
        if self._on:
            self._spawn(self._device.start_advertising(auto_restart=False))

    def _writer(self, uuid: str) -> Callable[[Connection, bytes], None]:
        def write(_line: Connection, data: bytes) -> None:
            self.written.append((uuid, bytes(data)))
            for characteristic, reply in self.encoder.replies(uuid, bytes(data)):
                self._spawn(self._notify(characteristic, reply))

        return write

    def _subscribed(self, _line: Connection, notify: bool, indicate: bool) -> None:  # noqa: FBT001
        if (notify or indicate) and self._living is None:
            self._living = self._spawn(self._play())

    async def _play(self) -> None:
        """Life, as it goes."""
        clock = asyncio.get_running_loop().time
        begun_s = clock()
        for due_s, characteristic, data in life() if callable(life := self._life) else life:
            wait_s = begun_s + due_s - clock()
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            if self.encoder.streaming and not self.silent:
                await self._notify(characteristic, data)
        self.ended.set()

    async def _notify(self, characteristic: str, data: bytes) -> None:
        """To whoever has subscribed."""
        line, entry = self._line, self._notifying[characteristic]
        if line is None:
            return
        self.sent += 1
        server = self._device.gatt_server
        if characteristic in self._firmware.indicates:
            await server.indicate_subscriber(line, entry, data)
        else:
            await server.notify_subscriber(line, entry, data)

    def _spawn(self, work: Coroutine[object, object, None]) -> "asyncio.Task[None]":
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
