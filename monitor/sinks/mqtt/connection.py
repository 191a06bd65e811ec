"""One connection to a broker, in MQTT 5 or 3.1.1.

aiomqtt waits out its whole patience where a broker hangs up before it has answered, does not look
at what an MQTT 5 broker answers to a message, and leaves the socket open where connecting failed;
all three are seen to here.
"""

import logging
import math
import socket
from functools import cache
from typing import Any, Self

import aiomqtt
from aiomqtt import MqttError, ProtocolVersion
from paho.mqtt.client import MQTT_CLEAN_START_FIRST_ONLY
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from monitor.sinks.mqtt.way import Way

ANSWER_S, NEWEST_ANSWER_S = 10.0, 3.0
"""How long a broker may take to answer, and one that may not understand MQTT 5."""
KEEPALIVE_S = 15
"""A broker that is silent for one and a half of these is gone."""
IN_FLIGHT = 20
"""Messages on their way at once; what brokers take by default."""
LARGEST = 64 * 1024
"""Bytes of a message we are ready to hear; an MQTT 5 broker keeps larger ones back."""
HEARD = 100
"""Messages that may wait to be heard; more are dropped."""
AT_ONCE = (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
"""Else TCP holds a message back, up to 40 ms, until the one before it is confirmed."""
SCHEMA = ("schema", "legpress-1")
"""The user property that tells by which description a message is to be read."""

_silent = logging.getLogger("legpress-mqtt")  # what paho has to say is said in other words
_silent.setLevel(logging.CRITICAL + 1)


class HungUpError(MqttError):
    """The broker closed the connection before it had answered."""


class RefusedError(MqttError):
    """The broker does not take a message."""


class Connection(aiomqtt.Client):
    """A connection, as an async context manager.

    Args:
        way: how the broker is reached.
        version: of MQTT.
        identifier: the client's name with the broker.
        will: topic and payload of what the broker says, retained, when we are lost.
    """

    def __init__(
        self, way: Way, version: ProtocolVersion, identifier: str, will: tuple[str, bytes]
    ) -> None:
        self._newest = version == ProtocolVersion.V5
        greeting = None
        if self._newest:
            greeting = Properties(PacketTypes.CONNECT)
            greeting.MaximumPacketSize = LARGEST
        topic, payload = will
        kept = _properties(PacketTypes.WILLMESSAGE, None) if self._newest else None
        super().__init__(
            way.address.host,
            way.address.port,
            username=way.address.user,
            password=way.password,
            tls_context=way.tls,
            identifier=identifier,
            protocol=version,
            transport="websockets" if way.address.websocket else "tcp",
            websocket_path=way.address.path,
            timeout=NEWEST_ANSWER_S if self._newest else ANSWER_S,
            keepalive=KEEPALIVE_S,
            clean_session=None if self._newest else True,
            clean_start=True if self._newest else MQTT_CLEAN_START_FIRST_ONLY,
            max_queued_incoming_messages=HEARD,
            max_inflight_messages=IN_FLIGHT,
            properties=greeting,
            socket_options=[AT_ONCE],
            will=aiomqtt.Will(topic, payload, 1, True, kept),  # noqa: FBT003 - its own order
            logger=_silent,
        )

    async def __aenter__(self) -> Self:
        try:
            return await super().__aenter__()
        except BaseException:
            self._client.disconnect()  # else the socket stays open
            raise

    async def say(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int = 1,
        keep: bool = False,
        for_s: int | None = None,
    ) -> None:
        """Publish, and wait until the broker has it (QoS 1) or it is sent (QoS 0).

        Args:
            topic: where.
            payload: JSON.
            qos: 0 or 1.
            keep: retained.
            for_s: how long it is worth hearing, s; None: for ever. MQTT 3.1.1 cannot tell.

        Raises:
            MqttError: the connection is lost.
        """
        properties = self._beside(for_s)
        await self.publish(topic, payload, qos, keep, properties, timeout=math.inf)

    def say_last(self, topic: str, payload: bytes) -> None:
        """Publish, retained, without waiting: there is no time left."""
        properties = self._beside(None)
        self._client.publish(topic, payload, 1, retain=True, properties=properties)

    def _beside(self, for_s: int | None) -> Properties | None:
        """What MQTT 5 tells beside a message."""
        return _properties(PacketTypes.PUBLISH, for_s) if self._newest else None

    def _on_disconnect(self, *told: Any) -> None:  # noqa: ANN401 - as paho calls it
        if not self._connected.done():
            self._connected.set_exception(HungUpError("hung up before it answered"))
        elif not self._connected.cancelled():
            super()._on_disconnect(*told)

    def _on_publish(self, *told: Any) -> None:  # noqa: ANN401 - as paho calls it
        if (reason := told[3]).is_failure and not self._disconnected.done():
            self._disconnected.set_exception(RefusedError(str(reason)))
            return
        super()._on_publish(*told)


class _Packed(Properties):
    """Properties that are packed once: they are the same for thousands of messages."""

    @cache  # noqa: B019 - there are three of them
    def pack(self) -> bytes:
        return bytes(super().pack())  # type: ignore[no-untyped-call] # paho has no types here


@cache
def _properties(packet: int, for_s: int | None) -> Properties:
    """The properties of a kind of packet that is worth hearing for so long, s."""
    properties = _Packed(packet)  # type: ignore[no-untyped-call] # nor here
    properties.ContentType = "application/json"
    properties.PayloadFormatIndicator = 1
    properties.UserProperty = [SCHEMA]
    if for_s is not None:
        properties.MessageExpiryInterval = for_s
    return properties
