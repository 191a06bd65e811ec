"""`--sensor phone`: a phone is told on the screen how to reach us, and taken once it is set right.

    phone                       Sensor Logger (iPhone, Android) pushes over HTTP to us, port 8000
    phone:9000, phone:HOST:9000 the same, on another port, or on one address of this computer
    phone:mqtt                  Sensor Logger publishes to a broker of our own
    phone:mqtt://user@host      … or to one that is there (mqtts:// as well)
    phone:ws://IP:8080          SensorServer (Android): we connect to the phone

What it sends first is only looked at: the session begins when nothing is wrong any more.
"""

# ruff: noqa: PLC0415 - loaded only where a phone is used

import base64
import ipaddress
import logging
import re
import secrets
import socket
import sys
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, closing, suppress
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from monitor.arrivals import Packet
from monitor.cli.lines import say
from monitor.errors import InputError
from monitor.kept_secret import kept_secret
from monitor.session import Source
from monitor.settings import Broker, Mqtt, data_folder
from monitor.sources.phone_link import Batches, Held, PhoneLink, as_source
from monitor.wire.phone_setup import Setup, logger_setup, server_setup

NAME = "phone"
PORT = 8000
EVERYWHERE = "0.0.0.0"  # noqa: S104 - who names a phone as the sensor wants it to reach us
IOS = "sensor_logger_ios"
_LOGGER = ("sensor_logger", IOS)
_silent = logging.getLogger("legpress-mqtt")  # what paho has to say is said in other words
_FORM = (
    "give phone, phone:PORT, phone:mqtt, phone:mqtt://user@host, or phone:ws://IP:8080 "
    "as SensorServer shows it"
)


def is_phone(name: str) -> bool:
    """Whether a sensor's name means a phone."""
    return name.partition(":")[0] == NAME


async def find_phone(
    name: str, family: str | None = None, clock: Callable[[], float] = time.perf_counter
) -> tuple[str, Callable[[], Source]]:
    """The phone that sends, once it is set right.

    Args:
        name: as the module says.
        family: what the user named, None: nothing.
        clock: stamps what arrives, s.

    Returns:
        Its family, and what makes the session's source: once.

    Raises:
        InputError: the name or the family cannot be used.
        UnreachableError: the phone, or the way to it, cannot be reached.
    """
    way = name.partition(":")[2]
    known = ("sensor_server",) if way.startswith("ws:") else _LOGGER
    if family is not None and family not in known:
        raise InputError(f"--family {family}: is none of a {name}; it is {' or '.join(known)}")
    family = family or known[0]
    link = PhoneLink(clock)
    serves = way.startswith("ws:")
    setup = server_setup() if serves else logger_setup(apple=family == IOS)
    enter = _served if serves else _published if way.startswith("mqtt") else _pushed
    held = Held(partial(enter, link, way))
    await held.begin()
    try:
        await _set_right(link.batches(), setup)
    except BaseException:
        await held.end()
        raise
    return family, lambda: as_source(link, held)


async def _pushed(link: PhoneLink, way: str, stack: AsyncExitStack) -> None:
    """Sensor Logger over HTTP."""
    from monitor.sources.phone_http import http_push

    host, port = _listening(way)
    word = kept_word(data_folder() / "phone" / "word")
    port = await stack.enter_async_context(http_push(link, host, port, word))
    shown = f"[{_own(host)}]" if ":" in host else _own(host)
    _instruct(f"HTTP Push   on, Push URL http://{shown}:{port}/{word}")


async def _published(link: PhoneLink, way: str, stack: AsyncExitStack) -> None:
    """Sensor Logger over MQTT."""
    import aiomqtt

    from monitor.sinks.mqtt.address import parse_address
    from monitor.sinks.mqtt.certificates import tls_context
    from monitor.sinks.mqtt.connection import ANSWER_S, KEEPALIVE_S
    from monitor.sinks.mqtt.own_broker import own_broker
    from monitor.sinks.mqtt.password import BROKER_VARIABLE, broker_password, password_for
    from monitor.sinks.mqtt.troubles import words
    from monitor.sinks.mqtt.way import Way
    from monitor.sources.phone_mqtt import TOPIC, mqtt_subscription

    if way == "mqtt":
        settings = Broker(bind=EVERYWHERE)
        given = broker_password(settings)
        password = given or kept_word(data_folder() / "phone" / "word")
        broker = await stack.enter_async_context(own_broker(settings, password))
        shown = f"the one in {BROKER_VARIABLE}" if given else password
        port, user = broker.address.port, broker.address.user
        about = f"{_own(EVERYWHERE)}, port {port}, TCP, no TLS, user {user}, password {shown}"
    else:
        try:
            address = parse_address(way)
            tls = tls_context(Mqtt()) if address.encrypted else None
            broker = Way(address, password_for(address, Mqtt()), tls)
        except InputError as error:
            raise InputError(str(error).replace("--mqtt", "--sensor phone:mqtt")) from error
        about = f"{address}, as here"

    def told(error: BaseException) -> str:
        return f"{broker}: {words(error, broker.address)}"

    def connect() -> aiomqtt.Client:
        return aiomqtt.Client(
            broker.address.host,
            broker.address.port,
            username=broker.address.user,
            password=broker.password,
            tls_context=broker.tls,
            identifier=f"legpress-phone-{secrets.token_hex(4)}",
            timeout=ANSWER_S,
            keepalive=KEEPALIVE_S,
            max_queued_incoming_messages=1000,
            logger=_silent,
        )

    await stack.enter_async_context(mqtt_subscription(link, connect, told))
    _instruct(f"MQTT        on, broker {about}, topic {TOPIC}")


