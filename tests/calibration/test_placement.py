"""Placement: the pelvis frame from standing, neutral and tilts, whatever the mounting."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from calibration.errors import CalibrationError
from calibration.model import Calibration
from calibration.placement import Windows, placement_from
from calibration.still import G_M_S2, Floats
from tests.calibration.people import WINDOWS, Person, angle_deg

STANDING = replace(WINDOWS, tilts=None)
TILTS = replace(WINDOWS, standing=None)

mountings = st.builds(
    Rotation.from_quat,
    st.tuples(*[st.floats(-1, 1)] * 4).filter(lambda q: np.linalg.norm(q) > 0.1),
)


def calibrate(person: Person, windows: Windows, **given_: object) -> Calibration:
    return placement_from(*person.samples(), windows, **given_)  # type: ignore[arg-type]


@settings(max_examples=30, deadline=None)
@given(mountings, st.floats(25, 80), st.integers(0, 16))
def test_standing_and_neutral_find_left_up_and_seat_in_any_mounting(
    mounting: Rotation, seat_back: float, seed: int
):
    person = Person(seat_back, mounting, seed=seed)
    placement = calibrate(person, STANDING).placement
    assert angle_deg(placement.left, person.left) < 2.5
    assert angle_deg(placement.up, person.up) < 0.3
    assert abs(placement.seat_back_deg - seat_back) < 1
    assert placement.gravity_m_s2 == pytest.approx(9.81, abs=0.02)
    assert placement.gyr_bias == pytest.approx(person.gyr_bias, abs=0.002)
    assert placement.range_deg is None


@settings(max_examples=30, deadline=None)
@given(
    mountings, st.floats(20, 80), st.floats(8, 20), st.sampled_from([0, 0.5, 1]), st.integers(0, 16)
)
def test_tilts_alone_find_left_and_the_own_range_in_any_mounting(
    mounting: Rotation, seat: float, tilt: float, back: float, seed: int
):
    person = Person(seat, mounting, tilt, anterior_deg=tilt * back, seed=seed)
    placement = calibrate(person, TILTS).placement
    assert angle_deg(placement.left, person.left) < 2
    assert abs(placement.range_deg - tilt) < 1
    assert abs(placement.left @ placement.up) < 0.03


@settings(max_examples=15, deadline=None)
@given(mountings, st.floats(25, 80), st.integers(0, 16))
def test_two_ways_together_are_surer_than_each_alone(
    mounting: Rotation, seat_back: float, seed: int
):
    person = Person(seat_back, mounting, seed=seed)
    both, one, other = (calibrate(person, part).placement for part in (WINDOWS, STANDING, TILTS))
    assert both.left_sigma_deg < min(one.left_sigma_deg, other.left_sigma_deg)
    assert angle_deg(both.left, person.left) < 2.5


@settings(max_examples=15, deadline=None)
@given(mountings, st.floats(25, 80))
def test_an_axis_given_by_one_who_knows_his_mounting_is_used(mounting: Rotation, seat_back: float):
    person = Person(seat_back, mounting)
    windows = Windows(WINDOWS.neutral)
    placement = calibrate(person, windows, axis=tuple(7 * person.left)).placement
    assert angle_deg(placement.left, person.left) < 1


def test_the_axis_is_less_sure_the_more_upright_the_seat():
    sigmas = [calibrate(Person(b), STANDING).placement.left_sigma_deg for b in (25, 45, 70)]
    assert sigmas == sorted(sigmas, reverse=True)


def test_standing_tells_posterior_even_when_the_tilts_begin_and_go_mostly_anterior():
    person = Person(tilt_deg=-6, anterior_deg=-9)
    assert calibrate(person, WINDOWS).placement.left @ person.left > 0.99


def test_a_seat_too_upright_for_standing_is_left_to_the_tilts():
    person = Person(seat_back_deg=8)
    with pytest.raises(CalibrationError, match="do the pelvic tilts"):
        calibrate(person, STANDING)
    calibration = calibrate(person, WINDOWS)
    assert angle_deg(calibration.placement.left, person.left) < 2
    assert calibration.verdict.grade == "usable"
    assert "too little to find the axis" in " ".join(calibration.verdict.reasons)


@pytest.mark.parametrize("movement", ["bend", "twist"])
@pytest.mark.parametrize("windows", [WINDOWS, TILTS])
def test_a_side_bend_or_a_twist_is_no_tilt(movement: str, windows: Windows):
    with pytest.raises(CalibrationError, match="side bend or a twist"):
        calibrate(Person(movement=movement), windows)


@pytest.mark.parametrize("movement", ["bend", "twist"])
def test_on_a_seat_where_a_side_bend_is_level_standing_still_tells(movement: str):
    seat_back = 5.0 if movement == "bend" else 85.0
    with pytest.raises(CalibrationError, match="side bend or a twist"):
        calibrate(Person(seat_back + 10 * (movement == "bend"), movement=movement), WINDOWS)


def test_who_only_breathes_made_no_tilts():
    with pytest.raises(CalibrationError, match="hardly any movement"):
        calibrate(Person(tilt_deg=0, breath_deg=1), WINDOWS)


def test_who_tilts_mostly_anterior_has_no_posterior_range_to_show():
    with pytest.raises(CalibrationError, match="too little to use"):
        calibrate(Person(tilt_deg=1.5, anterior_deg=9), WINDOWS)


def test_a_given_axis_to_the_right_contradicts_standing():
    person = Person()
    with pytest.raises(CalibrationError, match="contradict"):
        calibrate(person, STANDING, axis=tuple(-person.left))


def test_ways_that_disagree_make_a_poor_calibration_that_says_so():
    person = Person(seat_back_deg=60)
    askew = Rotation.from_rotvec(np.radians(20) * person.up).apply(person.left)
    calibration = calibrate(person, STANDING, axis=tuple(askew))
    assert calibration.verdict.grade == "poor"
    assert "disagree about the axis" in calibration.verdict.reasons[0]


def test_good_input_is_good():
    assert calibrate(Person(), WINDOWS).verdict == calibrate(Person(), WINDOWS).verdict
    assert calibrate(Person(), WINDOWS).verdict.grade == "good"


def test_a_gyroscope_clamped_to_zero_at_rest_is_normal():
    person = Person(gyr_bias=(0.0, 0.0, 0.0))
    time_s, acc, gyr = person.samples()
    gyr = np.where(np.linalg.norm(gyr, axis=1, keepdims=True) < 0.02, 0.0, gyr)
    placement = placement_from(time_s, acc, gyr, WINDOWS).placement
    assert angle_deg(placement.left, person.left) < 2


Samples = tuple[Floats, Floats, Floats]


def jerks(rows: int, size: float) -> Floats:
    return size * np.random.default_rng(1).standard_normal((rows // 10, 3)).repeat(10, axis=0)


def constant(values: Floats, axis: int) -> Floats:
    return np.where(np.arange(3) == axis, 2.0, values)


SPOILS: dict[str, Callable[[Floats, Floats, Floats], Samples]] = {
    "falling": lambda t, a, w: (t, np.where((t > 14)[:, None], 0.02 * a, a), w),
    "to be in g": lambda t, a, w: (t, a / G_M_S2, w),
    "swapped": lambda t, a, w: (t, w, a),
    "y axis never changes": lambda t, a, w: (t, constant(a, 1), w),
    "every sample is the same": lambda t, a, w: (t, 0 * a + a[0], 0 * w),
    "not numbers": lambda t, a, w: (t, np.where(t[:, None] == t[700], np.nan, a), w),
    "gyroscope is dead": lambda t, a, w: (t, a, 0 * w),
    "unit is rad/s": lambda t, a, w: (t, a, np.degrees(w)),
    "moved during the": lambda t, a, w: (t, a + jerks(len(t), 3.0), w),
    "not one rotation": lambda t, a, w: (t, a, w + jerks(len(t), 0.2) * (t > 25)[:, None]),
    "do not increase": lambda t, a, w: (t[::-1].copy(), a, w),
    "instead of 9.8": lambda t, a, w: (t, 1.3 * a, w),
    "do not fit": lambda t, a, w: (t, a[:-1], w),
    "is empty": lambda t, a, w: (t[:0], a[:0], w[:0]),
    "too few samples": lambda t, a, w: tuple(one[(t < 15) | (t > 23)] for one in (t, a, w)),
}


@pytest.mark.parametrize("sentence", SPOILS)
def test_bad_input_is_refused_with_its_own_sentence(sentence: str):
    with pytest.raises(CalibrationError, match=sentence):
        placement_from(*SPOILS[sentence](*Person().samples()), WINDOWS)


@pytest.mark.parametrize(
    ("windows", "sentence"),
    [
        (Windows((14, 14.5), (2, 12)), "shorter than"),
        (Windows((14, 99), (2, 12)), "outside the recording"),
        (Windows((24, 14), (2, 12)), "shorter than"),
        (Windows((14, float("nan")), (2, 12)), "not made of numbers"),
        (Windows((25, 43), (2, 12)), "moved during the neutral"),
        (Windows((14, 24)), "does not tell left"),
        (Windows((14, 24), None, (30, 32)), "shorter than 3 s"),
        (Windows((14, 24), (14, 24)), "differ by only"),
    ],
)
def test_windows_that_cannot_be_used_are_refused_with_their_own_sentence(
    windows: Windows, sentence: str
):
    with pytest.raises(CalibrationError, match=sentence):
        calibrate(Person(), windows)


@pytest.mark.parametrize("axis", [(0, 0, 0), (1, 2), (np.inf, 0, 0)])
def test_an_axis_that_is_no_direction_is_refused(axis: tuple[float, ...]):
    with pytest.raises(CalibrationError, match="no direction"):
        calibrate(Person(), Windows((14, 24)), axis=axis)


def test_a_restless_neutral_is_usable_and_says_so():
    person = Person()
    time_s, acc, gyr = person.samples()
    fidget = (time_s > 17) & (time_s < 19.4)
    acc[fidget] = Rotation.from_euler("Y", 9, degrees=True).apply(acc[fidget])
    calibration = placement_from(time_s, acc, gyr, STANDING)
    assert calibration.verdict.grade == "usable"
    assert "restless at neutral" in " ".join(calibration.verdict.reasons)
    assert angle_deg(calibration.placement.up, person.up) < 0.5


def test_a_gyroscope_that_missed_the_leaning_back_is_dead():
    time_s, acc, gyr = Person().samples()
    with pytest.raises(CalibrationError, match=r"gravity turned by 45° but the gyroscope by 0°"):
        placement_from(time_s, acc, np.zeros_like(gyr), replace(WINDOWS, tilts=None))


def test_a_gyroscope_nobody_heard_while_he_leant_back_is_not_called_dead():
    time_s, acc, gyr = Person().samples()
    heard = (time_s < 12) | (time_s > 14)
    found = placement_from(time_s[heard], acc[heard], gyr[heard], replace(WINDOWS, tilts=None))
    assert found.verdict.grade != "poor"
