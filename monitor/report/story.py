"""A whole session, ready to be told: its reps and alerts set by set, beside the signals."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np

from calibration.model import Calibration
from monitor.engine import Report, Session
from monitor.events import (
    AlertEvent,
    Event,
    Level,
    LinkEvent,
    QualityEvent,
    RepEvent,
    Rule,
    SessionEvent,
    SetEvent,
)
from monitor.samples import Signals
from monitor.settings import Coaching, Settings
from monitor.signals.repmetrics import lift_is_sure
from monitor.sinks.console.words import Bounds, bounds, level_of, rank

STATES = ("good", "degraded", "bad")


@dataclass(frozen=True, slots=True)
class SetStory:
    """One set with its reps and the alerts within it.

    Attributes:
        known: what the athlete had told of it.
    """

    told: SetEvent
    reps: tuple[RepEvent, ...]
    alerts: tuple[AlertEvent, ...]
    known: Coaching


@dataclass(frozen=True, slots=True)
class Excess:
    """How far one rep went in one rule.

    Attributes:
        value: in the rule's unit.
        level: the highest limit reached, None below all.
    """

    rule: Rule
    rep: RepEvent
    value: float
    level: Level | None


@dataclass(frozen=True, eq=False)
class Story:
    """All there is to tell.

    Attributes:
        name: the recording's file name.
        session: who and what, as the recording tells.
        settings, calibration: what it was judged by, last.
        duration_s: length of the recording, s.
        rate_hz: measured, NaN where there were no samples.
        signals: the live estimates of the whole session.
        events: all that was said.
        known: what the athlete had told of the sets, by the `event_id` of each.
    """

    name: str
    session: Session
    settings: Settings
    calibration: Calibration | None
    duration_s: float
    rate_hz: float
    signals: Signals
    events: tuple[Event, ...] = field(repr=False)
    known: Mapping[str, Coaching] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        name: str,
        session: Session,
        judged_by: tuple[Settings, Calibration | None],
        duration_s: float,
        reports: Iterable[Report],
    ) -> "Story":
        """The story in what the engine reported."""
        told = list(reports)
        settings, calibration = judged_by
        calibration = told[-1].calibration or calibration if told else calibration
        return cls(
            name,
            session,
            settings,
            calibration,
            duration_s,
            told[-1].rate_hz if told else float("nan"),
            Signals.joined([report.signals for report in told]),
            tuple(event for report in told for event in report.events),
            {key: known for report in told for key, known in report.told.items()},
        )

    @cached_property
    def about(self) -> SessionEvent | None:
        """The session's start, as it was said."""
        return next((event for event in self.events if isinstance(event, SessionEvent)), None)

    @cached_property
    def sets(self) -> tuple[SetStory, ...]:
        """The sets that were done, with what belongs to each."""
        return tuple(
            SetStory(
                one,
                tuple(e for e in self.events if isinstance(e, RepEvent) and e.set == one.set),
                tuple(e for e in self.events if isinstance(e, AlertEvent) and e.set == one.set),
                self.known.get(one.event_id, self.settings.coaching),
            )
            for one in self.events
            if isinstance(one, SetEvent)
        )

    @cached_property
    def reps(self) -> tuple[RepEvent, ...]:
        """All reps of all sets."""
        return tuple(rep for one in self.sets for rep in one.reps)

    @cached_property
    def limits(self) -> dict[Rule, Bounds]:
        """Where each rule's levels lie for this athlete."""
        limits = self.settings.limits
        own = self.calibration.placement.range_deg if self.calibration else None
        return {
            "pelvic_tilt": bounds(limits.pelvic_tilt, own),
            "anterior_tilt": bounds(limits.anterior_tilt),
            "back_lift": bounds(limits.back_lift),
            "pelvic_shift": bounds(limits.pelvic_shift),
        }

    def excesses(self, rep: RepEvent) -> Iterator[Excess]:
        """How far a rep went, rule by rule."""
        peaks: dict[Rule, float | None] = {
            "pelvic_tilt": rep.peak_tilt_deg,
            "anterior_tilt": abs(rep.peak_anterior_deg),
            "back_lift": rep.peak_lift_mm,
            "pelvic_shift": abs(rep.peak_shift_deg),
        }
        for rule, value in peaks.items():
            if value is None:
                continue
            level = level_of(value, self.limits[rule])
            if rule == "back_lift" and not self.lift_is_sure(rep):
                level = None
            yield Excess(rule, rep, value, level)

    def lift_is_sure(self, rep: RepEvent) -> bool:
        """Whether a rep's lift means something: as where it is decided what a clean rep is."""
        if rep.peak_lift_mm is None or rep.lift_sigma_mm is None:
            return False
        notice = min(self.limits["back_lift"].values(), default=math.inf)
        return lift_is_sure(rep.peak_lift_mm, rep.lift_sigma_mm, notice)

    def level(self, rep: RepEvent) -> Level | None:
        """The worst level a rep reached; none if it is clean."""
        return max((one.level for one in self.excesses(rep)), key=rank, default=None)

    @cached_property
    def worst(self) -> Excess | None:
        """What went furthest beyond its limits, None if nothing did."""
        beyond = [one for rep in self.reps for one in self.excesses(rep) if one.level is not None]

        def how_far(one: Excess) -> tuple[int, float]:
            return rank(one.level), one.value / min(self.limits[one.rule].values())

        return max(beyond, key=how_far, default=None)

    @cached_property
    def raised(self) -> dict[Level, int]:
        """How many alerts were raised within sets, by level."""
        levels = [e.level for one in self.sets for e in one.alerts if e.state == "raised"]
        worst_first: tuple[Level, ...] = ("alarm", "warning", "notice")
        return {level: levels.count(level) for level in worst_first}

    @cached_property
    def quality(self) -> tuple[QualityEvent, ...]:
        """How the data's quality changed."""
        return tuple(event for event in self.events if isinstance(event, QualityEvent))

    @cached_property
    def links(self) -> tuple[LinkEvent, ...]:
        """How the link came and went."""
        return tuple(event for event in self.events if isinstance(event, LinkEvent))

    @cached_property
    def worst_data(self) -> QualityEvent | None:
        """The worst the data was while a set was done, None where it was never doubted."""
        seen: list[QualityEvent] = []
        for one in self.sets:
            seen += [q for q in self.quality if q.time_s <= one.told.start_s][-1:]
            seen += [q for q in self.quality if one.told.start_s < q.time_s <= one.told.end_s]
        return max(seen, key=lambda quality: STATES.index(quality.state), default=None)

    @cached_property
    def lost_pct(self) -> float:
        """Share of samples that never arrived, %; NaN where there are none."""
        time_s = self.signals.time_s
        if len(time_s) < 2 or not self.rate_hz > 0:
            return float("nan")
        expected = (time_s[-1] - time_s[0]) * self.rate_hz + 1
        return float(100 * np.clip(1 - len(time_s) / expected, 0, 1))

    @cached_property
    def began(self) -> datetime | None:
        """When it began, UTC, None where the recording has no wall clock."""
        since = self.session.started_wall_s
        if since is None:
            return None
        return datetime.fromisoformat("1970-01-01T00:00:00+00:00") + timedelta(seconds=since)
