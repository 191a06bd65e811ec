"""What a set shows, most of it in numbers between 0 and 1: nothing about causes yet.

Every rep shows a thing to some degree: 0 far within its limit, a half at it, 1 well beyond. What
kind of set it was is read from the reps up to the last one that showed anything; clean reps after
it make all of it rarer, and change nothing else.

- *rolled, lifted, arched, shaky*, for each rep: the four things a sensor on the back can see.
- *early*, the roll of the first two reps: feet and range are wrong from the first rep on.
- *growth*, the roll of the worst two reps less that of the first two, in notice limits: a weight is
  too heavy in the end, not at the start.
- *slowdown*, of the time from bottom to bottom and of the way back: as the push gets slower.
- *lift_joins*, the lift of the last reps less that of the first: a back that lets go at last.
- *reach*, on how much of the way the pelvis was rolled: it tells early rolling from late.
- *scatter*, of the roll about its own trend: a held pelvis does the same each time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from monitor.coaching.rep import Rep


@dataclass(frozen=True, slots=True)
class EvidenceParams:
    """Where a rep is half-way between showing a thing and not, and how sharply.

    Attributes:
        roll: peak tilt as a share of the notice limit, and its softness.
        lift_mm: lift beyond what the roll explains, mm; skin and pad give by several millimetres.
        lift_per_deg: what rolling alone lifts the sensor, mm/°: the site lies up to 50 mm below
            the pivot, so up to 0.87.
        lift_sigma_mm: added to the estimate's own sigma, mm.
        arch_deg: anterior tilt as a share of its notice limit, and its softness.
        tremor_deg_s: trembling, °/s, and its softness as a logarithm; 0.1° at 8 Hz is 3.5°/s RMS.
        wasted_deg_s: wobbling, °/s, and its softness as a logarithm; clean pushes waste up to 1.
        shows: from this degree on a rep shows anything at all.
    """

    roll: tuple[float, float] = (1.0, 0.06)
    lift_mm: float = 8.0
    lift_per_deg: float = 0.9
    lift_sigma_mm: float = 2.5
    arch_deg: tuple[float, float] = (1.0, 0.06)
    tremor_deg_s: tuple[float, float] = (4.0, 0.12)
    wasted_deg_s: tuple[float, float] = (1.6, 0.15)
    shows: float = 0.3


@dataclass(frozen=True, slots=True)
class Evidence:
    """The figures named above, and the reps they were taken from.

    Attributes:
        reps: how many the set had.
        told: those up to the last that showed anything.
        rolled, lifted, arched, shaky: one number for each of `told`, 0..1.
        early, growth, slowdown, lift_early, lift_joins, reach, scatter: see above.
    """

    reps: int
    told: tuple[Rep, ...]
    rolled: tuple[float, ...]
    lifted: tuple[float, ...]
    arched: tuple[float, ...]
    shaky: tuple[float, ...]
    early: float
    growth: float
    slowdown: float
    lift_early: float
    lift_joins: float
    reach: float
    scatter: float


def evidence(
    reps: Sequence[Rep],
    notice_deg: float,
    arch_deg: float,
    params: EvidenceParams | None = None,
) -> Evidence:
    """What the reps of one set show.

    Args:
        reps: in their order, at least one.
        notice_deg: where the posterior tilt is first worth a word, °.
        arch_deg: where the anterior tilt is, °.
        params: constants.
    """
    p = params or EvidenceParams()
    rows = [_shown(rep, notice_deg, arch_deg, p) for rep in reps]
    last = max((k for k, row in enumerate(rows) if max(row) >= p.shows), default=-1)
    told, rows = tuple(reps[: last + 1]), rows[: last + 1]
    rolled, lifted, arched, shaky = zip(*rows, strict=True) if rows else ((), (), (), ())
    tilt = np.array([rep.peak_tilt_deg for rep in told]) / notice_deg
    first, worst = tilt[:2], np.sort(tilt)[-2:]
    return Evidence(
        reps=len(reps),
        told=told,
        rolled=rolled,
        lifted=lifted,
        arched=arched,
        shaky=shaky,
        early=float(np.mean(rolled[:2])) if told else 0.0,
        growth=float(worst.mean() - first.mean()) if told else 0.0,
        slowdown=_slowdown(told),
        lift_early=float(np.mean(lifted[:3])) if told else 0.0,
        lift_joins=max(0.0, float(np.mean(lifted[-3:]) - np.mean(lifted[:3]))) if told else 0.0,
        reach=_reach(told),
        scatter=_scatter(tilt),
    )


def _shown(
    rep: Rep, notice_deg: float, arch_deg: float, p: EvidenceParams
) -> tuple[float, float, float, float]:
    """How far one rep rolled, lifted, arched and shook."""
    lift = 0.0
    if rep.peak_lift_mm is not None and rep.lift_sigma_mm is not None:
        beyond_mm = rep.peak_lift_mm - p.lift_per_deg * rep.peak_tilt_deg - p.lift_mm
        lift = soft(beyond_mm, 0.0, 0.6 * float(np.hypot(rep.lift_sigma_mm, p.lift_sigma_mm)))
    trembling = _beyond(rep.tremor_deg_s, p.tremor_deg_s)
    wobbling = _beyond(rep.wasted_deg_s, p.wasted_deg_s)
    return (
        soft(rep.peak_tilt_deg / notice_deg, *p.roll),
        lift,
        soft(rep.peak_anterior_deg / arch_deg, *p.arch_deg),
        max(trembling, wobbling),
    )


def _beyond(value: float, of: tuple[float, float]) -> float:
    """How far a size is beyond a limit, on a logarithmic scale."""
    return soft(float(np.log(max(value, 1e-3) / of[0])), 0.0, of[1])


def soft(value: float, middle: float, width: float) -> float:
    """A step from 0 to 1 that is a half at `middle`: the logistic function."""
    return float(1.0 / (1.0 + np.exp(-np.clip((value - middle) / width, -50.0, 50.0))))


def _slowdown(told: Sequence[Rep]) -> float:
    """By what share reps, from bottom to bottom, and returns take longer in the end; from four."""
    if len(told) < 4:
        return 0.0
    bottoms = np.diff([rep.bottom_s for rep in told])
    returns = np.array([rep.return_s for rep in told])
    return 0.5 * (_longer(bottoms) + _longer(returns))


def _longer(times: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    first, last = float(np.median(times[:3])), float(np.median(times[-3:]))
    return float(np.clip(last / max(first, 0.1) - 1.0, -1.0, 1.5))


def _reach(told: Sequence[Rep]) -> float:
    """Share of the sled's way on which the pelvis was rolled, 0..1.

    Between the share of all the time and the share of the time the body was at work: at the top
    an athlete may pause, and some sleds roll so softly that their moving is not felt.
    """
    shares = [
        0.35 * r.roll_s / (r.roll_s + r.flat_s) + 0.65 * r.roll_s / (r.roll_s + r.working_s)
        for r in told
        if r.flat_s is not None and r.roll_s > 0
    ]
    return median(shares) if shares else 0.5


def _scatter(tilt: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """RMS of the tilts about their own straight line, as a share of their mean; from four."""
    if len(tilt) < 4:
        return 0.0
    order = np.arange(len(tilt)) - (len(tilt) - 1) / 2
    slope = float((order * tilt).sum() / (order * order).sum())
    rest = tilt - tilt.mean() - slope * order
    return float(np.sqrt(np.mean(rest * rest)) / max(float(tilt.mean()), 0.2))
