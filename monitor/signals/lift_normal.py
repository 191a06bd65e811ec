"""How hard the sensor is pushed away from the pad, from gravity and one calibrated axis.

No heading is needed: with u the up direction and l the mediolateral axis, both in sensor axes,

    L = normalise(l - (l·u) u)             the mediolateral direction, laid level           (1)
    h = L × u = l × u / |l × u|            level, towards the front of the athlete          (2)
    n = sin β · u + cos β · h              the pad's outward normal, β from vertical        (3)
    a = f·n - g sin β                      acceleration along it, m/s²                      (4)

An attitude error δ about L (positive towards h) changes (4) by -δ (cos β f·u - sin β f·h), at
rest -δ g cos β. The orientation filter moves its own attitude all the time, pulled by the specific
force, and so lets the very acceleration of a rep leak into the attitude. What it did at each
sample is the difference between its up direction and the one the gyroscope alone would have
carried on; taken out again, what is left drifts with the gyroscope, slowly and smoothly, and that
can be followed:

    u⁻ = u' + (u' × ω) dt + ½ ((u' × ω) × ω) dt²     from the sample before                 (5)
    C  = Σ -g cos β · (u - u⁻)·h                     what the filter has moved so far       (6)
    a - C                                            the acceleration, by the gyroscope alone

ω is the rate less the calibration's bias, not the filter's running estimate of it, which wanders
in a rep. A sample's specific force belongs to the middle of its interval, its attitude to the end
(where each sample is the mean over its interval; where it is the instant's value, the attitude
leads by the same half interval, since rates are summed as they come). So (1) to (4) take u half
an interval back: at 50 Hz and 40 °/s of rolling that is 0.4° or 50 mm/s².
"""

from typing import NamedTuple

import numpy as np

from calibration.model import Placement
from calibration.products import dot
from monitor.samples import Bools, Floats, Samples
from monitor.signals.before import before

USUAL_SEAT_BACK_DEG = 45.0
"""β where the calibration could not tell, °: the 45° sled."""
NOISE_GAIN = 6.0
"""What a second difference makes of the variance of white noise: 1 + 4 + 1."""


KNOCK_M_S2 = 3.0
KNOCK_APART = 0.25
"""A single sample that stands out by more than this, between neighbours that differ by less than
this share of it, is a knock against the sensor: no back moves like that, and what the sensor saw
of it is an accident of when it looked. It is taken out of the sums again one sample later."""
Columns = Floats
"""(3, n), x, y and z of n vectors, one row each."""
Rows = tuple[Floats, Floats, Floats]
"""The same, not put together."""


class Normal(NamedTuple):
    """Movement along the pad's normal, at each sample.

    Attributes:
        time_s: (n,), s.
        interval_s: (n,), s since the sample before.
        gap_s: (n,), s, the same where samples are missing between the two, else 0.
        acc: (n,), m/s², equation (4).
        correction: (n,), m/s², the terms of (6); 0 where the filter started anew.
        knock: (n,), m/s², how far the sample before stood out of its neighbours; 0 if not.
        acc_noise, rate_noise: (n,), squared noise densities, (m/s²)²/Hz and (rad/s)²/Hz, from
            second differences of `acc` and of the rolling rate.
    """

    time_s: Floats
    interval_s: Floats
    gap_s: Floats
    acc: Floats
    correction: Floats
    knock: Floats
    acc_noise: Floats
    rate_noise: Floats

    def part(self, start: int, end: int) -> "Normal":
        """Some of the samples."""
        return Normal(*(column[start:end] for column in self))


