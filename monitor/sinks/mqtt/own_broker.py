"""The program's own broker, so that nothing else need be installed (amqtt; MQTT 3.1.1).

It listens on this computer only, unless it is told otherwise; then it wants a password. Where its
port is taken, as by another broker, it takes a free one and says which.
"""

import asyncio
import importlib
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from ipaddress import ip_address

from monitor.errors import InputError, UnreachableError
from monitor.settings import Broker
from monitor.sinks.mqtt.address import Address
from monitor.sinks.mqtt.way import Way

USER = "legpress"
"""Who must name himself where there is a password."""
LAST_WORDS_S = 0.2
"""What was said last is given so long to reach those who listen."""
_ANYBODY = "amqtt.plugins.authentication.AnonymousAuthPlugin"
_USER_ONLY = "monitor.sinks.mqtt.own_user.OwnUser"

_log = logging.getLogger("legpress")


@asynccontextmanager
async def own_broker(settings: Broker, password: str | None) -> AsyncIterator[Way]:
    """A broker of our own, running; gives the way to it.

    Raises:
        InputError: it would be open to others without a password.
        UnreachableError: it cannot listen.
    """
    refuse_if_open(settings, password)
    amqtt = await asyncio.to_thread(importlib.import_module, "amqtt.broker")
    port = _free_port(settings)
    bind = f"[{settings.bind}]" if ":" in settings.bind else settings.bind
    plugins = {_USER_ONLY: {"password": password}} if password else {_ANYBODY: {}}
    broker = amqtt.Broker(
        {"listeners": {"default": {"type": "tcp", "bind": f"{bind}:{port}"}}, "plugins": plugins}
    )
    await broker.start()
    if port != settings.port:
        why = f"port {settings.port} is taken; " if settings.port else ""
        _log.warning("%sthe broker is at mqtt://%s:%d", why, bind, port)
    try:
        user = USER if password else None
        yield Way(Address("mqtt", _near(settings.bind), port, user), password, newest=False)
        await asyncio.sleep(LAST_WORDS_S)
    finally:
        await broker.shutdown()


def refuse_if_open(settings: Broker, password: str | None) -> None:
    """Others may come in only with a password.

    Raises:
        InputError: they could without.
    """
    try:
        near = settings.bind == "localhost" or ip_address(settings.bind).is_loopback
    except ValueError as error:
        raise InputError(
            f"mqtt.broker.bind {settings.bind!r}: is no address to listen on; "
            "give one such as 127.0.0.1 or 0.0.0.0"
        ) from error
    if not near and not password:
        raise InputError(
            f"mqtt.broker.bind {settings.bind}: is open to other computers and needs a password; "
            "give one in LEGPRESS_BROKER_PASSWORD or in mqtt.broker.password_file"
        )


def _near(bind: str) -> str:
    """Where we ourselves reach what listens on an address."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bind, bind)  # noqa: S104 - not bound here


def _free_port(settings: Broker) -> int:
    """The port that was wished for, else any.

    Raises:
        UnreachableError: there is none.
    """
    family = socket.AF_INET6 if ":" in settings.bind else socket.AF_INET
    error: OSError | None = None
    for port in (settings.port, 0):
        with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.bind, port))
                return int(probe.getsockname()[1])
            except OSError as failure:
                error = failure
    reason = error.strerror if error else ""
    raise UnreachableError(f"the broker cannot listen on {settings.bind}: {reason}")
