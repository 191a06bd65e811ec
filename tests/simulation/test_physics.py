"""The simulator obeys the laws of motion: what its sensor says is what its body does."""

from dataclasses import replace

import numpy as np
import pytest

from monitor.samples import Floats
from monitor.simulation import rotation
from monitor.simulation.body import Body, move
from monitor.simulation.choreography import choreograph
from monitor.simulation.scenario import Scenario, draw
from monitor.simulation.sensing import mounting, true_readings
from monitor.simulation.simulate import simulate

RATE_HZ = 400.0
IDEAL = {
    "rate_hz": 100.0,
    "rate_error": 0.0,
    "averaging": False,
    "acc_noise": 0.0,
    "gyr_noise": 0.0,
    "acc_bias": (0.0, 0.0, 0.0),
    "gyr_bias_deg": (0.0, 0.0, 0.0),
    "gyr_walk_deg": 0.0,
    "acc_scale": (0.0, 0.0, 0.0),
    "gyr_scale": (0.0, 0.0, 0.0),
    "misalignment_deg": ((0.0,) * 6, (0.0,) * 6),
    "acc_range_g": 16.0,
    "slip": "none",
}
CALM = {
    "sway_deg": 0.0,
    "breathing_tilt_deg": 0.0,
    "breathing_mm": 0.0,
    "heart_m_s2": 0.0,
    "standing_list_deg": 0.0,
    "standing_lean_deg": 0.0,
}
seeds = pytest.mark.parametrize("seed", range(4))


def _moved(scenario: Scenario) -> Body:
    session = choreograph(scenario, RATE_HZ)
    count = round(session.score.now_s * RATE_HZ)
    return move(scenario, session.score.render(count), count, RATE_HZ)


