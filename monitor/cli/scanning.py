"""`legpress scan`: what is in the air, and what of it can be worn."""

import asyncio

from monitor.cli.keeping import print_table, shown
from monitor.session import INTERRUPTED, Interrupts
from monitor.sources.ble_finding import family_of, refusal_of
from monitor.sources.ble_finding import scan as listen
from monitor.sources.ble_radio import BleakRadio, Radio, Sighting

HEADER = ("name", "address", "family", "signal", "battery")


def scan(seconds: float, radio: Radio | None = None, *, every: bool = False) -> int:
    """List the sensors in reach; the exit status."""
    return asyncio.run(_scan(seconds, radio or BleakRadio(), every=every))


async def _scan(seconds: float, radio: Radio, *, every: bool) -> int:
    with Interrupts() as interrupts, interrupts.taking_part() as came:
        try:
            heard = await listen(radio, seconds)
        except asyncio.CancelledError:
            if came:
                return INTERRUPTED
            raise
    rows = {one.address: _row(one) for one in heard}
    sensors = [row for row in rows.values() if row[2]]
    others = len(rows) - len(sensors)
    if every:
        sensors = list(rows.values())
    if sensors:
        print_table(HEADER, sensors)
    else:
        print("no sensor in reach; is it charged, switched on, and not connected elsewhere?")
    if others and not every:
        print(f"and {others} other device{'s' if others > 1 else ''} (--all lists them)")
    return 0


def _row(one: Sighting) -> tuple[str, ...]:
    refusal, family = refusal_of(one.said), family_of(one.said)
    kind = f"cannot serve: {refusal}" if refusal else family.name if family else ""
    battery = "–" if one.battery_pct is None else f"{one.battery_pct:.0f} %"
    return shown(one.said.name), one.address, kind, f"{one.rssi} dBm", battery
