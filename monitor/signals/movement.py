"""Phases, reps and sets, from how the pelvis moves.

    tilt, turning ─▶ trace (smooth, 20 Hz) ─▶ excursions from rest ─▶ rhythm: which are reps

The sled is not seen. Lowering is the way out of an excursion, pressing the way back. What the
columns say at a sample is what was believed at that sample; a rep's own times are told when it is
over, and may use everything up to then.
"""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from calibration.model import Placement
from monitor.samples import PHASES, Bools, Floats
from monitor.signals.excursions import Excursion, ExcursionParams, Excursions, Stage
from monitor.signals.figures import figures
from monitor.signals.odds import LikeOdds, OwnOdds
from monitor.signals.rhythm import Rhythm, RhythmParams
from monitor.signals.timing import FoundRep, Timing, TimingParams
from monitor.signals.trace import Past, Smoothing, Trace, TraceParams

__all__ = ["FoundRep", "Movement", "MovementParams", "Moves", "SetOver"]

AWAY, READY, REST = (PHASES.index(phase) for phase in ("away", "ready", "rest"))
MOVING = {
    Stage.LEAVING: PHASES.index("lowering"),
    Stage.FARTHEST: PHASES.index("bottom"),
    Stage.RETURNING: PHASES.index("pressing"),
}
USUAL_SEAT_BACK_DEG = 45.0
"""β where the calibration could not tell: the 45° sled."""


@dataclass(frozen=True, slots=True)
class SetOver:
    """A set is over; `known_s` = newest sample needed to say so, s of stream time."""

    set: int
    known_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """What a block of n samples gave.

    Attributes:
        phase: (n,), int8, index into `PHASES`.
        set_no: (n,), int, the set in progress or about to begin.
        rep_no: (n,), int, the rep in progress within its set, 0 outside reps.
        next_rep: (n,), int, the rep in progress or about to begin.
        occasion: (n,), int, running number of the latest excursion: what happens on one occasion
            needs to be said once.
        speaks: (n,), bool, the athlete lies on the pad and alerts make sense.
        found, over: reps and ends of sets, in the order they were known.
    """

    phase: NDArray[np.int8]
    set_no: NDArray[np.int64]
    rep_no: NDArray[np.int64]
    next_rep: NDArray[np.int64]
    occasion: NDArray[np.int64]
    speaks: Bools
    found: tuple[FoundRep, ...]
    over: tuple[SetOver, ...]


@dataclass(frozen=True, slots=True)
class MovementParams:
    """Constants of all that counts reps.

    Attributes:
        look_s: how long the return to the rest pose is watched before it is believed, s.
        push_s: and how long at most while the body still strains, s.
        strained: strain, as a share of the excursion's most, that means it still does.
        next_share: nor longer than until the next excursion has gone this share of its size.
        settled_s: so long on the pad, alerts make sense, s.
        keep_s: how far back the trace is remembered, s.
        missed_s: a set in progress outlives a gap in the signal of up to this length, s: a sensor
            that was lost for ten seconds and found again, and a rep to spare.
    """

    look_s: float = 0.22
    push_s: float = 0.9
    strained: float = 0.5
    next_share: float = 0.1
    settled_s: float = 2.5
    keep_s: float = 60.0
    missed_s: float = 15.0
    trace: TraceParams = field(default_factory=TraceParams)
    excursions: ExcursionParams = field(default_factory=ExcursionParams)
    rhythm: RhythmParams = field(default_factory=RhythmParams)
    own: OwnOdds = field(default_factory=OwnOdds)
    like: LikeOdds = field(default_factory=LikeOdds)
    timing: TimingParams = field(default_factory=TimingParams)


Row = tuple[int, int, int, int, int, bool]


@dataclass(slots=True)
class _Told:
    """What a block gave so far: reps, ends of sets, and the rows of the columns that changed."""

    found: list[FoundRep] = field(default_factory=list)
    over: list[SetOver] = field(default_factory=list)
    points: list[int] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


