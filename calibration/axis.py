"""The axis through both hips, which every pelvic tilt turns about, found in three ways.

Standing and leaning back: gravity is seen from two sides. In the pelvis frame (x anterior, y left,
z cranial) a standing athlete's up is z and at neutral it is cos β · z + sin β · x, so that

    left = up_standing × up_neutral / sin β                                                   (1)

and an error of σ_s and σ_n in the two directions turns it by √(σ_s² + σ_n²) / sin β about up.
Tilting: the main axis of rotation, see `calibration.tilts`. Or one who knows his mounting says it.
All ways are brought to the plane perpendicular to up at neutral, where a seat holds the hips level;
what is left to know is one angle about up, and estimates of one angle combine by inverse variance.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from calibration.errors import CalibrationError
from calibration.model import Vector
from calibration.still import Still


@dataclass(frozen=True, slots=True)
class AxisParams:
    """How well each way knows the axis, and when two ways contradict each other.

    Attributes:
        standing_sigma_deg: how well people repeat standing straight (sway, one hip higher), °.
        neutral_sigma_deg: the same for lying against a pad, °.
        acc_bias_m_s2: bias per axis of a sensor that was never calibrated, m/s².
        least_lean_deg: with less between standing and neutral, (1) is refused.
        given_sigma_deg: how well one points at an axis by eye, °.
        level_deg: an axis further from perpendicular to up is no axis through both hips.
        agree_deg: two ways that differ by more than this, or by 3 σ if that is more, contradict.
        side_deg: two ways that differ by more than this are different movements.
    """

    standing_sigma_deg: float = 1.0
    neutral_sigma_deg: float = 0.5
    acc_bias_m_s2: float = 0.05
    least_lean_deg: float = 12.0
    given_sigma_deg: float = 3.0
    level_deg: float = 25.0
    agree_deg: float = 8.0
    side_deg: float = 45.0


AXIS = AxisParams()


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """One way's answer.

    Attributes:
        left: (3,), unit vector in sensor axes, perpendicular to up at neutral.
        sigma_deg: standard uncertainty, °.
        way: "standing", "tilts" or "given".
    """

    left: Vector
    sigma_deg: float
    way: str


def lean_deg(standing: Still, neutral: Still) -> float:
    """Angle between up when standing and up at neutral, °: the seat back's angle β."""
    sine = np.linalg.norm(np.cross(standing.up, neutral.up))
    return float(np.degrees(np.arctan2(sine, standing.up @ neutral.up)))


def from_standing(standing: Still, neutral: Still, params: AxisParams = AXIS) -> Axis:
    """Equation (1).

    Raises:
        CalibrationError: standing and neutral are too alike, or opposite.
    """
    lean = lean_deg(standing, neutral)
    if lean < params.least_lean_deg:
        raise CalibrationError(
            f"standing and neutral differ by only {lean:.0f}°, too little to find the axis; "
            "do the pelvic tilts as well (--range)"
        )
    if lean > 130:
        raise CalibrationError(
            f"standing and neutral differ by {lean:.0f}°, which no seat back does; "
            "check the two windows, and that the sensor was not turned in between"
        )
    bias_deg = np.degrees(_bias_m_s2(standing, neutral, params) / neutral.gravity_m_s2)
    variance = (
        standing.sigma_deg**2
        + params.standing_sigma_deg**2
        + neutral.sigma_deg**2
        + params.neutral_sigma_deg**2
        + bias_deg**2
    )
    left = np.cross(standing.up, neutral.up)
    sigma = np.sqrt(variance) / np.sin(np.radians(lean))
    return Axis(left / np.linalg.norm(left), float(sigma), "standing")


