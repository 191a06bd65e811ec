"""What the screen says of typing: asked between sets, answered at once, and never in the way."""

from dataclasses import replace

import pytest

from monitor.events import Event
from monitor.settings import Coaching, Settings
from monitor.sinks.console import ConsoleSink
from monitor.sinks.console.screen import Screen
from monitor.sinks.console.view import ANSWER_S, View
from monitor.sinks.console.words import NEXT_WEIGHT
from tests.sinks import console_feed as feed

KNOWN = Coaching(load_kg=130.0)


def sink(*events: Event, asks: bool = True) -> ConsoleSink:
    shown = ConsoleSink(View(Settings()), drawn=True)
    if asks:
        shown.asks(KNOWN, "")
    shown.view = shown.view.update(feed.report(feed.session(), *events, arrival_s=21.0))
    return shown


def footer(shown: ConsoleSink, width: int = 80, height: int = 24) -> str:
    return Screen(shown.view).lines(width, height)[-1].plain


RESTING = feed.set_over(1, [6.0, 9.0], time_s=20.0)


def test_between_sets_the_weight_of_the_next_is_asked_for():
    assert NEXT_WEIGHT in footer(sink(RESTING))
    assert NEXT_WEIGHT not in footer(sink())


def test_nothing_is_asked_where_nobody_can_answer_or_when_all_is_over():
    assert NEXT_WEIGHT not in footer(sink(RESTING, asks=False))
    assert NEXT_WEIGHT not in footer(sink(RESTING, feed.session("ended", 30.0)))


def test_an_answer_stays_until_the_next_set_and_within_a_set_only_for_a_while():
    resting, training = sink(RESTING), sink()
    for shown in (resting, training):
        shown.answers("next set: 130 kg", KNOWN)
        assert "next set: 130 kg" in footer(shown)
        later = shown.view.now_s + 2 * ANSWER_S
        shown.view = shown.view.update(feed.report(feed.quality("good", later), arrival_s=later))
    assert "next set: 130 kg" in footer(resting)
    assert "next set: 130 kg" not in footer(training)


@pytest.mark.parametrize(("width", "height"), [(80, 24), (40, 8), (20, 1)])
def test_the_line_being_typed_is_seen_however_small_the_terminal(width: int, height: int):
    shown = sink(RESTING)
    shown.asks(KNOWN, "290 lb")
    assert any("> 290 lb" in line.plain for line in Screen(shown.view).lines(width, height))


def test_a_warning_of_the_program_is_not_covered_by_a_question():
    shown = sink(RESTING)
    shown.view = replace(shown.view, note="disk full")
    assert "disk full" in footer(shown)
