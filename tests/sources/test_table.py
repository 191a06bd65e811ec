"""What tables are read, and what is said about those that cannot be."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.errors import InputError
from monitor.sources.table import read_table
from tests.sources.tables import HEADER, table, text


def _file(folder: Path, content: str | bytes) -> Path:
    path = folder / "session.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def _refusal(folder: Path, content: str | bytes) -> str:
    path = _file(folder, content)
    with pytest.raises(InputError) as refused:
        read_table(path)
    said = str(refused.value)
    assert said.startswith(f"{path}: ")
    assert "\n" not in said
    return said.removeprefix(f"{path}: ")


def _changed(line: int, column: int, cell: str) -> str:
    """A sound table with one cell changed; line 1 is the header."""
    lines = text(table(duration_s=3)).splitlines()
    cells = lines[line - 1].split(",")
    cells[column] = cell
    lines[line - 1] = ",".join(cells)
    return "\n".join(lines) + "\n"


def test_a_table_is_read_to_the_last_digit(tmp_path: Path) -> None:
    values = table()
    content = text(values)
    read = read_table(_file(tmp_path, content))
    assert np.array_equal(read.time_s, values[:, 0])
    assert np.array_equal(read.acc, values[:, 1:4])
    assert np.array_equal(read.gyr, values[:, 4:])
    assert read.session_id == hashlib.sha256(content.encode()).hexdigest()[:12]


def test_stream_time_begins_at_the_first_row(tmp_path: Path) -> None:
    values = table()
    values[:, 0] += 1.7e9
    read = read_table(_file(tmp_path, text(values)))
    assert read.time_s[0] == 0
    assert read.time_s[-1] == pytest.approx(19.99, abs=1e-5)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("tail", ["", "\n", "\r\n\n  \n"])
def test_marks_of_spreadsheets_and_blank_last_lines_do_no_harm(
    tmp_path: Path, end: str, mark: str, tail: str
) -> None:
    values = table(duration_s=2)
    read = read_table(_file(tmp_path, mark + text(values, end=end) + tail))
    assert np.array_equal(read.gyr, values[:, 4:])


@pytest.mark.parametrize("rate_hz", [25.0, 24.6, 52.0, 104.0, 208.0, 285.7, 400.0, 406.0])
def test_every_rate_from_25_to_400_hz_is_read_even_if_the_clock_is_a_little_off(
    tmp_path: Path, rate_hz: float
) -> None:
    assert len(read_table(_file(tmp_path, text(table(rate_hz)))).time_s) == round(20 * rate_hz)


def test_gaps_and_jitter_and_coarse_stamps_are_allowed(tmp_path: Path) -> None:
    values = np.delete(table(400.0), slice(1000, 3000), axis=0)
    rng = np.random.default_rng(1)
    values[:, 0] += rng.uniform(0, 0.0012, len(values))
    values[:, 0] = np.round(values[:, 0], 4)
    assert len(read_table(_file(tmp_path, text(values))).time_s) == len(values)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        (HEADER + "\n", "has a header but no rows"),
        (HEADER, "has a header but no rows"),
        (bytes(range(256)) * 20, "is not a text file"),
        ("caf\xe9 \xfc\n".encode("latin-1") * 9, "is not a text file"),
        (text(table()).encode("utf-16"), "is not a text file"),
        ("what is this?\nno table\n", "line 1: 'what is this?' is not the header"),
        ("0.0,1,2,3,4,5,6\n", "line 1: '0.0,1,2,3,4,5,6' is not the header"),
    ],
)
def test_what_is_no_table_is_called_that(tmp_path: Path, content: str | bytes, said: str) -> None:
    assert _refusal(tmp_path, content).startswith(said)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("time_s,acc_x,acc_y,acc_z,gyr_x,gyr_y", "column gyr_z missing;"),
        ("acc_x,acc_y,acc_z,gyr_x,gyr_y,gyr_z", "column time_s missing;"),
        ("time_s,ax,acc_y,acc_z,gyr_x,gyr_y,gyr_z", "column acc_x missing, column 'ax' not known"),
        ("t,ax,acc_y,acc_z,gyr_x,gyr_y,gyr_z", "columns time_s, acc_x missing, columns 't', 'ax'"),
        (HEADER + ",mag_x", "column 'mag_x' not known"),
        (HEADER + ",acc_x", "a column is there twice"),
        ("time_s,gyr_x,gyr_y,gyr_z,acc_x,acc_y,acc_z", "the columns are in another order"),
        (HEADER.upper(), "is not the header"),
        (HEADER.replace(",", ";"), "the columns are separated by semicolons"),
        (HEADER.replace(",", "\t"), "the columns are separated by tabs"),
    ],
)
def test_a_wrong_header_is_told_column_by_column(tmp_path: Path, header: str, said: str) -> None:
    refusal = _refusal(tmp_path, text(table(), header=header))
    assert refusal.startswith("line 1: ")
    assert said in refusal
    assert refusal.endswith(HEADER)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("fast", "'fast' is not a number"),
        ("", "is empty"),
        ("1,5", "has 8 cells, 7 are needed"),
        ("nan", "is nan"),
        ("inf", "is inf"),
        ("-Infinity", "is -inf"),
        ("0x10", "'0x10' is not a number"),
        ("\x1b[31m", "'?[31m' is not a number"),
    ],
)
def test_a_bad_cell_is_told_by_line_and_column(tmp_path: Path, cell: str, said: str) -> None:
    refusal = _refusal(tmp_path, _changed(57, 2, cell))
    assert refusal.startswith("line 57")
    assert said in refusal
    assert "," in cell or "column acc_y" in refusal


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    lines = _changed(57, 2, "nan").splitlines()
    lines.insert(10, "")
    assert _refusal(tmp_path, "\n".join(lines)).startswith("line 58, column acc_y")


def test_a_last_row_that_was_cut_off_is_told(tmp_path: Path) -> None:
    content = text(table(duration_s=3))
    refusal = _refusal(tmp_path, content[: content.rindex(",", 0, -30)])
    assert refusal.startswith("line 301 has ")
    assert "delete it" in refusal


def test_rows_that_are_all_too_short_are_told(tmp_path: Path) -> None:
    assert _refusal(tmp_path, text(table()[:, :6])).startswith("line 2 has 6 cells")


def test_time_that_goes_back_is_told_by_line(tmp_path: Path) -> None:
    assert _refusal(tmp_path, _changed(57, 0, "0.1")).startswith(
        "line 57, column time_s: 0.1 does not come after 0.54"
    )


def test_time_that_stands_still_is_told(tmp_path: Path) -> None:
    assert "does not come after" in _refusal(tmp_path, _changed(57, 0, "0.54"))
    values = table()
    values[:, 0] = 3.0
    assert _refusal(tmp_path, text(values)).startswith("time_s is 3 in all rows")


def test_less_than_a_second_is_too_little(tmp_path: Path) -> None:
    assert _refusal(tmp_path, text(table(duration_s=0.9))).startswith("holds 0.89 s of data")
    assert _refusal(tmp_path, text(table()[:1])).startswith("holds 0 s of data")


@pytest.mark.parametrize("rate_hz", [1.0, 10.0, 24.0, 410.0, 1000.0])
def test_rates_no_sensor_should_have_are_told(tmp_path: Path, rate_hz: float) -> None:
    assert f"{rate_hz:g} rows per second" in _refusal(tmp_path, text(table(rate_hz)))


@pytest.mark.parametrize("factor", [1e3, 1e6, 1e9])
def test_time_in_a_smaller_unit_is_told(tmp_path: Path, factor: float) -> None:
    values = table()
    values[:, 0] *= factor
    unit = {1e3: "milliseconds", 1e6: "microseconds", 1e9: "nanoseconds"}[factor]
    assert f"looks like {unit}" in _refusal(tmp_path, text(values))


@pytest.mark.parametrize(
    ("factor", "said"),
    [
        (1 / 9.81, "looks like g;"),
        (1000 / 9.81, "looks like mg;"),
        (1e-6, "as if gravity were taken out"),
        (16384 / 9.81, "not 9.81"),
        (3.281, "not 9.81"),
    ],
)
def test_acceleration_that_is_not_in_si_is_told(tmp_path: Path, factor: float, said: str) -> None:
    values = table()
    values[:, 1:4] *= factor
    assert said in _refusal(tmp_path, text(values))


@pytest.mark.parametrize("lean_rad", [0.06, 0.2, 0.5, 1.2])
def test_a_gyroscope_in_degrees_is_told_by_what_gravity_does(
    tmp_path: Path, lean_rad: float
) -> None:
    values = table(lean_rad=lean_rad)
    read_table(_file(tmp_path, text(values)))
    values[:, 4:] = np.rad2deg(values[:, 4:])
    assert "looks like °/s" in _refusal(tmp_path, text(values))


def test_a_still_sensor_shows_no_unit_of_rotation_and_is_not_accused(tmp_path: Path) -> None:
    values = table(lean_rad=0.0)
    values[:, 4:] = np.rad2deg(values[:, 4:]) + 0.1
    assert len(read_table(_file(tmp_path, text(values))).time_s) == len(values)


def test_turning_about_the_vertical_is_no_sign_of_a_wrong_unit(tmp_path: Path) -> None:
    values = table(lean_rad=0.0)
    values[:, 6] += 5.0
    assert len(read_table(_file(tmp_path, text(values))).time_s) == len(values)


def test_axes_in_another_order_are_not_taken_for_another_unit(tmp_path: Path) -> None:
    values = table(lean_rad=1.2)
    values[:, 4:] = values[:, [5, 4, 6]]
    assert len(read_table(_file(tmp_path, text(values))).time_s) == len(values)


@given(st.binary(max_size=400))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_no_bytes_whatever_give_anything_but_one_line(tmp_path: Path, tail: bytes) -> None:
    sound = text(table(duration_s=1.2)).encode()
    for content in (tail, sound + tail, sound[: len(tail) * 9] + tail):
        said = _said(_file(tmp_path, content))
        assert said.isprintable()


def _said(path: Path) -> str:
    try:
        read_table(path)
    except InputError as error:
        return str(error)
    return ""


@given(st.sampled_from([None, 1.0, 10.0, 77.0]), st.integers(100, 9000))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_pieces_of_a_table_are_the_table(
    tmp_path: Path, speed: float | None, count: int
) -> None:
    values = table(duration_s=90)[:count]
    values[:, 0] *= 1.003
    read = read_table(_file(tmp_path, text(values))) if count > 100 else None
    if read is not None:
        pieces = list(read.rows(speed))
        assert np.array_equal(np.concatenate([p.time_s for p in pieces]), read.time_s)
        assert np.array_equal(np.concatenate([p.gyr for p in pieces]), read.gyr)
        assert all(p.arrival_s == p.time_s[-1] for p in pieces)
        longest = {None: 41.2, 1.0: 0.045, 10.0: 0.45, 77.0: 3.465}[speed]
        assert max(float(np.ptp(p.time_s)) for p in pieces) <= longest
