"""A sensor's own errors taken out of its readings: true = gain · (raw - bias)."""

import numpy as np

from calibration.model import SensorModel
from calibration.products import dot
from monitor.samples import Floats


class Correction:
    """Applies a sensor's calibration; one that was never calibrated costs nothing."""

    def __init__(self, model: SensorModel) -> None:
        self._acc = None if _changes_nothing(model.acc_bias, model.acc_gain) else model.acc_bias
        self._gyr = None if _changes_nothing(model.gyr_bias, model.gyr_gain) else model.gyr_bias
        self._model = model

    def acc(self, raw: Floats) -> Floats:
        """(n, 3) specific force, m/s², corrected."""
        return raw if self._acc is None else _corrected(raw, self._acc, self._model.acc_gain)

    def gyr(self, raw: Floats) -> Floats:
        """(n, 3) angular rate, rad/s, corrected."""
        return raw if self._gyr is None else _corrected(raw, self._gyr, self._model.gyr_gain)


def _changes_nothing(bias: Floats, gain: Floats) -> bool:
    return not bias.any() and np.array_equal(gain, np.eye(3))


def _corrected(raw: Floats, bias: Floats, gain: Floats) -> Floats:
    free = raw - bias
    return np.column_stack([dot(free, row) for row in gain])
