"""A sink that falls behind a real sensor: every event reaches it, and the recording is whole."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from monitor import tape
from monitor.arrivals import Packet
from monitor.engine import Engine, Report, Session
from monitor.events import Event
from monitor.session import run
from monitor.settings import Settings
from monitor.simulation.demo import demo
from monitor.sinks.recorder import Recorder, recorded
from monitor.sources.ble import over_the_air
from monitor.sources.ble_finding import family_for, find
from monitor.sources.recording import read_recording
from tests.radio.sensor import worn
from tests.radio.studio import Studio, in_studio

SLOW_S = 6.0
"""What the slow sink needs for one report; a report comes every quarter of a second."""


class Hears:
    """A sink, and what it has heard."""

    def __init__(self, each_s: float = 0.0) -> None:
        self.reports = 0
        self.rows = 0
        self.events: list[Event] = []
        self._each_s = each_s

    async def __call__(self, reports: AsyncIterator[Report]) -> None:
        async for report in reports:
            self.reports += 1
            self.rows += len(report.signals)
            self.events += report.events
            await asyncio.sleep(self._each_s)


def test_a_slow_sink_hears_every_event_of_a_sensor_and_holds_up_neither_it_nor_the_recording(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    told = demo()
    life = worn(told.simulation.packets())[: 40 * 20]
    quick, slow = Hears(), Hears(SLOW_S)
    session, settings = Session("s", "reference"), Settings()
    recorder = Recorder(tmp_path / "session.mcap", tape.Header(session, settings, None, "test"))

    async def story(studio: Studio) -> None:
        sensor = await studio.sensor(life)
        one = await find(studio.radio, "LegPress-01")
        clock = asyncio.get_running_loop().time
        source = over_the_air(studio.radio, one, family_for(one, None), clock=clock)
        engine = Engine(session, settings, told.calibration)
        task = asyncio.create_task(
            run(recorded(source, recorder), engine, quick, slow, joined=Report.joined)
        )
        await sensor.ended.wait()
        await asyncio.sleep(0.5)
        assert sensor.sent == len(life)
        assert quick.rows > 0.9 * 5 * len(life)  # nobody waited for the slow one
        task.cancel()
        await asyncio.wait([task])

    in_studio(story)
    assert slow.reports < quick.reports / 10
    assert slow.events == quick.events
    assert sum("rep-" in event.event_id for event in slow.events) >= 3
    packets = [
        one.data
        for one in read_recording(tmp_path / "session.mcap").arrivals()
        if isinstance(one, Packet)
    ]
    assert packets == [data for _, _, data in life]
    assert "were lost" not in caplog.text
