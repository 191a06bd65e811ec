"""How fast a recording passes by: as it happened, N times as fast, or as fast as it can.

Arrivals carry their own times, so the pace only decides when they are handed over and how many at
once; what comes out of the engine is the same at every speed.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager

from monitor.arrivals import Arrival

LARGE_BATCH_S = 10.0  # of arrivals handed over at once where nobody waits
LARGE_BATCH = 4096  # arrivals, where their times say nothing


@asynccontextmanager
async def paced(
    arrivals: Iterable[Arrival], speed: float | None
) -> AsyncIterator[AsyncIterator[Sequence[Arrival]]]:
    """A source that hands `arrivals` over at `speed` (1 = as it happened, None = at once)."""
    batches = _at_once(arrivals) if speed is None else _as_due(arrivals, speed)
    try:
        yield batches
    finally:
        await batches.aclose()


async def _at_once(arrivals: Iterable[Arrival]) -> AsyncGenerator[Sequence[Arrival]]:
    batch: list[Arrival] = []
    for arrival in arrivals:
        batch.append(arrival)
        if _is_large(batch):
            yield batch
            batch = []
    if batch:
        yield batch


async def _as_due(arrivals: Iterable[Arrival], speed: float) -> AsyncGenerator[Sequence[Arrival]]:
    """All arrivals that are due, then a sleep until the next one is."""
    clock = asyncio.get_running_loop().time
    start: float | None = None
    batch: list[Arrival] = []
    for arrival in arrivals:
        if start is None:
            start = clock() - arrival.arrival_s / speed
        due = start + arrival.arrival_s / speed
        if due > clock():
            if batch:
                yield batch
                batch = []
            await asyncio.sleep(due - clock())
        batch.append(arrival)
        if _is_large(batch):  # late: what comes cannot keep up with the speed asked for
            yield batch
            batch = []
    if batch:
        yield batch


def _is_large(batch: Sequence[Arrival]) -> bool:
    return batch[-1].arrival_s - batch[0].arrival_s >= LARGE_BATCH_S or len(batch) >= LARGE_BATCH
