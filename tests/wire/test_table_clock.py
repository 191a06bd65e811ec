"""A table's own time: kept to the last bit, its gaps found without hindsight."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.samples import Floats, Samples
from monitor.wire.clock import SampleClock


def told(clock: SampleClock, time_s: Floats) -> Samples:
    acc = np.repeat(np.arange(len(time_s), dtype=float)[:, None], 3, axis=1)
    return clock.rows(time_s, acc, acc * 0.1)


def uneven(n: int, rate_hz: float, jitter: float, seed: int = 0) -> Floats:
    """Row times that are off by up to `jitter` of a period."""
    rng = np.random.default_rng(seed)
    time_s = (np.arange(n) + rng.uniform(-jitter, jitter, n)) / rate_hz
    return time_s - time_s[0]


@given(
    steps=st.lists(st.floats(1e-6, 50.0), max_size=80),
    cuts=st.sets(st.integers(0, 80), max_size=10),
)
def test_row_times_are_kept_to_the_bit_however_the_table_is_cut(steps: list[float], cuts: set[int]):
    time_s = np.cumsum([0.0, *steps])
    whole = told(SampleClock(), time_s)
    assert np.array_equal(whole.time_s, time_s)
    clock = SampleClock()
    parts = [told(clock, part) for part in np.split(time_s, sorted(cuts))]
    cut = Samples.joined(parts)
    assert np.array_equal(cut.time_s, whole.time_s)
    assert np.array_equal(cut.gap, whole.gap)


def test_a_long_table_is_cut_without_a_trace():
    time_s = uneven(30_000, 208.0, 0.2)
    time_s = time_s[np.random.default_rng(3).random(30_000) > 0.02]
    whole = told(SampleClock(), time_s)
    clock = SampleClock()
    parts = [told(clock, part) for part in np.array_split(time_s, 77)]
    assert np.array_equal(Samples.joined(parts).gap, whole.gap)


def test_a_table_that_starts_late_is_counted_from_its_first_row():
    clock = SampleClock()
    first, second = told(clock, np.array([100.0, 100.5])), told(clock, np.array([101.0]))
    assert first.time_s.tolist() == [0.0, 0.5]
    assert second.time_s.tolist() == [1.0]


@pytest.mark.parametrize("rate_hz", [25.0, 100.0, 400.0])
@given(lost=st.sets(st.integers(20, 300), min_size=1, max_size=20))
def test_every_missing_row_is_a_gap_and_jitter_is_none(rate_hz: float, lost: set[int]):
    kept = np.setdiff1d(np.arange(320), list(lost))
    clock = SampleClock()
    samples = told(clock, uneven(320, rate_hz, 0.2)[kept])
    assert np.array_equal(samples.gap, np.diff(kept, prepend=-1) > 1)
    assert clock.rate_hz == pytest.approx(rate_hz, rel=0.1)


def test_before_a_usual_spacing_is_known_only_a_long_gap_is_one():
    samples = told(SampleClock(), np.array([0.0, 0.04, 0.08, 0.2, 0.24, 0.26]))
    assert np.flatnonzero(samples.gap).tolist() == [3]


def test_a_rate_that_changes_is_learnt():
    time_s = np.cumsum(np.append(np.full(10_000, 0.01), np.full(20_000, 0.02)))
    clock = SampleClock()
    samples = told(clock, time_s)
    assert clock.rate_hz == pytest.approx(50.0)
    assert not samples.gap[:10_000].any()
    assert not samples.gap[20_000:].any()


def test_rows_without_finite_numbers_are_left_out_and_leave_a_gap():
    time_s = np.arange(100) * 0.01
    acc, gyr = np.ones((100, 3)), np.ones((100, 3))
    acc[40, 0], gyr[60, 1], time_s[80] = np.nan, -np.inf, np.nan
    samples = SampleClock().rows(time_s, acc, gyr)
    assert len(samples) == 97
    assert np.flatnonzero(samples.gap).tolist() == [40, 59, 78]


def test_rows_that_do_not_come_later_are_left_out():
    clock = SampleClock()
    first = told(clock, np.array([0.0, 0.01, 0.01, 0.005, 0.02]))
    second = told(clock, np.array([0.015, 0.02, 0.03]))
    assert first.time_s.tolist() == [0.0, 0.01, 0.02]
    assert first.acc[:, 0].tolist() == [0.0, 1.0, 4.0]
    assert second.time_s.tolist() == [0.03]


def test_an_empty_table_passes_and_starts_nothing():
    clock = SampleClock()
    assert len(told(clock, np.empty(0))) == 0
    assert len(told(clock, np.array([np.nan]))) == 0
    assert told(clock, np.array([7.0, 8.0])).time_s.tolist() == [0.0, 1.0]


def test_the_share_of_missing_time_is_told():
    time_s = np.delete(np.arange(2000) * 0.01, np.s_[1500:1600])
    clock = SampleClock()
    told(clock, time_s)
    assert clock.loss_pct == pytest.approx(10.0, abs=0.2)
