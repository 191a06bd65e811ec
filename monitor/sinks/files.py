"""Reports as files: events as JSON lines, signals as a table.

Both grow by whole lines, so that whoever ends the program, and however, finds whole lines.
"""

import os
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import BinaryIO

from monitor.engine import Report
from monitor.errors import InputError
from monitor.events import to_json
from monitor.sinks import table


class LineFile:
    """A sink that writes whole lines about each report, and closes its file.

    Attributes:
        name: how the user calls the file.
    """

    def __init__(
        self, name: str, file: BinaryIO, lines: Callable[[Report], bytes], header: bytes = b""
    ) -> None:
        self.name = name
        self._file, self._lines, self._header = file, lines, header

    async def __call__(self, reports: AsyncIterator[Report]) -> None:
        """Write until there are no more reports.

        Raises:
            BrokenPipeError: whoever reads the lines does not want more.
            InputError: the file cannot be written any more.
        """
        try:
            with self._file as file:
                file.write(self._header)
                file.flush()
                async for report in reports:
                    file.write(self._lines(report))
                    file.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            text = f"{self.name}: cannot be written any more: {error.strerror}"
            raise InputError(text) from error


def events_to(path: str) -> LineFile:
    """Each event as a line of JSON; the path "-" is the standard output.

    Raises:
        InputError: the file cannot be written.
    """
    standard = path == "-"
    file = os.fdopen(os.dup(sys.stdout.fileno()), "wb") if standard else _opened(Path(path))
    return LineFile("standard output" if standard else path, file, _event_lines)


def signals_to(path: Path) -> LineFile:
    """One row per sample, as CSV.

    Raises:
        InputError: the file cannot be written.
    """
    return LineFile(str(path), _opened(path), _signal_lines, table.HEADER.encode())


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("wb")
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from error


def _event_lines(report: Report) -> bytes:
    return b"".join(to_json(event) + b"\n" for event in report.events)


def _signal_lines(report: Report) -> bytes:
    return table.rows(report.signals)
