"""Whatever happens to the broker, every event is heard: once by its event_id, and in order."""

import asyncio
import json
from pathlib import Path

import aiomqtt

from tests.sinks.mqtt.feed import Proxy, Publishing, in_session, soon
from tests.sinks.mqtt.mosquitto import (
    Listener,
    first_of_each,
    kept_by,
    listening,
    mosquitto,
    needs_mosquitto,
)

pytestmark = needs_mosquitto
BASE = "legpress/gym/sled"


def ids(listener: Listener) -> list[str]:
    return [one.json["event_id"] for one in first_of_each(listener.events())]


def late(listener: Listener) -> set[str]:
    events = first_of_each(listener.events())
    return {one.json["event_id"] for one in events if one.json.get("historical")}


@in_session
async def test_what_is_said_while_the_broker_is_away_comes_later_and_is_marked(folder: Path):
    with mosquitto(folder / "broker") as broker, listening(broker.port, folder) as listener:
        async with Proxy(broker.port) as proxy, Publishing(proxy.url) as session:
            before = session.say(5)
            await soon(lambda: ids(listener) == before)
            proxy.cut()
            meanwhile = session.say(30)
            await asyncio.sleep(2.2)
            proxy.passable = True
            await soon(lambda: len(ids(listener)) == 35)
            after = session.say(5)
            await soon(lambda: len(ids(listener)) == 40)
        assert ids(listener) == before + meanwhile + after
        assert late(listener) == set(meanwhile)
        assert session.status == 0


@in_session
async def test_a_broker_that_forgot_everything_is_told_everything_again(folder: Path):
    with mosquitto(folder / "broker") as broker:
        async with Proxy(broker.port) as proxy, Publishing(proxy.url) as session:
            session.say(3)
            with listening(broker.port, folder) as listener:
                await soon(lambda: any(one.name == "state" for one in listener.heard()))
            before = await asyncio.to_thread(kept_by, broker.port, folder)
            broker.kill()
            proxy.passable = False
            meanwhile = session.say(20)
            broker.start()
            with listening(broker.port, folder) as listener:
                await asyncio.sleep(0.3)
                assert listener.heard() == []
                proxy.passable = True
                await soon(lambda: ids(listener) == meanwhile)
            again = await asyncio.to_thread(kept_by, broker.port, folder)
            assert again.keys() == before.keys()
            assert json.loads(again[f"{BASE}/status"])["state"] == "online"
            assert not [topic for topic in again if "/event/" in topic]


@in_session
async def test_a_slow_broker_delays_events_and_loses_none(folder: Path):
    with mosquitto(folder / "broker") as broker, listening(broker.port, folder) as listener:
        async with Proxy(broker.port) as proxy:
            async with Publishing(proxy.url) as session:
                await soon(lambda: any(one.name == "state" for one in listener.heard()))
                proxy.bytes_per_s = 12_000
                session.say(60)
                await soon(lambda: len(ids(listener)) > 30)
            assert ids(listener) == session.said
            assert len(listener.events()) == 60  # none was sent twice
            assert session.status == 0


@in_session
async def test_an_event_that_was_heard_but_not_acknowledged_comes_again_with_the_same_id(
    folder: Path,
):
    with mosquitto(folder / "broker") as broker, listening(broker.port, folder) as listener:
        async with Proxy(broker.port) as proxy, Publishing(proxy.url) as session:
            proxy.deaf_from = b'"event_id":"s-0"'
            session.say(6, in_one_breath=True)
            await soon(lambda: len(ids(listener)) == 6)
            proxy.cut()
            proxy.deaf_from, proxy.deaf, proxy.passable = None, False, True
            await soon(lambda: len(listener.events()) >= 12)
            session.say(1)
            await soon(lambda: len(ids(listener)) == 7)
        assert ids(listener) == session.said


@in_session
async def test_somebody_of_the_same_name_cannot_keep_us_out(folder: Path):
    with mosquitto(folder / "broker") as broker, listening(broker.port, folder) as listener:
        async with Publishing(broker.url) as session:
            for _ in range(3):
                session.say(2)
                await soon(lambda: ids(listener) == session.said)
                name = broker.log().rpartition(" as legpress-")[2].partition(" ")[0]
                async with aiomqtt.Client("127.0.0.1", broker.port, identifier=f"legpress-{name}"):
                    session.say(2)
                    await soon(lambda: ids(listener) == session.said)
            await soon(lambda: listener.heard()[-1].name != "status")
            kept = await asyncio.to_thread(kept_by, broker.port, folder)
            assert json.loads(kept[f"{BASE}/status"])["state"] == "online"


@in_session
async def test_two_programs_for_one_station_both_are_heard(folder: Path):
    with mosquitto(folder / "broker") as broker, listening(broker.port, folder) as listener:
        async with Publishing(broker.url, "a") as one, Publishing(broker.url, "b") as other:
            for _ in range(5):
                one.say(2)
                other.say(2)
                await asyncio.sleep(0.05)
            await soon(lambda: len(ids(listener)) == 20)
        heard = ids(listener)
        assert [name for name in heard if name.startswith("a-")] == one.said
        assert [name for name in heard if name.startswith("b-")] == other.said


@in_session
async def test_what_an_ended_program_could_not_say_the_next_one_says_first(folder: Path):
    with mosquitto(folder / "broker") as broker, listening(broker.port, folder) as listener:
        async with Proxy(broker.port) as proxy:
            proxy.passable = False
            async with Publishing(proxy.url, "first") as first:
                first.say(25)
            assert first.status == 3
            proxy.passable = True
            async with Publishing(proxy.url, "second") as second:
                second.say(5)
            assert second.status == 0
        assert ids(listener) == first.said + second.said
        assert late(listener) == set(first.said)


@in_session
async def test_an_interrupted_session_leaves_the_station_offline_and_its_events_on_disk(
    folder: Path,
):
    with mosquitto(folder / "broker") as broker, listening(broker.port, folder) as listener:
        async with Proxy(broker.port) as proxy:
            async with Publishing(proxy.url, "first") as first:
                first.say(5)
                await soon(lambda: ids(listener) == first.said)
                proxy.cut()
                first.say(5)
                await asyncio.sleep(0.2)
                await first.killed()
                first._task = asyncio.create_task(asyncio.sleep(0))
            await soon(lambda: listener.heard()[-1].name == "status")
            assert listener.heard()[-1].json["state"] == "offline"
            proxy.passable = True
            async with Publishing(proxy.url, "second") as second:
                second.say(1)
                await soon(lambda: len(ids(listener)) == 11)
        assert ids(listener) == first.said + second.said
