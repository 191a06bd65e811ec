"""A calibration that was made earlier on the same day, and whether it is to be taken.

A strap sits differently each day, so one of another day is never taken; one of today only where
the athlete says that the sensor has not been off since.
"""

import sys
from datetime import datetime

from calibration.model import Calibration
from monitor import calibrations
from monitor.cli.keeping import shown
from monitor.errors import InputError

KEPT = "kept"
"""What `--calibration` says instead of a file's name."""


def kept_today(sensor: str) -> Calibration:
    """The one that is kept of a sensor.

    Raises:
        InputError: there is none of today.
    """
    found = _newest(sensor)
    if found is None:
        raise InputError(
            f"--calibration {KEPT}: none is kept of {shown(sensor)}; leave it out and be guided"
        )
    made = _made(found)
    if not _is_today(made):
        when = "another day" if made is None else f"{made:%d %B}"
        raise InputError(
            f"--calibration {KEPT}: that of {shown(sensor)} is of {when}, and a strap sits "
            "differently each day; leave it out and be guided"
        )
    return found


def wants_kept(sensor: str) -> bool:
    """Ask whether today's calibration is to be taken, where there is one and somebody to ask."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    found = _newest(sensor)
    made = None if found is None else _made(found)
    if found is None or made is None or not _is_today(made):
        return False
    answer = input(
        f"{shown(sensor)} was calibrated today at {made:%H:%M} ({found.verdict.grade}). "
        "Has it been on the athlete since, untouched? Then take that one: y. Else Enter: "
    )
    return answer.strip().lower() in {"y", "yes"}


def _newest(sensor: str) -> Calibration | None:
    named = [
        one.content
        for one in calibrations.all_kept()
        if one.name.casefold() == sensor.casefold() and isinstance(one.content, Calibration)
    ]
    return max(named, key=lambda one: one.made or "", default=None)


def _made(found: Calibration) -> datetime | None:
    """When it was made, on this computer's clock."""
    try:
        return datetime.fromisoformat(found.made or "").astimezone()
    except ValueError:
        return None


def _is_today(made: datetime | None) -> bool:
    return made is not None and made.date() == datetime.now().astimezone().date()
