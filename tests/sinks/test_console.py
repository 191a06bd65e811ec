"""The drawn console: what a lifter and a coach must be able to read off it."""

import io
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from monitor.engine import Report
from monitor.events import CauseEstimate
from monitor.settings import Settings
from monitor.sinks.console import View
from monitor.sinks.console.screen import Screen
from tests.sinks import console_feed as feed

NAN = float("nan")
COLOURS = re.compile(r"\x1b\[([0-9;]*;)?([349][0-7]|38|48|10[0-7])[;m]")


def told(*reports: Report, view: View | None = None) -> View:
    view = view or View(Settings())
    for report in reports:
        view = view.update(report)
    return view


def drawn(view: View, width: int = 80, height: int = 24, *, colour: bool = False) -> str:
    console = Console(
        file=io.StringIO(),
        width=width,
        height=height,
        force_terminal=True,
        color_system="truecolor",
        no_color=not colour,
    )
    console.print(Screen(view), end="")
    return console.file.getvalue()


def text(view: View, width: int = 80, height: int = 24) -> str:
    return "\n".join(line.plain.rstrip() for line in Screen(view).lines(width, height))


def lowering(tilt_deg: float, lift_mm: float = 2.0, time_s: float = 1.0) -> Report:
    block = feed.signals(time_s, tilt_deg, "lowering", 1, lift_mm)
    return feed.report(block=block, arrival_s=time_s)


def until(time_s: float, view: View | None = None) -> View:
    return told(*(r for r in feed.whole_session() if r.arrival_s <= time_s), view=view)


def test_the_alarm_banner_names_the_advice_and_what_was_measured():
    shown = text(told(lowering(12.4), feed.report(feed.alert("alarm", "raised"))))
    assert feed.ADVICE in shown
    assert "pelvic tilt 12.4° (limit 12.0°)" in shown


def test_an_approaching_alert_looks_different_from_a_raised_one_even_without_colour():
    near, raised = (
        drawn(told(lowering(7.0), feed.report(feed.alert("warning", state))))
        for state in ("approaching", "raised")
    )
    assert "warning is near" in near
    assert "is near" not in raised
    assert not _is_filled(near)
    assert _is_filled(raised)


def _is_filled(screen: str) -> bool:
    """Whether the advice stands on a filled ground (reverse video)."""
    return any(feed.ADVICE in line and "\x1b[1;7m" in line for line in screen.splitlines())


def test_a_raised_alert_tells_that_the_next_level_is_near():
    both = feed.report(feed.alert("warning"), feed.alert("alarm", "approaching"))
    assert "alarm is near: pelvic tilt" in text(told(lowering(9.0), both))
    lower = feed.report(feed.alert("warning"), feed.alert("notice", "approaching"))
    assert "is near" not in text(told(lowering(9.0), lower))


def test_the_worst_alert_in_force_has_the_banner():
    shown = text(told(feed.report(feed.alert("alarm"), feed.alert("notice", time_s=0.1))))
    assert "limit 12.0°" in shown
    assert "limit 5.0°" not in shown


def test_an_alert_that_is_over_fades_and_then_leaves():
    view = told(feed.report(feed.alert("warning"), feed.alert("warning", "cleared", 1.0)))
    assert "over: warning" in text(view)
    assert "warning" not in text(told(lowering(0.0, time_s=4.0), view=view))


def test_an_approach_that_comes_to_nothing_is_forgotten():
    view = told(feed.report(feed.alert("warning", "approaching", 1.0)))
    assert "is near" in text(view)
    assert "is near" not in text(told(lowering(0.0, time_s=3.0), view=view))


@pytest.mark.parametrize(
    ("tilt_deg", "word"), [(6.0, "NOTICE"), (9.0, "WARNING"), (13.0, "ALARM"), (-11.0, "ALARM")]
)
def test_without_colour_the_level_can_still_be_told(tilt_deg: float, word: str):
    view = told(lowering(tilt_deg))
    assert word in drawn(view)
    assert not COLOURS.search(drawn(view))
    assert COLOURS.search(drawn(view, colour=True))


def test_an_athlete_who_walks_about_is_not_judged():
    view = told(feed.report(block=feed.signals(1.0, -44.0, "away")))
    assert "ALARM" not in text(view)


def test_posterior_tilt_grows_to_the_right_and_anterior_to_the_left():
    def bar(tilt_deg: float) -> tuple[int, int]:
        rows = text(told(lowering(tilt_deg))).splitlines()
        row = next(row for row in rows if "▓" in row)
        return row.index("█"), row.rindex("█")

    zero = text(told(lowering(0.0))).splitlines()
    centre = next(row for row in zero if "▓" in row).index("│")
    assert bar(6.0)[0] == centre < bar(6.0)[1] < bar(9.0)[1]
    assert bar(-9.0)[0] < bar(-6.0)[0] < bar(-6.0)[1] == centre - 1


