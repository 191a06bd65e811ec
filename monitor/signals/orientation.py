"""Which way is up, in the sensor's own axes, at every sample.

The filter is VQF (D. Laidig, T. Seel: "VQF: Highly accurate IMU orientation estimation with bias
estimation and magnetic disturbance rejection", Information Fusion 91, 2023, 187-204) in its 6-axis
form: gyms are full of iron, so no magnetometer is asked. VQF integrates the gyroscope, low-passes
the specific force in an almost inertial frame, and corrects only the inclination.

It learns the gyroscope's bias in motion, from the corrections themselves. Its other way, learning
it at rest, is switched off: a slow rep turns the pelvis by less than the 2 °/s it takes for rest,
the rep's own rate was learned as bias, and that alone doubled the error of the tilt. What rest can
teach comes from the calibration instead, where rest was asked for.

VQF wants a fixed sampling period T. Real samples come at their own times, so each angular rate
is handed over as the mean rate over its own interval, scaled to T: the integrated rotation
stays right under jitter, rate errors and short gaps (trapezoidal rule across the gap). A longer
gap cannot be integrated across: the filter starts anew from the specific force and keeps only
what it knew of the bias.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from vqf import VQF

from monitor.samples import Bools, Floats, Samples
from monitor.signals.before import before


@dataclass(frozen=True, slots=True)
class OrientationParams:
    """Constants of the orientation stage.

    Attributes:
        tau_acc_s: time constant of the inclination correction, s (VQF's own default).
        longest_bridge_s: a longer gap starts the filter anew, s. A pelvis turns at some 30 °/s
            in a rep; across 0.3 s the trapezoidal rule errs by about a degree.
        bias_sigma_rad_s: what is not known of a bias handed in from a calibration, rad/s.
    """

    tau_acc_s: float = 3.0
    longest_bridge_s: float = 0.3
    bias_sigma_rad_s: float = float(np.radians(0.1))


class Orientation:
    """The direction of "up" in sensor axes, block by block.

    Args:
        period_s: nominal sampling period T, s.
        params: constants.
        gyr_bias: (3,), rad/s, the gyroscope's bias if a calibration knows it.
    """

    def __init__(
        self,
        period_s: float,
        params: OrientationParams | None = None,
        gyr_bias: Floats | None = None,
    ) -> None:
        self._params = params or OrientationParams()
        self._period_s = period_s
        self._filter = VQF(period_s, tauAcc=self._params.tau_acc_s, restBiasEstEnabled=False)
        self._start_from(gyr_bias)
        self._last_time_s: float | None = None
        self._last_gyr = np.zeros(3)

    def _start_from(self, gyr_bias: Floats | None) -> None:
        if gyr_bias is not None:
            bias = np.array(gyr_bias, dtype=float)
            self._filter.setBiasEstimate(bias, self._params.bias_sigma_rad_s)

    def state(self) -> dict[str, object]:
        """Everything the stage remembers; give it to `restore` to go on from here."""
        return {
            "filter": self._filter.state,
            "last_time_s": self._last_time_s,
            "last_gyr": self._last_gyr.copy(),
        }

    def restore(self, state: dict[str, object]) -> None:
        """Go on from a state that `state` gave."""
        self._filter.state = state["filter"]
        self._last_time_s = state["last_time_s"]  # type: ignore[assignment] # as saved above
        self._last_gyr = np.array(state["last_gyr"])

    def step(self, samples: Samples) -> tuple[Floats, Floats, Bools]:
        """Follow one block.

        Args:
            samples: n samples.

        Returns:
            up: (n, 3), unit vector away from the earth, in sensor axes.
            gyr: (n, 3), rad/s, free of the bias as it was known at each sample.
            restart: (n,), bool, True where the filter started anew.
        """
        if len(samples) == 0:
            return np.empty((0, 3)), np.empty((0, 3)), np.empty(0, bool)
        interval, last_gyr = self._intervals(samples)
        restart = interval > self._params.longest_bridge_s
        rate, share = samples.gyr, interval / self._period_s
        if samples.gap.any():
            missing = (samples.gap & ~restart)[:, None]
            rate = np.where(missing, 0.5 * (rate + last_gyr), rate)
        if restart.any():
            share = np.where(restart, 1.0, share)
        quat, bias = self._filtered(rate * share[:, None], np.array(samples.acc), restart)
        return up_in_sensor(quat), samples.gyr - bias, restart

    def _intervals(self, samples: Samples) -> tuple[Floats, Floats]:
        first = self._last_time_s
        if first is None:
            first = float(samples.time_s[0]) - self._period_s
        interval = samples.time_s - before(samples.time_s, first)
        last_gyr = before(samples.gyr, self._last_gyr)
        self._last_time_s = float(samples.time_s[-1])
        self._last_gyr = samples.gyr[-1].copy()
        return interval, last_gyr

    def _filtered(self, gyr: Floats, acc: Floats, restart: Bools) -> tuple[Floats, Floats]:
        cuts = [0, *restart.nonzero()[0].tolist(), len(gyr)]
        quats, biases = [], []
        for start, end in pairwise(cuts):
            if start == end:
                continue
            if restart[start]:
                bias, sigma = self._filter.getBiasEstimate()
                self._filter.resetState()
                self._filter.setBiasEstimate(np.array(bias), float(sigma))
            part = self._filter.updateBatch(
                np.ascontiguousarray(gyr[start:end]), np.ascontiguousarray(acc[start:end])
            )
            quats.append(part["quat6D"])
            biases.append(part["bias"])
        if len(quats) == 1:
            return quats[0], biases[0]
        return np.concatenate(quats), np.concatenate(biases)


def up_in_sensor(quat: Floats) -> Floats:
    """The earth's up direction in sensor axes: the third row of the rotation matrix.

    Args:
        quat: (n, 4), unit quaternions w, x, y, z, sensor to earth.

    Returns:
        (n, 3), unit vectors.
    """
    w, x, y, z = quat.T
    up = np.empty((len(quat), 3))
    up[:, 0] = 2 * (x * z - w * y)
    up[:, 1] = 2 * (y * z + w * x)
    up[:, 2] = 1 - 2 * (x * x + y * y)
    return up
