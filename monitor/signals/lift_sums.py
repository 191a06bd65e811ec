"""Everything the lift needs of a sample, as running sums that never start over.

Integrals between any two samples are differences of these sums, so the filter may look at every
twentieth sample, or from any sample back to any other, without going through what lies between.
They are summed in one order, one sample after the other: cutting the stream moves no bit.

With a the acceleration, θ the tilt, both linear between samples:

    V += ½ (a' + a) dt          P += V' dt + (2 a' + a) dt² / 6      (a', V' of the sample before)

From sum point b to sum point e, T = t_e - t_b: ∫a = V_e - V_b, ∬a = P_e - P_b - V_b T. In double
precision, ten hours leave a micrometre.
"""

import numpy as np

from monitor.samples import Floats
from monitor.signals.lift_normal import Normal

T, V, P, V_TILT, P_TILT, BLIND, ACC_NOISE, RATE_NOISE, TILT = range(9)
"""Rows of the array that `Sums.step` gives.

T: time, s. V, P: ∫a, m/s, and ∬a, m, by the gyroscope alone. V_TILT, P_TILT: ∫θ, rad·s, and ∬θ,
rad·s². BLIND: Σ of squared lengths of gaps, s². ACC_NOISE, RATE_NOISE: Σ of squared noise
densities, one term per sample. TILT: θ itself, rad.
"""


class Sums:
    """The running sums of one stretch of orientation; all but time and tilt start from zero."""

    def __init__(self) -> None:
        self._last = np.zeros(TILT + 1)
        self._moved = 0.0
        self._acc: float | None = None

    def step(self, normal: Normal, tilt: Floats) -> Floats:
        """One block of n ≥ 1 samples: (9, n), rows as named above.

        Args:
            normal: movement along the normal.
            tilt: (n,), rad.
        """
        moved = _running(self._moved, normal.correction)
        free = normal.acc - moved
        dt = normal.interval_s
        if self._acc is None:  # the sums start here: no interval leads to the first sample
            self._acc, self._last[TILT] = float(free[0]), tilt[0]
            dt = np.concatenate([[0.0], dt[1:]])
        sums = self._sums(normal, dt, np.concatenate([[self._acc], free]), tilt)
        self._moved, self._acc = float(moved[-1]), float(free[-1])
        self._last = sums[:, -1].copy()
        return sums

    def _sums(self, normal: Normal, dt: Floats, acc: Floats, tilt: Floats) -> Floats:
        """The sums at the samples; `acc` (n + 1,) begins with the sample before them."""
        _, v, p, v_tilt, p_tilt, blind, acc_noise, rate_noise, before = self._last.tolist()
        v_sum, p_sum = _twice(v, p, acc, dt, normal.knock * dt)
        angle = np.concatenate([[before], tilt])
        v_tilt_sum, p_tilt_sum = _twice(v_tilt, p_tilt, angle, dt, np.zeros(len(tilt)))
        sums = (
            normal.time_s,
            v_sum,
            p_sum,
            v_tilt_sum,
            p_tilt_sum,
            _running(blind, normal.gap_s * normal.gap_s),
            _running(acc_noise, normal.acc_noise),
            _running(rate_noise, normal.rate_noise),
            tilt,
        )
        return np.stack(sums)


def _running(start: float, terms: Floats) -> Floats:
    """(n,) sums of `start` and the terms so far."""
    return np.cumsum(np.concatenate([[start], terms]))[1:]


def _twice(v0: float, p0: float, x: Floats, dt: Floats, kick: Floats) -> tuple[Floats, Floats]:
    """Once and twice integrated (n,), x (n + 1,) being linear over each interval dt (n,).

    `kick` (n,) is what an outlier among x added to the sums up to here, and is taken out again.
    """
    v = np.cumsum(np.concatenate([[v0], 0.5 * (x[:-1] + x[1:]) * dt - kick]))
    p = _running(p0, v[:-1] * dt + (2.0 * x[:-1] + x[1:]) * dt * dt / 6.0 - kick * dt)
    return v[1:], p
