"""A sink in a thread of its own: it need not wait for the engine's turns, nor the engine for its.

A conversation with a broker takes several turns of an event loop for each message. Where the engine
works through a recording, or many stations share a process, each turn would cost a step of every
engine; and a broker would not be answered for so long that it hung up.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Future
from contextlib import suppress

from monitor.engine import Report

Sink = Callable[[AsyncIterator[Report]], Awaitable[int]]
AHEAD = 64
"""Reports that may wait for the thread before the session has to."""
LEAVING_S = 2.0
"""How long an interrupted sink may take to leave."""


class Beside:
    """A sink that runs another one in a thread of its own.

    Args:
        make: makes the other one, in the thread.

    Attributes:
        name: how the user calls it.
    """

    def __init__(self, make: Callable[[], Sink], name: str) -> None:
        self.name = name
        self._make = make
        self._reports: asyncio.Queue[Report | None] = asyncio.Queue()
        self._outcome: Future[int] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[int] | None = None
        self._begun = threading.Event()

    async def __call__(self, reports: AsyncIterator[Report]) -> int:
        """Hand the reports over; what the other sink ends with.

        Raises:
            LegpressError, or whatever else the other sink raises.
        """
        threading.Thread(target=self._run, name="legpress-mqtt", daemon=True).start()
        outcome = asyncio.wrap_future(self._outcome)
        try:
            async for report in reports:
                self._hand_over(report)
                while self._reports.qsize() > AHEAD and not outcome.done():  # noqa: ASYNC110 - of another loop
                    await asyncio.sleep(0.01)
            self._hand_over(None)
            return await asyncio.shield(outcome)
        except asyncio.CancelledError:
            self._leave()
            await asyncio.wait([outcome], timeout=LEAVING_S)
            raise

    def _run(self) -> None:
        """The thread."""
        try:
            self._outcome.set_result(asyncio.run(self._listen()))
        except asyncio.CancelledError:
            self._outcome.set_result(0)
        except BaseException as error:  # noqa: BLE001 - the session's task raises it again
            self._outcome.set_exception(error)

    async def _listen(self) -> int:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self._begun.set()
        return await self._make()(self._handed_over())

    async def _handed_over(self) -> AsyncIterator[Report]:
        while (report := await self._reports.get()) is not None:
            yield report

    def _hand_over(self, report: Report | None) -> None:
        self._begun.wait()
        with suppress(RuntimeError):  # it has ended already
            assert self._loop is not None  # noqa: S101 - it has begun
            self._loop.call_soon_threadsafe(self._reports.put_nowait, report)

    def _leave(self) -> None:
        self._begun.wait()
        with suppress(RuntimeError):  # it has ended already
            assert self._loop is not None  # noqa: S101 - it has begun
            assert self._task is not None  # noqa: S101 - the same
            self._loop.call_soon_threadsafe(self._task.cancel)
