"""Finding a sensor in the air: by the name or address its owner knows, of a family we can read.

Many sensors of one maker share one name, so after the first that answers to it others are
listened for a moment longer: the wrong athlete's sensor is worse than none.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from bleak import BleakScanner

from monitor.errors import InputError, UnreachableError
from monitor.sources.ble_errors import in_words, unavailable
from monitor.sources.ble_radio import Radio, Sighting
from monitor.wire.families import FAMILIES, Family
from monitor.wire.gatt import NOT_OVER_BLUETOOTH, Advertisement

FIND_S = 20.0
"""Sensors that save power advertise as rarely as every 2 s, and some of that is not heard."""
NAMESAKES_S = 1.5
"""How long to listen for others of the same name."""
SCAN_S = 6.0
"""How long `legpress scan` listens."""
STOP_S = 5.0
"""For so long a scanner may take to stop."""

_log = logging.getLogger("legpress")


async def scan(radio: Radio, seconds: float = SCAN_S) -> list[Sighting]:
    """All that is in the air, the strongest first.

    Raises:
        UnreachableError: the radio does not serve.
    """
    seen: dict[str, Sighting] = {}
    async with _listening(radio, lambda one: _note(seen, one)):
        await asyncio.sleep(seconds)
    return sorted(seen.values(), key=lambda one: -one.rssi)


async def find(radio: Radio, wanted: str, seconds: float = FIND_S) -> Sighting:
    """The one device with that name or address (capitals do not matter).

    Raises:
        UnreachableError: it is not there, or the radio does not serve.
        InputError: several have that name.
    """
    seen: dict[str, Sighting] = {}
    first = asyncio.Event()

    def heard(one: Sighting) -> None:
        if wanted.casefold() in {one.said.name.casefold(), one.address.casefold()}:
            _note(seen, one)
            first.set()

    async with _listening(radio, heard):
        try:
            await asyncio.wait_for(first.wait(), seconds)
        except TimeoutError:
            raise UnreachableError(
                f"{wanted}: was not found within {seconds:.0f} s; see that it is charged, switched "
                "on and near, and that no other program or phone is connected to it; "
                "legpress scan lists what is in reach"
            ) from None
        if wanted.casefold() not in {address.casefold() for address in seen}:
            await asyncio.sleep(NAMESAKES_S)
    if len(seen) > 1:
        addresses = ", ".join(sorted(seen))
        raise InputError(
            f"--sensor {wanted}: {len(seen)} sensors have this name; give the address: {addresses}"
        )
    return next(iter(seen.values()))


async def find_again(
    radio: Radio, last: Sighting, seconds: float, *, roams: bool = False
) -> Sighting | None:
    """The device that was seen before, None if it was not heard.

    Args:
        radio: makes the scanner.
        last: how it was seen last.
        seconds: how long to listen for it.
        roams: whether it may come back under another address: then the only one of its name and
            family is taken for it, where its old address is not heard beside.

    Raises:
        UnreachableError: the radio does not serve.
    """
    seen: dict[str, Sighting] = {}
    itself, any_one = asyncio.Event(), asyncio.Event()

    def heard(one: Sighting) -> None:
        _note(seen, one)
        if one.address == last.address:
            itself.set()
            any_one.set()
        elif roams and _alike(seen[one.address], last):
            any_one.set()

    async with _listening(radio, heard):
        with suppress(TimeoutError):
            await asyncio.wait_for(any_one.wait(), seconds)
            await asyncio.wait_for(itself.wait(), NAMESAKES_S)
    if itself.is_set():
        return seen[last.address]
    others = [one for one in seen.values() if roams and _alike(one, last)]
    return others[0] if len(others) == 1 else None


def _alike(one: Sighting, last: Sighting) -> bool:
    """Whether two sightings may be of one device that has changed its address."""
    return one.said.name == last.said.name and family_of(one.said) is family_of(last.said)


def family_of(said: Advertisement) -> Family | None:
    """The family a device says it is of, None if it is of none we know."""
    return next((one for one in FAMILIES.values() if one.gatt.recognises(said)), None)


def refusal_of(said: Advertisement) -> str | None:
    """Why a device that says it is of one of ours cannot serve, None if nothing speaks against."""
    family = family_of(said)
    return None if family is None else family.gatt.refuses(said)


def family_for(one: Sighting, named: str | None) -> Family:
    """The family a device is read as: the one named, else the one it says it is of.

    Raises:
        InputError: there is none, or it cannot serve.
    """
    if named is not None:
        family = FAMILIES.get(named)
        if family is None:
            raise InputError(
                f"--family {named}: is none this program knows; it knows {', '.join(FAMILIES)}"
            )
        if family.gatt is NOT_OVER_BLUETOOTH:
            raise InputError(f"--family {named}: comes over Wi-Fi; give --sensor phone with it")
        return family
    refusal = refusal_of(one.said)
    if refusal:
        raise InputError(f"{one.name}: {refusal}")
    family = family_of(one.said)
    if family is None:
        raise InputError(
            f"{one.name}: says nothing by which its family could be told; name it with --family"
        )
    return family


def _note(seen: dict[str, Sighting], one: Sighting) -> None:
    """Keep the newest word of a device, and its name where that came before."""
    before = seen.get(one.address)
    if before is not None:
        said = Advertisement(
            one.said.name or before.said.name,
            one.said.services | before.said.services,
            one.said.manufacturers | before.said.manufacturers,
        )
        battery_pct = before.battery_pct if one.battery_pct is None else one.battery_pct
        one = Sighting(one.device, said, one.rssi, battery_pct)
    seen[one.address] = one


@asynccontextmanager
async def _listening(radio: Radio, heard: Callable[[Sighting], None]) -> AsyncIterator[None]:
    """The air, listened to."""
    async with radio.air:
        try:
            scanner = radio.scanner(heard)
            await scanner.start()
        except Exception as error:  # each platform's stack raises what it pleases
            text = f"the computer cannot look for sensors: {in_words(error)}"
            raise unavailable(error) or UnreachableError(text) from error
        try:
            yield
        finally:
            await asyncio.shield(_stop(scanner))


async def _stop(scanner: BleakScanner) -> None:
    """Stop listening; a scanner that cannot be stopped, because the radio has gone, has stopped."""
    try:
        await asyncio.wait_for(scanner.stop(), STOP_S)
    except Exception as error:  # noqa: BLE001 - each platform's stack raises what it pleases
        _log.debug("the scanner could not be stopped: %r", error)
