"""What is said over one connection: birth, what is kept, what is new, and goodbye.

| when | what |
|---|---|
| on connecting | status online, discovery, link, state, health; then what waits, in order |
| ten times a second | telemetry, if there is any and events do not pile up |
| when it changes | link, state; estimates in state at most once a second |
| every ten seconds | health |
| Home Assistant comes up, or somebody says that we are offline | all that is kept, again |
| at the end | the last state, status offline |
"""

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import Any

import msgspec

from monitor.sinks.mqtt.connection import IN_FLIGHT, Connection
from monitor.sinks.mqtt.current import Current
from monitor.sinks.mqtt.discovery import discovery
from monitor.sinks.mqtt.journal import LONGEST_S, Waiting
from monitor.sinks.mqtt.messages import State, Status, historical, json_of
from monitor.sinks.mqtt.post import Post
from monitor.sinks.mqtt.topics import Topics

TELEMETRY_S = 0.1
ESTIMATES_S = 1.0
"""How often an estimate in `state` may change by itself."""
HEALTH_S = 10.0
AGAIN_S = 2.0
"""How often all that is kept is said again, however often it is asked for."""
TELEMETRY_LASTS_S = 5
AT_ONCE = 50
"""Events that are handed to the connection together; it has them on their way a few at a time."""
FRESH_S = 2.0
"""An event that waited no longer for a connection is as good as live."""

_log = logging.getLogger("legpress")


@dataclass(frozen=True, slots=True)
class Station:
    """What is published, and where.

    Attributes:
        topics: of the station.
        version: of the program.
        discovery: whether Home Assistant is told.
    """

    topics: Topics
    version: str
    discovery: bool

    def status(self, epoch: int, *, online: bool) -> bytes:
        """Birth or will of a connection."""
        state: Any = "online" if online else "offline"
        return json_of(Status(state=state, epoch=epoch, version=self.version))


