"""Reports as files: events as JSON lines, signals as a table.

Both grow by whole lines, so that whoever ends the program, and however, finds whole lines.
"""

import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np

from monitor.engine import Report
from monitor.errors import InputError
from monitor.events import to_json
from monitor.samples import PHASES, Signals

COLUMNS = ("time_s", "tilt_deg", "tilt_sigma_deg", "lift_mm", "lift_sigma_mm", "shift_deg")
HEADER = ",".join([*COLUMNS, "phase", "rep"]) + "\n"
_ROW = "%r" + ",%.3f" * 5 + ",%s\n"

Sink = Callable[[AsyncIterator[Report]], Awaitable[None]]


def events_to(path: str) -> Sink:
    """A sink that writes each event as a line of JSON; "-" is the standard output.

    Raises:
        InputError: the file cannot be written.
    """
    standard = path == "-"
    file = os.fdopen(os.dup(sys.stdout.fileno()), "wb") if standard else _opened(Path(path))
    return _sink(path, file, lambda report: b"".join(to_json(e) + b"\n" for e in report.events))


def signals_to(path: Path) -> Sink:
    """A sink that writes one row per sample.

    Raises:
        InputError: the file cannot be written.
    """
    file = _opened(path)
    file.write(HEADER.encode())
    return _sink(str(path), file, lambda report: table(report.signals).encode())


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("wb")
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from error


def _sink(name: str, file: BinaryIO, text: Callable[[Report], bytes]) -> Sink:
    async def write(reports: AsyncIterator[Report]) -> None:
        try:
            with file:
                file.flush()
                async for report in reports:
                    if lines := text(report):
                        file.write(lines)
                        file.flush()
        except BrokenPipeError:
            raise  # the reader has gone, and knows it
        except OSError as error:
            raise InputError(f"{name}: cannot be written any more: {error.strerror}") from error

    return write


def table(signals: Signals) -> str:
    """Rows of the signals table, without the header; cells are empty where nothing can be said.

    Times are written with all their digits, the others with three decimals (0.001°, 1 µm).
    """
    count = len(signals)
    cells: list[object] = [None] * (7 * count)
    cells[0::7] = signals.time_s.tolist()
    for place, name in enumerate(COLUMNS[1:], 1):
        values: np.ndarray = np.round(getattr(signals, name), 3) + 0.0  # no minus before a zero
        cells[place::7] = values.tolist()
    codes, where = np.unique(
        signals.phase * 65536 + signals.rep.astype(np.int64), return_inverse=True
    )
    ends = np.array([f"{PHASES[c >> 16]},{c & 65535 or ''}" for c in codes.tolist()], dtype=object)
    cells[6::7] = ends[where].tolist()
    return ((_ROW * count) % tuple(cells)).replace("nan", "")
