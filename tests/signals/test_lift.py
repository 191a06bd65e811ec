"""Back lift: a made-up back that lies, lifts and lands, watched by a sensor that is not perfect."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.model import Placement
from monitor.samples import Floats, Samples
from monitor.signals.lift import Lift
from monitor.signals.orientation import Orientation
from monitor.signals.pelvis import Pelvis

SEAT_BACK_DEG = 45.0
G = 9.81


@dataclass(frozen=True, slots=True)
class Back:
    """A sensor in pelvis axes on a back whose path along the pad's normal and tilt are known."""

    time_s: Floats
    acc: Floats
    gyr: Floats
    lift: Floats


def back(lift: Floats, tilt: Floats, rate_hz: float = 100.0, seed: int = 0) -> Back:
    rng = np.random.default_rng(seed)
    dt = 1.0 / rate_hz
    angle = np.radians(SEAT_BACK_DEG) + tilt
    up = np.stack([np.sin(angle), np.zeros_like(tilt), np.cos(angle)], axis=1)
    normal = np.stack([np.cos(tilt), np.zeros_like(tilt), -np.sin(tilt)], axis=1)
    pushed = np.gradient(np.gradient(lift, dt), dt)
    acc = G * up + pushed[:, None] * normal + rng.normal(0.0, 0.01, up.shape)
    gyr = np.zeros_like(up)
    gyr[:, 1] = -np.gradient(tilt, dt)
    gyr += rng.normal(0.0, np.radians(0.05), up.shape)
    return Back(np.arange(len(lift)) * dt, acc, gyr, lift)


def placement() -> Placement:
    beta = np.radians(SEAT_BACK_DEG)
    up = np.array([np.sin(beta), 0.0, np.cos(beta)])
    left = np.array([0.0, 1.0, 0.0])
    return Placement(left, up, G, np.zeros(3), SEAT_BACK_DEG, None, 1.0, 0.3, 2.0, None)


def bump(time_s: Floats, start_s: float, edge_s: float, hold_s: float) -> Floats:
    """0, up to 1 within `edge_s`, there for `hold_s`, and down again."""
    up = np.clip((time_s - start_s) / edge_s, 0.0, 1.0)
    down = np.clip((time_s - start_s - edge_s - hold_s) / edge_s, 0.0, 1.0)
    return _smooth(up) - _smooth(down)


def _smooth(u: Floats) -> Floats:
    return np.asarray(u**3 * (10.0 - 15.0 * u + 6.0 * u * u))


def follow(body: Back, cuts: tuple[int, ...] = ()) -> tuple[Floats, Floats]:
    period_s = float(np.median(np.diff(body.time_s)))
    samples = Samples(body.time_s, body.acc, body.gyr, np.zeros(len(body.time_s), bool))
    up, _, restart = Orientation(period_s).step(samples)
    tilt, _, _ = Pelvis(placement()).step(up)
    stage = Lift(placement(), period_s)
    edges = [0, *sorted(cuts), len(samples)]
    parts = [stage.step(samples[a:b], up[a:b], tilt[a:b], restart[a:b]) for a, b in pairwise(edges)]
    lift, sigma = (np.concatenate(column) for column in zip(*parts, strict=True))
    return lift, sigma


TIME_S = np.arange(0.0, 20.0, 0.01)
REPS = sum(np.radians(8.0) * bump(TIME_S, start, 1.0, 0.3) for start in (5.0, 9.0, 13.0))
LIFTS = sum(0.03 * bump(TIME_S, start, 0.3, 0.6) for start in (5.5, 9.5, 13.5))
BODY = back(LIFTS, REPS)


def test_a_back_that_bridges_up_by_three_centimetres_is_seen():
    lift, _ = follow(BODY)
    late = TIME_S > 8.0  # the first rep teaches the filter
    assert np.sqrt(np.mean((lift - LIFTS)[late] ** 2)) < 5e-3


def test_a_back_that_never_leaves_the_pad_raises_nothing():
    lift, _ = follow(back(np.zeros_like(TIME_S), REPS))
    assert np.nanmax(np.abs(lift[TIME_S > 4.0])) < 8e-3


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, len(TIME_S)), max_size=12))
def test_any_cutting_of_the_stream_gives_the_same_lift(cuts: list[int]):
    whole, cut = follow(BODY), follow(BODY, tuple(cuts))
    np.testing.assert_array_equal(whole, cut)


def test_nothing_is_said_of_an_athlete_who_stands():
    standing = back(np.zeros_like(TIME_S), np.full_like(TIME_S, -np.radians(45.0)))
    lift, _ = follow(standing)
    assert np.all(np.isnan(lift[100:]))
