"""`legpress calibrate FILE`, and what is kept of it."""

import asyncio
import json
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from calibration.document import from_json, sensor_from_json
from calibration.model import Calibration
from monitor import tape
from monitor.engine import Session
from monitor.settings import Settings
from monitor.simulation.demo import calibrating
from monitor.sinks.recorder import Recorder
from tests.calibration.people import Actor, angle_deg
from tests.calibration.test_sensor import Bench
from tests.cli.legpress import ENVIRONMENT, legpress, only_line, refusal
from tests.sources.tables import text

ASKEW = Rotation.from_euler("XYZ", [40, -15, 160], degrees=True)
LEFT = ASKEW.apply([0.0, 1.0, 0.0])
Columns = tuple[np.ndarray, np.ndarray, np.ndarray]


def athlete() -> Columns:
    """Stands, walks, lies back, tilts three times."""
    actor = Actor(ASKEW).hold(10).walk(5).to(60).to(45).hold(10)
    for _ in range(3):
        actor.bump(9).hold(0.8)
    return actor.hold(5).samples()


def table(path: Path, columns: Columns) -> Path:
    path.write_text(text(np.column_stack(columns)))
    return path


@pytest.fixture
def session(tmp_path: Path) -> Path:
    return table(tmp_path / "session.csv", athlete())


def options(printed: str) -> list[str]:
    """The windows found, as they can be given."""
    found = [line.split()[1:] for line in printed.splitlines() if line.startswith("found ")]
    return [word for pair in found for word in pair]


def kept(data: Path, kind: str) -> str:
    (path,) = (data / "calibrations").glob(f"{kind}-*.json")
    return path.read_text()


def placement(data: Path) -> Calibration:
    return from_json(kept(data, "placement"))


def test_the_windows_are_found_said_and_can_be_repeated(session: Path, tmp_path: Path):
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    ended = legpress("calibrate", session, "--output", one)
    assert (ended.returncode, ended.stderr) == (0, "")
    said = ended.stdout.splitlines()
    assert [line.split()[1] for line in said[:3]] == ["--standing", "--neutral", "--range"]
    assert said[3] == "calibration: good"
    assert said[-1] == f"written to {one}"
    assert angle_deg(from_json(one.read_text()).placement.left, LEFT) < 2
    again = legpress("calibrate", session, *options(ended.stdout), "--output", two)
    assert again.stdout.startswith("calibration: good\n")
    assert two.read_bytes() == one.read_bytes()


