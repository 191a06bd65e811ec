"""A pelvis worn in any way, and the readings of a sensor on it, by plain geometry."""

import itertools

import numpy as np
from scipy.spatial.transform import Rotation

from calibration.model import Placement
from monitor.samples import Floats, Samples

G = 9.81


def placement(mounting: Rotation, seat_back_deg: float = 45.0, **fields: float) -> Placement:
    """The exact placement of a sensor whose axes are the pelvis axes turned by `mounting`."""
    beta = np.radians(seat_back_deg)
    known: dict[str, object] = {
        "left": mounting.apply([0.0, 1.0, 0.0]),
        "up": mounting.apply([np.sin(beta), 0.0, np.cos(beta)]),
        "gravity_m_s2": G,
        "gyr_bias": np.zeros(3),
        "seat_back_deg": seat_back_deg,
        "range_deg": None,
        "left_sigma_deg": 1.0,
        "up_sigma_deg": 0.1,
        "seat_back_sigma_deg": 2.0,
        "range_sigma_deg": None,
    }
    return Placement(**(known | fields))  # type: ignore[arg-type] # one mapping of all fields


def rolling(
    tilt: Floats, rate_hz: float, mounting: Rotation, seat_back_deg: float = 45.0
) -> Samples:
    """What an ideal sensor reads while the pelvis tilts by (n,) rad, posterior positive."""
    beta = np.radians(seat_back_deg)
    angle = beta + tilt
    up = np.stack([np.sin(angle), np.zeros_like(angle), np.cos(angle)], axis=1)
    gyr = np.zeros((len(tilt), 3))
    gyr[:, 1] = -np.gradient(tilt, 1.0 / rate_hz)
    time_s = np.arange(len(tilt)) / rate_hz
    gap = np.zeros(len(tilt), bool)
    return Samples(time_s, G * mounting.apply(up), mounting.apply(gyr), gap)


def reps(n: int, rate_hz: float, peak_deg: float, period_s: float = 3.0, rest_s: float = 4.0):
    """(k,) rad: `n` smooth reps after a rest and before another."""
    t = np.arange(0.0, period_s, 1.0 / rate_hz)
    one = np.radians(peak_deg) * np.sin(np.pi * t / period_s) ** 2
    rest = np.zeros(round(rest_s * rate_hz))
    return np.concatenate([rest, np.tile(one, n), rest, rest, rest])


def cut(samples: Samples, cuts: set[int]) -> list[Samples]:
    """The samples cut at these places; empty pieces and all."""
    edges = [0, *sorted(min(c, len(samples)) for c in cuts), len(samples)]
    return [samples[a:b] for a, b in itertools.pairwise(edges)]
