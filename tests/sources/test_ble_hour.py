"""An hour at 100 Hz: nothing is lost or hoarded, the clock keeps time, nothing blocks the loop."""

import asyncio
import sys
from collections.abc import Iterator

import numpy as np
from blockbuster import blockbuster_ctx

from monitor.arrivals import Packet
from monitor.engine import Engine, Report, Session
from monitor.session import run
from monitor.settings import Settings
from monitor.simulation.demo import demo
from monitor.sources.ble import over_the_air
from monitor.sources.ble_finding import family_for, find
from monitor.wire.reception import Reception
from monitor.wire.reference import MAX_SAMPLES, Encoder
from tests.radio.sensor import Firmware, Notification, VirtualSensor, worn
from tests.radio.studio import Studio, in_studio

HOUR_S = 3600.0
RATE_HZ = 100.7
"""What a sensor makes of 100 Hz."""
STAMP_PPM = 40.0
TOGETHER = 12
"""Packets that are decoded at a time."""
PACKETS = int(HOUR_S * RATE_HZ) // MAX_SAMPLES // TOGETHER * TOGETHER


def hour() -> Iterator[Notification]:
    """Whole packets whose samples carry their number in the turning rate, at the sensor's rate."""
    encoder = Encoder(gyr_range_dps=2000)
    rng = np.random.default_rng(5)
    for first in range(0, PACKETS * MAX_SAMPLES, MAX_SAMPLES):
        number = (np.arange(first, first + MAX_SAMPLES) % 30000)[:, None]
        gyr = np.radians(number * 2000 / 32768) * [1.0, 0.0, 0.0]
        stamp_s = first / RATE_HZ * (1.0 + 1e-6 * STAMP_PPM)
        for where, data in encoder.encode(np.zeros((MAX_SAMPLES, 3)), gyr, first, stamp_s):
            late_s = rng.exponential(0.004)
            yield (first + MAX_SAMPLES - 1) / RATE_HZ + late_s, where, data


def test_an_hour_loses_nothing_and_keeps_time_and_the_memory_it_began_with():
    numbers, times = np.full((2, PACKETS), np.nan)
    held: list[int] = []  # memory blocks, every ten minutes

    async def story(studio: Studio) -> VirtualSensor:
        sensor = await studio.sensor(hour)
        one = await find(studio.radio, "LegPress-01")
        reception = Reception("reference")
        clock = asyncio.get_running_loop().time
        heard, waiting = 0, list[Packet]()
        source = over_the_air(studio.radio, one, family_for(one, None), clock=clock)
        async with source as batches, asyncio.timeout(HOUR_S + 60.0):
            async for batch in batches:
                waiting += [one for one in batch if isinstance(one, Packet)]
                if len(waiting) < min(TOGETHER, PACKETS - heard):
                    continue
                samples = reception.step(waiting)[MAX_SAMPLES - 1 :: MAX_SAMPLES]
                now = slice(heard, heard + len(waiting))
                numbers[now] = np.degrees(samples.gyr[:, 0]) * 32768 / 2000
                times[now] = samples.time_s
                heard += len(waiting)
                waiting.clear()
                if heard % (PACKETS // 6) < TOGETHER:
                    held.append(sys.getallocatedblocks())
                if heard == PACKETS:
                    break
        return sensor

    sensor = in_studio(story)
    assert sensor.sent == PACKETS
    last = np.arange(1, PACKETS + 1) * MAX_SAMPLES - 1
    assert np.allclose(numbers, last % 30000, atol=0.1)
    drift = times - last / RATE_HZ * (1.0 + 1e-6 * STAMP_PPM)
    assert np.abs(drift).max() < 1.0 / RATE_HZ
    assert max(held) - held[0] < 5_000


def test_nothing_between_the_radio_and_the_sinks_blocks_the_loop():
    told = demo()
    said: list[str] = []

    async def hears(reports: object) -> None:
        async for report in reports:  # type: ignore[attr-defined] # an iterator of reports
            said.extend(event.event_id for event in report.events)

    async def story(studio: Studio) -> None:
        sensor = await studio.sensor(worn(told.simulation.packets())[:900], Firmware())
        one = await find(studio.radio, "LegPress-01")
        engine = Engine(Session("s", "reference"), Settings(), told.calibration)
        engine.step(())  # the mathematics is loaded before a session, not in it
        clock = asyncio.get_running_loop().time
        source = over_the_air(studio.radio, one, family_for(one, None), clock=clock)
        with blockbuster_ctx():
            task = asyncio.create_task(run(source, engine, hears, joined=Report.joined))
            await sensor.ended.wait()
            task.cancel()
            await asyncio.wait([task])

    in_studio(story)
    assert any("rep" in name for name in said)
