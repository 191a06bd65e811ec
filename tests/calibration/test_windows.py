"""A recording without notes: the guide sees by itself when the athlete stood, lay and tilted."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from calibration.errors import CalibrationError
from calibration.placement import placement_from
from calibration.windows import find_windows
from monitor.simulation.scenario import draw
from monitor.simulation.simulate import simulate
from tests.calibration.people import Actor, angle_deg

ASKEW = Rotation.from_euler("XYZ", [40, -15, 160], degrees=True)


def arrived() -> Actor:
    return Actor(ASKEW).hold(10).walk(5).to(60).to(45).hold(10)


def tilted(actor: Actor, times: int) -> Actor:
    for _ in range(times):
        actor.bump(9).hold(0.8)
    return actor.hold(5)


def test_standing_neutral_and_tilts_are_found():
    found = find_windows(*tilted(arrived(), 3).samples())
    assert found.standing == pytest.approx((0, 10), abs=0.6)
    assert found.neutral == pytest.approx((19, 29), abs=1.0)
    assert found.tilts == pytest.approx((28, 40.4), abs=1.0)


@pytest.mark.parametrize("times", [1, 5, 10])
def test_a_set_is_not_taken_for_the_tilts(times: int):
    assert find_windows(*tilted(arrived(), times).samples()).tilts is None


def test_what_comes_long_after_neutral_is_not_taken_for_the_tilts():
    assert find_windows(*tilted(arrived().bump(bend=9).hold(15), 3).samples()).tilts is None


def test_three_reps_on_a_rumbling_sled_are_not_taken_for_the_tilts():
    time_s, acc, gyr = tilted(arrived(), 3).samples()
    rumble = 0.15 * np.random.default_rng(0).standard_normal(acc.shape) * (time_s > 30)[:, None]
    assert find_windows(time_s, acc + rumble, gyr).tilts is None


def test_three_side_bends_are_not_taken_for_the_tilts():
    actor = arrived()
    for _ in range(3):
        actor.bump(bend=10).hold(0.8)
    assert find_windows(*actor.hold(5).samples()).tilts is None


def test_who_holds_still_only_briefly_is_found_too():
    actor = Actor(ASKEW).hold(5).walk(5).to(60).to(45).hold(5).bump(bend=10).hold(3)
    assert find_windows(*actor.samples()).neutral == pytest.approx((14, 19), abs=1.0)


@pytest.mark.parametrize(
    ("actor", "missing"),
    [(Actor().walk(30), "standing still"), (Actor().hold(10).walk(20), "lying back still")],
)
def test_what_was_not_found_is_named(actor: Actor, missing: str):
    with pytest.raises(CalibrationError, match=missing):
        find_windows(*actor.samples())


@pytest.mark.parametrize("seed", range(6))
def test_the_simulated_athletes_calibration_is_found_in_his_recording(seed: int):
    simulation = simulate(
        draw(seed, sets=(), leave_s=4.0, slip="none", seat_back_deg=30.0 + 8 * seed)
    )
    samples, truth = simulation.samples, simulation.truth
    found = find_windows(samples.time_s, samples.acc, samples.gyr)
    placement = placement_from(samples.time_s, samples.acc, samples.gyr, found).placement
    assert angle_deg(placement.left, truth.mounting @ np.array([0.0, 1.0, 0.0])) < 5
    assert (found.tilts is not None) == ("range" in truth.windows)
    for name, window in (("standing", found.standing), ("neutral", found.neutral)):
        start, end = truth.windows[name]
        assert window[0] < end - 3
        assert window[1] > start + 3


def test_why_a_hold_was_of_no_use_is_told_where_none_was_found():
    time_s, acc, gyr = arrived().samples()
    with pytest.raises(CalibrationError, match=r"seems to be in g; convert it to m/s²$"):
        find_windows(time_s, acc / 9.81, gyr)


def test_what_no_sensor_gives_is_said_as_that():
    time_s, acc, gyr = arrived().samples()
    with pytest.raises(CalibrationError, match="the sensor is stuck"):
        find_windows(time_s, np.ones_like(acc), gyr)