class PadNormal:
    """Turns samples into acceleration along the pad's normal; remembers the last two.

    Args:
        placement: how the sensor sits.
        period_s: nominal sampling period, s.
    """

    def __init__(self, placement: Placement, period_s: float) -> None:
        back = placement.seat_back_deg
        beta = np.radians(USUAL_SEAT_BACK_DEG if back is None else back)
        self._sin, self._cos = float(np.sin(beta)), float(np.cos(beta))
        self._gravity = placement.gravity_m_s2
        self._bias = placement.gyr_bias
        self._left = placement.left / np.linalg.norm(placement.left)
        self._period_s = period_s
        self._last: tuple[float, Floats, Floats] | None = None
        self._curves = np.zeros((2, 2))
        self._knocked = False

    @property
    def leverage(self) -> float:
        """m/s² per rad: what an attitude error does to the acceleration, g cos β."""
        return self._gravity * self._cos

    def step(self, samples: Samples, up: Floats, restart: Bools) -> Normal:
        """One block of n ≥ 1 samples.

        Args:
            samples: calibrated, in sensor axes.
            up: (n, 3), unit up direction in sensor axes.
            restart: (n,), bool, True where `up` was not carried on from the sample before.
        """
        gyr = samples.gyr - self._bias
        interval_s, last_up, turn = self._turned(samples, gyr, up)
        u, f = up.T, samples.acc.T
        back = u - 0.5 * _cross(u, turn)
        along, across = self._seen_from(back)
        acc = self._sin * _dot(f, back) + self._cos * _dot(f, along) / across
        once = _cross(last_up, turn)
        carried = last_up + once + 0.5 * _cross(once, turn)
        along, across = self._seen_from(u)
        moved = -_dot(carried, along) / across  # u itself has nothing along h
        correction = np.where(restart, 0.0, -self.leverage * moved)
        acc = acc - self._gravity * self._sin
        gap_s = np.where(samples.gap, interval_s, 0.0)
        heard = self._heard(acc, dot(gyr, self._left))
        return Normal(samples.time_s, interval_s, gap_s, acc, correction, *heard)

    def _turned(self, samples: Samples, gyr: Floats, up: Floats) -> tuple[Floats, Columns, Columns]:
        """Interval of each sample, up before it, and how far it turned, rad."""
        if self._last is None:
            self._last = float(samples.time_s[0]) - self._period_s, up[0], gyr[0]
        last_s, last_up, last_gyr = self._last
        self._last = float(samples.time_s[-1]), up[-1].copy(), gyr[-1].copy()
        interval_s = samples.time_s - before(samples.time_s, last_s)
        if samples.gap.any():  # the mean of the rates on both sides of the gap
            gyr = np.where(samples.gap[:, None], 0.5 * (gyr + before(gyr, last_gyr)), gyr)
        return interval_s, before(up, last_up).T, gyr.T * interval_s

    def _seen_from(self, u: Columns) -> tuple[Rows, Floats]:
        """The vector l × u along h of equation (2), and its length, 0 made finite."""
        x, y, z = self._left.tolist()
        along = y * u[2] - z * u[1], z * u[0] - x * u[2], x * u[1] - y * u[0]
        return along, np.maximum(np.sqrt(_dot(along, along)), 1e-6)

    def _heard(self, acc: Floats, rate: Floats) -> tuple[Floats, Floats, Floats]:
        """Knocks and squared noise densities, as in `Normal`."""
        curves = np.empty((2, len(acc) + 2))
        curves[:, :2], curves[0, 2:], curves[1, 2:] = self._curves, acc, rate
        self._curves = curves[:, -2:].copy()
        bent = curves[:, 2:] - 2.0 * curves[:, 1:-1] + curves[:, :-2]
        noise = bent * bent * (self._period_s / NOISE_GAIN)
        off, apart = -0.5 * bent[0], curves[0, 2:] - curves[0, :-2]
        alone = (np.abs(off) > KNOCK_M_S2) & (np.abs(apart) < KNOCK_APART * np.abs(off))
        around = alone | before(alone, self._knocked)
        self._knocked = bool(alone[-1])
        return np.where(alone, off, 0.0), np.where(around, 0.0, noise[0]), noise[1]


def _dot(a: Columns | Rows, b: Columns | Rows) -> Floats:
    """(n,) scalar products, summed in one order whatever n is."""
    product: Floats = a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
    return product


def _cross(a: Columns, b: Columns) -> Columns:
    (a0, a1, a2), (b0, b1, b2) = a, b
    return np.array((a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0))
