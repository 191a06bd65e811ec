"""How far the back is off the pad: integrated twice since it last lay there, with an honest sigma.

    samples ─▶ acceleration along the pad's normal ─▶ running sums ─▶ beliefs ─▶ lift ± sigma
               (lift_normal)                          (lift_sums)    (lift_beliefs, lift_filter)

Where the back is comes from integrating twice; what keeps that from drifting is the pad: a back
that lies there does not move, and from that the filter learns what spoils the acceleration. When
it lies there is not known either, so several answers are followed side by side; what is said
is their weighted mean, and sigma holds how unsure each is and how far they disagree.

The physical floor, if all but white noise were known: a back that has rested for τ knows the
acceleration's offset to N_a / √τ (N_a the accelerometer's noise density); T into a lift, with N_g
the gyroscope's density and β the seat back's angle from vertical,

    σ² = N_a² (T⁴ / 4τ + T³ / 3) + (g cos β N_g)² T⁵ / 20

since white acceleration noise integrates twice to T³/3, and a random walk of it, which is what the
gyroscope's noise makes by way of the attitude, to T⁵/20. For τ = 1 s, a lift of one second and
consumer sensors that is 0.6 mm; live errors are about five times that. What stands between is not
noise: when the back lay there, scale errors, lost samples, soft tissue.

Everything that must be decided is decided at every `stride_s`; in between, each sample is carried
on from the last stride by the running sums, so nothing waits and any cutting gives the same.
"""

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from calibration.model import Placement
from monitor.samples import Bools, Floats, Samples
from monitor.signals.lift_beliefs import COLUMNS, Beliefs, strides
from monitor.signals.lift_hindsight import History, Mark
from monitor.signals.lift_normal import PadNormal
from monitor.signals.lift_params import LiftParams
from monitor.signals.lift_sums import P_TILT, V_TILT, P, Sums, T, V

BLOCK = 4096
"""Samples worked on at once: what fits into a processor's cache."""

LEAST_LEFT = 1e-4
"""Share of the variance that is always left: what rounding could make of a far-off estimate."""


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
        self._stride = max(1, round(self._params.stride_s / period_s))
        self._beliefs = Beliefs(self._params, self._normal.leverage)
        self._sums = Sums()
        self._seen = 0
        self._point = np.empty((0, 0))
        self._history = History(self._params)

    def step(
        self, samples: Samples, up: Floats, tilt: Floats, restart: Bools
    ) -> tuple[Floats, Floats]:
        """Follow one block.

        Args:
            samples: calibrated, in sensor axes; the rate as it is, with its bias.
            up: (n, 3), unit up direction in sensor axes, from the orientation filter.
            tilt: (n,), rad, posterior positive.
            restart: (n,), bool, True where the orientation filter started anew.

        Returns:
            lift, sigma: each (n,), m; NaN where nothing can be said.
        """
        if len(samples) == 0:
            return np.empty(0), np.empty(0)
        self._history.begin(float(samples.time_s[0]))
        parts = [
            self._block(
                samples[i : i + BLOCK],
                up[i : i + BLOCK],
                tilt[i : i + BLOCK],
                restart[i : i + BLOCK],
            )
            for i in range(0, len(samples), BLOCK)
        ]
        lift, sigma = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)
        unsaid = ~(sigma < self._params.unsaid_m)
        lift[unsaid], sigma[unsaid] = np.nan, np.nan
        return bounded(lift, sigma, self._params)

    def hindsight(self, start_s: float, end_s: float, known_s: float) -> tuple[float, float]:
        """Peak lift of a rep that is over, and its sigma, m; NaN where nothing can be said.

        Args:
            start_s: the rep's start, s.
            end_s: its end, s.
            known_s: when the rep is told, s: nothing later is used.
        """
        q = self._params
        peak, sigma = self._history.peak(start_s, end_s, known_s)
        sigma = math.hypot(q.widened * sigma, q.scaled * peak)
        lift, left = bounded(np.array([peak]), np.array([sigma]), q)
        return float(lift[0]), float(left[0])

    def _block(self, samples: Samples, up: Floats, tilt: Floats, restart: Bools) -> Floats:
        """(2, n), lift and sigma."""
        normal = self._normal.step(samples, up, restart)
        if not restart.any():
            return self._followed(self._sums.step(normal, tilt))
        cuts = sorted({0, *np.flatnonzero(restart).tolist(), len(samples)})
        parts = []
        for start, end in pairwise(cuts):
            if restart[start] and self._seen:
                self._beliefs.lose(0.0)
                self._sums, self._seen = Sums(), 0
            parts.append(self._followed(self._sums.step(normal.part(start, end), tilt[start:end])))
        return np.concatenate(parts, axis=1)

    def _followed(self, sums: Floats) -> Floats:
        """(2, n), lift and sigma at the samples whose sums these are, all of one stretch."""
        count = sums.shape[1]
        first = -self._seen % self._stride
        beliefs, marks = self._beliefs, []
        if self._seen == 0:
            self._point, first = sums[:, :1], self._stride
            marks.append(self._mark(sums[:, 0].tolist()))
        self._seen += count
        ends = np.arange(first, count, self._stride)
        points = np.concatenate((self._point, sums[:, ends]), axis=1)
        self._point = points[:, -1:].copy()
        said = [beliefs.said()]
        if len(ends):
            ways = strides(points, self._stride)
            for way, at_end in zip(ways, points.T[1:].tolist(), strict=True):
                beliefs.step(way)
                said.append(beliefs.said())
                marks.append(self._mark(at_end))
        self._history.add(sums, marks)
        at = ends.searchsorted(np.arange(count), "right")
        return mixture(np.array(said), at, points, sums, self._params)

    def _mark(self, sums: list[float]) -> Mark:
        beliefs = self._beliefs
        return Mark(
            sums, beliefs.noise, beliefs.lying.state, beliefs.flights(), beliefs.lost, beliefs.rest
        )


