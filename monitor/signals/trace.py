"""The pelvis as slow movement: smooth, and thinned to some 25 points a second.

Reps are slow, shaking is fast. Tilt, tilting rate and sideways turning go through one low-pass
filter (Butterworth, second order, 3 Hz), and every k-th sample of the running count is kept, so
that how the stream was cut changes nothing. The filter's delay, √2 / (2π f), is known and is
taken off every moment that is told.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.signal import butter, sosfilt, sosfilt_zi

from calibration.model import Placement
from monitor.samples import Bools, Floats


@dataclass(frozen=True, slots=True)
class TraceParams:
    """Constants of the smoothing.

    Attributes:
        corner_hz: of the low pass, Hz; at most 0.15 of the sampling rate. The quickest reps
            (1.5 s) have all their shape below.
        spacing_s: of the kept points, s.
    """

    corner_hz: float = 3.0
    spacing_s: float = 0.04


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """What was kept of a block.

    Attributes:
        index: (m,), which samples of the block were kept.
        time_s: (m,), s.
        tilt, speed: (m,), ° and °/s, posterior positive.
        aside: (m,), °/s, turning about any axis but the mediolateral one.
        shift: (m,), °.
        fresh: (m,), bool, the filters started anew since the last point kept.
    """

    index: np.ndarray[tuple[int], np.dtype[np.intp]]
    time_s: Floats
    tilt: Floats
    speed: Floats
    aside: Floats
    shift: Floats
    fresh: Bools


class Smoothing:
    """Makes the trace, block by block; chunk-invariant."""

    def __init__(
        self, placement: Placement, period_s: float, params: TraceParams | None = None
    ) -> None:
        params = params or TraceParams()
        corner = min(params.corner_hz, 0.15 / period_s)
        self.delay_s = float(np.sqrt(2.0) / (2.0 * np.pi * corner))
        self.every = max(1, round(params.spacing_s / period_s))
        self._sos = butter(2, corner, fs=1.0 / period_s, output="sos")
        self._settled = sosfilt_zi(self._sos)
        self._axes = _across(placement.left)
        self._memory: list[Floats | None] = [None] * 5
        self._count = 0
        self._fresh = True

    def step(  # the signals of one instant, each of its own kind
        self,
        time_s: Floats,
        tilt: Floats,
        rate: Floats,
        gyr: Floats,
        shift: Floats,
        restart: Bools,
    ) -> Trace:
        """Follow one block of n samples; angles in rad, as `Movement.step` takes them."""
        n = len(time_s)
        across = [gyr[:, 0] * a[0] + gyr[:, 1] * a[1] + gyr[:, 2] * a[2] for a in self._axes]
        raw = [np.degrees(signal) for signal in (tilt, rate, *across, shift)]
        smooth = [self._smoothed(i, signal, restart) for i, signal in enumerate(raw)]
        first = (-self._count - 1) % self.every
        index = np.arange(first, n, self.every)
        kept = [signal[index] for signal in smooth]
        fresh = self._fresh_at(index, restart)
        self._count += n
        aside = np.hypot(kept[2], kept[3])
        return Trace(index, time_s[index], kept[0], kept[1], aside, kept[4], fresh)

    def _smoothed(self, channel: int, signal: Floats, restart: Bools) -> Floats:
        cuts = [0, *(np.flatnonzero(restart[1:]) + 1).tolist(), len(signal)]
        parts = []
        for a, b in pairwise(cuts):
            if a == b:
                continue
            memory = self._memory[channel]
            if memory is None or restart[a]:
                memory = self._settled * signal[a]
            part, self._memory[channel] = sosfilt(self._sos, signal[a:b], zi=memory)
            parts.append(part)
        return np.concatenate(parts) if parts else signal

    def _fresh_at(self, index: np.ndarray[tuple[int], np.dtype[np.intp]], restart: Bools) -> Bools:
        counted = np.cumsum(restart) + self._fresh
        here = counted[index]
        fresh = np.diff(here, prepend=0) > 0
        total = int(counted[-1]) if len(counted) else int(self._fresh)
        self._fresh = total > (int(here[-1]) if len(here) else 0)
        return np.asarray(fresh)


def _across(left: Floats) -> tuple[Floats, Floats]:
    """Two unit vectors across the mediolateral axis."""
    left = left / np.linalg.norm(left)
    one = np.cross(left, np.eye(3)[int(np.argmin(np.abs(left)))])
    one = one / np.linalg.norm(one)
    return one, np.cross(left, one)
