"""What a calibration is: the pelvis frame in sensor axes, and how well each part is known.

The pelvis frame (right-handed): x anterior, y left (mediolateral axis), z cranial. On the pad at
neutral, x is the pad's outward normal and z runs up along the seat back. With β the angle of the
seat back from vertical, "up" at neutral is `cos β · z + sin β · x`.
"""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Grade = Literal["good", "usable", "poor"]


@dataclass(frozen=True, slots=True, eq=False)
class SensorModel:
    """Corrections of one sensor: true = gain @ (raw - bias).

    Attributes:
        acc_bias: (3,), m/s².
        acc_gain: (3, 3), unitless.
        gyr_bias: (3,), rad/s.
        gyr_gain: (3, 3), unitless.
    """

    acc_bias: Vector = field(default_factory=lambda: np.zeros(3))
    acc_gain: Vector = field(default_factory=lambda: np.eye(3))
    gyr_bias: Vector = field(default_factory=lambda: np.zeros(3))
    gyr_gain: Vector = field(default_factory=lambda: np.eye(3))


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """How the sensor sits on this athlete, this session.

    Attributes:
        left: (3,), unit vector in sensor axes, to the athlete's left (mediolateral axis); to a
            few degrees perpendicular to `up`.
        up: (3,), unit vector in sensor axes, away from the earth at neutral, as the sensor sees
            it: a bias of its accelerometer is in it, as it is in every later reading.
        gravity_m_s2: length of the specific force at neutral, m/s² (takes up the sensor's
            scale error along that direction).
        gyr_bias: (3,), rad/s, mean rate while still at neutral.
        seat_back_deg: β, angle of the seat back from vertical, °, or None if unknown.
        range_deg: R, the athlete's own posterior tilt range, °, or None if not measured.
        left_sigma_deg, up_sigma_deg, seat_back_sigma_deg, range_sigma_deg: standard
            uncertainty of each, °; that of `left` is the whole angle from the true axis, that of
            `up` is without the bias it shares with later readings, and that of an unknown seat
            back is 90.
    """

    left: Vector
    up: Vector
    gravity_m_s2: float
    gyr_bias: Vector
    seat_back_deg: float | None
    range_deg: float | None
    left_sigma_deg: float
    up_sigma_deg: float
    seat_back_sigma_deg: float
    range_sigma_deg: float | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far a calibration can be trusted, and why, in words."""

    grade: Grade
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """A whole calibration, as it is stored.

    Attributes:
        placement: the session's pelvis frame.
        verdict: grade and reasons.
        sensor: name or address of the sensor it was made with, None if unknown.
        made: RFC 3339 UTC, None where the source has no wall clock.
        sensor_model: corrections of that sensor (identity where never calibrated).
        recording: names the session it was made from, None if that has no name.
        tilts_s: start and end of the calibration's own pelvic tilts in that session, s: what
            happens there are no reps.
    """

    placement: Placement
    verdict: Verdict
    sensor: str | None = None
    made: str | None = None
    sensor_model: SensorModel = field(default_factory=SensorModel)
    recording: str | None = None
    tilts_s: tuple[float, float] | None = None
