"""What the report says in words: the main message, what to do, how sure we are."""

import math
from collections.abc import Iterable, Iterator

import numpy as np

from monitor.coaching.load import in_words
from monitor.events import RepEvent, Rule
from monitor.report.story import Excess, Story
from monitor.sinks.console.summary import worth_showing
from monitor.sinks.console.words import CAUSE, Bounds, clock, counted, harmless, quantity

FURTHEST: dict[Rule, str] = {
    "pelvic_tilt": "The pelvis rolled back furthest",
    "anterior_tilt": "The lower back arched most",
    "back_lift": "The back left the pad furthest",
    "pelvic_shift": "The hips turned most",
    "unsteady": "It was least steady",
}
UNIT: dict[Rule, str] = {
    "pelvic_tilt": "°",
    "anterior_tilt": "°",
    "back_lift": "mm",
    "pelvic_shift": "°",
    "unsteady": "°/s",
}
FEW_SETS = 8
NO_CALIBRATION = (
    "Tilt and lift are measured from your own neutral pose, and this session has none. Calibrate "
    "(legpress calibrate), then ask for the report again."
)
NO_REPS = (
    "Either nothing was trained while this was recorded, or the pelvis moved too little to tell "
    "reps from breathing."
)


def headline(story: Story) -> str:
    """The session in one short sentence."""
    reps = len(story.reps)
    if story.calibration is None:
        return "No calibration, so nothing can be said about your back."
    if reps == 0:
        return "No reps were seen."
    clean = sum(rep.clean for rep in story.reps)
    if clean == reps:
        return f"All {counted(reps, 'rep')} clean." if reps > 1 else "One rep, and it was clean."
    return f"{clean or 'None'} of {counted(reps, 'rep')} clean."


def what_was_worst(story: Story) -> str:
    """Where it went furthest, or why nothing is said."""
    if story.calibration is None:
        return NO_CALIBRATION
    if not story.reps:
        return NO_REPS
    if story.worst is None:
        worst = max(rep.peak_tilt_deg for rep in story.reps)
        return f"The pelvis never rolled back by more than {worst:.1f}°."
    return furthest(story.worst, story.limits[story.worst.rule])


def set_by_set(story: Story) -> str:
    """How many reps were clean in each of a few sets; one set needs no such list."""
    if not 1 < len(story.sets) <= FEW_SETS or all(rep.clean for rep in story.reps):
        return ""
    sets = [f"set {s.told.set}: {s.told.clean_reps} of {s.told.reps}" for s in story.sets]
    return f"Clean in {', '.join(sets)}."


def furthest(worst: Excess, limits: Bounds) -> str:
    """One excess with the limit it broke."""
    unit = UNIT[worst.rule]
    digits = 0 if unit == "mm" else 1
    said = f"{FURTHEST[worst.rule]} in set {worst.rep.set}, rep {worst.rep.rep}: "
    value = quantity(worst.value, unit, digits)
    if worst.level is None:
        return f"{said}{value}."
    limit = quantity(limits[worst.level], unit, 0)
    return f"{said}{value} (your {worst.level} is at {limit})."


def next_time(story: Story) -> str:
    """The one thing to do: what the last set suggests."""
    return harmless(story.sets[-1].told.suggestion, 400) if story.sets else ""


def why(story: Story) -> str:
    """The likeliest cause in the set with the most unclean reps, never asserted; "" for none."""
    with_causes = [one.told for one in story.sets if worth_showing(one.told)]
    worst = max(with_causes, key=lambda told: told.reps - told.clean_reps, default=None)
    if worst is None:
        return ""
    cause, *_ = worst.causes
    likely = f"{CAUSE[cause.cause]} ({100 * cause.confidence:.0f} %)"
    return f"Set {worst.set}, likeliest cause: {likely}: {harmless(cause.evidence, 400)}."


