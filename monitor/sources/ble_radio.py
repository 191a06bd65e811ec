"""The radio: who is in the air, and a line to one of them. All that touches bleak's constructors.

A `Radio` makes scanners and clients; the platform's own are the default, and any other backend of
bleak (a virtual air, a USB dongle of one's own) is handed in, not patched in.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from bleak import BleakClient, BleakScanner
from bleak.backends.client import BaseBleakClient
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner

from monitor.wire.gatt import Advertisement

CONNECT_S = 15.0
"""A sensor in reach accepts a connection within a few seconds; Windows takes longest."""
BATTERY_SERVICE = "0000180f-0000-1000-8000-00805f9b34fb"
"""The Bluetooth SIG's; a few sensors advertise its one byte, %."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A device that was heard.

    Attributes:
        device: bleak's handle of it.
        said: what it says of itself.
        rssi: signal, dBm.
        battery_pct: what it advertises of its battery, None if nothing.
    """

    device: BLEDevice
    said: Advertisement
    rssi: int
    battery_pct: float | None = None

    @property
    def name(self) -> str:
        """What it calls itself, else its address."""
        return self.said.name or self.device.address

    @property
    def address(self) -> str:
        """Its address (on macOS an identifier that this computer gave it)."""
        return self.device.address


class Radio(Protocol):
    """Makes scanners and clients."""

    @property
    def air(self) -> asyncio.Lock:
        """Held by whoever scans or connects: many adapters cannot do both at once."""

    def scanner(self, heard: Callable[[Sighting], None]) -> BleakScanner:
        """A scanner, not yet started, that tells every advertisement it hears."""

    def client(self, device: BLEDevice, gone: Callable[[], None]) -> BleakClient:
        """A client, not yet connected, that tells when the other side has left."""


@dataclass(frozen=True)
class BleakRadio:
    """The computer's own Bluetooth, or another backend of bleak."""

    scanner_backend: type[BaseBleakScanner] | None = None
    client_backend: type[BaseBleakClient] | None = None
    air: asyncio.Lock = field(default_factory=asyncio.Lock)

    def scanner(self, heard: Callable[[Sighting], None]) -> BleakScanner:
        """A scanner, not yet started, that tells every advertisement it hears."""

        def detected(device: BLEDevice, data: AdvertisementData) -> None:
            level = data.service_data.get(BATTERY_SERVICE)
            battery_pct = float(level[0]) if level else None
            heard(Sighting(device, _said(device, data), data.rssi, battery_pct))

        return BleakScanner(detected, backend=self.scanner_backend)

    def client(self, device: BLEDevice, gone: Callable[[], None]) -> BleakClient:
        """A client, not yet connected, that tells when the other side has left."""
        return BleakClient(device, lambda _: gone(), timeout=CONNECT_S, backend=self.client_backend)


def _said(device: BLEDevice, data: AdvertisementData) -> Advertisement:
    return Advertisement(
        (data.local_name or device.name or "").strip("\0 "),
        frozenset(uuid.lower() for uuid in data.service_uuids),
        frozenset(data.manufacturer_data),
    )
