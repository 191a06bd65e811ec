"""Back lift: a made-up back that lies, lifts and lands, watched by a sensor that is not perfect."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from calibration.model import Placement
from monitor.samples import Bools, Floats, Samples
from monitor.signals.lift import Lift, bounded
from monitor.signals.lift_params import LiftParams
from monitor.signals.orientation import Orientation
from monitor.signals.pelvis import Pelvis

SEAT_BACK_DEG = 45.0
G = 9.81


@dataclass(frozen=True, slots=True)
class Back:
    """A sensor on a back whose path along the pad's normal and tilt are known."""

    samples: Samples
    placement: Placement


def back(
    lift: Floats, tilt: Floats, rate_hz: float = 100.0, beta_deg: float = SEAT_BACK_DEG
) -> Back:
    rng = np.random.default_rng(0)
    dt = 1.0 / rate_hz
    beta = np.radians(beta_deg)
    up = np.stack([np.sin(beta + tilt), np.zeros_like(tilt), np.cos(beta + tilt)], axis=1)
    normal = np.stack([np.cos(tilt), np.zeros_like(tilt), -np.sin(tilt)], axis=1)
    pushed = np.gradient(np.gradient(lift, dt), dt)
    acc = G * up + pushed[:, None] * normal + rng.normal(0.0, 0.01, up.shape)
    gyr = rng.normal(0.0, np.radians(0.05), up.shape)
    gyr[:, 1] -= np.diff(tilt, prepend=tilt[0]) / dt
    time_s = np.arange(len(lift)) * dt
    samples = Samples(time_s, acc, gyr, np.zeros(len(lift), bool))
    neutral = np.array([np.sin(beta), 0.0, np.cos(beta)])
    left = np.array([0.0, 1.0, 0.0])
    placement = Placement(left, neutral, G, np.zeros(3), beta_deg, None, 1.0, 0.3, 2.0, None)
    return Back(samples, placement)


def bump(time_s: Floats, start_s: float, edge_s: float, hold_s: float) -> Floats:
    """0, up to 1 within `edge_s`, there for `hold_s`, and down again."""
    up = np.clip((time_s - start_s) / edge_s, 0.0, 1.0)
    down = np.clip((time_s - start_s - edge_s - hold_s) / edge_s, 0.0, 1.0)
    return _smooth(up) - _smooth(down)


def _smooth(u: Floats) -> Floats:
    return np.asarray(u**3 * (10.0 - 15.0 * u + 6.0 * u * u))


def stages(body: Back) -> tuple[Lift, Floats, Floats, Bools]:
    period_s = float(np.median(np.diff(body.samples.time_s)))
    up, _, restart = Orientation(period_s, gyr_bias=body.placement.gyr_bias).step(body.samples)
    tilt, _, _ = Pelvis(body.placement).step(up)
    return Lift(body.placement, period_s), up, tilt, restart


def follow(body: Back, cuts: tuple[int, ...] = ()) -> tuple[Floats, Floats, Lift]:
    stage, up, tilt, restart = stages(body)
    edges = [0, *sorted(cuts), len(body.samples)]
    parts = [
        stage.step(body.samples[a:b], up[a:b], tilt[a:b], restart[a:b]) for a, b in pairwise(edges)
    ]
    lift, sigma = (np.concatenate(column) for column in zip(*parts, strict=True))
    return lift, sigma, stage


TIME_S = np.arange(0.0, 20.0, 0.01)
REPS = sum(np.radians(8.0) * bump(TIME_S, start, 1.0, 0.3) for start in (5.0, 9.0, 13.0))
LIFTS = sum(0.03 * bump(TIME_S, start, 0.3, 0.6) for start in (5.5, 9.5, 13.5))
STILL = np.zeros_like(TIME_S)
BODY = back(LIFTS, REPS)
SETTLED = TIME_S > 4.0


def test_a_back_that_bridges_up_by_three_centimetres_is_seen():
    lift, _, _ = follow(BODY)
    late = TIME_S > 8.0  # the first rep teaches the filter
    assert np.sqrt(np.mean((lift - LIFTS)[late] ** 2)) < 5e-3


def test_a_back_that_never_leaves_the_pad_raises_nothing():
    lift, _, _ = follow(back(STILL, REPS))
    assert np.max(np.abs(lift[SETTLED])) < 12e-3


def test_the_error_stays_within_what_sigma_promises():
    lift, sigma, _ = follow(BODY)
    inside = np.abs(lift - LIFTS)[SETTLED] < 2.0 * sigma[SETTLED]
    assert np.mean(inside) > 0.9


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, len(TIME_S)), max_size=12))
def test_any_cutting_of_the_stream_gives_the_same_lift_and_the_same_hindsight(cuts: list[int]):
    lift, sigma, whole = follow(BODY)
    cut_lift, cut_sigma, cut = follow(BODY, tuple(cuts))
    np.testing.assert_array_equal(lift, cut_lift)
    np.testing.assert_array_equal(sigma, cut_sigma)
    assert whole.hindsight(9.0, 11.3, 11.7) == cut.hindsight(9.0, 11.3, 11.7)


def test_an_empty_block_gives_an_empty_lift():
    stage, up, tilt, restart = stages(BODY)
    lift, sigma = stage.step(BODY.samples[:0], up[:0], tilt[:0], restart[:0])
    assert len(lift) == len(sigma) == 0


def test_hindsight_knows_how_high_a_rep_went():
    _, _, stage = follow(BODY)
    peak, sigma = stage.hindsight(9.0, 11.3, 11.7)
    assert peak == pytest.approx(0.03, abs=4e-3)
    assert abs(peak - 0.03) < 2.0 * sigma + 1e-3


