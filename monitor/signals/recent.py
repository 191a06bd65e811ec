"""The last seconds of every signal, for what can only be said when a rep is over."""

import numpy as np

from monitor.samples import Floats


class Recent:
    """A bounded history of signals on one time axis.

    Args:
        keep_s: how far back it reaches, s.
        width: how many signals it holds.
    """

    def __init__(self, keep_s: float, width: int) -> None:
        self._keep_s = keep_s
        self._time = np.empty(0)
        self._rows = np.empty((width, 0))

    def add(self, time_s: Floats, *signals: Floats) -> None:
        """Append a block of (n,) signals and forget what is older than `keep_s` before it."""
        if len(time_s) == 0:
            return
        first = int(np.searchsorted(self._time, time_s[0] - self._keep_s))
        self._time = np.concatenate([self._time[first:], time_s])
        self._rows = np.concatenate([self._rows[:, first:], np.stack(signals)], axis=1)

    def between(self, start_s: float, end_s: float) -> tuple[Floats, Floats]:
        """Times (k,) and signals (width, k) of the samples in [start_s, end_s]."""
        a, b = np.searchsorted(self._time, [start_s, end_s + 1e-9])
        return self._time[a:b], self._rows[:, a:b]