def test_the_limits_on_the_gauge_follow_the_athletes_own_range():
    assert "A12" in text(View(Settings()))
    assert "A18" in text(View(Settings(), range_deg=20.0))


def test_a_lift_is_shown_with_its_uncertainty():
    assert "12 ± 2 mm" in text(told(lowering(1.0, lift_mm=12.0)))


def test_a_lift_too_uncertain_to_mean_anything_is_called_unsure():
    block = feed.signals(1.0, 1.0, "lowering", 1, 12.0, lift_sigma_mm=14.0)
    shown = text(told(feed.report(block=block)))
    assert "unsure (± 14 mm)" in shown
    assert "12 ±" not in shown


def test_without_a_calibration_the_screen_says_what_to_do():
    unknown = feed.report(feed.session(calibration="none"), block=feed.signals(0.0, NAN, ""))
    shown = text(told(unknown))
    assert "unknown" in shown
    assert "legpress calibrate FILE --output" in shown
    assert "nan" not in shown


def test_every_rep_is_told_apart_by_a_mark():
    reps = feed.report(*(feed.rep(n, peak) for n, peak in enumerate((2.0, 6.0, 9.0, 13.0), 1)))
    labels = text(told(reps)).splitlines()[-2].split()[2:]
    assert labels == ["✓1", "n2", "W3", "A4"]


def test_a_rep_that_is_not_clean_for_another_reason_has_no_tick():
    marks = text(told(feed.report(feed.rep(1, 2.0, clean=False)))).splitlines()[-2]
    assert "·1" in marks


def test_counters_follow_the_session():
    view = until(22.4)
    assert (view.set_number, view.instant.rep, len(view.set_reps)) == (1, 7, 6)
    assert "3 clean" in text(view)
    view = until(39.0)
    assert (view.set_number, view.instant.rep, len(view.set_reps)) == (2, 2, 1)
    assert "1 clean" in text(view)


def test_between_sets_the_summary_is_shown_until_the_next_rep_begins():
    resting, lifting = text(until(28.0)), text(until(36.0))
    for part in ("SET 1 DONE", "CLEAN", "WORST TILT ALARM", "range too big (70 %)", "→ Shorten"):
        assert part in resting
        assert part not in lifting


def test_a_push_that_became_faster_is_not_called_slower():
    faster = feed.set_over(1, [2.0], concentric_slowdown_pct=-11.0)
    assert "push faster by 11 %" in text(told(feed.report(faster)))


def test_a_set_without_causes_names_none():
    shown = text(told(feed.report(feed.rep(1, 2.0), feed.set_over(1, [2.0]))))
    assert "SET 1 DONE" in shown
    assert "range too big" not in shown


def test_a_lost_link_is_said_across_the_screen_even_while_resting():
    for before in (until(22.4), until(28.0)):
        down = feed.report(feed.link("down", before.now_s, "out of reach"))
        assert "link down: out of reach" in text(told(down, view=before))


def test_the_battery_stays_known_when_a_link_event_does_not_tell_it():
    view = told(feed.report(feed.link("up"), feed.link("down", 1.0, battery_pct=None)))
    assert "battery 86 %" in text(view)


def test_bad_data_is_said_with_its_reason():
    assert "data bad (gap)" in text(told(feed.report(feed.quality("bad", 1.0, "gap"))))


def test_a_strap_that_moved_is_said_with_what_to_do():
    view = until(4.0)
    said = text(told(feed.report(feed.quality("degraded", 4.0, "strap moved")), view=view))
    assert "the strap moved" in said
    assert "Lie back flat and hold still" in said


def test_a_replay_of_known_length_shows_how_far_it_is():
    assert "0:15 / 1:00" in text(until(15.2, View(Settings(), total_s=60.0)))
    assert " / " not in text(until(15.0))


def test_the_screen_says_what_it_is_not():
    for view in (View(Settings()), until(22.4), until(28.0)):
        assert "form coaching, not a medical device" in text(view)


def test_an_update_changes_nothing_in_the_view_it_starts_from():
    before = until(22.0)
    copy = until(22.0)
    after = before.update(feed.report(feed.alert("alarm"), feed.rep(7, 13.0), arrival_s=22.2))
    assert before == copy
    assert after != before


def test_cutting_the_reports_differently_gives_the_same_screen():
    reports = [r for r in feed.whole_session() if r.arrival_s <= 30.0]
    whole = [_joined(reports[i : i + 7]) for i in range(0, len(reports), 7)]
    assert text(told(*whole)) == text(told(*reports))


