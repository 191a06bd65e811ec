import csv
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyarrow import parquet

from monitor.errors import InputError
from monitor.history import History
from monitor.history.export import TABLES, export
from tests.history.told import Visit


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with History.opened(tmp_path / "history.sqlite") as opened:
        opened.add(Visit("s1", '=HYPERLINK("http://evil")').events())
        opened.add(Visit("s2", None, None).events())
        yield opened


@pytest.mark.parametrize("table", TABLES)
def test_csv_and_parquet_hold_the_same(history: History, tmp_path: Path, table: str):
    as_csv, as_parquet = tmp_path / "t.csv", tmp_path / "t.parquet"
    assert export(history, table, as_csv) == export(history, table, as_parquet)
    with as_csv.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    typed = parquet.read_table(as_parquet)
    assert header == typed.column_names
    columns = typed.to_pydict()
    for name, *cells in zip(header, *rows, strict=True):
        kept = [None if cell is None else cell for cell in columns[name]]
        assert [_as_csv(cell) for cell in kept] == [cell.removeprefix("'") for cell in cells]


def _as_csv(cell: object) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return str(int(cell))
        case _:
            return str(cell)


def test_columns_keep_their_type_even_where_all_is_unknown(history: History, tmp_path: Path):
    export(history, "advice", tmp_path / "none.parquet")
    types = {
        field.name: str(field.type) for field in parquet.read_schema(tmp_path / "none.parquet")
    }
    assert (types["confidence"], types["rank"], types["cause"]) == ("double", "int64", "string")


def test_a_name_is_no_formula_in_a_spreadsheet(history: History, tmp_path: Path):
    export(history, "sets", tmp_path / "sets.csv")
    assert "'=HYPERLINK" in (tmp_path / "sets.csv").read_text(encoding="utf-8")


def test_parquet_without_pyarrow_says_what_to_install(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError, match=r"legpress-monitor\[parquet\]"):
        export(history, "sets", tmp_path / "sets.parquet")
    assert [path.name for path in tmp_path.iterdir() if "parquet" in path.name] == []


@pytest.mark.parametrize("name", ["sets.xlsx", "sets", "missing/sets.csv"])
def test_a_file_that_cannot_be_written_is_refused(history: History, tmp_path: Path, name: str):
    with pytest.raises(InputError, match=name):
        export(history, "sets", tmp_path / name)