async def _served(link: PhoneLink, way: str, stack: AsyncExitStack) -> None:
    """SensorServer."""
    from monitor.sources.phone_websocket import websocket

    try:
        parts = urlsplit(way)
        fine = parts.scheme == "ws" and parts.hostname and parts.path in {"", "/"}
        port = parts.port or 8080
    except ValueError:
        fine = False
    if not fine or not way.isprintable() or parts.query or parts.fragment or parts.username:
        raise InputError(f"--sensor phone:{way}: is no address of SensorServer; {_FORM}")
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    address = f"ws://{host}:{port}"
    await stack.enter_async_context(websocket(link, address))
    _show(
        f"""Phone as sensor: the app SensorServer (Android), expected at {address}
  Settings   Sampling Rate 10000 (microseconds, 100 times a second); the app's own is too slow
  then       Start. The app shows its address; phone and computer must be in the same Wi-Fi.
Connecting to it; Ctrl-C ends."""
    )


def _instruct(sending: str) -> None:
    """What to set in Sensor Logger."""
    _show(
        f"""Phone as sensor: the app Sensor Logger (iPhone, Android), set like this
  Sensors     Accelerometer, Gravity and Gyroscope on, each at 100 Hz; others off
  {sending}
  Batch       the shortest batch period it offers, 100 ms if it does
  Units       Settings > Sensor Configuration > Standardise Units & Frames on
  then        start the recording. Phone and computer must be in the same Wi-Fi.
Waiting for it; Ctrl-C ends."""
    )


async def _set_right(batches: Batches, setup: Setup) -> None:
    """Look at what comes, and say what is wrong, until nothing is."""
    told: set[str] = set()
    async for batch in batches:
        for arrival in batch:
            if isinstance(arrival, Packet):
                setup.see(arrival.data, arrival.arrival_s)
                if not setup.heard and not told:
                    told.add("")
                    say(
                        "phone: something came that holds no measurements, as the app's test does: "
                        "the address is right; start the recording"
                    )
        verdict = setup.verdict()
        if verdict is None:
            continue
        faults, remarks = verdict
        for text in faults or remarks:
            about = re.sub(r"[0-9.]+", "", text)
            if about not in told:
                say(f"phone: {text}")
                told.add(about)
        if not faults:
            say("phone: it sends all that is needed")
            return


def _listening(way: str) -> tuple[str, int]:
    """Address and port to listen on.

    Raises:
        InputError: they are none.
    """
    host, _, port = way.rpartition(":")
    try:
        number = int(port) if port else PORT
        ipaddress.ip_address(host.strip("[]") or EVERYWHERE)
    except ValueError:
        number = -1
    if not 0 <= number <= 65535:
        raise InputError(f"--sensor phone:{way}: is no way to reach a phone; {_FORM}")
    return host.strip("[]") or EVERYWHERE, number


def _own(host: str) -> str:
    """The address at which a phone in the same network finds this computer."""
    if host not in {EVERYWHERE, "::"}:
        return host
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # sends nothing; only asks which way it would go
        return str(probe.getsockname()[0])
    return "THIS-COMPUTER'S-ADDRESS"


def kept_word(path: Path) -> str:
    """The word in this computer's address, drawn once: what was typed into a phone stays right."""
    drawn = base64.b32encode(secrets.token_bytes(5)).decode().lower()
    kept = kept_secret(path, drawn.encode()).strip()
    return kept.decode() if re.fullmatch(b"[a-z2-7]{8}", kept) else drawn


def _show(text: str) -> None:
    """Several lines for the user, beside the results."""
    with suppress(OSError, ValueError):  # nobody listens
        print(text, file=sys.stderr, flush=True)
