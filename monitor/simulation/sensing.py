"""From the moving sensor to its numbers, with everything a cheap one gets wrong.

measured = quantise(clip(scale · misalignment · true + bias + noise)), in axes that the maker
named as he liked, on a sensor that the athlete strapped on as it came. True specific force is
Rᵀ(p̈ + g·up), true rate is the pose's own: both from one rigid pose, so they agree exactly.
"""

from itertools import permutations, product

import numpy as np

from monitor.samples import Floats
from monitor.simulation import rotation
from monitor.simulation.body import Body, acceleration
from monitor.simulation.parts import Sensor
from monitor.simulation.scenario import Scenario

G = 9.80665
"""m/s², standard gravity, the unit accelerometer ranges are given in."""


def mounting(sensor: Sensor) -> Floats:
    """(3, 3): takes a vector in pelvis axes to sensor axes.

    Turned about its face (x), turned inside out (half a turn about z), tipped askew about an
    axis in its face, its axes named as the maker liked.
    """
    tip = np.deg2rad(sensor.askew_axis_deg)
    pose = rotation.about((1.0, 0.0, 0.0), sensor.face_deg)
    pose = rotation.then(pose, rotation.about((0.0, 0.0, 1.0), 180.0 * sensor.flipped))
    pose = rotation.then(pose, rotation.about((0.0, np.cos(tip), np.sin(tip)), sensor.askew_deg))
    return np.asarray(_namings()[sensor.naming] @ rotation.matrix(pose).T)


def _namings() -> list[Floats]:
    """The 24 right-handed ways to name three axes."""
    return [
        named
        for order in permutations(range(3))
        for signs in product((1.0, -1.0), repeat=3)
        if np.linalg.det(named := np.diag(signs)[:, order]) > 0.0
    ]


def true_readings(
    scenario: Scenario, body: Body, rate_hz: float, oversampling: int
) -> tuple[Floats, Floats]:
    """What an ideal sensor in the same place reads: acc (n, 3) m/s², gyr (n, 3) rad/s."""
    beta = np.deg2rad(scenario.machine.seat_back_deg)
    up = np.array([np.sin(beta), 0.0, np.cos(beta)])
    force = acceleration(body.position, rate_hz) + scenario.machine.gravity_m_s2 * up
    turn = mounting(scenario.sensor).T
    acc = rotation.inward(body.pose, force) @ turn
    gyr = rotation.body_rate(body.pose, rate_hz) @ turn
    return (
        _sampled(acc, oversampling, averaging=scenario.sensor.averaging),
        _sampled(gyr, oversampling, averaging=scenario.sensor.averaging),
    )


def _sampled(fine: Floats, oversampling: int, *, averaging: bool) -> Floats:
    """The instants' values, or the means over the intervals that end at them."""
    count = sample_count(len(fine), oversampling)
    if not averaging:
        return np.ascontiguousarray(fine[oversampling - 1 :: oversampling][:count])
    return np.asarray(fine[: count * oversampling].reshape(count, oversampling, 3).mean(axis=1))


def sample_count(fine: int, oversampling: int) -> int:
    """How many samples there are; sample i is at fine index (i + 1)·oversampling − 1."""
    return fine // oversampling


def measured(scenario: Scenario, acc: Floats, gyr: Floats) -> tuple[Floats, Floats]:
    """What this sensor makes of the true readings, in whole steps of its int16."""
    sensor, rng = scenario.sensor, np.random.default_rng([scenario.seed, 8])
    rate_hz = sensor.rate_hz * (1.0 + sensor.rate_error)
    white = np.sqrt(rate_hz / 2.0)
    walk = rng.standard_normal(gyr.shape).cumsum(axis=0) / np.sqrt(rate_hz)
    acc = acc @ _triad(sensor.acc_scale, sensor.misalignment_deg[0]).T + sensor.acc_bias
    gyr = gyr @ _triad(sensor.gyr_scale, sensor.misalignment_deg[1]).T
    gyr = gyr + np.deg2rad(np.array(sensor.gyr_bias_deg) + sensor.gyr_walk_deg * walk)
    acc = acc + sensor.acc_noise * white * rng.standard_normal(acc.shape)
    gyr = gyr + sensor.gyr_noise * white * rng.standard_normal(gyr.shape)
    acc_step, gyr_step = steps(sensor)
    return _quantised(acc, acc_step), _quantised(gyr, gyr_step)


def steps(sensor: Sensor) -> tuple[float, float]:
    """One count of the sensor's int16: m/s² and rad/s."""
    return (
        sensor.acc_range_g * G / 32768,
        float(np.deg2rad(sensor.gyr_range_deg)) / 32768,
    )


def _triad(scale: tuple[float, float, float], misalignment_deg: tuple[float, ...]) -> Floats:
    """Gain of a triad whose axes are neither equal nor square to each other."""
    gain = np.diag(1.0 + np.array(scale))
    gain[~np.eye(3, dtype=bool)] = np.deg2rad(misalignment_deg)
    return gain


def _quantised(values: Floats, step: float) -> Floats:
    return np.asarray(np.clip(np.rint(values / step), -32768, 32767) * step)
