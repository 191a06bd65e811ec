"""What a coach says when the set is over: why, on what evidence, and the one thing to change.

The fixes are the source's: back against the bench through the whole range; stop the descent with
the thighs at 90°; brace, with a belt; feet lower; weight lower; at least twelve perfect reps before
more weight, and then slowly. Causes are inferred from one sensor on the back, so the words are
"likely", and the likeliest comes first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from monitor.coaching import load
from monitor.coaching.evidence import Evidence, evidence
from monitor.coaching.model import faults, likely
from monitor.coaching.rep import Rep
from monitor.events import Cause, CauseEstimate
from monitor.settings import Coaching

PERFECT_REPS = 12
"""A weight fits when at least this many perfect reps can be done with it."""
WORTH_TELLING = 0.1
"""A cause less likely than this is not told."""
WORTH_A_CHANGE = 0.3
"""And one less likely than this changes nothing in the next set."""
SHOWS = 0.5
"""A rep shows a fault from this degree on."""


@dataclass(frozen=True, slots=True)
class Coached:
    """What the set event says of causes and of the next set."""

    causes: tuple[CauseEstimate, ...]
    suggestion: str


def coached(
    reps: Sequence[Rep], notice_deg: float, arch_deg: float, known: Coaching | None = None
) -> Coached:
    """Look at a set that is over.

    Args:
        reps: in their order, at least one.
        notice_deg: the notice limit of the posterior tilt, °.
        arch_deg: that of the anterior tilt, °.
        known: what the athlete has told.
    """
    known = known or Coaching()
    shown = evidence(reps, notice_deg, arch_deg)
    causes = tuple(
        CauseEstimate(
            cause=one.cause,
            confidence=round(one.confidence, 2),
            evidence=_EVIDENCE[one.cause](shown),
            advice=_advice(one.cause, shown, notice_deg, known),
        )
        for one in likely(shown, known.feet)
        if one.confidence >= WORTH_TELLING
    )
    return Coached(causes, _suggestion(reps, causes, known))


def _suggestion(reps: Sequence[Rep], causes: Sequence[CauseEstimate], known: Coaching) -> str:
    """One sentence for the next set, two where the back hurts."""
    clean = sum(rep.clean for rep in reps)
    hurts = known.pain == "mild"
    if causes and causes[0].confidence > WORTH_A_CHANGE:
        return causes[0].advice + (" Your back hurts today: go lighter." if hurts else "")
    if hurts:
        return "Your back hurts today: no more weight, and stop if it gets worse."
    if clean < len(reps):
        return "Same weight or less: keep the back flat and stop where the pelvis starts to roll."
    if clean >= PERFECT_REPS:
        return f"{clean} clean reps: this weight fits; {_next(known)}."
    return f"All clean: stay at this weight until {PERFECT_REPS} clean reps are easy."


def _next(known: Coaching) -> str:
    if known.load_kg is None:
        return "add a little, 2.5 to 5 %, no more"
    return f"next time {load.told(load.more(known.load_kg, known.load_unit), known.load_unit)}"


def _advice(cause: Cause, shown: Evidence, notice_deg: float, known: Coaching) -> str:
    """What to do about a cause, in one sentence."""
    match cause:
        case "back_lift":
            return "Keep your back against the bench through the whole range."
        case "range_too_big":
            earlier = f", about {_shorter(shown, notice_deg)} % earlier"
            return f"Likely too deep: stop the descent with your thighs at 90°{earlier}."
        case "feet_too_high":
            return "Your feet are likely too high: put them lower on the plate."
        case "weak_brace":
            return "Likely a weak brace: brace before each rep and hold it; a belt helps."
        case "too_heavy":
            return f"Likely too heavy: {_lighter(known)}."


def _lighter(known: Coaching) -> str:
    if known.load_kg is None:
        return f"take about 10 % off until {PERFECT_REPS} reps are clean"
    lower = load.told(load.less(known.load_kg, known.load_unit), known.load_unit)
    return f"take {lower} until {PERFECT_REPS} reps are clean"


def _shorter(shown: Evidence, notice_deg: float) -> int:
    """By how many per cent the descent should be shorter, in fives.

    The roll begins `reach` of the way before the bottom and grows to its peak; it is within the
    limit on the share notice / peak of that, were it straight.
    """
    peak = median(rep.peak_tilt_deg for rep, _ in _showing("range_too_big", shown))
    share = shown.reach * (1.0 - min(notice_deg / peak, 1.0))
    return max(5, min(30, 5 * round(100.0 * share / 5.0)))


def _back_lift(shown: Evidence) -> str:
    found = _showing("back_lift", shown)
    most = max(rep.peak_lift_mm or 0.0 for rep, _ in found)
    rolled = fmean(shown.rolled[k] for _, k in found)
    how = "as the pelvis rolled" if rolled >= SHOWS else "with hardly a roll"
    return f"{_counted(found, shown)} your back left the pad, by up to {most:.0f} mm, {how}"


def _rolled(cause: Cause, where: Callable[[Evidence], str]) -> Callable[[Evidence], str]:
    def told(shown: Evidence) -> str:
        found = _showing(cause, shown)
        peak = median(rep.peak_tilt_deg for rep, _ in found)
        return f"{_counted(found, shown)} your pelvis rolled {peak:.0f}°, {where(shown)}"

    return told


def _near_the_bottom(shown: Evidence) -> str:
    return f"in about the last {5 * round(20.0 * shown.reach)} % of the way down"


def _from_the_start(shown: Evidence) -> str:
    first = "from the first rep on and " if shown.early >= SHOWS else ""
    return f"{first}from early on the way down"


def _too_heavy(shown: Evidence) -> str:
    tilts = [rep.peak_tilt_deg for rep in shown.told]
    first, last = fmean(tilts[:2]), fmean(tilts[-2:])
    told = [f"the roll went from {first:.0f}° in the first reps to {last:.0f}° in the last"]
    if shown.slowdown >= 0.1:
        told.append(f"reps took {100 * shown.slowdown:.0f} % longer")
    if shown.lift_joins >= 0.4:
        told.append("in the end the back left the pad")
    return "; ".join(told)


def _weak_brace(shown: Evidence) -> str:
    told = []
    arched = [r for r, a in zip(shown.told, shown.arched, strict=True) if a >= SHOWS]
    shaky = [r for r, s in zip(shown.told, shown.shaky, strict=True) if s >= SHOWS]
    if arched:
        most = max(rep.peak_anterior_deg for rep in arched)
        told.append(f"in {len(arched)} of {shown.reps} reps your back arched, by up to {most:.0f}°")
    if shaky:
        told.append(f"in {len(shaky)} of {shown.reps} your pelvis trembled in the push")
    if shown.scatter >= 0.2:
        told.append(f"the roll differed by {100 * shown.scatter:.0f} % from rep to rep")
    return "; ".join(told) or "your pelvis was a little unsteady in the push"


_EVIDENCE: dict[Cause, Callable[[Evidence], str]] = {
    "back_lift": _back_lift,
    "range_too_big": _rolled("range_too_big", _near_the_bottom),
    "feet_too_high": _rolled("feet_too_high", _from_the_start),
    "too_heavy": _too_heavy,
    "weak_brace": _weak_brace,
}
"""What speaks for each cause, in numbers of the reps themselves."""


def _showing(cause: Cause, shown: Evidence) -> list[tuple[Rep, int]]:
    """The reps that show a cause's fault, and which of `told` they are; at least the worst one."""
    degrees = faults(cause, shown)
    worst = max(degrees)
    return [(shown.told[k], k) for k, degree in enumerate(degrees) if degree >= min(SHOWS, worst)]


def _counted(found: Sequence[tuple[Rep, int]], shown: Evidence) -> str:
    return f"in {len(found)} of {shown.reps} reps"
