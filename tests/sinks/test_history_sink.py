import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from monitor.arrivals import Arrival
from monitor.engine import Report
from monitor.events import Event
from monitor.history import History, schema
from monitor.samples import Signals
from monitor.session import run
from monitor.sinks.history import history_to
from tests.history.told import said

DEMO = said("simulated_demo")


class _Speaker:
    """Says the demo's events, one per batch of arrivals."""

    def __init__(self) -> None:
        self._left = list(DEMO)

    def step(self, batch: Sequence[Arrival]) -> Report:
        events = [self._left.pop(0) for _ in batch]
        return Report(0.0, Signals.empty(), tuple(events), float("nan"), 0.0)

    def finish(self) -> Report:
        events, self._left = self._left, []
        return Report(0.0, Signals.empty(), tuple(events), float("nan"), 0.0)


@asynccontextmanager
async def _batches() -> AsyncIterator[AsyncIterator[Sequence[Arrival]]]:
    async def one_each() -> AsyncIterator[Sequence[Arrival]]:
        for _ in DEMO[:-1]:
            yield [None]  # type: ignore[list-item] # the speaker looks at none

    yield one_each()


class _Listener:
    """Hears what the others hear."""

    def __init__(self) -> None:
        self.heard: list[Event] = []
        self.all = asyncio.Event()

    async def __call__(self, reports: AsyncIterator[Report]) -> None:
        async for report in reports:
            self.heard += report.events
        self.all.set()


def _session(path: Path) -> tuple[int, list[Event]]:
    listener = _Listener()
    status = asyncio.run(run(_batches(), _Speaker(), history_to(path), listener))
    return status, listener.heard


def test_what_is_said_in_a_session_is_remembered(tmp_path: Path):
    path = tmp_path / "history.sqlite"
    assert _session(path) == (0, DEMO)
    with History.opened(path) as history:
        assert [one.reps for one in history.sets("demo athlete")] == [6, 5]
        ended = next(event for event in reversed(DEMO))
        (row,) = sqlite3.connect(path).execute("SELECT ended_s FROM sessions").fetchall()
        assert row == (ended.time_s,)


def test_a_damaged_history_ends_no_session(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    path = tmp_path / "history.sqlite"
    path.write_bytes(b"scratched" * 1000)
    with caplog.at_level(logging.WARNING):
        assert _session(path) == (2, DEMO)
    (line,) = caplog.messages
    assert "damaged" in line
    assert "the session goes on without it" in line


def test_a_session_does_not_wait_for_a_history_that_another_program_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(schema, "BUSY_S", 5.0)
    path = tmp_path / "history.sqlite"
    History.opened(path).close()
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    listener = _Listener()

    async def held() -> int:
        session = asyncio.create_task(run(_batches(), _Speaker(), history_to(path), listener))
        await listener.all.wait()  # all is heard while the history is still held
        other.execute("ROLLBACK")
        return await session

    assert asyncio.run(asyncio.wait_for(held(), 30)) == 0
    with History.opened(path) as history:
        assert len(history.sets()) == 2


def test_numbers_that_are_not_known_are_empty(tmp_path: Path):
    path = tmp_path / "history.sqlite"
    _session(path)
    with History.opened(path) as history:
        names, _, rows = history.table("reps")
    onset = [row[names.index("tilt_onset")] for row in rows]
    assert None in onset
    assert not any(isinstance(one, float) and np.isnan(one) for one in onset)
