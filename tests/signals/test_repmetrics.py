"""A rep's figures are those of the rep; a set's are those of its reps."""

import numpy as np
import pytest

from monitor.samples import Floats
from monitor.settings import Limits
from monitor.signals.movement import FoundRep, SetOver
from monitor.signals.repmetrics import RepMetrics
from monitor.signals.sets import Sets

RATE_HZ = 100.0
NAN = float("nan")


def rep(tilt: Floats, shift: Floats | None = None, lift: tuple[float, float] = (NAN, NAN)) -> dict:
    """The figures of a rep that lasts from 1 s to 4 s of these signals, its bottom at 2.5 s."""
    time_s = np.arange(len(tilt)) / RATE_HZ
    metrics = RepMetrics(Limits(), None, 1 / RATE_HZ)
    side = np.zeros(len(tilt)) if shift is None else shift
    for k in range(0, len(tilt), 7):
        part = slice(k, k + 7)
        rate = np.gradient(tilt)[part] * RATE_HZ
        metrics.add(time_s[part], tilt[part], rate, side[part])
    return metrics.summed_up(FoundRep(1, 3, 1.0, 2.4, 2.5, 2.7, 4.0, 4.1, 0.9), lift)


def curve(peak: float, onset: float = 0.0) -> Floats:
    """5 s with a roll that begins at `onset` of the descent."""
    t = np.arange(0.0, 5.0, 1 / RATE_HZ)
    start = 1.0 + onset * 1.5
    inside = (t > start) & (t < 5.0 - start)
    return np.where(inside, peak * np.sin(np.pi * (t - start) / (5.0 - 2 * start)) ** 2, 0.0)


@pytest.mark.parametrize("peak", [2.0, 8.0, 20.0])
def test_the_peak_is_the_peak_in_spite_of_wobble(peak: float):
    wobble = 0.2 * np.sin(2 * np.pi * 12.0 * np.arange(500) / RATE_HZ)
    assert rep(curve(peak) + wobble)["peak_tilt_deg"] == pytest.approx(peak, abs=0.15)


def test_what_happens_outside_the_rep_does_not_count():
    tilt = curve(3.0)
    tilt[:90] = 30.0
    assert rep(tilt)["peak_tilt_deg"] == pytest.approx(3.0, abs=0.1)


def test_times_add_up_to_the_rep():
    found = rep(curve(8.0))
    parts = found["eccentric_s"] + found["pause_s"] + found["concentric_s"]
    assert parts == pytest.approx(found["end_s"] - found["start_s"])


@pytest.mark.parametrize("onset", [0.1, 0.3, 0.6])
def test_a_later_onset_is_told_as_later(onset: float):
    # a tenth of a sine-squared rise is reached a fifth of the way up
    expected = onset + 0.2 * (1.0 - onset)
    assert rep(curve(15.0, onset))["tilt_onset"] == pytest.approx(expected, abs=0.06)


def test_a_pelvis_that_does_not_roll_has_no_onset():
    assert rep(curve(2.0))["tilt_onset"] is None


def test_tremor_is_unsteady_and_the_rep_itself_is_not():
    tremor = 0.5 * np.sin(2 * np.pi * 5.0 * np.arange(500) / RATE_HZ)
    assert rep(curve(10.0) + tremor)["unsteadiness"] > 5 * rep(curve(10.0))["unsteadiness"]


def test_clean_is_a_rep_within_every_notice_limit():
    shift = curve(4.0)
    assert rep(curve(2.0))["clean"]
    assert not rep(curve(6.0))["clean"]
    assert not rep(curve(-6.0))["clean"]
    assert not rep(curve(2.0), shift)["clean"]
    assert not rep(curve(2.0), lift=(0.015, 0.002))["clean"]
    assert rep(curve(2.0), lift=(0.012, 0.02))["clean"]  # nobody knows


def test_a_shift_to_the_right_keeps_its_sign():
    assert rep(curve(2.0), -curve(4.0))["peak_shift_deg"] == pytest.approx(-4.0, abs=0.1)


def summed(peaks: list[float], pushes: list[float] | None = None) -> dict:
    sets = Sets()
    for k, peak in enumerate(peaks):
        figures = rep(curve(peak)) | {"concentric_s": (pushes or [1.0] * len(peaks))[k]}
        sets.add(figures)
    return sets.summed_up(SetOver(2, 60.0))


def test_a_set_that_gets_worse_has_an_upward_trend():
    found = summed([2.0, 4.0, 6.0, 8.0])
    assert found["tilt_trend_deg_per_rep"] == pytest.approx(2.0, abs=0.05)
    assert (found["reps"], found["clean_reps"]) == (4, 2)
    assert found["worst_peak_tilt_deg"] == pytest.approx(8.0, abs=0.1)
    assert found["mean_peak_tilt_deg"] == pytest.approx(5.0, abs=0.1)


def test_a_push_that_takes_half_as_long_again_is_slower_by_half():
    found = summed([2.0] * 6, [1.0, 1.0, 1.1, 1.2, 1.5, 1.5])
    assert found["concentric_slowdown_pct"] == pytest.approx(50.0)


def test_from_three_reps_on_there_is_a_trend_and_from_four_on_a_slowdown():
    three = summed([2.0, 4.0, 6.0], [1.0, 1.0, 1.5])
    assert three["tilt_trend_deg_per_rep"] == pytest.approx(2.0, abs=0.05)
    assert three["concentric_slowdown_pct"] is None
    four = summed([2.0] * 4, [1.0, 1.0, 1.5, 1.5])
    assert four["concentric_slowdown_pct"] == pytest.approx(50.0)


def test_two_reps_have_no_trend():
    found = summed([2.0, 4.0])
    assert found["tilt_trend_deg_per_rep"] is None
    assert found["concentric_slowdown_pct"] is None


def test_a_set_starts_from_nothing():
    sets = Sets()
    sets.add(rep(curve(2.0)))
    sets.summed_up(SetOver(1, 10.0))
    sets.add(rep(curve(9.0)))
    assert sets.summed_up(SetOver(2, 20.0))["reps"] == 1
