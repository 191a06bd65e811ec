"""A weight that is told goes the way of every arrival: recorded, replayed, used, remembered."""

import asyncio
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.document import to_json as to_text
from monitor.arrivals import Arrival, Told
from monitor.cli.hindsight import Past
from monitor.engine import Engine, Report
from monitor.events import SetEvent, to_json
from monitor.history import History
from monitor.report import Story, page
from monitor.sinks.recorder import Recorder
from monitor.tape import Header

DEMO = Past.of(Path(__file__).parents[1] / "recordings" / "simulated_demo.mcap")


@cache
def arrivals() -> list[Arrival]:
    """The demo's, with a weight told before the first set and another one within it."""
    plain = list(DEMO.given.arrivals(None))
    first, second = (done.start_s for done in sets(reported([plain])))
    return [
        *(one for one in plain if one.arrival_s < first - 1.0),
        Told(first - 1.0, 120.0, "kg"),
        *(one for one in plain if first - 1.0 <= one.arrival_s < second - 12.0),
        Told(second - 12.0, 136.0777, "lb", "low"),
        *(one for one in plain if second - 12.0 <= one.arrival_s),
    ]


def reported(batches: Iterable[Sequence[Arrival]]) -> Report:
    engine = Engine(DEMO.given.session, DEMO.settings, DEMO.calibration)
    report = engine.step(())
    for batch in batches:
        report = report.joined(engine.step(batch))
    return report.joined(engine.finish())


def sets(report: Report) -> list[SetEvent]:
    return [event for event in report.events if isinstance(event, SetEvent)]


@cache
def whole() -> Report:
    return reported([arrivals()])


def test_a_weight_counts_from_the_next_set_on():
    loads = [
        (whole().told[s.event_id].load_kg, whole().told[s.event_id].feet) for s in sets(whole())
    ]
    assert loads == [(120.0, None), (136.0777, "low")]


def test_the_weight_that_was_told_is_what_less_is_reckoned_from():
    assert "107.5 kg" in sets(whole())[0].suggestion


def test_only_the_words_of_the_coach_change_when_a_weight_is_told():
    silent = reported([list(DEMO.given.arrivals(None))])
    told = [to_json(e) for e in whole().events if not isinstance(e, SetEvent)]
    assert told == [to_json(e) for e in silent.events if not isinstance(e, SetEvent)]


@settings(max_examples=3, deadline=None)
@given(cuts=st.lists(st.integers(0, 3000), max_size=30))
def test_it_counts_from_its_own_time_on_however_the_stream_is_cut(cuts: list[int]):
    edges = [0, *sorted(min(cut, len(arrivals())) for cut in cuts), len(arrivals())]
    pieces = (arrivals()[a:b] for a, b in pairwise(edges))
    report = reported(pieces)
    assert [*map(to_json, report.events)] == [*map(to_json, whole().events)]
    assert report.told == whole().told


@pytest.fixture(scope="module")
def taped(tmp_path_factory: pytest.TempPathFactory) -> Past:
    path = tmp_path_factory.mktemp("told") / "session.mcap"
    given = DEMO.given
    text = None if DEMO.calibration is None else to_text(DEMO.calibration)

    async def record() -> None:
        recorder = Recorder(path, Header(given.session, DEMO.settings, text, "legpress"))
        recorder.record(arrivals())
        recorder.close()

    asyncio.run(record())
    return Past.of(path)


def test_a_recording_of_it_says_the_same(taped: Past):
    reports = list(taped.reports())
    events = [event for report in reports for event in report.events]
    assert [*map(to_json, events)] == [*map(to_json, whole().events)]


def test_the_history_knows_the_weight_of_each_set(tmp_path: Path):
    with History.opened(tmp_path / "history.sqlite") as history:
        history.add(whole().events, None, whole().told)
        assert [one.load_kg for one in history.sets()] == [120.0, 136.0777]


def test_the_report_tells_the_weight_of_each_set_and_only_likely_causes(taped: Past):
    given = taped.given
    judged_by = taped.settings, taped.calibration
    story = Story.of("demo", given.session, judged_by, given.duration_s, taped.reports())
    told = page(story)
    assert "120 kg, 300 lb on the sled" in told
    assert "With 120 kg." in told
    assert "With 300 lb, feet low." in told
    shown = [cause for one in story.sets for cause in one.told.causes if cause.confidence >= 0.2]
    assert told.count("% likely") == len(shown)
    assert len(shown) < sum(len(one.told.causes) for one in story.sets)