def mixture(
    said: Floats, at: NDArray[np.intp], points: Floats, sums: Floats, params: LiftParams
) -> Floats:
    """(2, n), lift and sigma at samples: all beliefs carried on from the last stride.

    Args:
        said: (m, COLUMNS per belief), what the beliefs said after each stride.
        at: (n,), which of them was the last at each sample.
        points: (9, m), the sums at the strides' ends.
        sums: (9, n), the sums at the samples.
        params: constants.
    """
    t = sums[T] - points[T, at]
    p_acc = sums[P] - points[P, at] - points[V, at] * t
    p_tilt = sums[P_TILT] - points[P_TILT, at] - points[V_TILT, at] * t
    weight, mean, square = np.zeros(len(t)), np.zeros(len(t)), np.zeros(len(t))
    for i in range(0, said.shape[1], COLUMNS):
        if not said[:, i].any():
            break
        w, p, v, c, d, k, pp, pv, vv = said[at, i : i + COLUMNS].T
        moved = p_acc + t * (v - t * (0.5 * c + t / 6.0 * d)) - p_tilt * k
        lift = p + moved
        variance = pp + t * (2.0 * pv + t * vv) + (params.hasty * moved) ** 2
        weight += w
        mean += w * lift
        square += w * (variance + lift * lift)
    mean /= weight
    variance = np.maximum(square / weight - mean * mean, 0.0) + params.least_sigma_m**2
    return np.array((mean, np.sqrt(variance)))


def bounded(lift: Floats, sigma: Floats, params: LiftParams) -> tuple[Floats, Floats]:
    """Lift and sigma, (n,) each, m, given as well that a back neither flies away nor sinks in.

    The Gaussian estimate times a Gaussian prior of width `usual_m`, cut off below -`deepest_m`:
    with α = (-deepest - μ)/σ and λ = φ(α)/(1 - Φ(α)), the mean is μ + σ λ and the variance
    σ² (1 + α λ - λ²) (Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 1, §13.10).
    Where the sensor is sure, neither changes a thing.

    Args:
        lift: (n,), what the sensor says, m.
        sigma: (n,), of it, m.
        params: constants.
    """
    share = params.usual_m**2 / (params.usual_m**2 + sigma * sigma)
    mean, sigma = lift * share, sigma * np.sqrt(share)
    alpha = (-params.deepest_m - mean) / sigma
    ratio = np.exp(-0.5 * alpha * alpha - log_ndtr(-alpha)) / math.sqrt(2.0 * math.pi)
    left = np.maximum(1.0 + alpha * ratio - ratio * ratio, LEAST_LEFT)
    return mean + sigma * ratio, sigma * np.sqrt(left)
