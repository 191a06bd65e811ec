"""The engine says the same of the same recording, however it is cut, and says it once."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.model import Calibration
from calibration.placement import Windows, placement_from
from monitor.arrivals import Arrival, LinkDown, LinkSilent, LinkUp, Packet, Rows
from monitor.engine import Engine, Session
from monitor.events import Event, to_json
from monitor.samples import Signals
from monitor.settings import Settings
from monitor.simulation.scenario import draw
from monitor.simulation.simulate import Simulation, simulate

Told = tuple[Signals, list[bytes]]


@cache
def recorded(seed: int = 21) -> tuple[Simulation, Calibration]:
    simulation = simulate(draw(seed, rate_hz=50.0, rest_s=12.0, leave_s=4.0))
    windows = simulation.truth.windows
    samples = simulation.samples
    calibration = placement_from(
        samples.time_s,
        samples.acc,
        samples.gyr,
        Windows(windows["neutral"], windows["standing"]),
    )
    return simulation, calibration


def told(session: Session, batches: Iterator[Sequence[Arrival]], calibrated: bool = True) -> Told:  # noqa: FBT001, FBT002 # a test's own switch
    _, calibration = recorded()
    engine = Engine(session, Settings(), calibration if calibrated else None)
    reports = [engine.step(batch) for batch in batches]
    reports.append(engine.finish())
    events = [to_json(event) for report in reports for event in report.events]
    return Signals.joined([report.signals for report in reports]), events


def batched(arrivals: Sequence[Arrival], cuts: Sequence[int]) -> Iterator[Sequence[Arrival]]:
    edges = [0, *sorted(cuts), len(arrivals)]
    yield from (arrivals[a:b] for a, b in pairwise(edges))


def same(one: Told, other: Told) -> bool:
    columns = Signals.__dataclass_fields__
    return one[1] == other[1] and all(
        np.array_equal(getattr(one[0], c), getattr(other[0], c), equal_nan=True) for c in columns
    )


@cache
def whole_table() -> Told:
    simulation, _ = recorded()
    return told(Session("table"), iter([simulation.rows()]))


@cache
def whole_stream() -> Told:
    simulation, _ = recorded()
    return told(Session("radio", "reference"), iter([simulation.packets()]))


@settings(max_examples=6, deadline=None)
@given(cuts=st.lists(st.integers(0, 9_000), max_size=40))
def test_a_table_cut_into_any_blocks_gives_the_same_to_the_bit(cuts: list[int]):
    simulation, _ = recorded()
    s = simulation.samples
    edges = [0, *sorted(min(c, len(s)) for c in cuts), len(s)]
    rows = [
        Rows(float(s.time_s[min(b, len(s)) - 1]), s.time_s[a:b], s.acc[a:b], s.gyr[a:b])
        for a, b in pairwise(edges)
    ]
    one = told(Session("table"), iter([[row] for row in rows]))
    other = told(Session("table"), iter([[Rows(0.0, s.time_s, s.acc, s.gyr)]]))
    assert same(one, other)


@settings(max_examples=6, deadline=None)
@given(cuts=st.lists(st.integers(0, 2_000), max_size=40))
def test_packets_in_any_batches_give_the_same_to_the_bit(cuts: list[int]):
    simulation, _ = recorded()
    arrivals = simulation.packets()
    inside = [min(c, len(arrivals)) for c in cuts]
    assert same(told(Session("radio", "reference"), batched(arrivals, inside)), whole_stream())


def test_packet_by_packet_is_the_same_as_all_at_once():
    simulation, _ = recorded()
    arrivals = simulation.packets()
    one = told(Session("radio", "reference"), ([arrival] for arrival in arrivals))
    assert same(one, whole_stream())


def test_every_sample_has_its_row_in_order():
    simulation, _ = recorded()
    signals, _ = whole_table()
    assert np.array_equal(signals.time_s, simulation.samples.time_s)


def test_events_have_their_own_names_and_are_told_in_the_order_they_were_known():
    events = decoded(whole_table())
    assert len({event.event_id for event in events}) == len(events)
    known = [event.known_s for event in events]
    assert known == sorted(known)
    assert all(event.known_s >= event.time_s for event in events)
    assert (events[0].event_id, events[-1].event_id) == (
        "table-session-started",
        "table-session-ended",
    )


def decoded(what: Told) -> list[Event]:
    return [msgspec.json.decode(line, type=Event) for line in what[1]]


def test_without_a_calibration_nothing_is_said_of_the_pelvis():
    simulation, _ = recorded()
    signals, events = told(Session("table"), iter([simulation.rows()]), calibrated=False)
    assert len(signals) == len(simulation.samples)
    assert np.isnan(signals.tilt_deg).all()
    assert not signals.phase.any()
    assert not any(b'"rep"' in event[:20] for event in events)


def test_links_that_come_and_go_are_told_and_the_stream_goes_on():
    simulation, _ = recorded()
    packets = [a for a in simulation.packets() if isinstance(a, Packet)]
    half = len(packets) // 2
    cut_s = packets[half].arrival_s
    arrivals: list[Arrival] = [
        LinkUp(0.0, "connected", 80.0),
        *packets[:half],
        LinkSilent(cut_s, "no data for 2 s"),
        LinkDown(cut_s, "out of range"),
        LinkUp(packets[half + 40].arrival_s),
        *packets[half + 40 :],
    ]
    signals, events = told(Session("radio", "reference"), iter([arrivals]))
    states = [e.state for e in decoded((signals, events)) if type(e).__name__ == "LinkEvent"]
    assert states == ["up", "silent", "down", "up"]
    assert np.diff(signals.time_s).min() > 0
    lost_s = packets[half + 40].arrival_s - cut_s
    assert np.diff(signals.time_s).max() == pytest.approx(lost_s, abs=0.5)


def test_an_empty_session_starts_and_ends():
    _, events = told(Session("table"), iter([[]]))
    assert [b"started" in events[0], b"ended" in events[-1], len(events)] == [True, True, 2]


@pytest.mark.parametrize("n", [1, 2, 19, 20, 21])
def test_a_few_samples_get_their_rows(n: int):
    simulation, _ = recorded()
    s = simulation.samples[:n]
    signals, _ = told(Session("table"), iter([[Rows(0.0, s.time_s, s.acc, s.gyr)]]))
    assert len(signals) == n
