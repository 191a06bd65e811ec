"""The watch: slips are noticed, lifters who settle are followed, and nobody is nagged for less."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from calibration.errors import CalibrationError
from calibration.model import Placement
from calibration.placement import renewed
from calibration.still import Floats, Still
from calibration.watch import Watch, Watched

RATE_HZ = 50
SEAT = np.radians(45)
ASKEW = Rotation.from_euler("XYZ", [70, -15, 120], degrees=True)
BIAS = np.zeros(3)


def placement() -> Placement:
    left, up = ASKEW.apply([0.0, 1.0, 0.0]), ASKEW.apply([np.sin(SEAT), 0.0, np.cos(SEAT)])
    return Placement(left, up, 9.81, BIAS, 45.0, None, 1.0, 0.2, 4.0, None)


class Session:
    """What the orientation stage tells of an athlete on the pad, with a strap that may slip."""

    def __init__(self) -> None:
        self._tilt: list[Floats] = []
        self._strap: list[Floats] = []
        self._pose, self._slipped = 0.0, np.zeros(3)

    def rest(self, seconds: float) -> "Session":
        return self._play(np.full(round(seconds * RATE_HZ), self._pose))

    def settle(self, degrees: float, seconds: float = 4.0) -> "Session":
        path = self._pose + np.linspace(0, degrees, round(seconds * RATE_HZ))
        self._pose += degrees
        return self._play(path)

    def reps(self, tilt: float, times: int, seconds: float = 3.0) -> "Session":
        one = np.sin(np.pi * np.linspace(0, 1, round(seconds * RATE_HZ))) ** 2
        for _ in range(times):
            self._play(self._pose + tilt * one).rest(0.4)
        return self

    def slip(self, about: tuple[float, float, float], seconds: float = 0.3) -> "Session":
        steps = np.linspace(0, 1, round(seconds * RATE_HZ))[:, None]
        path = self._slipped + steps * np.array(about)
        self._slipped = path[-1]
        self._strap.append(path)
        self._tilt.append(np.full(len(path), self._pose))
        return self

    def _play(self, tilt: Floats) -> "Session":
        self._tilt.append(tilt)
        self._strap.append(np.tile(self._slipped, (len(tilt), 1)))
        return self

    def signals(self) -> tuple[Floats, Floats, Floats]:
        """Times, up and bias-free rate, in sensor axes."""
        tilt = np.concatenate(self._tilt)
        time_s = np.arange(len(tilt)) / RATE_HZ
        tilt = tilt + 0.3 * np.sin(2 * np.pi * 0.25 * time_s) - 45
        body = Rotation.from_euler("Y", -tilt[:, None] - 90, degrees=True)
        strap = Rotation.from_rotvec(np.radians(np.vstack(self._strap)))
        sensor = body * strap * ASKEW.inv()
        rate = (sensor[:-1].inv() * sensor[1:]).as_rotvec() * RATE_HZ
        return time_s, sensor.inv().apply([0.0, 0.0, 1.0]), np.vstack([rate, rate[-1:]])

    def watched(self) -> Watched:
        return Watch(placement(), 1 / RATE_HZ).step(*self.signals())


def trained() -> Session:
    return Session().rest(5).reps(9, 5).rest(10)


def test_a_set_and_a_rest_are_no_slip():
    watched = trained().reps(9, 5).rest(10).watched()
    assert watched.slips == ()
    assert not watched.moved.any()


@pytest.mark.parametrize("about", [(0, -5, 0), (0, 5, 0), (5, 0, 0), (-5, 0, 0), (0, 0, 5)])
def test_a_slip_at_rest_is_noticed_within_three_seconds(about: tuple[float, float, float]):
    (slip,) = trained().slip(about).rest(5).watched().slips
    assert slip.kind == "slip"
    assert slip.time_s == pytest.approx(32.1, abs=0.5)
    assert slip.known_s - 32.0 < 3
    assert slip.size_deg == pytest.approx(5, abs=1.5)
    assert "strap moved" in slip.sentence


@pytest.mark.parametrize("about", [(0, -5, 0), (6, 0, 0), (-5, 3, 0)])
def test_a_slip_between_reps_is_noticed_while_the_set_goes_on(about: tuple[float, float, float]):
    (slip,) = trained().reps(9, 3).slip(about).reps(9, 4).rest(5).watched().slips
    assert slip.known_s - 42.2 < 5


def test_what_comes_after_a_slip_is_marked_until_the_pose_is_home_again():
    session = trained().slip((0, -5, 0)).rest(6).slip((0, 5, 0)).rest(4)
    watched = session.watched()
    time_s = session.signals()[0]
    known = watched.slips[0].known_s
    assert not watched.moved[time_s < known - 0.1].any()
    assert watched.moved[(time_s > known + 0.1) & (time_s < 38)].all()
    assert not watched.moved[time_s > 41].any()


def test_a_creeping_strap_is_a_rest_pose_out_of_bounds():
    (slip,) = trained().slip((0, -7, 0), seconds=20).rest(15).watched().slips
    assert slip.kind == "creep"


def test_who_settles_two_degrees_lower_is_followed_slowly():
    session = trained().settle(2).rest(30)
    watched = session.watched()
    assert watched.slips == ()
    assert watched.rest_tilt_deg[-1] == pytest.approx(2, abs=0.3)
    assert np.abs(np.diff(watched.rest_tilt_deg)).max() < 0.1


def test_a_loss_of_posture_is_not_learned_away():
    watched = trained().settle(2.5).rest(40).settle(2.0).rest(60).watched()
    assert watched.rest_tilt_deg.max() <= 3.0


def test_getting_up_is_no_slip():
    watched = trained().settle(-40, seconds=1.5).rest(20).watched()
    assert watched.slips == ()


def test_an_empty_block_passes():
    watch = Watch(placement(), 1 / RATE_HZ)
    watched = watch.step(np.empty(0), np.empty((0, 3)), np.empty((0, 3)), np.empty(0, bool))
    assert len(watched.moved) == 0
    assert watched.slips == ()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 2300), max_size=60), st.integers(1590, 1640))
def test_however_the_stream_is_cut_the_watch_says_the_same(cuts: list[int], restart_at: int):
    signals = trained().slip((3, -5, 0)).rest(5).reps(9, 2).signals()
    restart = np.zeros(len(signals[0]), bool)
    restart[restart_at] = True
    whole = Watch(placement(), 1 / RATE_HZ).step(*signals, restart)
    watch = Watch(placement(), 1 / RATE_HZ)
    edges = [0, *sorted([*cuts, restart_at + 1]), len(restart)]
    parts = [
        watch.step(*(one[start:end] for one in signals), restart[start:end])
        for start, end in pairwise(edges)
    ]
    assert sum((part.slips for part in parts), ()) == whole.slips
    for name in ("rest_tilt_deg", "rest_rise_deg", "moved"):
        joined = np.concatenate([getattr(part, name) for part in parts])
        assert np.array_equal(joined, getattr(whole, name))


def test_a_moved_strap_is_renewed_from_lying_still():
    old = placement()
    slip = Rotation.from_rotvec(np.radians([0.0, 6.0, 0.0]))
    moved = ASKEW * slip * ASKEW.inv()
    still = Still(moved.apply(old.up), 9.81, BIAS, 0.1, 1.0, 5.0)
    new = renewed(old, still)
    assert new.left == pytest.approx(moved.apply(old.left), abs=1e-9)
    assert new.up @ new.left == pytest.approx(old.up @ old.left, abs=1e-9)
    assert new.left_sigma_deg > 6


def test_another_pose_altogether_asks_for_a_new_calibration():
    still = Still(placement().left, 9.81, BIAS, 0.1, 1.0, 5.0)
    with pytest.raises(CalibrationError, match="calibrate again"):
        renewed(placement(), still)
