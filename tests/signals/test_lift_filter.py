"""The filter's written-out products against the matrices they stand for."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from monitor.samples import Floats
from monitor.signals.lift_filter import State, propagated, rested, rolling, spread, surprise

SIZE = 6
numbers = st.floats(-2.0, 2.0)
states = st.lists(numbers, min_size=SIZE + SIZE * SIZE, max_size=SIZE + SIZE * SIZE)
positive = st.floats(0.01, 2.0)


def state_from(values: list[float]) -> State:
    """Any mean and any proper covariance."""
    half = np.array(values[SIZE:]).reshape(SIZE, SIZE)
    covariance = half @ half.T + 0.1 * np.eye(SIZE)
    upper = covariance[:5, :5][np.triu_indices(5)].tolist()
    return (*values[:5], *upper, values[5], *covariance[5].tolist())


def matrices(state: State) -> tuple[Floats, Floats]:
    covariance = np.zeros((SIZE, SIZE))
    covariance[np.triu_indices(5)] = state[5:20]
    covariance[:5, 5] = state[21:26]
    covariance = covariance + np.triu(covariance, 1).T
    covariance[5, 5] = state[26]
    return np.array([*state[:5], state[20]]), covariance


@given(states, positive, st.lists(numbers, min_size=4, max_size=4), positive)
def test_a_stride_carries_mean_and_covariance_as_the_equations_say(
    values: list[float], t: float, sums: list[float], noise: float
):
    v_acc, p_acc, v_tilt, p_tilt = sums
    state = state_from(values)
    after = propagated(state, (t, *sums, noise, noise, noise, noise, noise))
    step = np.eye(SIZE)
    step[0, 1:5] = t, -t * t / 2, -(t**3) / 6, -p_tilt
    step[1, 2:5] = -t, -t * t / 2, -v_tilt
    step[2, 3] = t
    added = noise * np.eye(SIZE)
    added[0, 0], added[0, 1], added[1, 0] = noise * t * t / 3, noise * t / 2, noise * t / 2
    mean, covariance = matrices(state)
    got_mean, got_covariance = matrices(after)
    moved = np.array([p_acc, v_acc, 0.0, 0.0, 0.0, 0.0])
    np.testing.assert_allclose(got_mean, step @ mean + moved, atol=1e-9)
    np.testing.assert_allclose(got_covariance, step @ covariance @ step.T + added, atol=1e-7)


@given(states, numbers, numbers, positive, positive)
def test_the_pad_is_a_measurement_of_position_and_velocity(
    values: list[float], tilt: float, rate: float, r_p: float, r_v: float
):
    state = state_from(values)
    mean, covariance = matrices(state)
    asked = np.zeros((2, SIZE))
    asked[0, 0] = asked[1, 1] = 1.0
    asked[:, 5] = -tilt, -rate
    seen = asked @ covariance @ asked.T + np.diag([r_p, r_v])
    gain = np.linalg.solve(seen, asked @ covariance).T
    off = -asked @ mean
    got_mean, got_covariance = matrices(rested(state, tilt, rate, r_p, r_v))
    np.testing.assert_allclose(got_mean, mean + gain @ off, atol=1e-5)
    np.testing.assert_allclose(got_covariance, covariance - gain @ asked @ covariance, atol=1e-5)
    expected = 0.5 * off @ np.linalg.solve(seen, off)
    np.testing.assert_allclose(
        surprise(state, tilt, rate, r_p, r_v), expected, rtol=1e-5, atol=1e-7
    )


def test_independent_deviations_stand_on_the_diagonal():
    state = (0.0, 0.0, 0.0, 0.0, 0.0, *spread(1.0, 2.0, 3.0, 4.0, 5.0), *rolling(0.5, 36.0))
    mean, covariance = matrices(state)
    np.testing.assert_array_equal(mean, [0.0, 0.0, 0.0, 0.0, 0.0, 0.5])
    np.testing.assert_array_equal(covariance, np.diag([1.0, 4.0, 9.0, 16.0, 25.0, 36.0]))