def from_given(axis: Sequence[float], neutral: Still, params: AxisParams = AXIS) -> Axis:
    """The axis as somebody gives it, in sensor axes, to the athlete's left.

    Raises:
        CalibrationError: it is no direction, or not level at neutral.
    """
    vector = np.array(axis, dtype=np.float64)
    if vector.shape != (3,) or not np.isfinite(vector).all() or np.linalg.norm(vector) < 1e-6:
        raise CalibrationError("the given axis is no direction; give three numbers, such as 0,1,0")
    try:
        left = level(vector, neutral, params)
    except CalibrationError as error:
        raise CalibrationError(
            f"the given axis {error}; check which sensor axis points to the athlete's left"
        ) from error
    return Axis(left, params.given_sigma_deg, "given")


def level(axis: Vector, neutral: Still, params: AxisParams = AXIS) -> Vector:
    """The axis brought to the plane perpendicular to up at neutral.

    Raises:
        CalibrationError: it is too far from that plane; the text continues "the … axis".
    """
    axis = axis / np.linalg.norm(axis)
    above_deg = np.degrees(np.arcsin(np.clip(axis @ neutral.up, -1, 1)))
    if abs(above_deg) > params.level_deg:
        raise CalibrationError(f"points {abs(above_deg):.0f}° away from level at neutral")
    flat = axis - (axis @ neutral.up) * neutral.up
    return np.asarray(flat / np.linalg.norm(flat), dtype=np.float64)


def combine(
    ways: Sequence[Axis], neutral: Still, params: AxisParams = AXIS
) -> tuple[Axis, tuple[str, ...]]:
    """The inverse-variance mean of several ways, and what there is to say about it.

    Raises:
        CalibrationError: two ways are so far apart that they show different movements.
    """
    best = min(ways, key=lambda way: way.sigma_deg)
    weight, turn_sum, reasons = 0.0, 0.0, []
    for way in ways:
        turn = _turn_deg(best.left, way.left, neutral.up)
        tolerance = max(params.agree_deg, 3 * np.hypot(best.sigma_deg, way.sigma_deg))
        if way is not best and abs(turn) > params.side_deg:
            raise CalibrationError(_contradiction(best, way, turn))
        if way is not best and abs(turn) > tolerance:
            reasons.append(
                f"{_WORDS[way.way]} and {_WORDS[best.way]} disagree about the axis by "
                f"{abs(turn):.0f}° (allowed {tolerance:.0f}°); the latter is used"
            )
            continue
        weight += way.sigma_deg**-2
        turn_sum += turn * way.sigma_deg**-2
    turn = np.radians(turn_sum / weight)
    left = np.cos(turn) * best.left + np.sin(turn) * np.cross(neutral.up, best.left)
    names = "+".join(sorted(way.way for way in ways))
    return Axis(left / np.linalg.norm(left), float(weight**-0.5), names), tuple(reasons)


_WORDS = {
    "standing": "standing and neutral",
    "tilts": "the tilting movement",
    "given": "the given axis",
}


def _contradiction(one: Axis, other: Axis, turn_deg: float) -> str:
    names = {one.way, other.way}
    if "tilts" in names and abs(turn_deg) < 135:
        return (
            f"the movement turned about an axis {abs(turn_deg):.0f}° off the hips': that was a "
            "side bend or a twist, not a pelvic tilt; repeat the tilts"
        )
    return (
        f"{_WORDS[one.way]} and {_WORDS[other.way]} contradict each other by "
        f"{abs(turn_deg):.0f}° about the axis; check which is right and leave the other out"
    )


def _turn_deg(start: Vector, end: Vector, about: Vector) -> float:
    """Angle from one vector to another about a perpendicular axis, right-handed, °."""
    return float(np.degrees(np.arctan2(about @ np.cross(start, end), start @ end)))


def _bias_m_s2(standing: Still, neutral: Still, params: AxisParams) -> float:
    """Bias across gravity: what is usual, or what the two lengths of gravity betray if more."""
    return max(params.acc_bias_m_s2, abs(standing.gravity_m_s2 - neutral.gravity_m_s2) / 1.4)
