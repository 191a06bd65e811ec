"""What athletes do that is not a rep: walk, sit down, lie back, reach, drink, shuffle, get up.

These are what a counter of reps takes for reps, and what a lift detector takes for lifts.
"""

import numpy as np

from monitor.simulation.scenario import Scenario
from monitor.simulation.score import Score

Generator = np.random.Generator


def walk(score: Score, duration_s: float, rng: Generator, turn_deg: float) -> None:
    """Walks, turning by `turn_deg` in all; every heel strike shakes the pelvis."""
    start_s, step_hz = score.now_s, rng.uniform(1.5, 2.2)
    for channel, hz, amount in (
        ("up", step_hz, rng.uniform(0.01, 0.025)),
        ("left", step_hz / 2, rng.uniform(0.01, 0.025)),
        ("shift", step_hz / 2, rng.uniform(2.0, 5.0)),
        ("heading", step_hz / 2, rng.uniform(2.0, 6.0)),
        ("tilt", step_hz, rng.uniform(0.5, 2.5)),
    ):
        score.wave(channel, start_s, duration_s, hz, amount)
    score.step("forward", start_s, duration_s, duration_s * rng.uniform(0.6, 1.3))
    for share in np.sort(rng.uniform(0.0, 0.7, 2)):
        score.step("heading", start_s + share * duration_s, 0.3 * duration_s, turn_deg / 2)
    for strike_s in np.arange(0.5, duration_s - 0.5, 1.0 / step_hz):
        hz = rng.uniform(8.0, 16.0)
        peak_m_s2 = rng.uniform(0.5, 4.0)
        score.ring("up", start_s + strike_s, hz, 0.05, peak_m_s2 / (2 * np.pi * hz) ** 2)
    score.now_s += duration_s


def sit_down(score: Score, scenario: Scenario, rng: Generator) -> None:
    """Leans forward, sits, lies back, puts the feet up, shuffles into place and settles."""
    lean = scenario.athlete.standing_lean_deg + scenario.machine.seat_back_deg
    sitting_s, back_s = rng.uniform(1.2, 2.5), rng.uniform(1.0, 2.5)
    sat = rng.uniform(0.3, 0.9)
    start_s = score.now_s
    score.step("up", start_s, sitting_s, -rng.uniform(0.35, 0.6))
    score.step("forward", start_s, sitting_s, -rng.uniform(0.15, 0.4))
    score.bump("tilt", start_s, 1.3 * sitting_s, -rng.uniform(10.0, 35.0), 0.1)
    score.step("tilt", start_s + 0.4 * sitting_s, 0.8 * sitting_s, sat * lean)
    _land(score, start_s + 0.95 * sitting_s, rng)
    score.now_s = start_s + 1.3 * sitting_s + rng.uniform(0.0, 1.5)
    score.step("tilt", score.now_s, back_s, (1.0 - sat) * lean)
    score.step("up", score.now_s, back_s, -rng.uniform(0.0, 0.05))
    _land(score, score.now_s + 0.9 * back_s, rng)
    score.now_s += back_s + rng.uniform(0.2, 1.0)
    for side in (1.0, -1.0):
        _foot(score, side, rng)
    for _ in range(rng.integers(0, 3)):
        shuffle(score, rng)
    score.now_s += rng.uniform(1.0, 2.5)


def get_up(score: Score, scenario: Scenario, rng: Generator) -> None:
    """Feet down, leans forward, stands."""
    lean = scenario.athlete.standing_lean_deg + scenario.machine.seat_back_deg
    for side in (1.0, -1.0):
        _foot(score, side, rng)
    forward_s, rising_s = rng.uniform(0.8, 2.0), rng.uniform(1.0, 2.2)
    share = rng.uniform(0.4, 1.0)
    score.step("tilt", score.now_s, forward_s, -share * lean)
    score.now_s += forward_s + rng.uniform(-0.3, 0.8)
    score.bump("tilt", score.now_s - 0.2, 1.2 * rising_s, -rng.uniform(10.0, 30.0), 0.1)
    score.step("tilt", score.now_s, rising_s, -(1.0 - share) * lean)
    score.step("up", score.now_s, rising_s, rng.uniform(0.35, 0.6))
    score.step("forward", score.now_s, rising_s, rng.uniform(0.15, 0.4))
    score.now_s += 1.2 * rising_s


