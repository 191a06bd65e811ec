"""Publishes a session, whatever the broker does: nothing that was said is lost.

    reports ─┬▶ current ───────▶ status, link, state, health (retained), telemetry
             └▶ post (on disk) ─▶ events, in order, until each is acknowledged

The session does not wait for the broker. While that is away, events wait on disk and telemetry is
dropped; when it is back they are sent, marked as historical.
"""

import asyncio
import logging
import random
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path

import msgspec
from aiomqtt import MqttError, ProtocolVersion

from monitor.engine import Report, Session
from monitor.errors import UnreachableError
from monitor.events import Event, SessionEvent, to_json
from monitor.sinks.mqtt.connection import Connection
from monitor.sinks.mqtt.current import Current
from monitor.sinks.mqtt.messages import TOPIC_OF
from monitor.sinks.mqtt.post import Post
from monitor.sinks.mqtt.talk import Station, Talk
from monitor.sinks.mqtt.troubles import speaks_no_such_version, words
from monitor.sinks.mqtt.way import Way

PAUSES_S = (0.5, 1.0, 2.0, 4.0, 5.0)
"""Between two tries; the last one again and again."""
LASTING_S = 10.0
"""A connection that was lost sooner may have been taken by somebody of the same name."""
FLUSH_S = 10.0
"""How long the end of a session may wait for the broker."""
V5, V311 = ProtocolVersion.V5, ProtocolVersion.V311

_log = logging.getLogger("legpress")


class MqttSink:
    """A sink that publishes one station's session.

    Args:
        way: the broker; it is there for as long as this context lasts.
        station: what is published, and where.
        folder: where events wait.
        session: who and what.
        outside: how an athlete is called outside.
    """

    def __init__(
        self,
        way: AbstractAsyncContextManager[Way],
        station: Station,
        folder: Path,
        session: Session,
        outside: Callable[[str], str],
    ) -> None:
        self._ways, self._station, self._folder = way, station, folder
        self._outside = outside
        self._current = Current(session)
        self._reached = False
        self._over = asyncio.Event()

    async def __call__(self, reports: AsyncIterator[Report]) -> int:
        """Publish until there are no more reports and all is said.

        Returns:
            The exit status: 3 if the broker was never reached.

        Raises:
            UnreachableError: there is no broker to begin with.
        """
        async with self._ways as way, Post(self._folder, self._station.topics.identity) as post:
            talking = asyncio.create_task(self._stay(way, post))
            try:
                async for report in reports:
                    events = [self._as_told_outside(event) for event in report.events]
                    self._current.update(report, events)
                    told = [event for event in events if type(event) in TOPIC_OF]
                    if told:
                        post.post([(e.event_id, TOPIC_OF[type(e)], to_json(e)) for e in told])
                await post.end()
                self._over.set()
                await asyncio.wait([talking], timeout=FLUSH_S)
            finally:
                talking.cancel()
                await asyncio.wait([talking])
            if not talking.cancelled() and (error := talking.exception()) is not None:
                raise error
            await post.end()  # what the broker has just taken is still being crossed out
            if self._reached and post.unkept:
                lost = "1 event is" if post.unkept == 1 else f"{post.unkept} events are"
                _log.warning("%s: %s lost: neither the broker nor the disk took them", way, lost)
            elif self._reached and post.waiting:
                _log.warning("%s: %s on disk until next time", way, _wait(post.waiting))
        return 0 if self._reached else UnreachableError.exit_status

    def _as_told_outside(self, event: Event) -> Event:
        if isinstance(event, SessionEvent) and event.athlete is not None:
            return msgspec.structs.replace(event, athlete=self._outside(event.athlete))
        return event

    async def _stay(self, way: Way, post: Post) -> None:
        """Connect, and again whenever that is lost, until all is said."""
        version, name, epoch, tries, said = V5 if way.newest else V311, _name(), 0, 0, ""
        while True:
            last, since = self._over.is_set(), time.monotonic()
            epoch = max(epoch + 1, int(1e3 * time.time()))
            status = self._station.topics.of("status"), self._station.status(epoch, online=False)
            error = await self._talk(Connection(way, version, name, status), epoch, post, said)
            if error is None:
                return
            if way.newest and speaks_no_such_version(error):
                version = V311 if version is V5 else V5
                if version is V311:
                    continue
            if time.monotonic() - since >= LASTING_S:
                tries = 0
            else:
                name = _name()
            if (text := words(error, way.address)) != said:
                said = text
                _log.warning("%s: %s; the session goes on, %s", way, text, post.where())
                post.met = True
            if last:
                return
            pause = PAUSES_S[min(tries, len(PAUSES_S) - 1)]
            tries += 1
            with suppress(TimeoutError):
                jitter = random.uniform(0.8, 1.2)  # noqa: S311 - so that stations do not all come at once
                await asyncio.wait_for(self._over.wait(), pause * jitter)

    async def _talk(
        self, connection: Connection, epoch: int, post: Post, said: str
    ) -> Exception | None:
        """One connection, from its beginning to its end; why it was lost, None if all is said."""
        try:
            async with connection as client:
                if said:
                    _log.warning("MQTT: the broker is back; %s", _wait(post.waiting))
                self._reached = post.met = True
                post.tell_trouble()
                self._current.connections += 1
                await Talk(client, self._station, epoch, self._current, post).hold()
        except MqttError as error:
            return error
        except ExceptionGroup as group:
            if (others := group.split(MqttError)[1]) is not None:
                raise others from group
            return group
        return None


def _name() -> str:
    """What we are called on a connection; 23 letters are what every broker takes."""
    return f"legpress-{secrets.token_hex(6)}"


def _wait(events: int) -> str:
    return "1 event waits" if events == 1 else f"{events} events wait"
