"""A virtual sensor in a virtual air: firmware with a battery, worn by somebody, with its moods.

The firmware says what a kind of sensor is over Bluetooth; the life is what it would notify, and
when. Life goes on while nobody is connected: what falls into a drop-out is lost, as with people.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field

from bumble import data_types, hci
from bumble.controller import Controller
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection, Device, DeviceConfiguration
from bumble.gatt import Characteristic, CharacteristicValue, Service

from monitor.arrivals import Arrival, Packet
from monitor.wire import reference
from tests.radio.air import Air

Notification = tuple[float, str, bytes]
"""When (s of its life), on which characteristic, what."""
_P = Characteristic.Properties
_BATTERY_SERVICE, _BATTERY_LEVEL = "180F", "2A19"


@dataclass(frozen=True)
class Firmware:
    """What a kind of sensor is, over Bluetooth.

    Attributes:
        name: what it calls itself.
        advertised: services in its advertisement.
        services: service → its characteristics that notify, and those that are written to.
        indicates: characteristics that indicate instead.
        replies: what a write (characteristic, bytes) is answered with, as (characteristic, bytes).
        starts, stops: whether a write starts or stops the stream; a firmware without commands
            streams to whoever subscribes.
        battery: whether it has the Bluetooth SIG's service.
        manufacturer: company and data in its advertisement.
    """

    name: str
    advertised: tuple[str, ...] = ()
    services: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)
    indicates: frozenset[str] = frozenset()
    replies: Callable[[str, bytes], Iterable[tuple[str, bytes]]] = lambda _uuid, _data: ()
    starts: Callable[[str, bytes], bool] | None = None
    stops: Callable[[str, bytes], bool] = lambda _uuid, _data: False
    battery: bool = True
    manufacturer: tuple[int, bytes] | None = None


def reference_firmware(name: str = "LegPress-01") -> Firmware:
    """The project's own sensor."""
    services = {reference.SERVICE: ((reference.PACKETS,), ())}
    return Firmware(name, (reference.SERVICE,), services)


def worn(
    arrivals: Iterable[Arrival], characteristic: str = reference.PACKETS
) -> list[Notification]:
    """The life of a sensor that a simulated athlete wears."""
    return [
        (one.arrival_s, characteristic, one.data) for one in arrivals if isinstance(one, Packet)
    ]


class VirtualSensor:
    """One sensor; switched on by `switch_on`, its life begins with the first stream.

    Attributes:
        battery_pct: what it tells.
        refusals: so many connections it will end at once.
        silent: whether it stays connected, and says nothing.
        written: what it was told, in order.
        sent: how many notifications went out.
        connections: how often somebody has connected.
        streams: whether somebody listens.
    """

    def __init__(
        self,
        air: Air,
        firmware: Firmware,
        life: Iterable[Notification] = (),
        address: str = "F0:F1:F2:F3:F4:F5",
    ) -> None:
        self.battery_pct = 86
        self.refusals = 0
        self.silent = False
        self.written: list[tuple[str, bytes]] = []
        self.sent = 0
        self.connections = 0
        self.streams = firmware.starts is None
        self.ended = asyncio.Event()
        self._air, self._firmware, self._life = air, firmware, life
        self._on = False
        self._line: Connection | None = None
        self._living: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        controller = Controller("sensor", link=air)
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
        for service, (notifying, written) in self._firmware.services.items():
            entries: list[Characteristic[bytes]] = []
            for uuid in notifying:
                how = _P.INDICATE if uuid in self._firmware.indicates else _P.NOTIFY
                entry = Characteristic(uuid, how, Characteristic.READABLE, b"")
                entry.on("subscription", self._subscribed)
                self._notifying[uuid] = entry
                entries.append(entry)
            for uuid in written:
                value = CharacteristicValue(write=self._writer(uuid))
                how = _P.WRITE | _P.WRITE_WITHOUT_RESPONSE
                entries.append(Characteristic(uuid, how, Characteristic.WRITEABLE, value))
            self._device.add_service(Service(service, entries))
        if self._firmware.battery:
            level = CharacteristicValue(read=lambda _: bytes([self.battery_pct]))
            entry = Characteristic(_BATTERY_LEVEL, _P.READ, Characteristic.READABLE, level)
            self._device.add_service(Service(_BATTERY_SERVICE, [entry]))

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
        if self._firmware.manufacturer:
            said.append(data_types.ManufacturerSpecificData(*self._firmware.manufacturer))
        name = data_types.CompleteLocalName(self._firmware.name)
        self._device.advertising_data = bytes(AdvertisingData(said))
        self._device.scan_response_data = bytes(AdvertisingData([name]))

    def _connected(self, line: Connection) -> None:
        self.connections += 1
        line.on("disconnection", self._disconnected)
        self._line = line
        if self.refusals:
            self.refusals -= 1
            self._spawn(line.disconnect())

    def _disconnected(self, _reason: int) -> None:
        self._line = None
        self.streams = self._firmware.starts is None
        if self._on:
            self._spawn(self._device.start_advertising(auto_restart=False))

    def _writer(self, uuid: str) -> Callable[[Connection, bytes], None]:
        def write(_line: Connection, data: bytes) -> None:
            self.written.append((uuid, bytes(data)))
            if self._firmware.starts is not None and self._firmware.starts(uuid, data):
                self.streams = True
                self._live()
            if self._firmware.stops(uuid, data):
                self.streams = False
            for characteristic, reply in self._firmware.replies(uuid, data):
                self._spawn(self._notify(characteristic, reply))

        return write

    def _subscribed(self, _line: Connection, notify: bool, indicate: bool) -> None:  # noqa: FBT001
        if self._firmware.starts is None and (notify or indicate):
            self._live()

    def _live(self) -> None:
        if self._living is None:
            self._living = self._spawn(self._play())

    async def _play(self) -> None:
        """Life, as it goes."""
        clock = asyncio.get_running_loop().time
        begun_s = clock()
        for due_s, characteristic, data in self._life:
            wait_s = begun_s + due_s - clock()
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            if self.streams and not self.silent:
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
