"""Sensors say when they measured, or only how often, or nothing; here it becomes one even time.

Where the time of a sample comes from, the best there is:

    the sensor's own stamps     `device_clock`: a line through them, against jitter
    its running numbers         `arrival_clock`: a line along the earliest arrivals
    nothing                     `arrival_clock` as well, counting what came
    a table's time column       `table_clock`: kept exactly as it is

Time 0 is the first sample. After a lost link the time goes on by the sensor's stamps, if they say
the same as the arrivals; if not, and where numbers or stamps go back (the sensor started anew), by
the arrivals. What is missing is marked, never filled in.
"""

from collections import deque
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from monitor.samples import Decoded, Floats, Samples
from monitor.wire.arrival_clock import ArrivalClock
from monitor.wire.device_clock import DeviceClock, Flags, Numbers
from monitor.wire.table_clock import TableClock

_LOSS_WINDOW_S = 10.0
"""Losses are told for so much of the latest stream time."""
_SILENCE_S = 2.0
"""Without numbers and stamps, so long a silence is an outage: sensors buffer less than that."""
_LEAP_S = 60.0
"""Stamps that run ahead of the arrivals by more than this are those of a sensor that started anew:
its counters, taken for wrapped ones, can look like a long gap."""
_AGREE_S = 0.5
_AGREE_SHARE = 0.02
"""After a lost link, stamps may say this much else than the arrivals, s and share of the outage:
connection intervals, bursts, clocks that drift."""
_GUESS_S = 0.01
"""Sample period until one is known."""


class _Block(NamedTuple):
    """Samples with what is known of their time: n rows in each column.

    Attributes:
        number: running number, the sensor's or our own.
        stamp_s: the sensor's stamp, or the arrival where it has none.
        arrival_s: arrival of the packet.
    """

    acc: Floats
    gyr: Floats
    number: Numbers
    stamp_s: Floats
    arrival_s: Floats

    def rows(self, which: slice | Flags) -> "_Block":
        """Some of the rows."""
        acc, gyr, number, stamp_s, arrival_s = self
        return _Block(acc[which], gyr[which], number[which], stamp_s[which], arrival_s[which])


