"""A phone that publishes what it measures: we subscribe to it (Sensor Logger over MQTT)."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiomqtt

from monitor.errors import UnreachableError
from monitor.sources.phone_link import PhoneLink, kept

TOPIC = "sensor-logger"
"""What the app publishes to, unless told otherwise."""
FIRST_TRIES = 3
"""A broker that has never let us in after so many attempts will not."""


@asynccontextmanager
async def mqtt_subscription(
    link: PhoneLink,
    connect: Callable[[], aiomqtt.Client],
    words: Callable[[BaseException], str],
    topic: str = TOPIC,
) -> AsyncIterator[None]:
    """Subscribe, again after each outage, and hand on to the link what is published.

    Args:
        link: what hears it, and is told (`PhoneLink.fail`) if the broker never lets us in.
        connect: makes a client.
        words: what a failure means.
        topic: what is subscribed to.
    """
    async with kept(link, _subscribed(link, connect, words, topic)):
        yield


async def _subscribed(
    link: PhoneLink,
    connect: Callable[[], aiomqtt.Client],
    words: Callable[[BaseException], str],
    topic: str,
) -> None:
    tries, ever = 0, False
    while True:
        try:
            async with connect() as client:
                await client.subscribe(topic)
                tries, ever = 0, True
                async for message in client.messages:
                    if isinstance(message.payload, bytes | bytearray):
                        link.heard(bytes(message.payload))
        except (aiomqtt.MqttError, OSError) as error:
            tries += 1
            link.lost(words(error))
            if not ever and tries >= FIRST_TRIES:
                raise UnreachableError(words(error)) from error
        doubled = link.params.rest_s * 2.0 ** min(tries, 16)
        await asyncio.sleep(min(doubled, link.params.longest_rest_s))
