"""What this sensor's readings are worth: laid on each of its six sides, it tells on itself.

Put it on a flat table and leave it for a few seconds on each side, in any order; then gravity must
be g along each axis, up and down, and whatever else it says is bias, scale and misalignment
(`calibration.ferraris`). Turned once round on the table about each axis, by exactly 360°, it tells
the gyroscope's scale as well; without the turns the gyroscope keeps its scale and loses its bias.

Here the sides and turns are found in the recording, and what came out of them is judged.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import numpy as np

from calibration.errors import CalibrationError
from calibration.ferraris import adjusted, gains_from
from calibration.model import SensorModel, Vector, Verdict
from calibration.still import G_M_S2, Floats, Recording, Window, recording_from, stillness


@dataclass(frozen=True, slots=True)
class SensorParams:
    """What six positions look like.

    Attributes:
        block_s: a block of this length is at rest or it is not.
        rest_deg_s: a block whose rate stays within this of its mean is at rest on a table.
        rest_m_s2: and whose acceleration stays within this of its mean.
        hold_s: least time on each side.
        off_axis_deg: a side further than this from vertical is no side.
        turn_deg: a full turn, and `turn_share` how far its reading may be off.
        least_travel_deg: a gyroscope that saw less of the way from side to side is dead.
        square_deg: with opposite sides further than this from opposite, the sensor was laid down
            worse than makers align its axes (1°), and its misalignment is left alone.
        residual_m_s2: lengths further than this from g are not explained by sides laid askew.
        fit_m_s2: a later rest whose length of gravity is further off shows another sensor, or
            one that has changed (g itself differs by 0.03 between the equator and the poles).
        fresh_days: consumer sensors drift over months.
    """

    block_s: float = 0.25
    rest_deg_s: float = 2.0
    rest_m_s2: float = 0.3
    hold_s: float = 1.5
    off_axis_deg: float = 20.0
    turn_deg: float = 360.0
    turn_share: float = 0.1
    least_travel_deg: float = 200.0
    square_deg: float = 1.5
    residual_m_s2: float = 0.03
    fit_m_s2: float = 0.15
    fresh_days: int = 365


SENSOR = SensorParams()
SIDES = ("x up", "x down", "y up", "y down", "z up", "z down")


@dataclass(frozen=True, slots=True, eq=False)
class SensorCalibration:
    """A sensor's corrections and how well they fit.

    Attributes:
        model: the corrections.
        verdict: good, usable or poor, with reasons in words.
        gravity_residual_m_s2: RMS of | |f| - g | over the six sides by Ferraris, before they are
            adjusted.
        square_deg: how far opposite sides were from opposite, the worst, °.
        turns: about how many of the three axes it was turned.
        sensor: its name or address, None if unknown.
        made: RFC 3339 UTC, None if unknown.
        temperature_c: of the sensor, °C, None if unknown.
    """

    model: SensorModel
    verdict: Verdict
    gravity_residual_m_s2: float
    square_deg: float
    turns: int
    sensor: str | None = None
    made: str | None = None
    temperature_c: float | None = None


def gyro_bias_from(time_s: Floats, acc: Floats, gyr: Floats, rest: Window) -> SensorModel:
    """The gyroscope's bias from a stretch of rest, and nothing else.

    Args:
        time_s: (n,), s.
        acc: (n, 3), m/s².
        gyr: (n, 3), rad/s.
        rest: start and end, s.

    Raises:
        CalibrationError: it was not at rest.
    """
    recording = recording_from(time_s, acc, gyr, SensorModel())
    return SensorModel(gyr_bias=stillness(recording.window(rest, "rest"), "rest").gyr_bias)


def six_positions(
    time_s: Floats, acc: Floats, gyr: Floats, params: SensorParams = SENSOR
) -> SensorCalibration:
    """The sensor's corrections from a recording of it lying on each of its six sides.

    Holds and turns are found in the recording, in whatever order they were made.

    Args:
        time_s: (n,), s.
        acc: (n, 3), m/s², with gravity.
        gyr: (n, 3), rad/s.
        params: what counts as a hold and a turn.

    Raises:
        CalibrationError: a side is missing, or it was not laid down flat.
    """
    recording = recording_from(time_s, acc, gyr, SensorModel())
    holds = _holds(recording, params)
    sides = _sides(recording, holds, params)
    bias = np.mean([recording.gyr[hold].mean(axis=0) for hold in holds], axis=0)
    _refuse_dead_gyroscope(recording, bias, params)
    turns = _turns(recording, holds, bias, params)
    acc_bias, acc_gain, gyr_gain = gains_from(recording, sides, turns, bias)
    means = np.array([recording.acc[side].mean(axis=0) for side in sides])
    square = _square_deg(means - acc_bias)
    lengths = np.linalg.norm((means - acc_bias) @ acc_gain.T, axis=1)
    residual = float(np.sqrt(np.mean((lengths - G_M_S2) ** 2)))
    if square > params.square_deg:
        acc_gain = np.diag(np.diag(acc_gain))
    acc_bias, acc_gain = adjusted(means, acc_bias, acc_gain)
    return SensorCalibration(
        SensorModel(acc_bias, acc_gain, bias, gyr_gain),
        _verdict(residual, square, len(turns), params),
        residual,
        square,
        len(turns),
    )


def doubts(
    calibration: SensorCalibration,
    gravity_m_s2: float,
    today: str | None,
    params: SensorParams = SENSOR,
) -> tuple[str, ...]:
    """What speaks against using a stored calibration today, in words; nothing if nothing does.

    Args:
        calibration: as it was stored.
        gravity_m_s2: length of the corrected specific force at a rest of today, m/s².
        today: RFC 3339 UTC, None if unknown.
        params: when it is old or ill-fitting.
    """
    found = list(calibration.verdict.reasons) if calibration.verdict.grade == "poor" else []
    if abs(gravity_m_s2 - G_M_S2) > params.fit_m_s2:
        found.append(
            f"the sensor's calibration no longer fits (gravity reads {gravity_m_s2:.2f} m/s²); "
            "repeat the six positions"
        )
    if today is not None and calibration.made is not None:
        age = (datetime.fromisoformat(today) - datetime.fromisoformat(calibration.made)).days
        if age > params.fresh_days:
            found.append(f"the sensor's calibration is {age} days old; repeat the six positions")
    return tuple(found)


def _holds(recording: Recording, params: SensorParams) -> list[slice]:
    """The stretches in which the sensor lies still, as sample ranges."""
    index = ((recording.time_s - recording.time_s[0]) / params.block_s).astype(np.int64)
    starts = np.flatnonzero(np.diff(index, prepend=-1))
    ends = np.append(starts[1:], len(index))

    def extent(values: Floats) -> Floats:
        high = np.maximum.reduceat(values, starts)
        low = np.minimum.reduceat(values, starts)
        return np.asarray((high - low).max(axis=1), dtype=np.float64)

    quiet = (extent(recording.gyr) < np.radians(2 * params.rest_deg_s)) & (
        extent(recording.acc) < 2 * params.rest_m_s2
    )
    force, rate = (
        np.add.reduceat(one, starts) / (ends - starts)[:, None]
        for one in (recording.acc, recording.gyr)
    )
    steady = np.linalg.norm(np.diff(force, axis=0, prepend=force[:1]), axis=1) < params.rest_m_s2
    if not quiet.any():
        return []
    # A turn may be as steady as a hold; but it is not what most quiet blocks read.
    turning = np.abs(rate - np.median(rate[quiet], axis=0)).max(axis=1)
    still = quiet & steady & (turning < np.radians(params.rest_deg_s))
    edges = np.flatnonzero(np.diff(still.astype(np.int8), prepend=0, append=0))
    found = []
    for first, last in edges.reshape(-1, 2):
        part = slice(int(starts[first]), int(ends[last - 1]))
        if recording.time_s[part][-1] - recording.time_s[part][0] >= params.hold_s - params.block_s:
            found.append(part)
    return found


def _sides(recording: Recording, holds: list[slice], params: SensorParams) -> list[slice]:
    """The longest hold of each side, in the order of `SIDES`."""
    best: dict[int, slice] = {}
    for hold in holds:
        force = recording.acc[hold].mean(axis=0)
        axis = int(np.argmax(np.abs(force)))
        cosine = abs(force[axis]) / np.linalg.norm(force)
        if cosine < np.cos(np.radians(params.off_axis_deg)):
            continue
        side = 2 * axis + int(force[axis] < 0)
        if side not in best or hold.stop - hold.start > best[side].stop - best[side].start:
            best[side] = hold
    missing = [name for side, name in enumerate(SIDES) if side not in best]
    if missing:
        raise CalibrationError(
            f"the sensor was not seen at rest with {', '.join(missing)}; lay it on each of its "
            f"six sides for at least {params.hold_s:g} s"
        )
    means = [float(np.linalg.norm(recording.acc[best[side]].mean(axis=0))) for side in range(6)]
    if max(abs(length - G_M_S2) for length in means) > 2.0:
        raise CalibrationError(
            f"gravity reads {min(means):.1f} to {max(means):.1f} instead of 9.8 m/s² on the six "
            "sides; check that accelerations are in m/s²"
        )
    return [best[side] for side in range(6)]


def _refuse_dead_gyroscope(recording: Recording, bias: Vector, params: SensorParams) -> None:
    """Six sides cannot be reached by less than five quarter turns."""
    step = np.minimum(np.diff(recording.time_s), params.block_s)
    speed = np.linalg.norm(recording.gyr[1:] - bias, axis=1)
    travelled = float(np.degrees((speed * step).sum()))
    if travelled < params.least_travel_deg:
        raise CalibrationError(
            f"the sensor lay on six sides but its gyroscope saw it turn by {travelled:.0f}° in "
            "all: the gyroscope is dead or switched off; restart the sensor"
        )


def _turns(
    recording: Recording, holds: list[slice], bias: Vector, params: SensorParams
) -> dict[int, tuple[slice, float]]:
    """About each axis, the stretch of one whole turn and its sign (+1 = counter-clockwise)."""
    turns: dict[int, tuple[slice, float]] = {}
    for before, after in pairwise(holds):
        move = slice(before.stop, after.start)
        if move.stop - move.start < 5:
            continue
        step = np.diff(recording.time_s[move.start - 1 : move.stop])[:, None]
        turned = np.degrees(((recording.gyr[move] - bias) * step).sum(axis=0))
        axis = int(np.argmax(np.abs(turned)))
        whole = abs(abs(turned[axis]) - params.turn_deg) < params.turn_share * params.turn_deg
        ends = [recording.acc[hold].mean(axis=0) for hold in (before, after)]
        if whole and float(np.linalg.norm(ends[0] - ends[1])) < 1.0:
            turns[axis] = (move, float(np.sign(turned[axis])))
    return turns


def _square_deg(true: Floats) -> float:
    """How far opposite sides are from opposite, the worst, °."""
    unit = true / np.linalg.norm(true, axis=1, keepdims=True)
    cosine = -(unit[0::2] * unit[1::2]).sum(axis=1)
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))).max())


def _verdict(residual: float, square: float, turns: int, params: SensorParams) -> Verdict:
    poor, usable = [], []
    if residual > params.residual_m_s2:
        poor.append(f"gravity is still off by {residual:.2f} m/s² on the six sides")
    if square > params.square_deg:
        usable.append(
            f"opposite sides were {square:.0f}° from opposite: misalignment is left uncorrected; "
            "a flat block to lean the sensor against would help"
        )
    if turns < 3:
        usable.append(
            f"turned about {turns} of 3 axes: the gyroscope keeps the scale of the others"
        )
    return Verdict("poor" if poor else "usable" if usable else "good", (*poor, *usable))
