"""What an athlete does in a session: stand, sit down, lie back, train sets, rest, walk off.

How a set is trained: each rep has a tempo, a depth profile, a pelvis that rolls from some depth
on, perhaps a back that leaves the pad, perhaps an arch, and all of it may get worse rep by rep.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

Profile = Literal["minimum_jerk", "sinusoid", "plateau"]
RangeMovement = Literal["none", "posterior", "both"]
Bend = Literal["knee", "exponential", "sigmoid"]


@dataclass(frozen=True, slots=True)
class SetPlan:
    """One set.

    Attributes:
        reps: how many.
        eccentric_s, concentric_s, bottom_s, top_s: mean durations of lowering, pressing and of
            the pauses; `tempo_jitter` is their relative scatter, `slowdown` the relative growth
            of `concentric_s` over the set.
        profile: the sled's velocity over a stroke; `grind` is the depth (0..1) of the slow-down
            in the push of the last rep.
        tilt_deg: posterior tilt at the bottom, first and last rep; `tilt_jitter_deg` its scatter.
        onset, exponent: share of the descent where the pelvis starts to roll (0 = from the
            start), and how sharply; `hysteresis` = the same later or earlier on the way back.
        arch_deg, arch_in: anterior tilt, half way up, where the brace gives way, or half way
            down and up.
        rolling_lift_mm: lift with the tilt at the bottom, first and last rep.
        bridging_lift_mm: lift without tilt, first and last rep; `bridge_s`, `bridge_at` = how
            long and around which share of the rep; `lift_jitter` relative scatter of both lifts.
        shift_deg: obliquity at the bottom, first and last rep.
        press_mm, slide_mm: how far the push sinks the body into the pad and slides it along.
        bend: how the roll goes on from its onset: `knee` (a power of what is left of the
            descent), `exponential` (ever steeper, as in a joint near the end of its range) or
            `sigmoid` (gives way within a short stretch of the descent).
        late: > 1 keeps what gets worse over the set for its last reps.
        shake_deg, shake_hz: an unsteady pelvis in the push, RMS, and how fast it wobbles.
    """

    reps: int
    eccentric_s: float
    concentric_s: float
    bottom_s: float
    top_s: float
    tempo_jitter: float
    slowdown: float
    profile: Profile
    grind: float
    tilt_deg: tuple[float, float]
    tilt_jitter_deg: float
    onset: float
    exponent: float
    hysteresis: float
    arch_deg: float
    arch_in: Literal["push", "both"]
    rolling_lift_mm: tuple[float, float]
    bridging_lift_mm: tuple[float, float]
    bridge_s: float
    bridge_at: float
    lift_jitter: float
    shift_deg: tuple[float, float]
    press_mm: float
    slide_mm: float
    bend: Bend = "knee"
    late: float = 1.0
    shake_deg: float = 0.0
    shake_hz: float = 4.0


@dataclass(frozen=True, slots=True)
class Plan:
    """One session.

    Attributes:
        standing_s, neutral_s: how long the athlete holds still for the calibration.
        walk_s, leave_s: how long he walks to the machine and, at the end, about.
        range_movement: pelvic tilts on the pad, none, posterior only, or both ways.
        sets: what is trained.
        rest_s: rest on the pad after a set; after the last one it is shorter.
    """

    standing_s: float
    neutral_s: float
    walk_s: float
    leave_s: float
    range_movement: RangeMovement
    sets: tuple[SetPlan, ...]
    rest_s: float


def draw_plan(rng: np.random.Generator) -> Plan:
    """One session out of the distributions."""
    return Plan(
        standing_s=rng.uniform(9.0, 13.0),
        neutral_s=rng.uniform(9.0, 13.0),
        walk_s=rng.uniform(4.0, 10.0),
        leave_s=rng.uniform(4.0, 12.0),
        range_movement=str(rng.choice(["none", "posterior", "both"], p=[0.5, 0.3, 0.2])),  # type: ignore[arg-type] # the literal's words
        sets=(draw_set(rng), draw_set(rng)),
        rest_s=rng.uniform(12.0, 35.0),
    )


def draw_set(rng: np.random.Generator) -> SetPlan:
    """One set out of the distributions."""
    period_s = float(np.exp(rng.uniform(np.log(1.5), np.log(6.0))))
    share = rng.uniform(0.35, 0.7)
    touch_and_go = rng.random() < 0.35
    tilt_deg = _tilt(rng)
    return SetPlan(
        reps=int(rng.integers(5, 16)) if period_s < 4.0 else int(rng.integers(5, 11)),
        eccentric_s=period_s * share,
        concentric_s=period_s * (1.0 - share),
        bottom_s=0.0 if touch_and_go or rng.random() < 0.5 else rng.uniform(0.1, 1.5),
        top_s=0.0 if touch_and_go else rng.uniform(0.1, 2.5),
        tempo_jitter=rng.uniform(0.02, 0.12),
        slowdown=rng.uniform(0.0, 0.6) if rng.random() < 0.5 else 0.0,
        profile=str(rng.choice(["minimum_jerk", "sinusoid", "plateau"])),  # type: ignore[arg-type] # the literal's words
        grind=rng.uniform(0.3, 0.9) if rng.random() < 0.3 else 0.0,
        tilt_deg=tilt_deg,
        tilt_jitter_deg=_unevenness(rng) * max(1.0, min(tilt_deg)),
        onset=0.0 if rng.random() < 0.25 else rng.uniform(0.1, 0.9),
        exponent=rng.uniform(1.0, 2.2),
        hysteresis=rng.normal(0.0, 0.05),
        arch_deg=rng.uniform(2.0, 14.0) if rng.random() < 0.15 else rng.uniform(0.0, 0.5),
        arch_in="push" if rng.random() < 0.75 else "both",
        rolling_lift_mm=_lift(rng, 0.4),
        bridging_lift_mm=_lift(rng, 0.3),
        bridge_s=rng.uniform(0.5, 2.0),
        bridge_at=rng.uniform(0.4, 0.75),
        lift_jitter=rng.uniform(0.05, 0.3),
        shift_deg=(rng.normal(0.0, 1.0), rng.normal(0.0, 2.0)),
        press_mm=rng.uniform(0.0, 2.0),
        slide_mm=rng.uniform(0.0, 6.0),
    )


def _tilt(rng: np.random.Generator) -> tuple[float, float]:
    """Tilt at the bottom in the first and the last rep, °."""
    match rng.choice(["perfect", "fair", "near", "bad", "worse"], p=[0.3, 0.2, 0.15, 0.15, 0.2]):
        case "perfect":
            level = rng.uniform(1.0, 2.0)
            return level, level
        case "fair":
            return rng.uniform(2.0, 9.0), rng.uniform(2.0, 9.0)
        case "near":
            return rng.uniform(9.0, 15.0), rng.uniform(9.0, 15.0)
        case "bad":
            return rng.uniform(12.0, 25.0), rng.uniform(12.0, 25.0)
        case _:
            return rng.uniform(1.0, 6.0), rng.uniform(10.0, 22.0)


def _unevenness(rng: np.random.Generator) -> float:
    """Scatter of the tilt relative to its size: small for most, large for one athlete in five."""
    share = rng.uniform()
    return 0.05 + 0.19 * share if share < 0.8 else 0.2 + 2.0 * (share - 0.8)


def _lift(rng: np.random.Generator, share: float) -> tuple[float, float]:
    """Lift in the first and the last rep, mm: none at all in most sets."""
    if rng.random() > share:
        return 0.0, 0.0
    last = rng.uniform(5.0, 45.0)
    return (last if rng.random() < 0.5 else rng.uniform(0.0, last)), last
