"""A sensor's own time stamps are right on average, not one by one: a line through them is.

With x the running number of a sample and y its stamp, each sample is given the value of the line
through all stamps up to its own, older ones counting less. The line is kept as five sums:

    S(i) = θ S(i-1) + (1, x, x², r, x r),    r = y - T x,    θ = 1 - T / memory        (1)
    t = T x + mean(r) + b (x - mean(x)),     b = cov(x, r) / var(x)                    (2)

with T the period that the first two samples show. A stamp further from the line than any jitter
means that the clock was set or that samples went uncounted: a step, which is not smoothed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from monitor.samples import Floats

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Params:
    """Constants of the line.

    Attributes:
        memory_s: time constant of forgetting: long against jitter, short against the drift of a
            sensor that warms up on the body.
        settle_s: for so long the first stamp's own error is still being taken out.
        step_s, step_samples: a stamp further off than the larger of these is a step; jitter of
            stamps that the sensor makes itself is a few ms at most.
        gap_samples: without a counter, stamps this far apart have lost samples between them.
        shortest_s, longest_s: what a sample period can be.
        least_step: samples follow one another by at least this share of the period.
    """

    memory_s: float = 20.0
    settle_s: float = 20.0
    step_s: float = 0.02
    step_samples: float = 1.5
    gap_samples: float = 1.5
    shortest_s: float = 0.001
    longest_s: float = 0.1
    least_step: float = 0.1


class DeviceClock:
    """Uniform time from a sensor's stamps, counted from its first sample.

    Attributes:
        period_s: the measured sample period, NaN until two samples are there.
    """

    def __init__(self, *, counted: bool, params: Params = Params()) -> None:
        self.period_s = float("nan")
        self._params = params
        self._counted = counted
        self._nominal_s = 0.0  # T
        self._first_number = 0
        self._zero_s = float("nan")  # stamp at x = 0, moved by steps
        self._ahead_s = 0.0  # what forward steps have added to the time
        self._intercept_s = 0.0  # of the line at x = 0: the first stamp's own error
        self._sums: Floats = np.zeros((5, 1))  # S
        self._x = -1.0
        self._stamp_s = float("nan")
        self._bound_s = -np.inf  # the latest time, less what the next one must add to it
        self._stepped = False

    def times(self, number: Numbers, stamp_s: Floats) -> tuple[Floats, Flags]:
        """Time of each sample, s, and whether samples are missing directly before it.

        Args:
            number: (n,), n ≥ 1, strictly increasing over all calls where the sensor counts.
            stamp_s: (n,), s, strictly increasing over all calls where it does not.
        """
        if self._x < 0:
            self._first_number = int(number[0])
            self._zero_s = float(stamp_s[0])
        x = (number - self._first_number).astype(float)
        self._learn_nominal(x, stamp_s - self._zero_s)
        parts: list[tuple[Floats, Flags]] = []
        done = 0
        while done < len(stamp_s):
            parts.append(self._stretch(x[done:], stamp_s[done:]))
            done += len(parts[-1][0])
        if len(parts) == 1:
            return parts[0]
        time_s, gap = zip(*parts, strict=True)
        return np.concatenate(time_s), np.concatenate(gap)

    def _learn_nominal(self, x: Floats, y: Floats) -> None:
        """T and θ, from the first two samples, however they come."""
        second = 1 if self._x < 0 else 0
        if self._nominal_s or len(x) <= second:
            return
        period_s = float(y[second] / x[second])
        self._nominal_s = min(max(period_s, self._params.shortest_s), self._params.longest_s)
        self.period_s = self._nominal_s

    def _stretch(self, x: Floats, stamp_s: Floats) -> tuple[Floats, Flags]:
        """As many samples as come before the next step, at least one."""
        x = x if self._counted else self._numbered(stamp_s)
        y = stamp_s[: len(x)] - self._zero_s
        sums = self._folded(x, y)
        mean_x, mean_r, slope = _line(sums)
        line_s = self._nominal_s * x + (mean_r + slope * (x - mean_x))  # (2)
        off = np.abs(y - line_s) > self._tolerance_s()
        n = int(off.argmax()) if off.any() else len(x)
        if n == 0:
            self._step(float(x[0]), float(y[0]))
            return self._stretch(x, stamp_s)
        gap = np.diff(x[:n], prepend=self._x) > 1.5
        gap[0] |= self._stepped
        self._stepped = False
        self._sums = sums[:, n - 1 : n]
        self._x, self._stamp_s = float(x[n - 1]), float(stamp_s[n - 1])
        self.period_s = float(self._nominal_s + slope[n - 1]) if self._nominal_s else self.period_s
        return self._since_first(x[:n], line_s[:n], (mean_r - slope * mean_x)[:n]), gap

    def _numbered(self, stamp_s: Floats) -> Floats:
        """Running numbers up to the next gap, where the sensor does not count, but stamps."""
        apart_s = np.diff(stamp_s, prepend=self._stamp_s)
        far = np.flatnonzero(apart_s > self._params.gap_samples * self._nominal_s)
        first = 1.0
        if far.size and far[0] == 0:
            first = max(1.0, float(np.rint(apart_s[0] / self.period_s)))
            far = far[1:]
        return self._x + first + np.arange(far[0] if far.size else len(stamp_s))

    def _folded(self, x: Floats, y: Floats) -> Floats:
        """Equation (1): the five sums at each sample."""
        forget = 1.0 - self._nominal_s / self._params.memory_s
        r = y - self._nominal_s * x
        terms = np.array([np.ones(len(x)), x, x * x, r, x * r])
        sums: Floats = lfilter([1.0], [1.0, -forget], terms, axis=1, zi=forget * self._sums)[0]
        return sums

    def _tolerance_s(self) -> float:
        return max(self._params.step_s, self._params.step_samples * self._nominal_s)

    def _step(self, x: float, y: float) -> None:
        """Move the line onto a stamp that left it; forward steps are time that passed."""
        mean_x, mean_r, slope = (float(part[0]) for part in _line(self._sums))
        step_s = y - (self._nominal_s * x + (mean_r + slope * (x - mean_x)))
        self._zero_s += step_s
        self._ahead_s += max(step_s, 0.0)
        self._stepped = True

    def _since_first(self, x: Floats, line_s: Floats, intercept_s: Floats) -> Floats:
        """The line counted from its own value at the first sample, strictly increasing."""
        settling = x * self._nominal_s <= self._params.settle_s
        if settling.any():
            intercept_s = np.where(settling, intercept_s, intercept_s[settling][-1])
            self._intercept_s = float(intercept_s[-1])
        else:
            intercept_s = np.full(len(x), self._intercept_s)
        time_s = line_s - intercept_s + self._ahead_s
        least_s = self._params.least_step * self._nominal_s * x
        bound_s = np.maximum.accumulate(np.append(self._bound_s, time_s - least_s))
        self._bound_s = float(bound_s[-1])
        return np.where(time_s - least_s > bound_s[:-1], time_s, bound_s[:-1] + least_s)


def _line(sums: Floats) -> tuple[Floats, Floats, Floats]:
    """Equation (2): mean of x, mean of r and slope b of the line at each sample."""
    weight, sum_x, sum_xx, sum_r, sum_xr = sums
    mean_x, mean_r = sum_x / weight, sum_r / weight
    var_x = sum_xx / weight - mean_x * mean_x
    cov = sum_xr / weight - mean_x * mean_r
    return mean_x, mean_r, cov / np.maximum(var_x, 0.1)  # whole numbers that differ: var ≥ 1/4
