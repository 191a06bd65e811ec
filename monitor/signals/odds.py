"""What speaks for a rep: an excursion's own figures, and its likeness to the reps before it.

Both are log-odds, sums of figures times weights: a logistic regression of simulated athletes'
excursions on whether they were reps, a share of them on a machine that is not felt at all, so that
no single sense is trusted too far.

    own(x)    = Σ weight · figure
    like(x,y) = same + share · own(x) - Σ weight · log(1 + d² / 3)

d is how far x is from what the set's last reps were like, in standard deviations; the logarithm is
that of Student's t, so that one figure far off does not outweigh all others.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from monitor.signals.figures import Figures


@dataclass(frozen=True, slots=True)
class OwnOdds:
    """Log-odds of being a rep, per figure of an excursion.

    Attributes:
        anyhow: before anything is known.
        small, large: per e-fold of size below and beyond 2.5°.
        breath: per e-fold of size over breathing.
        quick, slow: per e-fold of length below 2 s, and beyond 3 s.
        aside, small_aside, twist: per e-fold of the share of movement that was not tilting; the
            same, more so the smaller the excursion; and for more than 0.6 of it.
        left_over: for ending as far from the rest pose as the excursion was large.
        lopsided: for a peak at one end.
        anterior: for leading forward only.
        strain, rumble, both: per unit of strain, of rumble, and of their product.
        risen, after: per unit of rumble more than before it, and of rumble after it.
        turned, stayed: for turning round without a rest, and for staying elsewhere.
        new: for beginning when the athlete has just lain down.
        most: all of it is within ± this.
    """

    anyhow: float = -0.61
    small: float = 0.31
    large: float = -1.21
    breath: float = 1.4
    quick: float = 2.67
    slow: float = 1.04
    aside: float = -1.6
    small_aside: float = -1.31
    twist: float = -2.03
    left_over: float = -1.23
    lopsided: float = -3.41
    anterior: float = -1.36
    strain: float = 0.42
    rumble: float = -1.73
    both: float = 0.62
    risen: float = 0.42
    after: float = 0.77
    turned: float = -2.53
    stayed: float = -1.91
    new: float = -2.5
    most: float = 6.0

    def of(self, x: Figures) -> float:
        """Log-odds of one excursion."""
        odds = self.anyhow + self._way(x) + self._shaking(x)
        odds += self.turned * (x.of.ending == "turned") + self.stayed * (x.of.ending == "stayed")
        odds += self.new * _within((6.0 - x.of.lying_s) / 4.0, 0.0, 1.0)
        return _within(odds, -self.most, self.most)

    def _way(self, x: Figures) -> float:
        """How far, how long, how straight."""
        size = max(x.size, 0.1)
        small = math.log(_within(size, 0.4, 2.5) / 2.5)
        breath = math.log(_within(size / max(x.of.breath, 0.3), 0.5, 5.0))
        aside = _aside(x) + 2.0
        return (
            self.small * small
            + self.large * math.log(_within(size, 2.5, 25.0) / 2.5)
            + self.breath * breath
            + self.quick * math.log(_within(x.length_s, 0.3, 2.0) / 2.0)
            + self.slow * math.log(_within(x.length_s, 3.0, 12.0) / 3.0)
            + self.aside * aside
            + self.small_aside * small * aside
            + self.twist * max(x.aside_share - 0.6, 0.0)
            + self.left_over * min(abs(x.left_over) / size, 1.0)
            + self.lopsided * abs((x.peak_s - x.start_s) / x.length_s - 0.5)
            + self.anterior * (1.0 - x.posterior_share)
        )

    def _shaking(self, x: Figures) -> float:
        strain, rumble = min(x.strain, 3.0), min(x.rumble, 2.5)
        return (
            self.strain * strain
            + self.rumble * rumble
            + self.both * strain * rumble
            + self.risen * _within(x.rumble - x.rumble_before, -1.5, 1.5)
            + self.after * min(x.rumble_after, 2.0)
        )


@dataclass(frozen=True, slots=True)
class Typical:
    """What the next rep of a set should be like: its last ones, by their medians.

    Attributes:
        length_s, size, strain, rumble, shift, aside: as in `Figures`, `aside` its logarithm.
        pause_s, period_s: from one rep's end to the next one's start, and from peak to peak; None
            where too few reps, or a gap in the signal, leave it unknown.
        end_s, peak_s: of the last one.
    """

    length_s: float
    size: float
    strain: float
    rumble: float
    shift: float
    aside: float
    pause_s: float | None
    period_s: float | None
    end_s: float
    peak_s: float


def typical(reps: Sequence[Figures], *, timely: bool = True) -> Typical:
    """What the next rep should be like; without `timely`, when it comes says nothing."""
    last, recent = reps[-3:], reps[-4:]
    pauses = [b.start_s - a.end_s for a, b in pairwise(recent)]
    periods = [b.peak_s - a.peak_s for a, b in pairwise(recent)]
    return Typical(
        length_s=median(x.length_s for x in last),
        size=median(x.size for x in last),
        strain=median(x.strain for x in last),
        rumble=median(x.rumble for x in last),
        shift=median(x.shift for x in last),
        aside=median(_aside(x) for x in last),
        pause_s=median(pauses) if timely and len(pauses) > 1 else None,
        period_s=median(periods) if timely and periods else None,
        end_s=reps[-1].end_s,
        peak_s=reps[-1].peak_s,
    )


@dataclass(frozen=True, slots=True)
class LikeOdds:
    """Log-odds of going on with a set.

    Attributes:
        same: for an excursion that is just like those before.
        own: share of its own odds that counts.
        length, size, strain, rumble, shift, aside, pause, period: for being unlike in that; strain
            only where the way back, on which it is felt, was seen.
        second: where the pause is not known yet.
        smaller: per e-fold of size below 0.6 of theirs.
    """

    same: float = 4.88
    own: float = 0.5
    length: float = -0.89
    size: float = -0.73
    strain: float = -1.5
    rumble: float = -1.29
    shift: float = -0.34
    aside: float = -0.86
    pause: float = -0.88
    period: float = -1.25
    second: float = 0.64
    smaller: float = -1.41

    def of(self, x: Figures, y: Typical) -> float:
        """Log-odds that x goes on with the set that y describes, but for x's own."""
        least, most = max(min(x.size, y.size), 0.1), max(x.size, y.size, 0.1)
        size = math.log(max(x.size, 0.1) / max(y.size, 0.1))
        return (
            self.same
            + self.length * _tails(math.log(x.length_s / y.length_s), 0.2, 0.15 / least)
            + self.size * _tails(size, 0.2, 0.3 / least)
            + self.strain * (x.unseen_s <= 0.0) * _tails(x.strain - y.strain, 0.5)
            + self.rumble * _tails(x.rumble - y.rumble, 0.4)
            + self.shift * _tails((x.shift - y.shift) / most, 0.15, 0.3 / least)
            + self.aside * _tails(_aside(x) - y.aside, 0.7)
            + self.smaller * max(0.0, -size - 0.5)
            + self._timely(x, y)
        )

    def _timely(self, x: Figures, y: Typical) -> float:
        odds = 0.0
        if y.period_s is not None:
            odds += self.period * _tails(math.log(max(x.peak_s - y.peak_s, 0.2) / y.period_s), 0.2)
        if y.pause_s is None:
            return odds + self.second
        within = 0.4 + 0.4 * max(y.pause_s, 0.0)
        return odds + self.pause * _tails(x.start_s - y.end_s - y.pause_s, within)


def _aside(x: Figures) -> float:
    return math.log(x.aside_share + 0.02)


def _within(value: float, least: float, most: float) -> float:
    return min(max(value, least), most)


def _tails(difference: float, sigma: float, noise: float = 0.0) -> float:
    """log(1 + d² / 3) of a difference in standard deviations."""
    return math.log1p((difference / math.hypot(sigma, noise)) ** 2 / 3.0)
