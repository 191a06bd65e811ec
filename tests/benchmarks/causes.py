"""Does the coach name the right cause? Sets with a known one, and what he made of them.

    python -m tests.benchmarks.causes                  sets that the model was fitted to
    python -m tests.benchmarks.causes --held-out       sets that nothing was tuned on
    python -m tests.benchmarks.causes --sets 70 --each a few of them, a line each

Five causes, clean sets and mixtures of two take turns, so of N sets N/7 are of each kind. What is
looked at is the set event, as the engine says it, of the set with the most reps; a set of which
nothing is said counts as missed.
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from monitor.events import Cause, SetEvent
from monitor.simulation.causes import CAUSES, case
from tests.benchmarks.causes_run import watched

HELD_OUT = 10_000
"""The first seed nobody tunes on."""
BELIEVED = 0.3
"""A clean set must have no cause above this."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What was wrong with a set, and what the coach said: causes with confidences, likeliest first.

    `reps` is 0 where no set was told at all.
    """

    seed: int
    truth: tuple[Cause, ...]
    said: tuple[tuple[Cause, float], ...]
    reps: int

    @property
    def first(self) -> str:
        """The likeliest cause; of a clean set only one that is believed."""
        least = 0.0 if self.truth else BELIEVED
        return next((cause for cause, confidence in self.said if confidence > least), "none")

    @property
    def first_two(self) -> tuple[Cause, ...]:
        """The two likeliest."""
        return tuple(cause for cause, _ in self.said[:2])


def guess(seed: int) -> Guess:
    """Let the whole engine watch one set."""
    chosen = case(seed)
    events = [event for report in watched(chosen) for event in report.events]
    sets = [event for event in events if isinstance(event, SetEvent)]
    if not sets:
        return Guess(seed, chosen.causes, (), 0)
    largest = max(sets, key=lambda one: one.reps)
    said = tuple((cause.cause, cause.confidence) for cause in largest.causes)
    return Guess(seed, chosen.causes, said, largest.reps)


def summary(guesses: list[Guess]) -> Iterator[str]:
    """The table and the shares below it, line by line."""
    single = [one for one in guesses if len(one.truth) == 1]
    clean = [one for one in guesses if not one.truth]
    mixed = [one for one in guesses if len(one.truth) == 2]
    columns = [*CAUSES, "none"]
    yield "wrong with the set | sets | said first: " + " | ".join(columns)
    for kind in (*CAUSES, "clean"):
        of = [one for one in guesses if one.truth == ((kind,) if kind != "clean" else ())]
        first = Counter(one.first for one in of)
        yield f"{kind} | {len(of)} | " + " | ".join(str(first[column]) for column in columns)
    yield ""
    right = [one.first == one.truth[0] for one in single]
    yield f"the right cause first: {_share(right)} of {len(single)} sets with one cause"
    yield f"  among the first two: {_share([one.truth[0] in one.first_two for one in single])}"
    told = [one.first == one.truth[0] for one in single if one.reps]
    yield f"  first, of the {len(told)} sets that were counted at all: {_share(told)}"
    nothing = [one.first == "none" for one in clean]
    yield f"no cause above {BELIEVED}: {_share(nothing)} of {len(clean)} clean sets"
    either = [one.first in one.truth for one in mixed]
    both = [set(one.first_two) == set(one.truth) for one in mixed]
    yield f"of two causes, one first: {_share(either)}, both first: {_share(both)} of {len(mixed)}"
    yield from _calibration(guesses)


def _calibration(guesses: list[Guess]) -> Iterator[str]:
    """How often a cause that was told with a confidence was there."""
    said = [(p, cause in one.truth) for one in guesses for cause, p in one.said]
    for low, high in ((0.05, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.0)):
        there = [true for confidence, true in said if low <= confidence < high]
        yield f"told with {low:.2f} to {high:.2f}: there in {_share(there)} of {len(there)}"


def _share(true: list[bool]) -> str:
    return f"{100 * sum(true) / len(true):.1f} %" if true else "–"


def main() -> None:
    """Watch the sets asked for and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--held-out", action="store_true", help="seeds nobody tunes on")
    parser.add_argument("--sets", type=int, default=200, metavar="N")
    parser.add_argument("--each", action="store_true", help="a line per set too")
    parser.add_argument("--jobs", type=int, default=1)
    asked = parser.parse_args()
    first = HELD_OUT if asked.held_out else 0
    with ProcessPoolExecutor(asked.jobs) as pool:
        guesses = list(pool.map(guess, range(first, first + asked.sets)))
    if asked.each:
        for one in guesses:
            print(one.seed, one.reps, "+".join(one.truth) or "clean", one.said[:3])
    print("\n".join(summary(guesses)))


if __name__ == "__main__":
    main()