def _joined(reports: list[Report]) -> Report:
    events = tuple(event for report in reports for event in report.events)
    block = feed.joined([report.signals for report in reports])
    last = reports[-1]
    return Report(last.arrival_s, block, events, last.rate_hz, last.loss_pct)


@pytest.mark.parametrize(
    "name",
    [
        "\x1b[2J\x1b[31mAnna",
        "Anna\r\n\a\b",
        "[bold red]Anna[/]",
        "\u202eAnna",
        "Anna" * 75,
        "💪" * 60,
    ],
)
def test_a_hostile_name_is_shown_harmlessly(name: str):
    view = told(feed.report(feed.session(athlete=name, station=name)), view=until(22.4))
    lines = text(view).splitlines()
    assert not any(ord(c) < 32 or c == "\u202e" for line in lines for c in line)
    assert len(lines) == 24
    assert all(cell_len(line) <= 80 for line in lines)
    assert ("💪" if "💪" in name else "Anna") in lines[0]
    if "bold" in name:
        assert "[bold red]Anna[/]" in drawn(view, 160)


numbers = st.one_of(st.just(NAN), st.floats(-300, 300), st.floats())
names = st.one_of(st.none(), st.text(max_size=300), st.text("\x1b[m\n💪字é[bold]", max_size=300))
phases = st.sampled_from(["", "away", "ready", "lowering", "bottom", "pressing", "rest"])
counts = st.integers(0, 1200)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """Anything that fits the types, sensible or not."""
    set_number, number = draw(counts), draw(counts)
    words = draw(names) or ""
    cause = CauseEstimate(
        cause="too_heavy", confidence=draw(st.floats(0, 1)), evidence=words, advice=words
    )
    level = draw(st.sampled_from(["notice", "warning", "alarm"]))
    state = draw(st.sampled_from(["approaching", "raised", "cleared"]))
    rule = draw(st.sampled_from(["pelvic_tilt", "anterior_tilt", "back_lift", "unsteady"]))
    known = draw(st.one_of(st.none(), numbers))
    possible = [
        feed.session(athlete=draw(names), station=draw(names), calibration="none"),
        feed.session("ended", 1.0, athlete=draw(names)),
        feed.link(draw(st.sampled_from(["up", "down", "silent"])), 1.0, words),
        feed.quality(draw(st.sampled_from(["good", "degraded", "bad"])), 1.0, words),
        feed.alert(level, state, 1.0, rule=rule, value=draw(numbers), advice=words),
        feed.rep(number, draw(numbers), set_number, peak_lift_mm=known, clean=draw(st.booleans())),
        feed.set_over(set_number, [draw(numbers)] * 3, causes=(cause,) * 5, suggestion=words),
    ]
    block = feed.signals(
        draw(st.floats(0, 1e5)), draw(numbers), draw(phases), draw(counts), draw(numbers)
    )
    events = draw(st.lists(st.sampled_from(possible), max_size=5))
    return feed.report(*events, block=block, rate_hz=draw(numbers))


@settings(max_examples=250, deadline=None)
@given(
    st.lists(reports(), max_size=4),
    st.integers(40, 200),
    st.integers(10, 60),
    st.one_of(st.none(), st.floats(0, 1e4)),
)
def test_every_screen_fits_its_terminal(
    some: list[Report], width: int, height: int, total_s: float | None
):
    lines = text(told(*some, view=View(Settings(), total_s=total_s)), width, height).split("\n")
    assert len(lines) == height
    assert max(cell_len(line) for line in lines) <= width


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 200), st.integers(1, 60), st.sampled_from([0.0, 22.4, 28.0]))
def test_even_a_tiny_terminal_is_not_overrun(width: int, height: int, time_s: float):
    lines = text(until(time_s), width, height).split("\n")
    assert len(lines) == height
    assert max(cell_len(line) for line in lines) <= width


def test_a_low_terminal_keeps_what_the_lifter_needs():
    shown = text(until(22.4), 40, 10)
    assert "ALARM" in shown
    assert feed.ADVICE[:20] in shown
    assert "A12" in shown


def test_a_large_terminal_makes_the_number_larger():
    assert text(until(22.4), 160, 50).count("█") > 4 * text(until(22.4)).count("█")


@pytest.mark.parametrize(("name", "time_s"), [("alarm", 22.4), ("rest", 28.0)])
def test_80_by_24_looks_as_it_was_agreed(name: str, time_s: float):
    golden = Path(__file__).with_name(f"console_80x24_{name}.txt")
    assert text(until(time_s, View(Settings(), total_s=60.0))) + "\n" == golden.read_text("utf-8")


def test_a_set_without_a_known_tilt_is_summed_up_all_the_same():
    shown = text(told(feed.report(feed.rep(1, NAN), feed.set_over(1, [NAN]))))
    assert "SET 1 DONE" in shown
    assert "nan" not in shown
