"""`legpress calibrate FILE`: how the sensor sits on the athlete, out of a recording."""

import math
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from calibration.document import to_json
from calibration.errors import CalibrationError
from calibration.model import Calibration
from calibration.placement import Windows, placement_from
from monitor.cli.inputs import Input, open_input
from monitor.errors import InputError

Window = tuple[float, float]


def calibrate_file(
    file: Path,
    output: Path,
    *,
    neutral: str,
    standing: str | None,
    tilts: str | None,
    axis: str | None,
) -> None:
    """Calibrate from a recording, write the calibration and say how good it is."""
    windows = Windows(
        _window("--neutral", neutral),
        None if standing is None else _window("--standing", standing),
        None if tilts is None else _window("--range", tilts),
    )
    left = None if axis is None else _axis(axis)
    given = open_input(file)
    samples = given.samples()
    try:
        found = placement_from(samples.time_s, samples.acc, samples.gyr, windows, axis=left)
    except CalibrationError as error:
        raise InputError(f"{file}: {error}") from error
    made = _made(given, windows.neutral[1])
    session = given.session
    found = replace(
        found,
        sensor=session.sensor,
        made=made,
        recording=session.session_id,
        tilts_s=windows.tilts,
    )
    _write(output, to_json(found))
    for line in _told(found, output):
        print(line)


def _told(found: Calibration, output: Path) -> list[str]:
    at = found.placement
    lines = [f"calibration: {found.verdict.grade}"]
    lines += [f"  {reason}" for reason in found.verdict.reasons]
    if at.seat_back_deg is not None:
        lines.append(f"seat back: {at.seat_back_deg:.0f}° from vertical")
    if at.range_deg is not None:
        lines.append(f"the athlete's own posterior range: {at.range_deg:.1f}°")
    return [*lines, f"written to {output}"]


def _made(given: Input, time_s: float) -> str | None:
    """When the athlete lay at neutral, RFC 3339 UTC."""
    if given.session.started_wall_s is None:
        return None
    moment = datetime.fromtimestamp(given.session.started_wall_s + time_s, UTC)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


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


def _axis(text: str) -> tuple[float, ...]:
    return _numbers("--axis", text, ",", 3, "0,1,0")


def _write(path: Path, text: str) -> None:
    """Whole or not at all; what is no plain file (a pipe, a terminal) is simply written to."""
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")
            return
        whole = path.resolve()
        part = whole.with_name(f".{whole.name}.part")
        part.write_text(text, encoding="utf-8")
        part.replace(whole)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from error
