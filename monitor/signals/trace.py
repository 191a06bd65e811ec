"""The pelvis as slow movement: smooth, and thinned to some 20 points a second.

Reps are slow, shaking is fast. Tilt, tilting rate, sideways turning and shift go through one low
pass (Butterworth, second order, 3 Hz); the shaking above it is measured as strain and rumble
(`monitor.signals.strain`). Every k-th sample of the running count is kept, so that how the stream
was cut changes nothing. The filter's delay, √2 / (2π f), is known and is taken off every moment
that is told.
"""

from dataclasses import dataclass, field, fields
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt_zi

from calibration.model import Placement
from calibration.products import dot
from monitor.samples import Bools, Floats
from monitor.signals.recent import Recent
from monitor.signals.sections import filtered
from monitor.signals.strain import Calm, StrainParams


@dataclass(frozen=True, slots=True)
class TraceParams:
    """Constants of the smoothing.

    Attributes:
        corner_hz: of the low pass, Hz; at most 0.15 of the sampling rate. The quickest reps
            (1.5 s) have all their shape below.
        spacing_s: of the kept points, s.
        strain: constants of the strain.
    """

    corner_hz: float = 3.0
    spacing_s: float = 0.05
    strain: StrainParams = field(default_factory=StrainParams)


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """Points of the trace.

    Attributes:
        time_s: (m,), s.
        tilt, speed: (m,), ° and °/s, posterior positive.
        aside: (m,), °/s, turning about any axis but the mediolateral one.
        shift: (m,), °.
        strain: (m,), logarithm of the shaking over that of the calm body, at least 0: that of the
            angular rate.
        rumble: (m,), the same of the acceleration.
        fresh: (m,), bool, the filters started anew since the point before.
    """

    time_s: Floats
    tilt: Floats
    speed: Floats
    aside: Floats
    shift: Floats
    strain: Floats
    rumble: Floats
    fresh: Bools

    def __len__(self) -> int:
        return len(self.time_s)


_COLUMNS = tuple(column.name for column in fields(Trace))


class Smoothing:
    """Makes the trace, block by block; chunk-invariant.

    Attributes:
        delay_s: by how much the trace is late, s.
    """

    def __init__(
        self, placement: Placement, period_s: float, params: TraceParams | None = None
    ) -> None:
        p = params or TraceParams()
        rate_hz = 1.0 / period_s
        corner_hz = min(p.corner_hz, 0.15 * rate_hz)
        self.delay_s = float(np.sqrt(2.0) / (2.0 * np.pi * corner_hz))
        self._every = max(1, round(p.spacing_s / period_s))
        self._slow = butter(2, corner_hz, fs=rate_hz, output="sos")
        self._fast = _band(p.strain.band_hz, rate_hz)
        self._faster = _band(p.strain.rumble_hz, rate_hz)
        self._power = butter(1, p.strain.corner_hz, fs=rate_hz, output="sos")
        self._calm, self._smooth = Calm(p.strain), Calm(p.strain)
        self._across = _across(placement.left)
        self._memory: dict[str, Floats] = {}
        self._count = 0
        self._fresh = True

    def step(
        self,
        time_s: Floats,
        tilt: Floats,
        rate: Floats,
        gyr: Floats,
        acc: Floats,
        shift: Floats,
        restart: Bools,
    ) -> tuple[Trace, NDArray[np.intp]]:
        """The points of a block of n samples, and which samples they are.

        What goes in is as `Movement.step` takes it, in rad.
        """
        n = len(time_s)
        index = np.arange((-self._count - 1) % self._every, n, self._every)
        self._count += n
        starts = restart.nonzero()[0]
        one, two = (dot(gyr, axis) for axis in self._across)
        slow = np.degrees(np.array((tilt, rate, shift, one, two)))
        slow = self._filtered("slow", self._slow, slow, starts)[:, index]
        trembling = self._filtered("fast", self._fast, np.degrees(gyr.T), starts)
        rumbling = self._filtered("faster", self._faster, acc.T, starts)
        power = np.array((_square(trembling), _square(rumbling)))
        power = self._filtered("power", self._power, power, starts)[:, index]
        strain, rumble = np.sqrt(np.maximum(power, 0.0))
        trace = Trace(
            time_s=time_s[index],
            tilt=slow[0],
            speed=slow[1],
            aside=np.sqrt(slow[3] * slow[3] + slow[4] * slow[4]),
            shift=slow[2],
            strain=self._calm.compared(strain),
            rumble=self._smooth.compared(rumble),
            fresh=self._fresh_at(index, starts),
        )
        return trace, index

    def _filtered(
        self, name: str, sos: Floats, signals: Floats, starts: NDArray[np.intp]
    ) -> Floats:
        """(m, n) signals filtered, each from its own first value where it starts anew."""
        if not len(starts) and name in self._memory:
            return filtered(sos, signals, self._memory[name])
        parts = []
        for a, b in pairwise(sorted({0, *starts.tolist(), signals.shape[1]})):
            if a in starts or name not in self._memory:
                self._memory[name] = sosfilt_zi(sos) * signals[:, a, None, None]
            parts.append(filtered(sos, signals[:, a:b], self._memory[name]))
        if len(parts) < 2:
            return parts[0] if parts else signals
        return np.concatenate(parts, axis=1)

    def _fresh_at(self, index: NDArray[np.intp], starts: NDArray[np.intp]) -> Bools:
        """(m,), bool: a new beginning counts for the point after it."""
        fresh = np.zeros(len(index) + 1, bool)
        fresh[index.searchsorted(starts)] = True
        fresh[0] |= self._fresh
        self._fresh = bool(fresh[-1])
        return fresh[:-1]


class Past:
    """The last seconds of the trace; its points are counted from the first there ever was."""

    def __init__(self, keep_s: float) -> None:
        self._recent = Recent(keep_s, width=len(_COLUMNS) - 1)

    def add(self, trace: Trace) -> None:
        """Append points, and forget what is older than the block by more than `keep_s`."""
        self._recent.add(*(getattr(trace, name) for name in _COLUMNS))

    def between(self, first: int, last: int) -> Trace:
        """The points number first to last, both included, as far as they are still known."""
        rows = dict(zip(_COLUMNS, self._recent.numbered(first, last), strict=True))
        return Trace(**{**rows, "fresh": rows["fresh"] > 0.5})

    def since(self, start_s: float, last: int) -> Trace:
        """The points from `start_s` on to number `last`, as far as they are still known."""
        return self.between(self._recent.number_at(start_s), last)


def _square(vectors: Floats) -> Floats:
    squares = vectors * vectors
    total: Floats = squares[0] + squares[1] + squares[2]
    return total


def _band(band_hz: tuple[float, float], rate_hz: float) -> Floats:
    """The band pass, as far as the sampling rate lets it reach."""
    high = min(band_hz[1], 0.42 * rate_hz)
    low = min(band_hz[0], 0.6 * high)
    return np.asarray(butter(2, (low, high), "bandpass", fs=rate_hz, output="sos"))


def _across(left: Floats) -> tuple[Floats, Floats]:
    """Two unit vectors across the mediolateral axis."""
    left = left / np.linalg.norm(left)
    one = np.cross(left, np.eye(3)[int(np.argmin(np.abs(left)))])
    one = one / np.linalg.norm(one)
    return one, np.cross(left, one)
