"""A session: whatever comes from a source goes through the engine to everybody who listens.

    source ─▶ engine ─▶ report ─┬▶ sink
                                ├▶ sink      each in its own task, none can stop another
                                └▶ sink

A recording waits for the slowest sink. A sensor waits for nobody: what a slow sink has not taken
yet is joined to fewer reports, which say everything but show less of the curves between.

Ctrl-C, a polite SIGTERM or a closed window ends it at any moment: the engine finishes, the sinks
write their last and close. A second one does not wait for them.
"""

import asyncio
import logging
import signal
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from types import FrameType
from typing import Generic, Protocol, Self, TypeVar

from monitor.arrivals import Arrival
from monitor.engine import Report
from monitor.errors import LegpressError

Source = AbstractAsyncContextManager[AsyncIterator[Sequence[Arrival]]]
Sink = Callable[[AsyncIterator[Report]], Awaitable[int | None]]  # may end with an exit status
Told = TypeVar("Told")  # a Report, or what else is told of the arrivals
Told_co = TypeVar("Told_co", covariant=True)
Hearer = Callable[[AsyncIterator[Told]], Awaitable[int | None]]  # a Sink is one that hears reports

INTERRUPTED = 130  # exit status, 128 + SIGINT
WAITING = 8  # reports that may wait for a sink before the source waits, or they are joined

_log = logging.getLogger("legpress")


class Stage(Protocol[Told_co]):
    """What a session is led through: the engine, or the guide of a calibration."""

    def step(self, batch: Sequence[Arrival]) -> Told_co:
        """Take the next arrivals, in order."""

    def finish(self) -> Told_co:
        """The stream is over."""


async def run(
    source: Source,
    engine: Stage[Told],
    *sinks: Hearer[Told],
    joined: Callable[[Told, Told], Told] | None = None,
    interrupts: "Interrupts | None" = None,
) -> int:
    """Run a session to its end.

    It ends when the source does, when it is interrupted, or when there were sinks and none is
    left to listen.

    Args:
        source: where the arrivals come from.
        engine: what they are led through.
        sinks: who is to hear of it.
        joined: two reports as one, for a source that cannot wait: what a slow sink has not taken
            yet is joined. None: the source waits for the slowest sink.
        interrupts: shared by sessions that run side by side.

    Returns:
        The exit status: 130 if interrupted, else the worst that a sink ended with.

    Raises:
        LegpressError: the source failed; all that came before it is with the sinks.
    """
    if interrupts is None:
        with Interrupts() as own:
            return await run(source, engine, *sinks, joined=joined, interrupts=own)
    listeners = [_Listener(sink, joined) for sink in sinks]
    failure: LegpressError | None = None
    with interrupts.taking_part() as signals:
        try:
            try:
                await asyncio.sleep(0)  # all are there before the engine loads: the screen is
                await _feed(source, engine, listeners)
            except asyncio.CancelledError:
                if not signals:
                    raise
            except LegpressError as error:
                failure = error
            _tell(listeners, engine.finish())
        finally:
            await _close(listeners, signals)
    if failure is not None:
        raise failure
    return INTERRUPTED if signals else max((each.status for each in listeners), default=0)


async def _feed(
    source: Source, engine: Stage[Told], listeners: "Sequence[_Listener[Told]]"
) -> None:
    async with source as batches:
        async for batch in batches:
            _tell(listeners, engine.step(batch))
            await asyncio.sleep(0)
            for listener in listeners:
                await listener.has_room()
            if listeners and not any(listener.listens for listener in listeners):
                return


def _tell(listeners: "Sequence[_Listener[Told]]", report: Told) -> None:
    for listener in listeners:
        listener.tell(report)


async def _close(listeners: "Sequence[_Listener[Told]]", signals: Sequence[int]) -> None:
    """Let everybody hear out what was said, or, interrupted once more, do not."""
    try:
        await asyncio.gather(*(listener.end() for listener in listeners))
    except asyncio.CancelledError:
        if not signals:
            raise


