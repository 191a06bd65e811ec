"""A table's own time is kept to the last bit; only its gaps have to be found.

A gap is where rows are further apart than one and a half times what is usual, and usual is the
median of the latest spacings seen before (causal): after 16 rows, after 32, 64 and so on, and
from 4096 on after every 4096, so that a changed rate is learnt. Before the first 16 nothing is
usual yet and only what no supported rate could explain is a gap.
"""

from dataclasses import dataclass

import numpy as np

from monitor.samples import Floats
from monitor.wire.device_clock import Flags


@dataclass(frozen=True, slots=True)
class Params:
    """Constants of the search for gaps.

    Attributes:
        gap_share: a gap is longer than this share of the median spacing.
        first, most: spacings until the first median, and how many it is taken of at most.
        first_gap_s: what is a gap before that: two and a half samples at 25 Hz.
    """

    gap_share: float = 1.5
    first: int = 16
    most: int = 4096
    first_gap_s: float = 0.1


class TableClock:
    """Finds the gaps in a time column.

    Attributes:
        period_s: the usual spacing, NaN until it is known.
    """

    def __init__(self, params: Params = Params()) -> None:
        self.period_s = float("nan")
        self._params = params
        self._limit_s = params.first_gap_s
        self._learn_at = params.first
        self._seen = 0
        self._spacings: Floats = np.empty(0)
        self._newest_s: Floats = np.empty(0)  # time of the newest row, once there is one

    def gaps(self, time_s: Floats) -> Flags:
        """Whether rows are missing directly before each row; (n,) s, strictly increasing."""
        spacing_s = np.diff(time_s, prepend=self._newest_s)
        parts = [np.zeros(len(time_s) - len(spacing_s), bool)]
        self._newest_s = np.append(self._newest_s, time_s)[-1:]
        while len(spacing_s):
            part, spacing_s = np.split(spacing_s, [self._learn_at - self._seen])
            parts.append(part > self._limit_s)
            self._spacings = np.append(self._spacings, part)[-self._params.most :]
            self._seen += len(part)
            if self._seen == self._learn_at:
                self._learn()
        return np.concatenate(parts)

    def _learn(self) -> None:
        self.period_s = float(np.median(self._spacings))
        self._limit_s = self._params.gap_share * self.period_s
        self._learn_at += min(self._seen, self._params.most)
