"""The axis through both hips, which every pelvic tilt turns about, found in three ways.

Standing and leaning back: gravity is seen from two sides. In the pelvis frame (x anterior, y left,
z cranial) a standing athlete's up is z and at neutral it is cos β · z + sin β · x, so that

    left = up_standing × up_neutral / sin β                                                   (1)

and an error of σ_s and σ_n in the two directions turns it by √(σ_s² + σ_n²) / sin β about up.
Tilting: the main axis of rotation, see `calibration.tilts`. Or one who knows his mounting says it.

Seen from neutral an axis is two angles: its turn about up, and its rise above level. Each way knows
the turn. The seat holds the hips level, but the accelerometer's bias makes up a little wrong, so
that level is one more estimate of the rise, beside the gyroscope's. Estimates of one angle combine
by inverse variance.
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
        acc_bias_m_s2, calibrated_bias_m_s2: bias per axis of a sensor that was never calibrated,
            and of one that was, m/s².
        least_lean_deg: with less between standing and neutral, (1) is refused.
        given_sigma_deg: how well one points at an axis by eye, °.
        level_deg: an axis further from perpendicular to up is no axis through both hips.
        agree_deg: two ways that differ by more than this, or by 3 σ if that is more, contradict.
        side_deg: two ways that differ by more than this are different movements.
    """

    standing_sigma_deg: float = 1.0
    neutral_sigma_deg: float = 0.5
    acc_bias_m_s2: float = 0.15
    calibrated_bias_m_s2: float = 0.02
    least_lean_deg: float = 10.0
    given_sigma_deg: float = 3.0
    level_deg: float = 25.0
    agree_deg: float = 8.0
    side_deg: float = 45.0


AXIS = AxisParams()


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """One way's answer.

    Attributes:
        left: (3,), unit vector in sensor axes.
        turn_sigma_deg: standard uncertainty of its turn about up, °.
        rise_sigma_deg: standard uncertainty of its rise above level, °; infinite if it was
            made level.
        way: "standing", "tilts" or "given".
    """

    left: Vector
    turn_sigma_deg: float
    rise_sigma_deg: float
    way: str

    @property
    def sigma_deg(self) -> float:
        """Standard uncertainty of the whole angle from the true axis, °."""
        return float(np.hypot(self.turn_sigma_deg, self.rise_sigma_deg))


def lean_deg(standing: Still, neutral: Still) -> float:
    """Angle between up when standing and up at neutral, °: the seat back's angle β."""
    return angle_deg(standing.up, neutral.up)


def angle_deg(one: Vector, other: Vector) -> float:
    """Angle between two directions, °."""
    sine = float(np.linalg.norm(np.cross(one, other)))
    return float(np.degrees(np.arctan2(sine, one @ other)))


