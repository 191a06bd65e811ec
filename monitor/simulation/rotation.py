"""Turning in space, many poses at once: unit quaternions (w, x, y, z) from body to fixed axes."""

import numpy as np

from monitor.samples import Floats


def about(axis: tuple[float, float, float], angle_deg: Floats | float) -> Floats:
    """Right-handed rotations by `angle_deg` about a fixed unit axis: (n, 4) or (4,)."""
    half = np.deg2rad(np.asarray(angle_deg)) / 2.0
    sine = np.sin(half)
    return np.stack([np.cos(half), *(component * sine for component in axis)], axis=-1)


def then(first: Floats, second: Floats) -> Floats:
    """The Hamilton product: `second` is carried out in the axes that `first` has turned."""
    w, x, y, z = np.moveaxis(first, -1, 0)
    a, b, c, d = np.moveaxis(second, -1, 0)
    return np.stack(
        [
            w * a - x * b - y * c - z * d,
            w * b + x * a + y * d - z * c,
            w * c - x * d + y * a + z * b,
            w * d + x * c - y * b + z * a,
        ],
        axis=-1,
    )


def outward(pose: Floats, vector: Floats) -> Floats:
    """Vectors given in body axes, in fixed axes: (n, 3)."""
    w, axis = pose[..., :1], pose[..., 1:]
    turned = 2.0 * np.cross(axis, vector)
    return np.asarray(vector + w * turned + np.cross(axis, turned))


def inward(pose: Floats, vector: Floats) -> Floats:
    """Vectors given in fixed axes, in body axes: (n, 3)."""
    return outward(pose * np.array([1.0, -1.0, -1.0, -1.0]), vector)


def matrix(pose: Floats) -> Floats:
    """One pose (4,) as the matrix (3, 3) that takes body axes to fixed axes."""
    return outward(np.broadcast_to(pose, (3, 4)), np.eye(3)).T


def body_rate(pose: Floats, rate_hz: float) -> Floats:
    """Angular velocity in body axes, rad/s: (n, 3), exact for the turn over each two intervals."""
    before = np.concatenate([pose[:1], pose[:-1]])
    after = np.concatenate([pose[1:], pose[-1:]])
    turn = then(before * np.array([1.0, -1.0, -1.0, -1.0]), after)
    turn *= np.sign(turn[:, :1])
    sine = np.sqrt(turn[:, 1] ** 2 + turn[:, 2] ** 2 + turn[:, 3] ** 2)
    angle = 2.0 * np.arctan2(sine, turn[:, 0])
    per_sine = np.where(sine > 1e-12, angle / np.maximum(sine, 1e-12), 2.0)
    rate = turn[:, 1:] * per_sine[:, None] * (rate_hz / 2.0)
    rate[[0, -1]] *= 2.0  # the ends have one neighbour only
    return rate
