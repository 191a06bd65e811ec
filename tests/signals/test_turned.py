"""A sensor on its side is on nobody's back: that is said, and the athlete is not accused of it."""

from functools import cache
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from calibration.turned import Turn, Turned
from monitor.arrivals import Rows
from monitor.engine import Engine, Report, Session
from monitor.events import AlertEvent, QualityEvent
from monitor.settings import Settings
from monitor.simulation.demo import demo

AT_S = 48.5
"""Between the two sets."""


@cache
def watched(turned: bool) -> Report:  # noqa: FBT001 - a switch of the test
    """The demo, with a sensor that is knocked onto its side within half a second, or not."""
    placement = demo().calibration.placement
    axis = np.cross(placement.left, placement.up)
    arrivals = []
    for one in demo().simulation.rows():
        share = np.clip((one.time_s - AT_S) / 0.5, 0, 1) * turned
        by = Rotation.from_rotvec(np.outer(share, np.radians(80.0) * axis))
        knock = np.where((share > 0) & (share < 1), -np.radians(160.0), 0.0)[:, None] * axis
        acc, gyr = by.apply(one.acc), by.apply(one.gyr) + knock
        arrivals.append(Rows(one.arrival_s, one.time_s, acc, gyr))
    engine = Engine(Session("s"), Settings(), demo().calibration)
    return engine.step(arrivals).joined(engine.finish())


def strap_moved(report: Report) -> list[QualityEvent]:
    said = [event for event in report.events if isinstance(event, QualityEvent)]
    return [event for event in said if event.reason == "strap moved"]


def test_a_sensor_that_is_knocked_onto_its_side_is_noticed_within_three_seconds():
    (said, *_) = strap_moved(watched(turned=True))
    assert said.state == "bad"
    assert AT_S < said.known_s < AT_S + 3.0
    signals = watched(turned=True).signals
    assert (signals.tilt_sigma_deg[signals.time_s > said.known_s] >= 45.0).all()


def test_who_wears_it_is_not_accused_from_then_on():
    known_s = strap_moved(watched(turned=True))[0].known_s
    alerts = [e for e in watched(turned=True).events if isinstance(e, AlertEvent)]
    assert not [e for e in alerts if e.state == "raised" and e.known_s > known_s]


def test_a_sensor_that_holds_is_left_in_peace():
    assert not strap_moved(watched(turned=False))


def test_it_is_told_once_and_again_when_it_is_level_again():
    assert [turn.turned for turn in turns([0, 400])] == [True, False]
    assert [round(turn.known_s - turn.time_s, 6) for turn in turns([0, 400])] == [1.0, 1.0]


@settings(max_examples=20, deadline=None)
@given(cuts=st.lists(st.integers(0, 400), max_size=12))
def test_how_the_stream_is_cut_changes_nothing(cuts: list[int]):
    assert turns([0, *sorted(cuts), 400]) == turns([0, 400])


def turns(edges: list[int]) -> list[Turn]:
    """What is told of four seconds of which the sensor lies on its side from 0.5 to 2 s."""
    placement = demo().calibration.placement
    stage, time_s = Turned(placement), np.arange(400) / 100
    on_side = (time_s >= 0.5) & (time_s < 2.0)
    up = np.where(on_side[:, None], placement.left, placement.up)
    return [turn for a, b in pairwise(edges) for turn in stage.step(time_s[a:b], up[a:b])[1]]
