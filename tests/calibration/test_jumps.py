"""Jumps: what the strap turns and what the body turns, by what the accelerometer feels of it."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from calibration.jumps import Jump, Jumps
from calibration.still import Floats

DT = 0.05
LOOKED = 10
LEVER = np.array([0.0, -0.08, -0.03])


def smooth_step(time_s: Floats, at_s: float, lasts_s: float) -> Floats:
    u = np.clip((time_s - at_s) / lasts_s + 0.5, 0.0, 1.0)
    return np.asarray(u**3 * (10.0 - 15.0 * u + 6.0 * u * u))


class Wearer:
    """Someone who rolls to and fro, with a sensor that hangs on a lever; then something turns."""

    def __init__(self, lever: Floats = LEVER) -> None:
        self._lever = lever
        self._fine_s = np.arange(0.0, 40.0, DT / 20)
        roll = 6.0 * np.sin(2 * np.pi * 0.4 * self._fine_s) ** 3
        self._body = np.outer(np.where(self._fine_s < 35.0, roll, 0.0), [-1.0, 0.3, 0.2])
        self._strap = np.zeros_like(self._body)

    def body_turns(self, about: tuple[float, float, float], lasts_s: float = 0.4) -> "Wearer":
        self._body += np.outer(smooth_step(self._fine_s, 38.0, lasts_s), about)
        return self

    def strap_turns(self, about: tuple[float, float, float], lasts_s: float = 0.4) -> "Wearer":
        self._strap += np.outer(smooth_step(self._fine_s, 38.0, lasts_s), about)
        return self

    def force_and_rate(self) -> tuple[Floats, Floats]:
        """Means over each point's samples, in sensor axes."""
        step_s = self._fine_s[1]
        body = Rotation.from_rotvec(np.radians(self._body))
        sensor = body * Rotation.from_rotvec(np.radians(self._strap))
        path = body.apply(self._lever)
        pushed = np.gradient(np.gradient(path, step_s, axis=0), step_s, axis=0)
        turned = (sensor[:-1].inv() * sensor[1:]).as_rotvec() / step_s
        rate = np.vstack([turned, turned[-1:]])
        noise = np.random.default_rng(4).standard_normal(pushed.shape)
        force = sensor.inv().apply(pushed) + 0.02 * noise
        return force.reshape(-1, 20, 3).mean(axis=1), rate.reshape(-1, 20, 3).mean(axis=1)

    def jump(self) -> Jump:
        """The likeliest jump of the last seconds, by what it explains."""
        force, rate = self.force_and_rate()
        jumps = Jumps(DT, LOOKED)
        found = []
        span = LOOKED + 2 * jumps.margin
        for end in range(span, len(force) + 1, LOOKED):
            part = slice(end - span, end)
            told = jumps.among(force[part], rate[part], np.ones(span, bool))
            at_s = DT * (end - span + jumps.margin)
            found += [one for one in told if abs(at_s + DT * one.at - 38.0) < 0.2]
        return max(found, key=lambda one: one.size_deg)


TURNS = [(5.0, 0.0, 0.0), (-5.0, 0.0, 0.0), (4.0, 2.0, -2.0), (-6.0, 1.0, 2.0)]


@pytest.mark.parametrize("about", TURNS)
@pytest.mark.parametrize("lasts_s", [0.25, 0.4, 0.55])
def test_a_strap_that_turns_the_sensor_on_the_spot_is_told_from_a_body(
    about: tuple[float, float, float], lasts_s: float
) -> None:
    strap = Wearer().strap_turns(about, lasts_s).jump()
    assert strap.lever > 4
    assert np.degrees(strap.turn) == pytest.approx(about, abs=0.8)


@pytest.mark.parametrize("about", TURNS)
def test_a_body_that_turns_as_quickly_takes_the_sensor_along(about: tuple[float, float, float]):
    assert Wearer().body_turns(about).jump().lever < -4


def test_without_a_lever_nobody_can_tell():
    level = Wearer(np.zeros(3))
    assert abs(level.body_turns((5.0, 0.0, 0.0)).jump().lever) < 0.7


def test_a_turn_about_the_lever_says_less_than_one_across_it():
    about, across = 5.0 * LEVER / np.linalg.norm(LEVER), (5.0, 0.0, 0.0)
    little = Wearer().strap_turns((float(about[0]), float(about[1]), float(about[2]))).jump()
    assert little.lever < Wearer().strap_turns(across).jump().lever - 1


def test_what_a_strap_turned_within_a_turn_of_the_body_is_told_apart() -> None:
    both = Wearer().body_turns((-7.0, 0.0, 0.0), 0.5).strap_turns((-5.0, 0.0, 0.0), 0.5).jump()
    assert np.degrees(both.turn[0]) == pytest.approx(-5.0, abs=2.0)


def test_who_lies_still_has_no_jumps():
    still = np.zeros((LOOKED + 2 * Jumps(DT, LOOKED).margin, 3))
    assert Jumps(DT, LOOKED).among(still, still, np.ones(len(still), bool)) == []


def test_nothing_is_said_of_a_turn_across_a_gap() -> None:
    force, rate = Wearer().strap_turns((5.0, 0.0, 0.0)).force_and_rate()
    jumps = Jumps(DT, LOOKED)
    span = LOOKED + 2 * jumps.margin
    end = round(38.0 / DT) + span // 2
    part, whole = slice(end - span, end), np.ones(span, bool)
    assert jumps.among(force[part], rate[part], whole) != []
    whole[span // 2] = False
    assert jumps.among(force[part], rate[part], whole) == []
