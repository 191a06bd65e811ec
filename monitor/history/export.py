"""The history for others: a table as CSV, which everything reads, or as Parquet, which keeps types.

One row per set, rep, alert or advice, with athlete, station and start of the session before it.
"""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from monitor.errors import InputError
from monitor.history.store import History
from monitor.whole_file import whole

TABLES = ("sets", "reps", "alerts", "advice")
FORMATS = (".csv", ".parquet")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export(history: History, table: str, path: Path) -> int:
    """Write a table to a file whose ending tells the format; how many rows.

    Raises:
        InputError: the format is not known, or the file cannot be written.
    """
    if path.suffix.lower() not in FORMATS:
        raise InputError(f"{path}: is neither .csv nor .parquet; name such a file")
    names, kinds, rows = history.table(table)
    with whole(path) as file:
        if path.suffix.lower() == ".csv":
            _csv(file, names, rows)
        else:
            _parquet(file, names, kinds, rows)
    return len(rows)


def _csv(path: Path, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows([_inert(cell) for cell in row] for row in rows)


def _inert(cell: object) -> object:
    """A text that a spreadsheet would take for a formula, marked as the text it is."""
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return f"'{cell}"
    return cell


def _parquet(
    path: Path, names: Sequence[str], kinds: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    try:
        import pyarrow as pa  # noqa: PLC0415 - large, and an extra
        from pyarrow import parquet  # noqa: PLC0415 - the same
    except ImportError as error:
        raise InputError(
            "Parquet needs pyarrow, which is not installed; pip install "
            "'legpress-monitor[parquet]', or export to a .csv file"
        ) from error
    of_kind = {
        "TEXT": pa.string(),
        "REAL": pa.float64(),
        "INTEGER": pa.int64(),
        "BOOLEAN": pa.bool_(),
    }
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    arrays = [
        pa.array([None if cell is None else _typed(cell, kind) for cell in column], of_kind[kind])
        for column, kind in zip(columns, kinds, strict=True)
    ]
    parquet.write_table(pa.table(arrays, names=list(names)), path)


def _typed(cell: Any, kind: str) -> Any:  # noqa: ANN401 - whatever SQLite holds
    return bool(cell) if kind == "BOOLEAN" else cell
