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
        dt = normal.interval_s
        lines = np.empty((2, len(tilt) + 1))  # acceleration and tilt, from the sample before on
        np.subtract(normal.acc, moved, out=lines[0, 1:])
        lines[1, 1:] = tilt
        if self._acc is None:  # the sums start here: no interval leads to the first sample
            self._acc, self._last[TILT] = float(lines[0, 1]), tilt[0]
            dt = dt.copy()
            dt[0] = 0.0
        lines[0, 0], lines[1, 0] = self._acc, self._last[TILT]
        sums = self._sums(normal, dt, lines)
        self._moved, self._acc = float(moved[-1]), float(lines[0, -1])
        self._last = sums[:, -1].copy()
        return sums

    def _sums(self, normal: Normal, dt: Floats, lines: Floats) -> Floats:
        """The sums at the samples; `lines` (2, n + 1) are linear over each interval dt (n,)."""
        whole = np.empty((TILT + 1, len(dt) + 1))
        whole[:, 0] = self._last
        sums, before, here = whole[:, 1:], lines[:, :-1], lines[:, 1:]
        sums[T], sums[TILT] = normal.time_s, lines[1, 1:]
        kick = normal.knock * dt  # what an outlier among the accelerations added is taken out again
        once = 0.5 * (before + here) * dt
        once[0] -= kick
        sums[V : P_TILT + 1 : 2] = once
        _run(whole[V : P_TILT + 1 : 2])
        twice = whole[V : P_TILT + 1 : 2, :-1] * dt + (2.0 * before + here) * dt * dt / 6.0
        twice[0] -= kick * dt
        sums[P : P_TILT + 1 : 2] = twice
        _run(whole[P : P_TILT + 1 : 2])
        np.multiply(normal.gap_s, normal.gap_s, out=sums[BLIND])
        sums[ACC_NOISE], sums[RATE_NOISE] = normal.acc_noise, normal.rate_noise
        _run(whole[BLIND : RATE_NOISE + 1])
        return sums


def _running(start: float, terms: Floats) -> Floats:
    """(n,) sums of `start` and the terms so far."""
    sums = np.empty(len(terms) + 1)
    sums[0], sums[1:] = start, terms
    _run(sums)
    return sums[1:]


def _run(rows: Floats) -> None:
    """Terms, along the last axis, become the sums of all up to there."""
    np.add.accumulate(rows, axis=-1, out=rows)
