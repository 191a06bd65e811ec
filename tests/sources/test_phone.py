"""A phone's messages come in over HTTP, MQTT or a WebSocket, and its silences are told."""

import asyncio
import gc
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from itertools import islice
from pathlib import Path

import aiohttp
import aiomqtt
import numpy as np
import pytest
from aiohttp import web

from monitor.arrivals import Arrival, LinkDown, LinkSilent, LinkUp, Packet
from monitor.cli.phones import find_phone, kept_word
from monitor.errors import InputError, UnreachableError
from monitor.samples import Samples
from monitor.sources.phone_http import http_push
from monitor.sources.phone_link import Params, PhoneLink, kept
from monitor.sources.phone_mqtt import mqtt_subscription
from monitor.sources.phone_websocket import websocket
from monitor.wire.phone_encoder import LoggerEncoder, ServerEncoder
from monitor.wire.phone_message import LARGEST
from monitor.wire.reception import Reception
from tests.radio.hours import lived as in_virtual_time
from tests.sinks.mqtt.mosquitto import Mosquitto, mosquitto, needs_mosquitto
from tests.sources.worn_phone import lived, messages
from tests.wire.sensors import athlete

Screen = Callable[[str], Awaitable[str]]
others_leave_sockets_open = pytest.mark.filterwarnings(
    # paho where it cannot connect, amqtt where it hangs up on a client
    "ignore::pytest.PytestUnraisableExceptionWarning"
)
WANTED = 300
"""Samples after which a test has seen enough."""


@pytest.fixture(autouse=True)
def _own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEGPRESS_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def screen(capsys: pytest.CaptureFixture[str]) -> Screen:
    """Waits until something is shown on stderr; gives what the pattern's group matched."""
    shown = ""

    async def found(pattern: str) -> str:
        nonlocal shown
        async with asyncio.timeout(20):
            while not (match := re.search(pattern, shown)):
                await asyncio.sleep(0.02)
                shown += capsys.readouterr().err
        return match[1]

    return found


async def listened(name: str, begun: asyncio.Event) -> Samples:
    """A session with a phone, until enough has come."""
    family, opened = await find_phone(name)
    reception, blocks = Reception(family), [Samples.empty()]
    async with asyncio.timeout(30), opened() as batches:
        begun.set()
        async for batch in batches:
            if blocks == [Samples.empty()]:
                assert isinstance(batch[0], LinkUp)
            blocks.append(reception.step(batch))
            if sum(map(len, blocks)) >= WANTED:
                break
    return Samples.joined(blocks)


def assert_the_athletes(got: Samples, within: float = 1e-9) -> None:
    """What was received is what the phone felt, sample by sample."""
    body = athlete()
    first = int(np.argmin(np.abs(body.acc - got.acc[0]).sum(axis=1)))
    np.testing.assert_allclose(got.acc, body.acc[first : first + len(got)], atol=within)
    np.testing.assert_allclose(got.gyr, body.gyr[first : first + len(got)], atol=within)
    np.testing.assert_allclose(got.time_s, np.arange(len(got)) / 100, atol=1e-6)
    assert not got.gap.any()


async def with_phone(name: str, phone: Callable[[asyncio.Event], Awaitable[None]]) -> Samples:
    """A session, and the phone beside it."""
    begun = asyncio.Event()
    sending = asyncio.ensure_future(phone(begun))
    try:
        return await listened(name, begun)
    finally:
        sending.cancel()
        await asyncio.wait([sending])


def logged() -> list[bytes]:
    return list(messages(LoggerEncoder(), athlete()[:2000]))


def publisher(port: int, user: str | None = None, password: str | None = None) -> aiomqtt.Client:
    return aiomqtt.Client("127.0.0.1", port, username=user, password=password, timeout=1.0)


@needs_mosquitto
def test_a_phone_that_publishes_to_a_broker_is_heard(tmp_path: Path):
    with mosquitto(tmp_path / "mosquitto") as broker:

        async def phone(begun: asyncio.Event) -> None:
            async with publisher(broker.port) as client:
                await client.publish("sensor-logger", b'{"no": "message"}')
                await lived(
                    logged(), lambda data: client.publish("sensor-logger", data), begun.is_set
                )

        assert_the_athletes(asyncio.run(with_phone(f"phone:{broker.url}", phone)))


@others_leave_sockets_open
def test_a_phone_that_publishes_to_our_own_broker_is_heard(screen: Screen):
    async def phone(begun: asyncio.Event) -> None:
        port = int(await screen(r"broker .*, port (\d+)"))
        password = await screen(r"user legpress, password (\S+),")
        async with publisher(port, "legpress", password) as client:
            await lived(logged(), lambda data: client.publish("sensor-logger", data), begun.is_set)

    assert_the_athletes(asyncio.run(with_phone("phone:mqtt", phone)))
    gc.collect()