def from_standing(
    standing: Still, neutral: Still, acc_bias_deg: float, params: AxisParams = AXIS
) -> Axis:
    """Equation (1).

    Args:
        standing: the athlete upright.
        neutral: and leaning back.
        acc_bias_deg: what the accelerometer's bias does to up, per axis, °.
        params: what to expect of people.

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
    # A bias shows in both directions alike, so that most of it cancels.
    across = acc_bias_deg * np.sin(np.radians(lean)) * np.tan(np.radians(lean / 2))
    variance = (
        standing.sigma_deg**2
        + params.standing_sigma_deg**2
        + neutral.sigma_deg**2
        + params.neutral_sigma_deg**2
        + across**2
    )
    left = np.cross(standing.up, neutral.up)
    sigma = np.sqrt(variance) / np.sin(np.radians(lean))
    return Axis(left / np.linalg.norm(left), float(sigma), np.inf, "standing")


def from_given(axis: Sequence[float], neutral: Still, params: AxisParams = AXIS) -> Axis:
    """The axis as somebody gives it, in sensor axes, to the athlete's left.

    Raises:
        CalibrationError: it is no direction, or not level at neutral.
    """
    vector = np.array(axis, dtype=np.float64)
    if vector.shape != (3,) or not np.isfinite(vector).all() or np.linalg.norm(vector) < 1e-6:
        raise CalibrationError("the given axis is no direction; give three numbers, such as 0,1,0")
    vector /= np.linalg.norm(vector)
    rise = rise_deg(vector, neutral)
    if abs(rise) > params.level_deg:
        raise CalibrationError(
            f"the given axis points {abs(rise):.0f}° away from level at neutral; "
            "check which sensor axis points to the athlete's left"
        )
    return Axis(vector, params.given_sigma_deg, params.given_sigma_deg, "given")


def rise_deg(axis: Vector, neutral: Still) -> float:
    """How far an axis points above level at neutral, °."""
    return float(np.degrees(np.arcsin(np.clip(axis @ neutral.up, -1, 1))))


def combine(
    ways: Sequence[Axis], neutral: Still, acc_bias_deg: float, params: AxisParams = AXIS
) -> tuple[Axis, tuple[str, ...]]:
    """The inverse-variance mean of several ways, and where they contradict each other.

    Args:
        ways: at least one.
        neutral: where up and level are seen.
        acc_bias_deg: what the accelerometer's bias does to up, per axis, °.
        params: when two ways contradict.

    Raises:
        CalibrationError: two ways are so far apart that they show different movements.
    """
    best = min(ways, key=lambda way: way.turn_sigma_deg)
    used, reasons = [], []
    for way in ways:
        turn = _turn_deg(best.left, way.left, neutral.up)
        tolerance = max(params.agree_deg, 3 * np.hypot(best.turn_sigma_deg, way.turn_sigma_deg))
        if abs(turn) > params.side_deg:
            raise CalibrationError(_contradiction(best, way, turn))
        if abs(turn) > tolerance:
            reasons.append(
                f"{_WORDS[way.way]} and {_WORDS[best.way]} disagree about the axis by "
                f"{abs(turn):.0f}° (allowed {tolerance:.0f}°); the latter is used"
            )
        else:
            used.append(way)
    turn, turn_sigma = _mean(
        [(_turn_deg(best.left, way.left, neutral.up), way.turn_sigma_deg) for way in used]
    )
    level_sigma = float(np.hypot(acc_bias_deg, params.neutral_sigma_deg))
    rise, rise_sigma = _mean(
        [(rise_deg(way.left, neutral), way.rise_sigma_deg) for way in used] + [(0.0, level_sigma)]
    )
    ahead = np.cross(neutral.up, best.left)
    level = np.cross(ahead, neutral.up) * np.cos(np.radians(turn)) + ahead * np.sin(
        np.radians(turn)
    )
    level = level / np.linalg.norm(level)
    left = level * np.cos(np.radians(rise)) + neutral.up * np.sin(np.radians(rise))
    names = "+".join(sorted(way.way for way in used))
    return Axis(left, turn_sigma, rise_sigma, names), tuple(reasons)


def _mean(estimates: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Inverse-variance mean of (value, sigma), and its sigma."""
    weight = sum(sigma**-2 for _, sigma in estimates)
    return sum(value * sigma**-2 for value, sigma in estimates) / weight, weight**-0.5


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


def _turn_deg(start: Vector, end: Vector, up: Vector) -> float:
    """Angle from one axis to another about up, right-handed, °."""
    start, end = (axis - (axis @ up) * up for axis in (start, end))
    return float(np.degrees(np.arctan2(up @ np.cross(start, end), start @ end)))


def bias_deg(neutral: Still, *, calibrated: bool, params: AxisParams = AXIS) -> float:
    """What the accelerometer's bias does to the direction of up, per axis, °."""
    bias = params.calibrated_bias_m_s2 if calibrated else params.acc_bias_m_s2
    return float(np.degrees(bias / neutral.gravity_m_s2))
