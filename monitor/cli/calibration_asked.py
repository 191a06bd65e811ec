"""What was asked of `legpress calibrate`: one thing, with options and numbers that go with it."""

import math
from dataclasses import dataclass
from pathlib import Path

from calibration.placement import Windows
from monitor.errors import InputError

Window = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Asked:
    """The command line, as the user wrote it."""

    file: Path | None
    sensor: str | None
    list: bool
    show: str | None
    forget: str | None
    neutral: str | None
    standing: str | None
    range: str | None
    axis: str | None
    six_positions: bool
    sensor_name: str | None
    no_tilts: bool
    speed: str | None
    family: str | None
    output: Path | None


_FROM = {"file": "a recording (FILE)", "sensor": "--sensor"}
_STORE = {"list": "--list", "show": "--show", "forget": "--forget"}
_GO_WITH = {
    "neutral": ("file",),
    "standing": ("file",),
    "range": ("file",),
    "axis": ("file", "sensor"),
    "six_positions": ("file",),
    "sensor_name": ("file",),
    "no_tilts": ("sensor",),
    "speed": ("sensor",),
    "family": ("sensor",),
    "output": ("file", "sensor"),
}
"""Options, and what each goes with."""


def way_of(asked: Asked) -> str:
    """The one thing asked for, with options that go with it.

    Raises:
        InputError: nothing is, or several things are, or an option goes with another one.
    """
    if "" in {asked.sensor, asked.show, asked.forget}:
        raise InputError("the sensor's name is empty; see legpress scan, or calibrate --list")
    ways = _FROM | _STORE
    chosen = [way for way in ways if getattr(asked, way) not in {None, False}]
    if not chosen:
        raise InputError(
            "nothing to calibrate from: give a recording (FILE) or a sensor (--sensor NAME); "
            "see legpress calibrate --help"
        )
    if len(chosen) > 1:
        raise InputError(
            f"{ways[chosen[0]]} and {ways[chosen[1]]} do not go together; give one of them"
        )
    for option, partners in _GO_WITH.items():
        if getattr(asked, option) not in {None, False} and chosen[0] not in partners:
            needed = " or ".join(ways[partner] for partner in partners)
            raise InputError(f"--{option.replace('_', '-')} goes only with {needed}; leave it out")
    return chosen[0]


def windows_of(asked: Asked) -> Windows | None:
    """The windows given, None where they are to be found.

    Raises:
        InputError: they are none, or do not belong together.
    """
    standing = None if asked.standing is None else _window("--standing", asked.standing)
    tilts = None if asked.range is None else _window("--range", asked.range)
    neutral = None if asked.neutral is None else _window("--neutral", asked.neutral)
    if asked.six_positions and (standing or tilts or neutral or asked.axis or asked.output):
        raise InputError(
            "--six-positions finds the sides by itself and is kept with the sensor's name; "
            "leave out the other options (--sensor-name NAME may stay)"
        )
    if neutral is not None:
        return Windows(neutral, standing, tilts)
    if standing or tilts:
        option = "--standing" if standing else "--range"
        raise InputError(
            f"{option} needs --neutral C:D too (or give none of them, and they are looked for)"
        )
    return None


def _numbers(option: str, text: str, mark: str, count: int, example: str) -> tuple[float, ...]:
    try:
        numbers = tuple(float(part) for part in text.split(mark))
    except ValueError:
        numbers = ()
    if len(numbers) != count or not all(map(math.isfinite, numbers)):
        raise InputError(f"{option} {text}: {count} numbers are needed, such as {example}")
    return numbers


def _window(option: str, text: str) -> Window:
    start, end = _numbers(option, text, ":", 2, "12.5:20")
    if not 0 <= start < end:
        raise InputError(f"{option} {text}: must run from an earlier to a later second, from 0 on")
    return start, end


def axis_of(text: str) -> tuple[float, ...]:
    """The athlete's left in sensor axes, of any length.

    Raises:
        InputError: it is no direction.
    """
    numbers = _numbers("--axis", text, ",", 3, "0,1,0")
    longest = max(map(abs, numbers))
    if not longest:
        raise InputError(f"--axis {text}: has no direction; give one such as 0,1,0")
    return tuple(number / longest for number in numbers)  # any length will do
