"""Strain and rumble: how strongly the body shakes, compared with the same body at rest.

Under a load muscles tremble (physiological tremor, 8 to 12 Hz), and a rolling sled rumbles
through the pad; a resting body, breathing or leaning over, hardly shakes at all. Strain is the
RMS of the angular rate between 6 and 16 Hz, rumble that of the acceleration from 6 to 40 Hz, each
as the logarithm of its ratio to the calm body's: zero at rest, about three in a hard push. Where
the sensor is too coarse to feel them they stay at zero, and nothing else depends on them.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np

from monitor.samples import Floats


@dataclass(frozen=True, slots=True)
class StrainParams:
    """Constants of the strain.

    Attributes:
        band_hz, rumble_hz: what counts as shaking of the angular rate and of the acceleration, Hz;
            the upper end is at most 0.42 of the sampling rate.
        corner_hz: smoothing of its power, Hz.
        second: points that make one second's value, their lower quartile.
        remember: how many such values the calm is taken from.
        calm_share: which share of them lies below the calm.
        most: largest logarithm that means anything.
    """

    band_hz: tuple[float, float] = (6.0, 16.0)
    rumble_hz: tuple[float, float] = (6.0, 40.0)
    corner_hz: float = 1.5
    second: int = 20
    remember: int = 60
    calm_share: float = 0.15
    most: float = 4.0


class Calm:
    """Learns the calm body's shaking from the quietest seconds; chunk-invariant."""

    def __init__(self, params: StrainParams) -> None:
        self._p = params
        self._open: list[float] = []
        self._seconds: deque[float] = deque(maxlen=params.remember)
        self._calm: float | None = None

    def compared(self, shaking: Floats) -> Floats:
        """(m,) logarithms of the ratio of (m,) RMS values to the calm as it was known then."""
        out = np.zeros(len(shaking))
        at = 0
        while at < len(shaking):
            part = slice(at, at + self._p.second - len(self._open))
            values = shaking[part]
            if self._calm:
                out[part] = np.log(np.maximum(values / self._calm, 1.0))
            self._open.extend(values.tolist())
            if len(self._open) == self._p.second:
                self._seconds.append(sorted(self._open)[self._p.second // 4])
                self._open.clear()
                rank = int(self._p.calm_share * len(self._seconds))
                self._calm = sorted(self._seconds)[rank]
            at = part.stop
        return np.minimum(out, self._p.most)
