"""A calibration as a text that will still be understood in years: versioned, units in the names."""

import json
import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np

from calibration.errors import CalibrationError
from calibration.model import Calibration, Placement, SensorModel, Vector, Verdict
from calibration.sensor import SensorCalibration

FORMAT = "legpress-calibration"
SENSOR_FORMAT = "legpress-sensor"
VERSION = 1
MOST_RISE = 0.5
"""Sine of the largest angle from which left may rise above level at neutral."""


def to_document(calibration: Calibration) -> dict[str, Any]:
    """The calibration as plain numbers, texts, lists and dicts."""
    at, model = calibration.placement, calibration.sensor_model
    return {
        "format": FORMAT,
        "version": VERSION,
        "sensor": calibration.sensor,
        "made_utc": calibration.made,
        "verdict": {
            "grade": calibration.verdict.grade,
            "reasons": list(calibration.verdict.reasons),
        },
        "placement": {
            "left_sensor_axes": at.left.tolist(),
            "up_sensor_axes": at.up.tolist(),
            "gravity_m_s2": at.gravity_m_s2,
            "gyr_bias_rad_s": at.gyr_bias.tolist(),
            "seat_back_deg": at.seat_back_deg,
            "range_deg": at.range_deg,
            "left_sigma_deg": at.left_sigma_deg,
            "up_sigma_deg": at.up_sigma_deg,
            "seat_back_sigma_deg": at.seat_back_sigma_deg,
            "range_sigma_deg": at.range_sigma_deg,
        },
        "sensor_model": _model_document(model),
        "recording": calibration.recording,
        "tilts_s": calibration.tilts_s and list(calibration.tilts_s),
    }


def _model_document(model: SensorModel) -> dict[str, Any]:
    return {
        "acc_bias_m_s2": model.acc_bias.tolist(),
        "acc_gain": model.acc_gain.tolist(),
        "gyr_bias_rad_s": model.gyr_bias.tolist(),
        "gyr_gain": model.gyr_gain.tolist(),
    }


def to_json(calibration: Calibration) -> str:
    """The calibration as JSON text; `from_json` gives exactly the same back."""
    return json.dumps(to_document(calibration), indent=2, allow_nan=False) + "\n"


def from_json(text: str) -> Calibration:
    """The calibration in a JSON text.

    Raises:
        CalibrationError: it is no JSON, or no calibration this program understands.
    """
    return from_document(_parsed(text))


def sensor_to_json(calibration: SensorCalibration) -> str:
    """A sensor's own calibration as JSON text; `sensor_from_json` gives exactly the same back."""
    document = {
        "format": SENSOR_FORMAT,
        "version": VERSION,
        "sensor": calibration.sensor,
        "made_utc": calibration.made,
        "temperature_degc": calibration.temperature_c,
        "verdict": {
            "grade": calibration.verdict.grade,
            "reasons": list(calibration.verdict.reasons),
        },
        "gravity_residual_m_s2": calibration.gravity_residual_m_s2,
        "square_deg": calibration.square_deg,
        "turns": calibration.turns,
        "sensor_model": _model_document(calibration.model),
    }
    return json.dumps(document, indent=2, allow_nan=False) + "\n"


def sensor_from_json(text: str) -> SensorCalibration:
    """The sensor's calibration in a JSON text.

    Raises:
        CalibrationError: it is no JSON, or nothing this program understands.
    """
    root = _root(_parsed(text), SENSOR_FORMAT)
    return SensorCalibration(
        _model(_part(root, "sensor_model")),
        _verdict(_part(root, "verdict")),
        _number(root, "gravity_residual_m_s2", 0, 10),
        _number(root, "square_deg", 0, 180),
        int(_number(root, "turns", 0, 3)),
        _text(root, "sensor"),
        _date(root, "made_utc"),
        _optional(root, "temperature_degc", -60, 120),
    )


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CalibrationError("not a calibration: it is no JSON text; calibrate again") from error


def from_document(document: object) -> Calibration:
    """The calibration in a parsed document.

    Raises:
        CalibrationError: it is no calibration this program understands.
    """
    root = _root(document, FORMAT)
    return Calibration(
        _placement(_part(root, "placement")),
        _verdict(_part(root, "verdict")),
        _text(root, "sensor"),
        _date(root, "made_utc"),
        _model(_part(root, "sensor_model")),
        _text(root, "recording"),
        _span(root, "tilts_s"),
    )


def _span(root: Mapping[str, Any], key: str) -> tuple[float, float] | None:
    if root.get(key) is None:
        return None
    start, end = _array(root, key, (2,), math.inf).tolist()
    return start, end


