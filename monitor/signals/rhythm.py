"""Which excursions are reps: a set is a train of like excursions.

Each excursion speaks for itself by its figures (log-odds of being a rep), and by its likeness to
the reps before it: in one set they take about as long, go about as far, and follow one another
soon. An excursion that is clear by itself begins a set at once; a doubtful one waits for the next
that is like it, and both are told together. What is unlike the set in progress is no rep.
"""

import math
from dataclasses import dataclass
from statistics import median

from monitor.signals.excursions import Ending, Excursion


@dataclass(frozen=True, slots=True)
class RhythmParams:
    """Constants of the decision, log-odds where nothing else is said.

    Attributes:
        begin: for an excursion to begin a set.
        go_on: for it to go on with one.
        clear: beyond which an excursion begins a set at once.
        chain: beyond which a chain of doubtful ones does.
        own_share: how much of the own figures' log-odds counts.
        least_own: and the least they can say.
        like_length, unlike_length, like_size, unlike_size: widths of the logarithm of the ratio
            within a set and between strangers.
        size_sigma: what a size is known to, °.
        pause_s: usual longest pause at the top, s; beyond it 0.6 per second is taken off.
        apart_s, apart_periods: the set is over after the larger of these.
        shortest_s, smallest: what no rep is below, s and °.
        lying_s: how long the athlete has lain before a set begins, s.
    """

    begin: float = -2.0
    go_on: float = 1.0
    clear: float = 2.0
    chain: float = 0.5
    quick: float = 1.0
    own_share: float = 0.5
    least_own: float = -3.0
    like_length: float = 0.18
    unlike_length: float = 0.7
    like_size: float = 0.25
    unlike_size: float = 0.9
    size_sigma: float = 0.5
    length_sigma: float = 0.1
    pause_s: float = 2.5
    apart_s: float = 6.0
    apart_periods: float = 2.5
    shortest_s: float = 0.45
    smallest: float = 0.7
    lying_s: float = 2.0


class Rhythm:
    """Collects excursions into sets.

    Attributes:
        reps: of the set in progress; empty between sets.
    """

    def __init__(self, params: RhythmParams | None = None) -> None:
        self._p = params or RhythmParams()
        self.reps: list[Excursion] = []
        self._waiting: list[Excursion] = []

    def takes(self, x: Excursion) -> list[tuple[Excursion, float]]:
        """The reps that are known now that x has ended, with their log-odds, oldest first."""
        p = self._p
        if not self._possible(x):
            return []
        own = max(p.own_share * own_odds(x), p.least_own)
        if self.reps:
            odds = own + p.go_on + self._fits(x)
            if odds > 0.0:
                return self._accept([(x, odds)])
        elif own + p.begin > p.clear and x.lying_s > p.lying_s:
            return self._accept([(x, own + p.begin)])
        return self._wait(x, own)

    def longest_pause_s(self) -> float:
        """After this long without a rep the set in progress is over, s."""
        period = median(rep.length_s for rep in self.reps[-5:]) if self.reps else 0.0
        return max(self._p.apart_s, self._p.apart_periods * period)

    def forget(self) -> None:
        """The set in progress is over."""
        self.reps = []

    def leave(self) -> None:
        """The athlete left the pad: nothing before counts any more."""
        self.reps, self._waiting = [], []

    def _accept(self, found: list[tuple[Excursion, float]]) -> list[tuple[Excursion, float]]:
        self.reps += [x for x, _ in found]
        self._waiting = []
        return found

    def _wait(self, x: Excursion, own: float) -> list[tuple[Excursion, float]]:
        p = self._p
        near = max(p.apart_s, x.length_s)
        self._waiting = [y for y in self._waiting if x.start_s - y.end_s < near]
        total, best, chain, newer = p.begin + own, None, [(x, own)], x
        needed = p.chain + (p.quick if x.length_s < 1.6 else 0.0)
        for y in reversed(self._waiting):
            of_y = max(p.own_share * own_odds(y), p.least_own)
            total += of_y + p.go_on + self._alike(newer, y.length_s, y.size)
            total -= 0.6 * max(0.0, newer.start_s - y.end_s - p.pause_s - 0.3 * y.length_s)
            chain.append((y, total))
            newer = y
            if y.lying_s > p.lying_s and total > max(needed, best[0] if best else needed):
                best = (total, list(chain))
        if best is None:
            self._waiting.append(x)
            return []
        return self._accept([(y, best[0]) for y, _ in reversed(best[1])])

    def _possible(self, x: Excursion) -> bool:
        p = self._p
        return (
            x.length_s >= p.shortest_s
            and x.size >= max(p.smallest, 1.15 * min(x.breath, 1.2))
            and x.sagittal < 0.8
            and x.high > 0.6
            and (x.high > 0.4 * (x.high - x.low) or x.high_s < x.low_s)
        )

    def _fits(self, x: Excursion) -> float:
        p, reps = self._p, self.reps
        length = median(rep.length_s for rep in reps[-4:])
        size = reps[-1].size if len(reps) < 3 else median(rep.size for rep in reps[-3:])
        pause = x.start_s - reps[-1].end_s
        late = max(0.0, pause - p.pause_s - 0.3 * length)
        return self._alike(x, length, size) - 0.6 * late

    def _alike(self, x: Excursion, length: float, size: float) -> float:
        """Log-odds that x is of one set with an excursion of that length and size."""
        p, least = self._p, min(x.size, size)
        more_size, more_length = p.size_sigma / least, p.length_sigma / least
        lengths, sizes = math.log(x.length_s / length), math.log(x.size / size)
        return (
            _tails(lengths, math.hypot(p.like_length, more_length))
            - _tails(lengths, math.hypot(p.unlike_length, more_length))
            + _tails(sizes, math.hypot(p.like_size, more_size))
            - _tails(sizes, math.hypot(p.unlike_size, more_size))
        )


def own_odds(x: Excursion) -> float:
    """Log-odds, within ±6, that an excursion is a rep, from its own figures alone."""
    size, length = math.log(x.size), math.log(x.length_s)
    against_breath = math.log(min(x.size, 2.5) / max(x.breath, 0.3))
    high = x.high_s if x.high >= -x.low else x.low_s
    odds = (
        -3.2
        - 1.01 * min(size, 1.5)
        + 0.67 * max(size - 1.5, 0.0)
        + 1.21 * against_breath
        + 1.25 * min(length, 0.5)
        + 1.49 * max(length - 0.5, 0.0)
        - 5.48 * max(length - 1.6, 0.0)
        - 0.35 * math.log(x.sagittal + 0.01)
        - 1.52 * min(abs(x.left_over) / x.size, 1.0)
        + 0.93 * x.high / (x.high - x.low + 1e-9)
        - 0.33 * min(x.turns, 5)
        + 0.23 * math.log(x.fastest * x.length_s / x.size)
        - 1.51 * abs((high - x.start_s) / x.length_s - 0.5)
        - 0.38 * math.log(x.aside / x.fastest + 0.02)
        - 1.2 * (x.ending is Ending.STAYED)
    )
    return min(max(odds, -6.0), 5.0)


def _tails(deviation: float, width: float) -> float:
    """Log density of a bell with heavy tails (Student's t, 3 degrees of freedom)."""
    return -2.0 * math.log1p((deviation / width) ** 2 / 3.0) - math.log(width * 1.8138)
