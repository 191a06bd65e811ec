"""A table of samples: one row per sample, with its own time, in SI units.

    time_s,acc_x,acc_y,acc_z,gyr_x,gyr_y,gyr_z      s, m/s² with gravity, rad/s; 25 to 400 Hz

A table is either used as it is or refused with one line that names the file, the line and the
column; it is never repaired.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from monitor.arrivals import Rows
from monitor.errors import InputError
from monitor.sources import units

COLUMNS = ("time_s", "acc_x", "acc_y", "acc_z", "gyr_x", "gyr_y", "gyr_z")
HEADER = ",".join(COLUMNS)
SHORTEST_S = 1.0  # less than that holds no movement
LIVE_ROWS_S = 0.045  # what a sensor sends at once, about
LARGE_ROWS = 4096  # rows at once where nobody waits: large enough that overhead vanishes

_NUMBER = re.compile(r"[+-]?(([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|(?i:nan|inf(inity)?))")
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A whole table.

    Attributes:
        session_id: first 12 hex digits of the SHA-256 of the file's bytes.
        time_s: (n,), s, strictly increasing, 0 = first row.
        acc: (n, 3), m/s².
        gyr: (n, 3), rad/s.
    """

    session_id: str
    time_s: Floats
    acc: Floats
    gyr: Floats

    @property
    def duration_s(self) -> float:
        """Time of the last row, s."""
        return float(self.time_s[-1])

    def rows(self, speed: float | None) -> Iterator[Rows]:
        """The table in pieces as a sensor would send them at `speed`, or large ones (None)."""
        for part in self._parts(speed):
            time = self.time_s[part]
            yield Rows(float(time[-1]), time, self.acc[part], self.gyr[part])

    def _parts(self, speed: float | None) -> Iterator[slice]:
        if speed is None:
            edges = np.arange(LARGE_ROWS, len(self.time_s), LARGE_ROWS)
        else:
            piece = np.floor(self.time_s / (LIVE_ROWS_S * max(1.0, speed)))
            edges = np.flatnonzero(np.diff(piece)) + 1
        bounds = [0, *edges.tolist(), len(self.time_s)]
        return map(slice, bounds[:-1], bounds[1:])


def read_table(path: Path) -> Table:
    """The table in a CSV file.

    Raises:
        InputError: it cannot be used; the text says where and what to do.
    """
    try:
        _check_header(path)
        values = _numbers(path)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    _check_numbers(path, values)
    time, acc, gyr = values[:, 0], values[:, 1:4], values[:, 4:7]
    _check_time(path, time)
    fault = units.acceleration_fault(acc) or units.rotation_fault(time, acc, gyr)
    if fault:
        raise InputError(f"{path}: {fault}")
    return Table(digest[:12], time - time[0], acc.copy(), gyr.copy())


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Number and text of each line that is not blank; bytes that are no UTF-8 become U+FFFD."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield number, line.rstrip("\n")


def _check_header(path: Path) -> None:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        head = file.read(4096)
    need = f"a CSV file with the header {HEADER} is needed"
    if not head.strip():
        raise InputError(f"{path}: is empty; {need}")
    if "\0" in head or head.count("\ufffd") > 1:
        raise InputError(f"{path}: is not a text file in UTF-8; {need}")
    found = [cell.strip() for cell in head.splitlines()[0].split(",")]
    if found != list(COLUMNS):
        raise InputError(f"{path}: line 1: {_header_fault(found)}; the header must be {HEADER}")
    if not any(number > 1 for number, _ in islice(_lines(path), 2)):
        raise InputError(f"{path}: has a header but no rows; record at least {SHORTEST_S:g} s")


def _header_fault(found: list[str]) -> str:
    missing = [name for name in COLUMNS if name not in found]
    unknown = [cell for cell in found if cell not in COLUMNS]
    if len(found) == 1 and any(mark in found[0] for mark in ";\t"):
        mark = "semicolons" if ";" in found[0] else "tabs"
        return f"the columns are separated by {mark}, not by commas"
    if len(missing) == len(COLUMNS):
        return f"{_shown(','.join(found))} is not the header"
    if missing or unknown:
        faults = [f"{_listed(missing)} missing"] if missing else []
        faults += [f"{_listed(unknown, quote=True)} not known"] if unknown else []
        return ", ".join(faults)
    if len(found) > len(COLUMNS):
        return "a column is there twice"
    return f"the columns are in another order, {found[0]} first"


def _listed(names: list[str], *, quote: bool = False) -> str:
    shown = [_shown(name) if quote else name for name in names[:7]]
    return f"column{'s' * (len(names) > 1)} {', '.join(shown)}"


def _shown(text: str) -> str:
    """A piece of the user's file, fit for one line on a screen."""
    short = text if len(text) <= 40 else text[:37] + "..."
    return "'" + "".join(c if c.isprintable() else "?" for c in short) + "'"


def _numbers(path: Path) -> Floats:
    """(n, 7), whatever the numbers are."""
    read = partial(np.loadtxt, delimiter=",", comments=None, ndmin=2)
    try:
        values: Floats = read(path, skiprows=1, encoding="utf-8-sig")
    except ValueError as error:
        if fault := _cell_fault(path):
            raise InputError(f"{path}: {fault}") from error
        values = read([line for _, line in _lines(path)][1:])  # blank lines that hold spaces
    if values.shape[1] != len(COLUMNS):
        raise InputError(f"{path}: {_cell_fault(path)}")
    return values


def _cell_fault(path: Path) -> str | None:
    """The first line that does not hold seven numbers, in words."""
    lines = _lines(path)
    next(lines)
    for number, line in lines:
        cells = line.split(",")
        if len(cells) != len(COLUMNS):
            end = " (the file ends within it: delete it)" if next(lines, None) is None else ""
            return f"line {number} has {len(cells)} cells, {len(COLUMNS)} are needed{end}"
        for name, cell in zip(COLUMNS, cells, strict=True):
            if not cell.strip():
                return f"line {number}, column {name}: is empty; delete the line (gaps are allowed)"
            if not _NUMBER.fullmatch(cell.strip()):
                return f"line {number}, column {name}: {_shown(cell)} is not a number"
    return None


def _line_of(path: Path, row: int) -> int:
    """Line number of a row of the table (blank lines hold none)."""
    return next(islice(_lines(path), row + 1, None))[0]


def _check_numbers(path: Path, values: Floats) -> None:
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        row, column = bad[0].tolist()
        raise InputError(
            f"{path}: line {_line_of(path, row)}, column {COLUMNS[column]}: is "
            f"{values[row, column]}; delete lines without a value (gaps are allowed)"
        )


def _check_time(path: Path, time: Floats) -> None:
    back = np.flatnonzero(np.diff(time) <= 0)
    if len(back) and time[0] == time[-1] and len(back) == len(time) - 1:
        raise InputError(f"{path}: time_s is {time[0]:g} in all rows; it must increase")
    if len(back):
        row = int(back[0]) + 1
        raise InputError(
            f"{path}: line {_line_of(path, row)}, column time_s: {time[row]:.10g} does not come "
            f"after {time[row - 1]:.10g}; time must increase from row to row"
        )
    if len(time) > 1 and (fault := units.time_fault(time)):
        raise InputError(f"{path}: {fault}")
    if time[-1] - time[0] < SHORTEST_S:
        raise InputError(
            f"{path}: holds {time[-1] - time[0]:.2g} s of data; at least {SHORTEST_S:g} s is needed"
        )
