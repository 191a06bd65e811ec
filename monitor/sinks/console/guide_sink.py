"""Shows a guided calibration: drawn on a terminal, as lines of text anywhere else."""

from collections.abc import AsyncIterator
from dataclasses import replace

from rich.console import Console

from monitor.arrivals import Anew
from monitor.guiding import Lesson
from monitor.settings import Coaching
from monitor.sinks.console.frames import Frames, can_draw
from monitor.sinks.console.guide_view import GuideScreen, GuideView
from monitor.sinks.console.words import harmless


class GuideSink:
    """A sink that shows lessons until the calibration is there, or there are no more.

    Attributes:
        view: what is known now.
    """

    name = "the console"

    def __init__(
        self,
        view: GuideView,
        terminal: Console | None = None,
        *,
        drawn: bool | None = None,
        label: str = "",
    ) -> None:
        """Get ready; nothing is shown yet.

        Args:
            view: what is known beforehand.
            terminal: where to show it; standard output by default.
            drawn: draw frames (True) or print lines (False); None: whatever the terminal can do.
            label: begins each printed line, where several share the terminal.
        """
        self.view = view
        self._label = label
        self._terminal = terminal or Console()
        self._draws = can_draw(self._terminal) if drawn is None else drawn

    def refuses(self, step: Anew) -> str:
        """Why there is no such step now, "" where there is."""
        return self.view.refuses(step)

    def asks(self, known: Coaching, typed: str) -> None:  # noqa: ARG002 - the guide needs no weight
        """Somebody can type: the line being typed."""
        answer = "" if typed else self.view.answer
        self.view = replace(self.view, asks=True, typed=typed, answer=answer)

    def answers(self, answer: str, known: Coaching) -> None:  # noqa: ARG002 - the same
        """A line was typed: what is said to it."""
        self.view = replace(self.view, typed="", answer=answer)
        if not self._draws:
            self._print(f"{self.view.now_s:8.2f} s  {harmless(answer)}")

    async def __call__(self, lessons: AsyncIterator[Lesson]) -> None:
        """Show a calibration from its first lesson to its last.

        Raises:
            BrokenPipeError: whoever read the lines does not want more.
        """
        if not self._draws:
            await self._print_all(lessons)
            return
        async with Frames(self._terminal, lambda: self.view, GuideScreen) as frames:
            async for lesson in lessons:
                self.view = self.view.update(lesson)
                if lesson.said:  # who lies on his back hears it
                    frames.ring()
                frames.draw_if_due()
                if self.view.calibration is not None:
                    return

    async def _print_all(self, lessons: AsyncIterator[Lesson]) -> None:
        link = self.view.link
        async for lesson in lessons:
            self.view = self.view.update(lesson)
            if lesson.link not in {link, "up"}:
                self._print(f"{lesson.now_s:8.2f} s  the link is {lesson.link}")
            link = lesson.link
            for prompt in lesson.said:
                self._print(f"{prompt.time_s:8.2f} s  {prompt.sentence}")
            if self.view.calibration is not None:
                return

    def _print(self, line: str) -> None:
        """A line as it is, in what letters the output has."""
        encoding = self._terminal.encoding
        self._terminal.file.write(
            f"{self._label}{line}\n".encode(encoding, "replace").decode(encoding)
        )
        self._terminal.file.flush()
