"""`legpress calibrate --sensor NAME`: a live sensor, and a screen that says what to do."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from rich.console import Console

from calibration.prompts import Step
from monitor import calibrations
from monitor.cli.sensors import Finder, Wanted
from monitor.cli.verdicts import put_away, told
from monitor.errors import InputError, UnreachableError
from monitor.guiding import Guiding, Lesson
from monitor.session import INTERRUPTED, Interrupts, run
from monitor.sinks.console.guide_sink import GuideSink
from monitor.sinks.console.guide_view import GuideView


@dataclass(frozen=True, slots=True)
class How:
    """What was asked for.

    Attributes:
        sensor: its name or address, or `simulated`.
        axis: three numbers to the athlete's left in sensor axes, None if not known.
        tilts: whether to ask for them where the axis is known without them.
        speed: of a simulated sensor, as the user wrote it.
        family: of the sensor, None: it tells.
    """

    sensor: str
    axis: tuple[float, ...] | None
    tilts: bool
    speed: str | None
    family: str | None = None


def guide(how: How, output: Path | None, finder: Finder | None = None) -> int:
    """Lead the athlete through a calibration and put it away; the exit status."""
    _check(how.sensor, output)
    return asyncio.run(lead(how, output, finder or Finder()))


async def lead(how: How, output: Path | None, finder: Finder) -> int:
    """The same, where an event loop runs already."""
    axis = None if how.axis is None else _unit(how.axis)
    with Interrupts() as interrupts, interrupts.taking_part() as came:
        try:
            found = await finder.find(Wanted(how.sensor, how.family, how.speed, trains=False))
        except asyncio.CancelledError:
            if came:
                return INTERRUPTED
            raise
        readings = calibrations.readings_of(found.name)
        today = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        stage = Guiding(
            found.family, found.name, tilts=how.tilts, axis=axis, readings=readings, today=today
        )
        sink = GuideSink(GuideView(found.name, _steps(how)), Console())
        joined = None if found.waits else Lesson.joined
        status = await run(found.open(), stage, sink, joined=joined, interrupts=interrupts)
    if status:
        return status
    calibration = sink.view.calibration
    if calibration is None:
        raise UnreachableError(
            f"{found.name}: sent no more before the calibration was done; "
            "check its battery and start again"
        )
    path = put_away(calibration, output)
    for line in told(calibration, path, readings):
        print(line)
    return 0


def _steps(how: How) -> tuple[Step, ...]:
    first: tuple[Step, ...] = ("lie_back",) if how.axis else ("stand", "lie_back")
    return (*first, "tilts") if how.tilts else first


def _unit(axis: tuple[float, ...]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array(axis, dtype=np.float64) / float(np.linalg.norm(axis))


def _check(sensor: str, output: Path | None) -> None:
    """Find out before the athlete lies down whether the calibration can be put away."""
    if output is None:
        calibrations.placement_of(sensor)
        calibrations.check_folder()
    elif output.is_dir():
        raise InputError(f"{output}: cannot be written: it is a folder; name a file in it")
    elif not output.absolute().parent.is_dir():
        raise InputError(f"{output}: cannot be written: there is no folder {output.parent}")