def rest(score: Score, scenario: Scenario, rng: Generator, number: int) -> None:
    """Rests on the pad after set `number`: breathes hard, fidgets, settles into another pose."""
    last = number == len(scenario.plan.sets)
    start_s, length_s = score.now_s, scenario.plan.rest_s * (0.4 if last else 1.0)
    score.play("pant", start_s, np.exp(-np.arange(score.count(length_s)) / score.count(12.0)))
    movements = (drink, reach, lean_aside, shuffle, shake, stretch, cough)
    shares = np.array([0.17, 0.2, 0.2, 0.15, 0.12, 0.06, 0.1])
    while True:
        score.now_s += rng.exponential(1.0 / scenario.athlete.restlessness)
        if score.now_s - start_s > length_s - 5.0:
            break
        movements[int(rng.choice(len(movements), p=shares))](score, rng)
    if not last:
        duration_s = rng.uniform(1.0, 5.0)
        score.step("settle", start_s + 1.0, duration_s, scenario.athlete.settle_deg)
    score.now_s = max(score.now_s, start_s + length_s)


def rack(score: Score, scenario: Scenario, rng: Generator) -> None:
    """Takes the sled off its stops or puts it back, and turns the handles."""
    duration_s = rng.uniform(0.8, 1.8)
    start_s = score.now_s
    seldom_far = rng.normal()
    score.bump("tilt", start_s, duration_s, 0.3 + 0.5 * seldom_far * abs(seldom_far))
    score.bump("shift", start_s, duration_s, rng.normal(0.0, 1.0))
    score.bump("roll", start_s, duration_s, rng.normal(0.0, 2.0))
    score.bump("x", start_s, duration_s, rng.uniform(-2.0, 4.0))
    score.bump("speed", start_s, duration_s, 0.3)
    bang(score, start_s + rng.uniform(0.2, 0.8), scenario.machine.bang_m_s2, rng)
    score.now_s += duration_s


def bang(score: Score, start_s: float, peak_m_s2: float, rng: Generator) -> None:
    """The sled hits a stop and the frame rings."""
    for channel, share in (("x", 0.6), ("z", 1.0), ("y", 0.3)):
        hz = rng.uniform(8.0, 25.0)
        amount = 1e3 * share * peak_m_s2 * rng.uniform(0.5, 1.0) / (2 * np.pi * hz) ** 2
        score.ring("frame_" + channel, start_s, hz, rng.uniform(0.03, 0.12), amount)


def drink(score: Score, rng: Generator) -> None:
    """Reaches for the bottle and drinks."""
    duration_s = rng.uniform(3.0, 6.0)
    _aside(score, duration_s, tilt=rng.uniform(-3.0, 5.0), roll=rng.normal(0.0, 5.0), rng=rng)
    score.now_s += duration_s


def reach(score: Score, rng: Generator) -> None:
    """Reaches for the rack or the handles."""
    duration_s = rng.uniform(1.0, 2.5)
    score.bump("x", score.now_s, duration_s, rng.uniform(0.0, 12.0))
    _aside(score, duration_s, tilt=rng.uniform(-5.0, 4.0), roll=rng.normal(0.0, 8.0), rng=rng)
    score.now_s += duration_s


