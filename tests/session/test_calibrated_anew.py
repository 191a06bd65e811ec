"""A sensor that was turned round is calibrated anew within the session, which then goes on."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from calibration.document import to_json as to_text
from calibration.model import Calibration
from monitor.arrivals import Arrival, Calibrating, Rows
from monitor.cli.hindsight import Past
from monitor.engine import Engine, Report, Session
from monitor.events import AlertEvent, QualityEvent, RepEvent, SessionEvent, SetEvent, to_json
from monitor.guided_session import Anew, GuidedSession
from monitor.guiding import Guiding, Lesson
from monitor.report import Story
from monitor.settings import Settings
from monitor.simulation.demo import demo, training
from monitor.sinks.console import View
from monitor.sinks.mqtt.current import Current
from monitor.sinks.recorder import Recorder
from monitor.tape import Header

SESSION = Session("s", sensor="LP-01")
TURNED = Rotation.from_euler("XYZ", [170, 20, 95], degrees=True)


def turned(rows: Rows, by: Rotation, later_s: float) -> Rows:
    acc, gyr = by.apply(rows.acc), by.apply(rows.gyr)
    return Rows(rows.arrival_s + later_s, rows.time_s + later_s, acc, gyr)


@cache
def first_half() -> tuple[Arrival, ...]:
    """Two sets."""
    return demo().simulation.rows()


@cache
def second_half() -> tuple[Arrival, ...]:
    """The sensor sits otherwise; the athlete, on his back, calibrates, and does two sets."""
    end_s, lies_s = first_half()[-1].arrival_s, training().truth.windows["neutral"][0]
    lying = [one for one in training().rows() if one.time_s[0] > lies_s]
    rows = [turned(one, TURNED, end_s + 0.01 - float(lying[0].time_s[0])) for one in lying]
    return (Calibrating(end_s, "begun"), *rows)


class Told:
    """A session, and all that came of it."""

    def __init__(self, arrivals: Sequence[Arrival], pieces: int = 7) -> None:
        self.lessons: list[Lesson] = []
        self.recorded: list[Arrival] = []
        self.calibrations: list[Calibration] = []
        calibration = demo().calibration
        engine = Engine(SESSION, Settings(), calibration)
        session = GuidedSession(engine, lambda *_: engine, Anew(self._guide, self._done))
        self.report = engine.step(())
        for first in range(0, len(arrivals), pieces):
            batch = arrivals[first : first + pieces]
            self.recorded += batch
            told = session.step(batch)
            self.lessons += [told.lesson] if told.lesson else []
            assert told.report is not None
            self.report = self.report.joined(told.report)
        end = session.finish().report
        assert end is not None
        self.report = self.report.joined(end)

    def _guide(self, *going_on: object) -> Guiding:
        return Guiding.anew("LP-01", *going_on)  # type: ignore[arg-type] # as they were handed over

    def _done(self, done: Calibrating, found: Calibration) -> None:
        self.recorded.append(done)
        self.calibrations.append(found)


@cache
def whole() -> Told:
    return Told([*first_half(), *second_half()])


def of(kind: type, report: Report) -> list:
    return [event for event in report.events if isinstance(event, kind)]


def test_sets_are_counted_on_and_peaks_are_what_they_are():
    reps = of(RepEvent, whole().report)
    assert sorted({rep.set for rep in reps}) == [1, 2, 3, 4]
    true = [rep.peak_tilt_deg for rep in training().truth.reps if rep.set == 1]
    told = [rep.peak_tilt_deg for rep in reps if rep.set == 3]
    assert len(told) >= len(true) - 1  # the first begins as soon as the calibration is done
    assert told == pytest.approx(true[-len(told) :], abs=1.0)
    assert [done.set for done in of(SetEvent, whole().report)] == [1, 2, 3, 4]
    ids = [event.event_id for event in whole().report.events]
    assert len(set(ids)) == len(ids)


def test_who_is_on_the_machine_need_not_stand_up_and_its_seat_is_known():
    (found,) = whole().calibrations
    assert {lesson.step for lesson in whole().lessons} <= {"lie_back", "tilts", "done"}
    assert found.placement.seat_back_deg == demo().calibration.placement.seat_back_deg
    assert found.placement.range_deg is not None
    assert found.recording is None


def test_meanwhile_nothing_is_said_of_the_athlete_and_that_is_told():
    begun_s = float(first_half()[-1].arrival_s) - 0.1  # arrivals are later than their samples
    done_s = next(one.arrival_s for one in whole().recorded if getattr(one, "step", "") == "done")
    signals = whole().report.signals
    meanwhile = (signals.time_s > begun_s + 0.1) & (signals.time_s < done_s)
    assert meanwhile.sum() > 100
    assert np.isnan(signals.tilt_deg[meanwhile]).all()
    told = [
        (one.state, one.reason)
        for one in of(QualityEvent, whole().report)
        if begun_s <= one.known_s <= done_s + 0.1
    ]
    assert told[0] == ("degraded", "calibration stale")
    assert told[-1] == ("good", "")
    assert not [a for a in of(AlertEvent, whole().report) if begun_s < a.known_s < done_s]


def test_a_session_ends_with_the_calibration_it_had_last():
    assert [e.calibration for e in of(SessionEvent, whole().report)] == ["good", "good"]
    broken = Calibrating(1.0, "done", "{}")
    engine = Engine(SESSION, Settings(), demo().calibration)
    engine.step([*first_half()[:3], broken])
    assert of(SessionEvent, engine.finish())[-1].calibration == "none"


@settings(max_examples=3, deadline=None)
@given(cuts=st.lists(st.integers(0, 10**6), max_size=20))
def test_an_engine_that_is_handed_the_recording_says_the_same_however_it_is_cut(cuts: list[int]):
    recorded = whole().recorded
    edges = [0, *sorted(cut % len(recorded) for cut in cuts), len(recorded)]
    engine = Engine(SESSION, Settings(), demo().calibration)
    reports = [engine.step(recorded[a:b]) for a, b in pairwise(edges)]
    reports.append(engine.finish())
    said = [to_json(event) for report in reports for event in report.events]
    assert said == [*map(to_json, whole().report.events)]


def test_a_recording_of_it_says_the_same(tmp_path: Path):
    path = tmp_path / "session.mcap"

    async def record() -> None:
        header = Header(SESSION, Settings(), to_text(demo().calibration), "legpress")
        recorder = Recorder(path, header)
        recorder.record(whole().recorded)
        recorder.close()

    asyncio.run(record())
    said = [to_json(event) for report in Past.of(path).reports() for event in report.events]
    assert said == [*map(to_json, whole().report.events)]


def test_whoever_hears_the_reports_knows_the_new_calibration():
    (found,) = whole().calibrations
    told = whole().report
    assert told.calibration is not None
    assert told.calibration.placement.range_deg == found.placement.range_deg
    story = Story.of("s", SESSION, (Settings(), None), 1.0, [told])
    assert story.calibration is told.calibration
    view = View(Settings()).update(told)
    assert view.range_deg == found.placement.range_deg
    current = Current(SESSION)
    current.update(Engine(SESSION, Settings(), None).step(()), ())
    assert not current.state().calibrated
    current.update(told, ())
    assert current.state().calibrated


def test_who_goes_back_has_the_calibration_he_had():
    arrivals = list(first_half())
    middle = len(arrivals) // 2
    at_s = arrivals[middle].arrival_s
    asked = [Calibrating(at_s, "begun"), Calibrating(at_s, "left")]
    told = Told([*arrivals[:middle], *asked, *arrivals[middle:]])
    assert not told.calibrations
    assert len({rep.set for rep in of(RepEvent, told.report)}) >= 2
    late = told.report.signals.time_s > at_s + 1.0
    assert np.isfinite(told.report.signals.tilt_deg[late]).all()


def test_the_first_calibration_may_come_in_the_middle_too():
    engine = Engine(replace(SESSION, session_id="t"), Settings(), None)
    found: list[Calibration] = []
    anew = Anew(
        lambda ears, before: Guiding.anew("LP-01", ears, before),
        lambda _, calibration: found.append(calibration),
    )
    session = GuidedSession(engine, lambda *_: engine, anew)
    steps = set()
    for one in (Calibrating(0.0, "begun"), *training().rows()):
        lesson = session.step([one]).lesson
        steps |= {lesson.step} if lesson else set()
    assert "stand" in steps
    assert [one.verdict.grade for one in found] == ["good"]
