"""What a radio's callbacks stamped waits here until the session takes it, in order.

A callback may not wait; a session may be slow. Between them is a queue whose bound is far away, and
what is lost beyond it is said.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Sequence

from monitor.arrivals import Arrival, Packet

MOST_WAITING = 100_000
"""Arrivals that may wait for a program that is too slow: a quarter of an hour of most sensors."""

_log = logging.getLogger("legpress")


class Mailbox:
    """Arrivals on their way from the radio's callbacks to the session; none is lost in silence."""

    def __init__(self, most: int = MOST_WAITING) -> None:
        self._waiting: deque[Arrival] = deque()
        self._some = asyncio.Event()
        self._most = most
        self._lost = 0

    def put(self, arrival: Arrival) -> None:
        """Take in an arrival."""
        if len(self._waiting) >= self._most and isinstance(arrival, Packet):
            self._lost += 1
            return
        self._waiting.append(arrival)
        self._some.set()

    async def batches(self, keeping: "asyncio.Task[None]") -> AsyncIterator[Sequence[Arrival]]:
        """All that waits, as often as something does, until the keeper has ended."""
        keeping.add_done_callback(lambda _: self._some.set())
        while True:
            await self._some.wait()
            self._some.clear()
            batch = list(self._waiting)
            self._waiting.clear()
            if self._lost:
                _log.warning("this computer is too slow: %d packets were lost", self._lost)
                self._lost = 0
            if batch:
                yield batch
            elif keeping.done():
                keeping.result()
                return