def test_a_terminal_that_has_no_degree_sign_is_no_defect(
    session: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(ENVIRONMENT, "PYTHONIOENCODING", "ascii")
    ended = legpress("calibrate", session, "--output", tmp_path / "cal.json")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "? from vertical" in ended.stdout  # no degree sign


def test_windows_that_cannot_be_found_are_refused_with_what_to_do(tmp_path: Path):
    path = table(tmp_path / "walk.csv", Actor().walk(20).samples())
    line = refusal("calibrate", path, "--output", tmp_path / "c.json")
    assert line.startswith(f"{path}: no stretch of standing still was found")
    assert "--standing" in line
    assert not (tmp_path / "c.json").exists()


def test_a_recording_that_names_no_sensor_needs_a_place_for_the_calibration(
    session: Path, tmp_path: Path
):
    line = refusal("calibrate", session, data=tmp_path)
    assert "--output CAL.json" in line
    assert "--sensor-name NAME" in line


def test_what_is_kept_is_listed_shown_and_forgotten(session: Path, tmp_path: Path):
    data, name = tmp_path / "data", "LP-01 [bold]/💪"
    assert "no calibration is kept" in legpress("calibrate", "--list", data=data).stdout
    assert legpress("calibrate", session, "--sensor-name", name, data=data).returncode == 0
    assert placement(data).sensor == name
    listed = legpress("calibrate", "--list", data=data).stdout
    assert listed.splitlines() == [f"{name}\thow it sits\tgood\tunknown"]
    shown = legpress("calibrate", "--show", name, data=data).stdout
    rows = dict(line.split("\t") for line in shown.splitlines())
    assert rows["sensor"] == name
    assert rows["verdict"] == "good"
    assert rows["own posterior range"].startswith("9")
    ended = legpress("calibrate", "--forget", name, data=data)
    assert ended.stdout.startswith(f"forgotten: {name}, how it sits")
    assert list((data / "calibrations").iterdir()) == []
    for option in ("--show", "--forget"):
        assert "see legpress calibrate --list" in refusal("calibrate", option, name, data=data)


@pytest.mark.parametrize("content", [b"garbage", None])
def test_a_corrupt_file_and_one_from_the_future_are_named_and_left_alone(
    session: Path, tmp_path: Path, content: bytes | None
):
    said = "no JSON" if content else "format version 99"
    assert legpress("calibrate", session, "--sensor-name", "A", data=tmp_path).returncode == 0
    (path,) = (tmp_path / "calibrations").iterdir()
    newer = json.dumps(json.loads(path.read_text()) | {"version": 99}).encode()
    path.write_bytes(content or newer)
    line = refusal("calibrate", session, "--sensor-name", "A", data=tmp_path)
    assert said in line
    assert f"--forget {path.stem}" in line
    assert path.read_bytes() == (content or newer)
    listed = legpress("calibrate", "--list", data=tmp_path)
    assert listed.returncode == 0
    assert said in listed.stdout
    assert said in refusal("calibrate", "--show", path.stem, data=tmp_path)
    assert legpress("calibrate", "--forget", path.stem, data=tmp_path).returncode == 0
    assert not path.exists()


def recording(path: Path, name: str) -> Path:
    """The simulated athlete's calibration as a sensor's recording, with no calibration in it."""

    async def record() -> None:
        about = Session(name, "reference", sensor="LP-01", started_wall_s=1.75e9)
        recorder = Recorder(path, tape.Header(about, Settings(), None, "test"))
        recorder.record(calibrating().packets())
        recorder.close()

    asyncio.run(record())
    return path


def test_a_replay_takes_the_calibration_kept_of_its_own_recording_and_of_no_other(tmp_path: Path):
    mine = recording(tmp_path / "mine.mcap", "mine")
    other = recording(tmp_path / "other.mcap", "other")
    ended = legpress("calibrate", mine, data=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert placement(tmp_path).sensor == "LP-01"
    made = placement(tmp_path).made
    assert made is not None
    assert made.startswith("2025-06-15T")
    replayed = legpress("replay", mine, "--speed", "max", "--quiet", data=tmp_path)
    assert (replayed.returncode, replayed.stderr) == (0, "")
    replayed = legpress("replay", other, "--speed", "max", "--quiet", data=tmp_path)
    assert "no calibration" in only_line(replayed.stderr)


def test_six_positions_are_kept_and_correct_the_sensors_later_recordings(tmp_path: Path):
    bench = Bench(3)
    acc_bias, acc_matrix, gyr_bias, gyr_matrix = bench.errors()
    sides = table(tmp_path / "sides.csv", bench.samples())
    ended = legpress("calibrate", sides, "--six-positions", "--sensor-name", "A", data=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("sensor calibration: good\n")
    readings = sensor_from_json(kept(tmp_path, "sensor"))
    assert readings.sensor == "A"
    assert readings.made is not None
    assert readings.model.acc_bias == pytest.approx(acc_bias, abs=0.02)
    assert "six positions" in legpress("calibrate", "--show", "A", data=tmp_path).stdout

    time_s, acc, gyr = athlete()
    raw = table(
        tmp_path / "raw.csv", (time_s, acc @ acc_matrix.T + acc_bias, gyr @ gyr_matrix.T + gyr_bias)
    )
    ended = legpress("calibrate", raw, "--sensor-name", "A", data=tmp_path)
    assert "with the sensor's own calibration of 20" in ended.stdout
    assert placement(tmp_path).sensor_model.acc_bias == pytest.approx(acc_bias, abs=0.02)
    assert placement(tmp_path).placement.gravity_m_s2 == pytest.approx(9.81, abs=0.03)
    ended = legpress("calibrate", raw, "--sensor-name", "B", data=tmp_path)
    assert "own calibration of" not in ended.stdout


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"made_utc": "2020-01-01T00:00:00Z"}, "days old; repeat the six positions"),
        ({"bias": 0.5}, "no longer fits"),
    ],
)
def test_an_old_or_ill_fitting_sensor_calibration_is_said_to_be_so(
    session: Path, tmp_path: Path, change: dict[str, object], said: str
):
    sides = table(tmp_path / "sides.csv", Bench(3).samples())
    legpress("calibrate", sides, "--six-positions", "--sensor-name", "A", data=tmp_path)
    (path,) = (tmp_path / "calibrations").glob("sensor-*")
    document = json.loads(path.read_text())
    model = {"acc_bias_m_s2": [0, 0, 0], "acc_gain": np.eye(3).tolist()}
    if "bias" in change:
        model["acc_gain"] = (1.05 * np.eye(3)).tolist()
    document["sensor_model"] |= model
    document |= {"made_utc": change["made_utc"]} if "made_utc" in change else {}
    path.write_text(json.dumps(document))
    ended = legpress("calibrate", session, "--sensor-name", "A", data=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert "calibration: usable\n" in ended.stdout
    assert said in ended.stdout


def test_a_sensor_not_laid_on_all_its_sides_is_told_which_are_missing(tmp_path: Path):
    path = table(tmp_path / "sides.csv", Bench(0, sides=(0, 1, 2, 3)).samples())
    line = refusal("calibrate", path, "--six-positions", "--sensor-name", "A", data=tmp_path)
    assert "with z up, z down" in line
    assert not (tmp_path / "calibrations").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--list", "--show", "A"], "do not go together"),
        (["a.csv", "--sensor", "simulated"], "do not go together"),
        (["--list", "--neutral", "1:9"], "--neutral goes only with a recording"),
        (["a.csv", "--speed", "2"], "--speed goes only with --sensor"),
        (["a.csv", "--standing", "1:9", "--output", "c"], "--standing needs --neutral"),
        (["a.csv", "--six-positions", "--neutral", "1:9"], "leave out the other options"),
        (["a.csv", "--axis", "1,2", "--output", "c"], "3 numbers are needed"),
        (["--sensor", "simulated", "--speed", "soon"], "give a number such as 1"),
        (["--sensor", "simulated", "--output", "nowhere/c.json"], "no folder nowhere"),
    ],
)
def test_options_that_do_not_go_together_are_told(arguments: list[str], said: str):
    assert said in refusal("calibrate", *arguments)
