"""When to speak: a value beyond a limit for long enough, once, until it is well below again.

For every rule and level there is a small watch with four states:

    armed ──beyond──▶ dwelling ──for dwell_s──▶ raised ──below limit - rearm──▶ easing
      ▲                  │ falls back              ▲                              │
      └──────────────────┘                         └──beyond limit - rearm────────┤
      └───────────────────────────for rearm_s: cleared────────────────────────────┘

The moment of crossing is interpolated between samples, so that the dwell does not depend on the
sampling rate. Most blocks cross nothing: those cost one comparison per rule.

A crossing is announced ahead (`approaching`) where the value, carried on at its present speed and
slowing down as it does now, passes the limit within the horizon.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Literal, assert_never

import numpy as np

from monitor.events import Level, Rule
from monitor.samples import Bools, Floats

Said = Literal["approaching", "raised", "cleared"]


@dataclass(frozen=True, slots=True)
class Threshold:
    """One level of one rule, in the rule's unit.

    Attributes:
        rule, level: whose it is.
        limit: where it lies.
        dwell_s, rearm, rearm_s: see the table above.
    """

    rule: Rule
    level: Level
    limit: float
    dwell_s: float
    rearm: float
    rearm_s: float


@dataclass(frozen=True, slots=True)
class Crossing:
    """A watch changed its mind.

    Attributes:
        threshold: which.
        state: what is said.
        time_s: when it happened (interpolated).
        index: sample of the block at which it was known.
    """

    threshold: Threshold
    state: Said
    time_s: float
    index: int


class _State(Enum):
    ARMED = auto()
    DWELLING = auto()
    RAISED = auto()
    EASING = auto()


class Watch:
    """Watches one value against one threshold; chunk-invariant."""

    def __init__(self, threshold: Threshold) -> None:
        self.threshold = threshold
        self._state = _State.ARMED
        self._since_s = 0.0
        self._last: tuple[float, float] | None = None
        self._announced = False

    @property
    def idle(self) -> bool:
        """Whether a block far from the limit would change nothing."""
        return self._state is _State.ARMED and not self._announced

    def skip(self, time_s: float, value: float) -> None:
        """Pass over a block that is known to change nothing, and ends like this."""
        self._last = time_s, value

    def step(
        self, time_s: Floats, value: Floats, ahead: Floats, may_speak: Bools
    ) -> Iterator[Crossing]:
        """Follow one block.

        Args:
            time_s: (n,), s.
            value: (n,), in the rule's unit; NaN says nothing and breaks a dwell.
            ahead: (n,), the value as it is foreseen at the horizon.
            may_speak: (n,), bool, whether the value counts at all here (an athlete who is
                walking has no alerts). Where False, the watch eases and is armed anew.

        Yields:
            What changed, in order.
        """
        if len(time_s) == 0:
            return
        limit, rearm = self.threshold.limit, self.threshold.rearm
        beyond = may_speak & (value >= limit)
        coming = may_speak & (ahead >= limit)
        if self._state is not _State.ARMED or self._announced or (beyond | coming).any():
            low = ~may_speak | ~(value >= limit - rearm)
            yield from self._walk(time_s, value, beyond, coming, low)
        self._last = (float(time_s[-1]), float(value[-1]))

    def _walk(
        self, time_s: Floats, value: Floats, beyond: Bools, coming: Bools, low: Bools
    ) -> Iterator[Crossing]:
        """Jump from change to change; nothing in between is looked at one by one."""
        i, n = 0, len(time_s)
        while i < n:
            match self._state:
                case _State.ARMED:
                    i = _next(beyond | (low & ~coming if self._announced else coming), i)
                    state = self._stirs(time_s, value, beyond, i) if i < n else None
                case _State.DWELLING:
                    state, i = self._dwells(time_s, beyond, i)
                case _State.RAISED:
                    state, i = None, _next(low, i)
                    if i < n:
                        self._state, self._since_s = _State.EASING, float(time_s[i])
                case _State.EASING:
                    state, i = self._eases(time_s, low, i)
                case _:
                    assert_never(self._state)
            if state is not None:
                at_s = float(time_s[i]) if state == "approaching" else self._since_s
                yield Crossing(self.threshold, state, at_s, i)

    def _stirs(self, time_s: Floats, value: Floats, beyond: Bools, i: int) -> Said | None:
        if beyond[i]:
            self._state = _State.DWELLING
            self._since_s = self._crossed_at(time_s, value, i)
            return None
        self._announced = not self._announced
        return "approaching" if self._announced else None

    def _dwells(self, time_s: Floats, beyond: Bools, i: int) -> tuple[Said | None, int]:
        over, i = self._lasts(time_s, ~beyond, i, self.threshold.dwell_s)
        if over is not None:
            self._state = _State.RAISED if over else _State.ARMED
            self._announced |= over
        return ("raised" if over else None), i

    def _eases(self, time_s: Floats, low: Bools, i: int) -> tuple[Said | None, int]:
        over, i = self._lasts(time_s, ~low, i, self.threshold.rearm_s)
        if over is not None:
            self._state = _State.ARMED if over else _State.RAISED
            self._announced &= not over
        return ("cleared" if over else None), i

    def _lasts(
        self, time_s: Floats, broken: Bools, i: int, needed_s: float
    ) -> tuple[bool | None, int]:
        """Whether a state lasted long enough (None: still open), and the sample that tells."""
        breaks = _next(broken, i)
        enough = max(i, int(np.searchsorted(time_s, self._since_s + needed_s - 1e-9)))
        if enough < breaks:
            return True, enough
        return (False, breaks) if breaks < len(time_s) else (None, breaks)

    def _crossed_at(self, time_s: Floats, value: Floats, i: int) -> float:
        before = (float(time_s[i - 1]), float(value[i - 1])) if i else self._last
        now, here = float(time_s[i]), float(value[i])
        if before is None or not before[1] < self.threshold.limit or now - before[0] > 0.25:
            return now
        share = (self.threshold.limit - before[1]) / (here - before[1])
        return before[0] + share * (now - before[0])


def _next(mask: Bools, i: int) -> int:
    """The first True at or after i, or the length."""
    rest = mask[i:]
    found = int(rest.argmax()) if len(rest) else 0
    return i + found if len(rest) and rest[found] else len(mask)
