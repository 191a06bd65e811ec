"""A sensor waits for nobody: a slow sink gets fewer reports, and every word of them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import numpy as np

from calibration.prompts import Prompt
from monitor.arrivals import Arrival, LinkUp, Rows
from monitor.engine import LONGEST_JOINED, Engine, Report, Session
from monitor.guided_session import Progress
from monitor.guiding import Lesson
from monitor.samples import Signals
from monitor.session import WAITING, run
from monitor.settings import Settings

BATCHES = 400


@asynccontextmanager
async def links_and_rows(handed: list[int]) -> AsyncIterator[AsyncIterator[Sequence[Arrival]]]:
    """A tenth of a second at a time, with a word about the link in each."""

    async def batches() -> AsyncIterator[Sequence[Arrival]]:
        for number in range(BATCHES):
            handed.append(number)
            time = (np.arange(10) + 10 * number) / 100
            acc = np.tile([9.81, 0.0, 0.0], (10, 1))
            last_s = float(time[-1])
            yield [LinkUp(last_s, f"word {number}"), Rows(last_s, time, acc, np.zeros((10, 3)))]

    yield batches()


def test_a_sink_that_takes_nothing_for_long_hears_every_event_and_the_source_does_not_wait():
    handed: list[int] = []
    heard: list[Report] = []
    at_first: list[int] = []

    async def slow(reports: AsyncIterator[Report]) -> None:
        async for report in reports:
            heard.append(report)
            if len(heard) == 1:
                await asyncio.sleep(0.2)
                at_first.append(len(handed))

    quick: list[Report] = []

    async def other(reports: AsyncIterator[Report]) -> None:
        quick.extend([report async for report in reports])

    engine = Engine(Session("s"), Settings(), None)
    assert asyncio.run(run(links_and_rows(handed), engine, slow, other, joined=Report.joined)) == 0
    assert at_first[0] > 2 * WAITING
    assert len(heard) < len(quick)
    assert [e for r in heard for e in r.events] == [e for r in quick for e in r.events]
    assert heard[-1].arrival_s == quick[-1].arrival_s


def signals(rows: int, start: int = 0) -> Signals:
    ramp = np.arange(start, start + rows, dtype=float)
    return Signals(ramp, ramp, ramp, ramp, ramp, ramp, ramp.astype(np.int8), ramp.astype(np.int16))


def test_signals_that_nobody_takes_are_thinned_and_stay_in_order():
    whole = Report(0.0, signals(0), (), 100.0, 0.0)
    for number in range(2000):
        whole = whole.joined(Report(number + 1.0, signals(10, 10 * number), (), 100.0, 0.0))
        assert len(whole.signals) <= LONGEST_JOINED + 10
    time_s = whole.signals.time_s
    assert (np.diff(time_s) > 0).all()
    assert time_s[-1] > 2000 * 10 - 11 * 10
    assert whole.arrival_s == 2000.0


def test_what_the_guide_said_is_kept_beside_the_first_report():
    def lesson(text: str) -> Lesson:
        return Lesson(0.0, "stand", 0.0, (Prompt(0.0, "stand", text),), "up", None)

    report = Report(1.0, signals(1), (), 100.0, 0.0)
    joined = Progress(lesson("one")).joined(Progress(lesson("two"))).joined(Progress(None, report))
    assert joined.lesson is not None
    assert [prompt.sentence for prompt in joined.lesson.said] == ["one", "two"]
    assert joined.report is report
    both = joined.joined(Progress(None, report)).report
    assert both is not None
    assert len(both.signals) == 2
