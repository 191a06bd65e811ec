"""How the sensor sits on this athlete today: which of its directions is left, and which is up.

Any mounting will do: rotated about its face, inside out, askew. Two things fix it: gravity at
neutral, and the axis through the hips (`calibration.axis`, `calibration.tilts`). All angles of
the session are then rotations of gravity from neutral about that axis.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from calibration.axis import (
    AXIS,
    Axis,
    angle_deg,
    bias_deg,
    combine,
    from_given,
    from_standing,
    lean_deg,
)
from calibration.errors import CalibrationError
from calibration.model import Calibration, Placement, SensorModel, Vector
from calibration.quality import verdict
from calibration.still import Floats, Recording, Still, Window, recording_from, stillness
from calibration.tilts import TILTS, Tilts, face_left, tilts_from

POSTURE_SIGMA_DEG = 6.0
"""How far a standing athlete's lower back is from parallel to the pad it will lie on, °."""
FACE_SIGMA_DEG = 15.0
"""How far a sensor's face is from parallel to the pad, °."""
MOST_TURNED_DEG = 20.0
"""A strap slips by less than this, °."""
LONGEST_GAP_S = 0.5
"""With a longer silence of the radio nobody knows how far the gyroscope turned, s."""
UNKNOWN_SIGMA_DEG = 90.0
"""Stands for "not known at all" where an angle has none."""


@dataclass(frozen=True, slots=True)
class Windows:
    """When the athlete did what was asked: start and end of each, s.

    Attributes:
        neutral: lying back, back flat against the pad, legs nearly straight, still.
        standing: standing upright, still.
        tilts: slow pelvic tilts on the pad, tailbone up (posterior) first.
    """

    neutral: Window
    standing: Window | None = None
    tilts: Window | None = None


def placement_from(
    time_s: Floats,
    acc: Floats,
    gyr: Floats,
    windows: Windows,
    *,
    axis: Sequence[float] | None = None,
    sensor_model: SensorModel | None = None,
) -> Calibration:
    """A calibration from a recording and the windows in which the athlete did what was asked.

    At least one of a standing window, a tilts window and an axis is needed; several must agree.
    Who knows the sensor's name and the wall clock adds them with `dataclasses.replace`.

    Args:
        time_s: (n,), s, strictly increasing.
        acc: (n, 3), m/s², specific force (+g upward at rest), as the sensor gave it.
        gyr: (n, 3), rad/s, as the sensor gave it.
        windows: when the athlete did what.
        axis: three numbers, in sensor axes, pointing to the athlete's left.
        sensor_model: corrections of that sensor from its own calibration; None if it never had
            one, and then its accelerometer is trusted less.

    Raises:
        CalibrationError: the input cannot give a calibration; one sentence says why.
    """
    model = SensorModel() if sensor_model is None else sensor_model
    standing, tilts = windows.standing, windows.tilts
    if standing is None and tilts is None and axis is None:
        raise CalibrationError(
            "neutral alone does not tell left from right; add a standing window, "
            "a range window with pelvic tilts, or the axis"
        )
    recording = recording_from(time_s, acc, gyr, model)
    still = {"neutral": stillness(recording.window(windows.neutral, "neutral"), "neutral")}
    if standing is not None:
        still["standing"] = stillness(recording.window(standing, "standing"), "standing")
        _refuse_dead_gyroscope(recording, (standing, windows.neutral), still)
    bias = bias_deg(still["neutral"], calibrated=sensor_model is not None)
    ways, remarks = _still_ways(still, axis, bias, alone=tilts is None)
    movement = _movement(recording, tilts, still, ways)
    if movement is not None:
        ways.append(movement.axis)
        remarks += movement.reasons
    if standing is not None and standing[0] > windows.neutral[1]:
        remarks += ("the athlete stood after he had lain back: are the two mixed up?",)
    found, contradictions = combine(ways, still["neutral"], bias)
    placement = _placement(found, still, movement)
    judged = verdict(placement, still, contradictions, remarks)
    return Calibration(placement, judged, sensor_model=model)


