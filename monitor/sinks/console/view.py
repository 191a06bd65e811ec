"""What the screen knows: a value, made new by every report, never changed.

A view holds what was said, not how it looks; two views that were told the same are equal. Times
are seconds of stream time, so that a replay at any speed shows what the live session showed.
"""

from dataclasses import dataclass, replace
from math import isnan
from typing import TYPE_CHECKING, assert_never

import msgspec
import numpy as np

from monitor.events import (
    AlertEvent,
    Event,
    Level,
    LinkEvent,
    QualityEvent,
    RepEvent,
    SessionEvent,
    SetEvent,
)
from monitor.samples import PHASES, Signals
from monitor.settings import Settings
from monitor.sinks.console.words import LEVELS, NEXT_WEIGHT, rank

if TYPE_CHECKING:  # the engine's mathematics takes long to load; a first frame need not wait for it
    from calibration.model import Calibration
    from monitor.engine import Report

APPROACH_S = 1.0
"""An approach that comes to nothing is forgotten after this time: it looks 0.3 s ahead or more."""
ANSWER_S = 5.0
"""An answer to what was typed stays so long; while the athlete rests, until the next set."""
LINGER_S = 2.0
"""An alert that is over stays in sight, as past, long enough to be read."""


@dataclass(frozen=True, slots=True)
class Instant:
    """The newest estimates; NaN where nothing can be said. Units as in `Signals`.

    Attributes:
        peak_tilt_deg, peak_anterior_deg: extremes of the rep in progress, 0 outside reps.
    """

    tilt_deg: float = float("nan")
    tilt_sigma_deg: float = float("nan")
    lift_mm: float = float("nan")
    lift_sigma_mm: float = float("nan")
    shift_deg: float = float("nan")
    phase: str = ""
    rep: int = 0
    peak_tilt_deg: float = 0.0
    peak_anterior_deg: float = 0.0

    def after(self, signals: Signals) -> "Instant":
        """The instant at the end of a block that followed this one."""
        if not len(signals):
            return self
        rep = int(signals.rep[-1])
        tilt = signals.tilt_deg[signals.rep == rep] if rep else np.empty(0)
        same = rep == self.rep
        return Instant(
            tilt_deg=float(signals.tilt_deg[-1]),
            tilt_sigma_deg=float(signals.tilt_sigma_deg[-1]),
            lift_mm=float(signals.lift_mm[-1]),
            lift_sigma_mm=float(signals.lift_sigma_mm[-1]),
            shift_deg=float(signals.shift_deg[-1]),
            phase=PHASES[int(signals.phase[-1])],
            rep=rep,
            peak_tilt_deg=float(np.fmax.reduce(tilt, initial=self.peak_tilt_deg if same else 0.0)),
            peak_anterior_deg=float(
                np.fmin.reduce(tilt, initial=self.peak_anterior_deg if same else 0.0)
            ),
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """An alert and how it stands: raised, approaching, or past."""

    alert: AlertEvent
    past_s: float | None = None

    @property
    def manner(self) -> str:
        """`raised`, `approaching` or `past`."""
        return "past" if self.past_s is not None else self.alert.state

    def order(self) -> tuple[int, int, float]:
        """The larger, the more it deserves the banner."""
        urgency = ("past", "approaching", "raised").index(self.manner)
        return urgency, rank(self.alert.level), self.alert.time_s


@dataclass(frozen=True, slots=True)
class View:
    """All that is shown.

    Attributes:
        settings: for the limits.
        range_deg: R, the athlete's own posterior range, °, where known.
        total_s: length of what is replayed, s, where known.
        recording: where this session is being recorded, for the closing words.
        now_s: stream time, s.
        instant: the newest estimates.
        session, link, quality: the last word on each.
        battery_pct: the last that was told.
        rate_hz, loss_pct: of the sensor, NaN until known.
        standing: alerts in force, ahead, or just past.
        reps: of the newest set, oldest first.
        sets: all that are over, oldest first.
        rep_count, clean_count: of the whole session.
        worst_tilt_deg, worst_lift_mm: of all reps, None before the first.
        raised: how many alerts of each level were raised.
        rings: how many of them deserve the bell (a notice does not).
        note: the program's last warning about itself, such as a full disk.
        asks: whether somebody can type what he has changed between sets.
        typed: the line that is being typed.
        answer, answer_s: what was said to the last one, and when, s; "" for nothing.
        ended: the session is over.
    """

    settings: Settings
    range_deg: float | None = None
    total_s: float | None = None
    recording: str | None = None
    now_s: float = 0.0
    instant: Instant = Instant()
    session: SessionEvent | None = None
    link: LinkEvent | None = None
    quality: QualityEvent | None = None
    battery_pct: float | None = None
    rate_hz: float = float("nan")
    loss_pct: float = float("nan")
    standing: tuple[Standing, ...] = ()
    reps: tuple[RepEvent, ...] = ()
    sets: tuple[SetEvent, ...] = ()
    rep_count: int = 0
    clean_count: int = 0
    worst_tilt_deg: float | None = None
    worst_lift_mm: float | None = None
    raised: tuple[tuple[Level, int], ...] = tuple((level, 0) for level in LEVELS)
    rings: int = 0
    note: str = ""
    asks: bool = False
    typed: str = ""
    answer: str = ""
    answer_s: float = 0.0
    ended: bool = False

    def update(self, report: "Report") -> "View":
        """The view after one more report."""
        newest = float(report.signals.time_s[-1]) if len(report.signals) else report.arrival_s
        view = replace(
            self,
            now_s=max(self.now_s, newest),
            instant=self.instant.after(report.signals),
            rate_hz=report.rate_hz,
            loss_pct=report.loss_pct,
        )
        for event in report.events:
            view = view._heard(event)
        if report.calibration is not None:
            view = view._calibrated(report.calibration)
        return view._forgetting()

    @property
    def is_judged(self) -> bool:
        """Whether the tilt means anything for form: not while the athlete walks about."""
        return self.instant.phase not in {"", "away"} and not isnan(self.instant.tilt_deg)

    @property
    def banner(self) -> Standing | None:
        """The one alert that matters most, if any."""
        return max(self.standing, key=Standing.order, default=None)

    @property
    def between_sets(self) -> bool:
        """Whether the last set's summary is what matters now."""
        return bool(self.sets) and not self.instant.rep and self.set_number == self.sets[-1].set

    @property
    def prompt(self) -> str:
        """What is to be said of typing now: an answer, a question, or nothing."""
        if not self.asks or self.ended:
            return ""
        since_s = self.sets[-1].known_s if self.between_sets else self.now_s - ANSWER_S
        if self.answer and self.answer_s >= since_s:
            return self.answer
        return NEXT_WEIGHT if self.between_sets else ""

    @property
    def set_number(self) -> int:
        """The set in progress, or the last one until the next begins."""
        heard = max(self.reps[-1].set if self.reps else 0, self.sets[-1].set if self.sets else 0)
        begun = self.instant.rep and self.sets and self.sets[-1].set == heard
        return heard + 1 if begun or not heard else heard

    @property
    def set_reps(self) -> tuple[RepEvent, ...]:
        """The reps done in the set in progress."""
        return tuple(rep for rep in self.reps if rep.set == self.set_number)

    def _heard(self, event: Event) -> "View":
        match event:
            case SessionEvent():
                return replace(self, session=event, ended=event.state == "ended")
            case LinkEvent():
                told = event.battery_pct
                battery = self.battery_pct if told is None else told
                return replace(self, link=event, battery_pct=battery)
            case QualityEvent():
                return replace(self, quality=event)
            case AlertEvent():
                return self._alerted(event)
            case RepEvent():
                return self._counted(event)
            case SetEvent():
                return replace(self, sets=(*self.sets, event), standing=())
            case _:
                assert_never(event)

    def _alerted(self, alert: AlertEvent) -> "View":
        same = [s for s in self.standing if _same(s.alert, alert)]
        rest = tuple(s for s in self.standing if not _same(s.alert, alert))
        if alert.state == "cleared":
            past = tuple(Standing(s.alert, alert.known_s) for s in same if s.manner == "raised")
            return replace(self, standing=rest + past)
        view = replace(self, standing=(*rest, Standing(alert)))
        if alert.state == "approaching":
            return view if self.settings.coaching.approaching else self
        raised = tuple((level, n + (level == alert.level)) for level, n in self.raised)
        return replace(view, raised=raised, rings=self.rings + (alert.level != "notice"))

    def _counted(self, rep: RepEvent) -> "View":
        lift = rep.peak_lift_mm
        return replace(
            self,
            reps=(*(r for r in self.reps if r.set == rep.set), rep),
            rep_count=self.rep_count + 1,
            clean_count=self.clean_count + rep.clean,
            worst_tilt_deg=_worst(self.worst_tilt_deg, rep.peak_tilt_deg),
            worst_lift_mm=self.worst_lift_mm if lift is None else _worst(self.worst_lift_mm, lift),
        )

    def _calibrated(self, calibration: "Calibration") -> "View":
        """The view with the calibration as it is now."""
        grade, range_deg = calibration.verdict.grade, calibration.placement.range_deg
        known = self.session
        if known is None or (known.calibration, self.range_deg) == (grade, range_deg):
            return self
        session = msgspec.structs.replace(known, calibration=grade)
        return replace(self, session=session, range_deg=range_deg)

    def _forgetting(self) -> "View":
        """Without the alerts that have had their time."""
        kept = tuple(s for s in self.standing if not self._is_stale(s))
        return self if kept == self.standing else replace(self, standing=kept)

    def _is_stale(self, standing: Standing) -> bool:
        match standing.manner:
            case "past":
                return self.now_s - (standing.past_s or 0.0) > LINGER_S
            case "approaching":
                return self.now_s - standing.alert.known_s > APPROACH_S
            case _:
                return False


def _same(one: AlertEvent, other: AlertEvent) -> bool:
    return (one.rule, one.level) == (other.rule, other.level)


def _worst(known: float | None, new: float) -> float:
    return new if known is None else float(np.fmax(known, new))