class Movement:
    """Phases, reps and sets of one athlete; chunk-invariant.

    Args:
        placement: how the sensor sits.
        period_s: sampling period, s.
        own_tilts_s: start and end of the calibration's own tilts, which are no reps, s.
        sets_before: so many sets were before the first.
        params: constants.
    """

    def __init__(
        self,
        placement: Placement,
        period_s: float,
        own_tilts_s: tuple[float, float] | None = None,
        sets_before: int = 0,
        params: MovementParams | None = None,
    ) -> None:
        self._own_tilts_s = own_tilts_s or (np.inf, -np.inf)
        p = self._p = params or MovementParams()
        self._smoothing = Smoothing(placement, period_s, p.trace)
        self._past = Past(p.keep_s)
        seat_back_deg = placement.seat_back_deg
        self._excursions = Excursions(
            USUAL_SEAT_BACK_DEG if seat_back_deg is None else seat_back_deg, p.excursions
        )
        self._rhythm = Rhythm(p.rhythm, p.own, p.like)
        self._timing = Timing(self._smoothing.delay_s, p.timing)
        self._waiting: list[Excursion] = []
        self._number = 0
        self._set = sets_before
        self._over_s = np.inf
        self._known_s = 0.0
        self._before_s = 0.0  # time of the last point
        self._rested = False
        self._row: Row = (AWAY, sets_before + 1, 0, 1, 0, False)

    def step(
        self,
        time_s: Floats,
        tilt: Floats,
        rate: Floats,
        gyr: Floats,
        acc: Floats,
        shift: Floats,
        restart: Bools,
    ) -> Moves:
        """Follow one block.

        Args:
            time_s: (n,), s.
            tilt: (n,), rad, posterior positive.
            rate: (n,), rad/s, of the tilt.
            gyr: (n, 3), rad/s, free of bias, sensor axes.
            acc: (n, 3), m/s², sensor axes.
            shift: (n,), rad.
            restart: (n,), bool, where the orientation started anew.
        """
        trace, index = self._smoothing.step(time_s, tilt, rate, gyr, acc, shift, restart)
        self._past.add(trace)
        told = _Told(rows=[self._row])
        self._follow(trace, told)
        if len(time_s):
            self._known_s = float(time_s[-1])
        cuts = [0, *index[told.points].tolist(), len(time_s)] if told.points else [0, len(time_s)]
        columns = np.repeat(told.rows, [end - start for start, end in pairwise(cuts)], axis=0)
        return Moves(
            phase=columns[:, 0].astype(np.int8),
            set_no=columns[:, 1],
            rep_no=columns[:, 2],
            next_rep=columns[:, 3],
            occasion=columns[:, 4],
            speaks=columns[:, 5].astype(bool),
            found=tuple(told.found),
            over=tuple(told.over),
        )

    def finish(self) -> tuple[SetOver, ...]:
        """The stream is over: the set in progress is too."""
        over = (SetOver(self._set, self._known_s),) if self._rhythm.reps else ()
        self._rhythm.forget()
        return over

    def _follow(self, trace: Trace, told: _Told) -> None:
        """The one loop along the points; all that costs more happens once per excursion."""
        excursions, waiting = self._excursions, self._waiting
        for k, point in enumerate(excursions.points(trace)):
            if point[-1]:
                self._miss(point[0])
            self._before_s = point[0]
            x = excursions.step(point)
            if x is not None:
                waiting.append(x)
            if waiting and self._due(waiting[0], point[0], point[4]):
                self._judge(waiting.pop(0), told)
            if point[0] > self._over_s or excursions.stage is Stage.OFF_PAD:
                self._close(point[0], told)
            row = self._said(point[0])
            if row != self._row:
                self._row = row
                told.points.append(k)
                told.rows.append(row)
            self._number += 1

    def _miss(self, t: float) -> None:
        """Nothing was seen until t: the set in progress has that much longer to go on."""
        gap_s = t - self._before_s
        if gap_s <= self._p.missed_s:
            self._over_s += gap_s
            self._rhythm.missed_s = t

    def _said(self, t: float) -> Row:
        """What the columns say at time t."""
        x, before = self._excursions, len(self._rhythm.reps)
        set_no = self._set if before else self._set + 1
        if x.stage is Stage.OFF_PAD:
            return AWAY, set_no, 0, 1, x.begun, False
        if x.stage is Stage.AT_REST or not (before or x.straight):
            phase = READY if before or not self._rested else REST
            return phase, set_no, 0, before + 1, x.begun, before > 0
        # out of a set, who leans forward is getting up, and who has just lain down settles in
        settled = x.lay_before_s > self._p.settled_s and x.backwards
        own = self._own_tilts_s[0] <= t <= self._own_tilts_s[1]
        speaks = before > 0 or (settled and not own)
        return MOVING[x.stage], set_no, before + 1, before + 1, x.begun, speaks

    def _due(self, x: Excursion, t: float, strain: float) -> bool:
        """Whether enough was seen of what comes after an excursion."""
        begun = self._excursions.stage is not Stage.AT_REST
        gone = begun and self._excursions.size > self._p.next_share * x.size
        if x.ending != "back" or gone:
            return True
        since_s = t - x.end_s
        straining = strain > max(self._p.strained * x.strain, 0.7)
        return since_s > (self._p.push_s if straining else self._p.look_s)

    def _judge(self, x: Excursion, told: _Told) -> None:
        found = figures(x, self._past, self._number)
        own_start_s, own_end_s = self._own_tilts_s
        own = found.start_s < own_end_s and found.end_s > own_start_s
        new = [] if own else self._rhythm.takes(found)
        if not new:
            return
        before = len(self._rhythm.reps) - len(new)
        self._set += before == 0
        for number, (rep, odds) in enumerate(new, start=before + 1):
            told.found.append(
                self._timing.of(rep, self._past, self._number, (self._set, number), odds)
            )
        self._over_s = new[-1][0].end_s + self._rhythm.pause_s()

    def _close(self, t: float, told: _Told) -> None:
        """The set in progress is over, unless an excursion may still belong to it."""
        gone = self._excursions.stage is Stage.OFF_PAD
        if gone:
            self._waiting.clear()
        elif self._waiting or self._excursions.since_s <= self._over_s:
            return
        if self._rhythm.reps:
            told.over.append(SetOver(self._set, t))
            self._rhythm.forget()
        self._over_s = np.inf
        self._rested = not gone
        if gone:
            self._rhythm.leave()
