"""`legpress calibrate --sensor NAME`: a live sensor, and a screen that says what to do."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from rich.console import Console

from calibration.guide import Step
from monitor import calibrations
from monitor.cli.sessions import speed_from
from monitor.cli.verdicts import put_away, told
from monitor.errors import InputError, UnreachableError
from monitor.guiding import Guiding
from monitor.session import run
from monitor.sinks.console.guide_sink import GuideSink
from monitor.sinks.console.guide_view import GuideView

SOURCES = ("simulated",)
"""Sensors there are."""


@dataclass(frozen=True, slots=True)
class How:
    """What was asked for.

    Attributes:
        sensor: which one.
        axis: three numbers to the athlete's left in sensor axes, None if not known.
        tilts: whether to ask for them where the axis is known without them.
        speed: as the user wrote it.
    """

    sensor: str
    axis: tuple[float, ...] | None
    tilts: bool
    speed: str


def guide(how: How, output: Path | None) -> int:
    """Lead the athlete through a calibration and put it away; the exit status."""
    if how.sensor not in SOURCES:
        raise InputError(
            f"--sensor {how.sensor}: is no sensor this version knows; it knows {', '.join(SOURCES)}"
        )
    speed = speed_from(how.speed)
    _check(how.sensor, output)
    readings = calibrations.readings_of(how.sensor)
    today = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    axis = None if how.axis is None else _unit(how.axis)
    stage = Guiding(
        "reference", how.sensor, tilts=how.tilts, axis=axis, readings=readings, today=today
    )
    sink = GuideSink(GuideView(how.sensor, _steps(how)), Console())
    from monitor.simulation.demo import calibrating  # noqa: PLC0415 - only for this source
    from monitor.sources.simulated import simulated  # noqa: PLC0415 - the same

    status = asyncio.run(run(simulated(calibrating(), speed), stage, sink))
    if status:
        return status
    found = sink.view.calibration
    if found is None:
        raise UnreachableError(
            f"{how.sensor}: sent no more before the calibration was done; "
            "check its battery and start again"
        )
    path = put_away(found, output)
    for line in told(found, path, readings):
        print(line)
    return 0


def _steps(how: How) -> tuple[Step, ...]:
    first: tuple[Step, ...] = ("lie_back",) if how.axis else ("stand", "lie_back")
    return (*first, "tilts") if how.tilts else first


def _unit(axis: tuple[float, ...]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    length = float(np.linalg.norm(axis))
    if length < 1e-9:
        raise InputError("--axis 0,0,0: has no direction; give one such as 0,1,0")
    return np.array(axis, dtype=np.float64) / length


def _check(sensor: str, output: Path | None) -> None:
    """Find out before the athlete lies down whether the calibration can be put away."""
    if output is None:
        calibrations.placement_of(sensor)
    elif not output.absolute().parent.is_dir():
        raise InputError(f"{output}: cannot be written: there is no folder {output.parent}")
