"""Sets that go wrong for a known reason, to hold the coach's guesses against.

Every case is one set of one athlete on one machine with one sensor, all drawn as in `scenario`,
and one thing is wrong, or two, or nothing. A cause is a mechanism, not a number: each comes in
several kinds, mild and severe, early and late in the descent as far as its nature allows.

- `range_too_big` rolls from 50-85 % of the descent on, from the first rep; in some athletes the
  depth, and so the roll, varies from rep to rep.
- `feet_too_high` rolls from the first quarter of the descent on, from the first rep.
- `too_heavy` begins within its limits; then the roll grows, the push slows down and grinds, and a
  lift may join in, soon or only at the end.
- `weak_brace` trembles or wobbles in the push, arches, scatters from rep to rep: one of these
  strongly, or several.
- `back_lift` leaves the pad in most reps, bridging without a roll or together with a small one.

Sizes are relative to the athlete's own notice limit. Not in it: a strap that slips, a pelvis that
does not move visibly at all (its reps cannot be counted), pain, causes that come and go.
"""

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from monitor.events import Cause
from monitor.settings import Limits
from monitor.simulation.scenario import Scenario, draw
from monitor.simulation.session_plan import SetPlan, draw_set

Kind = Literal["clean", "mixed"] | Cause
CAUSES: tuple[Cause, ...] = get_args(Cause)
KINDS: tuple[Kind, ...] = (*CAUSES, "clean", "mixed")
MIXTURES: tuple[tuple[Cause, Cause], ...] = (
    ("range_too_big", "too_heavy"),
    ("range_too_big", "weak_brace"),
    ("range_too_big", "back_lift"),
    ("feet_too_high", "too_heavy"),
    ("feet_too_high", "weak_brace"),
    ("feet_too_high", "back_lift"),
    ("too_heavy", "weak_brace"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """One set and what is wrong with it.

    Attributes:
        scenario: all that the recording depends on.
        causes: what is wrong, nothing in a clean set.
        range_known: whether the athlete's own range R was measured, so that the limits know it.
    """

    scenario: Scenario
    causes: tuple[Cause, ...]
    range_known: bool


def case(seed: int, kind: Kind | None = None) -> Case:
    """One set out of the distributions; the kinds take turns over the seeds."""
    rng = np.random.default_rng([seed, 9])
    chosen = kind or KINDS[seed % len(KINDS)]
    causes: tuple[Cause, ...]
    match chosen:
        case "clean":
            causes = ()
        case "mixed":
            causes = MIXTURES[int(rng.integers(len(MIXTURES)))]
        case _:
            causes = (chosen,)
    base = draw(seed)
    range_known = bool(rng.random() < 0.5)
    limit = Limits().pelvic_tilt
    own = limit.notice_share * base.athlete.range_deg if range_known else 0.0
    body = _Body(rng, max(limit.notice or 0.0, own), base.athlete.tremor_deg)
    plan = _sound(rng, body)
    for cause in causes:
        plan = _WRONG[cause](plan, body)
    scenario = draw(
        seed,
        sets=(plan,),
        standing_s=4.0,
        neutral_s=6.0,
        walk_s=3.0,
        leave_s=2.0,
        rest_s=12.0,
        range_movement="none",
        slip="none",
        tremor_deg=body.tremor_deg,
    )
    return Case(scenario, causes, range_known)


@dataclass(slots=True)
class _Body:
    """What the causes work on beside the plan: chance, the notice limit (°), the tremor (° RMS)."""

    rng: np.random.Generator
    notice_deg: float
    tremor_deg: float

    def tilt(self, low: float, high: float) -> float:
        """A tilt between two shares of the notice limit; never too small to be counted as a rep."""
        return max(self.notice_deg * self.rng.uniform(low, high), 2.0)


def _sound(rng: np.random.Generator, body: _Body) -> SetPlan:
    """A set with nothing wrong: it may be slow or fast, hard at its end, breathing, swaying."""
    drawn, level = draw_set(rng), body.tilt(0.2, 0.7)
    lift_mm = rng.uniform(0.0, 4.0) if rng.random() < 0.5 else 0.0
    return replace(
        drawn,
        reps=int(rng.integers(6, 13)),
        tilt_deg=(level, level * rng.uniform(0.85, 1.15)),
        tilt_jitter_deg=level * rng.uniform(0.03, 0.1),
        arch_deg=rng.uniform(0.0, 2.0),
        slowdown=rng.uniform(0.0, 0.35) if rng.random() < 0.5 else 0.0,
        rolling_lift_mm=(lift_mm, lift_mm),
        bridging_lift_mm=(0.0, 0.0),
        shift_deg=(rng.normal(0.0, 0.5), rng.normal(0.0, 0.7)),
        bend=str(rng.choice(["knee", "exponential", "sigmoid"], p=[0.5, 0.25, 0.25])),  # type: ignore[arg-type] # the literal's words
    )


def _range_too_big(plan: SetPlan, body: _Body) -> SetPlan:
    rng, level = body.rng, body.tilt(1.3, 2.6)
    jitter = rng.uniform(0.15, 0.3) if rng.random() < 0.3 else rng.uniform(0.03, 0.1)
    lift_mm = rng.uniform(0.0, 7.0)
    return replace(
        plan,
        tilt_deg=(level, level * rng.uniform(0.85, 1.2)),
        tilt_jitter_deg=level * jitter,
        onset=rng.uniform(0.5, 0.85),
        rolling_lift_mm=(lift_mm, lift_mm),
    )


def _feet_too_high(plan: SetPlan, body: _Body) -> SetPlan:
    rng, level = body.rng, body.tilt(1.3, 2.4)
    bend = "exponential" if plan.bend == "knee" and rng.random() < 0.3 else "knee"
    return replace(
        plan,
        tilt_deg=(level, level * rng.uniform(0.85, 1.2)),
        tilt_jitter_deg=level * rng.uniform(0.03, 0.12),
        onset=0.0 if rng.random() < 0.4 else rng.uniform(0.05, 0.25),
        exponent=rng.uniform(0.8, 1.5),
        bend=bend,  # type: ignore[arg-type] # the literal's words
    )


def _too_heavy(plan: SetPlan, body: _Body) -> SetPlan:
    rng = body.rng
    already = plan.tilt_deg[0] > body.notice_deg  # something else is wrong from the start
    first = plan.tilt_deg[0] if already else body.tilt(0.25, 0.8)
    last = max(body.tilt(1.4, 2.8), first + body.notice_deg * rng.uniform(0.6, 1.2))
    lift_mm = rng.uniform(12.0, 35.0)
    joins = rng.choice(["none", "rolling", "bridging"], p=[0.4, 0.35, 0.25])
    body.tremor_deg = min(body.tremor_deg * rng.uniform(1.0, 2.0), 0.15)
    return replace(
        plan,
        reps=max(plan.reps, 8),
        tilt_deg=(first, last),
        onset=plan.onset if already else rng.uniform(0.15, 0.85),
        slowdown=rng.uniform(0.3, 1.0),
        grind=rng.uniform(0.3, 0.9),
        late=rng.uniform(0.7, 2.2),
        rolling_lift_mm=(0.0, lift_mm) if joins == "rolling" else plan.rolling_lift_mm,
        bridging_lift_mm=(0.0, lift_mm) if joins == "bridging" else plan.bridging_lift_mm,
    )


def _weak_brace(plan: SetPlan, body: _Body) -> SetPlan:
    rng = body.rng
    signs = rng.choice(["arch", "shake", "tremor"], size=rng.integers(1, 4), replace=False)
    level = max(plan.tilt_deg[0], body.tilt(0.4, 1.1))
    scatter = rng.uniform(0.25, 0.6) if rng.random() < 0.6 else plan.tilt_jitter_deg / level
    if "tremor" in signs:
        body.tremor_deg = rng.uniform(0.15, 0.45)
    return replace(
        plan,
        tilt_deg=(level, max(plan.tilt_deg[1], level * rng.uniform(0.85, 1.2))),
        tilt_jitter_deg=level * scatter,
        arch_deg=rng.uniform(6.5, 13.0) if "arch" in signs else rng.uniform(0.0, 4.0),
        shake_deg=rng.uniform(0.25, 0.9) if "shake" in signs else 0.0,
        shake_hz=rng.uniform(2.5, 6.0),
    )


def _back_lift(plan: SetPlan, body: _Body) -> SetPlan:
    rng = body.rng
    first, last = rng.uniform(15.0, 45.0), rng.uniform(15.0, 45.0)
    level = max(plan.tilt_deg[0], body.tilt(0.3, 0.9))
    lifts = (first, last)
    bridging = rng.random() < 0.6
    return replace(
        plan,
        tilt_deg=(level, max(plan.tilt_deg[1], level * rng.uniform(0.85, 1.15))),
        rolling_lift_mm=plan.rolling_lift_mm if bridging else lifts,
        bridging_lift_mm=lifts if bridging else plan.bridging_lift_mm,
        bridge_s=rng.uniform(0.5, 1.6),
        lift_jitter=rng.uniform(0.05, 0.35),
    )


_WRONG = {
    "back_lift": _back_lift,
    "range_too_big": _range_too_big,
    "weak_brace": _weak_brace,
    "feet_too_high": _feet_too_high,
    "too_heavy": _too_heavy,
}
