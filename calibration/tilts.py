"""A few slow pelvic tilts on the pad show the axis through the hips and the range of this back.

"Roll the tailbone up first, flattening the back into the pad; come back; three times, slowly."

The axis is the first principal component of the angular velocity (bias removed, low-passed), taken
only where it explains at least 90 % of the variance. A rotation's axis has no head: which end is
left is said by standing where it was done, else by the movement (posterior first and mostly),
else by the sensor's face, which looks into or out of the pad while the athlete leans back.

The angle about the axis is gravity's for what is slow and the gyroscope's for what is fast,

    θ = L{θ_acc} + (1 − L){−∫ ω · left dt},    L a zero-phase low-pass,                       (2)

positive = posterior (the pelvis turns about −left, so gravity turns about +left in sensor axes).
"""

from dataclasses import dataclass

import numpy as np
from scipy.signal import butter, sosfiltfilt

from calibration.axis import AXIS, Axis, rise_deg
from calibration.errors import CalibrationError
from calibration.model import Vector
from calibration.still import Floats, Recording, Still, Window


@dataclass(frozen=True, slots=True)
class TiltsParams:
    """What counts as a tilting movement.

    Attributes:
        rate_hz: everything is brought to this rate; a tilt of 1 s is still well sampled.
        lowpass_hz: tilts take 2 to 6 s; tremor and impacts are faster.
        blend_hz: below it gravity is believed, above it the gyroscope, in (2).
        explained: least share of the rotation's variance about one axis.
        least_deg: a smaller movement does not show its axis.
        floor_sigma_deg: bodies do not turn about one exact axis, °.
        peak_share: a peak is an excursion beyond this share of the largest.
        lopsided: one side beyond this many times the other is "mostly".
        askew_deg: how far a sensor's face is usually off the pad's normal, °.
    """

    rate_hz: float = 50.0
    lowpass_hz: float = 1.5
    blend_hz: float = 0.15
    explained: float = 0.90
    least_deg: float = 3.0
    floor_sigma_deg: float = 1.0
    peak_share: float = 0.5
    lopsided: float = 1.4
    askew_deg: float = 15.0


TILTS = TiltsParams()


@dataclass(frozen=True, slots=True, eq=False)
class Tilts:
    """What a tilting movement says.

    Attributes:
        axis: the axis, signed.
        range_deg: R, the median of the posterior peaks, °.
        range_sigma_deg: its standard uncertainty, °.
        peaks_deg: each posterior peak, °.
        explained: share of the variance about the axis.
        reasons: what there is to say about it, in words.
    """

    axis: Axis
    range_deg: float
    range_sigma_deg: float
    peaks_deg: tuple[float, ...]
    explained: float
    reasons: tuple[str, ...]


def tilts_from(
    recording: Recording,
    span: Window,
    neutral: Still,
    left_hint: Vector | None,
    params: TiltsParams = TILTS,
) -> Tilts:
    """The axis and the range from a tilting movement.

    Args:
        recording: the samples.
        span: when the tilts were made, s.
        neutral: the pose they start from.
        left_hint: (3,), roughly to the left (from standing or as given), or None.
        params: what counts as one.

    Raises:
        CalibrationError: it was no tilting movement, or the gyroscope did not see it.
    """
    acc, gyr = _uniform(recording.window(span, "range"), neutral, params)
    slow = _lowpass(gyr, params.lowpass_hz, params)
    turned = float(np.degrees(np.ptp(_direction_angle(acc, neutral, params))))
    _refuse_dead_gyroscope(slow, turned, params)
    axis, explained, sigma_deg = _main_axis(slow, params)
    _refuse_side_bend(axis, neutral)
    angle = _angle_deg(acc, gyr, axis, neutral, params)
    side, reasons = _posterior_side(angle, axis, left_hint, neutral, params)
    left, angle = side * axis, side * angle
    peaks = _peaks_deg(angle, params)
    if max(peaks, default=0.0) < params.least_deg:
        raise CalibrationError(
            f"the tilts reach only {max(peaks, default=0.0):.1f}° posterior, too little to use; "
            "roll the tailbone up as far as is comfortable, three times, slowly"
        )
    if len(peaks) < 3:
        reasons += (f"only {len(peaks)} tilt{'s' * (len(peaks) > 1)} seen instead of three",)
    spread = float(np.std(peaks)) if len(peaks) > 1 else 0.2 * peaks[0]
    range_sigma = np.hypot(spread / np.sqrt(len(peaks)), 0.5 + neutral.sigma_deg)
    return Tilts(
        Axis(left, sigma_deg, sigma_deg, "tilts"),
        float(np.median(peaks)),
        float(range_sigma),
        peaks,
        explained,
        reasons,
    )


def face_left(up: Vector, params: TiltsParams = TILTS) -> tuple[Vector, float] | None:
    """Left by the sensor's face, if its z axis is the pad's normal, in or out; and β, °.

    Leaning back, up has a positive component along the outward normal. None where the face is so
    close to level or upright that a sensor a little askew would give the other sign.
    """
    outward = np.sign(up[2]) * np.array([0.0, 0.0, 1.0])
    seat_back = float(np.degrees(np.arcsin(np.clip(up @ outward, -1, 1))))
    if not params.askew_deg < seat_back < 90 - params.askew_deg:
        return None
    left = np.cross(up, outward)
    return left / np.linalg.norm(left), seat_back


