"""A phone on a simulated athlete's back, and the app that sends what it measures."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence

import numpy as np

from monitor.samples import Samples
from monitor.wire.families import Encoder


def messages(app: Encoder, body: Samples, start_s: float = 5000.0) -> Iterator[bytes]:
    """All that the app sends of a body, batch by batch."""
    n = len(body) // app.batch * app.batch
    for k in range(0, n, app.batch):
        part = slice(k, k + app.batch)
        for _, data in app.encode(body.acc[part], body.gyr[part], k, start_s + k / app.rate_hz):
            yield data


def mixed_up(sent: Sequence[bytes], share: float = 0.1) -> list[bytes]:
    """The same messages; some overtake the one before, some come twice."""
    rng = np.random.default_rng(1)
    mixed = list(sent)
    for k in range(1, len(mixed) - 1):
        if rng.random() < share:
            mixed[k], mixed[k + 1] = mixed[k + 1], mixed[k]
    return [data for data in mixed for _ in range(2 if rng.random() < share else 1)]


async def lived(
    sent: Sequence[bytes],
    send: Callable[[bytes], Awaitable[None]],
    begun: Callable[[], bool],
    every_s: float = 0.1,
) -> None:
    """Send at the pace of life until the session has begun, then as fast as it goes."""
    for data in sent:
        await send(data)
        if not begun():
            await asyncio.sleep(every_s)
