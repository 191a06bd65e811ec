"""The athlete tells, the screen answers: weight and feet, typed while a live session runs."""

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace

from rich.console import Console

from monitor.arrivals import Arrival, Told
from monitor.coaching.told import HELP, told_from, told_in_words, with_told
from monitor.settings import Coaching
from monitor.sinks.console import ConsoleSink
from monitor.sources.keyboard import Line, accompanied, keyboard

_Batches = AsyncIterator[Sequence[Arrival]]


def can_tell(terminal: Console) -> bool:
    """Whether there is somebody who sees the screen and can type."""
    here = sys.stdin is not None and sys.stdin.isatty() and terminal.file.isatty()
    return here and sys.platform != "win32"


class Telling:
    """What is typed in one session.

    Args:
        known: what was told before.
        drawn: whether the screen is drawn, and so shows what is being typed.
    """

    def __init__(self, known: Coaching, *, drawn: bool) -> None:
        self._known, self._drawn = known, drawn
        self._line = Line()
        self._told: list[Told] = []
        self._console: ConsoleSink | None = None

    def answered_by(self, console: ConsoleSink) -> ConsoleSink:
        """From now on, that console shows the line and the answers."""
        self._console = console
        console.asks(self._known, self._line.text)
        return console

    @asynccontextmanager
    async def beside(
        self, source: AbstractAsyncContextManager[_Batches]
    ) -> AsyncIterator[_Batches]:
        """The source, with what is told among its arrivals; the terminal is ours meanwhile."""
        with keyboard(sys.stdin.fileno(), self._pressed, keys=self._drawn):
            async with accompanied(source, self._taken) as batches:
                yield batches

    def _taken(self, arrival_s: float) -> list[Told]:
        told, self._told = self._told, []
        return [replace(one, arrival_s=arrival_s) for one in told]

    def _pressed(self, keys: bytes) -> None:
        for line in self._line.typed(keys):
            answer = self._answer(line)
            if self._console is not None and answer:
                self._console.answers(answer, self._known)
        if self._console is not None:
            self._console.asks(self._known, self._line.text)

    def _answer(self, line: str) -> str:
        """What is said to a line that was typed."""
        if not line.strip():
            return ""
        if line.strip() == "?":
            return HELP
        try:
            told = told_from(line, self._known.load_unit)
        except ValueError as error:
            return f"{line.strip()}: {error}"
        self._told.append(told)
        self._known = with_told(self._known, told)
        return f"next set: {told_in_words(self._known)}"