def _uniform(part: Recording, neutral: Still, params: TiltsParams) -> tuple[Floats, Floats]:
    """Acceleration and bias-free rate on an even grid."""
    grid = np.arange(part.time_s[0], part.time_s[-1], 1 / params.rate_hz)
    if len(grid) < 3 * params.rate_hz:
        raise CalibrationError(
            "the range window is shorter than 3 s; three slow tilts take about 10 s"
        )
    acc, gyr = (
        np.stack([np.interp(grid, part.time_s, one[:, k]) for k in range(3)], axis=1)
        for one in (part.acc, part.gyr - neutral.gyr_bias)
    )
    return acc, gyr


def _lowpass(values: Floats, cut_hz: float, params: TiltsParams) -> Floats:
    """Second-order Butterworth, forwards and backwards: no delay."""
    sos = butter(2, cut_hz, fs=params.rate_hz, output="sos")
    padding = min(len(values) - 1, int(params.rate_hz / cut_hz))
    return np.asarray(sosfiltfilt(sos, values, axis=0, padlen=padding), dtype=np.float64)


def _direction_angle(acc: Floats, neutral: Still, params: TiltsParams) -> Floats:
    """Angle of gravity from neutral without an axis, rad."""
    slow = _lowpass(acc, params.lowpass_hz, params)
    cosine = slow @ neutral.up / np.linalg.norm(slow, axis=1)
    return np.asarray(np.arccos(np.clip(cosine, -1, 1)), dtype=np.float64)


def _refuse_dead_gyroscope(slow: Floats, turned_deg: float, params: TiltsParams) -> None:
    travelled = float(np.degrees(np.linalg.norm(slow, axis=1).sum() / params.rate_hz))
    if turned_deg < params.least_deg:
        raise CalibrationError(
            f"hardly any movement in the range window ({turned_deg:.1f}°); "
            "make three slow pelvic tilts within it"
        )
    if travelled < 0.5 * turned_deg:
        raise CalibrationError(
            "gravity shows a movement but the gyroscope shows none: the gyroscope is dead or "
            "switched off; restart the sensor"
        )
    if travelled > 1500 * max(1.0, turned_deg / 30):
        raise CalibrationError(
            f"the gyroscope claims {travelled:.0f}° of rotation where gravity shows "
            f"{turned_deg:.0f}°; check that its unit is rad/s"
        )


def _main_axis(slow: Floats, params: TiltsParams) -> tuple[Vector, float, float]:
    """First principal component, the share it explains, and its sigma, °."""
    strength, axes = np.linalg.eigh(slow.T @ slow)
    explained = float(strength[2] / strength.sum())
    if explained < params.explained:
        raise CalibrationError(
            f"the movement was not one rotation (the main axis holds {100 * explained:.0f} % of "
            f"it, {100 * params.explained:.0f} % are needed); tilt the pelvis only, slowly"
        )
    coupled_deg = np.degrees(np.sqrt(strength[1] / strength[2])) / np.sqrt(6)
    return axes[:, 2], explained, float(np.hypot(params.floor_sigma_deg, coupled_deg))


def _refuse_side_bend(axis: Vector, neutral: Still) -> None:
    rise = abs(rise_deg(axis, neutral))
    if rise > AXIS.level_deg:
        raise CalibrationError(
            f"the movement's axis points {rise:.0f}° away from level: that was a side bend or a "
            "twist, not a pelvic tilt; repeat the tilts"
        )


def _angle_deg(
    acc: Floats, gyr: Floats, left: Vector, neutral: Still, params: TiltsParams
) -> Floats:
    """Equation (2), °."""
    ahead = np.cross(left, neutral.up)
    gravity = np.unwrap(np.arctan2(acc @ ahead, acc @ np.cross(ahead, left)))
    turned = -np.cumsum(gyr @ left) / params.rate_hz
    blended = _lowpass(gravity - turned, params.blend_hz, params) + turned
    return np.asarray(np.degrees(blended), dtype=np.float64)


def _posterior_side(
    angle: Floats, left: Vector, hint: Vector | None, neutral: Still, params: TiltsParams
) -> tuple[float, tuple[str, ...]]:
    """+1 or -1: which sign of the angle is posterior, and what to say about it."""
    if hint is not None and abs(hint @ left) > 0.2:
        return float(np.sign(hint @ left)), ()
    up_side, down_side = float(angle.max()), float(-angle.min())
    beyond = np.abs(angle) > params.peak_share * np.abs(angle).max()
    first = float(np.sign(angle[np.argmax(beyond)]))
    mostly = float(np.sign(up_side - down_side))
    if max(up_side, down_side) < params.lopsided * min(up_side, down_side) or mostly == first:
        return first, ()
    face = face_left(neutral.up, params)
    if face is not None and abs(face[0] @ left) > 0.5:
        remark = "posterior was told from anterior by the sensor's face, not by the tilts"
        return float(np.sign(face[0] @ left)), (remark,)
    raise CalibrationError(
        "the tilts do not tell posterior from anterior; roll the tailbone up first, "
        "or stand still before (--standing)"
    )


def _peaks_deg(angle: Floats, params: TiltsParams) -> tuple[float, ...]:
    """The largest angle of each excursion beyond a share of the largest of all."""
    beyond = angle > params.peak_share * angle.max()
    edges = np.flatnonzero(np.diff(beyond.astype(np.int8), prepend=0, append=0))
    spans = edges.reshape(-1, 2)
    long_enough = spans[np.diff(spans, axis=1)[:, 0] >= 0.2 * params.rate_hz]
    return tuple(float(angle[start:end].max()) for start, end in long_enough)
