"""How the set in progress goes: its rhythm, and how far the back came up in it, in hindsight.

Reps are alike. When the next one is due follows from the last ones, and a set whose reps lifted
the back by so much will do so again.
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import NamedTuple

import numpy as np

from monitor.samples import Floats
from monitor.signals.movement import FoundRep, Moves

Peaks = list[tuple[float, float]]
"""Lift and sigma in hindsight of the reps that a block brought, oldest first; NaN where unknown."""


@dataclass(frozen=True, slots=True)
class SetParams:
    """Constants of what a set's last reps say of the next.

    Attributes:
        typical: so many of the last reps count.
        spread_mm: how much lifts differ from rep to rep, mm.
        top: a rep and its pause at the top, in lengths of a rep, where only one is known.
    """

    typical: int = 4
    spread_mm: float = 6.0
    top: float = 1.3


class SetSoFar(NamedTuple):
    """What is known of the set in progress.

    Attributes:
        end_s: when its last rep ended, s; NaN where there is none.
        period_s: from one rep's end to the next one's, s.
        usual_mm: lift to expect of the next rep, mm; NaN where unknown.
        over_s: when the last set was known to be over, s; -inf once there is a rep again.
    """

    end_s: float = math.nan
    period_s: float = math.nan
    usual_mm: float = math.nan
    over_s: float = -math.inf


class SetClock:
    """Follows the reps as they become known; chunk-invariant."""

    def __init__(self, params: SetParams | None = None) -> None:
        self._p = params or SetParams()
        self._reps: list[FoundRep] = []
        self._peaks: Peaks = []
        self._now = SetSoFar()

    def step(self, time_s: Floats, moves: Moves, peaks: Peaks) -> Floats:
        """(4, n), the columns of `SetSoFar` at each sample of a block.

        Args:
            time_s: (n,), s.
            moves: of the block.
            peaks: of `moves.found`, one for one, mm.
        """
        rows, known_s = [self._now], []
        news = [(rep.known_s, 0, rep, peak) for rep, peak in zip(moves.found, peaks, strict=True)]
        ends = [(one.known_s, 1, None, (math.nan, math.nan)) for one in moves.over]
        for at_s, _, rep, peak in sorted([*news, *ends], key=lambda new: new[:2]):
            self._now = self._over(at_s) if rep is None else self._with(rep, peak)
            rows.append(self._now)
            known_s.append(at_s)
        if not known_s:
            return np.repeat(np.array([self._now]).T, len(time_s), axis=1)
        return np.array(rows)[np.searchsorted(known_s, time_s, "right")].T

    def _over(self, at_s: float) -> SetSoFar:
        self._reps, self._peaks = [], []
        return SetSoFar(over_s=at_s)

    def _with(self, rep: FoundRep, peak: tuple[float, float]) -> SetSoFar:
        self._reps = [*self._reps, rep][-self._p.typical :]
        if math.isfinite(peak[0]):
            self._peaks = [*self._peaks, peak][-self._p.typical :]
        ends = [one.end_s for one in self._reps]
        if len(ends) > 1:
            period_s = median(after - end for end, after in pairwise(ends))
        else:
            period_s = self._p.top * (rep.end_s - rep.start_s)
        return SetSoFar(rep.end_s, max(period_s, 1.0), self._usual())

    def _usual(self) -> float:
        """Mean of the peaks, each counting for as much as it is known."""
        if not self._peaks:
            return math.nan
        weights = [1.0 / (sigma**2 + self._p.spread_mm**2) for _, sigma in self._peaks]
        return sum(w * mm for w, (mm, _) in zip(weights, self._peaks, strict=True)) / sum(weights)
