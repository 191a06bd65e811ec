"""Bad data is called bad, for the reason it is bad, and good data is left in peace."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.samples import Samples
from monitor.signals.quality import Quality, Verdict
from tests.signals.placements import cut


def stream(kept: np.ndarray, rate_hz: float = 100.0) -> Samples:
    """The kept ones of evenly sampled, slightly noisy readings."""
    rng = np.random.default_rng(2)
    acc = rng.normal([0.0, 0.0, 9.81], 0.02, (int(kept[-1]) + 1, 3))
    gap = np.diff(kept, prepend=kept[0] - 1) > 1
    return Samples(kept / rate_hz, acc[kept], acc[kept] * 1e-3, gap)


def verdicts(samples: Samples, cuts: set[int] | None = None) -> list[Verdict]:
    quality = Quality(0.01)
    return [one for part in cut(samples, cuts or set()) for one in quality.step(part)]


def test_a_whole_stream_needs_no_word():
    assert verdicts(stream(np.arange(6000))) == []


def test_heavy_loss_is_bad_and_its_end_is_told():
    rng = np.random.default_rng(5)
    lossy = np.arange(3000)[rng.random(3000) > 0.2]
    said = verdicts(stream(np.concatenate([lossy, np.arange(3000, 6000)])))
    assert ("bad", "loss") in [(one.state, one.reason) for one in said]
    assert (said[-1].state, said[-1].reason) == ("good", "")
    worst = max(said, key=lambda one: one.loss_pct)
    assert 15.0 < worst.loss_pct < 25.0
    assert abs(worst.rate_hz - 100.0) < 1.0


def test_a_long_gap_is_bad_and_a_short_one_degraded():
    long = np.delete(np.arange(3000), np.s_[1000:1200])
    short = np.delete(np.arange(3000), np.s_[1000:1020])
    assert next((v.state, v.reason) for v in verdicts(stream(long))) == ("bad", "gap")
    assert next((v.state, v.reason) for v in verdicts(stream(short))) == ("degraded", "gap")


def test_a_clock_that_leaps_by_decades_is_a_gap_like_any_other():
    samples = stream(np.arange(1000))
    late = Samples(samples.time_s + 1e9, samples.acc, samples.gyr, np.arange(1000) == 0)
    said = verdicts(Samples.joined([samples, late]))
    assert [(v.state, v.reason) for v in said][:1] == [("bad", "gap")]


def test_a_reading_at_the_end_of_its_range_is_saturation():
    samples = stream(np.arange(3000))
    acc = samples.acc.copy()
    acc[1500:1504, 1] = 39.2
    clipped = Samples(samples.time_s, acc, samples.gyr, samples.gap)
    assert ("degraded", "saturation") in [(v.state, v.reason) for v in verdicts(clipped)]
    assert verdicts(samples) == []


def test_a_slow_sensor_is_said_to_be_slow():
    quality = Quality(0.1)
    said = quality.step(stream(np.arange(300), rate_hz=10.0))
    assert (said[0].state, said[0].reason) == ("bad", "clock")


@settings(max_examples=40, deadline=None)
@given(
    cuts=st.sets(st.integers(0, 3000), max_size=12),
    lost=st.sets(st.integers(1, 2900), max_size=60),
)
def test_any_cutting_gives_the_same_verdicts(cuts: set[int], lost: set[int]):
    samples = stream(np.setdiff1d(np.arange(3000), list(lost)))
    assert verdicts(samples, cuts) == verdicts(samples)
