"""How far the back is off the pad: integrated twice since it last lay there, with an honest sigma.

The acceleration along the pad's normal (`lift_normal`) is integrated twice from cell to cell
(`lift_filter`, on the sums of `lift_cells`). What keeps it from drifting is the pad: whenever
position and velocity agree with a back that rests, and the pelvis does not roll, the filter takes
"here it lies" as a measurement, and learns from it what spoils the acceleration. Where they
disagree, the measurement fades to the weak knowledge that a back does not fly away.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from calibration.model import Placement
from monitor.samples import Bools, Floats
from monitor.signals.lift_cells import Cells, Rows, full, gathered
from monitor.signals.lift_filter import Cell, State, propagated, rested
from monitor.signals.lift_normal import PadNormal
from monitor.signals.recent import Recent


@dataclass(frozen=True, slots=True)
class LiftParams:
    """Constants of the lift stage.

    Attributes:
        cell_s: how often the filter decides, s.
        acc_noise: noise density along the normal, m/s²/√Hz: sensor, heartbeat and tremor.
        aliased: share of the step from sample to sample that integration may miss, 1.
        gyr_noise: noise density, rad/s/√Hz: a cheap consumer gyroscope.
        bias_sigma, bias_walk: what is not known of the gyroscope's bias, rad/s, and its random
            walk, rad/s/√s.
        offset_sigma: of the acceleration's offset at the start, m/s²: 0.6° of attitude.
        share_sigma, share_walk: of the part of the acceleration that goes with the tilt,
            m/s²/rad and the same per √s: 2 % of gyroscope scale, 0.2 m/s² of bias.
        rest_m, rest_m_s: how still the sensor is on a body that lies on the pad (breathing).
        roll_m_per_rad: how far rolling the pelvis may move the site while the back lies there.
        free_m, free_m_s: scale of a lift and of its velocity.
        lost_m, lost_m_s: the same where nothing is known.
        away_odds: odds that the back is off the pad before the numbers are looked at.
        correlation_s: how long the resting body deviates in the same direction, s.
        away_rad: tilt beyond which nobody lies on a pad.
    """

    cell_s: float = 0.1
    acc_noise: float = 4e-3
    aliased: float = 0.3
    gyr_noise: float = math.radians(0.012)
    bias_sigma: float = math.radians(0.1)
    bias_walk: float = math.radians(0.003)
    offset_sigma: float = 0.1
    share_sigma: float = 0.3
    share_walk: float = 0.005
    rest_m: float = 2e-3
    rest_m_s: float = 5e-3
    roll_m_per_rad: float = 0.06
    free_m: float = 25e-3
    free_m_s: float = 0.15
    lost_m: float = 60e-3
    lost_m_s: float = 0.3
    away_odds: float = 0.3
    correlation_s: float = 0.5
    away_rad: float = math.radians(40.0)


class Lift:
    """The back lift of one athlete, live at every sample.

    Args:
        placement: how the sensor sits.
        period_s: nominal sampling period, s.
        params: constants.
    """

    def __init__(
        self, placement: Placement, period_s: float, params: LiftParams | None = None
    ) -> None:
        self._params = params or LiftParams()
        self._normal = PadNormal(placement, period_s)
        self._m = max(1, round(self._params.cell_s / period_s))
        self._recent = Recent(60.0, 2)
        self._state = self._lost(0.0, 0.0, self._params.share_sigma**2)
        self._open: Rows | None = None

    def step(
        self, time_s: Floats, acc: Floats, gyr: Floats, up: Floats, tilt: Floats, restart: Bools
    ) -> tuple[Floats, Floats]:
        """Follow one block.

        Args:
            time_s: (n,), s.
            acc: (n, 3), m/s², calibrated specific force in sensor axes.
            gyr: (n, 3), rad/s, calibrated and free of bias.
            up: (n, 3), unit up direction in sensor axes, from the orientation filter.
            tilt: (n,), rad, posterior positive.
            restart: (n,), bool, True where the orientation filter started anew.

        Returns:
            lift, sigma: each (n,), m; NaN where nothing can be said.
        """
        if len(time_s) == 0:
            return np.empty(0), np.empty(0)
        normal = self._normal.step(time_s, acc, gyr, up, restart)
        rows = Rows(normal.acc, tilt, normal.correction, normal.interval_s)
        cuts = sorted({0, *np.flatnonzero(restart).tolist(), len(time_s)})
        parts = [
            self._stretch(rows.part(start, end), anew=bool(restart[start]))
            for start, end in pairwise(cuts)
        ]
        lift, sigma = (np.concatenate(column) for column in zip(*parts, strict=True))
        unsaid = (sigma > self._params.lost_m) | (np.abs(tilt) > self._params.away_rad)
        lift, sigma = np.where(unsaid, np.nan, lift), np.where(unsaid, np.nan, sigma)
        self._recent.add(time_s, lift, sigma)
        return lift, sigma

    def hindsight(self, start_s: float, end_s: float) -> tuple[float, float]:
        """Peak lift of a rep that is over, and its sigma, m; NaN where nothing can be said."""
        _, (lift, sigma) = self._recent.between(start_s, end_s)
        if not np.any(np.isfinite(lift)):
            return math.nan, math.nan
        peak = int(np.nanargmax(lift))
        return float(lift[peak]), float(sigma[peak])

    def _lost(self, d: float, k: float, kk: float) -> State:
        """A state that knows no more than the drift and the share it is given."""
        q = self._params
        pp, vv, cc = q.lost_m**2, q.lost_m_s**2, q.offset_sigma**2
        dd = (self._normal.leverage * q.bias_sigma) ** 2
        return State(0, 0, 0, d, k, pp, 0, 0, 0, 0, vv, 0, 0, 0, cc, 0, 0, dd, 0, kk)

    def _stretch(self, rows: Rows, *, anew: bool) -> tuple[Floats, Floats]:
        """Samples of one stretch of orientation; its very first sample is only an anchor."""
        if self._open is None or anew:
            self._state = self._lost(self._state.d, self._state.k, self._state.kk)
            self._open, rows = rows.part(0, 1), rows.part(1)
            lift, sigma = self._carry(rows)
            return np.concatenate([[np.nan], lift]), np.concatenate([[np.nan], sigma])
        return self._carry(rows)

    def _carry(self, rows: Rows) -> tuple[Floats, Floats]:
        new = len(rows.acc)
        if new == 0 or self._open is None:
            return np.empty(0), np.empty(0)
        rows = self._open.then(rows)
        count = len(rows.acc) - 1
        cells = gathered(rows, self._m)
        states = [self._state]
        for sums in full(cells, count, self._m):
            states.append(self._next(states[-1], sums))
        self._state = states[-1]
        self._open = rows.part(count // self._m * self._m)
        lift, sigma = _at(np.array(states[: len(cells.t)]), cells)
        return lift.ravel()[count - new : count], sigma.ravel()[count - new : count]

    def _next(self, state: State, sums: tuple[float, ...]) -> State:
        """One full cell: carry on, then ask the pad as far as it can be believed."""
        q, lever = self._params, self._normal.leverage
        t, v_acc, p_acc, v_tilt, p_tilt, c_step, jumps, tilt = sums
        q_v = q.acc_noise**2 * t + q.aliased**2 * jumps
        q_c, q_d = (lever * q.gyr_noise) ** 2 * t, (lever * q.bias_walk) ** 2 * t
        cell = Cell(t, v_acc, p_acc, v_tilt, p_tilt, c_step, q_v, q_c, q_d, q.share_walk**2 * t)
        state = propagated(state, cell)
        rate = 2.0 * (tilt - v_tilt / t) / t
        r_p = q.rest_m**2 + (q.roll_m_per_rad * tilt) ** 2
        r_v = (q.rest_m_s + q.roll_m_per_rad * abs(rate)) ** 2
        free_p, free_v = r_p + q.free_m**2, r_v + q.free_m_s**2
        on = self._lies(state, (r_p, r_v), (free_p, free_v))
        looks = q.correlation_s / t
        r_p = looks / (on / r_p + (1.0 - on) / free_p)
        return rested(state, r_p, looks / (on / r_v + (1.0 - on) / free_v))

    def _lies(self, s: State, rest: tuple[float, float], free: tuple[float, float]) -> float:
        """The probability that the back lies on the pad, from position and velocity."""
        on_p, on_v, off_p, off_v = s.pp + rest[0], s.vv + rest[1], s.pp + free[0], s.vv + free[1]
        against = s.p * s.p * (1.0 / on_p - 1.0 / off_p) + s.v * s.v * (1.0 / on_v - 1.0 / off_v)
        against = 0.5 * (against + math.log(on_p / off_p * on_v / off_v))
        if s.p < 0.0:  # nobody sinks into the pad: a negative lift speaks for lying on it
            against = min(against, 0.0)
        return 1.0 / (1.0 + self._params.away_odds * math.exp(min(against, 50.0)))


def _at(s: Floats, cells: Cells) -> tuple[Floats, Floats]:
    """Lift and sigma at each sample, from the states (cells, 20) at the starts of the cells."""
    p, v, c, d, k, pp, pv, pc, _, _, vv = (s[:, i, None] for i in range(11))
    t = cells.t
    lift = p + t * v + cells.p_acc - t * t / 2 * c - t * t * t / 6 * d - cells.p_tilt * k
    var = pp + 2 * t * pv + t * t * (vv - pc)
    return lift, np.sqrt(np.maximum(var, 1e-8))
