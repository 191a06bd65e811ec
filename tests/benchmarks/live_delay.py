"""How long an alert takes from the radio to the event file and the screen: in real time.

    python -m tests.benchmarks.live_delay [--seconds 90]

The demo's athlete wears a virtual sensor; bleak's client reads it from a virtual air. A report is
through with a sink when the sink asks for the next one; its delay counts from the stamp that the
radio's callback gave the newest packet in it. The sensor's own batching is not in it.
"""

import argparse
import asyncio
import io
import time
from collections.abc import AsyncIterator
from tempfile import TemporaryDirectory

import numpy as np
from rich.console import Console

from monitor.engine import Engine, Report, Session
from monitor.events import AlertEvent
from monitor.session import Sink, run
from monitor.settings import Settings
from monitor.simulation.demo import demo
from monitor.sinks.console import ConsoleSink, View
from monitor.sinks.files import events_to
from monitor.sources.ble import over_the_air
from monitor.sources.ble_finding import family_for, find
from tests.radio.air import Air, central
from tests.radio.backend import radio
from tests.radio.sensor import Firmware, VirtualSensor, worn


class Timed:
    """A sink with a stopwatch: `delays_s` of all reports, and of those with an alert."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.start_s = 0.0
        self.every_s: list[float] = []
        self.alerts_s: list[float] = []

    async def __call__(self, reports: AsyncIterator[Report]) -> None:
        await self._sink(self._passed_on(reports))

    async def _passed_on(self, reports: AsyncIterator[Report]) -> AsyncIterator[Report]:
        async for report in reports:
            yield report
            delay_s = time.perf_counter() - self.start_s - report.arrival_s
            self.every_s.append(delay_s)
            if any(isinstance(e, AlertEvent) and e.state == "raised" for e in report.events):
                self.alerts_s.append(delay_s)


async def main(seconds: float) -> None:
    air = Air()
    heard = radio(await central(air))
    told = demo()
    sensor = VirtualSensor(air, Firmware(), worn(told.simulation.packets(), burst_s=0.0))
    await sensor.switch_on()
    one = await find(heard, "LegPress-01")
    engine = Engine(Session("delay", "reference"), Settings(), told.calibration)
    terminal = Console(file=io.StringIO(), width=120, height=40, force_terminal=True)
    with TemporaryDirectory() as folder:
        file = Timed(events_to(f"{folder}/events.jsonl"))
        screen = Timed(ConsoleSink(View(Settings()), terminal, drawn=True))
        file.start_s = screen.start_s = time.perf_counter()
        source = over_the_air(heard, one, family_for(one, None))

        session = asyncio.create_task(run(source, engine, file, screen, joined=Report.joined))
        await asyncio.wait([session, asyncio.create_task(sensor.ended.wait())],
                           timeout=seconds, return_when=asyncio.FIRST_COMPLETED)  # fmt: skip
        session.cancel()
        await asyncio.wait([session])
    for name, timed in (("event file", file), ("screen", screen)):
        for what, delays_s in (("alerts", timed.alerts_s), ("all reports", timed.every_s[20:])):
            ms = 1e3 * np.array(delays_s)
            print(
                f"{name:10} {what:12} n {len(ms):5}  median {np.median(ms):6.1f} ms  "
                f"p95 {np.percentile(ms, 95):6.1f} ms  most {ms.max():6.1f} ms"
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=100.0)
    asyncio.run(main(parser.parse_args().seconds))
