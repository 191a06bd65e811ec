"""Says the coach's words aloud, through whatever speaks on this computer; never in the way.

Words wait for nobody: one utterance is being spoken, at most one waits, a newer one takes its
place, an urgent one cuts short what is being said, and what has waited too long is dropped: a cue
that comes late is wrong.

| system | speaks with |
|---|---|
| macOS | `say` |
| Linux | `spd-say`, else `espeak-ng`, else `espeak` |
| Windows | PowerShell, System.Speech |
"""

import asyncio
import logging
import shutil
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass

from monitor.coaching.voice import Utterance, Voice
from monitor.engine import Report

STALE_S = 1.5
"""Urgent words that have waited longer than this are dropped, s."""
LONGEST_S = 15.0
"""No utterance takes longer; a voice that hangs is ended, s."""
_WINDOWS = (
    "Add-Type -AssemblyName System.Speech; "
    "(New-Object System.Speech.Synthesis.SpeechSynthesizer).Speak([Console]::In.ReadToEnd())"
)
_log = logging.getLogger("legpress")


@dataclass(frozen=True, slots=True)
class Speaker:
    """A program that speaks. `by_input`: it takes the words on its standard input."""

    command: tuple[str, ...]
    by_input: bool


def speaker(platform: str = sys.platform) -> Speaker | None:
    """The one this computer has, None if none."""
    known = {
        "darwin": (Speaker(("say",), by_input=False),),
        "win32": (Speaker(("powershell", "-NoProfile", "-Command", _WINDOWS), by_input=True),),
    }
    others = (
        Speaker(("spd-say", "--wait"), by_input=False),
        Speaker(("espeak-ng", "--stdin"), by_input=True),
        Speaker(("espeak", "--stdin"), by_input=True),
    )
    found = (one for one in known.get(platform, others) if shutil.which(one.command[0]))
    return next(found, None)


class SpeechSink:
    """A sink that speaks.

    Attributes:
        name: how the user knows it.
    """

    name = "speech"

    def __init__(self, voice: Voice, speaks_with: Speaker) -> None:
        self._voice = voice
        self._speaker = speaks_with
        self._waiting: tuple[Utterance, float] | None = None
        self._news = asyncio.Event()
        self._all_said = asyncio.Event()
        self._all_said.set()
        self._process: asyncio.subprocess.Process | None = None
        self._was_cut = False

    async def __call__(self, reports: AsyncIterator[Report]) -> None:
        """Listen to the end; the last words are heard out."""
        speaking = asyncio.create_task(self._speak())
        try:
            async for report in reports:
                for event in report.events:
                    self._take(self._voice.hears(event))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._all_said.wait(), LONGEST_S)
        finally:
            speaking.cancel()
            self._cut_short()

    def _take(self, said: Utterance | None) -> None:
        if said is None or not said.words:
            return
        self._waiting = said, time.monotonic()
        self._all_said.clear()
        self._news.set()
        if said.urgent:
            self._cut_short()

    def _cut_short(self) -> None:
        if self._process is not None:
            self._was_cut = True
            with suppress(ProcessLookupError):
                self._process.terminate()

    async def _speak(self) -> None:
        can_speak = True
        while await self._news.wait():
            self._news.clear()
            waiting, self._waiting = self._waiting, None
            if waiting is not None and can_speak and not _is_stale(*waiting):
                problem = await self._say(waiting[0].words)
                if problem:
                    can_speak = False
                    _log.warning("%s cannot speak: %s", self._speaker.command[0], problem)
            if self._waiting is None:
                self._all_said.set()

    async def _say(self, words: str) -> str:
        """Speak to the end, or until cut short; what kept the voice from it, if anything did."""
        by_input, quiet = self._speaker.by_input, asyncio.subprocess.DEVNULL
        try:
            self._process = process = await asyncio.create_subprocess_exec(
                *self._speaker.command,
                *(() if by_input else (words,)),
                stdin=asyncio.subprocess.PIPE if by_input else quiet,
                stdout=quiet,
                stderr=quiet,
            )
            self._was_cut = False
        except OSError as error:
            return error.strerror or "it cannot be started"
        if self._waiting is not None and self._waiting[0].urgent:
            self._cut_short()  # it came while the voice was being started
        try:
            given = words.encode() if by_input else None
            await asyncio.wait_for(process.communicate(given), LONGEST_S)
        except TimeoutError:
            self._cut_short()
            await process.wait()
        finally:
            self._process = None
        failed = process.returncode is not None and process.returncode > 0
        return f"it ended with {process.returncode}" if failed and not self._was_cut else ""


def _is_stale(said: Utterance, since_s: float) -> bool:
    return said.urgent and time.monotonic() - since_s > STALE_S
