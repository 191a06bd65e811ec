"""The guided calibration's screen: one thing to do, how far it is, what went wrong, the verdict."""

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from calibration.model import Calibration, Grade, Verdict
from calibration.prompts import SENTENCES, Key, Prompt, Step
from monitor.guiding import Guiding, Lesson
from monitor.simulation.demo import calibrating
from monitor.sinks.console.guide_sink import GuideSink
from monitor.sinks.console.guide_view import GuideScreen, GuideView
from tests.test_calibrations import PLACEMENT

STEPS: tuple[Step, ...] = ("stand", "lie_back", "tilts", "done")


def lesson(step: Step = "stand", share: float = 0.0, *keys: Key, **more: object) -> Lesson:
    said = tuple(Prompt(3.0, key, SENTENCES.get(key, "Once more: why.")) for key in keys)
    return replace(Lesson(3.0, step, share, said, "up", None), **more)


def after(*lessons: Lesson) -> GuideView:
    view = GuideView("LP-01")
    for one in lessons:
        view = view.update(one)
    return view


def screen(view: GuideView, width: int = 80, height: int = 24) -> str:
    return "\n".join(line.plain for line in GuideScreen(view).lines(width, height))


def judged(grade: Grade, *reasons: str) -> Calibration:
    return replace(PLACEMENT, verdict=Verdict(grade, reasons))


@pytest.mark.parametrize(
    ("step", "headline", "begin"),
    [
        ("stand", "STAND STILL", "Stand upright"),
        ("lie_back", "LIE BACK", "Sit down, lie back flat"),
        ("tilts", "TILT 1 OF 3", "Roll your tailbone up"),
    ],
)
def test_each_step_says_one_thing_to_do_and_how(step: Step, headline: str, begin: str):
    view = after(lesson(step))
    assert view.headline == headline
    assert view.sentence.startswith(begin)
    assert begin in screen(view)


def test_the_bar_fills_and_counts_down_while_the_athlete_holds_still():
    bars = [screen(after(lesson("stand", share))).count("░") for share in (0.0, 0.5, 1.0)]
    assert bars == [2 * 72, 2 * 36, 0]
    assert "waiting until you are still" in screen(after(lesson("stand", 0.0)))
    assert "still: hold for 4 s more" in screen(after(lesson("stand", 0.5)))


@pytest.mark.parametrize("made", [0, 1, 2, 3])
def test_the_tilts_are_counted(made: int):
    view = after(lesson("tilts", made / 3))
    assert view.headline == f"TILT {min(made + 1, 3)} OF 3"
    assert f"{made} of 3 tilts" in screen(view)


@pytest.mark.parametrize("key", ["moved", "slid", "side_bend", "too_close"])
def test_what_went_wrong_stays_until_it_has_gone_right(key: Key):
    wrong = after(lesson("stand", 0.5), lesson("stand", 0.0, key), lesson("stand", 0.4))
    assert wrong.trouble == SENTENCES[key]
    assert SENTENCES[key][:30] in screen(wrong)
    assert not wrong.update(lesson("lie_back", 0.0, "lie_back")).trouble


def test_tilts_asked_for_again_keep_their_reason_on_the_screen():
    assert after(lesson("tilts", 0.0, "again", "tilts")).trouble == "Once more: why."
    assert after(lesson("tilts", 0.0, "moved"), lesson("tilts", 0.0, "tilts")).trouble == ""


def test_a_lost_link_is_said_before_anything_else_that_went_wrong():
    told = screen(after(lesson("stand", 0.5, "moved", link="down")))
    assert "The link is down" in told
    assert "You moved" not in told


@pytest.mark.parametrize("grade", ["good", "usable", "poor"])
def test_the_verdict_is_large_and_has_its_reasons(grade: Grade):
    view = after(lesson("done", 1.0, "done", calibration=judged(grade, "restless at neutral")))
    assert view.headline == grade.upper()
    assert "- restless at neutral" in screen(view)


@given(
    st.sampled_from(STEPS),
    st.floats(0, 1),
    st.sampled_from(["", "You moved.", "long " * 60]),
    st.integers(1, 200),
    st.integers(1, 70),
    st.booleans(),
)
def test_any_size_of_terminal_is_filled_and_nothing_is_wider(
    step: Step,
    share: float,
    trouble: str,
    width: int,
    height: int,
    done: bool,  # noqa: FBT001  a property
):
    calibration = judged("poor", "why " * 50) if done else None
    view = GuideView("x" * 300, (), 3.0, step, share, trouble, "up", 1, calibration)
    lines = GuideScreen(view).lines(width, height)
    assert len(lines) == height
    assert max(line.cell_len for line in lines) <= width


def test_the_sentence_survives_on_the_smallest_screen():
    assert "Stand upright" in screen(after(lesson("stand")), 80, 3)


def heard(*lessons: Lesson, drawn: bool) -> str:
    async def all_of_them() -> AsyncIterator[Lesson]:
        for one in lessons:
            yield one
            await asyncio.sleep(0)

    file = io.StringIO()
    terminal = Console(file=file, width=80, height=24, force_terminal=drawn)
    asyncio.run(GuideSink(GuideView("LP-01"), terminal, drawn=drawn)(all_of_them()))
    return file.getvalue()


def test_lines_tell_each_prompt_once_and_a_lost_link():
    printed = heard(
        lesson("stand", 0.0, "stand"),
        lesson("stand", 0.1, link="down"),
        lesson("stand", 0.1, link="down"),
        lesson("stand", 0.0, "moved"),
        drawn=False,
    ).splitlines()
    assert [line[12:] for line in printed] == [
        SENTENCES["stand"],
        "the link is down",
        SENTENCES["moved"],
    ]


def test_the_bell_rings_for_who_cannot_see_the_screen_and_the_terminal_is_given_back():
    drawn = heard(lesson("stand", 0.0, "stand"), lesson("stand", 0.2), drawn=True)
    assert drawn.count("\a") == 1
    assert drawn.index("\x1b[?1049h") < drawn.index("\x1b[?1049l")


@pytest.mark.parametrize("at_once", [1, 7, 1000])
def test_however_the_arrivals_come_the_guide_says_the_same(at_once: int):
    packets = calibrating().packets()
    stage = Guiding("reference", "LP-01", today="2026-03-01T10:00:00Z")
    said: list[Key] = []
    for start in range(0, len(packets), at_once):
        told = stage.step(packets[start : start + at_once])
        said += [prompt.key for prompt in told.said]
    assert said == ["stand", "lie_back", "tilts", "count", "count", "count", "done"]
    assert told.calibration is not None
    assert told.calibration.sensor == "LP-01"
    assert told.calibration.verdict.grade == "good"
