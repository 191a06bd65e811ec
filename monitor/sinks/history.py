"""What is said in a session, remembered: a row in the history as soon as it is said.

The history may be slow or held by another program: the session does not wait for it, and what it
could not take is told at the end; the recording holds it all.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from monitor.engine import Report
from monitor.history import History, history_path


class HistorySink:
    """A sink that remembers.

    Args:
        path: the history's file.
        recording: where the session is recorded, None if it is not.
    """

    name = "the history"

    def __init__(self, path: Path, recording: Path | None) -> None:
        self._path, self._recording = path, recording

    async def __call__(self, reports: AsyncIterator[Report]) -> None:
        """Remember until there are no more reports.

        Raises:
            InputError: the history cannot be used; the text says what to do.
        """
        said: asyncio.Queue[Report | None] = asyncio.Queue()
        writing = asyncio.create_task(self._write(said))
        try:
            async for report in reports:
                if report.events:
                    said.put_nowait(report)
                if writing.done():  # it failed
                    break
        finally:
            said.put_nowait(None)
            await writing

    async def _write(self, said: "asyncio.Queue[Report | None]") -> None:
        """Write what waits, in another thread: a disk takes its time."""
        history = await asyncio.to_thread(History.opened, self._path)
        try:
            last = False
            while not last:
                waiting = [await said.get()]
                while not said.empty():
                    waiting.append(said.get_nowait())
                last = waiting[-1] is None
                reports = [report for report in waiting if report is not None]
                events = [event for report in reports for event in report.events]
                told = {key: known for report in reports for key, known in report.told.items()}
                await asyncio.to_thread(history.add, events, self._recording, told)
        finally:
            await asyncio.to_thread(history.close)


def history_to(path: Path | None = None, recording: Path | None = None) -> HistorySink:
    """What is said becomes rows of the history; nothing is opened before the session runs.

    Args:
        path: the history's file; None: where it is kept.
        recording: where the session is recorded, None if it is not.
    """
    return HistorySink(path or history_path(), recording)
