"""The pace decides when arrivals are handed over, never which or in which order."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.arrivals import Arrival, LinkDown, Packet
from monitor.sources.pace import paced


async def _handed(
    arrivals: Sequence[Arrival], speed: float | None
) -> list[tuple[float, Sequence[Arrival]]]:
    """Each batch, and how long after the beginning it came, s."""
    clock = asyncio.get_running_loop().time
    start = clock()
    async with paced(arrivals, speed) as batches:
        return [(clock() - start, batch) async for batch in batches]


def _packets(times: Sequence[float]) -> list[Arrival]:
    return [Packet(time, str(k).encode()) for k, time in enumerate(times)]


@given(st.lists(st.floats(0, 1e6), max_size=60), st.sampled_from([None, 1e9]))
@settings(max_examples=40)
def test_every_arrival_comes_once_and_in_order(times: list[float], speed: float | None):
    arrivals = _packets(times)
    handed = asyncio.run(_handed(arrivals, speed))
    assert [arrival for _, batch in handed for arrival in batch] == arrivals
    assert all(len(batch) for _, batch in handed)


@pytest.mark.parametrize("speed", [1.0, 10.0])
def test_nothing_is_handed_over_before_its_time(speed: float):
    arrivals = _packets([5 + k * 0.02 * speed for k in range(20)])
    for since, batch in asyncio.run(_handed(arrivals, speed)):
        assert (batch[-1].arrival_s - 5) / speed <= since + 1e-9


def test_what_comes_in_one_burst_is_handed_over_at_once():
    arrivals = _packets([0.0, 0.0, 0.0, 0.1, 0.1])
    sizes = [len(batch) for _, batch in asyncio.run(_handed(arrivals, 1.0))]
    assert sizes == [3, 2]


def test_as_fast_as_possible_means_whole_seconds_at_once():
    arrivals = [*_packets([k / 20 for k in range(20 * 60)]), LinkDown(60.0)]
    handed = asyncio.run(_handed(arrivals, None))
    assert [len(batch) for _, batch in handed] == [201] * 5 + [196]


def test_a_speed_nobody_can_keep_up_with_still_hands_over_in_portions():
    arrivals = _packets([float(k) for k in range(100)])
    assert max(len(batch) for _, batch in asyncio.run(_handed(arrivals, 1e9))) <= 11
