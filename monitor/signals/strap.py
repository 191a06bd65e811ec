"""Tilt and shift as they are while the strap may slip: the watch's word, sample by sample.

Until a slip is known nothing is changed. From then on the pelvis is seen through the placement as
the sensor has turned; sigma holds what is not known of that turn, and of a rest pose out of bounds.
"""

from itertools import pairwise

import numpy as np

from calibration.model import Placement
from calibration.watch import Seat, Watch
from monitor.samples import PHASES, Bools, Floats, Samples
from monitor.signals.movement import Moves
from monitor.signals.pelvis import Pelvis

AWAY = PHASES.index("away")
LIFT_SHARE = 0.1
"""What a turn of 5° lets into the lift of the movement along the pad, as a share of the lift."""
LIFT_SIGMA_M = 0.005
"""And of an unknown movement of the sensor over the skin, m: a strap slides when it slips."""


class Strap:
    """Watches the strap and corrects for it; chunk-invariant.

    Args:
        placement: how the sensor sat at the calibration.
        pelvis: the stage that sees the pelvis through that placement.
        period_s: nominal sampling period, s.
    """

    def __init__(self, placement: Placement, pelvis: Pelvis, period_s: float) -> None:
        self._watch = Watch(placement, period_s)
        self._calibrated = self._pelvis = pelvis
        self._doubtful = False
        self._settled_deg = 0.0

    def step(
        self, samples: Samples, up: Floats, gyr: Floats, restart: Bools, moves: Moves
    ) -> list[Seat]:
        """Follow one block; what changed in it, in order.

        Args:
            samples: n samples.
            up: (n, 3), unit up direction in sensor axes.
            gyr: (n, 3), rad/s, free of bias.
            restart: (n,), bool, where the orientation started anew.
            moves: what the athlete does.
        """
        lying = moves.phase > AWAY
        return self._watch.step(samples.time_s, up, samples.acc, gyr, restart, lying)

    def settled(self, time_s: Floats) -> Floats:
        """(n,), °, the tilt of the rest pose at each sample of the block just followed."""
        known_s, tilt_deg = self._watch.settled()
        if not tilt_deg:
            return np.full(len(time_s), self._settled_deg)
        levels = np.array([self._settled_deg, *tilt_deg])
        self._settled_deg = float(levels[-1])
        return levels[np.searchsorted(known_s, time_s, "right")]

    def corrected(
        self, time_s: Floats, up: Floats, seen: tuple[Floats, Floats, Floats], seats: list[Seat]
    ) -> tuple[Floats, Floats, Floats, Bools]:
        """Tilt, its sigma, shift (rad) and whether there is doubt, at each sample of a block.

        Args:
            time_s: (n,), s.
            up: (n, 3), unit up direction in sensor axes.
            seen: tilt, sigma and shift as the calibrated placement gives them.
            seats: what changed in the block.
        """
        if not seats and self._pelvis is self._calibrated:
            return *seen, np.zeros(len(time_s), bool)
        cuts = [0, *np.searchsorted(time_s, [s.known_s for s in seats]).tolist(), len(time_s)]
        parts, doubts = [], []
        for (start, end), seat in zip(pairwise(cuts), [None, *seats], strict=True):
            if seat is not None:
                self._pelvis = Pelvis(seat.placement)
                self._doubtful = seat.why != "home"
            parts.append(self._pelvis.step(up[start:end]))
            doubts.append(np.full(end - start, self._doubtful))
        tilt, sigma, shift = (np.concatenate(column) for column in zip(*parts, strict=True))
        return tilt, sigma, shift, np.concatenate(doubts)


def lift_sigma(lift: Floats, sigma: Floats, doubt: Bools) -> Floats:
    """(n,), m, what is not known of the lift where the strap has just moved."""
    if not doubt.any():
        return sigma
    more = np.where(doubt, np.hypot(LIFT_SIGMA_M, LIFT_SHARE * lift), 0.0)
    return np.asarray(np.hypot(sigma, more))
