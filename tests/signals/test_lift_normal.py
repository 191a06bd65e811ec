"""The acceleration along the pad's normal, and that the orientation filter does not bend it."""

import numpy as np
import pytest

from calibration.model import Placement
from monitor.samples import Floats, Samples
from monitor.signals.lift_normal import PadNormal

G = 9.81
BETA = np.radians(40.0)
TIME_S = np.arange(0.0, 6.0, 0.01)
LEFT = np.array([0.0, 1.0, 0.0])
NOWHERE = np.zeros(len(TIME_S), bool)


def leaning(angle: Floats) -> Floats:
    """The up direction in the axes of a pelvis that leans back by `angle`."""
    return np.stack([np.sin(angle), np.zeros_like(angle), np.cos(angle)], axis=1)


def pad() -> PadNormal:
    up = leaning(np.array([BETA]))[0]
    beta_deg = float(np.degrees(BETA))
    placement = Placement(LEFT, up, G, np.zeros(3), beta_deg, None, 1.0, 0.3, 2.0, None)
    return PadNormal(placement, 0.01)


def still(count: int) -> Samples:
    up = np.broadcast_to(leaning(np.array([BETA])), (count, 3))
    return Samples(TIME_S[:count], G * up, np.zeros((count, 3)), NOWHERE[:count])


def free(samples: Samples, up: Floats) -> Floats:
    normal = pad().step(samples, up, NOWHERE[: len(samples)])
    return normal.acc - np.cumsum(normal.correction)


def test_what_the_orientation_filter_moves_does_not_move_the_acceleration():
    samples = still(len(TIME_S))
    wandering = np.radians(0.5) * np.sin(2.0 * np.pi * TIME_S / 6.0)
    bent = pad().step(samples, leaning(BETA + wandering), NOWHERE).acc
    assert np.ptp(bent) > 0.1
    assert np.ptp(free(samples, leaning(BETA + wandering))) < 2e-3


def test_a_push_away_from_the_pad_is_measured_as_it_is():
    samples = still(len(TIME_S))
    outward = np.array([1.0, 0.0, 0.0])
    pushed = Samples(samples.time_s, samples.acc + 0.3 * outward, samples.gyr, samples.gap)
    got = free(pushed, leaning(np.full(len(TIME_S), BETA)))
    np.testing.assert_allclose(got, 0.3, atol=1e-9)


def test_a_push_along_the_pad_is_none():
    samples = still(len(TIME_S))
    along = Samples(
        samples.time_s, samples.acc + np.array([0.0, 0.0, 0.5]), samples.gyr, samples.gap
    )
    np.testing.assert_allclose(free(along, leaning(np.full(len(TIME_S), BETA))), 0.0, atol=1e-9)


@pytest.mark.parametrize("knock", [10.0, -10.0])
def test_one_sample_that_stands_alone_is_a_knock_and_a_push_is_not(knock: float):
    up = leaning(np.full(len(TIME_S), BETA))
    samples = still(len(TIME_S))
    acc = samples.acc.copy()
    acc[100] += [knock, 0.0, 0.0]
    acc[300:330] += [knock, 0.0, 0.0]
    hit = Samples(samples.time_s, acc, samples.gyr, samples.gap)
    found = pad().step(hit, up, NOWHERE).knock
    assert found[101] == pytest.approx(knock)
    assert np.count_nonzero(found) == 1
