"""What was estimated, held against what was true: one scenario's score."""

from dataclasses import dataclass, field

import numpy as np

from monitor.events import AlertEvent, RepEvent
from monitor.samples import Floats
from monitor.settings import Limits
from monitor.simulation.truth import TrueRep, Truth
from tests.benchmarks.accuracy_run import Run

OVERLAP = 0.3
"""Share of a true rep that an announced one must cover to be taken for it."""
GUARD = {"pelvic_tilt": 1.0, "back_lift": 5.0}
"""° and mm: reps that peak within this of the limit are not judged."""
DWELL_S = 0.1
LATE_S = 0.3
"""An alarm said this long after the rep's end still belongs to it."""


@dataclass(frozen=True)
class Errors:
    """Errors of one live signal within sets.

    Attributes:
        error: (n,), estimate − truth where there is an estimate.
        inside: (n,), bool, within two sigma.
        missing: share of samples without an estimate.
    """

    error: Floats
    inside: Floats
    missing: float

    @property
    def rmse(self) -> float:
        """Root mean square; NaN if there is no estimate at all."""
        return float(np.sqrt(np.mean(self.error**2))) if len(self.error) else np.nan


@dataclass
class AlarmScore:
    """One rule's alarms, rep by rep, and outside of reps.

    Attributes:
        hits, misses, false, quiet: true and false positives and negatives, in reps.
        delays_s: known_s − true crossing, of the hits.
        crossings: reps in which the limit was truly crossed, however little.
        leads_s: true crossing − known_s of "approaching", in those where one came before.
        strays: where alarms were raised outside of reps though the limit was not truly crossed.
    """

    hits: int = 0
    misses: int = 0
    false: int = 0
    quiet: int = 0
    delays_s: list[float] = field(default_factory=list)
    crossings: int = 0
    leads_s: list[float] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Pair:
    """A true rep and the announced one."""

    true: TrueRep
    said: RepEvent


@dataclass(frozen=True)
class Score:
    """One scenario's score.

    Attributes:
        run: without its bulk, only for what the scenario was.
        tilt, settled_tilt: errors against the tilt from neutral, and from the present rest pose.
        lift, site: errors against the lift, and against lift and breathing together.
        pairs, misses, ghosts: of the reps; `ghosts` tells where.
        wrong_sets: numbers of the sets with a miss or a ghost.
        alarms: by rule.
        minutes: of stream time.
    """

    seed: int
    about: dict[str, str]
    refusal: str
    sets: int
    tilt: Errors
    settled_tilt: Errors
    lift: Errors
    site: Errors
    pairs: tuple[Pair, ...]
    misses: tuple[TrueRep, ...]
    ghosts: tuple[str, ...]
    wrong_sets: frozenset[int]
    alarms: dict[str, AlarmScore]
    minutes: float


def score(run: Run) -> Score:
    """Compare a run with its truth."""
    truth, signals = run.simulation.truth, run.signals
    at = _nearest(truth.time_s, signals.time_s)
    within = truth.place[at] == "set"
    pairs, misses, ghosts = _matched(truth, run)
    wrong = {rep.set for rep in misses} | {_set_of(truth, ghost) for ghost in ghosts}
    site = truth.lift_mm + truth.breathing_mm
    tilt, tilt_sigma = signals.tilt_deg[within], signals.tilt_sigma_deg[within]
    lift, lift_sigma = signals.lift_mm[within], signals.lift_sigma_mm[within]
    return Score(
        seed=run.simulation.scenario.seed,
        about=_about(run),
        refusal=run.refusal,
        sets=max(rep.set for rep in truth.reps),
        tilt=_errors(tilt, tilt_sigma, truth.tilt_deg[at][within]),
        settled_tilt=_errors(tilt, tilt_sigma, (truth.tilt_deg - truth.settle_deg)[at][within]),
        lift=_errors(lift, lift_sigma, truth.lift_mm[at][within]),
        site=_errors(lift, lift_sigma, site[at][within]),
        pairs=tuple(pairs),
        misses=tuple(misses),
        ghosts=tuple(_place(truth, ghost.bottom_s) for ghost in ghosts),
        wrong_sets=frozenset(wrong),
        alarms={
            "pelvic_tilt": _alarms(run, "pelvic_tilt", truth.tilt_deg, _tilt_limit(run)),
            "back_lift": _alarms(run, "back_lift", truth.lift_mm, Limits().back_lift.alarm or 0.0),
        },
        minutes=float(truth.time_s[-1]) / 60.0,
    )


def _nearest(of: Floats, to: Floats) -> Floats:
    """Index of the sample of `of` nearest to each time in `to`."""
    middle = (of[1:] + of[:-1]) / 2.0
    return np.searchsorted(middle, to)


def _errors(estimate: Floats, sigma: Floats, true: Floats) -> Errors:
    known = np.isfinite(estimate) & np.isfinite(true)
    error = (estimate - true)[known]
    missing = 1.0 - known.mean() if len(known) else 1.0
    return Errors(error, np.abs(error) <= 2.0 * sigma[known], float(missing))


