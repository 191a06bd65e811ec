"""Is a lift that happens now part of training, or is somebody making himself comfortable?

Who fidgets lifts his back too, and nobody wants an alarm for it. What tells the two apart: reps
come in a rhythm, fidgets when they please; a rep hardly turns the body aside; who has just lain
down, or has just finished a set, moves about. Each of these adds to the log-odds of training,

    odds = Σ weight · figure        (logistic regression on simulated sessions)

and it takes no rep for that: lifts that come back in rhythm are a set themselves, though the
pelvis may not roll at all. Where the odds are low, a lift has to be beyond a limit by more sigmas.
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter

from calibration.model import Placement
from calibration.products import dot
from monitor.samples import PHASES, Bools, Floats
from monitor.signals.before import before
from monitor.signals.lift_set import Peaks, SetClock
from monitor.signals.movement import Moves
from monitor.signals.sections import at_rest, filtered

AWAY = PHASES.index("away")
MOVES = np.array([phase in {"lowering", "bottom", "pressing"} for phase in PHASES])
"""Whether the pelvis moves, by phase."""
NEVER = -1e9
"""Odds of what is no lift; and a time before all times, s."""


@dataclass(frozen=True, slots=True)
class GateParams:
    """Constants of the gate; log-odds where no unit is given.

    Attributes:
        anyhow: before anything is known.
        in_set: in a set; its reps are counted by their rhythm, hence less than nothing by itself.
        late: per e-fold of the time since the last rep beyond the period, up to 1.5.
        again: for a lift that comes as long after the last one as that after the one before, or
            as the reps do; within `even` (of the logarithm, one sigma), and `apart_s`, s.
        aside, aside_floor: per e-fold of turning aside, and what there is of it at rest, °/s.
        rolling, rolling_floor: per e-fold of tilting, the same, °/s.
        moving: during what may be a rep.
        lay, lay_s: per e-fold of the time the athlete has lain there, up to this, s.
        over, over_s: just after a set, fading with this time constant, s.
        slow_hz: corner of the low pass for turning and tilting, Hz; within_s: over how long they
            are averaged, s.
        least: below these odds nothing is said.
        begin, end: a lift begins at this height where sigma is less than `known` of it, and ends
            at that, mm; shorter ones than least_s, s, were none.
        separate: at rest a lift is another one after having been lower than this, mm.
    """

    anyhow: float = -9.0
    in_set: float = -1.85
    late: float = -2.5
    again: float = 3.2
    even: float = 0.2
    apart_s: tuple[float, float] = (0.8, 10.0)
    aside: float = -1.75
    aside_floor: float = 0.3
    rolling: float = 0.73
    rolling_floor: float = 0.5
    moving: float = 0.62
    lay: float = 3.04
    lay_s: float = 30.0
    over: float = -3.7
    over_s: float = 20.0
    slow_hz: float = 3.0
    within_s: float = 0.5
    least: float = -0.5
    begin: float = 8.0
    end: float = 5.0
    known: float = 0.6
    least_s: float = 0.1
    separate: float = 15.0


class Gated(NamedTuple):
    """What the gate makes of a block.

    Attributes:
        odds: (n,), log-odds that a lift here is one of training.
        usual_mm: (n,), mm, lift to expect in the set in progress; NaN where unknown.
        open: (n,), bool, whether lifts count at all.
        occasion: (n,), running number: what happens on one occasion needs to be said once.
    """

    odds: Floats
    usual_mm: Floats
    open: Bools
    occasion: NDArray[np.integer[Any]]


class Gate:
    """The gate of one athlete; chunk-invariant.

    Args:
        placement: how the sensor sits.
        period_s: sampling period, s.
        own_tilts_s: start and end of the calibration's own tilts: no lift counts there, s.
        params: constants.
    """

    def __init__(
        self,
        placement: Placement,
        period_s: float,
        own_tilts_s: tuple[float, float] | None = None,
        params: GateParams | None = None,
    ) -> None:
        p = self._p = params or GateParams()
        self._own_tilts_s = own_tilts_s or (math.inf, -math.inf)
        self._left = placement.left / np.linalg.norm(placement.left)
        rate_hz = 1.0 / period_s
        self._slow = butter(2, min(p.slow_hz, 0.15 * rate_hz), fs=rate_hz, output="sos")
        self._mean = butter(1, 0.5 / (np.pi * p.within_s), fs=rate_hz, output="sos")
        self._turning, self._power = at_rest(self._slow, 3), at_rest(self._mean, 2)
        self._clock = SetClock()
        self._spells = Spells(p)
        self._away_s: float | None = None
        self._high, self._lifted = False, 0

    def step(
        self,
        time_s: Floats,
        lift: Floats,
        sigma: Floats,
        gyr: Floats,
        moves: Moves,
        peaks: Peaks,
    ) -> Gated:
        """Follow one block of n ≥ 1 samples.

        Args:
            time_s: (n,), s.
            lift: (n,), mm.
            sigma: (n,), mm.
            gyr: (n, 3), rad/s, free of bias, sensor axes.
            moves: of the block.
            peaks: of `moves.found`, one for one.
        """
        p = self._p
        so_far = self._clock.step(time_s, moves, peaks)
        turned = self._turned(gyr)
        lay_s = self._lay_s(time_s, moves)
        spells = self._spells.step(time_s, lift, sigma)
        moving = MOVES[moves.phase]
        odds = np.full(len(time_s), NEVER)
        (high,) = np.nonzero(lift > p.end)
        if len(high):
            odds[high] = self._odds(
                time_s[high],
                so_far[:, high],
                turned[:, high],
                lay_s[high],
                spells[:, high],
                moving[high],
            )
        own = (time_s >= self._own_tilts_s[0]) & (time_s <= self._own_tilts_s[1] + 1.0)
        occasion = self._occasion(lift, moving, moves)
        return Gated(odds, so_far[2], (odds > p.least) & ~own, occasion)

    def _turned(self, gyr: Floats) -> Floats:
        """(2, n), °/s, turning about all but the mediolateral axis, and about it, lately."""
        slow = filtered(self._slow, np.degrees(gyr.T), self._turning)
        tilting = dot(slow.T, self._left) ** 2
        aside = slow[0] * slow[0] + slow[1] * slow[1] + slow[2] * slow[2] - tilting
        power = filtered(self._mean, np.array((aside, tilting)), self._power)
        return np.sqrt(np.maximum(power, 0.0))

    def _lay_s(self, time_s: Floats, moves: Moves) -> Floats:
        """(n,), s, how long the athlete has lain on the pad."""
        if self._away_s is None:
            self._away_s = float(time_s[0])
        away = np.where(moves.phase <= AWAY, time_s, self._away_s)
        since = np.maximum.accumulate(np.maximum(away, self._away_s))
        self._away_s = float(since[-1])
        return np.asarray(time_s - since)

    def _occasion(self, lift: Floats, moving: Bools, moves: Moves) -> NDArray[np.integer[Any]]:
        """(n,), an excursion each, and at rest each separate lift."""
        high = lift >= self._p.separate
        lifted = self._lifted + np.cumsum(high & ~before(high, self._high) & ~moving)
        self._high, self._lifted = bool(high[-1]), int(lifted[-1])
        return np.asarray(moves.occasion + lifted)

    def _odds(
        self,
        time_s: Floats,
        so_far: Floats,
        turned: Floats,
        lay_s: Floats,
        spells: Floats,
        moving: Bools,
    ) -> Floats:
        p = self._p
        end_s, period_s, _, over_s = so_far
        since_s, last_s, earlier_s = spells
        in_set = np.isfinite(end_s)
        began_s = np.where(np.isfinite(since_s), since_s, time_s)
        late = np.log(np.maximum(began_s - end_s, 0.1) / period_s)
        gap_s = began_s - last_s
        near = (gap_s > p.apart_s[0]) & (gap_s < p.apart_s[1])
        again = np.fmax(self._alike(gap_s, last_s - earlier_s), self._alike(gap_s, period_s))
        just_over = np.where(np.isfinite(over_s), np.exp((over_s - time_s) / p.over_s), 0.0)
        return np.asarray(
            p.anyhow
            + p.in_set * in_set
            + p.late * np.where(in_set, np.clip(late, 0.0, 1.5), 0.0)
            + p.again * np.where(near, again, 0.0)
            + p.aside * np.log(turned[0] + p.aside_floor)
            + p.rolling * np.log(turned[1] + p.rolling_floor)
            + p.moving * moving
            + p.lay * np.log(np.minimum(lay_s, p.lay_s) + 1.0)
            + p.over * just_over
        )

    def _alike(self, gap_s: Floats, usual_s: Floats) -> Floats:
        """(n,), 0..1, how well a gap fits the one before; 0 where that is none of a rhythm."""
        fits = (usual_s > 0.0) & (usual_s < self._p.apart_s[1])
        ratio = np.maximum(gap_s, 0.1) / np.where(fits, usual_s, 1.0)
        off = np.log(ratio) / self._p.even
        return np.where(fits, np.exp(-0.5 * off * off), 0.0)


class Spells:
    """When the lift in progress began, and the two before it; chunk-invariant."""

    def __init__(self, params: GateParams) -> None:
        self._p = params
        self._since_s, self._last_s, self._earlier_s = math.nan, NEVER, 2.0 * NEVER

    def step(self, time_s: Floats, lift: Floats, sigma: Floats) -> Floats:
        """(3, n), s: when this lift began, NaN if there is none; the last one; the one before."""
        p = self._p
        up = (lift >= p.begin) & (sigma < p.known * lift)
        down = ~(lift >= p.end)
        rows, cuts, i = [self._now()], [0], 0
        while True:
            awaited = up if math.isnan(self._since_s) else down
            step = int(awaited[i:].argmax())
            if not awaited[i + step]:
                break
            i += step
            self._change(float(time_s[i]))
            rows.append(self._now())
            cuts.append(i)
        lengths = [end - start for start, end in pairwise([*cuts, len(time_s)])]
        return np.array(rows).repeat(lengths, axis=0).T

    def _now(self) -> tuple[float, float, float]:
        return self._since_s, self._last_s, self._earlier_s

    def _change(self, now_s: float) -> None:
        if math.isnan(self._since_s):
            self._since_s = now_s
            return
        if now_s - self._since_s >= self._p.least_s:
            self._last_s, self._earlier_s = self._since_s, self._last_s
        self._since_s = math.nan