class Talk:
    """One connection's conversation.

    Args:
        client: connected.
        station: what is published, and where.
        epoch: of this connection, the same as in its will.
        current, post: what is so now, and what waits.
    """

    def __init__(
        self, client: Connection, station: Station, epoch: int, current: Current, post: Post
    ) -> None:
        self._client, self._station, self._epoch = client, station, epoch
        self._current, self._post = current, post
        self._topics = station.topics
        self._began_s = time.time()
        self._asked = self._warned = False
        self._kept: dict[str, Any] = {}
        self._due_s = {"again": 0.0, "estimates": 0.0, "health": 0.0}

    async def hold(self) -> None:
        """Talk until all is said.

        Raises:
            MqttError, or a group of them: the connection is lost.
        """
        try:
            await self._announce()
            heard = (self._topics.of("status"), self._topics.home_assistant)
            await self._client.subscribe([(topic, 1) for topic in heard])
            async with asyncio.TaskGroup() as tasks:
                beside = [tasks.create_task(self._hear()), tasks.create_task(self._keep_current())]
                await self._send_events()
                for task in beside:
                    task.cancel()
            await self._say_kept()
            await self._say_status(online=False)
        except asyncio.CancelledError:
            offline = self._station.status(self._epoch, online=False)
            self._client.say_last(self._topics.of("status"), offline)
            raise

    async def _announce(self) -> None:
        """All that is kept, to a broker or a listener that may have forgotten it."""
        self._asked = False
        self._due_s["again"] = time.monotonic() + AGAIN_S
        await self._say_status(online=True)
        if self._station.discovery:
            device = discovery(self._topics, self._station.version)
            await self._client.say(self._topics.discovery, json_of(device), keep=True)
        self._kept.clear()
        await self._say_kept()

    async def _say_status(self, *, online: bool) -> None:
        status = self._station.status(self._epoch, online=online)
        await self._client.say(self._topics.of("status"), status, keep=True)

    async def _say_kept(self) -> None:
        """Link, state and health, where they are not what was said last."""
        now = time.monotonic()
        if now >= self._due_s["health"] or "health" not in self._kept:
            self._due_s["health"] = now + HEALTH_S
            await self._keep("health", self._current.health(self._post.waiting))
        if (link := self._current.link()) != self._kept.get("link"):
            await self._keep("link", link)
        state, last = self._current.state(), self._kept.get("state")
        due = now >= self._due_s["estimates"] and state != last
        if due or last is None or _happening(state) != _happening(last):
            self._due_s["estimates"] = now + ESTIMATES_S
            await self._keep("state", state)

    async def _keep(self, name: str, message: msgspec.Struct) -> None:
        self._kept[name] = message
        await self._client.say(self._topics.of(name), json_of(message), keep=True)

    async def _keep_current(self) -> None:
        """What is so now, as long as the connection lasts."""
        clock = asyncio.get_running_loop().time
        due_s, seen = clock(), 0
        while True:
            if self._asked and time.monotonic() >= self._due_s["again"]:
                await self._announce()
            await self._say_kept()
            if self._current.samples > seen and self._post.waiting <= IN_FLIGHT:
                seen = self._current.samples
                telemetry = json_of(self._current.telemetry())
                topic = self._topics.of("telemetry")
                await self._client.say(topic, telemetry, qos=0, for_s=TELEMETRY_LASTS_S)
            due_s = max(due_s + TELEMETRY_S, clock() - TELEMETRY_S)
            await asyncio.sleep(due_s - clock())

    async def _hear(self) -> None:
        """Home Assistant's birth, and what others say of us; all else is of no interest."""
        async for message in self._client.messages:
            topic, payload = message.topic.value, message.payload
            if topic == self._topics.home_assistant:
                self._asked |= payload == b"online"
            elif topic == self._topics.of("status"):
                self._asked |= self._is_wrong(payload)

    def _is_wrong(self, status: object) -> bool:
        """Whether a status that is not ours hides that we are there."""
        try:
            told = msgspec.json.decode(status if isinstance(status, bytes) else b"", type=Status)
        except (msgspec.DecodeError, ValueError):
            return True
        if told.state == "online" and told.epoch > self._epoch and not self._warned:
            self._warned = True
            _log.warning("MQTT: another program publishes as %s too", self._topics.base)
        return told.state == "offline" or told.epoch < self._epoch

    async def _send_events(self) -> None:
        """What waits, in order, until nothing more will come."""
        place = 0
        while True:
            self._post.news.clear()
            complete = self._post.complete
            rows = await self._post.after(place, AT_ONCE)
            if rows:
                await self._deliver(rows)
                place = rows[-1].seq
            elif complete:
                return
            else:
                await self._post.news.wait()

    async def _deliver(self, rows: list[Waiting]) -> None:
        """Hand events over; those that were acknowledged wait no more, whatever comes."""
        acknowledged: list[int] = []

        async def one(row: Waiting) -> None:
            late = self._is_late(row)
            payload = historical(row.payload) if late else row.payload
            topic = self._topics.of(row.kind)
            await self._client.say(topic, payload, for_s=int(LONGEST_S))
            acknowledged.append(row.seq)
            if not late:
                self._current.acknowledged(time.time() - row.said_s)

        try:
            async with asyncio.TaskGroup() as tasks:  # they start, and so are sent, in order
                for row in rows:
                    tasks.create_task(one(row))
        finally:
            self._post.remove(acknowledged)

    def _is_late(self, row: Waiting) -> bool:
        """Whether it was said by an earlier program, or while there was no connection."""
        if row.seq <= self._post.earlier:
            return True
        return row.said_s < self._began_s and time.time() - row.said_s > FRESH_S


def _happening(state: State) -> State:
    """A state without what changes all the time."""
    return msgspec.structs.replace(
        state,
        tilt_deg=None,
        tilt_sigma_deg=None,
        lift_mm=None,
        lift_sigma_mm=None,
        time_s=0.0,
        wall_time=None,
    )
