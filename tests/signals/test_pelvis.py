"""Tilt and shift are what they are called, whichever way the sensor was strapped on."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from monitor.signals.pelvis import Pelvis
from tests.signals.placements import placement

angles = st.floats(-180.0, 180.0)
mountings = st.builds(
    lambda x, y, z: Rotation.from_euler("xyz", [x, y, z], degrees=True), angles, angles, angles
)


def up_of(mounting: Rotation, seat_back_deg: float, turned: Rotation) -> np.ndarray:
    """Up in sensor axes once the pelvis has turned from neutral, about its own axes."""
    beta = np.radians(seat_back_deg)
    up_in_pelvis = turned.inv().apply([np.sin(beta), 0.0, np.cos(beta)])
    return mounting.apply(up_in_pelvis)[None]


@given(mounting=mountings, seat_back=st.floats(20.0, 80.0), tilt=st.floats(-40.0, 40.0))
def test_rolling_backwards_is_positive_by_its_angle(
    mounting: Rotation, seat_back: float, tilt: float
):
    up = up_of(mounting, seat_back, Rotation.from_euler("y", -tilt, degrees=True))
    found, _, shift = Pelvis(placement(mounting, seat_back)).step(up)
    assert np.isclose(np.degrees(found[0]), tilt, atol=1e-6)
    assert abs(shift[0]) < 1e-9


@given(mounting=mountings, seat_back=st.floats(20.0, 65.0), shift=st.floats(-8.0, 8.0))
def test_the_left_side_up_is_positive_by_its_angle(
    mounting: Rotation, seat_back: float, shift: float
):
    up = up_of(mounting, seat_back, Rotation.from_euler("x", shift, degrees=True))
    tilt, _, found = Pelvis(placement(mounting, seat_back)).step(up)
    assert np.isclose(np.degrees(found[0]), shift, atol=0.05)
    assert abs(np.degrees(tilt[0])) < 0.5


@given(mounting=mountings, turn=st.floats(-90.0, 90.0))
def test_turning_on_the_spot_changes_nothing(mounting: Rotation, turn: float):
    beta = np.radians(45.0)
    vertical = np.array([np.sin(beta), 0.0, np.cos(beta)])
    up = up_of(mounting, 45.0, Rotation.from_rotvec(np.radians(turn) * vertical))
    tilt, _, shift = Pelvis(placement(mounting)).step(up)
    assert abs(np.degrees(tilt[0])) < 1e-6
    assert abs(np.degrees(shift[0])) < 1e-6


@given(mounting=mountings, rate=st.floats(-2.0, 2.0))
def test_the_tilting_rate_is_the_turn_about_the_axis_to_the_right(mounting: Rotation, rate: float):
    gyr = mounting.apply([0.3, -rate, 0.1])[None]
    assert np.isclose(Pelvis(placement(mounting)).rate(gyr)[0], rate)


def test_uncertainty_grows_with_the_angle_turned():
    mounting = Rotation.identity()
    ups = [up_of(mounting, 45.0, Rotation.from_euler("y", -t, degrees=True)) for t in (0.0, 20.0)]
    _, sigma, _ = Pelvis(placement(mounting)).step(np.concatenate(ups))
    assert 0.0 < sigma[0] < sigma[1]
