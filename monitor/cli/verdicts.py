"""Where a calibration goes, and what is said about it: a poor one never passes for a good one."""

from pathlib import Path

from calibration.document import to_json
from calibration.model import Calibration
from calibration.sensor import SensorCalibration
from monitor import calibrations


def put_away(found: Calibration, output: Path | None) -> Path:
    """Write it where the user said, else keep it with its sensor's name; where it is.

    Raises:
        InputError: it cannot be written.
    """
    if output is None:
        return calibrations.keep(found)
    calibrations.write_whole(output, to_json(found))
    return output


def told(found: Calibration, path: Path, readings: SensorCalibration | None) -> list[str]:
    """The verdict, its reasons, what was found, and where it is now."""
    at = found.placement
    lines = [f"calibration: {found.verdict.grade}"]
    lines += [f"  {reason}" for reason in found.verdict.reasons]
    if found.verdict.grade == "poor":
        lines.append("  calibrate again before you trust what is said with it")
    if at.seat_back_deg is not None:
        seat_back = f"{at.seat_back_deg:.0f}° ± {at.seat_back_sigma_deg:.0f}°"
        lines.append(f"seat back: {seat_back} from vertical")
    else:
        lines.append("seat back: not known, 45° is assumed; who stands still first has it measured")
    if at.range_deg is not None:
        lines.append(f"the athlete's own posterior range: {at.range_deg:.1f}°")
    if readings is not None and found.sensor_model is readings.model:
        lines.append(f"with the sensor's own calibration of {(readings.made or 'unknown')[:10]}")
    return [*lines, f"written to {path}"]
