"""Arrivals on their way to the session: all of them, in order, or it is said how many were lost."""

import asyncio

import pytest

from monitor.arrivals import Arrival, LinkDown, Packet
from monitor.errors import UnreachableError
from monitor.sources.ble_battery import LOW, Battery
from monitor.sources.ble_mailbox import Mailbox


async def _all(mailbox: Mailbox, keeping: "asyncio.Task[None]") -> list[Arrival]:
    return [one async for batch in mailbox.batches(keeping) for one in batch]


def test_what_was_put_in_before_the_end_is_still_handed_out():
    async def story() -> list[Arrival]:
        mailbox = Mailbox()

        async def keep() -> None:
            for number in range(1000):
                mailbox.put(Packet(number / 100, b"%d" % number))
                if number % 7 == 0:
                    await asyncio.sleep(0)

        return await _all(mailbox, asyncio.create_task(keep()))

    assert [one.arrival_s for one in asyncio.run(story())] == [n / 100 for n in range(1000)]


def test_a_full_mailbox_says_how_many_packets_it_lost_and_loses_no_word_of_the_link(
    caplog: pytest.LogCaptureFixture,
):
    async def story() -> list[Arrival]:
        mailbox = Mailbox(most=10)

        async def keep() -> None:
            for number in range(25):
                mailbox.put(Packet(float(number), b""))
            mailbox.put(LinkDown(25.0, "gone"))

        return await _all(mailbox, asyncio.create_task(keep()))

    heard = asyncio.run(story())
    assert [one.arrival_s for one in heard] == [*map(float, range(10)), 25.0]
    assert "15 packets were lost" in caplog.text


def test_why_a_line_could_not_be_kept_is_met_after_all_that_came_before():
    async def story() -> list[Arrival]:
        mailbox, heard = Mailbox(), list[Arrival]()

        async def keep() -> None:
            mailbox.put(Packet(1.0, b"last"))
            raise UnreachableError("sensor gone")

        async def read() -> None:
            async for batch in mailbox.batches(asyncio.create_task(keep())):
                heard.extend(batch)

        with pytest.raises(UnreachableError, match="sensor gone"):
            await read()
        return heard

    assert [one.arrival_s for one in asyncio.run(story())] == [1.0]


def test_a_battery_is_told_when_it_is_first_known_and_at_each_step_down():
    battery = Battery()
    readings = [86, 50, 21, 20, 19, 11, 10, 6, 3, 2]
    told = [battery.read(float(pct)) for pct in readings]
    assert told == ["battery read", None, None, LOW, None, None, LOW, None, LOW, None]
