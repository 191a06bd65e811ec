"""The console's words and colours: a level is always told twice, by its colour and by its letter.

Names and reasons come from files and radios and may hold anything; `harmless` makes them fit for
a terminal.
"""

import math
import unicodedata

from monitor.events import AlertEvent, Level, RepEvent, Rule
from monitor.settings import Limit, Limits

LEVELS: tuple[Level, ...] = ("notice", "warning", "alarm")
COLOUR: dict[Level | None, str] = {
    None: "green",
    "notice": "yellow",
    "warning": "dark_orange",
    "alarm": "bright_red",
}
LETTER: dict[Level, str] = {"notice": "n", "warning": "W", "alarm": "A"}
RULE: dict[Rule, str] = {
    "pelvic_tilt": "pelvic tilt",
    "anterior_tilt": "anterior tilt",
    "back_lift": "back lift",
    "pelvic_shift": "pelvic shift",
    "unsteady": "unsteady",
}
CAUSE = {
    "back_lift": "back lifts off",
    "range_too_big": "range too big",
    "weak_brace": "weak brace",
    "feet_too_high": "feet too high",
    "too_heavy": "too heavy",
}
LIKELY = 0.2
"""A cause with less confidence is not shown."""
DISCLAIMER = "form coaching, not a medical device"
STRAP_MOVED = "strap moved"
HOW_TO_GO_ON = "Lie back flat and hold still for a moment; then it is sure again."
NEXT_WEIGHT = "set done: type the weight for the next one, e.g. 130"
TYPE_CALIBRATE = "type calibrate, and Enter"
OR_TYPE = "If it is not, type calibrate."
HOW_TO_CALIBRATE = "legpress calibrate FILE --output CAL.json"

Bounds = dict[Level, float]


def bounds(limit: Limit, range_deg: float | None = None) -> Bounds:
    """Where the levels of a rule lie, for an athlete whose own posterior range is `range_deg`."""
    own = range_deg or 0.0
    found: Bounds = {}
    for level in LEVELS:
        base: float | None = getattr(limit, level)
        if base is not None and limit.enabled:
            found[level] = max(base, own * getattr(limit, f"{level}_share"))
    return found


def level_of(value: float | None, levels: Bounds) -> Level | None:
    """The highest level a value reaches, None below all (and for an unknown value)."""
    reached: Level | None = None
    for level in LEVELS:
        if value is not None and level in levels and value >= levels[level]:
            reached = level
    return reached


def rank(level: Level | None) -> int:
    """0 for no level, 3 for an alarm."""
    return 0 if level is None else LEVELS.index(level) + 1


def rep_level(rep: RepEvent, limits: Limits, range_deg: float | None) -> Level | None:
    """The worst level a whole rep reached, whichever rule."""
    reached = (
        level_of(rep.peak_tilt_deg, bounds(limits.pelvic_tilt, range_deg)),
        level_of(abs(rep.peak_anterior_deg), bounds(limits.anterior_tilt)),
        level_of(rep.peak_lift_mm, bounds(limits.back_lift)),
        level_of(abs(rep.peak_shift_deg), bounds(limits.pelvic_shift)),
    )
    return max(reached, key=rank)


def quantity(value: float | None, unit: str, digits: int = 1) -> str:
    """A number with its unit, a dash where there is none."""
    if value is None or math.isnan(value):
        return f"– {unit}".strip()
    shown = f"{value:.{digits}f}"
    if float(shown) == 0:
        shown = shown.lstrip("-")
    return f"{shown}{unit}" if unit == "°" else f"{shown} {unit}"


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 rep`, `2 reps`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def figures(alert: AlertEvent) -> str:
    """What an alert measured, against what: `13.1° (limit 12.0°)`."""
    unit = {"deg": "°"}.get(alert.unit, alert.unit)
    digits = 0 if unit == "mm" else 1
    return f"{quantity(alert.value, unit, digits)} (limit {quantity(alert.limit, unit, digits)})"


def clock(seconds: float) -> str:
    """Minutes and seconds, `3:07`."""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def harmless(text: str | None, longest: int = 200) -> str:
    """A stranger's text with all that could move the cursor, hide or overlap taken out."""
    kept, marks = "", 0
    for char in unicodedata.normalize("NFC", (text or "")[:1000]):
        marks = marks + 1 if unicodedata.category(char) == "Mn" else 0
        if marks <= 2:  # more accents than any script needs would climb into other lines
            kept += char if _is_plain(char) else " "
    return " ".join(kept.split())[:longest]


def _is_plain(char: str) -> bool:
    category = unicodedata.category(char)
    if category == "So":  # pictures: only those all terminals hold to be two cells wide
        return ord(char) < 0x2600 or unicodedata.east_asian_width(char) == "W"
    if category in ("Mn", "Sk") and ord(char) >= 0xFE00:
        return False  # variation selectors and skin tones change the width of what they follow
    return category[0] in "LNMPSZ"
