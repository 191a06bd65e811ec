"""Which excursions are reps: a set is a train of like excursions.

Each excursion speaks for itself by its figures (`own_odds`), and by its likeness to the reps
before it (`likeness`): in one set they take about as long, go about as far, twist and strain the
body about as much, and follow one another soon. All of it is added up as log-odds. A set begins
with the best chain of excursions that is better than chance,

    worth(x) = own(x) + max(begin, max over earlier y of worth(y) + go_on + likeness(x, y))

so a clear excursion begins one at once, and a doubtful one waits for the next that is like it,
when both are told together. What is unlike the set in progress is no rep.
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from monitor.signals.figures import Figures


@dataclass(frozen=True, slots=True)
class RhythmParams:
    """Constants of the decision; log-odds where no unit is given.

    Attributes:
        begin: for any excursion to begin a set, before anything is known of it.
        go_on: for it to go on with one.
        at_once: beyond which an excursion begins a set by itself.
        chain: beyond which a chain of them does.
        skipped: off for each excursion within the chain that is left out.
        own_share, own_least: how much of the own odds counts (figures overlap in what they say),
            and the least they can say.
        lying_s: a set begins only after so long on the pad, s.
        typical: how many of the last reps make what the next should be like.
        length, size, strain, shift: standard deviations within a set and between strangers, of
            the logarithms of length, size and strain, and of the shift over the size.
        size_sigma, shift_sigma: what sizes and shifts are known to, °.
        pause_s, late: off for every second beyond this pause at the top, s.
        over_s, over_periods: the set is over after so long without a rep, s, and in lengths of
            its reps, whichever is later.
    """

    begin: float = -4.5
    go_on: float = -0.5
    at_once: float = 3.5
    chain: float = 0.5
    skipped: float = 1.0
    own_share: float = 0.7
    own_going: float = 0.4
    own_least: float = -4.0
    lying_s: float = 1.8
    typical: int = 3
    length: tuple[float, float] = (0.2, 0.7)
    size: tuple[float, float] = (0.15, 0.9)
    strain: tuple[float, float] = (0.5, 1.0)
    shift: tuple[float, float] = (0.15, 0.6)
    size_sigma: float = 0.3
    length_sigma: float = 0.15
    shift_sigma: float = 0.3
    pause_s: float = 2.5
    late: float = 0.6
    pause: tuple[float, float] = (0.4, 0.4)
    apart_s: float = 8.0
    over_s: float = 7.0
    over_periods: float = 2.5


@dataclass(frozen=True, slots=True)
class OwnOdds:
    """Log-odds of being a rep, per figure of an excursion.

    Attributes:
        anyhow: before anything is known.
        size: per e-fold of size, between 0.5° and 5°.
        breath: per e-fold of size over breathing, up to 3°.
        length, quick_s: per e-fold of length up to quick_s, s.
        slow, slow_s: per e-fold of length beyond slow_s, s.
        straight: per e-fold of the share of movement that was not tilting.
        left_over: for ending as far from the rest pose as the excursion was large.
        lopsided: for a peak at one end.
        strain: per e-fold of strain, up to 3.
    """

    anyhow: float = -3.3
    size: float = 0.5
    breath: float = 0.9
    length: float = 1.0
    quick_s: float = 2.0
    slow: float = -4.0
    slow_s: float = 6.0
    straight: float = -0.7
    left_over: float = -2.0
    lopsided: float = -4.0
    strain: float = 0.8
    posterior: float = 3.0

    def of(self, x: Figures) -> float:
        """Log-odds of one excursion, within ±6."""
        size = max(x.size, 0.1)
        length = math.log(x.length_s)
        odds = (
            self.anyhow
            + self.size * math.log(min(max(size, 0.5), 5.0))
            + self.breath * math.log(min(size, 3.0) / max(x.of.breath, 0.3))
            + self.length * min(length, math.log(self.quick_s))
            + self.slow * max(length - math.log(self.slow_s), 0.0)
            + self.straight * math.log(x.aside_share + 0.02)
            + self.left_over * min(abs(x.left_over) / size, 1.0)
            + self.lopsided * abs((x.peak_s - x.start_s) / x.length_s - 0.5)
            + self.strain * min(x.strain, 3.0)
            + self.posterior * (x.posterior_share - 1.0)
        )
        return min(max(odds, -6.0), 6.0)


@dataclass(frozen=True, slots=True)
class _Like:
    """What the next rep of a set should be like."""

    length_s: float
    size: float
    strain: float
    shift: float
    pause_s: float | None
    end_s: float


@dataclass(frozen=True, slots=True)
class _Link:
    """An excursion that may be a rep, the worth of the best chain that ends in it, and its way."""

    x: Figures
    own: float
    worth: float
    before: "_Link | None"


class Rhythm:
    """Collects excursions into sets.

    Attributes:
        reps: of the set in progress; empty between sets.
        missed_s: when the signal last came back after a gap, s: of a pause in which that was nobody
            knows how long it was.
    """

    def __init__(self, params: RhythmParams | None = None, own: OwnOdds | None = None) -> None:
        self._p = params or RhythmParams()
        self._own = own or OwnOdds()
        self.reps: list[Figures] = []
        self.missed_s = -math.inf
        self._links: list[_Link] = []

    def takes(self, x: Figures) -> list[tuple[Figures, float]]:
        """The reps that are known now, with their log-odds, oldest first."""
        p = self._p
        if not self._possible(x):
            return []
        own = self._own.of(x)
        if self.reps:
            odds = (
                max(p.own_going * own, p.own_least) + p.go_on + self._likeness(x, self._typical())
            )
            if odds > 0.0:
                return self._accept([(x, odds)])
        elif own > p.at_once:
            return self._accept([*self._led_here(x), (x, own)])
        return self._wait(x, max(p.own_share * own, p.own_least))

    def _led_here(self, x: Figures) -> list[tuple[Figures, float]]:
        """Those that waited, where x, a rep without doubt, makes reps of them too."""
        for passed, y in enumerate(reversed(self._links)):
            odds = y.own + self._p.go_on + self._likeness(x, _like([y.x])) - passed
            if odds > 0.0 and x.start_s - y.x.end_s < max(self._p.over_s, x.length_s):
                chain, link = [(y.x, odds)], y.before
                while link is not None:
                    chain.append((link.x, odds))
                    link = link.before
                return chain[::-1]
        return []

    def pause_s(self) -> float:
        """After so long without a rep the set in progress is over, s."""
        length = median(rep.length_s for rep in self.reps[-5:]) if self.reps else 0.0
        return max(self._p.over_s, self._p.over_periods * length)

    def forget(self) -> None:
        """The set in progress is over."""
        self.reps = []

    def leave(self) -> None:
        """The athlete left the pad: nothing before counts any more."""
        self.reps, self._links = [], []

    def _possible(self, x: Figures) -> bool:
        return bool(
            x.of.lying_s > self._p.lying_s
            and x.length_s >= 0.45
            and x.aside_share < 0.8
            and x.size >= max(0.45, (1.1 if self.reps else 1.3) * min(x.of.breath, 1.2))
        )

    def _accept(self, found: list[tuple[Figures, float]]) -> list[tuple[Figures, float]]:
        self.reps += [x for x, _ in found]
        self._links = []
        return found

    def _wait(self, x: Figures, own: float) -> list[tuple[Figures, float]]:
        p = self._p
        near_s = max(p.over_s, x.length_s)
        self._links = [y for y in self._links if x.start_s - y.x.end_s < near_s]
        best = _Link(x, own, p.begin + own, None)
        for passed, y in enumerate(reversed(self._links)):
            worth = y.worth + own + p.go_on + self._likeness(x, _like([y.x]))
            worth -= p.skipped * passed
            if worth > best.worth:
                best = _Link(x, own, worth, y)
        if best.before is None or best.worth <= p.chain:
            self._links.append(best)
            return []
        chain: list[tuple[Figures, float]] = []
        link: _Link | None = best
        while link is not None:
            chain.append((link.x, best.worth))
            link = link.before
        return self._accept(chain[::-1])

    def _typical(self) -> _Like:
        return _like(self.reps[-self._p.typical :])

    def _likeness(self, x: Figures, y: _Like) -> float:
        """Log-odds that x and what y describes are of one set."""
        p, least = self._p, min(x.size, y.size)
        pause = x.start_s - y.end_s
        return (
            _same(math.log(x.length_s / y.length_s), p.length, p.length_sigma / least)
            + _same(math.log(x.size / y.size), p.size, p.size_sigma / least)
            + _same(x.strain - y.strain, p.strain, 0.0)
            + _same((x.shift - y.shift) / max(x.size, y.size), p.shift, p.shift_sigma / least)
            + (0.0 if y.end_s < self.missed_s <= x.start_s else self._timely(pause, y))
        )

    def _timely(self, pause_s: float, y: _Like) -> float:
        p = self._p
        if y.pause_s is None:
            return -p.late * max(0.0, pause_s - p.pause_s - 0.3 * y.length_s)
        within = p.pause[0] + p.pause[1] * max(y.pause_s, 0.0)
        return math.log(p.apart_s / (2.72 * within)) + _tails((pause_s - y.pause_s) / within)


def _like(reps: list[Figures]) -> _Like:
    return _Like(
        median(rep.length_s for rep in reps),
        median(rep.size for rep in reps),
        median(rep.strain for rep in reps),
        median(rep.shift for rep in reps),
        median(b.start_s - a.end_s for a, b in pairwise(reps)) if len(reps) > 2 else None,
        reps[-1].end_s,
    )


def _same(difference: float, sigmas: tuple[float, float], noise: float) -> float:
    """Log-odds of a difference to be one within a set rather than one between strangers."""
    within, strangers = (math.hypot(sigma, noise) for sigma in sigmas)
    return (
        _tails(difference / within) - _tails(difference / strangers) - math.log(within / strangers)
    )


def _tails(deviation: float) -> float:
    """Log density, but for a constant, of Student's t with 3 degrees of freedom."""
    return -2.0 * math.log1p(deviation * deviation / 3.0)
