"""What the athlete tells between sets: the weight on the sled, and where the feet stand.

    130    130kg    290 lb    low    feet high    130 middle

One sensor sees neither. What is told counts for every set that begins after it, until something
else is told; a set that has begun keeps what was known of it.
"""

import re

import msgspec

from monitor.arrivals import Feet, Told, Unit
from monitor.coaching.load import in_words, load_from
from monitor.settings import Coaching

HELP = "130, 130kg or 290lb: weight. low, middle or high: feet. calibrate: anew."
_FEET = re.compile(r"(?:^|\s+)(?:feet\s+)?(low|middle|high)$")
_PLACE: dict[str, Feet] = {"low": "low", "middle": "middle", "high": "high"}


def told_from(line: str, usual: Unit) -> Told:
    """What a line says, as told at time 0.

    Args:
        line: as it was typed.
        usual: the unit of a bare number.

    Raises:
        ValueError: it says nothing that can be told; the text says what can be.
    """
    load, feet = line.strip().lower(), None
    if found := _FEET.search(load):
        load, feet = load[: found.start()], found[1]
    if not load and feet is None:
        raise ValueError(HELP)
    load_kg, unit = load_from(load, usual) if load else (None, None)
    return Told(0.0, load_kg, unit, _PLACE.get(feet or ""))


def with_told(known: Coaching, told: Told) -> Coaching:
    """What is known once that is told too."""
    if told.load_kg is not None:
        unit = told.load_unit or known.load_unit
        known = msgspec.structs.replace(known, load_kg=told.load_kg, load_unit=unit)
    if told.feet is not None:
        known = msgspec.structs.replace(known, feet=told.feet)
    return known


def told_in_words(known: Coaching) -> str:
    """The weight and the feet, as far as they are known: `130 kg, feet low`."""
    load = [] if known.load_kg is None else [in_words(known.load_kg, known.load_unit)]
    feet = [] if known.feet is None else [f"feet {known.feet}"]
    return ", ".join(load + feet)


class Tellings:
    """All that was told in a session, and when.

    Args:
        first: what was known before it.
    """

    def __init__(self, first: Coaching) -> None:
        self._known: list[tuple[float, Coaching]] = [(-float("inf"), first)]

    def add(self, time_s: float, told: Told) -> None:
        """Something was told at that stream time, s; not before what was told last."""
        self._known.append((time_s, with_told(self._known[-1][1], told)))

    def at(self, time_s: float) -> Coaching:
        """What was known at that stream time, s."""
        return next(known for since_s, known in reversed(self._known) if since_s <= time_s)
