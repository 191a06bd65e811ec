"""Up is found, kept and handed on, however the stream comes."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation
from vqf import VQF

from monitor.samples import Floats, Samples
from monitor.signals.orientation import Orientation, up_in_sensor
from tests.signals.placements import cut, reps, rolling

MOUNTED = Rotation.from_euler("xyz", [20.0, -70.0, 130.0], degrees=True)


def stretch(n: int = 400, rate_hz: float = 100.0) -> Samples:
    rng = np.random.default_rng(4)
    samples = rolling(reps(2, rate_hz, 12.0)[:n], rate_hz, MOUNTED)
    noise = rng.normal(0.0, 0.05, (n, 3))
    return Samples(samples.time_s, samples.acc + noise, samples.gyr + noise / 50, samples.gap)


@settings(max_examples=30, deadline=None)
@given(cuts=st.sets(st.integers(0, 400), max_size=12))
def test_any_cutting_of_the_stream_gives_the_same_up_to_the_bit(cuts: set[int]):
    whole = Orientation(0.01).step(stretch())
    stage = Orientation(0.01)
    parts = [stage.step(piece) for piece in cut(stretch(), cuts)]
    for column, expected in zip(zip(*parts, strict=True), whole, strict=True):
        assert np.array_equal(np.concatenate(column), expected)


@given(half=st.integers(1, 399))
@settings(max_examples=20, deadline=None)
def test_the_first_half_its_saved_state_and_the_second_half_are_the_whole(half: int):
    samples = stretch()
    whole, _, _ = Orientation(0.01).step(samples)
    first, second = Orientation(0.01), Orientation(0.01)
    first.step(samples[:half])
    second.restore(first.state())
    up, _, _ = second.step(samples[half:])
    assert np.array_equal(up, whole[half:])


def test_jitter_of_the_sample_times_does_not_add_up():
    rng = np.random.default_rng(1)
    even = stretch(1500)
    rate = even.gyr * np.linspace(1.0, 3.0, len(even))[:, None]
    late = even.time_s + rng.uniform(-0.003, 0.003, len(even))
    jittered = Samples(late, even.acc, rate, even.gap)
    regular, _, _ = Orientation(0.01).step(Samples(even.time_s, even.acc, rate, even.gap))
    up, _, _ = Orientation(0.01).step(jittered)
    assert angle_deg(up, regular).max() < 0.5


def test_a_few_lost_samples_cost_little_and_a_long_gap_starts_anew():
    samples = stretch(1000)
    whole, _, _ = Orientation(0.01).step(samples)
    up, restart = thinned(samples, 480, 490)
    assert not restart.any()
    assert angle_deg(up, np.delete(whole, np.s_[480:490], axis=0)).max() < 0.6
    _, restart = thinned(samples, 480, 580)
    assert np.flatnonzero(restart).tolist() == [480]


def thinned(samples: Samples, start: int, end: int) -> tuple[Floats, np.ndarray]:
    kept = np.delete(np.arange(len(samples)), np.s_[start:end])
    gap = np.diff(kept, prepend=-1) > 1
    up, _, restart = Orientation(0.01).step(
        Samples(samples.time_s[kept], samples.acc[kept], samples.gyr[kept], gap)
    )
    return up, restart


def test_slow_reps_are_not_learned_as_bias():
    rate_hz = 50.0
    samples = rolling(reps(8, rate_hz, 1.8, period_s=6.0), rate_hz, MOUNTED)
    stage = Orientation(1 / rate_hz, gyr_bias=np.zeros(3))
    _, gyr, _ = stage.step(samples)
    assert np.degrees(np.abs(gyr - samples.gyr)).max() < 0.05


def test_a_bias_the_calibration_knew_is_taken_out_from_the_first_sample():
    bias = np.radians([0.5, -0.8, 0.3])
    samples = stretch()
    biased = Samples(samples.time_s, samples.acc, samples.gyr + bias, samples.gap)
    _, gyr, _ = Orientation(0.01, gyr_bias=bias).step(biased)
    assert np.degrees(np.abs(gyr - samples.gyr)).max() < 0.05


RECORDINGS = Path(__file__).parents[2] / "recordings"


@pytest.mark.parametrize("name", ["broad_slow_rotation", "broad_slow_translation", "broad_tapping"])
def test_inclination_on_real_recordings_is_as_good_as_the_bare_filter(name: str):
    data = np.loadtxt(RECORDINGS / f"{name}.csv", delimiter=",", skiprows=1)
    truth = np.loadtxt(RECORDINGS / f"{name}.truth.csv", delimiter=",", skiprows=1)
    samples = Samples(data[:, 0], data[:, 1:4], data[:, 4:7], np.zeros(len(data), bool))
    period_s = float(np.median(np.diff(data[:20, 0])))
    still = data[:, 0] < data[0, 0] + 2.0
    ours, _, _ = Orientation(period_s, gyr_bias=samples.gyr[still].mean(axis=0)).step(samples)
    bare = VQF(period_s).updateBatch(samples.gyr.copy(), samples.acc.copy())["quat6D"]
    moving = truth[:, 5] == 1
    real = up_in_sensor(truth[moving, 1:5])
    assert rms(angle_deg(ours[moving], real)) <= 1.1 * rms(
        angle_deg(up_in_sensor(bare)[moving], real)
    )


def angle_deg(one: Floats, other: Floats) -> Floats:
    return np.degrees(np.arccos(np.clip((one * other).sum(axis=1), -1.0, 1.0)))


def rms(errors: Floats) -> float:
    return float(np.sqrt(np.mean(errors**2)))