class _Listener(Generic[Told]):
    """A sink in its own task, with the reports that wait for it.

    Attributes:
        status: exit status of its failure, else its own, 0 if it has none.
    """

    def __init__(
        self, sink: Hearer[Told], joined: Callable[[Told, Told], Told] | None = None
    ) -> None:
        self.status = 0
        self._joined = joined
        self._waiting: deque[Told] = deque()
        self._ended = False
        self._told, self._taken = asyncio.Event(), asyncio.Event()
        self._task = asyncio.create_task(self._listen(sink))

    @property
    def listens(self) -> bool:
        """Whether it still takes reports."""
        return not self._task.done()

    def tell(self, report: Told) -> None:
        """Put a report where the sink will find it."""
        if not self.listens:
            return
        if self._joined is not None and len(self._waiting) >= WAITING:
            report = self._joined(self._waiting.pop(), report)
        self._waiting.append(report)
        self._told.set()

    async def has_room(self) -> None:
        """Wait until only a few reports wait; interrupting this loses none."""
        while self._joined is None and len(self._waiting) >= WAITING and self.listens:
            self._taken.clear()
            await self._taken.wait()

    async def end(self) -> None:
        """Nothing more will come: wait until the sink has dealt with what did."""
        self._ended = True
        self._told.set()
        await self._task

    async def _reports(self) -> AsyncIterator[Told]:
        while True:
            while self._waiting:
                report = self._waiting.popleft()
                self._taken.set()
                yield report
            if self._ended:
                return
            self._told.clear()
            await self._told.wait()

    async def _listen(self, sink: Hearer[Told]) -> None:
        try:
            self.status = await sink(self._reports()) or 0
        except BrokenPipeError:
            pass  # whoever read this does not want more, as `head` does
        except LegpressError as error:
            self.status = error.exit_status
            _log.warning("%s; the session goes on without it", error)
        except OSError as error:
            self.status = 2
            name = getattr(sink, "name", type(sink).__name__)
            _log.warning(
                "%s cannot go on: %s; the session goes on without it", name, error.strerror
            )
        except Exception as error:  # noqa: BLE001 - one sink must never stop the others
            self.status = 1
            name = getattr(sink, "name", type(sink).__name__)
            _log.warning("%s failed (%r); the session goes on without it", name, error)
            _log.debug("", exc_info=True)
        finally:
            self._taken.set()


class Interrupts:
    """Signals that ask to leave cancel all who take part; a context manager that hears them.

    Attributes:
        came: the signals that came.
    """

    def __init__(self) -> None:
        self.came: list[int] = []
        self._tasks: dict[asyncio.Task[object], asyncio.AbstractEventLoop] = {}
        self._before: dict[int, signal._HANDLER] = {}

    def __enter__(self) -> Self:
        """From now on, signals are heard."""
        numbers = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(_SIGHUP) is not signal.SIG_IGN:  # nohup means what it says
            numbers.append(_SIGHUP)
        self._before = {number: signal.signal(number, self._interrupt) for number in numbers}
        return self

    def __exit__(self, *_: object) -> None:
        """Give them back."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @contextmanager
    def taking_part(self) -> Iterator[list[int]]:
        """The present task is cancelled by each signal; the list holds those that came."""
        task = asyncio.current_task()
        if task is None or task in self._tasks:
            yield self.came
            return
        self._tasks[task] = asyncio.get_running_loop()
        try:
            yield self.came
        finally:
            del self._tasks[task]

    def _interrupt(self, number: int, _frame: FrameType | None) -> None:
        self.came.append(number)
        for task, loop in self._tasks.items():
            loop.call_soon_threadsafe(task.cancel)


_SIGHUP = getattr(signal, "SIGHUP", signal.SIGTERM)  # Windows has none
