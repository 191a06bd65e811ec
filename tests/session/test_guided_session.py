"""A session that begins with its own calibration loses nothing of what came before or with it."""

from itertools import islice

import pytest

from calibration.model import Calibration
from monitor.arrivals import Arrival
from monitor.engine import Engine, Report, Session
from monitor.guided_session import GuidedSession, Progress
from monitor.guiding import Guiding
from monitor.settings import Settings
from monitor.simulation.demo import training

SESSION = Session("s", "reference", sensor="LP-01")


class Begun:
    """Makes the engine, and remembers what of."""

    def __init__(self) -> None:
        self.calibrations: list[Calibration | None] = []
        self.at_s = -1.0

    def __call__(self, calibration: Calibration | None, arrival_s: float) -> Engine:
        self.calibrations.append(calibration)
        self.at_s = arrival_s
        return Engine(SESSION, Settings(), calibration)


def guided(begun: Begun) -> GuidedSession:
    return GuidedSession(Guiding("reference", "LP-01", recording="s"), begun)


def test_a_session_that_ends_before_anything_came_is_begun_and_ended_without_a_calibration():
    begun = Begun()
    end = guided(begun).finish()
    assert begun.calibrations == [None]
    assert begun.at_s == 0.0
    assert end.report is not None
    assert [event.event_id for event in end.report.events] == [
        "s-session-started",
        "s-session-ended",
    ]


def test_a_guide_that_is_left_hands_all_that_came_to_an_uncalibrated_session():
    begun = Begun()
    arrivals = list(islice(training().packets(), 200))
    session = guided(begun)
    assert session.step(arrivals).report is None
    end = session.finish().report
    assert begun.calibrations == [None]
    assert begun.at_s == arrivals[-1].arrival_s
    assert end is not None
    assert len(end.signals) == pytest.approx(5 * 199, abs=5)


def test_once_the_calibration_is_there_all_is_said_that_an_engine_with_it_says_from_the_start():
    begun, arrivals = Begun(), list(training().packets())[:1200]
    session, reports = guided(begun), list[Report]()
    for first in range(0, len(arrivals), 40):
        told = session.step(arrivals[first : first + 40])
        assert (told.lesson is None) is (told.report is not None)
        reports += [told.report] if told.report else []
    end = session.finish().report
    assert end is not None
    (calibration,) = begun.calibrations
    assert calibration is not None
    assert len(reports) > 5
    said = [event for report in [*reports, end] for event in report.events]
    engine = Engine(SESSION, Settings(), calibration)
    assert said == [*engine.step(arrivals).events, *engine.finish().events]
    assert sum("rep-" in event.event_id for event in said) > 1


def test_reports_and_lessons_are_joined_whichever_came_first():
    session = guided(Begun())
    lesson = session.step(list[Arrival](islice(training().packets(), 50)))
    end = session.finish()
    both = lesson.joined(end)
    assert (both.lesson, both.report) == (lesson.lesson, end.report)
    assert end.joined(Progress()).report is end.report
    assert lesson.report is None
