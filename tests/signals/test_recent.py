"""The last seconds: nothing within them is lost, however it came; what is older is gone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import butter, sosfilt

from monitor.signals import sections
from monitor.signals.recent import Recent


@given(st.lists(st.integers(0, 700), min_size=1, max_size=12))
def test_what_was_added_within_the_last_seconds_is_there_however_it_was_cut(sizes: list[int]):
    recent, keep_s = Recent(20.0, width=2), 20.0
    total = sum(sizes)
    time_s = np.arange(total) / 100.0
    for part in np.split(np.arange(total), np.cumsum(sizes)[:-1]):
        recent.add(time_s[part], time_s[part] * 2.0, -time_s[part])
    if not total:
        return
    end_s = float(time_s[-1])
    from_s = end_s - keep_s / 2
    got_s, (double, negative) = recent.between(from_s, end_s)
    np.testing.assert_array_equal(got_s, time_s[time_s >= from_s])
    np.testing.assert_array_equal(double, 2.0 * got_s)
    np.testing.assert_array_equal(negative, -got_s)
    last = recent.number_at(end_s)
    assert last == total - 1
    np.testing.assert_array_equal(recent.numbered(last - 3, last)[0], time_s[-4:])


@pytest.mark.parametrize("quick", [True, False])
def test_sections_filter_as_scipy_does_whatever_the_cut(
    *, quick: bool, monkeypatch: pytest.MonkeyPatch
):
    if not quick:
        monkeypatch.setattr(sections, "compiled", None)
    rng = np.random.default_rng(3)
    signals = rng.standard_normal((3, 500))
    sos = butter(2, (0.1, 0.3), "bandpass", output="sos")
    memory = sections.at_rest(sos, 3)
    cuts = np.sort(rng.integers(0, 500, 30))
    parts = [sections.filtered(sos, part, memory) for part in np.split(signals, cuts, axis=1)]
    np.testing.assert_array_equal(np.concatenate(parts, axis=1), sosfilt(sos, signals))