def _turned(gyr: Floats, dt: float) -> Floats:
    """The turn that body rates make in all (trapezoids of the rate, exact turns, by halving)."""
    turn = (gyr[1:] + gyr[:-1]) / 2.0 * dt
    angle = np.linalg.norm(turn, axis=1, keepdims=True)
    turns = np.hstack([np.cos(angle / 2.0), turn * np.sinc(angle / 2.0 / np.pi) / 2.0])
    while len(turns) > 1:
        odd = turns[len(turns) // 2 * 2 :]
        turns = np.vstack([rotation.then(turns[:-1:2], turns[1::2]), odd])
    return turns[0]


@seeds
def test_integrating_the_gyroscope_from_the_first_pose_gives_the_last_pose(seed: int):
    scenario = draw(seed, **IDEAL)
    body = _moved(scenario)
    _, gyr = true_readings(scenario, body, RATE_HZ, 1)
    in_pelvis_axes = gyr @ mounting(scenario.sensor)
    last = rotation.then(body.pose[0], _turned(in_pelvis_axes, 1.0 / RATE_HZ))
    off = rotation.then(last * np.array([1.0, -1.0, -1.0, -1.0]), body.pose[-1])
    assert np.rad2deg(2.0 * np.linalg.norm(off[1:])) < 0.3


@seeds
def test_integrating_the_accelerometer_twice_gives_the_path_of_the_sensor(seed: int):
    scenario = draw(seed, **IDEAL)
    body = _moved(scenario)
    acc, _ = true_readings(scenario, body, RATE_HZ, 1)
    force = rotation.outward(body.pose, acc @ mounting(scenario.sensor))
    beta = np.deg2rad(scenario.machine.seat_back_deg)
    up = np.array([np.sin(beta), 0.0, np.cos(beta)])
    moved = (force - scenario.machine.gravity_m_s2 * up) / RATE_HZ**2
    first = body.position[1] - body.position[0]
    velocity = np.cumsum(moved[1:-1], axis=0) + first
    path = body.position[1] + np.cumsum(velocity, axis=0)
    np.testing.assert_allclose(path, body.position[2:], atol=1e-6)


@seeds
def test_at_rest_the_accelerometer_reads_gravity_through_the_mounting(seed: int):
    simulation = simulate(draw(seed, **IDEAL, **CALM))
    truth, samples = simulation.truth, simulation.samples
    beta = np.deg2rad(truth.seat_back_deg)
    directions = {"standing": [0.0, 0.0, 1.0], "neutral": [np.sin(beta), 0.0, np.cos(beta)]}
    for window, up in directions.items():
        a, b = truth.windows[window]
        still = samples.acc[(samples.time_s > a + 2.0) & (samples.time_s < b)].mean(axis=0)
        expected = simulation.scenario.machine.gravity_m_s2 * truth.mounting @ up
        np.testing.assert_allclose(still, expected, atol=0.01)


@seeds
def test_the_direction_of_gravity_in_the_pelvis_is_the_true_tilt(seed: int):
    """At rest on the pad, whatever the heading; the mounting is taken out, the roll is small."""
    simulation = simulate(draw(seed, **IDEAL, wedge_deg=0.0))
    truth = simulation.truth
    up = simulation.samples.acc @ truth.mounting
    speed = np.linalg.norm(simulation.samples.gyr, axis=1)
    shake = np.linalg.norm(np.gradient(up, axis=0), axis=1)
    still = truth.on_pad & (speed < 0.01) & (shake < 0.01) & (np.abs(truth.shift_deg) < 1.0)
    tilt_deg = np.rad2deg(np.arctan2(up[:, 0], up[:, 2])) - truth.seat_back_deg
    assert np.sum(still) > 500
    assert np.median(np.abs(tilt_deg - truth.tilt_deg)[still]) < 0.1


def test_posterior_tilt_turns_the_top_of_the_pelvis_backwards_and_shift_lifts_its_left():
    cranial, left = np.array([0.0, 0.0, 1.0]), np.array([0.0, 1.0, 0.0])
    tilted = rotation.outward(rotation.about((0.0, -1.0, 0.0), 10.0), cranial)
    shifted = rotation.outward(rotation.about((1.0, 0.0, 0.0), 10.0), left)
    assert tilted[0] < 0.0
    assert shifted[2] > 0.0


@seeds
def test_lift_is_what_takes_the_site_away_from_the_pad(seed: int):
    """Without breath, shaking and soft tissue, the sensor's path along the normal is the lift."""
    firm = {"wobble_hz": 200.0, "wobble_deg": 0.0, "settle_deg": 0.0, "bang_m_s2": 0.0}
    scenario = draw(seed, **IDEAL, **CALM, **firm, vibration_m_s2=0.0, tremor_m_s2=0.0)
    truth, body = simulate(scenario).truth, _moved(scenario)
    path_mm = body.position[3::4, 0][: len(truth)] * 1e3
    a, b = truth.windows["neutral"]
    path_mm -= path_mm[(truth.time_s > a) & (truth.time_s < b)].mean()
    within = truth.rep > 0
    assert np.abs(path_mm - truth.lift_mm)[within].max() < 0.1


@seeds
def test_a_slipping_strap_turns_the_sensor_and_not_the_pelvis(seed: int):
    firm = draw(seed, slip="none")
    loose = replace(firm, sensor=replace(firm.sensor, slip="step", slip_deg=6.0))
    before, after = simulate(firm), simulate(loose)
    np.testing.assert_array_equal(before.truth.tilt_deg, after.truth.tilt_deg)
    ((at_s, deg),) = after.truth.slips
    assert deg == pytest.approx(6.0)
    a, b = before.samples.acc, after.samples.acc
    untouched = before.samples.time_s < at_s - 0.5
    np.testing.assert_array_equal(a[untouched], b[untouched])
    assert np.abs(a - b)[before.samples.time_s > at_s + 0.5].max() > 0.3


def test_soft_tissue_rings_on_after_a_blow():
    quiet = {**IDEAL, **CALM, "vibration_m_s2": 0.0, "tremor_m_s2": 0.0, "tremor_deg": 0.0}
    firm = simulate(draw(2, **quiet, wobble_hz=200.0, wobble_deg=0.0, bang_share=1.0))
    soft = simulate(draw(2, **quiet, wobble_hz=4.0, wobble_deg=0.3, bang_share=1.0))
    assert np.abs(soft.samples.gyr - firm.samples.gyr).max() > np.deg2rad(1.0)
