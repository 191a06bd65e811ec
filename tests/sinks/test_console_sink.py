"""The console as a sink: lines or frames, the bell, and a terminal given back as it was."""

import asyncio
import io
import logging
import time
from collections.abc import AsyncIterator, Iterable

import pytest
from rich.console import Console

from monitor.engine import Report
from monitor.settings import Console as ConsoleSettings
from monitor.settings import Settings
from monitor.sinks.console import ConsoleSink, View
from monitor.sinks.console.frames import FRAME_S, can_draw
from tests.sinks import console_feed as feed

HOME, ENTER, LEAVE = "\x1b[H", "\x1b[?1049h", "\x1b[?1049l"
HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"


async def stream(reports: Iterable[Report]) -> AsyncIterator[Report]:
    for report in reports:
        yield report
        await asyncio.sleep(0)


def shown(
    reports: Iterable[Report] | AsyncIterator[Report],
    view: View | None = None,
    *,
    drawn: bool = True,
    file: io.StringIO | None = None,
) -> str:
    file = file or io.StringIO()
    terminal = Console(file=file, width=80, height=24, force_terminal=drawn)
    sink = ConsoleSink(view or View(Settings()), terminal, drawn=drawn)
    source = reports if isinstance(reports, AsyncIterator) else stream(reports)
    asyncio.run(sink(source))
    return file.getvalue()


async def until_shown(words: str, file: io.StringIO) -> None:
    """Wait; a terminal that takes its time gets fewer frames."""
    async with asyncio.timeout(30):
        while words not in file.getvalue():  # noqa: ASYNC110 - the file tells nobody
            await asyncio.sleep(FRAME_S)


def lines(*events: object) -> list[str]:
    return shown([feed.report(*events)], drawn=False).splitlines()


def starting(with_: str, printed: list[str]) -> list[str]:
    return [line for line in printed if f" s  {with_}" in line]


def test_the_plain_output_has_one_line_per_alert():
    printed = lines(*(feed.alert(level) for level in ("notice", "warning", "alarm")))
    alerts = starting("alert", printed)
    assert len(alerts) == 3
    assert "pelvic_tilt alarm  12.4 deg (limit 12.0)  set 1 rep 1" in alerts[-1]
    assert alerts[-1].endswith(feed.ADVICE)


def test_the_plain_output_has_one_line_per_rep_set_link_and_quality_change():
    printed = shown(feed.whole_session(), drawn=False).splitlines()
    assert len(starting("rep", printed)) == 11
    assert len(starting("set", printed)) == 2
    assert len(starting("link", printed)) == 1
    assert len(starting("quality", printed)) == 1
    assert len(starting("session", printed)) == 2


def test_the_plain_output_moves_no_cursor_and_uses_no_colour():
    assert "\x1b" not in shown(feed.whole_session(), drawn=False)


@pytest.mark.parametrize("state", ["approaching", "cleared"])
def test_an_alert_that_is_only_near_or_over_needs_no_line(state: str):
    assert not starting("alert", lines(feed.alert("alarm", state)))


def test_the_plain_output_says_what_to_do_without_a_calibration():
    assert "legpress calibrate FILE" in lines(feed.session(calibration="none"))[0]


def test_a_hostile_name_stays_on_its_line():
    printed = lines(feed.session(athlete="\x1b[2J\nalert [red]Eve"))
    assert "athlete [2J alert [red]Eve" in printed[0]
    assert not starting("alert", printed)


def test_a_file_that_knows_only_ascii_still_gets_every_line():
    raw = io.BytesIO()
    terminal = Console(file=io.TextIOWrapper(raw, encoding="ascii"))
    asyncio.run(ConsoleSink(View(Settings()), terminal)(stream(feed.whole_session())))
    assert len(starting("rep", raw.getvalue().decode("ascii").splitlines())) == 11


