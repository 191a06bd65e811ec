"""Where the pelvis has been: poses against neutral, point by point, and which of them are alike."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from calibration.still import Floats


class Points(NamedTuple):
    """Poses, evenly spaced but for gaps.

    Attributes:
        time_s: (n,), s.
        pose: (n, 3), tilt, rise and heading against neutral, °; heading from anywhere.
        lying: (n,), bool, on the pad.
        fresh: (n,), bool, first after a gap that hides how far the sensor turned.
    """

    time_s: Floats
    pose: Floats
    lying: NDArray[np.bool_]
    fresh: NDArray[np.bool_]

    def part(self, start: int, end: int) -> "Points":
        """Some of them."""
        some = slice(start, end)
        return Points(self.time_s[some], self.pose[some], self.lying[some], self.fresh[some])

    def followed_by(self, others: "Points") -> "Points":
        """These and then others."""
        return Points(
            np.concatenate([self.time_s, others.time_s]),
            np.concatenate([self.pose, others.pose]),
            np.concatenate([self.lying, others.lying]),
            np.concatenate([self.fresh, others.fresh]),
        )

    @classmethod
    def none(cls) -> "Points":
        """No points at all."""
        none = np.empty(0, bool)
        return cls(np.empty(0), np.empty((0, 3)), none, none)


class Lately(NamedTuple):
    """Where an athlete has been since a jump, and before; places as (n, 4), °.

    Attributes:
        now, old: places since, and remembered ones.
        home: where he was most.
        far: the least distance from home since, °.
        rare: share of the time since in new places.
    """

    now: Floats
    old: Floats
    home: Floats
    far: float
    rare: float

    def explained_by(self, aside: Floats, largest_deg: float) -> tuple[float, float]:
        """The tilt (°) by which all would be as it was, and how far (°) it is from that then.

        Args:
            aside: (2,), °, by how much rise and heading have changed.
            largest_deg: the largest tilt to be tried.
        """
        tries = np.arange(-largest_deg, largest_deg + 0.1, 0.5)
        far = self.apart(tries, aside)
        best = int(np.argmin(far + 0.02 * np.abs(tries)))
        return float(tries[best]), float(far[best])

    def apart(self, tilts: Floats, aside: Floats) -> Floats:
        """(k,), °, how far the new places are from old ones, in the mean, less (k,) tilts."""
        tilt = self.now[:, 0, None] - self.old[:, 0]
        rest = np.zeros_like(tilt)
        for axis, moved in ((1, aside[0]), (2, aside[1]), (3, 0.0)):
            apart = self.now[:, axis, None] - self.old[:, axis] - moved
            rest += apart * apart
        return np.array([np.sqrt((rest + (tilt - one) ** 2).min(axis=1)).mean() for one in tilts])


def near(one: Floats, other: Floats, within: float) -> NDArray[np.bool_]:
    """(n, m), bool, which of n places are close to which of m."""
    square = np.zeros((len(one), len(other)))
    for axis in range(one.shape[1]):
        apart = one[:, axis, None] - other[:, axis]
        square += apart * apart
    return square < within * within


def peaks(height: Floats, within: int) -> NDArray[np.bool_]:
    """(n,), bool, what nothing within so many places tops."""
    top = height.copy()
    for shift in range(1, within + 1):
        top[shift:] = np.maximum(top[shift:], height[:-shift])
        top[:-shift] = np.maximum(top[:-shift], height[shift:])
    return height >= top


def length(vectors: Floats) -> Floats:
    """(n,) lengths, summed in one order whatever n is."""
    square = vectors[:, 0] * vectors[:, 0]
    for axis in range(1, vectors.shape[1]):
        square = square + vectors[:, axis] * vectors[:, axis]
    return np.asarray(np.sqrt(square))


def along(vectors: Floats, axis: Floats) -> Floats:
    """(n,) scalar products, summed in one order whatever n is."""
    total = vectors[:, 0] * axis[0]
    for k in range(1, len(axis)):
        total = total + vectors[:, k] * axis[k]
    return np.asarray(total)
