import re
from dataclasses import replace
from html.parser import HTMLParser

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.events import QualityEvent, RepEvent, SetEvent
from monitor.report import Story, page
from monitor.samples import Signals
from tests.report import stories

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;"
VOID = {"meta", "path", "rect", "circle", "br"}


class _Read(HTMLParser):
    """The page as a browser takes it: its elements, their attributes, its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] != "style":
            self.text += data


@pytest.fixture(scope="module")
def told() -> _Read:
    return _Read(page(stories.recorded()))


def test_the_page_says_what_was_said(told: _Read):
    story = stories.recorded()
    reps = [event for event in story.events if isinstance(event, RepEvent)]
    assert f"{sum(rep.clean for rep in reps) or 'None'} of {len(reps)} reps clean." in told.text
    for rep in reps:
        assert f"{rep.peak_tilt_deg:.1f}°" in told.text
    for one in (event for event in story.events if isinstance(event, SetEvent)):
        assert one.suggestion in told.text
    assert "A7" in told.text
    assert "2026-03-02 17:30 UTC" in told.text
    assert "ot a medical device" in told.text


def test_the_page_needs_nothing_else(told: _Read):
    text = page(stories.recorded())
    assert not {"script", "link", "img", "iframe", "object"} & {tag for tag, _ in told.elements}
    assert not [a for _, a in told.elements if {"src", "href", "onload"} & a.keys()]
    assert "url(http" not in text
    assert "@import" not in text


def test_every_plot_is_told_in_words_too(told: _Read):
    ids = {a["id"] for _, a in told.elements if "id" in a}
    plots = [a for tag, a in told.elements if tag == "svg"]
    assert len(plots) == 4 * len(stories.recorded().sets) > 0
    for plot in plots:
        assert plot["role"] == "img"
        assert set((plot["aria-labelledby"] or "").split()) <= ids


def test_every_rep_has_its_curve_and_its_row():
    story = stories.made(sets=3, reps=7)
    read = _Read(page(story))
    curves = [a for tag, a in read.elements if tag == "path" and "rep " in f"{a.get('class')} "]
    assert len(curves) == 21
    assert sum(a.get("scope") == "row" for _, a in read.elements) > 21


def test_a_hostile_name_stays_a_name():
    read = _Read(page(stories.made(athlete=HOSTILE)))
    assert "<script>alert(1)</script>" in read.text
    assert not {"script", "img"} & {tag for tag, _ in read.elements}
    assert not [a for _, a in read.elements if any(name.startswith("on") for name in a)]


def test_hostile_causes_and_reasons_stay_words():
    story = stories.made()
    causes = tuple(
        msgspec.structs.replace(cause, evidence=HOSTILE, advice=HOSTILE)
        for cause in story.sets[0].told.causes
    )
    events = [
        msgspec.structs.replace(e, causes=causes, suggestion=HOSTILE)
        if isinstance(e, SetEvent)
        else e
        for e in story.events
    ]
    read = _Read(page(replace(story, events=tuple(events), name=HOSTILE)))
    assert not {"script", "img"} & {tag for tag, _ in read.elements}


@pytest.mark.parametrize(
    ("story", "kindly"),
    [
        (stories.bare(calibrated=False), "No calibration, so nothing can be said about your back."),
        (stories.bare(calibrated=True), "No reps were seen."),
        (stories.bare(calibrated=True, samples=False), "No samples reached the program."),
        (stories.made(sets=1, reps=1), "None of 1 rep clean."),
    ],
)
def test_a_session_with_little_in_it_is_told_kindly(story: Story, kindly: str):
    read = _Read(page(story))
    assert kindly in read.text
    assert "nan" not in read.text.lower().replace("finance", "")


def test_what_to_do_and_the_likeliest_cause_come_first():
    read = _Read(page(stories.made()))
    first = read.text.split("clean reps", 1)[0]
    assert "Next time: Same weight or less." in first
    assert "likeliest cause: range too big (72 %)" in first


def test_a_clean_session_is_praised_and_nothing_is_accused():
    story = stories.made(sets=1, reps=4)
    events = tuple(
        msgspec.structs.replace(e, peak_tilt_deg=3.0, clean=True) if isinstance(e, RepEvent) else e
        for e in story.events
    )
    text = _Read(page(replace(story, events=events))).text
    assert "All 4 reps clean." in text
    assert "The pelvis never rolled back by more than 3.0°." in text


def test_a_lift_that_is_too_uncertain_to_mean_it_is_not_held_against_the_rep():
    story = stories.made(sets=1, reps=4)
    events = tuple(
        msgspec.structs.replace(
            e, peak_tilt_deg=3.0, clean=True, peak_lift_mm=15.0, lift_sigma_mm=9.0
        )
        if isinstance(e, RepEvent)
        else e
        for e in story.events
    )
    text = _Read(page(replace(story, events=events))).text
    assert "All 4 reps clean." in text
    assert "In 4 of 4 reps the lift was too uncertain" in text
    assert "The pelvis never rolled back by more than 3.0°." in text


def test_data_that_was_bad_during_a_set_is_told_in_the_first_figures():
    story = stories.made(sets=2, reps=4)
    doubt = QualityEvent(
        event_id="q",
        session_id="made",
        time_s=story.sets[1].told.start_s + 1.0,
        known_s=story.sets[1].told.start_s + 1.0,
        state="degraded",
        reason="strap moved",
        loss_pct=0.0,
        rate_hz=100.0,
    )
    first = _Read(page(replace(story, events=(*story.events, doubt)))).text.split("tilt mean")[0]
    assert "degraded" in first
    assert "strap moved" in first


def test_an_hour_with_two_hundred_reps_stays_a_small_page():
    story = stories.made(sets=10, reps=20, rest_s=300.0)
    assert story.duration_s > 3600
    text = page(story)
    assert len(text) < 1_000_000
    assert len(re.findall(r"<figure>", text)) == 40
    one_long_set = page(stories.made(sets=1, reps=200))
    assert len(one_long_set) < 1_000_000


def test_no_peak_of_the_lift_is_lost_where_a_long_set_is_drawn_with_few_points():
    story = stories.made(sets=1, reps=200)
    spike = int(story.signals.time_s.searchsorted(300.0))
    story.signals.lift_mm[spike] = 77.0
    assert 77.0 in stories_line(story)


def stories_line(story: Story) -> list[float]:
    """The lift as it is drawn."""
    from monitor.report.curves import lift_over  # noqa: PLC0415 - only here

    drawn = lift_over(story, story.sets[0])
    assert len(drawn.value) < 500
    return drawn.value.tolist()


@settings(max_examples=30)
@given(
    reps=st.lists(
        st.tuples(
            st.floats(0.0, 60.0),
            st.none() | st.floats(-200.0, 200.0),
            st.none() | st.floats(0.0, 300.0),
            st.none() | st.floats(0.0, 1.0),
            st.booleans(),
        ),
        max_size=5,
    ),
    known=st.booleans(),
)
def test_whatever_is_said_of_a_set_becomes_a_page(
    reps: list[tuple[float, float | None, float | None, float | None, bool]], *, known: bool
):
    story = stories.made(sets=1, reps=5)
    told = [
        msgspec.structs.replace(
            rep,
            peak_tilt_deg=tilt,
            peak_lift_mm=lift,
            lift_sigma_mm=sigma,
            tilt_onset=onset,
            clean=clean,
        )
        for rep, (tilt, lift, sigma, onset, clean) in zip(story.reps, reps, strict=False)
    ]
    others = [event for event in story.events if not isinstance(event, RepEvent)]
    signals = story.signals if known else Signals.empty()
    read = _Read(page(replace(story, events=(*told, *others), signals=signals)))
    numbers = [value for _, a in read.elements for value in (a.get("d"), a.get("x"), a.get("y"))]
    assert not [value for value in numbers if value and ("nan" in value or "inf" in value)]
