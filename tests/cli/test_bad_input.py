"""Whatever is given that cannot be used: one line that says what to do, and status 2."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from mcap.writer import Writer
from numpy.typing import NDArray

from tests.cli.legpress import legpress, refusal
from tests.sources.tables import HEADER, table, text

Values = NDArray[np.float64]
Change = Callable[[Values], Values]


def _file(folder: Path, content: str | bytes, name: str = "session.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def _scaled(columns: slice, factor: float) -> Change:
    def change(values: Values) -> Values:
        values[:, columns] *= factor
        return values

    return change


def _set(row: int, column: int, value: float) -> Change:
    def change(values: Values) -> Values:
        values[row, column] = value
        return values

    return change


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param("", "is empty", id="empty"),
        pytest.param(HEADER + "\n", "has a header but no rows", id="header only"),
        pytest.param("lorem ipsum\ndolor\n", "is not the header", id="garbage"),
        pytest.param(bytes(range(256)) * 99, "is not a text file", id="binary"),
        pytest.param(text(table())[:-40], "the file ends within it", id="truncated"),
        pytest.param(text(table(), HEADER[:-6]), "column gyr_z missing", id="column missing"),
        pytest.param(text(table(), HEADER.replace("acc", "a")), "not known", id="misnamed"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_one_line(
    tmp_path: Path, content: str | bytes, said: str
):
    path = _file(tmp_path, content)
    line = refusal("replay", path, "--speed", "max")
    assert line.startswith(f"{path}: ")
    assert said in line


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(_set(9, 3, np.nan), "line 11, column acc_z: is nan", id="NaN"),
        pytest.param(_set(9, 3, np.inf), "line 11, column acc_z: is inf", id="infinity"),
        pytest.param(_set(9, 0, 0.01), "line 11, column time_s", id="time going back"),
        pytest.param(_scaled(slice(0, 1), 0.0), "time_s is 0 in all rows", id="constant time"),
        pytest.param(_scaled(slice(0, 1), 1e3), "looks like milliseconds", id="milliseconds"),
        pytest.param(_scaled(slice(0, 1), 10), "10 rows per second", id="too slow"),
        pytest.param(_scaled(slice(1, 4), 1 / 9.81), "looks like g", id="g"),
        pytest.param(_scaled(slice(4, 7), 57.2958), "looks like °/s", id="degrees"),
        pytest.param(lambda values: values[:50], "at least 1 s", id="too short"),
    ],
)
def test_numbers_that_cannot_be_meant_are_refused_in_one_line(
    tmp_path: Path, change: Change, said: str
):
    path = _file(tmp_path, text(change(table())))
    line = refusal("replay", path, "--speed", "max")
    assert line.startswith(f"{path}: ")
    assert said in line


def test_files_that_are_not_there_or_no_files_are_refused(tmp_path: Path):
    assert "No such file" in refusal("replay", tmp_path / "nowhere.csv")
    assert "No such file" in refusal("replay", tmp_path / "nowhere.mcap")
    assert "Is a directory" in refusal("replay", tmp_path)


def test_a_recording_that_is_none_is_refused(tmp_path: Path):
    assert "is empty" in refusal("replay", _file(tmp_path, "", "a.mcap"))
    assert "not an MCAP file" in refusal("replay", _file(tmp_path, "garbage", "b.mcap"))


def test_a_recording_of_a_sensor_we_do_not_know_is_refused(tmp_path: Path):
    path = tmp_path / "session.mcap"
    writer = Writer(str(path))
    writer.start()
    session = {"session_id": "s", "family": "sniffer"}
    about = {"format": "1", "session": json.dumps(session), "settings": "{}"}
    writer.add_metadata("legpress", about)
    channel = writer.register_channel("/packet", "json", 0)
    writer.add_message(channel, 0, b'{"arrival_s":0.5,"data":""}', 0)
    writer.finish()
    assert "sensor family sniffer" in refusal("replay", path)


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return _file(tmp_path, text(table(duration_s=3)))


@pytest.mark.parametrize("option", ["--events", "--signals"])
def test_an_output_that_cannot_be_written_is_found_before_the_session(sound: Path, option: str):
    line = refusal("replay", sound, option, sound.parent / "nowhere" / "out", "--quiet")
    assert "cannot be written: No such file" in line


def test_no_output_is_written_over_the_input_or_another_output(sound: Path):
    before = sound.read_bytes()
    assert "the recording" in refusal("replay", sound, "--signals", sound)
    other = sound.parent / "out"
    assert "name another" in refusal("replay", sound, "--signals", other, "--events", other)
    assert not other.exists()
    for command in ("calibrate", "report"):
        assert "is the recording as well" in refusal(command, sound, "--output", sound)
    config = _file(sound.parent, "", "settings.toml")
    assert "is --config" in refusal("replay", sound, "--config", config, "--events", config)
    assert "is --config" in refusal("report", sound, "--config", config, "--output", config)
    assert "is --config" in refusal("demo", "--config", config, "--record", config)
    assert "is --events" in refusal("demo", "--events", other, "--record", other)
    assert "exists already" in refusal("demo", "--events", other, "--record", sound)
    assert not other.exists()
    assert sound.read_bytes() == before


def test_an_output_that_cannot_be_written_leaves_no_recording_behind(tmp_path: Path):
    recording = tmp_path / "session.mcap"
    refusal("demo", "--events", tmp_path / "nowhere" / "events", "--record", recording)
    assert not recording.exists()


def test_settings_and_calibrations_that_cannot_be_used_are_refused(sound: Path):
    config = _file(sound.parent, "[limits]\ntilt = 3", "settings.toml")
    assert "limits.tilt: there is no such setting" in refusal("replay", sound, "--config", config)
    garbage = _file(sound.parent, "garbage", "garbage.json")
    assert "no JSON" in refusal("replay", sound, "--calibration", garbage)
    newer = {"format": "legpress-calibration", "version": 99}
    newer_file = _file(sound.parent, json.dumps(newer), "newer.json")
    line = refusal("replay", sound, "--calibration", newer_file)
    assert "format version 99" in line
    assert "update" in line


@pytest.mark.parametrize("speed", ["fast", "0", "-1", "nan", "inf", ""])
def test_a_speed_that_is_none_is_refused(sound: Path, speed: str):
    assert "give a number such as 1 or 10, or max" in refusal("replay", sound, "--speed", speed)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["replay"], "Missing argument"),
        (["replay", "a.csv", "--fast"], "No such option: --fast"),
        (["dance"], "No such command"),
        (["replay", "a.csv", "--events"], "requires an argument"),
        (["calibrate", "a.csv", "--neutral", "9", "--output", "c.json"], "2 numbers are needed"),
        (["calibrate", "a.csv", "--neutral", "9:5", "--output", "c.json"], "earlier to a later"),
        (["decode", "smell", "00"], "unknown sensor family 'smell'"),
    ],
)
def test_a_wrong_call_is_told_in_one_line(arguments: list[str], said: str):
    assert said in refusal(*arguments)


def test_what_cannot_be_decoded_is_named():
    ended = legpress("decode", "reference", "00ff", "zz")
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert [line[:25] for line in ended.stderr.splitlines()] == [
        "legpress: notification 1:",
        "legpress: notification 2:",
    ]


def test_a_calibration_that_cannot_be_made_is_refused(sound: Path):
    output = sound.parent / "cal.json"
    line = refusal("calibrate", sound, "--neutral", "0:3", "--output", output)
    assert line.startswith(f"{sound}: ")
    assert not output.exists()
