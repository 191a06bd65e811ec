"""Strain: what a body shakes more than it does at rest, whatever body and sensor it is."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.samples import Floats
from monitor.signals.strain import Calm, StrainParams

SECOND = StrainParams().second


def compared(shaking: Floats, cuts: list[int] | None = None) -> Floats:
    calm = Calm(StrainParams())
    edges = [0, *sorted(cuts or []), len(shaking)]
    return np.concatenate([calm.compared(shaking[a:b]) for a, b in pairwise(edges)])


def seconds(*levels: float) -> Floats:
    return np.repeat(levels, SECOND)


@pytest.mark.parametrize("own", [0.01, 0.3, 20.0])
def test_it_is_the_logarithm_of_how_much_more_than_at_rest_a_body_shakes(own: float):
    told = compared(own * seconds(*[1.0] * 20, *np.exp([1.0, 2.5, -1.0, 3.9, 6.0])))
    assert told[: 20 * SECOND] == pytest.approx(0.0, abs=1e-9)
    assert told[20 * SECOND :: SECOND] == pytest.approx([1.0, 2.5, 0.0, 3.9, 4.0])


def test_nothing_is_known_before_the_first_second_is_over():
    told = compared(np.concatenate([[1.0], np.full(SECOND - 1, 5.0), [50.0]]))
    assert not told[:SECOND].any()
    assert told[SECOND] == pytest.approx(np.log(10.0))


def test_a_knock_within_a_second_of_rest_is_not_that_seconds_shaking():
    knocked = seconds(1.0, 2.0)
    knocked[: SECOND // 2] = 40.0
    assert compared(knocked)[-1] == pytest.approx(np.log(2.0))


def test_a_long_set_does_not_become_the_measure_of_calm():
    told = compared(seconds(*[1.0] * 12, *[9.0] * 45))
    assert told[-1] == pytest.approx(np.log(9.0))


def test_who_has_shaken_for_a_minute_is_calm_only_as_he_is_now():
    told = compared(seconds(*[1.0] * 12, *[9.0] * 61))
    assert told[-1] == pytest.approx(0.0)


def test_a_sensor_too_coarse_to_feel_it_tells_no_strain():
    assert not compared(np.zeros(30 * SECOND)).any()


@settings(max_examples=30)
@given(st.lists(st.integers(0, 40 * SECOND), max_size=9))
def test_it_is_the_same_however_the_stream_is_cut(cuts: list[int]):
    shaking = np.random.default_rng(3).lognormal(size=40 * SECOND)
    assert np.array_equal(compared(shaking, cuts), compared(shaking))
