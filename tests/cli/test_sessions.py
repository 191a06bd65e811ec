"""Whole sessions through the program itself: live, replayed, interrupted, killed."""

import asyncio
import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from calibration.document import from_json
from monitor import tape
from monitor.__main__ import THREADS
from monitor.arrivals import Arrival
from monitor.engine import Session
from monitor.settings import Settings
from monitor.simulation import demo
from monitor.sinks.recorder import Recorder
from monitor.wire.polar import DATA
from monitor.wire.reference import Encoder
from tests.cli.legpress import COMMAND, ENVIRONMENT, legpress, only_line, refusal
from tests.sources.tables import table, text

ESTIMATES = ("tilt_deg", "tilt_sigma_deg", "lift_mm", "lift_sigma_mm", "shift_deg")


@pytest.fixture(scope="module")
def told() -> demo.Demo:
    return demo.demo()


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a recorded demo, its events and its signals."""
    folder = tmp_path_factory.mktemp("live")
    ended = _session(
        "demo", folder, "--no-broker", "--speed", "max", "--record", folder / "session.mcap"
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    return folder


def _session(
    command: str, folder: Path, *more: str | Path, quiet: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run a session that leaves its events and signals in a folder."""
    outputs = ("--events", folder / "events.jsonl", "--signals", folder / "signals.csv")
    return legpress(command, *more, *outputs, *(["--quiet"] if quiet else []))


def _results(folder: Path) -> tuple[bytes, bytes]:
    return (folder / "events.jsonl").read_bytes(), (folder / "signals.csv").read_bytes()


def _record(path: Path, arrivals: Sequence[Arrival], *, sensor: str | None = None) -> Path:
    async def record() -> None:
        session = Session("short", "reference", sensor=sensor, started_wall_s=1.75e9)
        recorder = Recorder(path, tape.Header(session, Settings(), None, "test"))
        recorder.record(arrivals)
        recorder.close()

    asyncio.run(record())
    return path


def test_a_replay_says_and_writes_what_the_live_session_did(live: Path, tmp_path: Path):
    assert _session("replay", tmp_path, live / "session.mcap", "--speed", "max").returncode == 0
    assert _results(tmp_path) == _results(live)


