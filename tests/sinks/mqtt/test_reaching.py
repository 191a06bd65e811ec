"""Reaching a broker: addresses, passwords, certificates, versions; and the words where it fails."""

import asyncio
import gc
import os
import socket
import subprocess
from pathlib import Path

import pytest
from amqtt.broker import Broker
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import InputError
from monitor.settings import Broker as OwnBroker
from monitor.settings import Mqtt
from monitor.sinks.mqtt.address import parse_address
from monitor.sinks.mqtt.own_broker import own_broker
from tests.cli.legpress import legpress, only_line, refusal
from tests.sinks.mqtt.certificates import Authority
from tests.sinks.mqtt.feed import Publishing, in_session, soon
from tests.sinks.mqtt.mosquitto import (
    first_of_each,
    free_port,
    kept_by,
    listening,
    listens,
    mosquitto,
    needs_mosquitto,
)

SECRET = "correct horse"  # noqa: S105 - of the test's own broker
others_leave_sockets_open = pytest.mark.filterwarnings(
    # paho where a handshake fails, amqtt where it hangs up on a client
    "ignore::pytest.PytestUnraisableExceptionWarning"
)
RECORDING = Path(__file__).parents[3] / "recordings" / "simulated_link_lost.mcap"


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("mqtt://gym", ("mqtt", "gym", 1883, None, None)),
        ("MQTT://anna@gym.local:1884/", ("mqtt", "gym.local", 1884, "anna", None)),
        ("mqtts://a%40b@[::1]", ("mqtts", "::1", 8883, "a@b", None)),
        ("ws://gym", ("ws", "gym", 80, None, "/mqtt")),
        ("wss://gym:444/broker/ws", ("wss", "gym", 444, None, "/broker/ws")),
    ],
)
def test_an_address_says_where_and_how(url: str, meant: tuple[object, ...]):
    address = parse_address(url)
    found = (address.scheme, address.host, address.port, address.user, address.path)
    assert found == meant


