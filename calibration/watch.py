"""During the session: is the calibration still true?

Two things change while an athlete trains. He settles a degree or two lower between sets: that is
no error of his, and the rest pose follows it slowly and within a bound, so that a real loss of
posture is not learned away. Or the strap slips, or the sensor is knocked: then every later angle is
wrong, and it must be said at once (`calibration.slip`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.model import Placement
from calibration.slip import Judge, Slip, WatchParams
from calibration.still import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """What the watch says of a block.

    Attributes:
        rest_tilt_deg: (n,), °, the rest pose's own tilt from the calibrated neutral, posterior
            positive; take it off the tilt where a settled athlete is not to be nagged.
        rest_rise_deg: (n,), °, the same of the elevation of the left side.
        moved: (n,), bool, True from when a slip is known until the pose is home again.
        slips: what was noticed, in order.
    """

    rest_tilt_deg: Floats
    rest_rise_deg: Floats
    moved: NDArray[np.bool_]
    slips: tuple[Slip, ...]


class Watch:
    """Watches one session; chunk-invariant.

    Use: after the orientation stage, for every block,
    `watched = watch.step(time_s, up, gyr, restart)`; a slip becomes a `quality` event ("strap
    moved"), `moved` marks what cannot be trusted. When the athlete has lain still for a few
    seconds after it, `calibration.placement.renewed(placement, up)` gives a placement to go on
    with, and a new watch begins.

    Args:
        placement: how the sensor sits.
        period_s: nominal sampling period, s.
        params: what settles, what slips.
    """

    def __init__(
        self, placement: Placement, period_s: float, params: WatchParams | None = None
    ) -> None:
        self._params = params or WatchParams()
        self._axes = _axes(placement)
        self._rise0 = float(np.degrees(np.arcsin(placement.up @ self._axes[0])))
        self._every = max(1, round(self._params.spacing_s / period_s))
        self._judge = Judge(self._every * period_s, self._params)
        self._count = 0
        self._last_s: float | None = None
        self._heading = 0.0
        self._restarted = False
        self._now = (0.0, 0.0, False)

    def step(
        self, time_s: Floats, up: Floats, gyr: Floats, restart: NDArray[np.bool_] | None = None
    ) -> Watched:
        """Follow one block.

        Args:
            time_s: (n,), s of stream time.
            up: (n, 3), unit up direction in sensor axes.
            gyr: (n, 3), rad/s, free of bias.
            restart: (n,), bool, True where the orientation began anew (after a gap).
        """
        n = len(time_s)
        heading = self._headings(time_s, up, gyr)
        kept = np.arange(-self._count % self._every, n, self._every)
        self._count += n
        tilt, rise = self._angles(up[kept])
        anew = self._anew(kept, np.flatnonzero(restart) if restart is not None else kept[:0])
        slips: list[Slip] = []
        states = [self._now]
        poses = zip(tilt.tolist(), rise.tolist(), heading[kept].tolist(), strict=True)
        for at_s, pose, fresh in zip(time_s[kept].tolist(), poses, anew.tolist(), strict=True):
            slip = self._judge.add(at_s, pose, fresh=fresh)
            if slip is not None:
                slips.append(slip)
            states.append((*self._judge.rest, self._judge.moved))
        self._now = states[-1]
        table = np.array(states)[np.searchsorted(kept, np.arange(n), "right")]
        return Watched(table[:, 0], table[:, 1], table[:, 2] > 0, tuple(slips))

    def _anew(self, kept: NDArray[np.int64], restarts: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which kept samples are the first after a restart, be it in an earlier block."""
        found = np.zeros(len(kept) + 1, bool)
        found[np.searchsorted(kept, restarts)] = True
        found[0] |= self._restarted
        self._restarted = bool(found[-1])
        return found[:-1]

    def _angles(self, up: Floats) -> tuple[Floats, Floats]:
        left, level, ahead = (_component(up, axis) for axis in self._axes)
        tilt = np.degrees(np.arctan2(ahead, level))
        return tilt, np.degrees(np.arcsin(np.clip(left, -1, 1))) - self._rise0

    def _headings(self, time_s: Floats, up: Floats, gyr: Floats) -> Floats:
        """(n,), °, turning about up since the beginning, by the gyroscope alone."""
        if not len(time_s):
            return np.empty(0)
        first = time_s[0] if self._last_s is None else self._last_s
        step = np.minimum(np.diff(time_s, prepend=first), 0.5)
        about = up[:, 0] * gyr[:, 0] + up[:, 1] * gyr[:, 1] + up[:, 2] * gyr[:, 2]
        turned = np.cumsum(np.concatenate([[self._heading], np.degrees(about * step)]))[1:]
        self._heading, self._last_s = float(turned[-1]), float(time_s[-1])
        return np.asarray(turned, dtype=np.float64)


def _axes(placement: Placement) -> tuple[Floats, Floats, Floats]:
    """Left, up at neutral without its share of left, and where up goes in a posterior tilt."""
    left = placement.left / np.linalg.norm(placement.left)
    level = placement.up - (placement.up @ left) * left
    level = level / np.linalg.norm(level)
    return left, level, np.cross(left, level)


def _component(vectors: Floats, axis: Floats) -> Floats:
    """(n,) along an axis, summed in one order whatever n is."""
    along = vectors[:, 0] * axis[0] + vectors[:, 1] * axis[1] + vectors[:, 2] * axis[2]
    return np.asarray(along, dtype=np.float64)
