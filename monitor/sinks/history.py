"""What is said in a session, remembered: a row in the history as soon as it is said.

The history may be slow or held by another program: the session does not wait for it, and what it
could not take is told at the end; the recording holds it all.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from monitor.engine import Report
from monitor.events import Event
from monitor.history import History, history_path


class HistorySink:
    """A sink that remembers.

    Args:
        path: the history's file.
        recording: where the session is recorded, None if it is not.
        load_kg: the weight on the sled, kg, None where not told.
    """

    name = "the history"

    def __init__(self, path: Path, recording: Path | None, load_kg: float | None) -> None:
        self._path, self._recording, self._load_kg = path, recording, load_kg

    async def __call__(self, reports: AsyncIterator[Report]) -> None:
        """Remember until there are no more reports.

        Raises:
            InputError: the history cannot be used; the text says what to do.
        """
        said: asyncio.Queue[Event | None] = asyncio.Queue()
        writing = asyncio.create_task(self._write(said))
        try:
            async for report in reports:
                for event in report.events:
                    said.put_nowait(event)
                if writing.done():  # it failed
                    break
        finally:
            said.put_nowait(None)
            await writing

    async def _write(self, said: "asyncio.Queue[Event | None]") -> None:
        """Write what waits, in another thread: a disk takes its time."""
        history = await asyncio.to_thread(History.opened, self._path)
        try:
            last = False
            while not last:
                waiting = [await said.get()]
                while not said.empty():
                    waiting.append(said.get_nowait())
                last = waiting[-1] is None
                events = [event for event in waiting if event is not None]
                await asyncio.to_thread(history.add, events, self._recording, self._load_kg)
        finally:
            await asyncio.to_thread(history.close)


def history_to(
    path: Path | None = None, recording: Path | None = None, load_kg: float | None = None
) -> HistorySink:
    """What is said becomes rows of the history; nothing is opened before the session runs.

    Args:
        path: the history's file; None: where it is kept.
        recording: where the session is recorded, None if it is not.
        load_kg: the weight on the sled, kg, None where not told (`settings.coaching`).
    """
    return HistorySink(path or history_path(), recording, load_kg)
