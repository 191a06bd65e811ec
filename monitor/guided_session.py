"""A session and its calibrations, one stream: the guide first, then the engine; both, if need be.

    arrivals ─▶ guide ─▶ Lesson, …, calibration ─▶ engine, from the first arrival on ─▶ Report

The engine is made when the calibration is there, and then hears all that came before as well. So
the session says what a replay of its recording says, to the letter: there the calibration is known
from the beginning. Its own tilts are no reps (`Calibration.tilts_s`).

Who says so in the middle of a session (`Calibrating`) is guided anew: the engine goes on without a
calibration meanwhile, and with the new one from then on. That is an arrival too, and recorded.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from calibration.document import to_json
from calibration.model import Calibration
from monitor.arrivals import Arrival, Calibrating
from monitor.engine import Engine, Report
from monitor.guiding import Guiding, Lesson
from monitor.wire.reception import Reception


@dataclass(frozen=True, slots=True, eq=False)
class Progress:
    """What a batch of arrivals gave: a lesson while there is a guide, reports once it is over.

    In the middle of a session there are both.
    """

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


@dataclass(frozen=True, slots=True)
class Anew:
    """How a session that is under way is calibrated again.

    Attributes:
        guide: makes the guide, from ears for the sensor and the calibration until now.
        done: is told of what was found, as an arrival to be recorded, and what it holds.
    """

    guide: Callable[[Reception, Calibration | None], Guiding]
    done: Callable[[Calibrating, Calibration], None]


class GuidedSession:
    """Leads a calibration, then the session, and further calibrations in it.

    Args:
        first: the guide that it begins with, or the engine, where the calibration is known.
        begin: makes the engine, from the calibration (None: it was not finished) and the arrival
            time at which it was there, s.
        anew: for calibrations in the session; None: there are none.
    """

    def __init__(
        self,
        first: Guiding | Engine,
        begin: Callable[[Calibration | None, float], Engine],
        anew: Anew | None = None,
    ) -> None:
        self._guiding = first if isinstance(first, Guiding) else None
        self._engine = first if isinstance(first, Engine) else None
        self._begin, self._anew = begin, anew
        self._past: list[Arrival] = []

    def step(self, batch: Sequence[Arrival]) -> Progress:
        """Take the next arrivals, in order."""
        if self._engine is not None:
            told = Progress()
            for piece in _pieces(self._caught_up(batch)):
                told = told.joined(self._watched(self._engine, piece))
            return told
        assert self._guiding is not None  # noqa: S101  without an engine there is a guide
        self._past += batch
        lesson = self._guiding.step(batch)
        if lesson.calibration is not None:
            self._engine = self._begin(lesson.calibration, self._past[-1].arrival_s)
            self._guiding = None
        return Progress(lesson)

    def finish(self) -> Progress:
        """The stream is over."""
        if self._engine is None:
            newest_s = self._past[-1].arrival_s if self._past else 0.0
            self._engine = self._begin(None, newest_s)
            self._guiding = None
        report = self._engine.step(self._caught_up(()))
        return Progress(report=report.joined(self._engine.finish()))

    def _watched(self, engine: Engine, piece: Sequence[Arrival]) -> Progress:
        """Some arrivals in the session, with a guide beside it or without."""
        report = engine.step(piece)
        match piece:
            case [Calibrating(step="begun")] if self._anew is not None:
                self._guiding = self._anew.guide(engine.ears(), engine.calibration)
            case [Calibrating(step="left")]:
                self._guiding = None
        if self._guiding is None or self._anew is None:
            return Progress(report=report)
        lesson = self._guiding.step(piece)
        if lesson.calibration is not None:
            self._guiding = None
            text = to_json(lesson.calibration)
            done = Calibrating(piece[-1].arrival_s, "done", text)
            self._anew.done(done, lesson.calibration)
            report = report.joined(engine.step([done]))
        return Progress(lesson, report)

    def _caught_up(self, batch: Sequence[Arrival]) -> Sequence[Arrival]:
        """These arrivals, and before them all the engine has not heard yet."""
        past, self._past = self._past, []
        return [*past, *batch] if past else batch


def _pieces(batch: Sequence[Arrival]) -> Iterator[Sequence[Arrival]]:
    """The batch, cut so that whatever begins or ends a calibration stands alone."""
    if not batch:
        yield batch
    for marks, run in groupby(batch, key=lambda one: isinstance(one, Calibrating)):
        if marks:
            yield from ([one] for one in run)
        else:
            yield list(run)
