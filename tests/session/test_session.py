"""A session tells everybody everything, and ends well whatever happens."""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager

import numpy as np
import pytest

from monitor.arrivals import Arrival, LinkUp, Rows
from monitor.engine import Engine, Report, Session
from monitor.errors import InputError, UnreachableError
from monitor.session import INTERRUPTED, WAITING, Sink, run
from monitor.settings import Settings

BATCHES = 40


class Source:
    """Rows at 100 Hz, a second at a time; `then` happens before the batch of that number."""

    def __init__(self, then: int = -1, happens: Exception | signal.Signals | None = None) -> None:
        self.handed = 0
        self.closed = False
        self._then, self._happens = then, happens

    @asynccontextmanager
    async def open(self) -> AsyncIterator[AsyncIterator[Sequence[Arrival]]]:
        try:
            yield self._batches()
        finally:
            self.closed = True

    async def _batches(self) -> AsyncIterator[Sequence[Arrival]]:
        yield [LinkUp(0.0, "connected")]
        for number in range(BATCHES):
            if number == self._then:
                if isinstance(self._happens, Exception):
                    raise self._happens
                if self._happens is not None:
                    await self._met(self._happens)
            self.handed += 1
            time = np.arange(100) / 100 + number
            acc = np.tile([9.81, 0.0, 0.0], (100, 1))
            yield [Rows(float(time[-1]), time, acc, np.zeros((100, 3)))]

    async def _met(self, number: signal.Signals) -> None:
        """Wait to be interrupted, unless nobody heeds that signal."""
        os.kill(os.getpid(), number)
        await asyncio.sleep(0 if signal.getsignal(number) is signal.SIG_IGN else 60)


class Listener:
    """Keeps what it hears; `fails` with the report of that number."""

    def __init__(self, fails: int = -1, error: Exception | None = None) -> None:
        self.heard: list[Report] = []
        self._fails, self._error = fails, error

    async def __call__(self, reports: AsyncIterator[Report]) -> None:
        async for report in reports:
            if len(self.heard) == self._fails and self._error is not None:
                raise self._error
            self.heard.append(report)

    @property
    def said(self) -> list[str]:
        """Types and states of the events heard."""
        return [
            f"{type(event).__name__} {getattr(event, 'state', '')}"
            for report in self.heard
            for event in report.events
        ]

    @property
    def seconds(self) -> float:
        return sum(len(report.signals) for report in self.heard) / 100


def _run(source: Source, *sinks: Sink) -> int:
    engine = Engine(Session("s"), Settings(), None)
    return asyncio.run(run(source.open(), engine, *sinks))


def test_everybody_hears_the_whole_session():
    source, one, other = Source(), Listener(), Listener()
    assert _run(source, one, other) == 0
    assert one.said[0] == "SessionEvent started"
    assert one.said[-1] == "SessionEvent ended"
    assert one.seconds == BATCHES
    assert other.said == one.said
    assert source.closed


def test_a_session_may_have_nobody_who_listens():
    source = Source()
    assert _run(source) == 0
    assert source.handed == BATCHES


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (InputError("out.csv: disk full"), 2, "out.csv: disk full; the session goes on without it"),
        (OSError(28, "No space left"), 2, "Listener cannot go on: No space left; the session"),
        (ValueError("odd"), 1, "Listener failed (ValueError('odd')); the session goes on"),
        (BrokenPipeError(), 0, ""),
    ],
)
def test_one_sink_s_failure_is_told_in_a_line_and_stops_nobody_else(
    caplog: pytest.LogCaptureFixture, error: Exception, status: int, told: str
):
    broken, sound = Listener(3, error), Listener()
    assert _run(Source(), broken, sound) == status
    assert len(broken.heard) == 3
    assert sound.seconds == BATCHES
    lines = [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]
    assert len(lines) == bool(told)
    assert all(line.startswith(told) for line in lines)


def test_a_session_nobody_listens_to_any_longer_ends():
    source = Source()
    assert _run(source, Listener(2, BrokenPipeError())) == 0
    assert source.handed < BATCHES
    assert source.closed


def test_a_slow_sink_makes_the_source_wait_and_misses_nothing():
    source, waiting = Source(), []

    async def slow(reports: AsyncIterator[Report]) -> None:
        heard = 0
        async for _ in reports:
            heard += 1
            waiting.append(source.handed + 1 - heard)
            await asyncio.sleep(0.002)
        waiting.append(heard)

    assert _run(source, slow) == 0
    assert waiting.pop() == BATCHES + 2  # the link, and the end
    assert max(waiting) <= WAITING + 2


@pytest.fixture
def handled() -> Iterator[None]:
    """Signals are met as usual, even where the tests were started with nohup."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, signal.SIG_DFL) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


@pytest.mark.usefixtures("handled")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_session_is_finished_as_any_other(number: signal.Signals):
    source, listener = Source(7, number), Listener()
    assert _run(source, listener) == INTERRUPTED
    assert listener.seconds == 7
    assert listener.said[-1] == "SessionEvent ended"
    assert source.closed
    assert signal.getsignal(number) is signal.SIG_DFL


@pytest.mark.usefixtures("handled")
def test_a_session_started_with_nohup_outlives_its_terminal():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    source, listener = Source(7, signal.SIGHUP), Listener()
    assert _run(source, listener) == 0
    assert listener.seconds == BATCHES


def test_who_interrupts_twice_does_not_wait_for_a_sink_that_hangs():
    async def hangs(reports: AsyncIterator[Report]) -> None:
        async for _ in reports:
            pass
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(60)

    listener = Listener()
    assert _run(Source(3, signal.SIGINT), hangs, listener) == INTERRUPTED
    assert listener.said[-1] == "SessionEvent ended"


def test_a_source_that_fails_ends_the_session_with_all_that_came_before():
    listener = Listener()
    with pytest.raises(UnreachableError, match="sensor gone"):
        _run(Source(5, UnreachableError("sensor gone")), listener)
    assert listener.seconds == 5
    assert listener.said[-1] == "SessionEvent ended"


def test_a_defect_is_not_hidden_and_sinks_are_closed_all_the_same():
    class Closing(Listener):
        closed = False

        async def __call__(self, reports: AsyncIterator[Report]) -> None:
            await super().__call__(reports)
            self.closed = True

    listener = Closing()
    with pytest.raises(ZeroDivisionError):
        _run(Source(5, ZeroDivisionError()), listener)
    assert listener.closed
    assert listener.seconds == 5