@pytest.mark.parametrize(
    "url",
    ["gym", "http://gym", "mqtt://", "mqtt://gym:0", "mqtt://gym:99999", "mqtt://gym:x",
     "mqtt://gym/topic", "mqtt://gym?x=1", "mqtt://gym\n", "mqtt://[::1", f"mqtt://{'x' * 300}.de"],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_an_example(url: str):
    with pytest.raises(InputError, match="mqtt://user@host:1883"):
        parse_address(url)


@given(st.text())
def test_any_text_is_an_address_or_is_refused(text: str):
    try:
        found = parse_address(f"mqtt://{text}")
    except InputError:
        return
    assert 0 < found.port < 65536
    assert found.host


def test_a_password_in_the_address_is_refused_and_not_repeated():
    said = refusal("demo", "--mqtt", "mqtt://anna:hunter2@gym", "--quiet")
    assert "LEGPRESS_MQTT_PASSWORD" in said
    assert "hunter2" not in said


@pytest.mark.parametrize(
    "name",
    ["a/b", "a+b", "#", "", "x" * 65, "ü" * 33, "tab\there", "nul\0", "\x85", "\ud800", "$SYS"],
)
def test_a_name_that_would_break_topics_is_refused_before_anything_starts(name: str):
    for settings in (Mqtt(gym=name), Mqtt(prefix=name), Mqtt(discovery_prefix=name)):
        with pytest.raises(InputError, match="choose another name"):
            Publishing("mqtt://127.0.0.1", mqtt=settings)
    if name:  # a station without a name has the ordinary one
        with pytest.raises(InputError, match="set station under"):
            Publishing("mqtt://127.0.0.1", station=name)


@pytest.mark.parametrize("setting", ["ca_file", "cert_file", "key_file", "password_file"])
def test_a_file_that_is_not_there_is_named(tmp_path: Path, setting: str):
    settings = Mqtt(**{setting: str(tmp_path / "none")})
    with pytest.raises(InputError, match=f"mqtt.{setting} .*none: cannot be read"):
        Publishing("mqtts://anna@127.0.0.1", mqtt=settings)


def test_files_that_hold_something_else_are_refused(tmp_path: Path):
    nonsense, empty = tmp_path / "nonsense", tmp_path / "empty"
    nonsense.write_bytes(b"\xff\xfe\x00")
    empty.write_text("\n")
    for settings, said in (
        (Mqtt(ca_file=str(nonsense)), "holds no certificate"),
        (Mqtt(cert_file=str(nonsense)), "is no certificate"),
        (Mqtt(cert_file=str(nonsense), key_file=str(nonsense)), "is no certificate"),
        (Mqtt(key_file=str(nonsense)), "a key needs its certificate"),
        (Mqtt(password_file=str(nonsense)), "is no text"),
        (Mqtt(password_file=str(empty)), "is empty"),
    ):
        with pytest.raises(InputError, match=said):
            Publishing("mqtts://anna@127.0.0.1", mqtt=settings)


@in_session
async def test_where_nobody_listens_the_session_goes_on_and_ends_with_three(folder: Path):  # noqa: ARG001 - it is not looked at
    async with Publishing(f"mqtt://127.0.0.1:{free_port()}") as session:
        session.say(3)
        await asyncio.sleep(0.2)
        session.say(3)
    assert session.status == 3


def test_the_user_hears_of_a_broker_that_is_not_there_once():
    port = free_port()
    url = f"mqtt://127.0.0.1:{port}"
    ended = legpress("replay", RECORDING, "--quiet", "--speed", "max", "--mqtt", url)
    assert ended.returncode == 3
    said = only_line(ended.stderr)
    assert said == f"{url}: nothing listens there; the session goes on, events wait on disk"


def _passwords(folder: Path, user: str) -> Path:
    file = folder / "passwords"
    file.write_text(f"{user}:{SECRET}\n")
    file.chmod(0o600)
    subprocess.run(["mosquitto_passwd", "-U", str(file)], check=True)  # noqa: S607 - Debian's
    return file


@needs_mosquitto
def test_a_wrong_password_is_told_in_words_and_never_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setenv("LEGPRESS_DATA_DIR", str(tmp_path / "data"))
    settings = ("allow_anonymous false", f"password_file {_passwords(tmp_path, 'anna')}")
    right = tmp_path / "password"
    right.write_text(f"{SECRET}\n")

    async def published(url: str, mqtt: Mqtt) -> int | None:
        async with Publishing(url, mqtt=mqtt) as session:
            session.say(2)
        return session.status

    with mosquitto(tmp_path / "broker", *settings) as broker:
        url = broker.url.replace("//", "//anna@")
        mqtt = Mqtt(password_file=str(right))
        assert asyncio.run(published(url, mqtt)) == 0
        assert caplog.text == ""
        assert asyncio.run(published(broker.url, Mqtt())) == 3
        monkeypatch.setenv("LEGPRESS_MQTT_PASSWORD", "hunter2")
        assert asyncio.run(published(url, mqtt)) == 3
        assert "does not accept this user name and password" in caplog.text
        assert "hunter2" not in caplog.text
        assert SECRET not in caplog.text
        monkeypatch.setenv("LEGPRESS_MQTT_PASSWORD", SECRET)
        assert asyncio.run(published(url, Mqtt())) == 0


@needs_mosquitto
@others_leave_sockets_open
def test_certificates_are_checked_on_both_sides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setenv("LEGPRESS_DATA_DIR", str(tmp_path / "data"))
    house, stranger = Authority(tmp_path, "house"), Authority(tmp_path, "stranger")
    certificate, key = house.signed("broker", host="127.0.0.1")
    own, own_key = house.signed("legpress")
    foreign, foreign_key = stranger.signed("somebody")
    settings = [
        f"cafile {house.ca}", f"certfile {certificate}", f"keyfile {key}",
        "require_certificate true", "use_identity_as_username true", "allow_anonymous false",
    ]  # fmt: skip

    async def published(mqtt: Mqtt) -> int | None:
        async with Publishing(url, mqtt=mqtt) as session:
            session.say(2)
        return session.status

    with mosquitto(tmp_path / "broker", *settings) as broker:
        url = f"mqtts://127.0.0.1:{broker.port}"
        ours = Mqtt(ca_file=str(house.ca), cert_file=str(own), key_file=str(own_key))
        assert asyncio.run(published(ours)) == 0
        assert caplog.text == ""
        assert asyncio.run(published(Mqtt(cert_file=str(own), key_file=str(own_key)))) == 3
        assert "its certificate is not to be trusted" in caplog.text
        caplog.clear()
        assert asyncio.run(published(Mqtt(ca_file=str(house.ca)))) == 3
        assert "certificate" in caplog.text
        caplog.clear()
        theirs = Mqtt(ca_file=str(house.ca), cert_file=str(foreign), key_file=str(foreign_key))
        assert asyncio.run(published(theirs)) == 3
        assert "certificate" in caplog.text
    gc.collect()


@needs_mosquitto
@others_leave_sockets_open
def test_who_comes_to_the_wrong_port_is_told_which_scheme_it_wants(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setenv("LEGPRESS_DATA_DIR", str(tmp_path / "data"))
    house = Authority(tmp_path, "house")
    certificate, key = house.signed("broker", host="127.0.0.1")
    encrypted = (f"certfile {certificate}", f"keyfile {key}", "allow_anonymous true")

    async def told(scheme: str, port: int) -> str:
        caplog.clear()
        async with Publishing(f"{scheme}://127.0.0.1:{port}") as session:
            session.say(1)
        assert session.status == 3
        return caplog.text

    with mosquitto(tmp_path / "a", *encrypted) as one, mosquitto(tmp_path / "b") as other:
        for scheme, port, wanted in (
            ("mqtt", one.port, "encrypted connections? Then give mqtts://"),
            ("mqtts", other.port, "plain connections? Then give mqtt://"),
            ("ws", other.port, "is the path right"),
            ("wss", other.port, "plain connections? Then give ws://"),
        ):
            assert wanted in asyncio.run(told(scheme, port))
    gc.collect()


def test_where_neither_broker_nor_disk_takes_events_one_line_says_so(tmp_path: Path):
    (tmp_path / "mqtt").write_text("in the way")
    url = f"mqtt://127.0.0.1:{free_port()}"
    quick = ("--quiet", "--speed", "max")
    ended = legpress("replay", RECORDING, *quick, "--mqtt", url, data=tmp_path)
    assert ended.returncode == 3
    assert only_line(ended.stderr) == (
        f"{url}: nothing listens there; the session goes on, events wait in memory only: "
        f"{tmp_path / 'mqtt'} cannot be written (File exists)"
    )


@needs_mosquitto
@others_leave_sockets_open
def test_a_broker_of_another_name_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setenv("LEGPRESS_DATA_DIR", str(tmp_path / "data"))
    house = Authority(tmp_path, "house")
    certificate, key = house.signed("broker", host="elsewhere.example")
    settings = (f"certfile {certificate}", f"keyfile {key}", "allow_anonymous true")

    async def published() -> int | None:
        url = f"mqtts://127.0.0.1:{broker.port}"
        async with Publishing(url, mqtt=Mqtt(ca_file=str(house.ca))) as session:
            session.say(1)
        return session.status

    with mosquitto(tmp_path / "broker", *settings) as broker:
        assert asyncio.run(published()) == 3
        assert "not to be trusted (IP address mismatch" in caplog.text
    gc.collect()


@needs_mosquitto
@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_through_a_web_server_it_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
):
    monkeypatch.setenv("LEGPRESS_DATA_DIR", str(tmp_path / "data"))
    house = Authority(tmp_path, "house")
    certificate, key = house.signed("broker", host="127.0.0.1")
    tcp, web = free_port(), free_port()
    encrypted = {"ssl": True, "certfile": str(certificate), "keyfile": str(key)}
    listeners = {
        "default": {"type": "tcp", "bind": f"127.0.0.1:{tcp}"},
        "web": {"type": "ws", "bind": f"127.0.0.1:{web}", **(encrypted if scheme == "wss" else {})},
    }
    plugins = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {}}

    async def published() -> None:
        broker = Broker({"listeners": listeners, "plugins": plugins})
        await broker.start()
        with listening(tcp, tmp_path) as listener:
            url = f"{scheme}://127.0.0.1:{web}"
            async with Publishing(url, mqtt=Mqtt(ca_file=str(house.ca))) as session:
                await soon(listener.heard, "what is kept")
                session.say(30)
                await soon(lambda: len(first_of_each(listener.events())) == 30)
            assert session.status == 0
            heard = first_of_each(listener.events())
            assert [one.json["event_id"] for one in heard] == session.said
        await broker.shutdown()

    asyncio.run(published())