@asynccontextmanager
async def sensor_server(
    serve: Callable[[web.WebSocketResponse], Awaitable[None]],
) -> AsyncIterator[str]:
    """The app on a phone; gives its address."""

    async def connect(request: web.Request) -> web.WebSocketResponse:
        assert json.loads(request.query["types"]) == [
            "android.sensor.accelerometer",
            "android.sensor.gyroscope",
        ]
        served = web.WebSocketResponse()
        await served.prepare(request)
        await serve(served)
        return served

    app = web.Application()
    app.router.add_get("/sensors/connect", connect)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"ws://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def test_a_phone_that_serves_is_connected_to_and_again_when_it_has_hung_up():
    async def story() -> Samples:
        begun, sent = asyncio.Event(), messages(ServerEncoder(), athlete())
        calls = 0

        async def serve(served: web.WebSocketResponse) -> None:
            nonlocal calls
            calls += 1
            if calls == 1:
                return
            pair: list[bytes] = []
            for data in sent:
                await served.send_str(data.decode())
                pair.append(data)
                if len(pair) % 2 == 0 and not begun.is_set():
                    await asyncio.sleep(0.01)

        async with sensor_server(serve) as address:
            return await listened(f"phone:{address}", begun)

    got = asyncio.run(story())
    assert_the_athletes(got, within=1e-4)


def test_a_phone_that_hangs_up_in_the_middle_is_told_of_and_goes_on():
    sent = messages(ServerEncoder(), athlete())

    async def serve(served: web.WebSocketResponse) -> None:
        for data in islice(sent, 100):
            await served.send_str(data.decode())

    async def story() -> list[Arrival]:
        link, arrivals = PhoneLink(), []
        async with sensor_server(serve) as address, websocket(link, address):
            async for batch in link.batches():
                arrivals += batch
                if len(arrivals) > 200:
                    break
        return arrivals

    arrivals = asyncio.run(story())
    kinds = [type(one) for one in arrivals if not isinstance(one, Packet)]
    assert kinds[:3] == [LinkUp, LinkDown, LinkUp]
    got = Reception("sensor_server").step(arrivals)
    np.testing.assert_allclose(got.acc, athlete().acc[: len(got)], atol=1e-4)
    assert len(got) >= 98


@needs_mosquitto
@others_leave_sockets_open
def test_a_broker_that_was_away_is_subscribed_to_again(tmp_path: Path):
    async def publish(port: int, data: bytes) -> None:
        async with publisher(port) as client:
            await client.publish("sensor-logger", data)

    async def story(broker: Mosquitto) -> None:
        link, over = PhoneLink(params=Params(rest_s=0.05, longest_rest_s=0.2)), asyncio.Event()

        def connect() -> aiomqtt.Client:
            return aiomqtt.Client("127.0.0.1", broker.port, timeout=1.0)

        async def publishing() -> None:
            for data in logged():
                with suppress(aiomqtt.MqttError):
                    await publish(broker.port, data)
                if over.is_set():
                    return
                await asyncio.sleep(0.05)

        async with mqtt_subscription(link, connect, str):
            phone = asyncio.create_task(publishing())
            heard = [type(one) for one in await first(link, 5)]
            assert heard[0] is LinkUp
            broker.kill()
            await asyncio.sleep(0.5)
            broker.start()
            later = [type(one) for one in await first(link, 8)]
            assert [kind for kind in later if kind is not Packet] == [LinkDown, LinkUp]
            over.set()
            await phone

    with mosquitto(tmp_path / "mosquitto") as broker:
        asyncio.run(story(broker))
    gc.collect()


async def first(link: PhoneLink, count: int) -> list[Arrival]:
    """The next arrivals, so many at least."""
    arrivals: list[Arrival] = []
    async with asyncio.timeout(20):
        async for batch in link.batches():
            arrivals += batch
            if len(arrivals) >= count:
                break
    return arrivals


def test_a_phone_without_a_gyroscope_cannot_serve():
    async def serve(served: web.WebSocketResponse) -> None:
        await served.close(code=4001, message=b"sensor of type gyroscope not found")

    async def story() -> None:
        async with sensor_server(serve) as address:
            await find_phone(f"phone:{address}")

    with pytest.raises(InputError, match="no gyroscope"):
        asyncio.run(story())


