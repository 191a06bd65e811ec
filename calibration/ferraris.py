"""Six sides and three turns, as equations: bias, scale and misalignment of a sensor.

Ferraris, Grimaldi, Parvis, Sensors and Materials 7 (1995); `imucal` does the mathematics.

Nobody lays a sensor down to a tenth of a degree, and an axis that is 3° off vertical reads 0.14 %
too little. But at rest the length is g whichever way it lies, so bias b and scale k are adjusted
until the six lengths are g, with the directions as Ferraris found them:

    |G diag(1 + k) (a_i - b)| = g,   i = 1..6                                                 (1)
"""

from typing import Any

import numpy as np

from calibration.model import Vector
from calibration.still import G_M_S2, Floats, Recording


def gains_from(
    recording: Recording, sides: list[slice], turns: dict[int, tuple[slice, float]], bias: Vector
) -> tuple[Vector, Vector, Vector]:
    """Accelerometer bias and gain, gyroscope gain, by the published equations.

    Args:
        recording: of the sensor on its six sides.
        sides: its samples on x up, x down, y up, y down, z up, z down.
        turns: about each axis that was turned, the samples and the sign (+1 = counter-clockwise).
        bias: (3,), the gyroscope's, rad/s.

    Returns:
        (3,), m/s²; (3, 3); (3, 3).
    """
    from imucal import (  # noqa: PLC0415  takes seconds to import and is needed once a year
        FerrarisCalibration,
        FerrarisSignalRegions,
    )

    # All turns are brought to 100 Hz and to counter-clockwise; where one was not made, an exact
    # one leaves that axis as it is.
    rate_hz = 100.0
    parts: dict[str, Any] = {}
    for side, hold in enumerate(sides):
        name = "xyz"[side // 2] + "_" + "pa"[side % 2]
        parts["acc_" + name], parts["gyr_" + name] = recording.acc[hold], recording.gyr[hold]
    for axis, name in enumerate("xyz"):
        rest = recording.acc[sides[2 * axis]].mean(axis=0)
        rates = np.tile(2 * np.pi / 100 * rate_hz * np.eye(3)[axis], (100, 1))
        if axis in turns:
            move, sign = turns[axis]
            time_s = recording.time_s[move]
            grid = np.arange(time_s[0], time_s[-1], 1 / rate_hz)
            seen = recording.gyr[move] - bias
            rates = sign * np.stack([np.interp(grid, time_s, seen[:, k]) for k in range(3)], axis=1)
        # The equations take a bias that follows gravity off again; ours is one for all sides.
        parts[f"acc_{name}_rot"] = np.tile(rest, (len(rates), 1))
        parts[f"gyr_{name}_rot"] = rates + bias
    still = [part for part in parts if part.startswith("gyr") and not part.endswith("rot")]
    for part in still:
        parts[part] = np.tile(bias, (2, 1))
    found: Any = FerrarisCalibration(grav=G_M_S2, expected_angle=2 * np.pi).compute(
        FerrarisSignalRegions(**parts), rate_hz, "m/s^2", "rad/s"
    )
    acc_gain = np.linalg.inv(found.R_a) @ np.linalg.inv(found.K_a)
    gyr_gain = np.linalg.inv(found.R_g) @ np.linalg.inv(found.K_g)
    return np.asarray(found.b_a, dtype=np.float64), acc_gain, gyr_gain


def adjusted(means: Floats, bias: Vector, gain: Vector) -> tuple[Vector, Vector]:
    """Equation (1), six equations for six unknowns, by Gauss-Newton from Ferraris' answer.

    Args:
        means: (6, 3), what was read on each side, m/s².
        bias: (3,), Ferraris' b, m/s².
        gain: (3, 3), Ferraris' G.
    """
    unknown = np.concatenate([bias, np.ones(3)])
    for _ in range(10):
        arm = means - unknown[:3]
        true = (arm * unknown[3:]) @ gain.T
        length = np.linalg.norm(true, axis=1, keepdims=True)
        along = (true / length) @ gain
        slope = np.hstack([-along * unknown[3:], along * arm])
        unknown -= np.linalg.lstsq(slope, length[:, 0] - G_M_S2, rcond=None)[0]
    return unknown[:3], gain * unknown[3:]