def _root(document: object, name: str) -> Mapping[str, Any]:
    root = _mapping(document, "the text")
    if root.get("format") != name:
        raise CalibrationError(f'not a calibration: "format" is not "{name}"')
    version = root.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise CalibrationError('the calibration has no "version" number; calibrate again')
    if version > VERSION:
        raise CalibrationError(
            f"the calibration has format version {version}, this program knows up to {VERSION}; "
            "update the program or calibrate again"
        )
    return root


def _placement(part: Mapping[str, Any]) -> Placement:
    left = _array(part, "left_sensor_axes", (3,), 1.001)
    up = _array(part, "up_sensor_axes", (3,), 1.001)
    lengths = [float(np.linalg.norm(left)), float(np.linalg.norm(up))]
    if max(abs(length - 1) for length in lengths) > 1e-6 or abs(float(left @ up)) > MOST_RISE:
        raise CalibrationError(
            "the calibration's left and up are not perpendicular unit vectors; calibrate again"
        )
    return Placement(
        left=left,
        up=up,
        gravity_m_s2=_number(part, "gravity_m_s2", 5, 15),
        gyr_bias=_array(part, "gyr_bias_rad_s", (3,), 2),
        seat_back_deg=_optional(part, "seat_back_deg", 0, 180),
        range_deg=_optional(part, "range_deg", 0, 90),
        left_sigma_deg=_number(part, "left_sigma_deg", 0, 180),
        up_sigma_deg=_number(part, "up_sigma_deg", 0, 180),
        seat_back_sigma_deg=_number(part, "seat_back_sigma_deg", 0, 180),
        range_sigma_deg=_optional(part, "range_sigma_deg", 0, 180),
    )


def _model(part: Mapping[str, Any]) -> SensorModel:
    model = SensorModel(
        acc_bias=_array(part, "acc_bias_m_s2", (3,), 10),
        acc_gain=_array(part, "acc_gain", (3, 3), 2),
        gyr_bias=_array(part, "gyr_bias_rad_s", (3,), 2),
        gyr_gain=_array(part, "gyr_gain", (3, 3), 2),
    )
    if not all(0.5 < np.linalg.det(gain) < 2 for gain in (model.acc_gain, model.gyr_gain)):
        raise CalibrationError("the calibration's sensor gains are impossible; calibrate again")
    return model


def _verdict(part: Mapping[str, Any]) -> Verdict:
    reasons = part.get("reasons")
    if not isinstance(reasons, list) or not all(isinstance(one, str) for one in reasons):
        raise CalibrationError('the calibration\'s "reasons" is not a list of texts')
    match part.get("grade"):
        case "good" | "usable" | "poor" as grade:
            return Verdict(grade, tuple(reasons))
        case _:
            raise CalibrationError('the calibration\'s "grade" is not good, usable or poor')


def _mapping(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise CalibrationError(f"not a calibration: {name} is not a JSON object")
    return value


def _part(root: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    return _mapping(root.get(key), f'"{key}"')


def _text(part: Mapping[str, Any], key: str) -> str | None:
    value = part.get(key)
    if value is not None and not isinstance(value, str):
        raise CalibrationError(f'the calibration\'s "{key}" is not a text')
    return value


def _date(part: Mapping[str, Any], key: str) -> str | None:
    value = _text(part, key)
    try:
        aware = value is None or datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        aware = False
    if not aware:
        raise CalibrationError(f'the calibration\'s "{key}" is not a date and time with its zone')
    return value


def _finite(value: object, key: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise CalibrationError(f'the calibration\'s "{key}" is missing or not a number')
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise CalibrationError(f'the calibration\'s "{key}" is not finite')
    return number


def _number(part: Mapping[str, Any], key: str, low: float, high: float) -> float:
    number = _finite(part.get(key), key)
    if not low <= number <= high:
        raise CalibrationError(
            f'the calibration\'s "{key}" is {number:g}, outside {low:g} to {high:g}: '
            "corrupt or in another unit; calibrate again"
        )
    return number


def _optional(part: Mapping[str, Any], key: str, low: float, high: float) -> float | None:
    if key in part and part[key] is None:
        return None
    return _number(part, key, low, high)


def _array(part: Mapping[str, Any], key: str, shape: tuple[int, ...], most: float) -> Vector:
    def numbers(value: object, depth: tuple[int, ...]) -> Any:  # noqa: ANN401  nested lists
        if not depth:
            return _finite(value, key)
        if not isinstance(value, list) or len(value) != depth[0]:
            raise CalibrationError(f'the calibration\'s "{key}" is missing or not {shape} numbers')
        return [numbers(one, depth[1:]) for one in value]

    array = np.array(numbers(part.get(key), shape), dtype=np.float64)
    if np.abs(array).max() > most:
        raise CalibrationError(
            f'the calibration\'s "{key}" holds {np.abs(array).max():g}, more than {most:g}: '
            "corrupt or in another unit; calibrate again"
        )
    return array
