"""Frames on a terminal, and the bell: not more of either than a person needs.

Frames are drawn from the session's own thread, never from a second one. The terminal is given back
as it was, however the showing ends.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Generic, Self, TypeVar

from rich.console import Console, RenderableType
from rich.live import Live

FRAME_S = 1 / 12
"""Between two frames, s: quick enough for a rep, slow enough to cost nothing."""
SHARE = 0.1
"""Of the time drawing may take; a slow terminal gets fewer frames."""
BELL_S = 1.0
"""Between two bells, s: more would be noise."""


Shown = TypeVar("Shown")


def can_draw(terminal: Console) -> bool:
    """Whether there is a terminal that moves its cursor and knows block glyphs."""
    # rich takes FORCE_COLOR for a terminal; a log file in colour still cannot be drawn upon
    is_tty = terminal.file.isatty() and not terminal.is_dumb_terminal
    return is_tty and terminal.encoding.startswith("utf")


class Frames(Generic[Shown]):
    """The terminal while it is drawn upon; an async context manager.

    What cannot be written because the window is gone is not shown; the session goes on.

    Args:
        terminal: where.
        view: what is known at the moment; asked for with every frame.
        screen: draws it.
    """

    def __init__(
        self,
        terminal: Console,
        view: Callable[[], Shown],
        screen: Callable[[Shown], RenderableType],
    ) -> None:
        self._terminal = terminal
        self._view = view
        self._screen = screen
        self._live = Live(
            console=terminal,
            screen=True,
            auto_refresh=False,  # it would draw from a second thread
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._drawn: tuple[Shown, tuple[int, int]] | None = None
        self._next_frame_s = 0.0
        self._next_bell_s = 0.0
        self._drawing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Take the terminal and draw the first frame."""
        with suppress(OSError):
            self._live.start()
        self.draw_if_due()
        self._drawing = asyncio.create_task(self._keep_drawing())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the terminal back."""
        if self._drawing:
            self._drawing.cancel()
        with suppress(OSError):
            self._live.stop()

    def draw_if_due(self, *, urgent: bool = False) -> None:
        """Draw a frame, unless it showed the same or, where it can wait, the last is too young."""
        view, size = self._view(), tuple(self._terminal.size)
        same = self._drawn is not None and self._drawn[0] is view and self._drawn[1] == size
        if same or (not urgent and time.monotonic() < self._next_frame_s):
            return
        begun = time.monotonic()
        with suppress(OSError):
            self._live.update(self._screen(view), refresh=True)
        self._drawn = (view, (size[0], size[1]))
        ended = time.monotonic()
        self._next_frame_s = ended + max(FRAME_S, (ended - begun) / SHARE)

    def ring(self) -> None:
        """The terminal's bell."""
        if time.monotonic() >= self._next_bell_s:
            self._next_bell_s = time.monotonic() + BELL_S
            with suppress(OSError):
                self._terminal.bell()

    async def _keep_drawing(self) -> None:
        """Draw also when nothing comes in: the last that came, or a terminal of another size."""
        while True:
            await asyncio.sleep(FRAME_S)
            self.draw_if_due()
