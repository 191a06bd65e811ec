"""The whole session, from standing still to walking off, written as a score.

Channels: angles in degrees (heading, tilt, shift, roll), the pivot of the pelvis on the pad in
millimetres (x along the pad's normal, y left, z up the seat back), the way through the gym in
metres (up, forward, left), and what drives the rest: `brace` (0..1, breath is held), `speed` of
the sled, `effort` of the push, `breath` of a synced breather, `wedge`, `pant`, `sway`.
"""

from dataclasses import dataclass, field

import numpy as np

from monitor.simulation import fidgets
from monitor.simulation.scenario import Scenario
from monitor.simulation.score import Score
from monitor.simulation.session_plan import SetPlan
from monitor.simulation.stroke import Stroke, rolled, stroke


@dataclass(frozen=True, slots=True)
class Mark:
    """From `start_s` on, the athlete is in this phase (a name of `monitor.samples.PHASES`)."""

    start_s: float
    phase: str
    set: int = 0
    rep: int = 0
    place: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """One rep as it was meant."""

    set: int
    rep: int
    start_s: float
    bottom_s: float
    end_s: float


@dataclass(slots=True)
class Choreography:
    """What came of writing a session down."""

    score: Score
    marks: list[Mark] = field(default_factory=list)
    reps: list[Span] = field(default_factory=list)
    windows: dict[str, tuple[float, float]] = field(default_factory=dict)

    def mark(self, phase: str, set_: int = 0, rep: int = 0, place: str = "") -> None:
        """From now on the athlete is in this phase."""
        self.marks.append(Mark(self.score.now_s, phase, set_, rep, place or phase))


def choreograph(scenario: Scenario, rate_hz: float) -> Choreography:
    """The session of a scenario, on a fine clock of `rate_hz`."""
    rng = np.random.default_rng([scenario.seed, 6])
    session = Choreography(Score(rate_hz))
    _stand(session, scenario, rng)
    fidgets.sit_down(session.score, scenario, rng)
    _lie_still(session, scenario)
    _range_movement(session, scenario, rng)
    for number, plan in enumerate(scenario.plan.sets, start=1):
        _train(session, scenario, plan, number, rng)
        session.mark("rest", number)
        fidgets.rest(session.score, scenario, rng, number)
    session.mark("away", place="getting up")
    fidgets.get_up(session.score, scenario, rng)
    session.mark("away", place="walking")
    fidgets.walk(session.score, scenario.plan.leave_s, rng, rng.uniform(-200.0, 200.0))
    return session


def _stand(session: Choreography, scenario: Scenario, rng: np.random.Generator) -> None:
    """Stands still, then walks to the machine and turns his back to it."""
    score, athlete, plan = session.score, scenario.athlete, scenario.plan
    lean = athlete.standing_lean_deg + scenario.machine.seat_back_deg
    facing = rng.uniform(-180.0, 180.0)
    for channel, angle in (
        ("tilt", -lean),
        ("shift", athlete.standing_list_deg),
        ("heading", facing),
    ):
        score.play(channel, 0.0, np.full(1, angle), angle)
    session.mark("away", place="standing")
    score.play("sway", 0.0, np.ones(1), 1.0)
    score.step("sway", plan.standing_s, 1.0, -1.0)
    session.windows["standing"] = (0.5, plan.standing_s - 0.5)
    score.now_s = plan.standing_s
    session.mark("away", place="walking")
    score.step("shift", score.now_s, 1.0, -athlete.standing_list_deg)
    fidgets.walk(score, plan.walk_s, rng, -facing)
    session.mark("away", place="sitting down")


def _lie_still(session: Choreography, scenario: Scenario) -> None:
    score = session.score
    session.mark("ready", place="neutral")
    end_s = score.now_s + scenario.plan.neutral_s
    session.windows["neutral"] = (score.now_s + 0.5, end_s - 0.5)
    score.now_s = end_s


