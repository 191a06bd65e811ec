"""A session that begins with its own calibration: the guide first, then the engine, one stream.

    arrivals ─▶ guide ─▶ Lesson, …, calibration ─▶ engine, from the first arrival on ─▶ Report

The engine is made when the calibration is there, and then hears all that came before as well. So
the session says what a replay of its recording says, to the letter: there the calibration is known
from the beginning. Its own tilts are no reps (`Calibration.tilts_s`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from calibration.model import Calibration
from monitor.arrivals import Arrival
from monitor.engine import Engine, Report
from monitor.guiding import Guiding, Lesson


@dataclass(frozen=True, slots=True, eq=False)
class Progress:
    """What a batch of arrivals gave: a lesson until the calibration is there, reports after it."""

    lesson: Lesson | None = None
    report: Report | None = None

    def joined(self, later: "Progress") -> "Progress":
        """This and the next as one: the lesson still comes before the report."""
        lesson, report = later.lesson or self.lesson, later.report or self.report
        if self.lesson is not None and later.lesson is not None:
            lesson = self.lesson.joined(later.lesson)
        if self.report is not None and later.report is not None:
            report = self.report.joined(later.report)
        return Progress(lesson, report)


class GuidedSession:
    """Leads a calibration, then the session.

    Args:
        guiding: the guide.
        begin: makes the engine, from the calibration (None: it was not finished) and the arrival
            time at which it was there, s.
    """

    def __init__(
        self, guiding: Guiding, begin: Callable[[Calibration | None, float], Engine]
    ) -> None:
        self._guiding, self._begin = guiding, begin
        self._engine: Engine | None = None
        self._past: list[Arrival] = []

    def step(self, batch: Sequence[Arrival]) -> Progress:
        """Take the next arrivals, in order."""
        if self._engine is not None:
            return Progress(report=self._engine.step(self._caught_up(batch)))
        self._past += batch
        lesson = self._guiding.step(batch)
        if lesson.calibration is not None:
            self._engine = self._begin(lesson.calibration, self._past[-1].arrival_s)
        return Progress(lesson)

    def finish(self) -> Progress:
        """The stream is over."""
        if self._engine is None:
            newest_s = self._past[-1].arrival_s if self._past else 0.0
            self._engine = self._begin(None, newest_s)
        report = self._engine.step(self._caught_up(()))
        return Progress(report=report.joined(self._engine.finish()))

    def _caught_up(self, batch: Sequence[Arrival]) -> Sequence[Arrival]:
        """These arrivals, and before them all the engine has not heard yet."""
        past, self._past = self._past, []
        return [*past, *batch] if past else batch
