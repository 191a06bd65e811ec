"""Is a strap that slips noticed, and is a strap that holds left in peace?

    python -m tests.benchmarks.strap                  forty scenarios anyone may tune on
    python -m tests.benchmarks.strap --held-out       sixty that nobody tunes on

Every scenario is trained four times: with a strap that holds, and with one that slips by 5° while
the athlete rests, between two reps, and in the middle of one; as a tilt, about the pad's normal, or
round the waist. Noticed is what is said as a `quality` event; the time counts from the middle of
the slip. What is said while the strap holds is false, wherever it is said.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from monitor.events import QualityEvent
from monitor.simulation.scenario import Scenario, draw
from monitor.simulation.truth import Truth
from tests.benchmarks.accuracy_run import Run, run

HELD_OUT = range(10_100, 10_160)
SIZE_DEG = 5.0
SOON_S = 3.0
LONG_S = 15.0
AXES = {
    "as a tilt": {"slip_axis_deg": 0.0},
    "about the pad's normal": {"slip_axis_deg": 90.0},
    "round the waist": {"slip_axis_deg": 0.0, "slip_round_deg": 90.0},
}
MOMENTS = ("at rest", "between reps", "in a rep")


@dataclass(frozen=True)
class Outcome:
    """What became of one slip.

    Attributes:
        axis, moment: about what it slipped, and when.
        after_s: how long after it that was said, infinite if never.
        tilt_off_deg: RMS error of the tilt over five seconds from then on.
    """

    axis: str
    moment: str
    after_s: float
    tilt_off_deg: float


def moment(truth: Truth, kind: str, rng: np.random.Generator) -> float | None:
    """A time at which a slip of that kind may happen, s; None if there is none."""
    in_set, rep = truth.place == "set", truth.rep > 0
    wanted = {"at rest": truth.place == "rest", "between reps": in_set & ~rep, "in a rep": rep}
    late_s = truth.time_s[np.flatnonzero(truth.on_pad)[-1]] - LONG_S / 3.0
    there = np.flatnonzero(wanted[kind] & (truth.set > 0) & (truth.time_s < late_s))
    return float(truth.time_s[rng.choice(there)]) if len(there) else None


def slipped(seed: int, truth: Truth) -> Iterator[tuple[str, str, Scenario]]:
    """The scenario with a slip of each kind of moment, about one axis after the other."""
    rng = np.random.default_rng([seed, 77])
    for k, kind in enumerate(MOMENTS):
        at_s = moment(truth, kind, rng)
        axis = list(AXES)[(seed + k) % len(AXES)]
        if at_s is not None:
            share = (at_s - 0.2) / truth.time_s[-1]
            size = SIZE_DEG * rng.choice([-1.0, 1.0])
            slip = {"slip": "step", "slip_deg": size, "slip_share": share}
            yield axis, kind, draw(seed, **slip, **AXES[axis])


def told(ran: Run) -> list[QualityEvent]:
    """What was said of the strap."""
    return [e for e in ran.events if isinstance(e, QualityEvent) and e.reason == "strap moved"]


def outcome(axis: str, kind: str, ran: Run) -> Outcome:
    """What became of the slip of a run."""
    truth, signals = ran.simulation.truth, ran.signals
    ((at_s, _),) = truth.slips
    after = [e.known_s for e in told(ran) if at_s < e.known_s < at_s + LONG_S]
    if not after:
        return Outcome(axis, kind, np.inf, np.nan)
    since = (signals.time_s > after[0]) & (signals.time_s < after[0] + 5.0)
    true = np.interp(signals.time_s[since], truth.time_s, truth.tilt_deg)
    off = signals.tilt_deg[since] - true
    return Outcome(axis, kind, after[0] - at_s, float(np.sqrt(np.nanmean(off**2))))


def table(outcomes: list[Outcome], false: int, sets: int) -> str:
    """All of it, as a person reads it."""
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        for name in (f"{one.moment}, {one.axis}", one.moment, one.axis, "all"):
            groups[name].append(one)
    lines = [f"{'':<38}  slips  within {SOON_S:.0f} s  within {LONG_S:.0f} s  tilt off afterwards"]
    for name in sorted(groups, key=lambda name: (name == "all", "," not in name, name)):
        after = np.array([one.after_s for one in groups[name]])
        off = [one.tilt_off_deg for one in groups[name] if np.isfinite(one.tilt_off_deg)]
        soon, ever = 100 * np.mean(after <= SOON_S), 100 * np.mean(np.isfinite(after))
        known = f"{np.median(off):.2f}°" if off else "–"
        lines.append(f"{name:<38}  {len(after):5}  {soon:9.0f} %  {ever:10.0f} %  {known}")
    lines.append(f"false: {false} in {sets} sets, {100 * false / sets:.1f} per 100")
    return "\n".join(lines)


def main() -> None:
    """Run the scenarios asked for and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--held-out", action="store_true", help="seeds nobody tunes on")
    parser.add_argument("--scenarios", type=int, default=None, metavar="N")
    asked = parser.parse_args()
    seeds = (HELD_OUT if asked.held_out else range(40))[: asked.scenarios]
    outcomes: list[Outcome] = []
    false = sets = 0
    for seed in seeds:
        holds = run(draw(seed, slip="none"))
        if holds.calibration is None:
            continue
        false += len(told(holds))
        sets += max(rep.set for rep in holds.simulation.truth.reps)
        cases = slipped(seed, holds.simulation.truth)
        outcomes += [outcome(axis, kind, run(scenario)) for axis, kind, scenario in cases]
    print(table(outcomes, false, sets))


if __name__ == "__main__":
    main()