def _range_movement(session: Choreography, scenario: Scenario, rng: np.random.Generator) -> None:
    """Three slow pelvic tilts on the pad, if the plan has them."""
    score, plan = session.score, scenario.plan
    if plan.range_movement == "none":
        return
    session.mark("ready", place="range")
    start_s = score.now_s
    for _ in range(3):
        for sign in (1.0, -0.6) if plan.range_movement == "both" else (1.0,):
            duration_s = rng.uniform(2.0, 4.0)
            angle = sign * scenario.athlete.range_deg * rng.uniform(0.9, 1.0)
            score.bump("tilt", score.now_s, duration_s, angle, 0.15)
            score.bump("shift", score.now_s, duration_s, rng.normal(0.0, 0.03) * angle)
            score.bump("roll", score.now_s, duration_s, rng.normal(0.0, 0.03) * angle)
            score.now_s += duration_s
        score.now_s += rng.uniform(0.3, 1.2)
    session.windows["range"] = (start_s - 0.3, score.now_s)


def _train(
    session: Choreography,
    scenario: Scenario,
    plan: SetPlan,
    number: int,
    rng: np.random.Generator,
) -> None:
    """One set: unrack, the reps, rack."""
    score = session.score
    session.mark("ready", number, place="racking")
    fidgets.rack(score, scenario, rng)
    session.mark("ready", number, place="set")
    score.now_s += rng.uniform(0.3, 2.0)
    set_start_s = score.now_s
    skew = rng.normal(0.0, 0.25)
    for rep in range(1, plan.reps + 1):
        share = (rep - 1) / max(plan.reps - 1, 1)
        _rep(session, scenario, plan, (number, rep), _made(score, plan, share, skew, rng), rng)
        session.mark("ready", number, place="set")
        if rep < plan.reps:
            score.now_s += plan.top_s * rng.uniform(0.6, 1.4)
    if scenario.athlete.breathing != "free":
        held_s = score.now_s - set_start_s
        held = plan.top_s < 0.6
        if held:
            score.bump("brace", set_start_s - 0.4, held_s + 0.8, 1.0, 0.9)
    score.now_s += rng.uniform(0.3, 2.0)
    session.mark("ready", number, place="racking")
    fidgets.rack(score, scenario, rng)


def _made(
    score: Score, plan: SetPlan, share: float, skew: float, rng: np.random.Generator
) -> Stroke:
    """The sled's path in one rep; `share` 0..1 is how far the set has got."""
    tempo = np.exp(rng.normal(0.0, plan.tempo_jitter, 2))
    slow = 1.0 + plan.slowdown * share
    counts = (
        score.count(plan.eccentric_s * tempo[0]),
        score.count(plan.bottom_s * rng.uniform(0.6, 1.4)) if plan.bottom_s else 0,
        score.count(plan.concentric_s * tempo[1] * slow),
    )
    return stroke(counts, score.rate_hz, plan.profile, plan.grind * share, skew)


def _rep(
    session: Choreography,
    scenario: Scenario,
    plan: SetPlan,
    number: tuple[int, int],
    path: Stroke,
    rng: np.random.Generator,
) -> None:
    """What the body does in one rep."""
    score, start_s = session.score, session.score.now_s
    _mark_phases(session, number, path)
    _pelvis(score, plan, number[1], path, rng)
    _lift(score, plan, number[1], path, rng)
    score.play("speed", start_s, path.speed)
    score.play("effort", start_s, path.effort)
    score.play("wedge", start_s, path.depth)
    duration_s = len(path) / score.rate_hz
    if scenario.athlete.breathing == "synced":
        score.play("breath", start_s, path.depth - path.depth[0])
    if scenario.athlete.breathing != "free" and plan.top_s >= 0.6:
        score.bump("brace", start_s - 0.3, duration_s + 0.6, 1.0, 0.8)
    if rng.random() < scenario.machine.bang_share:
        fidgets.bang(score, start_s + duration_s - 0.05, scenario.machine.bang_m_s2, rng)
    score.now_s = start_s + duration_s


