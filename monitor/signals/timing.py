"""When a rep began, turned and ended: from what is seen of the pelvis to what the sled did.

The pelvis begins to roll somewhere in the descent and is back before the top, so a rep is longer
than its roll. Where the body strains or rumbles beyond the roll, the sled was still moving: the
rep reaches as far as that does. The bottom is where the roll is greatest, the pause there as long
as it stays so, less what any smooth turn takes.
"""

from dataclasses import dataclass

import numpy as np

from monitor.samples import Floats
from monitor.signals.figures import Figures
from monitor.signals.trace import Past, Trace


@dataclass(frozen=True, slots=True)
class FoundRep:
    """One rep.

    Attributes:
        set, rep: running numbers, from 1.
        start_s, bottom_start_s, bottom_s, bottom_end_s, end_s: s of stream time; the sled leaves
            the top, the pause at the bottom begins, the roll is deepest, the push begins, and it
            is back at the top.
        known_s: newest sample that was needed to say so, s.
        confidence: 0..1, that it was a rep.
    """

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
class TimingParams:
    """Constants of a rep's times.

    Attributes:
        strained: strain or rumble beyond which the sled is taken to move.
        reach_s: how far beyond the roll it is followed, s.
        slow_share: share of the greatest speed below which the pelvis pauses.
        turn_share: share of the roll's length that a turn without a pause looks like one.
        lowering: lowering takes at least so many times as long as pressing.
        cut_odds: taken off where the signal was interrupted.
    """

    strained: float = 0.7
    reach_s: float = 3.0
    slow_share: float = 0.15
    turn_share: float = 0.1
    lowering: float = 0.9
    cut_odds: float = 2.0


class Timing:
    """Tells the times of one rep after the other.

    Args:
        delay_s: by how much the trace is late, s.
        params: constants.
    """

    def __init__(self, delay_s: float, params: TimingParams | None = None) -> None:
        self._p = params or TimingParams()
        self._delay_s = delay_s
        self._last_end_s = -np.inf

    def of(
        self, x: Figures, past: Past, now: int, number: tuple[int, int], odds: float
    ) -> FoundRep:
        """The times of a rep whose figures are known, told at point `now`."""
        trace = past.since(x.start_s - self._p.reach_s, now)
        end_s = min(self._end(x, trace), x.known_s)
        from_s, to_s = self._pause(x, trace)
        start_s = self._start(x, trace, from_s - self._p.lowering * (end_s - to_s))
        late = self._delay_s
        self._last_end_s = end_s
        odds -= self._p.cut_odds * x.of.cut
        return FoundRep(
            set=number[0],
            rep=number[1],
            start_s=start_s - late,
            bottom_start_s=from_s - late,
            bottom_s=x.peak_s - late,
            bottom_end_s=to_s - late,
            end_s=end_s - late,
            known_s=float(trace.time_s[-1]),
            confidence=float(1.0 / (1.0 + np.exp(-odds))),
        )

    def _start(self, x: Figures, trace: Trace, likely_s: float) -> float:
        earliest = max(x.start_s - self._p.reach_s, self._last_end_s)
        before = (trace.time_s < x.start_s) & (trace.time_s >= earliest)
        lasts = _lasts(trace.time_s[before][::-1], _felt(trace)[before][::-1], self._p)
        return min(x.start_s - lasts, max(likely_s, earliest))

    def _end(self, x: Figures, trace: Trace) -> float:
        after = (trace.time_s > x.end_s) & (trace.time_s <= x.known_s)
        return x.end_s + _lasts(trace.time_s[after], _felt(trace)[after], self._p)

    def _pause(self, x: Figures, trace: Trace) -> tuple[float, float]:
        within = (trace.time_s >= x.start_s) & (trace.time_s <= x.end_s)
        time, pace = trace.time_s[within], np.abs(trace.speed[within])
        peak = int(np.searchsorted(time, x.peak_s))
        moving = pace > self._p.slow_share * pace.max(initial=0.0)
        before, after = np.flatnonzero(moving[:peak]), np.flatnonzero(moving[peak:])
        from_s = float(time[before[-1]]) if len(before) else x.peak_s
        to_s = float(time[peak + after[0]]) if len(after) else x.peak_s
        turn_s = min(self._p.turn_share * x.length_s, to_s - from_s)
        from_s, to_s = from_s + 0.5 * turn_s, to_s - 0.5 * turn_s
        return min(from_s, x.peak_s), max(to_s, x.peak_s)


def _felt(trace: Trace) -> Floats:
    """Strain or rumble, whichever is more."""
    felt: Floats = np.maximum(trace.strain, trace.rumble)
    return felt


def _lasts(time: Floats, felt: Floats, p: TimingParams) -> float:
    """For how long the sled goes on beyond the roll, s."""
    calm = np.flatnonzero(felt < p.strained)
    n = int(calm[0]) if len(calm) else len(felt)
    return abs(float(time[n - 1] - time[0])) if n else 0.0