def lean_aside(score: Score, rng: Generator) -> None:
    """Shifts the weight to one side and back."""
    duration_s = rng.uniform(1.0, 5.0)
    score.bump("shift", score.now_s, duration_s, rng.normal(0.0, 4.0))
    score.bump("y", score.now_s, duration_s, rng.normal(0.0, 15.0))
    _aside(score, duration_s, tilt=rng.normal(0.0, 1.0), roll=rng.normal(0.0, 2.0), rng=rng)
    score.now_s += duration_s


def shuffle(score: Score, rng: Generator) -> None:
    """Lifts the hips, slides along the pad and lands."""
    duration_s = rng.uniform(0.7, 1.6)
    start_s = score.now_s
    score.bump("x", start_s, duration_s, rng.uniform(8.0, 40.0), 0.1)
    score.step("z", start_s + 0.2 * duration_s, 0.6 * duration_s, rng.normal(0.0, 15.0))
    score.bump("tilt", start_s, duration_s, rng.normal(2.0, 5.0))
    score.bump("shift", start_s, duration_s, rng.normal(0.0, 2.0))
    score.step("heading", start_s, duration_s, rng.normal(0.0, 1.0))
    _land(score, start_s + 0.9 * duration_s, rng)
    score.now_s += duration_s + rng.uniform(0.2, 1.0)


def shake(score: Score, rng: Generator) -> None:
    """Shakes the legs loose."""
    duration_s = rng.uniform(1.5, 4.0)
    hz = rng.uniform(2.0, 4.5)
    score.wave("shift", score.now_s, duration_s, hz, rng.uniform(0.3, 1.5))
    score.wave("tilt", score.now_s, duration_s, hz, rng.uniform(0.1, 0.8))
    score.wave("y", score.now_s, duration_s, hz, rng.uniform(0.5, 3.0))
    score.now_s += duration_s


def stretch(score: Score, rng: Generator) -> None:
    """Rolls the pelvis once, slowly: nothing looks more like a rep."""
    duration_s = rng.uniform(2.0, 4.0)
    score.bump("tilt", score.now_s, duration_s, rng.uniform(2.0, 8.0))
    score.now_s += duration_s


def cough(score: Score, rng: Generator) -> None:
    """Coughs a few times."""
    for _ in range(rng.integers(1, 4)):
        score.bump("tilt", score.now_s, 0.3, rng.uniform(0.3, 1.5))
        score.bump("x", score.now_s, 0.3, rng.uniform(-2.0, 3.0))
        score.now_s += rng.uniform(0.35, 0.6)


def _aside(score: Score, duration_s: float, tilt: float, roll: float, rng: Generator) -> None:
    """Leaves the neutral pose and comes back, with a little turn that stays."""
    hold = rng.uniform(0.0, 0.6)
    score.bump("tilt", score.now_s, duration_s, tilt, hold)
    score.bump("roll", score.now_s, duration_s, roll, hold)
    score.bump("shift", score.now_s, duration_s, rng.normal(0.0, 1.5), hold)
    score.step("heading", score.now_s, duration_s, rng.normal(0.0, 0.7))


def _foot(score: Score, side: float, rng: Generator) -> None:
    """Puts one foot on the sled, or takes it off."""
    duration_s = rng.uniform(0.8, 1.8)
    score.bump("tilt", score.now_s, duration_s, rng.uniform(1.0, 9.0))
    score.bump("shift", score.now_s, duration_s, side * rng.uniform(0.5, 4.0))
    score.bump("roll", score.now_s, duration_s, side * rng.uniform(0.0, 3.0))
    score.now_s += duration_s * rng.uniform(0.7, 1.2)


def _land(score: Score, start_s: float, rng: Generator) -> None:
    """The body meets the pad, which gives and springs back."""
    hz = rng.uniform(4.0, 9.0)
    peak_m_s2 = rng.uniform(1.0, 8.0)
    amount = 1e3 * peak_m_s2 / (2 * np.pi * hz) ** 2
    score.ring("x", start_s, hz, rng.uniform(0.08, 0.2), -amount)
