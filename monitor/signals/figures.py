"""An excursion in figures: how far, how long, how straight, under how much strain."""

from dataclasses import dataclass, replace

import numpy as np

from monitor.signals.excursions import Excursion
from monitor.signals.trace import Past

BEFORE_S = 1.0
"""What counts as just before an excursion, s."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What tells a rep from other excursions. Angles in °, times in s of stream time.

    Attributes:
        of: the excursion.
        start_s, peak_s, end_s, known_s: as seen in the trace; `known_s` = newest point used.
        unseen_s: how much later than `end_s` it may have ended, in a gap of the signal.
        high, low: furthest posterior and anterior (≥ 0) from the rest pose.
        left_over: how far from the rest pose it ended.
        aside_share: share of the movement that was not tilting, 0..1.
        turns: reversals of the tilting.
        shift: obliquity at the peak, from that at the start.
        strain, strain_out: most strain from the peak on, and before it.
        rumble, rumble_before, rumble_after: median rumble in it, and the mean of it in the second
            before and in what was seen after it.
    """

    of: Excursion
    start_s: float
    peak_s: float
    end_s: float
    known_s: float
    unseen_s: float
    high: float
    low: float
    left_over: float
    aside_share: float
    turns: int
    shift: float
    strain: float
    strain_out: float
    rumble: float
    rumble_before: float
    rumble_after: float

    @property
    def size(self) -> float:
        """Greatest distance from the rest pose, °."""
        return max(self.high, self.low)

    @property
    def length_s(self) -> float:
        """How long it took, s."""
        return max(self.end_s - self.start_s, 0.1)

    @property
    def posterior_share(self) -> float:
        """1 if it was all posterior, 0 if all anterior."""
        return self.high / max(self.high + self.low, 1e-9)

    def lasting(self, length_s: float) -> "Figures":
        """The same; if its end was not seen, as near to so long as the gap allows."""
        if not self.unseen_s:
            return self
        end_s = max(self.end_s, min(self.start_s + length_s, self.end_s + self.unseen_s))
        turned = self.peak_s < self.end_s
        peak_s = self.peak_s if turned else max(self.peak_s, 0.5 * (self.start_s + end_s))
        return replace(self, end_s=end_s, peak_s=peak_s, left_over=0.0)


def figures(x: Excursion, past: Past, now: int) -> Figures:
    """The figures of an excursion, from the trace up to point `now`."""
    trace = past.between(x.first, now)
    n = len(trace) - (now - x.last)
    before = past.since(float(trace.time_s[0]) - BEFORE_S, x.first)
    away, speed = trace.tilt[:n] - x.rest, trace.speed[:n]
    peak = int(away.argmax())
    tilting, aside = float((speed * speed).sum()), float((trace.aside[:n] ** 2).sum())
    return Figures(
        of=x,
        start_s=float(trace.time_s[0]),
        peak_s=float(trace.time_s[peak]),
        end_s=float(trace.time_s[n - 1]),
        known_s=float(trace.time_s[-1]),
        unseen_s=x.end_s - float(trace.time_s[n - 1]) if x.ending == "cut" else 0.0,
        high=max(float(away[peak]), 0.0),
        low=max(float(-away.min()), 0.0),
        left_over=float(away[-1]),
        aside_share=aside / (tilting + aside + 1e-9),
        turns=_turns(speed),
        shift=float(trace.shift[peak] - trace.shift[0]),
        strain=float(trace.strain[peak:].max()),
        strain_out=float(trace.strain[: peak + 1].max()),
        rumble=float(np.median(trace.rumble[:n])),
        rumble_before=float(before.rumble.mean()),
        rumble_after=float(trace.rumble[n - 1 :].mean()),
    )


def _turns(speed: np.ndarray[tuple[int], np.dtype[np.float64]]) -> int:
    """How often the tilting changes direction, slow wavering left out."""
    pace = np.abs(speed)
    ways = np.sign(speed[pace > 0.12 * pace.max()])
    return int(np.count_nonzero(np.diff(ways)))