@needs_mosquitto
@in_session
async def test_over_mqtt_5_a_message_tells_what_it_is_and_how_long_it_is_worth_hearing(
    folder: Path,
):
    with mosquitto(folder / "broker") as broker:
        told = ("-V", "5", "-F", "%t|%C|%E|%P|%F")
        with listening(broker.port, folder, *told) as listener:
            async with Publishing(broker.url) as session:
                session.say(1)
                names = ("event/alert", "telemetry", "status")
                await soon(lambda: all(f"{name}|" in listener._path.read_text() for name in names))
            lines = listener._path.read_text().splitlines()
    of = {line.split("|")[0].rpartition("/")[2]: line.split("|")[1:] for line in lines}
    assert of["alert"] == ["application/json", "604800", "schema:legpress-1", "1"]
    assert of["telemetry"] == ["application/json", "5", "schema:legpress-1", "1"]
    assert of["status"] == ["application/json", "", "schema:legpress-1", "1"]


@needs_mosquitto
@others_leave_sockets_open
@in_session
async def test_the_own_broker_speaks_to_others_and_keeps_what_is_to_be_kept(folder: Path):
    port = free_port()
    async with Publishing(None, mqtt=Mqtt(broker=OwnBroker(port=port))) as session:
        await soon(lambda: listens(port), "the broker")
        with listening(port, folder) as listener:
            await soon(lambda: any(one.name == "state" for one in listener.heard()))
            session.say(200)
            await soon(lambda: len(first_of_each(listener.events())) == 200)
            heard = first_of_each(listener.events())
            assert [one.json["event_id"] for one in heard] == session.said
            kept = await asyncio.to_thread(kept_by, port, folder)
            assert {topic.rpartition("/")[2] for topic in kept} == {
                "status", "link", "state", "health", "config",
            }  # fmt: skip
    assert session.status == 0


