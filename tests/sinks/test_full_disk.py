"""A disk that fills up ends the recording, not the session; and nobody can overlook it."""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from monitor import tape
from monitor.arrivals import Arrival, Packet
from monitor.engine import Session
from monitor.errors import InputError, UnreachableError
from monitor.session import run
from monitor.settings import Settings
from monitor.sinks import recorder
from monitor.sinks.recorder import Recorder, recorded
from monitor.sources.recording import read_recording

HEADER = tape.Header(Session("abc", "reference"), Settings(), None, "test")
NOISE = [Packet(k / 20, np.random.default_rng(k).bytes(200)) for k in range(400)]


@pytest.fixture(autouse=True)
def _full(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No file can grow beyond 16 kB; what is recorded is written every 10 ms."""
    resource = pytest.importorskip("resource")
    monkeypatch.setattr(recorder, "FLUSH_S", 0.01)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16_000, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    signal.signal(signal.SIGXFSZ, before)


class Count:
    """An engine that only counts."""

    def step(self, batch: Sequence[Arrival]) -> int:
        return len(batch)

    def finish(self) -> int:
        return 0


def _session(path: Path, end: type[Exception] | None = None) -> list[int]:
    """What a sink hears of a session that is recorded, and ends in one way or another."""
    heard: list[int] = []

    @asynccontextmanager
    async def source() -> AsyncIterator[AsyncIterator[Sequence[Arrival]]]:
        yield batches()

    async def batches() -> AsyncIterator[Sequence[Arrival]]:
        for k in range(0, len(NOISE), 10):
            yield NOISE[k : k + 10]
            await asyncio.sleep(0.015)
        if end is KeyboardInterrupt:
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.sleep(60)
        if end is not None:
            raise end("the sensor is gone")

    async def listen(told: AsyncIterator[int]) -> None:
        heard.extend([one async for one in told])

    async def session() -> None:
        await run(recorded(source(), Recorder(path, HEADER)), Count(), listen)

    try:
        asyncio.run(session())
    finally:
        assert sum(heard) == len(NOISE)
    return heard


def _told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING]


@pytest.mark.parametrize("end", [None, KeyboardInterrupt], ids=["its end", "Ctrl-C"])
def test_the_session_goes_on_and_tells_at_once_and_at_its_end_with_status_2(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, end: type[Exception] | None
):
    path = tmp_path / "session.mcap"
    with pytest.raises(InputError, match="the recording was cut short: File too large") as ended:
        _session(path, end)
    assert ended.value.exit_status == 2
    (line,) = _told(caplog)
    assert line == (
        f"{path}: the recording ends here: File too large; the session goes on without it"
    )
    kept = list(read_recording(path).arrivals())
    assert 30 < len(kept) < len(NOISE)
    assert kept == NOISE[: len(kept)]


def test_a_lost_sensor_is_why_a_session_ends_and_the_short_recording_is_told_too(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    with pytest.raises(UnreachableError, match="the sensor is gone"):
        _session(tmp_path / "session.mcap", UnreachableError)
    assert "ends here" in _told(caplog)[0]
    assert "was cut short" in _told(caplog)[1]
