"""Shows a session while it runs: drawn on a terminal, as lines of text anywhere else."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
from rich.console import Console

from calibration.prompts import Step
from monitor.arrivals import Anew
from monitor.events import SetEvent
from monitor.settings import Coaching
from monitor.sinks.console import plain
from monitor.sinks.console.frames import Frames, can_draw
from monitor.sinks.console.guide_view import GuideScreen, GuideView
from monitor.sinks.console.screen import Screen
from monitor.sinks.console.summary import closing
from monitor.sinks.console.view import View
from monitor.sinks.console.words import harmless

if TYPE_CHECKING:  # see view: a first frame need not wait for the engine
    from monitor.engine import Report
    from monitor.guiding import Lesson


class ConsoleSink:
    """A sink that shows reports until there are no more, and leaves a short summary.

    Attributes:
        view: what is known now.
    """

    name = "the console"

    def __init__(
        self,
        view: View,
        terminal: Console | None = None,
        *,
        drawn: bool | None = None,
        label: str = "",
    ) -> None:
        """Get ready; nothing is shown yet.

        Args:
            view: what is known beforehand: settings, athlete's range, length of the replay.
            terminal: where to show it; standard output by default.
            drawn: draw frames (True) or print lines (False); None: whatever the terminal can do.
            label: begins each printed line, where several share the terminal.
        """
        self.view = view
        self._guide: GuideView | None = None
        self._label = label
        self._terminal = terminal or Console()
        self._draws = can_draw(self._terminal) if drawn is None else drawn

    def refuses(self, step: Anew) -> str:
        """Why there is no such step of a calibration now, "" where there is."""
        if self._guide is not None:
            return self._guide.refuses(step)
        return "" if step == "begun" else "you are not calibrating"

    def taught(self, lesson: "Lesson | None") -> None:
        """What the guide of a calibration in the session tells; None: there is none now."""
        if lesson is None or lesson.calibration is not None:
            self._guide = None
        if lesson is None:
            return
        if not self._draws:
            self._print([f"{one.time_s:8.2f} s  {one.sentence}" for one in lesson.said])
        if lesson.calibration is not None:
            answer = f"calibrated anew: {lesson.calibration.verdict.grade}"
            self.view = replace(self.view, answer=answer, answer_s=self.view.now_s)
            return
        sensor = self.view.session.sensor if self.view.session else None
        steps: tuple[Step, ...] = ("stand", "lie_back", "tilts")
        guide = self._guide or GuideView(sensor or "", steps[steps.index(lesson.step) :], anew=True)
        self._guide = guide.update(lesson)

    def asks(self, known: Coaching, typed: str) -> None:
        """Somebody can type: what is known so far, and the line being typed."""
        settings = msgspec.structs.replace(self.view.settings, coaching=known)
        self.view = replace(self.view, settings=settings, asks=True, typed=typed)
        if self._guide is not None:
            self._guide = replace(self._guide, asks=True, typed=typed, answer="")

    def answers(self, answer: str, known: Coaching) -> None:
        """A line was typed: what is said to it, and what is known now."""
        self.asks(known, "")
        self.view = replace(self.view, answer=answer, answer_s=self.view.now_s)
        if self._guide is not None:
            self._guide = replace(self._guide, answer=answer)
        if not self._draws:
            self._print([f"{self.view.now_s:8.2f} s  told     {harmless(answer)}"])

    async def __call__(self, reports: "AsyncIterator[Report]") -> None:
        """Show a session from its first report to its last.

        Raises:
            BrokenPipeError: whoever read the lines does not want more.
        """
        if not self._draws:
            await self._print_all(reports)
            return
        warnings: list[str] = []
        try:
            with self._warnings_noted(warnings):
                await self._draw_all(reports)
        finally:
            self._print([*warnings, *closing(self.view)])

    async def _draw_all(self, reports: "AsyncIterator[Report]") -> None:
        async with Frames(self._terminal, lambda: self._guide or self.view, _drawn) as frames:
            heard = 0
            async for report in reports:
                before, self.view = self.view, self.view.update(report)
                said = self._guide.said if self._guide else 0
                if said > heard:
                    frames.ring()
                heard = said
                told = self.view.settings
                if (
                    self.view.rings > before.rings
                    and told.console.bell
                    and not told.coaching.silent
                ):
                    frames.ring()
                frames.draw_if_due(urgent=self.view.raised != before.raised)

    async def _print_all(self, reports: "AsyncIterator[Report]") -> None:
        async for report in reports:
            self.view = self.view.update(report)
            said = (plain.line(event, self.view) for event in report.events)
            self._print([line for line in said if line is not None])
            if any(isinstance(event, SetEvent) for event in report.events) and self.view.prompt:
                self._print([self.view.prompt])
        self._print([line.replace("°", " deg") for line in closing(self.view)])  # as the others

    def _print(self, lines: list[str]) -> None:
        """Write lines as they are: rich would fold them, and know its markup in them."""
        if lines:
            text = "".join(f"{self._label}{line}\n" for line in lines)
            encoding = self._terminal.encoding
            self._terminal.file.write(text.encode(encoding, "replace").decode(encoding))
            self._terminal.file.flush()

    @contextmanager
    def _warnings_noted(self, warnings: list[str]) -> Iterator[None]:
        """Show the program's warnings on the screen: beside it they would be painted over."""
        log = logging.getLogger("legpress")
        before = log.handlers[:], log.propagate
        log.handlers, log.propagate = [_Noting(self, warnings)], False
        try:
            yield
        finally:
            log.handlers, log.propagate = before


def _drawn(view: View | GuideView) -> Screen | GuideScreen:
    return GuideScreen(view) if isinstance(view, GuideView) else Screen(view)


class _Noting(logging.Handler):
    def __init__(self, sink: ConsoleSink, warnings: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._sink = sink
        self._warnings = warnings

    def emit(self, record: logging.LogRecord) -> None:
        self._warnings.append(record.getMessage())
        self._sink.view = replace(self._sink.view, note=self._warnings[-1])
