"""Tables as a sensor on a lower back would write them, and their text."""

import numpy as np
from numpy.typing import NDArray

HEADER = "time_s,acc_x,acc_y,acc_z,gyr_x,gyr_y,gyr_z"


def table(
    rate_hz: float = 100.0, duration_s: float = 20.0, lean_rad: float = 0.5, *, seed: int = 0
) -> NDArray[np.float64]:
    """(n, 7) in SI: leaning forth and back once in four seconds, with noise."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(duration_s * rate_hz)) / rate_hz
    angle = lean_rad * np.sin(2 * np.pi * time / 4)
    nothing = np.zeros_like(time)
    acc = 9.81 * np.stack([np.sin(angle), nothing, np.cos(angle)], axis=1)
    gyr = np.stack([nothing, -np.gradient(angle, 1 / rate_hz), nothing], axis=1)
    acc += rng.normal(0, 0.05, acc.shape)
    gyr += rng.normal(0, 0.003, gyr.shape)
    return np.column_stack([time, acc, gyr])


def text(values: NDArray[np.float64], header: str = HEADER, end: str = "\n") -> str:
    """The table as CSV, with all digits."""
    rows = [",".join(map(repr, row)) for row in values.tolist()]
    return end.join([header, *rows]) + end
