"""Words are spoken by a program of the computer's; they are never late, and hold nobody up."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from monitor.coaching.voice import Voice
from monitor.engine import Report
from monitor.events import AlertEvent
from monitor.samples import Signals
from monitor.settings import Coaching
from monitor.sinks.speech import Speaker, SpeechSink, speaker

SLOW = """
import sys, time
words = sys.stdin.read()
print("begun " + words, file=open(sys.argv[1], "a"), flush=True)
time.sleep(float(sys.argv[2]))
print("done " + words, file=open(sys.argv[1], "a"), flush=True)
"""


def report(rep: int, state: str = "raised") -> Report:
    event = AlertEvent(
        event_id=f"a{rep}",
        session_id="x",
        time_s=1.0,
        known_s=1.1,
        rule="pelvic_tilt",
        level="warning",
        state=state,  # type: ignore[arg-type] # the tests' own words
        value=9.0,
        sigma=0.3,
        limit=8.0,
        unit="deg",
        set=1,
        rep=rep,
        advice=f"advice {rep}",
    )
    return Report(1.1, Signals.empty(), (event,), 100.0, 0.0)


def spoken(reports: list[Report], length_s: float, heard: Path) -> float:
    """Lets a slow voice begin with each report; how long the sink kept these waiting, s."""
    waited_s = 0.0

    async def told() -> AsyncIterator[Report]:
        nonlocal waited_s
        for number, one in enumerate(reports, start=1):
            begun = time.monotonic()
            yield one
            waited_s = max(waited_s, time.monotonic() - begun)
            async with asyncio.timeout(30):
                while not begun_with(number, heard):  # noqa: ASYNC110 - another process tells
                    await asyncio.sleep(0.01)

    slow = Speaker((sys.executable, "-c", SLOW, str(heard), str(length_s)), by_input=True)
    asyncio.run(SpeechSink(Voice(Coaching()), slow)(told()))
    return waited_s


def begun_with(number: int, heard: Path) -> bool:
    return heard.exists() and f"begun advice {number}" in heard.read_text()


def test_a_cue_is_spoken_to_its_end(tmp_path: Path):
    heard = tmp_path / "heard"
    spoken([report(1)], 0.0, heard)
    assert heard.read_text().splitlines() == ["begun advice 1", "done advice 1"]


def test_a_newer_cue_cuts_an_older_one_short_and_the_session_never_waits(tmp_path: Path):
    heard = tmp_path / "heard"
    waited_s = spoken([report(1), report(2)], 2.0, heard)
    assert heard.read_text().splitlines() == ["begun advice 1", "begun advice 2", "done advice 2"]
    assert waited_s < 1.0


@pytest.mark.parametrize(
    "command", [("no-such-voice-here",), (sys.executable, "-c", "raise SystemExit(3)")]
)
def test_a_voice_that_cannot_speak_is_told_once_and_ends_nothing(
    command: tuple[str, ...], caplog: pytest.LogCaptureFixture
):
    unable = Speaker(command, by_input=True)

    async def told() -> AsyncIterator[Report]:
        for rep in (1, 2):
            yield report(rep)
            await asyncio.sleep(0.7)

    asyncio.run(asyncio.wait_for(SpeechSink(Voice(Coaching()), unable)(told()), 10.0))
    assert caplog.text.count("cannot speak") == 1


def test_where_nothing_can_speak_there_is_no_speaker(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "")
    assert [speaker(platform) for platform in ("linux", "darwin", "win32")] == [None] * 3