def _about(run: Run) -> dict[str, str]:
    """What kind of scenario it was, for the tables."""
    scenario = run.simulation.scenario
    periods = [plan.eccentric_s + plan.concentric_s for plan in scenario.plan.sets]
    lossy = scenario.radio.loss > 0.0
    return {
        "seat back, °": _bin(scenario.machine.seat_back_deg, (20, 35, 50, 65, 80)),
        "rate, Hz": _bin(scenario.sensor.rate_hz, (25, 40, 80, 150, 208)),
        "tempo, s": _bin(float(np.mean(periods)), (1.5, 2.5, 4, 6)),
        "strap slip": scenario.sensor.slip,
        "link": "drop-outs" if scenario.radio.dropouts else "lossy" if lossy else "whole",
        "came as": run.family,
        "range movement": scenario.plan.range_movement,
        "calibration": run.calibration.verdict.grade if run.calibration else "refused",
    }


def _bin(value: float, edges: tuple[float, ...]) -> str:
    low = max(np.searchsorted(edges, value, "right") - 1, 0)
    low = min(low, len(edges) - 2)
    return f"{edges[low]:g}-{edges[low + 1]:g}"


def _matched(truth: Truth, run: Run) -> tuple[list[Pair], list[TrueRep], list[RepEvent]]:
    """True and announced reps in pairs, largest overlap first; what is left of each."""
    said = [event for event in run.events if isinstance(event, RepEvent)]
    overlaps = sorted(
        (
            (overlap, i, j)
            for i, true in enumerate(truth.reps)
            for j, event in enumerate(said)
            if (overlap := min(true.end_s, event.end_s) - max(true.start_s, event.start_s))
            > OVERLAP * (true.end_s - true.start_s)
        ),
        reverse=True,
    )
    of: dict[int, int] = {}
    for _, i, j in overlaps:
        if i not in of and j not in of.values():
            of[i] = j
    return (
        [Pair(truth.reps[i], said[j]) for i, j in sorted(of.items())],
        [true for i, true in enumerate(truth.reps) if i not in of],
        [event for j, event in enumerate(said) if j not in of.values()],
    )


def _set_of(truth: Truth, ghost: RepEvent) -> int:
    """The set a ghost spoils: the one going on or coming, after the last one the last."""
    ends = [
        max(rep.end_s for rep in truth.reps if rep.set == number)
        for number in range(1, truth.reps[-1].set + 1)
    ]
    return min(int(np.searchsorted(ends, ghost.bottom_s)), len(ends) - 1) + 1


def _place(truth: Truth, time_s: float) -> str:
    return str(truth.place[min(np.searchsorted(truth.time_s, time_s), len(truth) - 1)])


def _tilt_limit(run: Run) -> float:
    """The contract's alarm limit: the larger of 12° and 0.9 R."""
    limit = Limits().pelvic_tilt
    range_deg = (run.calibration.placement.range_deg if run.calibration else None) or 0.0
    return max(limit.alarm or 0.0, limit.alarm_share * range_deg)


def _alarms(run: Run, rule: str, true: Floats, limit: float) -> AlarmScore:
    truth, result = run.simulation.truth, AlarmScore()
    alerts = [e for e in run.events if isinstance(e, AlertEvent) and e.rule == rule]
    alarms = [e for e in alerts if e.level == "alarm" and e.state == "raised"]
    nears = [e for e in alerts if e.level == "alarm" and e.state == "approaching"]
    in_rep: set[str] = set()
    for rep in truth.reps:
        own = [e for e in alarms if rep.start_s <= e.known_s <= rep.end_s + LATE_S]
        in_rep |= {e.event_id for e in own}
        _judge(result, rep, truth, true, limit, rule, own)
        crossed = _crossing(truth, true, rep, limit)
        if crossed is not None:
            result.crossings += 1
            result.leads_s += [
                crossed - e.known_s for e in nears if rep.start_s <= e.known_s <= crossed
            ][:1]
    for event in alarms:
        if event.event_id not in in_rep and not _truly(truth, true, event, limit):
            result.strays.append(_place(truth, event.time_s))
    return result


def _judge(
    result: AlarmScore,
    rep: TrueRep,
    truth: Truth,
    true: Floats,
    limit: float,
    rule: str,
    own: list[AlertEvent],
) -> None:
    """Count one rep as hit, missed, false or quiet, unless it is too near the limit to judge."""
    within = (truth.time_s >= rep.start_s) & (truth.time_s <= rep.end_s)
    peak, crossed = float(true[within].max()), _crossing(truth, true, rep, limit)
    if peak > limit + GUARD[rule]:
        if crossed is None:
            return
        if own:
            result.hits += 1
            result.delays_s.append(own[0].known_s - crossed)
        else:
            result.misses += 1
    elif peak < limit - GUARD[rule]:
        result.false += bool(own)
        result.quiet += not own


def _crossing(truth: Truth, true: Floats, rep: TrueRep, limit: float) -> float | None:
    """When the truth went beyond the limit, to stay there for the dwell, s; None if never."""
    within = np.flatnonzero((truth.time_s >= rep.start_s) & (truth.time_s <= rep.end_s))
    beyond = np.concatenate([[False], true[within] > limit, [False]])
    starts = np.flatnonzero(~beyond[:-1] & beyond[1:])
    stops = np.flatnonzero(beyond[:-1] & ~beyond[1:]) - 1
    for start, stop in zip(within[starts], within[stops], strict=True):
        if truth.time_s[stop] - truth.time_s[start] >= DWELL_S:
            return float(truth.time_s[start])
    return None


def _truly(truth: Truth, true: Floats, event: AlertEvent, limit: float) -> bool:
    """Whether the limit was truly crossed about then, in a fidget perhaps."""
    near = (truth.time_s > event.time_s - 0.5) & (truth.time_s <= event.known_s)
    return bool(np.any(np.nan_to_num(true[near]) > limit))
