"""How hard the sensor is pushed away from the pad, from gravity and one calibrated axis.

No heading is needed: with u the up direction and l the mediolateral axis, both in sensor axes,

    L = normalise(l - (l·u) u)             the mediolateral direction, laid level           (1)
    h = L × u                              level, towards the front of the athlete          (2)
    n = sin β · u + cos β · h              the pad's outward normal, β from vertical        (3)
    a = f·n - g sin β                      acceleration along it, m/s²                      (4)

An attitude error δ about L (positive towards h) changes (4) by -δ (cos β f·u - sin β f·h), at
rest -δ g cos β. The orientation filter moves its own attitude all the time, pulled by the specific
force, and so lets the very acceleration of a rep leak into the attitude. What it did at each
sample is the difference between its up direction and the one the gyroscope alone would have
carried on; with it the correction is undone:

    u⁻ = u' + (u' × ω) dt + ½ ((u' × ω) × ω) dt²     from the sample before                 (5)
    dc = -g cos β · (u - u⁻)·h                       step of the error of (4) by the filter (6)
"""

from dataclasses import dataclass

import numpy as np

from calibration.model import Placement
from monitor.samples import Bools, Floats
from monitor.signals.pelvis import dot

USUAL_SEAT_BACK_DEG = 45.0
"""β where the calibration could not tell, °: the 45° sled."""


@dataclass(frozen=True, slots=True, eq=False)
class Normal:
    """Movement along the pad's normal, at each sample.

    Attributes:
        acc: (n,), m/s², equation (4), as the orientation filter sees it.
        correction: (n,), m/s², equation (6), 0 where the filter started anew.
        interval_s: (n,), s since the sample before.
    """

    acc: Floats
    correction: Floats
    interval_s: Floats


class PadNormal:
    """Turns samples into acceleration along the pad's normal; remembers one sample."""

    def __init__(self, placement: Placement, period_s: float) -> None:
        back = placement.seat_back_deg
        beta = np.radians(USUAL_SEAT_BACK_DEG if back is None else back)
        self._sin, self._cos = float(np.sin(beta)), float(np.cos(beta))
        self._gravity = placement.gravity_m_s2
        self._left = placement.left / np.linalg.norm(placement.left)
        self._period_s = period_s
        self._last: tuple[float, Floats, Floats] | None = None

    @property
    def leverage(self) -> float:
        """m/s² per rad: what an attitude error does to the acceleration, g cos β."""
        return self._gravity * self._cos

    def step(self, time_s: Floats, acc: Floats, gyr: Floats, up: Floats, restart: Bools) -> Normal:
        """One block of n ≥ 1 samples.

        Args:
            time_s: (n,), s.
            acc: (n, 3), m/s², specific force in sensor axes.
            gyr: (n, 3), rad/s, free of bias.
            up: (n, 3), unit up direction in sensor axes.
            restart: (n,), bool, True where `up` was not carried on from the sample before.
        """
        if self._last is None:
            self._last = float(time_s[0]) - self._period_s, up[0], gyr[0]
        last_s, last_up, last_gyr = self._last
        self._last = float(time_s[-1]), up[-1].copy(), gyr[-1].copy()
        interval_s = np.diff(time_s, prepend=last_s)
        missing = (interval_s > 1.5 * self._period_s)[:, None]
        rate = np.where(missing, 0.5 * (gyr + np.concatenate([last_gyr[None], gyr[:-1]])), gyr)
        before = np.concatenate([last_up[None], up[:-1]])
        turn = rate * interval_s[:, None]
        middle = up - 0.5 * cross(up, turn)
        normal = self._sin * middle + self._cos * self._ahead(middle)
        along = row_dot(acc, normal) - self._gravity * self._sin
        moved = row_dot(up - _carried(before, turn), self._ahead(up))
        correction = np.where(restart, 0.0, -self.leverage * moved)
        return Normal(along, correction, interval_s)

    def _ahead(self, up: Floats) -> Floats:
        """(n, 3), h of equation (2); where the axis is upright it means nothing, and is finite."""
        level = self._left - dot(up, self._left)[:, None] * up
        length = np.sqrt(row_dot(level, level))
        return cross(level / np.maximum(length, 1e-6)[:, None], up)


def _carried(up: Floats, turn: Floats) -> Floats:
    """(n, 3), equation (5), where `turn` (n, 3), rad, is the rate times its interval."""
    once = cross(up, turn)
    return np.asarray(up + once + 0.5 * cross(once, turn))


def row_dot(a: Floats, b: Floats) -> Floats:
    """(n,) scalar products of the rows, summed in one order whatever n is."""
    return np.asarray(a[:, 0] * b[:, 0] + a[:, 1] * b[:, 1] + a[:, 2] * b[:, 2])


def cross(a: Floats, b: Floats) -> Floats:
    """(n, 3) vector products of the rows."""
    product = np.empty_like(a)
    product[:, 0] = a[:, 1] * b[:, 2] - a[:, 2] * b[:, 1]
    product[:, 1] = a[:, 2] * b[:, 0] - a[:, 0] * b[:, 2]
    product[:, 2] = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    return product