def test_a_reader_that_has_gone_is_told_to_whoever_runs_the_sink():
    class Gone(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        shown(feed.whole_session(), drawn=False, file=Gone())


@pytest.mark.parametrize("drawn", [True, False])
def test_a_short_summary_stays_when_the_session_is_over(drawn: bool):  # noqa: FBT001  a case
    view = View(Settings(), recording="recordings/monday.mcap")
    left = shown(feed.whole_session(), view, drawn=drawn).split(LEAVE)[-1]
    assert all(len(line) <= 80 for line in left.splitlines()[-8:])
    for part in (
        "2 sets, 11 reps, 7 clean",
        "Worst: tilt 12.8°, lift 10 mm" if drawn else "Worst: tilt 12.8 deg, lift 10 mm",
        "4 notices, 2 warnings, 1 alarm",
    ):
        assert part in left
    assert "Recording: recordings/monday.mcap" in left
    assert "form coaching, not a medical device" in left


@pytest.mark.parametrize("error", [asyncio.CancelledError, RuntimeError])
def test_the_terminal_is_given_back_however_the_session_ends(error: type[BaseException]):
    async def broken() -> AsyncIterator[Report]:
        for report in feed.whole_session():
            yield report
            if report.arrival_s > 10:
                raise error

    file = io.StringIO()
    with pytest.raises(error):
        shown(broken(), file=file)
    output = file.getvalue()
    assert output.index(ENTER) < output.index(LEAVE)
    assert output.rindex(HIDE) < output.rindex(SHOW)
    assert "0 sets, 2 reps, 2 clean" in output.split(LEAVE)[1]


def test_drawing_does_not_follow_every_report():
    begun = time.monotonic()
    frames = shown(feed.whole_session()).count(HOME)
    events = [event for report in feed.whole_session() for event in report.events]
    urgent = sum(getattr(event, "state", "") == "raised" for event in events)
    assert 1 <= frames <= (time.monotonic() - begun) / FRAME_S + 3 + urgent


def test_what_came_last_is_drawn_although_nothing_follows():
    file = io.StringIO()

    async def pausing() -> AsyncIterator[Report]:
        yield feed.report(feed.session())
        yield feed.report(feed.alert("alarm"))
        await until_shown(feed.ADVICE, file)

    assert feed.ADVICE in shown(pausing(), file=file)


def test_nothing_is_drawn_any_more_once_the_session_is_over():
    file = io.StringIO()

    async def outliving() -> int:
        sink = ConsoleSink(View(Settings()), Console(file=file, force_terminal=True), drawn=True)
        await sink(stream([feed.report(feed.session())]))
        sink.view = sink.view.update(feed.report(feed.alert("alarm")))
        end = len(file.getvalue())
        await asyncio.sleep(3 * FRAME_S)
        return end

    assert asyncio.run(outliving()) == len(file.getvalue())


def bells(*levels: str, bell: bool = True) -> int:
    view = View(Settings(console=ConsoleSettings(bell=bell)))
    return shown([feed.report(feed.alert(level)) for level in levels], view).count("\a")


def test_the_bell_rings_for_warnings_and_alarms_and_can_be_turned_off():
    assert bells("warning") == 1
    assert bells("alarm") == 1
    assert bells("notice") == 0
    assert bells("alarm", bell=False) == 0


def test_alerts_in_quick_succession_ring_once():
    assert bells("warning", "alarm", "alarm") == 1


def test_an_approach_does_not_ring():
    assert "\a" not in shown([feed.report(feed.alert("alarm", "approaching"))])


def test_a_warning_of_the_program_is_shown_and_stays():
    log, file, warning = logging.getLogger("legpress"), io.StringIO(), "disk full, it ends here"

    async def with_a_full_disk() -> AsyncIterator[Report]:
        yield feed.report(feed.session())
        log.warning(warning)
        await until_shown(warning, file)
        yield feed.report()

    before = log.handlers[:]
    during, after = shown(with_a_full_disk(), file=file).split(LEAVE)
    assert warning in during
    assert warning in after
    assert log.handlers == before


def test_only_a_terminal_that_can_draw_is_drawn_upon(monkeypatch: pytest.MonkeyPatch):
    class Tty(io.StringIO):
        encoding = "utf-8"

        def isatty(self) -> bool:
            return True

    class OldTty(Tty):
        encoding = "iso-8859-1"

    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert can_draw(Console(file=Tty()))
    assert not can_draw(Console(file=OldTty()))
    assert not can_draw(Console(file=io.StringIO()))
    monkeypatch.setenv("TERM", "dumb")
    assert not can_draw(Console(file=Tty()))


def test_a_view_without_any_report_can_end():
    assert shown([]).endswith("form coaching, not a medical device\n")
