"""`legpress calibrate`: out of a recording, with a live sensor, or what is kept of earlier ones."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from calibration.errors import CalibrationError
from calibration.model import Calibration
from calibration.placement import Windows, placement_from
from calibration.sensor import SensorCalibration, six_positions
from calibration.windows import find_windows
from monitor import calibrations
from monitor.cli import keeping
from monitor.cli.calibration_asked import Asked, axis_of, way_of, windows_of
from monitor.cli.inputs import Input, open_input
from monitor.cli.outputs import keep_apart
from monitor.cli.verdicts import put_away, told
from monitor.errors import InputError
from monitor.samples import Samples


def calibrate(asked: Asked) -> int:
    """Do what was asked; the exit status."""
    match way_of(asked):
        case "file":
            _from_file(asked)
        case "sensor":
            from monitor.cli import guided  # noqa: PLC0415 - only with a live sensor

            axis = None if asked.axis is None else axis_of(asked.axis)
            how = guided.How(str(asked.sensor), axis, not asked.no_tilts, asked.speed, asked.family)
            return guided.guide(how, asked.output)
        case "list":
            keeping.show_all()
        case "show":
            keeping.show(str(asked.show))
        case _:
            keeping.forget(str(asked.forget))
    return 0


def _from_file(asked: Asked) -> None:
    windows = windows_of(asked)
    axis = None if asked.axis is None else axis_of(asked.axis)
    file = Path(str(asked.file))
    keep_apart(("the recording", file), ("--output", asked.output))
    given = open_input(file)
    sensor = _sensor(given, asked.sensor_name, file)
    if sensor is None and asked.output is None:
        raise InputError(
            f"{file}: does not tell which sensor it is of; say where to write the calibration "
            "(--output CAL.json), or keep it with the sensor's name (--sensor-name NAME)"
        )
    try:
        if asked.six_positions:
            _judge_sensor(given, str(sensor))
        else:
            _judge_placement(given, sensor, windows, axis, asked.output)
    except CalibrationError as error:
        raise InputError(f"{file}: {error}") from error


def _judge_placement(
    given: Input,
    sensor: str | None,
    windows: Windows | None,
    axis: tuple[float, ...] | None,
    output: Path | None,
) -> None:
    """Find how the sensor sits, keep it, and say how good it is."""
    samples = given.samples()
    if windows is None:
        windows = _found(samples)
    made = _wall(given, windows.neutral[1])
    readings = calibrations.readings_of(sensor)
    found = _placed(samples, windows, axis, readings, made or now())
    found = replace(
        found,
        sensor=sensor,
        made=made,
        recording=given.session.session_id,
        tilts_s=windows.tilts,
    )
    path = put_away(found, output)
    for line in told(found, path, readings):
        print(line)


def _placed(
    samples: Samples,
    windows: Windows,
    axis: tuple[float, ...] | None,
    readings: SensorCalibration | None,
    today: str,
) -> Calibration:
    """The placement, corrected by what is kept of the sensor's own calibration."""
    columns = samples.time_s, samples.acc, samples.gyr
    if readings is None:
        return placement_from(*columns, windows, axis=axis)
    try:
        found = placement_from(*columns, windows, axis=axis, sensor_model=readings.model)
    except CalibrationError:
        # Whose fault is it? What is wrong with the recording itself is said here once more.
        found = placement_from(*columns, windows, axis=axis)
        return calibrations.remarked(
            found,
            "the sensor's own calibration does not fit this recording and was left out; "
            "repeat the six positions",
        )
    return calibrations.doubted(found, readings, today)


def _found(samples: Samples) -> Windows:
    """When the athlete did what, found by itself, and said as it could be given."""
    seen = find_windows(samples.time_s, samples.acc, samples.gyr)
    spans = {"--standing": seen.standing, "--neutral": seen.neutral, "--range": seen.tilts}
    for option, span in spans.items():
        if span is not None:
            print(f"found {option} {span[0]:.2f}:{span[1]:.2f}")
    standing, neutral, tilts = (
        None if span is None else (round(span[0], 2), round(span[1], 2)) for span in spans.values()
    )
    assert neutral is not None  # noqa: S101  find_windows raises where there is none
    return Windows(neutral, standing, tilts)


def _judge_sensor(given: Input, sensor: str) -> None:
    """Find what the sensor's readings are worth, keep it, and say how good it is."""
    samples = given.samples()
    found = six_positions(samples.time_s, samples.acc, samples.gyr)
    if found.verdict.grade == "poor":
        raise CalibrationError(
            f"the sensor calibration is poor and was not kept: {'; '.join(found.verdict.reasons)}; "
            "lay the sensor down again, each side for a few seconds, untouched"
        )
    made = _wall(given, float(samples.time_s[-1])) or now()
    found = replace(found, sensor=sensor, made=made)
    path = calibrations.keep(found)
    print(f"sensor calibration: {found.verdict.grade}")
    for reason in found.verdict.reasons:
        print(f"  {reason}")
    print(f"gravity on the six sides to {found.gravity_residual_m_s2:.3f} m/s²")
    print(f"kept for {keeping.shown(sensor)} in {path}")


def _sensor(given: Input, name: str | None, file: Path) -> str | None:
    """Which sensor the recording is of: it says so itself, or the user does."""
    own = given.session.sensor
    if name == "":
        raise InputError("--sensor-name: is empty; give the sensor's name")
    if own and name and own != name:
        raise InputError(f"{file}: is of the sensor {own}, not {name}; leave out --sensor-name")
    return own or name


def _wall(given: Input, time_s: float) -> str | None:
    """The wall clock at a stream time, RFC 3339 UTC, None where the recording has none."""
    if given.session.started_wall_s is None:
        return None
    return _stamp(datetime.fromtimestamp(given.session.started_wall_s + time_s, UTC))


def now() -> str:
    """The wall clock, RFC 3339 UTC."""
    return _stamp(datetime.now(UTC))


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