def test_the_signals_have_one_row_per_sample_and_the_columns_of_the_contract(live: Path):
    with (live / "signals.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["time_s", *ESTIMATES, "phase", "rep"]
    times = np.array([float(row["time_s"]) for row in rows])
    assert times[0] == 0
    assert np.all(np.diff(times) > 0)
    assert 80 < times[-1] < 100
    phases = {"", "away", "ready", "lowering", "bottom", "pressing", "rest"}
    assert {row["phase"] for row in rows} <= phases


def test_the_events_begin_and_end_with_the_session(live: Path):
    events = [json.loads(line) for line in (live / "events.jsonl").read_text().splitlines()]
    assert [(e["type"], e["state"]) for e in (events[0], events[-1])] == [
        ("session", "started"),
        ("session", "ended"),
    ]
    assert len({event["event_id"] for event in events}) == len(events)


@pytest.mark.parametrize("kind", ["recording", "table"])
def test_the_speed_changes_nothing(tmp_path: Path, told: demo.Demo, kind: str):
    if kind == "recording":
        early = [a for a in told.simulation.packets() if a.arrival_s < 2.5]
        path = _record(tmp_path / "session.mcap", early)
    else:
        path = tmp_path / "session.csv"
        path.write_text(text(table(duration_s=2.5)))
    results = []
    for speed in ("1", "10", "max"):
        folder = tmp_path / speed
        folder.mkdir()
        assert _session("replay", folder, path, "--speed", speed).returncode == 0
        results.append(_results(folder))
    assert results[0][1].count(b"\n") > 200
    assert results[1:] == results[:1] * 2


def test_the_times_of_a_table_are_those_of_its_signals(tmp_path: Path):
    values = table(285.7, 5)
    values[:, 0] += 1e-5 * np.random.default_rng(1).random(len(values))
    values[:, 0] -= values[0, 0]
    path = tmp_path / "session.csv"
    path.write_text(text(values))
    assert _session("replay", tmp_path, path, "--speed", "max").returncode == 0
    with (tmp_path / "signals.csv").open(newline="") as file:
        assert [float(row["time_s"]) for row in csv.DictReader(file)] == values[:, 0].tolist()


def test_without_a_calibration_one_line_tells_how_to_make_one(tmp_path: Path):
    path = tmp_path / "session.csv"
    path.write_text(text(table(duration_s=3)))
    ended = _session("replay", tmp_path, path, "--speed", "max")
    assert ended.returncode == 0
    assert "legpress calibrate" in only_line(ended.stderr)
    with (tmp_path / "signals.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 300
    assert {row[name] for row in rows for name in ("tilt_deg", "lift_mm")} == {""}


def test_a_session_can_be_calibrated_from_its_own_recording(tmp_path: Path, told: demo.Demo):
    recording = _record(tmp_path / "s.mcap", told.simulation.packets(), sensor="sensor 7")
    windows = {k: f"{a:.2f}:{b:.2f}" for k, (a, b) in told.simulation.truth.windows.items()}
    output = tmp_path / "cal.json"
    ended = legpress(
        "calibrate", recording, "--neutral", windows["neutral"],
        "--standing", windows["standing"], "--output", output,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, "")
    made = from_json(output.read_text())
    assert ended.stdout.startswith(f"calibration: {made.verdict.grade}\n")
    assert made.sensor == "sensor 7"
    assert made.made is not None
    assert made.made.startswith("2025-06-15T")
    assert made.placement.left @ told.calibration.placement.left > 0.999
    assert [path.name for path in tmp_path.iterdir() if "cal" in path.name] == ["cal.json"]
    replayed = _session("replay", tmp_path, recording, "--calibration", output, "--speed", "max")
    assert (replayed.returncode, replayed.stderr) == (0, "")

    early = [a for a in told.simulation.packets() if a.arrival_s < 2.5]
    other = _record(tmp_path / "other.mcap", early, sensor="sensor 8")
    line = refusal("replay", other, "--calibration", output)
    assert "made with the sensor sensor 7, but this session has sensor 8" in line


def _started(*arguments: str | Path) -> subprocess.Popen[str]:
    """Start a session that tells its events on its output; return when it tells the first."""
    process = subprocess.Popen(
        [*COMMAND, *map(str, arguments), "--events", "-", "--quiet"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )
    assert process.stdout is not None
    assert '"started"' in process.stdout.readline()
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_session_leaves_whole_files(
    live: Path, tmp_path: Path, number: signal.Signals
):
    signals = tmp_path / "signals.csv"
    process = _started("replay", live / "session.mcap", "--signals", signals)
    process.send_signal(number)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert only_line(errors).startswith("interrupted")
    assert json.loads(output.splitlines()[-1])["state"] == "ended"
    written = signals.read_bytes()
    assert written.endswith(b"\n")
    assert (live / "signals.csv").read_bytes().startswith(written)


@pytest.mark.parametrize("after_s", [0.05, 0.2, 0.6])
def test_who_interrupts_while_it_starts_sees_one_line(live: Path, after_s: float):
    code = (
        "import os, signal, sys, threading\n"
        "from monitor.__main__ import main\n"
        f"threading.Timer({after_s}, os.kill, (os.getpid(), signal.SIGINT)).start()\n"
        f"sys.argv = ['legpress', 'replay', {str(live / 'session.mcap')!r}, '--quiet']\n"
        "main()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 130, ended.stderr
    assert only_line(ended.stderr).startswith("interrupted")


@pytest.mark.parametrize(("own", "asked"), [(None, "1"), ("3", "3")])
def test_small_matrices_get_one_thread_unless_somebody_says_otherwise(own: str | None, asked: str):
    code = (
        "import os, sys\n"
        "from monitor.__main__ import THREADS, main\n"
        "print('numpy' in sys.modules)\n"  # it reads that once, when it is loaded
        "sys.argv = ['legpress', '--help']\n"
        "try: main()\n"
        "finally: print(os.environ[THREADS])\n"
    )
    environment = dict(os.environ)
    environment.pop(THREADS, None)
    if own:
        environment[THREADS] = own
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    first, *_, last = ended.stdout.splitlines()
    assert (first, last) == ("False", asked)


def test_a_reader_who_has_had_enough_ends_the_session_quietly(live: Path):
    with _started("replay", live / "session.mcap", "--speed", "10") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(timeout=60) == 0


def test_a_reader_who_wants_one_line_of_a_long_output_gets_it():
    with subprocess.Popen([*COMMAND, "schema"], stdout=-1, stderr=-1, env=ENVIRONMENT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"{\n"
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_a_killed_session_can_be_replayed_up_to_its_last_second(live: Path, tmp_path: Path):
    recording, signals = tmp_path / "session.mcap", tmp_path / "live.csv"
    process = _started("demo", "--no-broker", "--record", recording, "--signals", signals)
    while signals.stat().st_size < 10_000:
        assert process.poll() is None
    process.kill()
    process.communicate(timeout=60)
    ended = _session("replay", tmp_path, recording, "--speed", "max")
    assert ended.returncode == 0
    assert "is damaged or was cut off after" in only_line(ended.stderr)
    replayed = (tmp_path / "signals.csv").read_bytes()
    assert (live / "signals.csv").read_bytes().startswith(replayed)
    last_live = float(signals.read_text().splitlines()[-2].split(",")[0])
    assert float(replayed.splitlines()[-1].split(b",")[0]) > last_live - 1.0


def test_a_demo_whose_recording_finds_no_room_ends_with_2_and_says_everything_else(
    live: Path, tmp_path: Path
):
    resource = pytest.importorskip("resource")

    def small_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))

    recording = tmp_path / "session.mcap"
    outputs = ("--record", recording, "--events", "-")
    ended = subprocess.run(
        [*COMMAND, "demo", "--no-broker", "--speed", "max", "--quiet", *map(str, outputs)],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        preexec_fn=small_disk,
        check=False,
    )
    assert ended.returncode == 2
    assert only_line(ended.stderr) == (
        f"{recording}: the recording was cut short: File too large; "
        "what was recorded before can be replayed"
    )
    assert ended.stdout.count("\n") == (live / "events.jsonl").read_bytes().count(b"\n")


def test_the_console_tells_the_session_where_nothing_can_be_drawn(live: Path, tmp_path: Path):
    ended = _session("replay", tmp_path, live / "session.mcap", "--speed", "max", quiet=False)
    assert ended.returncode == 0
    assert ended.stderr == ""
    assert "started" in ended.stdout.splitlines()[0]
    assert _results(tmp_path) == _results(live)


def test_events_on_the_output_stay_clear_of_the_console(live: Path):
    ended = legpress("replay", live / "session.mcap", "--speed", "max", "--events", "-")
    assert ended.returncode == 0
    assert ended.stdout.encode() == (live / "events.jsonl").read_bytes()


def test_decoded_samples_are_one_object_of_json_each():
    acc = np.array([[0.0, 0.0, 9.81], [1.0, 2.0, 9.0]])
    data = Encoder(4, 500, 10_000).packet(acc, acc / 10, 7, 1.5)
    ended = legpress("decode", "reference", data.hex(), data.hex(":"))
    assert ended.returncode == 0
    samples = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [list(sample) for sample in samples] == [["sensor_time_s", "acc_m_s2", "gyr_rad_s"]] * 2
    assert samples[1]["acc_m_s2"] == pytest.approx([1.0, 2.0, 9.0], abs=0.001)
    assert only_line(ended.stderr).startswith("notification 2: ")


def test_what_is_known_besides_the_bytes_can_be_told():
    frame = "05009435770000000080640064006400"
    ended = legpress("decode", "polar", "--factor", "0.5", f"{DATA}:{frame}")
    assert ended.returncode == 0
    sample = json.loads(ended.stdout)
    assert sample["acc_m_s2"] is None
    assert sample["gyr_rad_s"] == pytest.approx([np.radians(50.0)] * 3)
    assert "--factor means nothing" in refusal("decode", "arduino", "--factor", "2", "00")
    assert "known are 2, 3" in refusal("decode", "movella_dot", "--payload", "99", "00")


def test_help_and_version_are_told():
    assert legpress("--version").stdout.startswith("legpress-monitor ")
    for command in ("replay", "demo", "calibrate", "decode"):
        assert command in legpress("--help").stdout
        assert legpress(command, "--help").returncode == 0