@others_leave_sockets_open
@pytest.mark.parametrize("name", ["phone:ws://127.0.0.1:9", "phone:mqtt://127.0.0.1:9"])
def test_a_way_that_leads_nowhere_is_named(name: str):
    with pytest.raises(UnreachableError, match=r"127\.0\.0\.1:9: nothing listens there"):
        asyncio.run(find_phone(name))
    gc.collect()


@pytest.mark.parametrize(
    "name",
    ["phone:x", "phone:70000", "phone:ws://", "phone:ws://a/b", "phone:mqtt://", "phone:ftp://a"],
)
def test_a_way_that_is_none_is_refused_in_words(name: str):
    with pytest.raises(InputError, match=r"--sensor phone.*(give|such as)"):
        asyncio.run(find_phone(name))


def test_a_family_that_no_phone_is_of_is_refused():
    with pytest.raises(InputError, match="sensor_logger or sensor_logger_ios"):
        asyncio.run(find_phone("phone", "witmotion"))


def test_what_a_program_too_slow_cannot_take_is_lost_and_told_and_what_follows_is_heard(
    caplog: pytest.LogCaptureFixture,
):
    async def story() -> list[int]:
        link, message = PhoneLink(), bytes(LARGEST)
        batches, sizes = link.batches(), []
        for count in (60, 1):
            for _ in range(count):
                link.heard(message)
            sizes.append(sum(isinstance(one, Packet) for one in await anext(batches)))
        await batches.aclose()
        return sizes

    assert asyncio.run(story()) == [50, 1]
    assert caplog.text.count("messages were lost") == 1
    assert "this computer is too slow: 10 messages were lost" in caplog.text


def test_strangers_and_floods_do_not_come_in():
    async def story() -> tuple[list[int], list[Arrival]]:
        link = PhoneLink()
        arrivals: list[Arrival] = []
        async with http_push(link, "127.0.0.1", 0, "word") as port, aiohttp.ClientSession() as web_:
            url = f"http://127.0.0.1:{port}"
            statuses = []
            for path, data in (
                ("/", b"{}"),
                ("/wrong", b"{}"),
                ("/word", b"x" * (LARGEST + 2)),
                ("/word", b"\xff\x00{"),
            ):
                async with web_.post(url + path, data=data) as answer:
                    statuses.append(answer.status)
            async with web_.get(url + "/word") as answer:
                statuses.append(answer.status)
            async for batch in link.batches():
                arrivals += batch
                break
        return statuses, arrivals

    statuses, arrivals = asyncio.run(story())
    assert statuses == [404, 404, 413, 200, 200]
    assert [one.data for one in arrivals if isinstance(one, Packet)] == [b"\xff\x00{"]


def test_a_port_that_is_taken_is_named():
    async def story() -> None:
        async with (
            http_push(PhoneLink(), "127.0.0.1", 0, "a") as port,
            http_push(PhoneLink(), "127.0.0.1", port, "b"),
        ):
            pass

    with pytest.raises(UnreachableError, match=r"port \d+ is taken; name another"):
        asyncio.run(story())


def test_silences_are_told_as_they_are_and_a_hoard_is_bounded():
    async def story() -> list[Arrival]:
        loop = asyncio.get_running_loop()
        link, arrivals = PhoneLink(loop.time), []
        async with kept(link):
            for pause_s in (1.0, 5.0, 1.0, 20.0, 1.0):
                link.heard(b"{}")
                await asyncio.sleep(pause_s)
            for _ in range(60):
                link.heard(b"x" * LARGEST)
            async for batch in link.batches():
                arrivals += batch
                break
        return arrivals

    arrivals = in_virtual_time(story())
    kinds = [type(one) for one in arrivals if not isinstance(one, Packet)]
    assert kinds == [LinkUp, LinkSilent, LinkUp, LinkSilent, LinkDown, LinkUp]
    silent, down = (
        one for one in arrivals if isinstance(one, LinkSilent | LinkDown) and one.arrival_s > 8
    )
    assert silent.arrival_s == pytest.approx(7 + 3.1, abs=0.2)
    assert down.arrival_s == pytest.approx(7 + 10.1, abs=0.2)
    assert sum(len(one.data) for one in arrivals if isinstance(one, Packet)) <= 50_000_000


def test_the_word_in_the_address_stays_the_same_on_this_computer(tmp_path: Path):
    path = tmp_path / "phone" / "word"
    word = kept_word(path)
    assert re.fullmatch("[a-z2-7]{8}", word)
    assert kept_word(path) == word
    assert path.stat().st_mode & 0o077 == 0
    path.write_text("../x")
    assert kept_word(path) != "../x"
