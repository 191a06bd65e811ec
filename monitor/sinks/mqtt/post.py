"""The outbox beside a session: the disk is met in a thread of its own, never in the session's.

What is posted is written down in the order it was posted and then stands ready to be sent; the
newest is kept at hand, so that it need not be read from the disk that has just taken it. The
session does not wait for that, however slow the disk is; and the thread does not wait for the
session, however busy that is.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from monitor.sinks.mqtt.journal import Waiting
from monitor.sinks.mqtt.outbox import Outbox

AT_HAND = 1000
"""Events that are kept at hand."""
Result = TypeVar("Result")
_log = logging.getLogger("legpress")


class Post:
    """The outbox of one station, as an async context manager.

    Attributes:
        news: set whenever something new stands ready, or nothing more will come.
        complete: nothing more will be posted, and all that was stands ready.
        met: whether the broker was found, or missed: what is wrong with the disk is then told at
            once, and before that together with what is wrong with the broker.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="legpress-outbox")
        self._writing = 0
        self._at_hand: dict[int, Waiting] = {}
        self._at_hand_after = 0
        self._troubled = self.met = False
        self.news = asyncio.Event()
        self.complete = False

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._outbox = await self._beside(lambda: Outbox(self._folder, self._name))
        for remark in self._outbox.remarks:
            _log.warning("%s", remark)
        self._at_hand_after = self._outbox.earlier
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._thread.submit(self._outbox.close)
        self._thread.shutdown(wait=True)  # what was posted is written, come what may

    @property
    def earlier(self) -> int:
        """The last place of those an earlier program left."""
        return self._outbox.earlier

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._outbox) + self._writing

    @property
    def unkept(self) -> int:
        """How many of them the disk did not take: they are lost when the program ends."""
        return self._outbox.in_memory

    def where(self) -> str:
        """Where events wait from now on, as the end of a sentence about the broker."""
        trouble = self._outbox.trouble
        self._troubled = bool(trouble)
        if not trouble:
            return "events wait on disk"
        return f"events wait in memory only: {self._folder} cannot be written ({trouble})"

    def post(self, events: Sequence[tuple[str, str, bytes]]) -> None:
        """Something was said: (event_id, kind, payload) each."""
        self._writing += len(events)
        written = self._thread.submit(self._outbox.add, events)
        written.add_done_callback(
            lambda done: self._loop.call_soon_threadsafe(self._ready, done, len(events))
        )

    async def end(self) -> None:
        """Nothing more will be posted: wait until the disk knows all there is to know."""
        await self._beside(lambda: None)
        self.complete = True
        self.news.set()

    async def after(self, place: int, limit: int) -> list[Waiting]:
        """The first events behind a place in the order."""
        if place >= self._at_hand_after:
            rows = (row for seq, row in self._at_hand.items() if seq > place)
            return list(islice(rows, limit))
        return await self._beside(lambda: self._outbox.after(place, limit))

    def remove(self, seqs: Sequence[int]) -> None:
        """The broker has these."""
        for seq in seqs:
            self._at_hand.pop(seq, None)
        self._thread.submit(self._outbox.remove, seqs)

    def _ready(self, done: "Future[list[Waiting]]", how_many: int) -> None:
        self._at_hand |= {row.seq: row for row in done.result()}
        while len(self._at_hand) > AT_HAND:
            self._at_hand_after = next(iter(self._at_hand))
            del self._at_hand[self._at_hand_after]
        self._writing -= how_many
        if self.met:
            self.tell_trouble()
        self.news.set()

    def tell_trouble(self) -> None:
        """Say what is wrong with the disk, once for as long as it lasts."""
        trouble = self._outbox.trouble
        if trouble and not self._troubled:
            _log.warning(
                "%s: cannot be written (%s); events wait in memory only",
                self._folder,
                trouble,
            )
        self._troubled = bool(trouble)

    async def _beside(self, act: Callable[[], Result]) -> Result:
        return await self._loop.run_in_executor(self._thread, act)
