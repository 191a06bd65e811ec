"""From what a set shows to its likely causes: five small sums, each with a reason a coach accepts.

One sensor on the back sees neither feet nor thighs nor plates. So a cause is inferred, never
known, and each is judged by itself, as sets may have several:

    confidence = seen · known · σ(bias + Σ weight · figure)                                   (1)
    seen  = 1 − (1 − s)³,     s = share of the reps that show its kind of fault               (2)
    known = k / (k + 1),      k = how many reps they are                                      (3)

(2) is the chance that three reps taken at random show it at least once; (3) makes few reps count
for little. The figures of (1) are `evidence`'s, and each may only speak the way that is written
here: the signs are physics and the coach's, the sizes were fitted (ridge logistic regression) to
simulated sets with known causes (`simulation.causes`, seeds 0–199) and rounded. So a confidence
means what it says on simulated athletes of that kind; on people it is an opinion.

What the athlete tells sharpens it: feet said to stand high make `feet_too_high` likelier, in the
middle less likely, and low all but exclude it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from monitor.arrivals import Feet
from monitor.coaching.evidence import Evidence
from monitor.events import Cause

FIGURES: dict[Cause, tuple[str, ...]] = {
    "back_lift": ("lift_early", "-lift_joins", "-growing"),
    "range_too_big": ("early", "late_onset", "-growing", "-unsteady"),
    "feet_too_high": ("early", "-late_onset", "-growing", "-lifted", "-unsteady"),
    "too_heavy": ("growing", "slowdown", "lift_joins", "-early", "-unsteady"),
    "weak_brace": ("scatter",),
}
"""Which figures speak for a cause, and (-) against it."""
WEIGHTS: dict[Cause, tuple[float, ...]] = {
    "back_lift": (-0.5, 4.5, 0.5, 2.5),
    "range_too_big": (-4.0, 5.0, 2.5, 1.0, 1.0),
    "feet_too_high": (-3.5, 3.5, 2.0, 1.0, 1.5, 3.0),
    "too_heavy": (-3.5, 5.0, 2.5, 2.0, 1.0, 1.0),
    "weak_brace": (2.5, 1.0),
}
"""The bias and a weight for each of them."""
TOLD_FEET: dict[Feet, float] = {"high": 2.0, "middle": -1.0, "low": -3.0}
"""What the athlete's own word on the feet adds to `feet_too_high`, in logits."""


@dataclass(frozen=True, slots=True)
class Likely:
    """A cause and how likely it is, 0..1."""

    cause: Cause
    confidence: float


def likely(shown: Evidence, feet: Feet | None = None) -> tuple[Likely, ...]:
    """All causes, the likeliest first.

    Args:
        shown: what the set shows.
        feet: where the athlete says the feet stand, None where not said.
    """
    known = figures(shown)
    found = [
        Likely(cause, _confidence(cause, known, faults(cause, shown), shown.reps, feet))
        for cause in FIGURES
    ]
    return tuple(sorted(found, key=lambda one: -one.confidence))


def figures(shown: Evidence) -> dict[str, float]:
    """What the sums are made of, most of them between 0 and 1."""
    return {
        "early": shown.early,
        "growing": float(np.clip(shown.growth / 1.5, 0.0, 1.0)),
        "slowdown": float(np.clip(shown.slowdown / 0.3, 0.0, 1.0)),
        "lift_early": shown.lift_early,
        "lift_joins": shown.lift_joins,
        "lifted": _mean(shown.lifted),
        "late_onset": float(np.clip((0.5 - shown.reach) / 0.15, -2.0, 2.0)),
        "arched": _mean(shown.arched),
        "shaky": _mean(shown.shaky),
        "unsteady": max(_mean(shown.arched), _mean(shown.shaky)),
        "scatter": float(np.clip(shown.scatter / 0.4, 0.0, 1.0)),
    }


def faults(cause: Cause, shown: Evidence) -> tuple[float, ...]:
    """How far each rep shows the kind of fault that this cause brings, 0..1."""
    match cause:
        case "back_lift":
            return shown.lifted
        case "range_too_big" | "feet_too_high":
            return shown.rolled
        case "too_heavy":
            return tuple(map(max, shown.rolled, shown.lifted))
        case "weak_brace":
            return tuple(map(max, shown.arched, shown.shaky))


def reliance(showing: Sequence[float], reps: int) -> float:
    """(2) times (3): how far the reps that show a fault can be relied on."""
    many = sum(showing)
    return float((1.0 - (1.0 - many / reps) ** 3) * many / (many + 1.0))


def _confidence(
    cause: Cause, known: dict[str, float], showing: tuple[float, ...], reps: int, feet: Feet | None
) -> float:
    bias, *weights = WEIGHTS[cause]
    logit = bias + sum(
        weight * (-known[name[1:]] if name.startswith("-") else known[name])
        for weight, name in zip(weights, FIGURES[cause], strict=True)
    )
    if cause == "feet_too_high" and feet is not None:
        logit += TOLD_FEET[feet]
    return reliance(showing, reps) / (1.0 + float(np.exp(-logit)))


def _mean(showing: Sequence[float]) -> float:
    return fmean(showing) if showing else 0.0
