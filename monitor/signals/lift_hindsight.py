"""How high the back came in a rep that is over: all of the rep told in one equation.

Live, only the past is known; once the back lies on the pad again, the way there is known from both
ends. The unknowns are the filter's six at the start of the rep (known as well as the filter knew
them; κ is its r), and what noise added since. Everything is linear in
them and they are Gaussian, so the best estimate given "it lay there" at all moments when the best
belief says so is one regression, the fixed-interval smoother written out for a few dozen strides:

    p(τ) = p₀ + v₀ τ - c₀ τ²/2 - d₀ τ³/6 - k ∬θ + ∬a + Σ (τ - τᵢ) wᵢ - ½ Σ (τ - τᵢ)² eᵢ
    v(τ) = its derivative;    lying there: p - κ θ = 0 ± rest,  v = 0 ± rest and rolling

with wᵢ, eᵢ what a stride's noise added to the velocity and to the offset, in its middle.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monitor.samples import Bools, Floats
from monitor.signals.lift_beliefs import Flights
from monitor.signals.lift_filter import RR, R, State
from monitor.signals.lift_params import LiftParams
from monitor.signals.lift_sums import P_TILT, TILT, V_TILT, P, T, V

UNKNOWN = math.nan, math.nan
LEAD_S = 0.4
"""How long before a rep its story begins, s: a lift may begin before the tilt does."""


class Mark(NamedTuple):
    """What was known at the end of a stride.

    Attributes:
        sums: the running sums, in the order of `lift_sums`.
        noise: variances that the stride added to v and c.
        state: of the filter that takes the back to lie there.
        flights: when the back was off the pad, by the best belief then.
        lost: whether all was forgotten here.
        rest: tilt of the pose the athlete rests in, rad.
    """

    sums: list[float]
    noise: tuple[float, float]
    state: State
    flights: Flights
    lost: bool
    rest: float


def _time_s(mark: Mark) -> float:
    return mark.sums[T]


class History:
    """The last minute, or the last block if that is longer."""

    def __init__(self, params: LiftParams) -> None:
        self._params = params
        self._marks: list[Mark] = []
        self._sums: list[Floats] = []

    def begin(self, time_s: float) -> None:
        """A new block begins: drop what is too old for it."""
        oldest = time_s - self._params.remembered_s
        old = 0
        while old < len(self._sums) and self._sums[old][T, -1] < oldest:
            old += 1
        del self._sums[:old]
        del self._marks[: bisect_right(self._marks, oldest, key=_time_s)]

    def add(self, sums: Floats, marks: Sequence[Mark]) -> None:
        """What a block gave: sums at its samples, and marks at its strides."""
        self._sums.append(sums[: P_TILT + 1])
        self._marks.extend(marks)

    def peak(self, start_s: float, end_s: float, known_s: float) -> tuple[float, float]:
        """Highest lift within a rep and its sigma, m; NaN where nothing can be said.

        Args:
            start_s: the rep's start, s.
            end_s: its end, s.
            known_s: what came later is not asked, s.
        """
        window = _window(self._marks, start_s, known_s)
        if len(window) < 4:
            return UNKNOWN
        told = _told(window, self._params)
        since = max(start_s, window[0].sums[T])
        sums = self._between(since, end_s)
        if sums.shape[1] == 0:
            return UNKNOWN
        lift = told.lift(sums)
        highest = int(np.argmax(lift))
        sigma = float(np.interp(sums[T, highest], told.time_s, told.sigma))
        return (float(lift[highest]), sigma) if sigma < self._params.unsaid_m else UNKNOWN

    def _between(self, start_s: float, end_s: float) -> Floats:
        first = bisect_left(self._sums, start_s, key=lambda part: part[T, -1])
        last = bisect_right(self._sums, end_s, key=lambda part: part[T, 0])
        inside = [
            part[:, (part[T] >= start_s) & (part[T] <= end_s)] for part in self._sums[first:last]
        ]
        return np.concatenate([np.empty((P_TILT + 1, 0)), *inside], axis=1)


def _window(marks: list[Mark], start_s: float, known_s: float) -> list[Mark]:
    """From where the back last lay there before the rep, to what is known."""
    last = bisect_right(marks, known_s, key=_time_s)
    if not last:
        return []
    flights = marks[last - 1].flights
    first = last - 1
    while first and not marks[first].lost:
        if marks[first].sums[T] <= start_s - LEAD_S and not _flown(marks[first].sums[T], flights):
            break
        first -= 1
    return marks[first:last]


def _flown(time_s: float, flights: Flights) -> bool:
    """Whether the stride that ends at this time was not all on the pad."""
    return any(left_s + 1e-6 < time_s < landed_s - 1e-6 for left_s, landed_s in flights)


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """A rep, told: m strides after its start.

    Attributes:
        start: sums and state where it starts.
        state: the means there, before anything came after.
        time_s: (m,), s.
        shift: (m,), m, what the regression adds to the lift integrated from that state.
        sigma: (m,), m, of the lift.
    """

    start: Mark
    time_s: Floats
    shift: Floats
    sigma: Floats

    def lift(self, sums: Floats) -> Floats:
        """(n,), m, at samples with these sums."""
        t, _, p_acc, _, p_tilt = _since(self.start, sums)
        p, v, c, d, k = self.start.state[:5]
        lift: Floats = p + p_acc + t * (v - t * (0.5 * c + t / 6.0 * d)) - p_tilt * k
        known = np.concatenate([[self.start.sums[T]], self.time_s])
        lift += np.interp(sums[T], known, np.concatenate([[0.0], self.shift]))
        return lift


def _since(start: Mark, sums: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """t, ∫a, ∬a, ∫θ, ∬θ from the start."""
    of = start.sums
    t = sums[T] - of[T]
    v_acc, v_tilt = sums[V] - of[V], sums[V_TILT] - of[V_TILT]
    return t, v_acc, sums[P] - of[P] - of[V] * t, v_tilt, sums[P_TILT] - of[P_TILT] - of[V_TILT] * t


def _told(window: list[Mark], q: LiftParams) -> _Told:
    """The regression."""
    start, marks = window[0], window[1:]
    sums = np.array([mark.sums for mark in marks]).T
    t, v_acc, p_acc, v_tilt, p_tilt = _since(start, sums)
    m, one, zero = len(t), np.ones(len(t)), np.zeros(len(t))
    of_p = np.stack([one, t, -t * t / 2, -t * t * t / 6, -p_tilt], axis=1)
    of_v = np.stack([zero, one, -t, -t * t / 2, -v_tilt], axis=1)
    design = np.concatenate([of_p, of_v])
    mean = design @ np.array(start.state[:5]) + np.concatenate([p_acc, v_acc])
    length = np.diff(t, prepend=0.0)
    later = np.maximum(t[:, None] - (t - length / 2)[None, :], 0.0)
    noise = np.block([[later, -later * later / 2], [(later > 0) * 1.0, -later]])
    added = np.concatenate(np.array([mark.noise for mark in marks]).T)
    spread = design @ _covariance(start.state) @ design.T + (noise * added) @ noise.T
    lying = np.array([not _flown(time_s, marks[-1].flights) for time_s in sums[T]])
    rests = np.array([mark.rest for mark in marks])
    asked = _asked(sums[TILT] - rests, length, lying, q, start.state)
    shift, variance = _regressed(mean, spread, design @ np.array(start.state[R + 1 : RR]), asked)
    sigma = np.sqrt(variance[:m] + q.least_hindsight_m**2)
    return _Told(start, sums[T], shift[:m], sigma)


def _covariance(state: State) -> Floats:
    """(5, 5)."""
    full = np.zeros((5, 5))
    full[np.triu_indices(5)] = state[5:20]
    return full + np.triu(full, 1).T


class _Asked(NamedTuple):
    """Which of positions and velocities (2m) are asked, and what is expected there.

    Attributes:
        rows: (r,), indices.
        value: (r,), expected.
        own: (r,), variance of each alone.
        rolled: (r,), what κ makes of it.
        variance: of κ.
    """

    rows: NDArray[np.intp]
    value: Floats
    own: Floats
    rolled: Floats
    variance: float


def _asked(away: Floats, length: Floats, lying: Bools, q: LiftParams, state: State) -> _Asked:
    looks = q.unrest_s / length
    rate = np.gradient(away, np.cumsum(length))
    rolled = np.concatenate([np.maximum(away, 0.0), np.zeros(len(away))])
    r_p = (q.rest_m**2 + (q.rolled_unrest * away) ** 2) * looks
    r_v = (q.rest_m_s + q.roll_sigma * np.abs(rate)) ** 2 * looks
    rows = np.flatnonzero(np.concatenate([lying, lying]))
    own, rolled = np.concatenate([r_p, r_v])[rows], rolled[rows]
    return _Asked(rows, state[R] * rolled, own, rolled, state[RR] + q.roll_reps**2)


def _regressed(
    mean: Floats, spread: Floats, with_r: Floats, asked: _Asked
) -> tuple[Floats, Floats]:
    """How far the mean moves, and the variance that is left: (2m,) each.

    Args:
        mean: (2m,), positions and velocities foreseen.
        spread: (2m, 2m), their covariance.
        with_r: (2m,), their covariance with κ.
        asked: what the pad says.
    """
    rows, rolled = asked.rows, asked.rolled
    together = spread[rows] - np.outer(rolled, with_r)
    seen = spread[np.ix_(rows, rows)] + np.diag(asked.own)
    seen += asked.variance * np.outer(rolled, rolled)
    tied = np.outer(rolled, with_r[rows])
    seen -= tied + tied.T
    gain = np.linalg.solve(seen, together).T
    left = np.diag(spread) - np.sum(gain * together.T, axis=1)
    return gain @ (asked.value - mean[rows]), np.maximum(left, 0.0)
