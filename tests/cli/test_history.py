"""`legpress history`, as its users run it."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from rich.console import Console

from monitor.cli import histories, trends
from monitor.cli.histories import Asked
from monitor.errors import InputError
from monitor.history import History
from monitor.sinks.mqtt.outbox import Outbox
from tests.cli.legpress import legpress, refusal
from tests.history.told import FOLDER, Visit

RECORDING = FOLDER / "simulated_link_lost.mcap"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An own folder for what is kept."""
    monkeypatch.setenv("LEGPRESS_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def _asked(**other: object) -> Asked:
    nothing = {
        "files": (),
        "athlete": None,
        "last": 10,
        "export": None,
        "table": "sets",
        "rebuild": False,
        "forget": None,
        "recordings": False,
    }
    return Asked(**nothing | other)  # type: ignore[arg-type] # as the command line gives it


def _rows(data: Path) -> dict[str, list[tuple[object, ...]]]:
    tables = ("athletes", "sessions", "sets", "reps", "alerts", "advice")
    with sqlite3.connect(data / "history.sqlite") as base:
        return {name: sorted(base.execute(f"SELECT * FROM {name}"), key=repr) for name in tables}  # noqa: S608


def test_of_an_empty_history_the_columns_are_exported_and_nobody_can_be_forgotten(
    data: Path, tmp_path: Path
):
    file = tmp_path / "sets.csv"
    ended = legpress("history", "--export", file, data=data)
    assert (ended.returncode, ended.stdout) == (0, f"0 sets written to {file}\n")
    assert file.read_text().startswith("athlete,station,started,event_id,")
    assert file.read_text().count("\n") == 1
    assert "nobody called Anna" in refusal("history", "--forget", "Anna", data=data)
    assert "neither .csv nor" in refusal("history", "--export", tmp_path / "sets.txt", data=data)


def test_live_a_replay_and_a_rebuild_remember_the_same_and_twice_is_once(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    recording = tmp_path / "live.mcap"
    simulated = ("live", "--sensor", "simulated", "--speed", "max", "--record", recording)
    ended = legpress(*simulated, "--load", "120kg", data=data)
    assert (ended.returncode, ended.stderr) == (0, "")
    told = _rows(data)
    assert [len(told[name]) for name in ("sessions", "sets", "reps")] == [1, 2, 11]
    quick = ("--speed", "max", "--quiet")
    ended = legpress("replay", recording, *quick, "--history", data=data)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert _rows(data) == told
    monkeypatch.setenv("LEGPRESS_DATA_DIR", str(tmp_path / "anew"))
    histories.history(_asked(files=[recording], rebuild=True))
    assert _rows(tmp_path / "anew") == told
    with History.opened() as history:
        assert [one.load_kg for one in history.sets()] == [120.0, 120.0]


def test_nothing_is_remembered_where_nobody_asked(data: Path):
    quick = ("--speed", "max", "--quiet")
    uncalibrated = ("--sensor", "simulated", "--calibration", "none", "--no-record")
    assert legpress("live", *uncalibrated, *quick, "--no-history", data=data).returncode == 0
    assert legpress("replay", FOLDER / "broad_tapping.csv", *quick, data=data).returncode == 0
    assert not (data / "history.sqlite").exists()


@pytest.mark.usefixtures("data")
def test_a_rebuild_takes_whole_folders(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    deep = tmp_path / "2026" / "march"
    deep.mkdir(parents=True)
    shutil.copy(RECORDING, deep)
    (deep / "broken.mcap").write_bytes(b"scratched")  # keeps none of the others out
    assert histories.history(_asked(files=[tmp_path / "2026"], rebuild=True)) == 2
    assert capsys.readouterr().out.endswith("simulated_link_lost.mcap: 1 set\n")
    with History.opened() as history:
        session = history.session("simulated_link_lost")
    assert session is not None
    assert session.recording == str(deep / RECORDING.name)


@pytest.mark.usefixtures("data")
def test_forgetting_names_the_recordings_and_removes_them_where_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "anna.mcap"
    for options in ({}, {"recordings": True}):
        file.write_bytes(b"her session")
        with History.opened() as history:
            history.add(Visit("s1", "Anna").events(), file)
        assert histories.history(_asked(forget="Anna", **options)) == 0
        assert str(file) in capsys.readouterr().out
        assert file.exists() is not bool(options)
    with History.opened() as history:
        assert history.athletes() == []


def test_nothing_remembered_is_said_kindly(data: Path):
    ended = legpress("history", data=data)
    assert ended.returncode == 0
    assert "nothing is remembered yet" in ended.stdout
    assert not data.exists()


def test_what_waited_to_be_published_of_a_forgotten_athlete_is_gone_and_only_that(
    data: Path, capsys: pytest.CaptureFixture[str]
):
    with History.opened() as history:
        history.add(Visit("s1", "Anna").events())
    outbox = Outbox(data / "mqtt", "gym-station")
    outbox.add(
        [
            (f"{name}-event", "event/rep", f'{{"session_id":"{name}","athlete":"{who}"}}'.encode())
            for name, who in (("s1", "Anna"), ("s2", "Ben"))
        ]
    )
    with pytest.raises(InputError, match="end the session that uses it"):
        histories.history(_asked(forget="Anna"))
    outbox.close()
    assert histories.history(_asked(forget="Anna")) == 0
    assert "1 event that waited to be published will not be" in capsys.readouterr().out
    left = b"".join(path.read_bytes() for path in data.rglob("*.sqlite*"))
    assert b"Anna" not in left
    assert b"Ben" in left


@pytest.mark.usefixtures("data")
def test_a_stranger_is_not_taken_for_somebody_else(capsys: pytest.CaptureFixture[str]):
    with History.opened() as history:
        history.add(Visit("s1", "Anna").events())
    histories.history(_asked(athlete="Ann"))
    assert capsys.readouterr().out == "nobody called Ann is remembered; known: Anna\n"


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ({"rebuild": True}, "give recordings to --rebuild"),
        ({"files": [Path("x.mcap")]}, "recordings go only with --rebuild"),
        ({"rebuild": True, "files": [FOLDER.parent / "monitor"]}, "holds no recording"),
        ({"last": 0}, "--last 0"),
        ({"export": Path("x.csv"), "forget": "A"}, "--export and --forget do not go together"),
        ({"recordings": True}, "--recordings goes only with --forget"),
        ({"export": Path("x.csv"), "table": "cats"}, "--table cats"),
        ({"export": Path("x.csv"), "athlete": "A"}, "--athlete does not go with --export"),
        ({"forget": ""}, "name is empty"),
        ({"forget": "nobody"}, "nobody called nobody"),
        ({"export": Path("x.doc")}, "x.doc: is neither .csv nor .parquet"),
    ],
)
@pytest.mark.usefixtures("data")
def test_what_cannot_be_done_is_refused(asked: dict[str, object], complaint: str):
    History.opened().close()
    with pytest.raises(InputError, match=complaint):
        histories.history(_asked(**asked))


def test_a_damaged_history_is_refused_in_one_line(tmp_path: Path):
    (tmp_path / "history.sqlite").write_bytes(b"scratched" * 999)
    assert "--rebuild" in refusal("history", data=tmp_path)


@pytest.mark.usefixtures("data")
def test_the_terminal_shows_where_it_is_heading_and_no_name_moves_the_cursor():
    with History.opened() as history:
        history.add(Visit("s1", "Anna\x1b[2J[bold]").events())
        sets = history.sets()
    console = Console(width=120, force_terminal=True, no_color=True, record=True)
    with console.capture() as shown:
        trends.show(console, sets, 10)
    text = shown.get()
    assert "\x1b[2J" not in text
    assert "[bold]" in text
    assert "17.0° → 3.9°" in text
    assert "█" in text
    assert "yes" in text


def test_a_sparkline_rises_from_zero_to_its_largest():
    assert trends.sparkline([0.0, 5.0, 10.0]) == "▁▅█"
    assert trends.sparkline([]) == ""
    assert trends.sparkline([0.0, 0.0]) == "▁▁"
