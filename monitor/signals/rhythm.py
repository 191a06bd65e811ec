"""Which excursions are reps: a set is a train of like excursions.

Each excursion speaks for itself, and by its likeness to the reps before it
(`monitor.signals.odds`): in one set they take about as long, go about as far, twist, strain and
rumble about as much, and follow one another in time. Excursions make chains, and the best chain
that ends in one is worth

    worth(x) = max over earlier y of  worth(y) + going on from y to x

begun by the set in progress, whose reps are told, or by any excursion. A chain that is worth more
than the doubt is told, all of it: so a hole in a set is filled as soon as the rep after it is
known, and a set begins with its first clear rep, or when two or three doubtful ones are alike.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from monitor.signals.figures import Figures
from monitor.signals.odds import LikeOdds, OwnOdds, typical


@dataclass(frozen=True, slots=True)
class RhythmParams:
    """Constants of the decision; log-odds where no unit is given.

    Attributes:
        begin: for any excursion to begin a chain.
        go_on: for a chain that is not yet a set to go on, to be added to the likeness.
        most_like, most_own: the most that likeness, and that its own odds, speak for each of its
            excursions then: breathing is like itself too, and the clear rep after a shuffle makes
            no rep of the shuffle.
        rumbles: on top of go_on and most_like, per unit of rumble beyond 0.3, up to one unit:
            breathing does not rumble.
        at_once: own odds beyond which an excursion begins a set by itself.
        two, chain: beyond which two, and three or more, do: two feet are put down alike, too.
        more, filled: beyond which the set in progress goes on, and goes on over a hole: feet are
            taken down after it.
        lying_s: a set begins only after so long on the pad, s.
        shortest_s, least, most_aside: no rep is shorter, s, smaller, °, or less of a tilt.
        over_breath, breath: nor smaller than so many times the breathing, counted up to this, °,
            unless there was `felt` rumble in it.
        near_s: further apart than this, or than an excursion's length, is no chain, s.
        chain_s: no chain waits longer, s.
        over_s, over_lengths, over_periods, longest_s: the set is over after so long without a rep,
            s, or in lengths of its reps, or in periods but for `longest_s`, whichever is later.
    """

    begin: float = -1.5
    go_on: float = -3.5
    most_like: float = 2.0
    most_own: float = 2.0
    rumbles: float = 1.0
    at_once: float = 4.5
    two: float = 3.0
    chain: float = 1.0
    more: float = 1.5
    filled: float = 2.0
    lying_s: float = 1.8
    shortest_s: float = 0.45
    least: float = 0.4
    most_aside: float = 0.93
    over_breath: float = 1.1
    breath: float = 1.2
    felt: float = 0.8
    near_s: float = 7.0
    chain_s: float = 40.0
    over_s: float = 8.0
    over_lengths: float = 2.5
    over_periods: float = 2.2
    longest_s: float = 14.0


@dataclass(frozen=True, slots=True)
class _Chain:
    """Excursions that may be reps, and what they are worth together."""

    links: tuple[Figures, ...]
    worth: float


class Rhythm:
    """Collects excursions into sets.

    Attributes:
        reps: of the set in progress; empty between sets.
        missed_s: when the signal last came back after a gap, s: of a pause in which that was nobody
            knows how long it was.
    """

    def __init__(
        self,
        params: RhythmParams | None = None,
        own: OwnOdds | None = None,
        like: LikeOdds | None = None,
    ) -> None:
        self._p = params or RhythmParams()
        self._own = own or OwnOdds()
        self._like = like or LikeOdds()
        self.reps: list[Figures] = []
        self.missed_s = -math.inf
        self._chains: list[_Chain] = []

    def takes(self, x: Figures) -> list[tuple[Figures, float]]:
        """The reps that are known now, with their log-odds, oldest first."""
        x = x.lasting(self._length_s(x))
        if not self._possible(x):
            return []
        own = self._own.of(x)
        self._chains = [chain for chain in self._chains if self._reaches(chain, x)]
        best = max(self._longer(x, own), key=lambda chain: chain.worth)
        if not self._told(best, own):
            self._chains.append(best)
            return []
        odds = best.worth if self.reps else max(best.worth, own)
        self.reps += best.links
        self._chains = []
        return [(link, odds) for link in best.links]

    def pause_s(self) -> float:
        """After so long without a rep the set in progress is over, s."""
        p, last = self._p, self.reps[-5:]
        lengths = p.over_lengths * median(rep.length_s for rep in last) if last else 0.0
        periods = [b.peak_s - a.peak_s for a, b in pairwise(last)]
        holes = min(p.over_periods * median(periods), p.longest_s) if periods else 0.0
        return max(p.over_s, lengths, holes)

    def forget(self) -> None:
        """The set in progress is over."""
        if self.reps:
            self.reps, self._chains = [], []

    def leave(self) -> None:
        """The athlete left the pad: nothing before counts any more."""
        self.reps, self._chains = [], []

    def _length_s(self, x: Figures) -> float:
        """How long an excursion takes whose end is not seen: as its set's, or back as out, s."""
        if self.reps:
            return median(rep.length_s for rep in self.reps[-5:])
        return 2.0 * (x.peak_s - x.start_s)

    def _possible(self, x: Figures) -> bool:
        p = self._p
        return (
            x.of.lying_s > p.lying_s
            and x.length_s >= p.shortest_s
            and x.size >= p.least
            and x.aside_share < p.most_aside
            and (x.size > p.over_breath * min(x.of.breath, p.breath) or x.rumble > p.felt)
        )

    def _reaches(self, chain: _Chain, x: Figures) -> bool:
        near_s = max(self._p.near_s, x.length_s)
        last, first = chain.links[-1], chain.links[0]
        return x.start_s - last.end_s < near_s and x.end_s - first.start_s < self._p.chain_s

    def _longer(self, x: Figures, own: float) -> list[_Chain]:
        """All chains that could end in x."""
        p = self._p
        if self.reps:
            share = self._like.own * own
            begun = _Chain((x,), share + self._likeness(x, self.reps))
            goes_on = [share + self._likeness(x, [*self.reps, *c.links]) for c in self._chains]
        else:
            own = min(own, p.most_own)
            more = p.rumbles * min(max(x.rumble - 0.3, 0.0), 1.0)
            go_on, most_like = p.go_on + more, p.most_like + more
            begun = _Chain((x,), p.begin + own)
            goes_on = [
                own + min(self._likeness(x, c.links) + go_on, most_like) for c in self._chains
            ]
        return [
            begun,
            *(
                _Chain((*chain.links, x), chain.worth + more)
                for chain, more in zip(self._chains, goes_on, strict=True)
            ),
        ]

    def _told(self, best: _Chain, own: float) -> bool:
        """Whether a chain is worth telling."""
        p, many = self._p, len(best.links)
        if self.reps:
            return best.worth > (p.more if many == 1 else p.filled)
        if many == 1:
            return own > p.at_once
        return best.worth > (p.two if many == 2 else p.chain)

    def _likeness(self, x: Figures, reps: Sequence[Figures]) -> float:
        seen = not reps[-1].end_s < self.missed_s <= x.start_s
        return self._like.of(x, typical(reps, timely=seen))
