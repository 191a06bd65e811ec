"""A phone that serves what it measures: we connect to it (SensorServer, Android)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import msgspec

from monitor.errors import InputError, UnreachableError
from monitor.sources.phone_link import PhoneLink, kept
from monitor.wire.phone_server import ACC, GYR, LARGEST

FIRST_TRIES = 3
"""A phone that has never answered after so many attempts is not there."""
CONNECT_S = 5.0
HEARTBEAT_S = 4.0
"""A phone that has left the Wi-Fi says no goodbye: it is asked so often whether it is there."""
NO_SUCH_SENSOR = 4001
"""The app closes with it, and names the sensor."""


@asynccontextmanager
async def websocket(link: PhoneLink, address: str) -> AsyncIterator[None]:
    """Connect, again after each outage, and hand on to the link what is served.

    Args:
        link: what hears it, and is told (`PhoneLink.fail`) if the phone cannot serve.
        address: as in ws://192.168.1.7:8080.
    """
    async with kept(link, _connected(link, address)):
        yield


async def _connected(link: PhoneLink, address: str) -> None:
    tries, ever = 0, False
    types = msgspec.json.encode([ACC, GYR]).decode()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(connect=CONNECT_S)) as session:
        while True:
            tries += 1
            reason = ""
            try:
                async with session.ws_connect(
                    f"{address.rstrip('/')}/sensors/connect",
                    params={"types": types},
                    max_msg_size=LARGEST,
                    heartbeat=HEARTBEAT_S,
                ) as served:
                    async for message in served:
                        if message.type is aiohttp.WSMsgType.TEXT:
                            tries, ever = 0, True
                            link.heard(message.data.encode("utf-8", "replace"))
                    if served.close_code == NO_SUCH_SENSOR:
                        raise InputError(
                            f"--sensor phone:{address}: this phone has no accelerometer or no "
                            "gyroscope; take another"
                        )
                    reason = "the phone has closed the line"
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                reason = _words(error)
            link.lost(reason)
            if not ever and tries >= FIRST_TRIES:
                raise UnreachableError(
                    f"--sensor phone:{address}: {reason}; see that SensorServer is started, shows "
                    "this address, and that phone and computer are in the same Wi-Fi"
                )
            doubled = link.params.rest_s * 2.0 ** min(tries, 16)
            await asyncio.sleep(min(doubled, link.params.longest_rest_s))


def _words(error: BaseException) -> str:
    match error:
        case TimeoutError():
            return "the phone does not answer"
        case aiohttp.WSServerHandshakeError():
            return f"what answers there is not SensorServer (status {error.status})"
        case aiohttp.ClientConnectorError():
            return "nothing listens there"
        case _:
            return str(error) or type(error).__name__
