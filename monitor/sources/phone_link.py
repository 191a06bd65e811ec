"""What a phone sends, whichever way it comes, and whether anything does.

    transport (HTTP, MQTT, WebSocket) ─▶ heard: stamp, queue ─▶ batches of arrivals
                                          watch: no data? ─▶ LinkSilent, LinkDown ─▶ data: LinkUp

Whether the phone is there is told by its data alone.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any

from monitor.arrivals import Arrival, LinkDown, LinkSilent, LinkUp, Packet
from monitor.wire.phone_message import LARGEST

MOST_BYTES = 50_000_000
"""What may wait for a program that is too slow: many minutes of a phone."""
AGAIN_S = 1.0
"""After so long a keeper that has not ended is asked to again."""
LOOK_S = 0.1
"""How often the watch looks."""

_log = logging.getLogger("legpress")
Batches = AsyncIterator[Sequence[Arrival]]


@dataclass(frozen=True, slots=True)
class Params:
    """How long to wait.

    Attributes:
        quiet_s: no data for so long is a silence: apps send a batch each second at the slowest.
        give_up_s: a silence that lasts so much longer ends the link.
        rest_s, longest_rest_s: between two attempts to connect, where it is us who do; each rest
            is twice the last.
    """

    quiet_s: float = 3.0
    give_up_s: float = 7.0
    rest_s: float = 0.25
    longest_rest_s: float = 2.0


PARAMS = Params()


class _State(Enum):
    NEW = "new"
    UP = "up"
    SILENT = "silent"
    DOWN = "down"


class PhoneLink:
    """The line to one phone.

    Args:
        clock: stamps arrivals, s.
        params: how long to wait for what.
    """

    def __init__(
        self, clock: Callable[[], float] = time.perf_counter, params: Params = PARAMS
    ) -> None:
        self.params = params
        self._clock = clock
        self._some = asyncio.Event()
        self._failure: Exception | None = None
        self.begin()

    def begin(self) -> None:
        """Arrival time 0 is now; what came before is forgotten."""
        self._start_s = self._clock()
        self._state = _State.NEW
        self._last_s = 0.0
        self._waiting: deque[Arrival] = deque()
        self._bytes = self._lost = 0

    def heard(self, data: bytes) -> None:
        """Take in a message."""
        if len(data) > LARGEST:
            _log.warning("the phone sent %d bytes at once, which is no message", len(data))
            return
        now_s = self._last_s = self._clock() - self._start_s
        if self._state is not _State.UP:
            again = {_State.SILENT: "data again", _State.DOWN: "the phone sends again"}
            self._tell(LinkUp(now_s, again.get(self._state, "the phone sends")))
            self._state = _State.UP
        if self._bytes + len(data) > MOST_BYTES:
            self._lost += 1
            return
        self._bytes += len(data)
        self._tell(Packet(now_s, data))

    def lost(self, reason: str) -> None:
        """The transport says that the phone, or the way to it, is gone."""
        if self._state in {_State.UP, _State.SILENT}:
            self._state = _State.DOWN
            self._tell(LinkDown(self._clock() - self._start_s, reason))

    def fail(self, error: Exception) -> None:
        """Nothing will ever come."""
        self._failure = error
        self._some.set()

    async def watch(self) -> None:
        """Tell when no data comes, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            now_s = self._clock() - self._start_s
            quiet_s = now_s - self._last_s
            if self._state is _State.UP and quiet_s > self.params.quiet_s:
                self._state = _State.SILENT
                self._tell(LinkSilent(now_s, f"no data for {quiet_s:.0f} s"))
            elif (
                self._state is _State.SILENT
                and quiet_s > self.params.quiet_s + self.params.give_up_s
            ):
                self.lost(f"no data for {quiet_s:.0f} s")

    async def batches(self) -> Batches:
        """All that waits, as often as something does.

        Raises:
            LegpressError: nothing will ever come.
        """
        while True:
            await self._some.wait()
            self._some.clear()
            batch = list(self._waiting)
            self._waiting.clear()
            self._bytes = 0
            if self._lost:
                _log.warning("this computer is too slow: %d messages were lost", self._lost)
                self._lost = 0
            if batch:
                yield batch
            if self._failure is not None:
                raise self._failure

    def _tell(self, arrival: Arrival) -> None:
        self._waiting.append(arrival)
        self._some.set()


@asynccontextmanager
async def kept(link: PhoneLink, *keepers: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """While this lasts, the link is watched and the keepers run; one that fails fails the link."""

    async def keep(keeper: Coroutine[Any, Any, None]) -> None:
        try:
            await keeper
        except Exception as error:  # noqa: BLE001 - whoever reads the link meets it
            link.fail(error)

    tasks = [asyncio.create_task(keep(one)) for one in (link.watch(), *keepers)]
    try:
        yield
    finally:
        await _ended(tasks)


async def _ended(tasks: Sequence["asyncio.Task[None]"]) -> None:
    """End tasks; aiomqtt may take a first request for an outage of the broker."""
    while not all(task.done() for task in tasks):
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=AGAIN_S)


class Held:
    """A transport that outlives the one who opened it: a task of its own keeps it open.

    It ends by `end`, or with the event loop: nobody who fails in between leaves it behind.

    Args:
        enter: enters what belongs to the transport.
    """

    def __init__(self, enter: Callable[[AsyncExitStack], Coroutine[Any, Any, None]]) -> None:
        self._enter = enter
        self._open = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Open it.

        Raises:
            LegpressError: it cannot be opened.
        """
        task = self._task = asyncio.create_task(self._hold())
        task.add_done_callback(lambda _: self._open.set())
        try:
            await self._open.wait()
        finally:
            if not self._open.is_set():
                await self.end()
        if task.done():
            task.result()

    async def end(self) -> None:
        """Close it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _hold(self) -> None:
        async with AsyncExitStack() as stack:
            await self._enter(stack)
            self._open.set()
            await asyncio.Event().wait()


@asynccontextmanager
async def as_source(link: PhoneLink, held: Held) -> AsyncIterator[Batches]:
    """What comes over a transport that is open, as a source that begins now."""
    try:
        link.begin()
        yield link.batches()
    finally:
        await held.end()
