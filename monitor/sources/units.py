"""Are these numbers SI? Gravity, the clock and the gyroscope itself tell.

A sensor at rest feels 9.81 m/s², so the middle of |acc| shows the unit of acceleration; a sensor
worn by a person sends 25 to 400 samples a second, so the step of time shows the unit of time; and
where the gyroscope claims a clear turn, the direction of gravity must turn with it:

    du/dt = -ω × u,   u = direction of the specific force in sensor axes

Summed over a quarter of a second, the observed change of u on the predicted one has slope 1 where
ω is in rad/s and 1/57.3 where it is in °/s. A wrong unit is said, never corrected by a guess.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SLOWEST_HZ = 25.0
FASTEST_HZ = 400.0


@dataclass(frozen=True, slots=True)
class UnitParams:
    """Where the borders lie.

    Attributes:
        rate_tolerance: sensors' clocks are off by up to 2 %.
        gravity_m_s2: where the median of |acc| may lie; scale errors and movement move it by
            a few per cent only.
        window_s: over which turns are summed: short enough that a person's turn is small,
            long enough to stand out of the noise.
        clear_turn_rad: what the gyroscope must claim within a window for it to count; gravity's
            direction is disturbed by movement by about 0.1 rad.
        windows: how many such windows are needed to say anything.
        slope: below it the unit is not rad/s (true 1; °/s gives 0.017).
        share: and the observed turns must also be small against the claimed ones, as axes in a
            wrong order give slope 0 too, but with turns as large as claimed.
        fastest_rad_s: no such sensor measures more (2000 °/s = 34.9 rad/s).
        fastest_share: of samples that may lie beyond.
    """

    rate_tolerance: float = 0.02
    gravity_m_s2: tuple[float, float] = (8.0, 12.0)
    window_s: float = 0.25
    clear_turn_rad: float = 0.25
    windows: int = 8
    slope: float = 0.25
    share: float = 0.35
    fastest_rad_s: float = 40.0
    fastest_share: float = 0.01


PARAMS = UnitParams()


def rate_hz(time: Floats) -> float:
    """Sample rate of the time stamps, Hz.

    The median over short blocks: gaps, jitter and rounding of single stamps do not move it.

    Args:
        time: (n,), s, increasing, n >= 2.
    """
    block = min(16, len(time) - 1)
    return float(block / np.median(time[block:] - time[:-block]))


def time_fault(time: Floats) -> str | None:
    """What is wrong with the unit or the rate of `time` ((n,), s, increasing), in words."""
    rate = rate_hz(time)
    if _usable(rate):
        return None
    for name, per_second in (("milliseconds", 1e3), ("microseconds", 1e6), ("nanoseconds", 1e9)):
        if _usable(rate * per_second):
            return (
                f"time_s steps by {1 / rate:g} from row to row, which looks like {name}; "
                f"divide it by {per_second:.0f} to get seconds"
            )
    return (
        f"has {rate:.4g} rows per second by its time_s; {SLOWEST_HZ:g} to {FASTEST_HZ:g} are needed"
        " (is time_s in seconds?)"
    )


def _usable(rate: float) -> bool:
    low, high = 1 - PARAMS.rate_tolerance, 1 + PARAMS.rate_tolerance
    return SLOWEST_HZ * low <= rate <= FASTEST_HZ * high


def acceleration_fault(acc: Floats) -> str | None:
    """What is wrong with the unit of `acc` ((n, 3), m/s²), in words."""
    middle = float(np.median(np.sqrt((acc * acc).sum(axis=1))))
    low, high = PARAMS.gravity_m_s2
    if low <= middle <= high:
        return None
    found = f"the median of |acc| is {middle:.4g}"
    if 0.8 <= middle <= 1.2:
        return f"{found}, which looks like g; multiply acc_x, acc_y, acc_z by 9.80665 to get m/s²"
    if 800 <= middle <= 1200:
        return f"{found}, which looks like mg; multiply acc_x, acc_y, acc_z by 0.00980665"
    if middle < 2:
        return f"{found}, as if gravity were taken out; acceleration with gravity in m/s² is needed"
    return f"{found}, not 9.81; acceleration with gravity in m/s² is needed"


def rotation_fault(time: Floats, acc: Floats, gyr: Floats) -> str | None:
    """What is wrong with the unit of `gyr` ((n, 3), rad/s), in words; None also where unknown.

    Args:
        time: (n,), s.
        acc: (n, 3), m/s².
        gyr: (n, 3), rad/s.
    """
    advice = "multiply gyr_x, gyr_y, gyr_z by 0.0174533 to get rad/s"
    speed = np.sqrt((gyr * gyr).sum(axis=1))
    if np.mean(speed > PARAMS.fastest_rad_s) > PARAMS.fastest_share:
        return f"gyr reaches {speed.max():.4g}, too fast for rad/s, which looks like °/s; {advice}"
    observed, claimed = _turns(time, acc, gyr)
    power = float((claimed * claimed).sum())
    if len(claimed) < PARAMS.windows:
        return None
    slope = float((observed * claimed).sum()) / power
    share = float(np.sqrt((observed * observed).sum() / power))
    if slope < PARAMS.slope and share < PARAMS.share:
        return (
            "gyr claims turns that gravity in acc does not follow (it turns "
            f"{share:.2g} times as far), which looks like °/s; {advice}"
        )
    return None


def _turns(time: Floats, acc: Floats, gyr: Floats) -> tuple[Floats, Floats]:
    """Observed and claimed change of the direction of gravity, (m, 3) each, in clear windows."""
    rate = rate_hz(time)
    smooth, window = max(1, round(0.1 * rate)), max(2, round(PARAMS.window_s * rate))
    force = np.sqrt((acc * acc).sum(axis=1, keepdims=True))
    down = acc / np.maximum(force, 1e-9)
    step = np.diff(time)[:, None]
    even = step[:, 0] < 3 / rate
    claim = -np.cross(gyr, down)[1:] * np.where(step < 3 / rate, step, 0.0)
    angle = np.vstack([np.zeros((1, 3)), np.cumsum(claim, axis=0)])
    observed = _blocks(_moving_mean(down, smooth), window)
    claimed = _blocks(_moving_mean(angle, smooth), window)
    whole = np.add.reduceat(~even, np.arange(0, len(even), window))[: len(claimed)] == 0
    clear = np.sqrt((claimed * claimed).sum(axis=1)) > PARAMS.clear_turn_rad
    keep = clear & whole[: len(clear)]
    return observed[keep], claimed[keep]


def _moving_mean(values: Floats, width: int) -> Floats:
    total = np.vstack([np.zeros((1, 3)), np.cumsum(values, axis=0)])
    return (total[width:] - total[:-width]) / width


def _blocks(values: Floats, width: int) -> Floats:
    return np.diff(values[::width], axis=0)
