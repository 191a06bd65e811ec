"""How good is it? The product against simulated sessions whose truth is known.

    python -m tests.benchmarks.accuracy                    the first forty tuning scenarios
    python -m tests.benchmarks.accuracy --seeds 0:200      all that anyone may tune on
    python -m tests.benchmarks.accuracy --held-out         a hundred that nobody tunes on
    python -m tests.benchmarks.accuracy --pictures DIR     and one picture of each

Reads nothing and needs no sensor; the same command always prints the same numbers.
"""

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from monitor.simulation.scenario import draw
from tests.benchmarks import accuracy_report as report
from tests.benchmarks.accuracy_run import run
from tests.benchmarks.accuracy_score import Score, score

HELD_OUT = range(10_000, 10_100)


@dataclass(frozen=True)
class Task:
    """One scenario to be run, and how."""

    seed: int
    true_placement: bool
    pictures: Path | None


def main() -> None:
    """Run the scenarios asked for and print the tables."""
    asked = _arguments()
    seeds = HELD_OUT if asked.held_out else asked.seeds
    if asked.pictures:
        asked.pictures.mkdir(parents=True, exist_ok=True)
    tasks = [Task(seed, asked.true_placement, asked.pictures) for seed in seeds]
    if asked.jobs == 1:
        scores = [_scored(task) for task in tasks]
    else:
        with ProcessPoolExecutor(asked.jobs) as pool:
            scores = list(pool.map(_scored, tasks))
    print(report.overall(scores))
    print(report.grouped(scores))
    if asked.each:
        print("\n" + report.each(scores))


def _scored(task: Task) -> Score:
    watched = run(draw(task.seed), true_placement=task.true_placement)
    if task.pictures:
        from tests.benchmarks.accuracy_picture import draw_picture  # noqa: PLC0415 - slow to load

        draw_picture(watched, task.pictures)
    return score(watched)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seeds", type=_seeds, default=range(40), metavar="A:B")
    parser.add_argument("--held-out", action="store_true", help="seeds nobody tunes on")
    parser.add_argument("--each", action="store_true", help="a line per scenario too")
    parser.add_argument("--pictures", type=Path, metavar="DIR")
    parser.add_argument("--true-placement", action="store_true", help="do not calibrate")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


def _seeds(text: str) -> range:
    first, _, last = text.partition(":")
    return range(int(first), int(last) if last else int(first) + 1)


if __name__ == "__main__":
    main()
