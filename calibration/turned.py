"""The sensor lies on its side: nobody's hips stay like that, so the strap was turned, or taken off.

Standing, sitting, lying and walking keep the hips level within some 15°; who reaches down sideways
comes back. Which way the sensor then sits nobody can tell: it has to be calibrated anew.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from calibration.model import Placement
from calibration.products import dot
from calibration.still import Floats


@dataclass(frozen=True, slots=True)
class TurnedParams:
    """What no hips do.

    Attributes:
        rise_deg: one side higher than the other by this, against neutral,
        held_s: for so long.
    """

    rise_deg: float = 28.0
    held_s: float = 1.0


@dataclass(frozen=True, slots=True)
class Turn:
    """Since `time_s` the sensor is on its side, or no longer; that is known from `known_s` on."""

    time_s: float
    known_s: float
    turned: bool


class Turned:
    """Watches for it; chunk-invariant.

    Args:
        placement: how the sensor sat at the calibration.
        params: what no hips do.
    """

    def __init__(self, placement: Placement, params: TurnedParams | None = None) -> None:
        self._params = params or TurnedParams()
        self._left = placement.left / np.linalg.norm(placement.left)
        self._rise0 = float(placement.up @ self._left)
        self._out = False
        self._since_s = -np.inf
        self._turned = False

    def step(self, time_s: Floats, up: Floats) -> tuple[NDArray[np.bool_], list[Turn]]:
        """Follow one block.

        Args:
            time_s: (n,), s.
            up: (n, 3), unit up direction in sensor axes.

        Returns:
            whether it is turned, (n,), and what has changed. It no longer is once it has been
            level again for as long.
        """
        turned = np.empty(len(time_s), bool)
        along = np.clip(dot(up, self._left), -1, 1)
        rise = np.degrees(np.arcsin(along) - np.arcsin(self._rise0))
        out = np.abs(rise) > self._params.rise_deg
        begins = np.flatnonzero(out != np.concatenate([[self._out], out[:-1]]))
        changes: list[Turn] = []
        for start, end in pairwise([0, *begins.tolist(), len(time_s)]):
            if start == end:
                continue
            if bool(out[start]) != self._out:
                self._out, self._since_s = bool(out[start]), float(time_s[start])
            turned[start:end] = self._turned
            held = time_s[start:end] - self._since_s >= self._params.held_s
            if self._out != self._turned and held.any():
                known = start + int(np.argmax(held))
                self._turned = self._out
                turned[known:end] = self._turned
                changes.append(Turn(self._since_s, float(time_s[known]), self._turned))
        return turned, changes
