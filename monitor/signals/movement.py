"""Phases, reps and sets, from how the pelvis moves.

    tilt, turning ─▶ trace (smooth, 25 Hz) ─▶ excursions from rest ─▶ rhythm: which are reps

The sled is not seen. Lowering is the way out of an excursion, pressing the way back. What the
columns say at a sample is what was believed at that sample; a rep's own times are told when it is
over, and may use everything up to then.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.model import Placement
from monitor.samples import PHASES, Bools, Floats
from monitor.signals.excursions import Excursion, Excursions
from monitor.signals.rhythm import Rhythm
from monitor.signals.trace import Smoothing, Trace

AWAY, READY, LOWERING, BOTTOM, PRESSING, REST = (
    PHASES.index(phase) for phase in ("away", "ready", "lowering", "bottom", "pressing", "rest")
)
USUAL_SEAT_BACK_DEG = 45.0


@dataclass(frozen=True, slots=True)
class FoundRep:
    """One rep. Times in s of stream time; `confidence` 0..1."""

    set: int
    rep: int
    start_s: float
    bottom_start_s: float
    bottom_s: float
    bottom_end_s: float
    end_s: float
    known_s: float
    confidence: float


@dataclass(frozen=True, slots=True)
class SetOver:
    """A set is over; `known_s` as in events."""

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
        speaks: (n,), bool, the athlete lies on the pad and alerts make sense.
        found, over: reps and ends of sets, in the order they were known.
    """

    phase: NDArray[np.int8]
    set_no: NDArray[np.int64]
    rep_no: NDArray[np.int64]
    next_rep: NDArray[np.int64]
    speaks: Bools
    found: tuple[FoundRep, ...]
    over: tuple[SetOver, ...]


@dataclass(frozen=True, slots=True)
class MovementParams:
    """Constants of the phases.

    Attributes:
        bottom_share: within this share of its size from its furthest, an excursion is at the
            bottom.
        slow_share: and slower than this share of its greatest speed.
    """

    bottom_share: float = 0.15
    slow_share: float = 0.2


class Movement:
    """Phases, reps and sets of one athlete; chunk-invariant.

    Args:
        placement: how the sensor sits.
        period_s: sampling period, s.
        params: constants.
    """

    def __init__(
        self, placement: Placement, period_s: float, params: MovementParams | None = None
    ) -> None:
        self._p = params or MovementParams()
        self._smoothing = Smoothing(placement, period_s)
        self._excursions = Excursions(placement.seat_back_deg or USUAL_SEAT_BACK_DEG)
        self._rhythm = Rhythm()
        self._set = 0
        self._last_end_s = -np.inf
        self._known_s = 0.0
        self._now = (0, 1, 0, 1, False)

    def step(  # the signals of one instant, each of its own kind
        self,
        time_s: Floats,
        tilt: Floats,
        rate: Floats,
        gyr: Floats,
        up: Floats,  # noqa: ARG002 # part of the stage's interface
        shift: Floats,
        restart: Bools,
    ) -> Moves:
        """Follow one block.

        Args:
            time_s: (n,), s.
            tilt: (n,), rad, posterior positive.
            rate: (n,), rad/s, of the tilt.
            gyr: (n, 3), rad/s, free of bias, sensor axes.
            up: (n, 3), unit vector.
            shift: (n,), rad.
            restart: (n,), bool, where the orientation started anew.
        """
        trace = self._smoothing.step(time_s, tilt, rate, gyr, shift, restart)
        found: list[FoundRep] = []
        over: list[SetOver] = []
        rows = [self._now] + [self._tick(point, found, over) for point in _points(trace)]
        if len(time_s):
            self._known_s = float(time_s[-1])
        at = np.searchsorted(trace.index, np.arange(len(time_s)), "right")
        columns = np.array(rows)[at]
        return Moves(
            phase=columns[:, 0].astype(np.int8),
            set_no=columns[:, 1],
            rep_no=columns[:, 2],
            next_rep=columns[:, 3],
            speaks=columns[:, 4].astype(bool),
            found=tuple(found),
            over=tuple(over),
        )

    def finish(self) -> tuple[SetOver, ...]:
        """The stream is over: the set in progress is too."""
        over: list[SetOver] = []
        self._close(self._known_s, over)
        return tuple(over)

    def _tick(
        self,
        point: tuple[float, float, float, float, float, bool],
        found: list[FoundRep],
        over: list[SetOver],
    ) -> tuple[int, int, int, int, bool]:
        t, tilt, speed, aside, shift, fresh = point
        if fresh:
            self._excursions.lost()
        x = self._excursions.step(t, tilt, speed, aside, shift)
        if x is not None:
            self._found(x, found)
        self._ends(t, over)
        self._now = self._said(tilt, speed)
        return self._now

    def _found(self, x: Excursion, found: list[FoundRep]) -> None:
        begins = not self._rhythm.reps
        reps = self._rhythm.takes(x)
        if not reps:
            return
        self._set += begins
        first = len(self._rhythm.reps) - len(reps) + 1
        for number, (rep, odds) in enumerate(reps, start=first):
            found.append(self._told(rep, number, x.known_s, odds))
        self._last_end_s = x.end_s

    def _told(self, x: Excursion, number: int, known_s: float, odds: float) -> FoundRep:
        late = self._smoothing.delay_s
        bottom_s = x.high_s - late
        return FoundRep(
            set=self._set,
            rep=number,
            start_s=x.start_s - late,
            bottom_start_s=bottom_s,
            bottom_s=bottom_s,
            bottom_end_s=bottom_s,
            end_s=x.end_s - late,
            known_s=known_s,
            confidence=float(1.0 / (1.0 + np.exp(-odds))),
        )

    def _ends(self, t: float, over: list[SetOver]) -> None:
        busy = self._excursions.open
        since = t if busy is None else busy.start_s
        if not self._excursions.on_pad:
            self._close(t, over)
            self._rhythm.leave()
        elif since - self._last_end_s > self._rhythm.longest_pause_s():
            self._close(t, over)

    def _close(self, t: float, over: list[SetOver]) -> None:
        if self._rhythm.reps:
            over.append(SetOver(self._set, t))
            self._rhythm.forget()

    def _said(self, tilt: float, speed: float) -> tuple[int, int, int, int, bool]:
        in_set = len(self._rhythm.reps)
        set_no = self._set if in_set else self._set + 1
        if not self._excursions.on_pad:
            return AWAY, set_no, 0, 1, False
        x = self._excursions.open
        if x is None or x.high < -x.low:
            still = READY if in_set or not self._set else REST
            return still, set_no, 0, in_set + 1, bool(in_set)
        away = tilt - self._excursions.rest
        if (
            away > (1.0 - self._p.bottom_share) * x.high
            and abs(speed) < self._p.slow_share * x.fastest
        ):
            phase = BOTTOM
        else:
            phase = LOWERING if speed > 0.0 else PRESSING
        return phase, set_no, in_set + 1, in_set + 1, True


def _points(trace: Trace) -> list[tuple[float, float, float, float, float, bool]]:
    columns = (trace.time_s, trace.tilt, trace.speed, trace.aside, trace.shift, trace.fresh)
    return list(zip(*(column.tolist() for column in columns), strict=True))
