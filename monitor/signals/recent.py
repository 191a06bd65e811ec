"""The last seconds of every signal, for what can only be said when a rep is over."""

import numpy as np

from monitor.samples import Floats

ROOM = 1024
"""Columns there is room for at first."""


class Recent:
    """A bounded history of signals on one time axis; adding to it costs what is added.

    The columns lie one after the other in an array with room at its end; when that is used up,
    those still wanted move to the front, of a larger one where they fill more than half.

    Args:
        keep_s: how far back it reaches, s.
        width: how many signals it holds.

    Attributes:
        forgotten: samples that were there once; those kept are numbered from here on.
    """

    def __init__(self, keep_s: float, width: int) -> None:
        self._keep_s = keep_s
        self._rows = np.empty((1 + width, ROOM))
        self._first = self._end = 0
        self.forgotten = 0

    def add(self, time_s: Floats, *signals: Floats) -> None:
        """Append a block of (n,) signals and forget what is older than `keep_s` before it."""
        n = len(time_s)
        if n == 0:
            return
        if self._end + n > self._rows.shape[1]:
            self._make_room(n, float(time_s[0]))
        block = self._rows[:, self._end : self._end + n]
        block[0] = time_s
        for row, signal in zip(block[1:], signals, strict=True):
            row[:] = signal
        self._end += n
        self._forget(float(time_s[0]))

    def between(self, start_s: float, end_s: float) -> tuple[Floats, Floats]:
        """Times (k,) and signals (width, k) of the samples in [start_s, end_s]."""
        a = np.searchsorted(self._kept[0], start_s)
        b = np.searchsorted(self._kept[0], end_s + 1e-9, side="right")  # far out 1e-9 is nothing
        part = self._kept[:, a:b].copy()
        return part[0], part[1:]

    def numbered(self, first: int, last: int) -> Floats:
        """(1 + width, k), times and signals of the samples first to last, as far as kept."""
        part = slice(max(first - self.forgotten, 0), max(last + 1 - self.forgotten, 0))
        return self._kept[:, part].copy()

    def number_at(self, time_s: float) -> int:
        """The number of the first kept sample at or after a time, s."""
        return self.forgotten + int(np.searchsorted(self._kept[0], time_s))

    @property
    def _kept(self) -> Floats:
        return self._rows[:, self._first : self._end]

    def _forget(self, time_s: float) -> None:
        old = int(np.searchsorted(self._kept[0], time_s - self._keep_s))
        self._first += old
        self.forgotten += old

    def _make_room(self, count: int, time_s: float) -> None:
        self._forget(time_s)
        kept = self._kept
        size = self._rows.shape[1]
        while 2 * (kept.shape[1] + count) > size:
            size *= 2
        rows = np.empty((len(self._rows), size))
        rows[:, : kept.shape[1]] = kept
        self._rows, self._first, self._end = rows, 0, kept.shape[1]
