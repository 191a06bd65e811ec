"""The weight on the sled, and the next one: small steps up, one clear step down.

A weight fits when at least twelve perfect reps can be done with it; only then it is raised, by 2.5
to 5 %. A weight that breaks the form is lowered by about a tenth. Plates come in steps: 2.5 kg, or
5 lb where the athlete counts in pounds.
"""

import math
import re

from monitor.arrivals import Unit

KG: dict[Unit, float] = {"kg": 1.0, "lb": 0.45359237}
STEP: dict[Unit, float] = {"kg": 2.5, "lb": 5.0}
MORE, LESS = 1.05, 0.9
MOST_KG = 1000.0
_LOAD = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*(kg|kgs|lb|lbs)?\s*", re.IGNORECASE)


def load_from(text: str, usual: Unit = "kg") -> tuple[float, Unit]:
    """A load as it is written: `120kg`, `120`, `82,5 kg`, `265lb`; in kg, and its unit.

    Args:
        text: what was written.
        usual: the unit of a bare number.

    Raises:
        ValueError: it is no load.
    """
    found = _LOAD.fullmatch(text)
    if not found:
        raise ValueError("is no load; give a number with kg or lb, such as 120kg")
    unit: Unit = "lb" if (found[2] or usual).lower().startswith("lb") else "kg"
    load_kg = float(found[1].replace(",", ".")) * KG[unit]
    if not 0.0 < load_kg <= MOST_KG:
        raise ValueError(f"must lie between 0 and {MOST_KG:.0f} kg")
    return load_kg, unit


def more(load_kg: float, unit: Unit) -> float:
    """The next load up, in `unit`: the largest within 5 %, but at least one step."""
    load, step = load_kg / KG[unit], STEP[unit]
    return max(_floor(MORE * load, step), _floor(load, step) + step)


def less(load_kg: float, unit: Unit) -> float:
    """A load about a tenth lower, in `unit`, rounded down to a step; never none at all."""
    return max(_floor(LESS * load_kg / KG[unit], STEP[unit]), STEP[unit])


def in_words(load_kg: float, unit: Unit) -> str:
    """A load as the athlete counts it, to a tenth: `130 kg`, `290 lb`."""
    return told(round(load_kg / KG[unit], 1), unit)


def told(load: float, unit: Unit) -> str:
    """A load as it is read aloud."""
    return f"{load:g} {unit}"


def _floor(load: float, step: float) -> float:
    return step * math.floor(load / step + 1e-9)
