"""How far the pelvis has rolled from neutral, from the direction of gravity alone.

The calibration gives, in sensor axes, the mediolateral axis l (to the athlete's left) and the up
direction u0 at neutral. With u the up direction now,

    a = normalise(u0 - (u0·l) l),    b = l × a                                        (1)
    tilt = atan2(u·b, u·a)                                                            (2)

is the angle about l from neutral, posterior positive: rolling backwards turns up from cranial
towards anterior, which is the sense of rotation from a to b. Gravity does not drift, so neither
does the tilt. Rotation about the vertical moves nothing in (2).

Obliquity is a rotation φ about the anteroposterior axis; it lifts l out of the horizontal by
sin φ cos β, where β is the seat back's angle from vertical:

    shift = (asin(u·l) - asin(u0·l)) / cos β                                          (3)

On a nearly flat machine gravity says little about it (cos β → 0): β counts as at most 70°, so
that the answer fades instead of exploding.

Uncertainty of the tilt, as variances: the neutral direction's own, the filter's while moving, a
share of the angle turned (gyroscope scale, soft tissue), and what a wrong mediolateral axis lets
in of the sideways rotation.
"""

from dataclasses import dataclass

import numpy as np

from calibration.model import Placement
from calibration.products import dot
from monitor.samples import Floats


@dataclass(frozen=True, slots=True)
class PelvisParams:
    """Constants of the pelvis stage.

    Attributes:
        flattest_seat_back_deg: β is not believed beyond this in (3), °.
        usual_seat_back_deg: β where the calibration could not tell, °: the 45° sled.
        filter_sigma_deg: inclination error of the orientation filter during a set, °.
        turned_share: sigma per degree turned, 1.
    """

    flattest_seat_back_deg: float = 70.0
    usual_seat_back_deg: float = 45.0
    filter_sigma_deg: float = 0.25
    turned_share: float = 0.02


class Pelvis:
    """Tilt and shift of the calibrated pelvis. Has no memory: any cutting gives the same."""

    def __init__(self, placement: Placement, params: PelvisParams | None = None) -> None:
        self._params = params or PelvisParams()
        still_deg = np.hypot(placement.up_sigma_deg, self._params.filter_sigma_deg)
        self._still_sigma = float(np.radians(still_deg))
        self._left_sigma = float(np.radians(placement.left_sigma_deg))
        left = placement.left / np.linalg.norm(placement.left)
        ahead = placement.up - (placement.up @ left) * left
        self._left = left
        self._a = ahead / np.linalg.norm(ahead)
        self._b = np.cross(left, self._a)
        self._left_at_neutral = float(np.arcsin(placement.up @ left / np.linalg.norm(placement.up)))
        back = placement.seat_back_deg
        back = self._params.usual_seat_back_deg if back is None else back
        self._cos_back = float(np.cos(np.radians(min(back, self._params.flattest_seat_back_deg))))

    def step(self, up: Floats) -> tuple[Floats, Floats, Floats]:
        """The pelvis at each sample.

        Args:
            up: (n, 3), unit up direction in sensor axes.

        Returns:
            tilt, tilt_sigma, shift: each (n,), rad; tilt posterior positive, shift left side up.
        """
        tilt = np.arctan2(dot(up, self._b), dot(up, self._a))
        sine = np.minimum(np.maximum(dot(up, self._left), -1.0), 1.0)
        leftward = np.arcsin(sine) - self._left_at_neutral
        return tilt, self._sigma(tilt, leftward), leftward / self._cos_back

    def _sigma(self, tilt: Floats, leftward: Floats) -> Floats:
        turned, let_in = self._params.turned_share * tilt, self._left_sigma * leftward
        still = self._still_sigma * self._still_sigma
        sigma: Floats = np.sqrt(still + turned * turned + let_in * let_in)
        return sigma

    def rate(self, gyr: Floats) -> Floats:
        """Tilting rate, rad/s, posterior positive: a backward roll is a turn about -l.

        Args:
            gyr: (n, 3), rad/s, free of bias.
        """
        return -dot(gyr, self._left)