class SampleClock:
    """Samples in, samples on the stream's own uniform clock out.

    However the stream is cut into calls, the same samples get the same times, bit for bit.
    """

    def __init__(self, nominal_rate_hz: float | None = None) -> None:
        self._nominal_rate_hz = nominal_rate_hz
        self._period_s = float("nan")
        self._time_s: float | None = None  # stream time of the newest sample
        self._missing: deque[tuple[float, float]] = deque()  # begin and end, s, latest last
        self._table = TableClock()
        self._table_zero_s = 0.0  # the table's own time at stream time 0
        self._run: DeviceClock | ArrivalClock | None = None
        self._run_start_s = 0.0  # stream time at the run's first sample
        self._newest: _Block | None = None  # the run's newest sample
        self._count = 0
        self._arrival_s = 0.0  # the newest known
        self._outage_s = 0.0
        self._broken = False
        self._lost = False  # the link was, and nothing has come since

    @property
    def rate_hz(self) -> float:
        """The measured sample rate, NaN until known."""
        return 1.0 / self._period_s

    @property
    def loss_pct(self) -> float:
        """Share of samples missing in the last ten seconds of stream time, %."""
        now_s = self._time_s or 0.0
        since_s = max(now_s - _LOSS_WINDOW_S, 0.0)
        lost_s = sum(max(end - max(begin, since_s), 0.0) for begin, end in self._missing)
        return 100.0 * lost_s / (now_s - since_s) if lost_s else 0.0

    def restart(self, arrival_s: float) -> None:
        """The link was lost, as noticed at `arrival_s`."""
        self._pass(arrival_s)
        self._lost = True

    def decoded(self, decoded: Decoded, arrival_s: float | Floats) -> Samples:
        """What a decoder gave, on the stream's time; samples without finite numbers are left out.

        Args:
            decoded: n samples, of one packet or of several one after the other. Numbers (or, where
                there are none, stamps) increase, except where the sensor started anew.
            arrival_s: when they arrived, s; (n,) where not all came at once.
        """
        n = len(decoded)
        number = decoded.sequence
        if number is None:
            number = np.arange(self._count, self._count + n)
            self._count += n
        arrivals_s = np.full(n, arrival_s)
        stamp_s = arrivals_s if decoded.sensor_time_s is None else decoded.sensor_time_s
        block = _Block(decoded.acc, decoded.gyr, number, stamp_s, arrivals_s)
        fine = _finite(decoded.acc, decoded.gyr, stamp_s)
        if not fine.all():
            block = block.rows(fine)
        if not len(block.number):
            return Samples.empty()
        if self._lost:
            self._resume(block, stamped=decoded.sensor_time_s is not None)
        anew = self._anew(
            block, counted=decoded.sequence is not None, stamped=decoded.sensor_time_s is not None
        )
        if not anew and self._run is not None:
            return self._timed(self._run, block)
        blocks = []
        for begin, end in pairwise(sorted({0, *anew, len(block.number)})):
            if begin in anew:
                self._run = None
            run = self._run or self._begun(decoded, float(block.arrival_s[begin]))
            blocks.append(self._timed(run, block.rows(slice(begin, end))))
        return Samples.joined(blocks)

    def rows(self, time_s: Floats, acc: Floats, gyr: Floats) -> Samples:
        """A table's rows on their own time, counted from its first row and else untouched.

        Rows without finite numbers, or not later than the rows before, are left out.
        """
        fine = _finite(time_s, acc, gyr)
        if self._time_s is None and fine.any():
            self._table_zero_s = float(time_s[fine][0])
        own_s = np.where(fine, time_s - self._table_zero_s, -np.inf)
        newest_s = -np.inf if self._time_s is None else self._time_s
        later = own_s > np.maximum.accumulate(np.append(newest_s, own_s))[:-1]
        if not later.all():
            own_s, acc, gyr = own_s[later], acc[later], gyr[later]
        gap = self._table.gaps(own_s)
        self._period_s = self._table.period_s
        return self._told(Samples(own_s, acc, gyr, gap))

    def _resume(self, block: _Block, *, stamped: bool) -> None:
        """After a lost link: go on with the run if the sensor's clock did, else begin a new one."""
        self._lost = False
        if self._newest is not None and stamped:
            first = block.rows(slice(0, 1))
            passed_s = float(_steps(first.stamp_s, self._newest.stamp_s)[0])
            waited_s = float(_steps(first.arrival_s, self._newest.arrival_s)[0])
            counts = first.number[0] > self._newest.number[0]
            misfit_s = abs(passed_s - waited_s)
            if passed_s > 0 and counts and misfit_s < _AGREE_S + _AGREE_SHARE * waited_s:
                self._outage_s = 0.0
                return
        self._run = None
        self._newest = None

    def _anew(self, block: _Block, *, counted: bool, stamped: bool) -> list[int]:
        """Where in the block the sensor started anew."""
        newest = block.rows(slice(0, 1)) if self._newest is None else self._newest
        if stamped and not counted:
            anew = _steps(block.stamp_s, newest.stamp_s) <= 0
        else:
            anew = _steps(block.number, newest.number) <= 0
        if stamped and block.stamp_s[-1] - newest.stamp_s[0] > _LEAP_S:
            leap_s = _steps(block.stamp_s, newest.stamp_s)
            anew |= leap_s - np.maximum(_steps(block.arrival_s, newest.arrival_s), 0.0) > _LEAP_S
        elif not counted and not stamped:
            anew |= _steps(block.arrival_s, newest.arrival_s) > _SILENCE_S
        anew[0] &= self._newest is not None
        self._newest = block.rows(slice(-1, None))
        return list(np.flatnonzero(anew).tolist()) if anew.any() else []

    def _begun(self, decoded: Decoded, arrival_s: float) -> DeviceClock | ArrivalClock:
        """The clock of a new run, which starts as much later as the outage took."""
        self._pass(arrival_s)
        if self._time_s is not None:
            least_s = self._period_s if np.isfinite(self._period_s) else _GUESS_S
            self._run_start_s = self._time_s + max(self._outage_s, least_s)
            self._broken = True
        self._outage_s = 0.0
        counted = decoded.sequence is not None
        if decoded.sensor_time_s is None:
            self._run = ArrivalClock(self._nominal_rate_hz, counted=counted)
        else:
            self._run = DeviceClock(counted=counted)
        return self._run

    def _pass(self, arrival_s: float) -> None:
        """Let the time of an outage pass; a host clock that goes back takes none of it away."""
        self._outage_s += max(arrival_s - self._arrival_s, 0.0)
        self._arrival_s = arrival_s

    def _timed(self, run: DeviceClock | ArrivalClock, block: _Block) -> Samples:
        """Samples of one run."""
        time_s, gap = run.times(block.number, block.stamp_s)
        gap[0] |= self._broken
        self._broken = False
        self._arrival_s = float(block.arrival_s[-1])
        if np.isfinite(run.period_s):
            self._period_s = run.period_s
        return self._told(Samples(self._run_start_s + time_s, block.acc, block.gyr, gap))

    def _told(self, samples: Samples) -> Samples:
        """Keep account of what was given out."""
        if not len(samples):
            return samples
        now_s = float(samples.time_s[-1])
        if samples.gap.any():
            recent = samples.gap & (samples.time_s > now_s - _LOSS_WINDOW_S)
            period_s = self._period_s if np.isfinite(self._period_s) else 0.0
            begin_s = np.append(self._time_s or 0.0, samples.time_s[:-1])[recent] + period_s
            end_s = samples.time_s[recent]
            self._missing.extend(zip(begin_s.tolist(), end_s.tolist(), strict=True))
        while self._missing and self._missing[0][1] <= now_s - _LOSS_WINDOW_S:
            self._missing.popleft()
        self._time_s = now_s
        return samples


def _steps(column: Floats | Numbers, before: Floats | Numbers) -> Floats:
    """(n,), from each row to the next, the first from the one row before."""
    whole = np.concatenate((before, column), dtype=float)
    return whole[1:] - whole[:-1]


def _finite(*columns: Floats) -> Flags:
    """(n,), where all of the columns hold finite numbers."""
    fine = np.ones(len(columns[0]), bool)
    for column in columns:
        finite = np.isfinite(column)
        if not finite.all():
            fine &= finite.reshape(len(fine), -1).all(axis=1)
    return fine
