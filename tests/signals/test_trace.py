"""The trace: a pelvis drawn with a broad pencil, late by a known time, and no more than that."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from monitor.samples import Floats
from monitor.signals.trace import Past, Smoothing, Trace
from tests.signals.placements import placement

PLACEMENT = placement(Rotation.from_euler("xyz", [30, -20, 110], degrees=True))
LEFT, UP = PLACEMENT.left, PLACEMENT.up


def traced(
    tilt: Floats,
    rate_hz: float = 100.0,
    gyr: Floats | None = None,
    acc: Floats | None = None,
    restart: int = 0,
) -> tuple[Trace, float]:
    """The trace of a tilt, rad, and by how much it is late, s."""
    n = len(tilt)
    smoothing = Smoothing(PLACEMENT, 1.0 / rate_hz)
    turned = np.zeros((n, 3)) if gyr is None else gyr
    trace, _ = smoothing.step(
        np.arange(n) / rate_hz,
        tilt,
        np.gradient(tilt) * rate_hz,
        turned,
        np.zeros((n, 3)) if acc is None else acc,
        0.5 * tilt,
        np.arange(n) == restart,
    )
    return trace, smoothing.delay_s


@pytest.mark.parametrize("rate_hz", [25.0, 52.0, 100.0, 208.0, 400.0])
def test_it_has_a_point_every_fiftieth_of_a_second_or_as_often_as_the_sensor_allows(rate_hz: float):
    trace, _ = traced(np.zeros(1000), rate_hz)
    assert np.ptp(np.diff(trace.time_s)) < 1e-9
    assert trace.time_s[1] - trace.time_s[0] == pytest.approx(0.05, abs=0.5 / rate_hz + 1e-9)


@pytest.mark.parametrize("rate_hz", [25.0, 100.0, 400.0])
def test_a_steady_roll_is_followed_late_by_the_delay_that_is_told(rate_hz: float):
    roll = np.radians(6.0) * np.arange(round(10 * rate_hz)) / rate_hz
    trace, delay_s = traced(roll, rate_hz)
    late = trace.time_s > 3.0
    assert trace.tilt[late] == pytest.approx(6.0 * (trace.time_s[late] - delay_s), abs=0.05)
    assert trace.shift[late] == pytest.approx(3.0 * (trace.time_s[late] - delay_s), abs=0.05)
    assert trace.speed[late] == pytest.approx(6.0, abs=0.01)


def test_where_the_stream_begins_anew_it_begins_where_the_pelvis_is():
    stepped = np.where(np.arange(1000) < 500, 0.0, np.radians(20.0))
    trace, _ = traced(stepped, restart=500)
    assert trace.tilt[trace.time_s >= 5.0] == pytest.approx(20.0, abs=1e-6)
    assert np.flatnonzero(trace.fresh).tolist() == [
        0,
        int(np.searchsorted(trace.time_s, 5.0 - 1e-9)),
    ]


@pytest.mark.parametrize(("about", "aside"), [(LEFT, 0.0), (UP, 40.0), (np.cross(LEFT, UP), 40.0)])
def test_turning_about_the_line_between_the_hips_is_not_aside_and_about_any_other_is(
    about: Floats, aside: float
):
    gyr = np.tile(np.radians(40.0) * about / np.linalg.norm(about), (500, 1))
    trace, _ = traced(np.zeros(500), gyr=gyr)
    assert trace.aside == pytest.approx(aside, abs=0.01)


def test_shaking_is_strain_and_rolling_is_none():
    t = np.arange(3000) / 100.0
    swing = np.sin(2 * np.pi * 0.5 * t)[:, None] * LEFT
    noise = np.random.default_rng(1).normal(0.0, 1e-4, (3000, 3))
    tremor = np.sin(2 * np.pi * 10.0 * t)[:, None] * UP * np.where(t > 20.0, 0.02, 0.0)[:, None]
    trace, _ = traced(np.zeros(3000), gyr=0.5 * swing + noise + tremor)
    assert trace.strain[(trace.time_s > 5.0) & (trace.time_s < 19.5)].max() < 1.0
    assert trace.strain[trace.time_s > 21.0].min() > 3.0


def test_a_rolling_sled_rumbles_and_a_slow_push_does_not():
    t = np.arange(3000) / 100.0
    push = np.sin(2 * np.pi * 0.5 * t)[:, None] * UP
    noise = np.random.default_rng(2).normal(0.0, 1e-3, (3000, 3))
    sled = np.sin(2 * np.pi * 15.0 * t)[:, None] * UP * np.where(t > 20.0, 0.2, 0.0)[:, None]
    trace, _ = traced(np.zeros(3000), acc=push + noise + sled)
    assert trace.rumble[(trace.time_s > 5.0) & (trace.time_s < 19.5)].max() < 1.0
    assert trace.rumble[trace.time_s > 21.0].min() > 3.0
    assert not trace.strain.any()


def test_points_are_counted_from_the_first_and_found_again_by_number_and_by_time():
    trace, _ = traced(np.radians(np.arange(1000) / 100.0))
    past = Past(keep_s=4.0)
    past.add(trace)
    last = len(trace) - 1
    some = past.between(last - 20, last - 10)
    assert some.time_s == pytest.approx(trace.time_s[last - 20 : last - 9])
    assert some.tilt == pytest.approx(trace.tilt[last - 20 : last - 9])
    since = past.since(float(trace.time_s[last - 30]), last)
    assert since.time_s == pytest.approx(trace.time_s[last - 30 :])
