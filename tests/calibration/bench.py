"""A sensor on a table, with its errors, laid on each of its sides by a more or less steady hand."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from calibration.still import G_M_S2, Floats

RATE_HZ = 100


@dataclass(frozen=True)
class Bench:
    """Laid on its sides in some order; `turned` once round about each axis, too."""

    seed: int
    askew_deg: float = 0.4
    sides: tuple[int, ...] = (0, 1, 2, 3, 4, 5)
    turned: bool = True

    def errors(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Bias and matrix of the accelerometer, bias and matrix of the gyroscope."""
        random = np.random.default_rng(self.seed)
        scale, gyro_scale = random.uniform(-0.02, 0.02, (2, 3))
        askew = np.radians(random.uniform(-1, 1, (3, 3))) * (1 - np.eye(3))
        return (
            random.uniform(-0.4, 0.4, 3),
            (np.eye(3) + askew) @ np.diag(1 + scale),
            np.radians(random.uniform(-1, 1, 3)),
            np.diag(1 + gyro_scale),
        )

    def samples(self) -> tuple[Floats, Floats, Floats]:
        random = np.random.default_rng([self.seed, 1])
        poses = Rotation.concatenate(self._path(random))
        gyr = (poses[:-1].inv() * poses[1:]).as_rotvec() * RATE_HZ
        gyr = np.vstack([gyr, np.zeros((1, 3))])
        acc = poses.inv().apply([0.0, 0.0, G_M_S2])
        acc_bias, acc_matrix, gyr_bias, gyr_matrix = self.errors()
        acc = acc @ acc_matrix.T + acc_bias + 0.02 * random.standard_normal(acc.shape)
        gyr = gyr @ gyr_matrix.T + gyr_bias + 0.002 * random.standard_normal(gyr.shape)
        return np.arange(len(acc)) / RATE_HZ, acc, gyr

    def _path(self, random: np.random.Generator) -> list[Rotation]:
        path: list[Rotation] = []
        for side in self.sides:
            up = np.eye(3)[side // 2] * (1 - 2 * (side % 2))
            tip = Rotation.from_rotvec(np.radians(self.askew_deg) * random.standard_normal(3))
            pose = tip * Rotation.align_vectors([[0.0, 0.0, 1.0]], [up])[0]
            if path:
                change = (path[-1].inv() * pose).as_rotvec()
                path += [path[-1] * Rotation.from_rotvec(change * s) for s in np.linspace(0, 1, 90)]
            path += [pose] * 300
            if self.turned and side % 2 == 0:
                turn = random.choice([-2, 2]) * np.pi * up
                path += [pose * Rotation.from_rotvec(turn * s) for s in np.linspace(0, 1, 400)]
                path += [pose] * 200
        return path
