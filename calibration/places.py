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