def told_by_athlete(story: Story) -> list[str]:
    """What the athlete said of the weight, the feet and the back; where it changed, in turn."""
    said = story.settings.coaching
    known = [one.known for one in story.sets] or [said]
    loads = _in_turn(in_words(k.load_kg, k.load_unit) for k in known if k.load_kg is not None)
    feet = _in_turn(k.feet for k in known if k.feet is not None)
    told = []
    if loads:
        told.append(f"{loads} on the sled")
    if feet:
        told.append(f"feet {feet}")
    if said.pain != "none":
        told.append(f"{said.pain} back pain that day")
    return told


def _in_turn(words: Iterable[str]) -> str:
    """Each once, in the order they came: `120 kg, 130 kg`."""
    return ", ".join(dict.fromkeys(words))


def sureness(story: Story) -> Iterator[str]:
    """How sure we are, in numbers of this very session."""
    if story.reps:
        yield from _of_signals(story)
        yield _of_reps(story.reps)
        yield from _of_alerts(story)
    yield (
        "Skin and muscle move over bone by several degrees and about ten millimetres, and no "
        "study has measured that on a leg press: trust the comparison between your own reps "
        "more than the figure of a single one."
    )
    yield (
        "One sensor cannot see your feet, your thighs or the weight on the sled. Causes are "
        "likely ones, ranked by what the reps looked like."
    )


def _of_signals(story: Story) -> Iterator[str]:
    tilt, lift = _typical_sigmas(story)
    if math.isfinite(tilt):
        yield f"Tilt within a set is typically known to ±{2 * tilt:.1f}° (two sigma)."
    unsure = sum(not story.lift_is_sure(rep) for rep in story.reps)
    if math.isfinite(lift):
        yield f"Back lift within a set is typically known to ±{2 * lift:.0f} mm (two sigma)."
    if unsure:
        yield (
            f"In {unsure} of {counted(len(story.reps), 'rep')} the lift was too uncertain to be "
            "held against you."
        )


def _typical_sigmas(story: Story) -> tuple[float, float]:
    """Median sigma of tilt, °, and of lift, mm, within the sets; NaN where there is none."""
    signals = story.signals
    inside = np.zeros(len(signals), bool)
    for one in story.sets:
        inside |= (signals.time_s >= one.told.start_s) & (signals.time_s <= one.told.end_s)
    typical = []
    for sigma in (signals.tilt_sigma_deg[inside], signals.lift_sigma_mm[inside]):
        known = sigma[np.isfinite(sigma)]
        typical.append(float(np.median(known)) if len(known) else math.nan)
    return typical[0], typical[1]


def _of_reps(reps: tuple[RepEvent, ...]) -> str:
    doubtful = [rep for rep in reps if rep.confidence < 0.8]
    if not doubtful:
        return "Every rep was plain to see; that each was one is at least 80 % certain."
    few = ", ".join(f"set {rep.set} rep {rep.rep}" for rep in doubtful[:5])
    more = " and others" if len(doubtful) > 5 else ""
    return f"Less than 80 % certain to be reps at all: {few}{more}."


def _of_alerts(story: Story) -> Iterator[str]:
    delays = [
        event.known_s - event.time_s
        for one in story.sets
        for event in one.alerts
        if event.state == "raised"
    ]
    if delays:
        yield (
            f"Warnings came {1000 * float(np.median(delays)):.0f} ms after the limit was crossed "
            "(median; the time it must stay crossed is in that)."
        )


def data_quality(story: Story) -> str:
    """How well the data came through, in a sentence."""
    if not len(story.signals):
        return "No samples reached the program."
    rate = "at an unknown rate" if math.isnan(story.rate_hz) else f"at {story.rate_hz:.0f} Hz"
    lost = "" if math.isnan(story.lost_pct) else f", {story.lost_pct:.1f} % of them lost"
    downs = sum(link.state != "up" for link in story.links)
    link = f"; the link was lost or silent {counted(downs, 'time')}" if downs else ""
    return f"{len(story.signals)} samples over {clock(story.duration_s)}, {rate}{lost}{link}."


def sentence(clause: str) -> str:
    """A clause as a sentence, fit to be shown."""
    said = harmless(clause, 400)
    return said[:1].upper() + said[1:].rstrip(".") + "." if said else ""
