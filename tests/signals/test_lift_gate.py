"""A lift counts where it is one of training: reps come in a rhythm, fidgets when they please."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.model import Placement
from monitor.samples import PHASES, Floats
from monitor.signals.lift_gate import Gate, Gated
from monitor.signals.lift_set import Peaks, SetClock
from monitor.signals.movement import FoundRep, Moves, SetOver

RATE_HZ = 100.0
TIME_S = np.arange(0.0, 60.0, 1.0 / RATE_HZ)
UNKNOWN = np.nan, np.nan
PLACEMENT = Placement(
    np.array([0.0, 1.0, 0.0]), np.array([0.7, 0.0, 0.7]), 9.81, np.zeros(3), 45.0, None, 1, 1, 1, 1
)
REPS = tuple(
    FoundRep(1, k + 1, s, s + 1.0, s + 1.2, s + 1.4, s + 2.5, s + 3.0, 0.9)
    for k, s in enumerate((20.0, 24.0, 28.0, 32.0))
)


def lifts(*starts_s: float, peak: float = 30.0) -> Floats:
    """Lifts of a second each, mm."""
    shares = (np.clip(TIME_S - start, 0.0, 1.0) for start in starts_s)
    return peak * np.asarray(sum(np.sin(np.pi * share) ** 2 for share in shares))


def moves(
    n: int,
    phase: str = "ready",
    found: tuple[FoundRep, ...] = (),
    over: tuple[SetOver, ...] = (),
    occasion: int = 0,
) -> Moves:
    numbers, no = np.full(n, occasion), np.zeros(n, bool)
    codes = np.full(n, PHASES.index(phase), np.int8)
    return Moves(codes, numbers, numbers, numbers, numbers, no, found, over)


def gated(
    lift: Floats,
    turning: float = 0.0,
    reps: tuple[FoundRep, ...] = (),
    over: tuple[SetOver, ...] = (),
    cuts: tuple[int, ...] = (),
    own_tilts_s: tuple[float, float] | None = None,
) -> Gated:
    """What the gate makes of a lift; `turning` is about the vertical, °/s."""
    gate = Gate(PLACEMENT, 1.0 / RATE_HZ, own_tilts_s)
    gyr = np.tile(np.radians(turning) * np.array([0.7, 0.0, 0.7]), (len(TIME_S), 1))
    parts = []
    for a, b in pairwise([0, *sorted(cuts), len(TIME_S)]):
        if a == b:
            continue
        before_s, now_s = TIME_S[a - 1] if a else -1.0, TIME_S[b - 1]
        known = tuple(rep for rep in reps if before_s < rep.known_s <= now_s)
        gone = tuple(one for one in over if before_s < one.known_s <= now_s)
        told = moves(b - a, found=known, over=gone)
        peaks: Peaks = [(25.0, 3.0)] * len(known)
        parts.append(gate.step(TIME_S[a:b], lift[a:b], np.full(b - a, 3.0), gyr[a:b], told, peaks))
    return Gated(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def odds_at(one: Gated, time_s: float) -> float:
    return float(one.odds[np.searchsorted(TIME_S, time_s)])


def test_lifts_in_rhythm_are_a_set_though_the_pelvis_never_rolled():
    even = gated(lifts(30.0, 34.0, 38.0, 42.0))
    assert odds_at(even, 42.5) > odds_at(even, 30.5) + 2.0
    uneven = gated(lifts(22.0, 29.0, 31.0, 42.0))
    assert odds_at(uneven, 42.5) < odds_at(even, 42.5) - 2.0


def test_a_lift_when_the_next_rep_is_due_counts_and_one_long_after_does_not():
    train = gated(lifts(21.0, 25.0, 29.0, 33.0, 37.0), reps=REPS)
    assert train.open[np.searchsorted(TIME_S, 37.5)]
    late = gated(lifts(21.0, 25.0, 29.0, 33.0, 46.0), reps=REPS)
    assert odds_at(late, 46.5) < odds_at(train, 37.5) - 2.0


def test_who_turns_aside_is_fidgeting():
    straight, turned = (gated(lifts(40.0), turning) for turning in (0.0, 20.0))
    assert odds_at(turned, 40.5) < odds_at(straight, 40.5) - 3.0


def test_who_has_just_lain_down_lifts_himself_into_place():
    early = gated(lifts(3.0, 40.0))
    assert not early.open[: np.searchsorted(TIME_S, 4.0)].any()
    assert odds_at(early, 3.5) < odds_at(early, 40.5) - 3.0


def test_after_a_set_one_moves_about():
    resting = gated(lifts(42.0), reps=REPS, over=(SetOver(1, 41.0),))
    assert odds_at(resting, 42.5) < odds_at(gated(lifts(42.0)), 42.5) - 2.0


def test_the_calibrations_own_tilts_are_no_training():
    one = gated(lifts(30.0, 34.0, 38.0), own_tilts_s=(29.0, 40.0))
    assert not one.open.any()
    assert gated(lifts(30.0, 34.0, 38.0)).open.any()


def test_what_is_no_lift_is_not_even_judged():
    assert not gated(np.zeros_like(TIME_S)).open.any()
    assert not gated(np.full_like(TIME_S, np.nan)).open.any()


def test_each_separate_lift_at_rest_is_an_occasion_of_its_own():
    at = np.searchsorted(TIME_S, (30.5, 34.5, 38.5))
    assert len(set(gated(lifts(30.0, 34.0, 38.0)).occasion[at].tolist())) == 3


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, len(TIME_S)), max_size=10))
def test_any_cutting_of_the_stream_gives_the_same(cuts: list[int]):
    lift = lifts(21.0, 25.0, 29.0, 33.0, 45.0)
    whole = gated(lift, 5.0, REPS, (SetOver(1, 41.0),))
    cut = gated(lift, 5.0, REPS, (SetOver(1, 41.0),), tuple(cuts))
    for one, other in zip(whole, cut, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_set_is_known_by_its_rhythm_and_by_what_its_reps_lifted():
    time_s = np.arange(0.0, 60.0, 0.5)
    peaks = [(30.0, 3.0), (20.0, 3.0), UNKNOWN, (25.0, 100.0)]
    told = moves(len(time_s), found=REPS, over=(SetOver(1, 50.0),))
    end_s, period_s, usual_mm, over_s = SetClock().step(time_s, told, peaks)
    assert np.isnan(end_s[time_s < 23.0]).all()
    at = np.searchsorted(time_s, 40.0)
    assert end_s[at] == pytest.approx(34.5)
    assert period_s[at] == pytest.approx(4.0)
    assert usual_mm[at] == pytest.approx(25.0, abs=0.1)
    assert np.isnan(end_s[time_s > 50.5]).all()
    assert over_s[-1] == 50.0


def test_nothing_is_expected_of_a_set_whose_lifts_nobody_could_tell():
    time_s = np.array([59.0])
    _, _, usual_mm, _ = SetClock().step(time_s, moves(1, found=REPS), [UNKNOWN] * 4)
    assert np.isnan(usual_mm).all()