def _mark_phases(session: Choreography, number: tuple[int, int], path: Stroke) -> None:
    score, start_s = session.score, session.score.now_s
    session.mark("lowering", *number, "set")
    bottom_s = start_s + path.lowering / score.rate_hz
    if path.paused:
        session.marks.append(Mark(bottom_s, "bottom", *number, "set"))
    press_s = bottom_s + path.paused / score.rate_hz
    session.marks.append(Mark(press_s, "pressing", *number, "set"))
    end_s = start_s + len(path) / score.rate_hz
    session.reps.append(Span(*number, start_s, bottom_s, end_s))


def _of_set(ends: tuple[float, float], plan: SetPlan, rep: int) -> float:
    """A quantity that goes from its first to its last value over the set."""
    share = (rep - 1) / max(plan.reps - 1, 1)
    return ends[0] + (ends[1] - ends[0]) * float(share**plan.late)


def _pelvis(score: Score, plan: SetPlan, rep: int, path: Stroke, rng: np.random.Generator) -> None:
    """Tilt, arch, obliquity, and the sinking and sliding on the pad."""
    start_s = score.now_s
    onset = plan.onset and float(np.clip(plan.onset + rng.normal(0.0, 0.03), 0.05, 0.9))
    curve = rolled(path, onset, plan.exponent, plan.hysteresis, plan.bend)
    tilt_deg = _of_set(plan.tilt_deg, plan, rep) + rng.normal(0.0, plan.tilt_jitter_deg)
    half_way = (4.0 * path.depth * (1.0 - path.depth)) ** 2
    arch = path.effort if plan.arch_in == "push" else half_way
    arch_deg = plan.arch_deg * rng.uniform(0.7, 1.1)
    shift_deg = _of_set(plan.shift_deg, plan, rep) + rng.normal(0.0, 0.3)
    score.play("tilt", start_s, max(tilt_deg, 0.8) * curve - arch_deg * arch)
    score.play("shift", start_s, shift_deg * curve)
    score.play("roll", start_s, rng.normal(0.0, 0.3) * shift_deg * curve)
    score.play("heading", start_s, rng.normal(0.0, 0.3) * curve)
    score.play("x", start_s, -plan.press_mm * path.effort)
    score.play("z", start_s, plan.slide_mm * path.effort - plan.slide_mm * path.depth)
    if plan.shake_deg:
        _shake(score, plan, path, rng)


def _shake(score: Score, plan: SetPlan, path: Stroke, rng: np.random.Generator) -> None:
    """An unsteady push: a few wobbles of the pelvis, never twice the same."""
    push_s = path.pressing / score.rate_hz
    first_s = score.now_s + (path.lowering + path.paused) / score.rate_hz
    for channel, share in (("tilt", 1.0), ("shift", 0.6)):
        amount = share * np.sqrt(2.0) * plan.shake_deg * rng.uniform(0.6, 1.4)
        score.wave(channel, first_s, push_s, plan.shake_hz * rng.uniform(0.8, 1.2), amount)


def _lift(score: Score, plan: SetPlan, rep: int, path: Stroke, rng: np.random.Generator) -> None:
    """The back leaves the pad, with the tilt or without it, for half a second to two."""
    start_s, duration_s = score.now_s, len(path) / score.rate_hz
    rolling_mm = _of_set(plan.rolling_lift_mm, plan, rep) * (
        1.0 + rng.normal(0.0, plan.lift_jitter)
    )
    if rolling_mm > 0.0:
        curve = rolled(path, max(plan.onset, 0.55), 1.5, plan.hysteresis)
        score.play("x", start_s, rolling_mm * curve)
    bridging_mm = _of_set(plan.bridging_lift_mm, plan, rep) * (
        1.0 + rng.normal(0.0, plan.lift_jitter)
    )
    if bridging_mm > 0.0:
        bridge_s = min(plan.bridge_s, 0.9 * duration_s)
        first_s = min(max(plan.bridge_at * duration_s - bridge_s / 2, 0.0), duration_s - bridge_s)
        score.bump("x", start_s + first_s, bridge_s, bridging_mm, rng.uniform(0.0, 0.4))
        score.bump("tilt", start_s + first_s, bridge_s, rng.normal(0.0, 0.5))