def test_hindsight_does_not_look_beyond_what_was_known():
    _, _, whole = follow(BODY)
    n = int(np.searchsorted(TIME_S, 11.7, "right"))
    _, _, early = follow(replace(BODY, samples=BODY.samples[:n]))
    assert whole.hindsight(9.0, 11.3, 11.7) == early.hindsight(9.0, 11.3, 11.7)


def test_of_a_rep_nobody_saw_nothing_is_said():
    _, _, stage = follow(BODY)
    assert np.isnan(stage.hindsight(100.0, 102.0, 102.5)).all()


def test_nothing_is_said_of_an_athlete_who_stands():
    lift, _, _ = follow(back(STILL, np.full_like(TIME_S, -np.radians(45.0))))
    assert np.all(np.isnan(lift[100:]))


def test_a_body_that_has_just_lain_down_is_given_time_to_settle():
    lift, _, _ = follow(BODY)
    assert np.all(np.isnan(lift[TIME_S < 2.5]))


def test_how_the_sensor_is_mounted_does_not_matter():
    turn, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))
    turn *= np.sign(np.linalg.det(turn))
    samples, placement = BODY.samples, BODY.placement
    turned = Back(
        replace(samples, acc=samples.acc @ turn.T, gyr=samples.gyr @ turn.T),
        replace(placement, left=turn @ placement.left, up=turn @ placement.up),
    )
    lift, _, _ = follow(BODY)
    other, _, _ = follow(turned)
    np.testing.assert_allclose(other[SETTLED], lift[SETTLED], atol=1e-3)


@pytest.mark.parametrize("beta_deg", [20.0, 80.0])
def test_any_seat_back_will_do(beta_deg: float):
    lift, _, _ = follow(back(LIFTS, REPS, beta_deg=beta_deg))
    late = TIME_S > 8.0
    assert np.sqrt(np.mean((lift - LIFTS)[late] ** 2)) < 6e-3


def test_a_bias_the_calibration_knows_is_no_lift():
    bias = np.radians([0.5, -0.8, 0.3])
    samples = replace(BODY.samples, gyr=BODY.samples.gyr + bias)
    biased = Back(samples, replace(BODY.placement, gyr_bias=bias))
    lift, _, _ = follow(BODY)
    other, _, _ = follow(biased)
    np.testing.assert_allclose(other[SETTLED], lift[SETTLED], atol=2e-3)


def test_a_knock_against_the_sensor_lifts_nothing():
    lying = back(STILL, STILL)
    knocked = lying.samples.acc.copy()
    knocked[1203] += [14.0, 0.0, 14.0]
    lift, _, _ = follow(replace(lying, samples=replace(lying.samples, acc=knocked)))
    assert np.max(np.abs(lift[SETTLED])) < 10e-3


def test_a_gap_in_a_lift_makes_the_answer_less_sure():
    keep = (TIME_S < 9.55) | (TIME_S > 9.75)
    samples = BODY.samples
    gap = np.diff(np.flatnonzero(keep), prepend=-1) > 1
    holed = Samples(samples.time_s[keep], samples.acc[keep], samples.gyr[keep], gap)
    _, sigma, _ = follow(BODY)
    _, unsure, _ = follow(replace(BODY, samples=holed))
    after = (TIME_S > 9.8) & (TIME_S < 10.2)
    assert np.nanmean(unsure[after[keep]]) > 1.5 * np.mean(sigma[after])


@given(
    arrays(float, 8, elements=st.floats(-0.3, 0.3)),
    arrays(float, 8, elements=st.floats(7e-4, 0.06)),
)
def test_a_back_is_never_said_to_be_deep_in_the_pad_nor_less_sure_for_knowing_that(
    lift: Floats, sigma: Floats
):
    params = LiftParams()
    said, left = bounded(lift, sigma, params)
    assert np.all(said > -params.deepest_m)
    assert np.all((left > 0.0) & (left <= sigma))


@given(st.floats(0.0, 0.05))
def test_where_the_sensor_is_sure_nothing_is_added_to_what_it_says(lift: float):
    said, left = bounded(np.array([lift]), np.array([0.001]), LiftParams())
    assert abs(said[0] - lift) < 5e-5
    assert left[0] == pytest.approx(0.001, rel=0.01)


def test_how_far_rolling_lifts_an_athlete_is_learned_from_his_reps():
    time_s = np.arange(0.0, 40.0, 0.01)
    tilt = sum(np.radians(6.0) * bump(time_s, start, 2.0, 1.5) for start in (5.0, 13.0, 21.0, 29.0))
    body = back(0.25 * tilt, tilt)  # 26 mm at 6°, five times what is usual
    _, up, tilted, restart = stages(body)
    strangers = LiftParams(roll_athletes=1e-6, roll_walk=0.0)
    errors = [
        np.sqrt(
            np.mean((lift.step(body.samples, up, tilted, restart)[0] - 0.25 * tilt)[2600:] ** 2)
        )
        for lift in (Lift(body.placement, 0.01), Lift(body.placement, 0.01, strangers))
    ]
    assert errors[0] < 0.5 * errors[1]


def test_rolling_counts_from_the_pose_he_has_settled_into():
    settled = np.radians(4.0) * np.clip(TIME_S / 2.0 - 2.0, 0.0, 1.0)
    long_s = np.concatenate([settled, np.full(8000, settled[-1])])
    lift, _, _ = follow(back(np.zeros_like(long_s), long_s))
    assert np.max(np.abs(lift[-1000:])) < 1.5e-3
