"""Where the pelvis has been: poses against neutral, point by point, and how usual a place is."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from calibration.still import Floats


class Points(NamedTuple):
    """Poses, evenly spaced but for gaps.

    Attributes:
        time_s: (n,), s.
        pose: (n, 3), tilt, rise and heading against neutral, °; heading from anywhere.
        force: (n, 3), specific force without gravity, m/s², along left, level and ahead.
        rate: (n, 3), rad/s, about the same axes.
        lying: (n,), bool, on the pad.
        fresh: (n,), bool, first after a gap that hides how far the sensor turned.
    """

    time_s: Floats
    pose: Floats
    force: Floats
    rate: Floats
    lying: NDArray[np.bool_]
    fresh: NDArray[np.bool_]

    def part(self, start: int, end: int) -> "Points":
        """Some of them."""
        return Points(*(column[start:end] for column in self))  # type: ignore[arg-type] # column by column

    def followed_by(self, *others: "Points") -> "Points":
        """These and then others."""
        return Points(*map(np.concatenate, zip(self, *others, strict=True)))

    @classmethod
    def none(cls) -> "Points":
        """No points at all."""
        none, three = np.empty(0, bool), np.empty((0, 3))
        return cls(np.empty(0), three, three, three, none, none)


class Memory:
    """The newest points, kept where they need not be moved each time some come.

    Args:
        most: so many points are there to be looked at.
    """

    def __init__(self, most: int) -> None:
        self._most, self._start, self._end = most, 0, 0
        flags, angles = np.empty((2, 3 * most), bool), np.empty((3, 3 * most, 3))
        self._store = Points(np.empty(3 * most), *angles, *flags)
        self.past = self._store.part(0, 0)

    def keep(self, new: Points) -> int:
        """Remember some more, fewer than `most`; how many of the oldest were dropped for them."""
        if self._end + len(new.time_s) > len(self._store.time_s):
            for column, kept in zip(self._store, self.past, strict=True):
                column[: len(kept)] = kept
            self._start, self._end = 0, len(self.past.time_s)
        before, self._end = self._end, self._end + len(new.time_s)
        for column, added in zip(self._store, new, strict=True):
            column[before : self._end] = added
        dropped = max(self._end - self._start - self._most, 0)
        self._start += dropped
        self.past = self._store.part(self._start, self._end)
        return dropped


class Places(NamedTuple):
    """Places somebody has been, (n, 4), each in units of how far apart two like ones may be."""

    places: Floats
    squares: Floats

    @classmethod
    def of(cls, places: Floats) -> "Places":
        """Those."""
        return cls(places, (places * places).sum(axis=1))

    def usual(self, places: Floats, stray: float) -> Floats:
        """(k,), log of how likely (k, 4) places are: Gaussian kernels, and some share of strays."""
        apart = (places * places).sum(axis=1)[:, None] + self.squares - 2.0 * places @ self.places.T
        return np.asarray(np.log(stray + np.exp(-0.5 * apart).mean(axis=1)))
