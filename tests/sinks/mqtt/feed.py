"""A session without an engine: numbered events, told one by one, to the sink as users get it."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Self

import numpy as np
import pytest

from monitor.cli.publishing import mqtt_sink
from monitor.engine import Report, Session
from monitor.events import AlertEvent, Event, QualityEvent
from monitor.samples import Signals
from monitor.settings import Mqtt, Settings
from tests.sinks.mqtt.mosquitto import PATIENCE_S


def alert(number: int, session: str = "s") -> AlertEvent:
    """The alert of that number."""
    return AlertEvent(
        event_id=f"{session}-{number}",
        session_id=session,
        time_s=float(number),
        known_s=float(number),
        rule="pelvic_tilt",
        level="notice",
        state="raised",
        value=6.0,
        sigma=0.5,
        limit=5.0,
        unit="°",
        set=1,
        rep=number,
        advice="Stop the descent before the pelvis rolls.",
    )


def quality(number: int, session: str = "s") -> QualityEvent:
    """The change of data quality of that number."""
    return QualityEvent(
        event_id=f"{session}-quality-{number}",
        session_id=session,
        time_s=float(number),
        known_s=float(number),
        state="good",
        reason="",
        loss_pct=0.0,
        rate_hz=100.0,
    )


def report(*events: Event, time_s: float = 0.0) -> Report:
    """One sample and what was said with it."""
    number, code = np.array([1.25]), np.array([1])
    signals = Signals(
        np.array([time_s]), number, number, number, number * np.nan, number,
        code.astype(np.int8), code.astype(np.int16),
    )  # fmt: skip
    return Report(time_s, signals, events, 100.0, 0.0)


async def soon(true: Callable[[], Any], what: str = "it") -> None:
    """Wait for something to become so, and let everybody work meanwhile."""
    loop = asyncio.get_running_loop()
    end = loop.time() + PATIENCE_S
    while not true():
        assert loop.time() < end, f"waited in vain: {what}"
        await asyncio.sleep(0.02)


class Publishing:
    """A session that is being published, told from outside.

    Attributes:
        said: ids of all events, in the order they were said.
        status: the exit status, None while it goes on.
    """

    def __init__(
        self, url: str | None, session: str = "s", mqtt: Mqtt | None = None, station: str = "sled"
    ) -> None:
        about = Session(session, station=station, athlete="Anna", sensor="LP-01")
        sink = mqtt_sink(url, Settings(mqtt=mqtt or Mqtt()), about, own_broker=url is None)
        assert sink is not None
        self._sink = sink
        self._session = session
        self._reports: asyncio.Queue[Report | None] = asyncio.Queue()
        self._number = 0
        self.said: list[str] = []
        self.status: int | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.end()

    async def _run(self) -> None:
        self.status = await self._sink(self._told()) or 0

    async def _told(self) -> AsyncIterator[Report]:
        while (one := await self._reports.get()) is not None:
            yield one

    def say(self, how_many: int, *, in_one_breath: bool = False) -> list[str]:
        """The next alerts, each in a report of its own or all in one; their ids."""
        events = [alert(self._number + one, self._session) for one in range(how_many)]
        self._number += how_many
        for some in [events] if in_one_breath else [[event] for event in events]:
            self._reports.put_nowait(report(*some, time_s=some[0].time_s))
        ids = [event.event_id for event in events]
        self.said += ids
        return ids

    async def end(self) -> None:
        """The session is over; wait for its last words."""
        self._reports.put_nowait(None)
        await self._task

    async def killed(self) -> None:
        """As if the program were gone: nobody says goodbye to anybody."""
        self._task.cancel()
        await asyncio.wait([self._task])


class Proxy:
    """The way to a broker, which can be cut, narrowed, or made one-way.

    Attributes:
        bytes_per_s: how much passes, None for all.
        deaf: what the broker answers does not come back.
        deaf_from: words to the broker from which on it is so.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self._ways: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.passable = True
        self.bytes_per_s: float | None = None
        self.deaf = False
        self.deaf_from: bytes | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.cut()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """As when a cable is pulled."""
        self.passable = False
        for way in self._ways:
            way.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            assert self.passable
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
        except (AssertionError, OSError):
            writer.transport.abort()
            return
        self._ways |= {writer, back}
        for pair, answers in (((reader, back), False), ((there, writer), True)):
            task = asyncio.create_task(self._pass(*pair, answers=answers))
            self._tasks.add(task)

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool
    ) -> None:
        try:
            while data := await reader.read(256 if self.bytes_per_s else 65536):
                if self.bytes_per_s:
                    await asyncio.sleep(len(data) / self.bytes_per_s)
                if not answers and self.deaf_from is not None and self.deaf_from in data:
                    self.deaf = True
                if not (answers and self.deaf):
                    writer.write(data)
                    await writer.drain()
        except OSError:
            pass
        finally:
            writer.transport.abort()


def in_session(test: Callable[..., Awaitable[None]]) -> Callable[[Path, Any], None]:
    """A test that runs beside a session: its data folder is its own."""

    def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LEGPRESS_DATA_DIR", str(tmp_path / "data"))
        logging.getLogger("legpress").propagate = True
        asyncio.run(asyncio.wait_for(test(tmp_path), 60))  # type: ignore[arg-type]
        gc.collect()

    run.__name__ = test.__name__
    return run