@others_leave_sockets_open
@in_session
async def test_a_broker_that_speaks_only_3_1_1_is_spoken_to_in_3_1_1(folder: Path):  # noqa: ARG001 - it is not looked at
    async with own_broker(OwnBroker(port=0), None) as way:
        async with Publishing(f"mqtt://127.0.0.1:{way.address.port}") as session:
            session.say(5)
        assert session.status == 0


@others_leave_sockets_open
@in_session
async def test_the_own_broker_lets_in_only_who_knows_its_password(folder: Path):  # noqa: ARG001 - it is not looked at
    os.environ["LEGPRESS_MQTT_PASSWORD"] = SECRET
    try:
        async with own_broker(OwnBroker(bind="0.0.0.0", port=0), SECRET) as way:  # noqa: S104 - tested
            port = way.address.port
            for url, status in (
                (f"mqtt://legpress@127.0.0.1:{port}", 0),
                (f"mqtt://root@127.0.0.1:{port}", 3),
            ):
                async with Publishing(url) as session:
                    session.say(1)
                assert session.status == status
            del os.environ["LEGPRESS_MQTT_PASSWORD"]
            async with Publishing(f"mqtt://127.0.0.1:{port}") as session:
                session.say(1)
            assert session.status == 3
    finally:
        os.environ.pop("LEGPRESS_MQTT_PASSWORD", None)


def test_the_own_broker_is_not_opened_to_others_without_a_password():
    for bind in ("0.0.0.0", "::", "192.168.1.5"):  # noqa: S104 - tested
        with pytest.raises(InputError, match="needs a password"):
            Publishing(None, mqtt=Mqtt(broker=OwnBroker(bind=bind)))
    with pytest.raises(InputError, match="no address to listen on"):
        Publishing(None, mqtt=Mqtt(broker=OwnBroker(bind="nowhere")))


def test_where_its_port_is_taken_the_own_broker_takes_another_and_says_which(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        config = tmp_path / "gym.toml"
        port = taken.getsockname()[1]
        config.write_text(f"[mqtt.broker]\nport = {port}\n")
        ended = legpress("demo", "--quiet", "--speed", "max", "--config", config)
    assert ended.returncode == 0
    assert only_line(ended.stderr).startswith(
        f"port {port} is taken; the broker is at mqtt://127.0.0.1:"
    )


def test_an_athlete_has_a_short_name_outside_which_differs_between_houses(tmp_path: Path):
    from monitor.sinks.mqtt.pseudonym import kept_salt, pseudonym  # noqa: PLC0415 - only here

    here, there = kept_salt(tmp_path / "a" / "salt"), kept_salt(tmp_path / "b" / "salt")
    assert kept_salt(tmp_path / "a" / "salt") == here
    assert pseudonym("Anna", here) == pseudonym("Anna", here) != pseudonym("Anna", there)
    assert len({pseudonym(f"athlete {n}", here) for n in range(500)}) == 500
    assert len(pseudonym("Anna" * 99, here)) == 8
