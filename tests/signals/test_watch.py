"""A watch speaks once, after the dwell, and again only after the value was well below."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.signals.watch import Crossing, Threshold, Watch

ALARM = Threshold("pelvic_tilt", "alarm", 12.0, dwell_s=0.1, rearm=2.0, rearm_s=0.2)


def heard(
    value: np.ndarray,
    rate_hz: float = 100.0,
    cuts: tuple[int, ...] = (),
    may_speak: np.ndarray | None = None,
) -> list[Crossing]:
    watch = Watch(ALARM)
    time_s = np.arange(len(value)) / rate_hz
    speaks = np.ones(len(value), bool) if may_speak is None else may_speak
    ahead = np.full(len(value), -np.inf)
    said = []
    start = 0
    for end in [*sorted(cuts), len(value)]:
        part = slice(start, end)
        crossings = watch.step(time_s[part], value[part], ahead[part], speaks[part])
        said += [replace(one, index=one.index + start) for one in crossings]
        start = end
    return said


def states(value: np.ndarray, **how: object) -> list[str]:
    return [one.state for one in heard(value, **how)]  # type: ignore[arg-type] # passed on


def test_a_value_beyond_the_limit_for_the_dwell_is_raised_once_and_cleared_once():
    value = np.concatenate([np.zeros(50), np.full(100, 13.0), np.zeros(50)])
    raised, cleared = heard(value)
    assert (raised.state, cleared.state) == ("raised", "cleared")
    assert raised.index / 100.0 - raised.time_s >= 0.1 - 1e-9
    assert raised.index == 60


def test_a_value_beyond_for_less_than_the_dwell_is_not_raised():
    value = np.concatenate([np.zeros(50), np.full(9, 13.0), np.zeros(50)])
    assert states(value) == []


def test_hovering_around_the_limit_is_one_alert():
    value = 12.0 + 1.0 * np.sin(np.arange(1000) / 20.0)
    assert states(np.concatenate([[0.0], value])) == ["raised"]


def test_after_being_well_below_it_speaks_again():
    bump = np.concatenate([np.zeros(50), np.full(50, 13.0)])
    tail = np.zeros(50)
    assert states(np.concatenate([bump, bump, tail])) == ["raised", "cleared"] * 2


def test_the_dwell_counts_from_the_crossing_between_two_samples():
    """At 25 Hz a ramp through 12 at 0.5 s and a bit is known within a sample of the dwell."""
    time_s = np.arange(60) / 25.0
    (raised,) = heard(30.0 * (time_s - 0.115), rate_hz=25.0)
    assert np.isclose(raised.time_s, 0.515)
    assert 0.1 <= raised.index / 25.0 - raised.time_s < 0.14 + 1e-9


def test_nothing_is_said_where_it_may_not_speak_and_an_alert_ends_there():
    value = np.full(300, 13.0)
    quiet = np.zeros(300, bool)
    assert states(value, may_speak=quiet) == []
    partly = np.arange(300) < 100
    assert states(value, may_speak=partly) == ["raised", "cleared"]


def test_an_unknown_value_breaks_the_dwell():
    value = np.full(40, 13.0)
    value[8::9] = np.nan
    assert states(value) == []


def test_a_foreseen_crossing_is_announced_once_and_then_raised():
    time_s = np.arange(200) / 100.0
    value = np.clip(10.0 * time_s, 0.0, 15.0)
    said = list(Watch(ALARM).step(time_s, value, value + 4.0, np.ones(200, bool)))
    assert [one.state for one in said] == ["approaching", "raised"]
    assert said[1].time_s - said[0].time_s > 0.3


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(st.floats(-6.0, 6.0), min_size=2, max_size=60),
    cuts=st.sets(st.integers(0, 600), max_size=8),
)
def test_any_cutting_gives_the_same_alerts(steps: list[float], cuts: set[int]):
    value = 10.0 + np.repeat(np.cumsum(steps), 10)
    inside = tuple(c for c in cuts if c <= len(value))
    assert heard(value, cuts=inside) == heard(value)
