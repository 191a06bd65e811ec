"""How far the data can be trusted, told whenever that changes.

Once every second of stream time the last ten seconds are looked at:

    share of samples lost     > 2 % degraded, > 10 % bad       (no verdict with > 10 % loss)
    longest gap               > 0.15 s degraded, > 1 s bad
    clipping                  the same extreme reading three times in a row: degraded
    sample rate               < 25 Hz: bad

Loss is counted from the gaps themselves: a gap of 5.1 periods holds four lost samples.

A strap that moved is told at once and degrades what would be good, until it is known again how the
sensor sits; a sensor on its side, which no back is, is bad.
"""

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from calibration.turned import Turn
from calibration.watch import Seat
from monitor.samples import Floats, Samples
from monitor.signals.before import before
from monitor.signals.recent import Recent

State = Literal["good", "degraded", "bad"]


@dataclass(frozen=True, slots=True)
class QualityParams:
    """Limits of the verdict; see the table above for their use."""

    window_s: float = 10.0
    every_s: float = 1.0
    loss_degraded: float = 0.02
    loss_bad: float = 0.10
    gap_degraded_s: float = 0.15
    gap_bad_s: float = 1.0
    clipped_acc_m_s2: float = 18.0
    clipped_gyr_rad_s: float = 4.0
    slowest_hz: float = 24.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state of the data from `known_s` on; `time_s` is when that came about."""

    time_s: float
    known_s: float
    state: State
    reason: str
    loss_pct: float
    rate_hz: float


class Quality:
    """Follows the stream and speaks when the verdict changes; chunk-invariant.

    Attributes:
        period_s: nominal sampling period, s.
        said: the last verdict.
        loss_pct, rate_hz: share of samples lost, and their rate, over the last seconds.
    """

    def __init__(self, period_s: float, params: QualityParams | None = None) -> None:
        self._params = params or QualityParams()
        self.period_s = period_s
        self._recent = Recent(self._params.window_s, width=2)
        self._held: list[Samples] = []
        self._due_s: float | None = None
        self.said: tuple[State, str] = ("good", "")
        self._looks = [(0.0, 0.0, 1.0 / period_s)]
        self._tail = Samples.empty()
        self.loss_pct = 0.0
        self.rate_hz = 1.0 / period_s

    def step(self, samples: Samples) -> list[Verdict]:
        """Follow one block; what changed in it, in order."""
        if len(samples) == 0:
            return []
        del self._looks[:-1]
        if self._due_s is None:
            self._due_s = float(samples.time_s[0]) + self._params.every_s
        self._held.append(samples)
        return self._looks_due(self._due_s) if self._due_s <= samples.time_s[-1] else []

    def _looks_due(self, due_s: float) -> list[Verdict]:
        """Look at all that came since the last look."""
        samples, self._held = Samples.joined(self._held), []
        last_s = self._tail.time_s[-1] if len(self._tail) else samples.time_s[0]
        interval = samples.time_s - before(samples.time_s, last_s)
        gap = np.where(samples.gap, interval, 0.0)
        self._recent.add(samples.time_s, gap, self._clipped(samples))
        verdicts = []
        while due_s <= samples.time_s[-1]:
            index = int(samples.time_s.searchsorted(due_s))
            now_s = float(samples.time_s[index])
            verdicts += self._looked_at(now_s)
            steps = math.floor((now_s - due_s) / self._params.every_s) + 1
            due_s += steps * self._params.every_s
        self._due_s = due_s
        return verdicts

    def figures_at(self, known_s: float) -> tuple[float, float]:
        """Loss, %, and rate, Hz, as they were last told by then, within the newest block."""
        looks = [look for look in self._looks if look[0] <= known_s] or self._looks[:1]
        return looks[-1][1:]

    def _clipped(self, samples: Samples) -> Floats:
        """1 where an extreme reading stands for the third time in a row."""
        n, p = len(samples), self._params
        both = Samples.joined([self._tail, samples])
        self._tail = both[-2:]
        found = np.zeros(n)
        for values, extreme in ((both.acc, p.clipped_acc_m_s2), (both.gyr, p.clipped_gyr_rad_s)):
            if len(values) > 2 and max(values.max(), -values.min()) > extreme:
                same = (values[2:] == values[1:-1]) & (values[1:-1] == values[:-2])
                third = (same & (np.abs(values[2:]) > extreme)).any(axis=1)
                found[n - len(third) :] += third
        return found

    def _looked_at(self, now_s: float) -> list[Verdict]:
        time, (gap, clipped) = self._recent.between(now_s - self._params.window_s, now_s)
        loss, gap_s = 0.0, 0.0
        span, kept = float(time[-1] - time[0]), len(time) - 1
        if gap.any():
            gap_s = float(gap.max())
            lost = float(np.round(gap / self.period_s - 1.0).clip(0.0).sum())
            loss = lost / (lost + len(time))
            span -= float(gap[1:].sum())
            kept -= int(np.count_nonzero(gap[1:]))
        self.rate_hz = kept / span if span > 0 and kept > 0 else self.rate_hz
        self.loss_pct = 100.0 * loss
        self._looks.append((now_s, self.loss_pct, self.rate_hz))
        said = self._judged(loss, gap_s, clipped=bool(clipped.any()))
        if said == self.said:
            return []
        self.said = said
        return [Verdict(now_s, now_s, *said, self.loss_pct, self.rate_hz)]

    def _judged(self, loss: float, gap_s: float, *, clipped: bool) -> tuple[State, str]:
        p = self._params
        if self.rate_hz < p.slowest_hz:
            return "bad", "clock"
        if gap_s > p.gap_bad_s:
            return "bad", "gap"
        if loss > p.loss_bad:
            return "bad", "loss"
        if gap_s > p.gap_degraded_s:
            return "degraded", "gap"
        if loss > p.loss_degraded:
            return "degraded", "loss"
        return ("degraded", "saturation") if clipped else ("good", "")


class StrapTold:
    """Merges what the strap does into the verdicts on the data; chunk-invariant."""

    def __init__(self, quality: Quality) -> None:
        self._quality = quality
        self._data: tuple[State, str] = ("good", "")
        self._moved = self._turned = False

    def step(self, verdicts: list[Verdict], seats: list[Seat], turns: list[Turn]) -> list[Verdict]:
        """All there is to say of a block, in order."""
        told = []
        news: list[Verdict | Seat | Turn] = [*verdicts, *seats, *turns]
        for one in sorted(news, key=lambda one: one.known_s):
            if isinstance(one, Verdict):
                self._data = one.state, one.reason
                state, reason = self._now() if one.state == "good" else self._data
                told.append(replace(one, state=state, reason=reason))
                continue
            if isinstance(one, Turn):
                self._turned = one.turned
            else:
                self._moved = one.why != "home"
            figures = self._quality.figures_at(one.known_s)
            told.append(Verdict(one.time_s, one.known_s, *self._now(), *figures))
        return told

    def _now(self) -> tuple[State, str]:
        if not (self._moved or self._turned):
            return self._data
        bad = self._turned or self._data[0] == "bad"
        return ("bad" if bad else "degraded"), "strap moved"
