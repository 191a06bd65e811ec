"""The last seconds of every signal, for what can only be said when a rep is over."""

from collections.abc import Callable, Sequence

import numpy as np

from monitor.samples import Floats

ROOM = 1024
"""Columns there is room for at first."""
HELD = 256
"""So many samples may wait until somebody asks: two blocks of five cost twice what one of ten does,
so they are worked on together."""


class Recent:
    """A bounded history of signals on one time axis; adding to it costs next to nothing.

    The columns lie one after the other in an array with room at its end; when that is used up,
    those still wanted move to the front of a new one, larger where they fill more than half. What
    was once written is never written over, so what is given out are views.

    Args:
        keep_s: how far back it reaches, s.
        width: how many signals it holds.
        made_of: makes these signals, each (n,), of what is added, if they are not the same; it may
            remember, as it is given everything once and in order.
    """

    def __init__(
        self,
        keep_s: float,
        width: int,
        made_of: Callable[..., Sequence[Floats]] | None = None,
    ) -> None:
        self._keep_s = keep_s
        self._made_of = made_of
        self._held: list[tuple[Floats, ...]] = []
        self._count = 0  # of samples in them
        self._rows = np.empty((1 + width, ROOM))
        self._first = self._end = 0
        self._forgotten = 0  # samples there once were; those kept are numbered from here on

    def add(self, time_s: Floats, *signals: Floats) -> None:
        """Append a block, time first and (n, ...) signals; what is too old may be forgotten."""
        self._held.append((time_s, *signals))
        self._count += len(time_s)
        if self._count > HELD:
            self._take_in()

    def _take_in(self) -> None:
        """Work on what is held, and forget what is older than `keep_s` before it."""
        n, held = self._count, self._held
        if n == 0:
            return
        columns = held[0] if len(held) == 1 else map(np.concatenate, zip(*held, strict=True))
        time_s, *signals = columns
        self._held, self._count = [], 0
        rows = signals if self._made_of is None else self._made_of(*signals)
        if self._end + n > self._rows.shape[1]:
            self._make_room(n, float(time_s[0]))
        block = self._rows[:, self._end : self._end + n]
        block[0] = time_s
        for row, signal in zip(block[1:], rows, strict=True):
            row[:] = signal
        self._end += n
        self._forget(float(time_s[0]))

    def between(self, start_s: float, end_s: float) -> tuple[Floats, Floats]:
        """Times (k,) and signals (width, k) of the samples in [start_s, end_s]."""
        self._take_in()
        kept = self._kept
        a = kept[0].searchsorted(start_s)
        b = kept[0].searchsorted(end_s + 1e-9, side="right")  # far out 1e-9 is nothing
        return kept[0, a:b], kept[1:, a:b]

    def numbered(self, first: int, last: int) -> Floats:
        """(1 + width, k), times and signals of the samples first to last, as far as kept."""
        self._take_in()
        part = slice(max(first - self._forgotten, 0), max(last + 1 - self._forgotten, 0))
        return self._kept[:, part]

    def number_at(self, time_s: float) -> int:
        """The number of the first kept sample at or after a time, s."""
        self._take_in()
        return self._forgotten + int(self._kept[0].searchsorted(time_s))

    @property
    def _kept(self) -> Floats:
        return self._rows[:, self._first : self._end]

    def _forget(self, time_s: float) -> None:
        old = int(self._kept[0].searchsorted(time_s - self._keep_s))
        self._first += old
        self._forgotten += old

    def _make_room(self, count: int, time_s: float) -> None:
        self._forget(time_s)
        kept = self._kept
        size = self._rows.shape[1]
        while 2 * (kept.shape[1] + count) > size:
            size *= 2
        rows = np.empty((len(self._rows), size))
        rows[:, : kept.shape[1]] = kept
        self._rows, self._first, self._end = rows, 0, kept.shape[1]
