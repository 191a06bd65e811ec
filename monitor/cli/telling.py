"""The athlete tells, the screen answers: weight, feet, or that he calibrates anew.

All of it is typed while a live session runs, and reaches the engine as an arrival.
"""

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Protocol, TypeVar

from rich.console import Console

from monitor.arrivals import Anew, Arrival, Calibrating, Told
from monitor.coaching.told import HELP, told_from, told_in_words, with_told
from monitor.settings import Coaching
from monitor.sources.keyboard import Line, accompanied, is_ours, keyboard

_Batches = AsyncIterator[Sequence[Arrival]]


def can_tell(terminal: Console) -> bool:
    """Whether there is somebody who sees the screen and can type."""
    if sys.platform == "win32" or sys.stdin is None:
        return False
    return sys.stdin.isatty() and terminal.file.isatty() and is_ours(sys.stdin.fileno())


WORDS: dict[str, tuple[Anew, str]] = {
    "calibrate": ("begun", "calibrating anew"),
    "skip": ("skipped", "the tilts are left out"),
    "back": ("left", "all as it was"),
}
"""What can be typed about the calibration, and what is answered."""


class Screen(Protocol):
    """Shows what is typed, and what is said to it."""

    def refuses(self, step: Anew) -> str:
        """Why there is no such step of a calibration now, "" where there is."""

    def asks(self, known: Coaching, typed: str) -> None:
        """Somebody can type: what is known so far, and the line being typed."""

    def answers(self, answer: str, known: Coaching) -> None:
        """A line was typed: what is said to it, and what is known now."""


S = TypeVar("S", bound=Screen)


class Telling:
    """What is typed in one session.

    Args:
        known: what was told before.
        drawn: whether the screen is drawn, and so shows what is being typed.
    """

    def __init__(self, known: Coaching, *, drawn: bool) -> None:
        self._known, self._drawn = known, drawn
        self._line = Line()
        self._told: list[Told | Calibrating] = []
        self._screen: Screen | None = None

    def answered_by(self, screen: S) -> S:
        """From now on, that screen shows the line and the answers."""
        self._screen = screen
        screen.asks(self._known, self._line.text)
        return screen

    @asynccontextmanager
    async def beside(
        self, source: AbstractAsyncContextManager[_Batches]
    ) -> AsyncIterator[_Batches]:
        """The source, with what is told among its arrivals; the terminal is ours meanwhile."""
        with keyboard(sys.stdin.fileno(), self._pressed, keys=self._drawn):
            async with accompanied(source, self._taken) as batches:
                yield batches

    def _taken(self, arrival_s: float) -> list[Arrival]:
        told, self._told = self._told, []
        return [replace(one, arrival_s=arrival_s) for one in told]

    def _pressed(self, keys: bytes) -> None:
        for line in self._line.typed(keys):
            answer = self._answer(line)
            if self._screen is not None and answer:
                self._screen.answers(answer, self._known)
        if self._screen is not None:
            self._screen.asks(self._known, self._line.text)

    def _answer(self, line: str) -> str:
        """What is said to a line that was typed."""
        if not line.strip():
            return ""
        if line.strip() == "?":
            return HELP
        if word := WORDS.get(line.strip().lower()):
            step, answer = word
            if refused := self._screen.refuses(step) if self._screen else "":
                return refused
            self._told.append(Calibrating(0.0, step))
            return answer
        try:
            told = told_from(line, self._known.load_unit)
        except ValueError as error:
            return f"{line.strip()}: {error}"
        self._told.append(told)
        self._known = with_told(self._known, told)
        return f"next set: {told_in_words(self._known)}"
