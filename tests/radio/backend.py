"""bleak's scanner and client on bumble's host: the program's own calls, real GATT, no computer.

`radio(central)` is a `Radio` like the computer's own, for `BleakScanner(backend=…)` and
`BleakClient(…, backend=…)` do the rest.
"""

import asyncio
import uuid
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from bleak.args import SizedBuffer
from bleak.assigned_numbers import gatt_char_props_to_strs
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)
from bumble import att, core, hci
from bumble.core import AdvertisingData
from bumble.device import Advertisement, Connection, Device, Peer

from monitor.sources.ble_radio import BleakRadio

Result = TypeVar("Result")
_SERVICES = (
    AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
    AdvertisingData.INCOMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
    AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
    AdvertisingData.INCOMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
)


Hearer = Callable[[bytearray], None]


def radio(central: Device, late: list[Hearer] | None = None) -> BleakRadio:
    """The virtual computer's Bluetooth.

    Args:
        central: its end of the air.
        late: gets all that is ever subscribed, to be called after its link has ended.
    """
    scanner = type("VirtualScanner", (_Scanner,), {"central": central})
    client = type("VirtualClient", (_Client,), {"central": central, "late": late})
    return BleakRadio(scanner, client)


def _text(value: core.UUID) -> str:
    return str(uuid.UUID(bytes=value.to_bytes(force_128=True)[::-1]))


class _Scanner(BaseBleakScanner):
    central: Device

    def __init__(
        self,
        detection_callback: Callable[[BLEDevice, AdvertisementData], None] | None,
        service_uuids: list[str] | None,
        scanning_mode: str,
        **_: object,
    ) -> None:
        super().__init__(detection_callback, service_uuids)
        self._active = scanning_mode == "active"

    async def start(self) -> None:
        if not self.central.powered_on:
            reason = BleakBluetoothNotAvailableReason.POWERED_OFF
            raise BleakBluetoothNotAvailableError("not powered", reason)
        self.seen_devices = {}
        self.central.on("advertisement", self._heard)
        await self.central.start_scanning(active=self._active, filter_duplicates=False)

    async def stop(self) -> None:
        self.central.remove_listener("advertisement", self._heard)
        await self.central.stop_scanning()

    def _heard(self, heard: Advertisement) -> None:
        said = heard.data
        name = said.get(AdvertisingData.COMPLETE_LOCAL_NAME)
        maker = said.get(AdvertisingData.MANUFACTURER_SPECIFIC_DATA)
        data = AdvertisementData(
            local_name=name,
            manufacturer_data=dict([maker]) if maker else {},
            service_data={},
            service_uuids=[_text(one) for kind in _SERVICES for one in said.get(kind) or ()],
            tx_power=None,
            rssi=heard.rssi,
            platform_data=(heard,),
        )
        address = heard.address.to_string(with_type_qualifier=False)
        device = self.create_or_update_device(address, address, name, heard.address, data)
        self.call_detection_callbacks(device, data)


class _Client(BaseBleakClient):
    central: Device
    late: list[Hearer] | None

    def __init__(
        self,
        address_or_ble_device: BLEDevice | str,
        *,
        disconnected_callback: Callable[[], None] | None,
        timeout: float,
        **_: object,
    ) -> None:
        super().__init__(
            address_or_ble_device, disconnected_callback=disconnected_callback, timeout=timeout
        )
        self._details: hci.Address = getattr(address_or_ble_device, "details", None)
        self._line: Connection | None = None
        self._peer: Peer | None = None
        self._hearers: dict[int, Callable[[bytes], None]] = {}

    @property
    def name(self) -> str:
        return self.address

    @property
    def mtu_size(self) -> int:
        return self._peer.gatt_client.mtu if self._peer else 23

    @property
    def is_connected(self) -> bool:
        return self._line is not None

    async def connect(self, pair: bool, **_: object) -> None:  # noqa: ARG002, FBT001 - bleak's shape
        try:
            line = await self.central.connect(self._details, timeout=self._timeout)
        except (core.TimeoutError, TimeoutError) as error:
            raise BleakDeviceNotFoundError(self.address, str(error)) from error
        self._line, self._peer = line, Peer(line)
        line.on("disconnection", self._left)
        await self._asked(self._peer.request_mtu(517))
        await self._asked(self._discover(self._peer))

    async def _discover(self, peer: Peer) -> None:
        found = BleakGATTServiceCollection()
        for service in await peer.discover_services():
            ours = BleakGATTService(service, service.handle, _text(service.uuid))
            found.add_service(ours)
            for one in await peer.discover_characteristics(service=service):
                properties = list(gatt_char_props_to_strs(int(one.properties)))
                entry = BleakGATTCharacteristic(
                    one, one.handle - 1, _text(one.uuid), properties, self._room, ours
                )
                found.add_characteristic(entry)
                for descriptor in await peer.discover_descriptors(one):
                    kind = _text(descriptor.type)
                    found.add_descriptor(
                        BleakGATTDescriptor(descriptor, descriptor.handle, kind, entry)
                    )
        self.services = found

    def _room(self) -> int:
        return self.mtu_size - 3

    def _left(self, _reason: int) -> None:
        self._line = self._peer = self.services = None
        self._hearers.clear()
        if self._disconnected_callback:
            self._disconnected_callback()

    async def disconnect(self) -> None:
        if self._line:
            await self._line.disconnect()

    async def pair(self, *_arguments: object, **_: object) -> None:
        raise NotImplementedError

    async def unpair(self) -> None:
        raise NotImplementedError

    async def _asked(self, question: Coroutine[Any, Any, Result]) -> Result:
        """An answer of the other side, or why there is none."""
        if self._line is None:
            question.close()
            raise BleakError("Not connected")
        try:
            return await self._line.cancel_on_disconnection(question)
        except att.ATT_Error as error:
            raise BleakGATTProtocolError(error.error_code) from error
        except asyncio.CancelledError:
            if self._line is not None:
                raise
            raise BleakError("disconnected") from None

    def _other(self) -> Peer:
        if self._peer is None:
            raise BleakError("Not connected")
        return self._peer

    async def read_gatt_char(
        self, characteristic: BleakGATTCharacteristic, **_: object
    ) -> bytearray:
        return bytearray(await self._asked(self._other().read_value(characteristic.obj)))

    async def read_gatt_descriptor(self, descriptor: BleakGATTDescriptor, **_: object) -> bytearray:
        return bytearray(await self._asked(self._other().read_value(descriptor.obj)))

    async def write_gatt_char(
        self,
        characteristic: BleakGATTCharacteristic,
        data: SizedBuffer,
        response: bool,  # noqa: FBT001 - bleak's shape
    ) -> None:
        peer = self._other()
        await self._asked(peer.write_value(characteristic.obj, bytes(data), response))

    async def write_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, data: SizedBuffer
    ) -> None:
        peer = self._other()
        await self._asked(peer.write_value(descriptor.obj, bytes(data), with_response=True))

    async def start_notify(
        self,
        characteristic: BleakGATTCharacteristic,
        callback: Hearer,
        **_: object,
    ) -> None:
        if self.late is not None:
            self.late.append(callback)

        def hear(value: bytes) -> None:
            callback(bytearray(value))

        self._hearers[characteristic.handle] = hear
        prefer_notify = "notify" in characteristic.properties
        peer = self._other()
        await self._asked(peer.subscribe(characteristic.obj, hear, prefer_notify))

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        hear = self._hearers.pop(characteristic.handle)
        await self._asked(self._other().unsubscribe(characteristic.obj, hear))
