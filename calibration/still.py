"""Someone who holds still tells a sensor two things: which way is up, and what its zero rate is.

Nobody is a statue: a standing athlete sways by a degree, a lying one breathes, muscles tremble.
So a window is cut into half-second blocks, and a block counts as still where its mean rotation is
slow and its gravity points nearly where the window's does. The still blocks give the mean specific
force f; up = f / |f|. The uncertainty is the blocks' scatter about that mean, with one independent
look per breath (4 s), never per sample: breathing and sway do not average out like noise.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.errors import CalibrationError
from calibration.model import SensorModel, Vector

Floats = NDArray[np.float64]
Window = tuple[float, float]
G_M_S2 = 9.80665


@dataclass(frozen=True, slots=True)
class StillParams:
    """What counts as holding still.

    Attributes:
        block_s: tremor and sensor noise average out over it, posture does not change within it.
        rate_deg_s: sway of ±1° at 0.5 Hz reaches 3 °/s; who moves his trunk exceeds 5 °/s.
        spread_deg: sway and breathing stay within ±2°; twice that is another posture.
        shortest_s: less cannot tell stillness from the turning point of a movement.
        refuse_share: a window of which less than this is still is refused.
        warn_share: and of which less than this is still is said to be restless.
        breath_s: one independent look per breath.
        gravity_refuse_m_s2: |f| further than this from g is no accelerometer at rest in m/s².
        saturates_m_s2: no accelerometer's range ends below this,
        saturated_share: and one that is at its end for this share of the samples is saturated.
        awake_deg_s: nobody turns by this range of rates about two axes, and not at all about the
            third.
        rate_refuse_deg_s: no gyroscope at rest has such a bias; it turns, or speaks °/s.
    """

    block_s: float = 0.5
    rate_deg_s: float = 6.0
    spread_deg: float = 4.0
    shortest_s: float = 1.0
    refuse_share: float = 0.6
    warn_share: float = 0.85
    breath_s: float = 4.0
    gravity_refuse_m_s2: float = 2.0
    saturates_m_s2: float = 4.0
    saturated_share: float = 0.05
    awake_deg_s: float = 40.0
    rate_refuse_deg_s: float = 20.0


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """Samples of one sensor, checked and corrected by its model.

    Attributes:
        time_s: (n,), s, strictly increasing.
        acc: (n, 3), m/s², specific force.
        gyr: (n, 3), rad/s.
    """

    time_s: Floats
    acc: Floats
    gyr: Floats

    def window(self, span: Window, name: str) -> "Recording":
        """The part between two times.

        Raises:
            CalibrationError: the window is turned round, too short, or outside the recording.
        """
        start, end = span
        if not (np.isfinite(start) and np.isfinite(end)):
            raise CalibrationError(f"the {name} window {start}:{end} is not made of numbers")
        if end - start < STILL.shortest_s:
            raise CalibrationError(
                f"the {name} window {start:g}:{end:g} s is shorter than {STILL.shortest_s:g} s; "
                "give its start and a later end"
            )
        first, last = float(self.time_s[0]), float(self.time_s[-1])
        if start < first - 0.5 or end > last + 0.5:
            raise CalibrationError(
                f"the {name} window {start:g}:{end:g} s lies outside the recording, which runs "
                f"from {first:.1f} to {last:.1f} s"
            )
        part = slice(*np.searchsorted(self.time_s, [start, end]))
        inside = Recording(self.time_s[part], self.acc[part], self.gyr[part])
        if len(inside.time_s) < 10 or inside.covered_s < 0.3 * (end - start):
            raise CalibrationError(
                f"the {name} window {start:g}:{end:g} s holds too few samples; "
                "choose a stretch without gaps"
            )
        return inside

    @property
    def covered_s(self) -> float:
        """Time without the gaps, s."""
        step = np.diff(self.time_s)
        return float(np.minimum(step, 0.1).sum())


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """What a still stretch says.

    Attributes:
        up: (3,), unit vector in sensor axes, away from the earth.
        gravity_m_s2: length of the mean specific force, m/s².
        gyr_bias: (3,), rad/s, mean rate.
        sigma_deg: standard uncertainty of `up` as the mean of this stretch, per direction, °.
        share: part of the window that was still, 0..1.
        seconds: still time, s.
    """

    up: Vector
    gravity_m_s2: float
    gyr_bias: Vector
    sigma_deg: float
    share: float
    seconds: float


STILL = StillParams()


def recording_from(time_s: Floats, acc: Floats, gyr: Floats, model: SensorModel) -> Recording:
    """Check raw arrays and correct them by the sensor's model.

    Raises:
        CalibrationError: shapes, times or values that no sensor gives.
    """
    time_s, acc, gyr = (np.array(part, dtype=np.float64) for part in (time_s, acc, gyr))
    if time_s.ndim != 1 or acc.shape != (len(time_s), 3) or gyr.shape != (len(time_s), 3):
        raise CalibrationError(
            f"times {time_s.shape}, accelerations {acc.shape} and rates {gyr.shape} do not fit "
            "each other; (n,), (n, 3) and (n, 3) are needed"
        )
    if len(time_s) < 10:
        raise CalibrationError("the recording is empty; a few seconds of samples are needed")
    if not all(np.isfinite(part).all() for part in (time_s, acc, gyr)):
        raise CalibrationError("the recording holds values that are not numbers; clean it first")
    if (np.diff(time_s) <= 0).any():
        raise CalibrationError("the recording's times do not increase; sort it first")
    _refuse_stuck(acc)
    _refuse_saturated(acc)
    _refuse_half_dead(gyr)
    return Recording(
        time_s,
        (acc - model.acc_bias) @ model.acc_gain.T,
        (gyr - model.gyr_bias) @ model.gyr_gain.T,
    )


def stillness(part: Recording, name: str, params: StillParams = STILL) -> Still:
    """Up and zero rate from a window in which the athlete holds still.

    Raises:
        CalibrationError: he moved, it fell, or the readings are not those of a sensor at rest.
    """
    acc, gyr, count = _blocks(part, params.block_s)
    _refuse_not_at_rest(acc, gyr, name, params)
    up = acc / np.linalg.norm(acc, axis=1, keepdims=True)
    middle = _unit(np.median(up, axis=0))
    off_deg = np.degrees(np.arccos(np.clip(up @ middle, -1, 1)))
    rate = np.degrees(np.linalg.norm(gyr - np.median(gyr, axis=0), axis=1))
    still = (off_deg < params.spread_deg) & (rate < params.rate_deg_s)
    share = float(count[still].sum() / count.sum())
    seconds = share * part.covered_s
    if share < params.refuse_share or seconds < params.shortest_s * 0.8:
        raise CalibrationError(
            f"the athlete moved during the {name} window (still for {100 * share:.0f} % of it, "
            f"up to {off_deg.max():.0f}° off); hold still, or choose another window"
        )
    weight = count[still] / count[still].sum()
    force = weight @ acc[still]
    up_mean = _unit(force)
    scatter = np.sqrt(weight @ ((up[still] - up_mean) ** 2).sum(axis=1) / 2)
    looks = max(1.0, seconds / params.breath_s)
    return Still(
        up=up_mean,
        gravity_m_s2=float(np.linalg.norm(force)),
        gyr_bias=weight @ gyr[still],
        sigma_deg=float(np.degrees(scatter) / np.sqrt(looks)),
        share=share,
        seconds=seconds,
    )


def _blocks(part: Recording, block_s: float) -> tuple[Floats, Floats, Floats]:
    """Mean acceleration and rate of each block that holds samples, and how many it holds."""
    index = ((part.time_s - part.time_s[0]) / block_s).astype(np.int64)
    starts = np.flatnonzero(np.diff(index, prepend=-1))
    count = np.diff(starts, append=len(index)).astype(np.float64)
    acc = np.add.reduceat(part.acc, starts) / count[:, None]
    gyr = np.add.reduceat(part.gyr, starts) / count[:, None]
    return acc, gyr, count


def _refuse_not_at_rest(acc: Floats, gyr: Floats, name: str, params: StillParams) -> None:
    length = float(np.median(np.linalg.norm(acc, axis=1)))
    turning = float(np.degrees(np.linalg.norm(np.median(gyr, axis=0))))
    if abs(length - 1) < 0.15:
        raise CalibrationError(
            f"at {name} the acceleration is {length:.2f}: it seems to be in g; convert it to m/s²"
        )
    if length < 2:
        raise CalibrationError(
            f"at {name} the acceleration is {length:.1f} m/s²: the sensor was falling, or the "
            "columns are swapped; 9.8 m/s² is needed at rest"
        )
    if abs(length - G_M_S2) > params.gravity_refuse_m_s2:
        raise CalibrationError(
            f"at {name} the acceleration is {length:.1f} m/s² instead of 9.8; "
            "check its unit, or calibrate the sensor first"
        )
    if turning > params.rate_refuse_deg_s:
        raise CalibrationError(
            f"at {name} the gyroscope turns at {turning:.0f} °/s all the time; "
            "hold still, and check that its unit is rad/s"
        )


def _refuse_stuck(acc: Floats) -> None:
    """A live axis is never exactly constant; one that is, is stuck or out of its range."""
    extent = np.ptp(acc, axis=0)
    if extent.max() == 0:
        raise CalibrationError("every sample is the same: the sensor is stuck; restart it")
    for axis, name in enumerate("xyz"):
        if extent[axis] == 0 and extent.max() > 1.0:
            raise CalibrationError(
                f"the accelerometer's {name} axis never changes: it is stuck or saturated; "
                "restart the sensor or widen its range"
            )


def _refuse_saturated(acc: Floats, params: StillParams = STILL) -> None:
    """An axis that often reads its one extreme, to the digit, is at the end of its range.

    The other axes tell it from a sensor of coarse resolution, which repeats itself on all of them.
    """
    repeats = acc[1:] == acc[:-1]
    for axis, name in enumerate("xyz"):
        values = acc[:, axis]
        for extreme in (values.max(), values.min()):
            there = values == extreme
            if abs(extreme) < params.saturates_m_s2 or there.mean() < params.saturated_share:
                continue
            others = np.delete(repeats[there[1:]], axis, axis=1)
            if others.mean() < 0.5:
                raise CalibrationError(
                    f"the accelerometer's {name} axis reads exactly {extreme:.2f} m/s² for "
                    f"{100 * there.mean():.0f} % of the time and never goes beyond: it is "
                    "saturated; widen the sensor's range"
                )


def _refuse_half_dead(gyr: Floats, params: StillParams = STILL) -> None:
    """One clamped to zero at rest wakes up with the others; one that never does is dead."""
    extent = np.degrees(np.ptp(gyr, axis=0))
    for axis, name in enumerate("xyz"):
        if extent[axis] == 0 and extent.max() > params.awake_deg_s:
            raise CalibrationError(
                f"the gyroscope's {name} axis never changes while the others turn: "
                "it is dead; restart the sensor"
            )


def _unit(vector: Vector) -> Vector:
    return vector / np.linalg.norm(vector)
