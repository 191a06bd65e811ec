"""What is typed while a session runs: lines, without a letter on the screen that nobody drew.

On a terminal that is drawn upon, its own echo would write across the picture. So it hands over each
key as it is pressed (cbreak), the line so far is shown by whoever draws, and the terminal is given
back as it was, however the session ends. Ctrl-C keeps its meaning. A terminal that only prints
lines keeps its own echo, and hands over whole lines.

    keys ─▶ line ─▶ what was told ─▶ put among the sensor's arrivals, after those that came before
"""

import asyncio
import codecs
import os
import re
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress

from monitor.arrivals import Arrival

LONGEST = 40
"""Letters of a line; more are not taken."""
_ESCAPED = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|O.|[^\[O])?", re.DOTALL)
_ERASE, _CLEAR, _ENTER = "\x7f\b", "\x15\x17", "\r\n"
_Batches = AsyncIterator[Sequence[Arrival]]


class Line:
    """A line being typed.

    Attributes:
        text: what stands in it.
    """

    def __init__(self) -> None:
        self.text = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("ignore")

    def typed(self, keys: bytes) -> list[str]:
        """The lines that these keys finish; arrows and the like do nothing."""
        finished: list[str] = []
        for key in _ESCAPED.sub("", self._decoder.decode(keys)):
            if key in _ENTER:
                finished.append(self.text)
                self.text = ""
            elif key in _ERASE:
                self.text = self.text[:-1]
            elif key in _CLEAR:
                self.text = ""
            elif key.isprintable() and len(self.text) < LONGEST:
                self.text += key
        return finished


@contextmanager
def keyboard(fd: int, pressed: Callable[[bytes], None], *, keys: bool) -> Iterator[None]:
    """Listen to a terminal while an event loop runs.

    Args:
        fd: of the terminal.
        pressed: is given what was typed, as it comes.
        keys: each key at once, without an echo; else whole lines, as the terminal edits them.
    """
    import termios  # noqa: PLC0415 - Windows has none
    import tty  # noqa: PLC0415 - the same

    loop = asyncio.get_running_loop()

    def read() -> None:
        data = b""
        with suppress(OSError):
            data = os.read(fd, 1024) if is_ours(fd) else b""
        if data:
            pressed(data)
        else:  # the window is gone, or what is typed now is for somebody else
            loop.remove_reader(fd)

    def take() -> None:
        if not is_ours(fd):
            return
        if keys:
            tty.setcbreak(fd, termios.TCSANOW)  # now: a terminal that is held must hold up nobody
        loop.add_reader(fd, read)

    def resume(*_: object) -> None:  # after Ctrl-Z the shell has set it its own way
        loop.call_soon_threadsafe(take)

    before = termios.tcgetattr(fd)
    resumed = signal.signal(signal.SIGCONT, resume)
    try:
        take()
        yield
    finally:
        loop.remove_reader(fd)
        signal.signal(signal.SIGCONT, resumed)
        with suppress(termios.error):
            if keys and is_ours(fd):
                termios.tcsetattr(fd, termios.TCSANOW, before)


def is_ours(fd: int) -> bool:
    """Whether the terminal listens to us: who asks from the background is stopped."""
    try:
        return os.tcgetpgrp(fd) == os.getpgrp()
    except OSError:
        return False


@asynccontextmanager
async def accompanied(
    source: AbstractAsyncContextManager[_Batches], told: Callable[[float], Sequence[Arrival]]
) -> AsyncIterator[_Batches]:
    """The same source, with what was told put among its arrivals.

    It gets the time of the last arrival before it: only the source has its clock.

    Args:
        source: the sensor's.
        told: gives what was told since it was last asked, as arrivals at a time, s.
    """

    async def both(batches: _Batches) -> _Batches:
        newest_s = 0.0
        async for batch in batches:
            before_s, newest_s = newest_s, batch[-1].arrival_s if batch else newest_s
            yield [*told(before_s), *batch]

    async with source as batches:
        yield both(batches)