def renewed(placement: Placement, turned: Vector, sigma_deg: float) -> Placement:
    """The placement after the sensor has turned on the body.

    Args:
        placement: as it was.
        turned: (3,), rad, rotation vector of the sensor relative to the body, in sensor axes.
        sigma_deg: how well that is known, per direction, °.
    """
    angle = float(np.linalg.norm(turned))
    axis = turned / angle if angle > 0.0 else turned

    def seen(body: Vector) -> Vector:
        """What is fixed to the body turns the other way for the sensor (Rodrigues' formula)."""
        along = np.cos(angle) * body - np.sin(angle) * np.cross(axis, body)
        return np.asarray(along + (1.0 - np.cos(angle)) * (axis @ body) * axis)

    return replace(
        placement,
        left=seen(placement.left),
        up=seen(placement.up),
        left_sigma_deg=float(np.hypot(placement.left_sigma_deg, sigma_deg)),
        up_sigma_deg=float(np.hypot(placement.up_sigma_deg, sigma_deg)),
    )


def _refuse_dead_gyroscope(
    recording: Recording, windows: tuple[Window, Window], still: dict[str, Still]
) -> None:
    """Who leant back has turned; a gyroscope that may be clamped at rest has seen that."""
    start_s, end_s = min(end for _, end in windows), max(start for start, _ in windows)
    lean = angle_deg(still["standing"].up, still["neutral"].up)
    between = (recording.time_s >= start_s) & (recording.time_s <= end_s)
    if lean < AXIS.least_lean_deg or between.sum() < 10:
        return
    step = np.diff(recording.time_s[between])
    speed = np.linalg.norm(recording.gyr[between][1:] - still["neutral"].gyr_bias, axis=1)
    travelled = float(np.degrees((speed * step).sum()))
    if step.max() < LONGEST_GAP_S and travelled < 0.5 * lean:
        raise CalibrationError(
            f"between standing and neutral gravity turned by {lean:.0f}° but the gyroscope by "
            f"{travelled:.0f}°: the gyroscope is dead or switched off; restart the sensor"
        )


def _still_ways(
    still: dict[str, Still], axis: Sequence[float] | None, bias: float, *, alone: bool
) -> tuple[list[Axis], tuple[str, ...]]:
    """What is known of the axis without a movement."""
    ways: list[Axis] = []
    remarks: tuple[str, ...] = ()
    if axis is not None:
        ways.append(from_given(axis, still["neutral"]))
    if "standing" in still:
        try:
            ways.append(from_standing(still["standing"], still["neutral"], bias))
        except CalibrationError as error:
            if alone and not ways:
                raise
            remarks = (str(error).partition(";")[0],)
    return ways, remarks


def _movement(
    recording: Recording, span: Window | None, still: dict[str, Still], ways: list[Axis]
) -> Tilts | None:
    if span is None:
        return None
    return tilts_from(recording, span, still["neutral"], ways[0].left if ways else None)


def _placement(axis: Axis, still: dict[str, Still], movement: Tilts | None) -> Placement:
    neutral = still["neutral"]
    seat_back, seat_sigma = _seat_back(axis.left, still)
    return Placement(
        left=axis.left,
        up=neutral.up,
        gravity_m_s2=neutral.gravity_m_s2,
        gyr_bias=neutral.gyr_bias,
        seat_back_deg=seat_back,
        range_deg=None if movement is None else movement.range_deg,
        left_sigma_deg=axis.sigma_deg,
        up_sigma_deg=float(np.hypot(neutral.sigma_deg, 0.2)),
        seat_back_sigma_deg=seat_sigma,
        range_sigma_deg=None if movement is None else movement.range_sigma_deg,
    )


def _seat_back(left: Vector, still: dict[str, Still]) -> tuple[float | None, float]:
    """β and its sigma, °: measured from standing, else guessed from the sensor's face."""
    neutral = still["neutral"]
    if "standing" in still:
        standing = still["standing"]
        sigma = np.sqrt(
            standing.sigma_deg**2
            + neutral.sigma_deg**2
            + AXIS.standing_sigma_deg**2
            + POSTURE_SIGMA_DEG**2
        )
        return lean_deg(standing, neutral), float(sigma)
    face = face_left(neutral.up, TILTS)
    if face is None or face[0] @ left < 0.9:
        return None, UNKNOWN_SIGMA_DEG
    return face[1], FACE_SIGMA_DEG
