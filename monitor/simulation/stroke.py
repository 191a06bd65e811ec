"""One rep: how deep the sled is, and what the pelvis makes of it.

The sled's depth s goes from 0 (top) to 1 (deepest point) and back. The pelvis follows it late:
hips flex freely until some depth, the *onset*, and only then does the pelvis roll, a curve that
bends up towards the end of the range (hip flexion studies: 0.5° at 15°, 11° at 128°).
"""

from dataclasses import dataclass

import numpy as np

from monitor.samples import Floats
from monitor.simulation.session_plan import Bend, Profile

SOFTNESS = 0.03
"""Width of the knee at the onset, as a share of the descent; no joint begins with a corner."""


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """One rep on the fine clock.

    Attributes:
        lowering, paused, pressing: samples of each phase.
        depth: (n,), 0 = top, 1 = deepest.
        speed: (n,), |rate of depth|, 1/s.
        effort: (n,), 0..1, how hard the push is.
    """

    lowering: int
    paused: int
    pressing: int
    depth: Floats
    speed: Floats
    effort: Floats

    def __len__(self) -> int:
        return len(self.depth)


def stroke(
    counts: tuple[int, int, int], rate_hz: float, profile: Profile, grind: float, skew: float
) -> Stroke:
    """One rep of `counts` = (lowering, paused, pressing) samples.

    Args:
        counts: samples of each phase.
        rate_hz: of the fine clock.
        profile: velocity over each stroke.
        grind: 0..1, how far the push slows down at its sticking point.
        skew: > 0 moves the fastest part of each stroke late, < 0 early.
    """
    lowering, paused, pressing = counts
    down = _travel(lowering, profile, 0.0, skew)
    up = 1.0 - _travel(pressing, profile, grind, skew)
    depth = np.concatenate([down, np.ones(paused), up])
    push = np.sin(np.pi * (np.arange(pressing) + 1.0) / pressing) ** 2
    return Stroke(
        lowering,
        paused,
        pressing,
        depth,
        np.abs(np.gradient(depth)) * rate_hz,
        np.concatenate([np.zeros(lowering + paused), push]),
    )


def _travel(n: int, profile: Profile, grind: float, skew: float) -> Floats:
    """Depth from 0 to 1 in n samples."""
    u = ((np.arange(n) + 0.5) / n) ** np.exp(skew)
    match profile:
        case "minimum_jerk":
            speed = (u * (1.0 - u)) ** 2
        case "sinusoid":
            speed = np.sin(np.pi * u)
        case "plateau":
            speed = np.tanh(6.0 * u) * np.tanh(6.0 * (1.0 - u))
    speed = speed * (1.0 - grind * np.exp(-(((u - 0.45) / 0.12) ** 2)))
    travelled = np.cumsum(speed)
    return np.asarray(travelled / travelled[-1])


def rolled(
    stroke: Stroke, onset: float, exponent: float, hysteresis: float, bend: Bend = "knee"
) -> Floats:
    """Share (0..1) of the rep's tilt at each sample: (n,)."""
    turn = stroke.lowering + stroke.paused
    down = _bent(stroke.depth[:turn], onset, exponent, bend)
    up = _bent(stroke.depth[turn:], float(np.clip(onset + hysteresis, 0.0, 0.92)), exponent, bend)
    return np.concatenate([down, up])


def _bent(depth: Floats, onset: float, exponent: float, bend: Bend) -> Floats:
    """0 until the onset, then up to 1 at the deepest point, with a soft knee."""
    if bend == "exponential":  # a tenth of the roll is done at the onset
        steep = max(np.log(9.0) / max(1.0 - onset, 0.1), 0.5)
        return np.asarray(np.expm1(steep * depth) / np.expm1(steep))
    if bend == "sigmoid":  # half of the roll within a fifth of what is left of the descent
        left = 1.0 - onset
        low, at, high = (
            1.0 / (1.0 + np.exp(-(d - onset - 0.5 * left) / (0.15 * left)))
            for d in (0.0, depth, 1.0)
        )
        return np.asarray((at - low) / (high - low))
    if onset <= 0.0:
        return np.asarray(depth**exponent)
    low = _softplus(np.asarray(-onset))
    high = _softplus(np.asarray(1.0 - onset))
    return np.asarray(((_softplus(depth - onset) - low) / (high - low)) ** exponent)


def _softplus(x: Floats) -> Floats:
    return np.asarray(SOFTNESS * np.logaddexp(0.0, x / SOFTNESS))
