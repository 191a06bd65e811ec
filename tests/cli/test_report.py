"""`legpress report`, as its users run it."""

from pathlib import Path

import pytest

from monitor.cli.reporting import report
from monitor.errors import InputError
from monitor.history import History
from tests.cli.legpress import legpress
from tests.history.told import FOLDER, Visit, said

RECORDING = FOLDER / "simulated_link_lost.mcap"


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An own folder for what is kept, and to work in."""
    monkeypatch.setenv("LEGPRESS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data"


def test_a_recording_becomes_a_page(tmp_path: Path, data: Path):
    ended = legpress("report", RECORDING, "--output", tmp_path / "own.html", data=data)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == f"written to {tmp_path / 'own.html'}\n"
    text = (tmp_path / "own.html").read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert "A7" in text
    assert not data.exists()


def test_a_session_of_the_history_is_found_by_its_id(capsys: pytest.CaptureFixture[str]):
    with History.opened() as history:
        history.add(said("simulated_link_lost"), RECORDING)
    assert report("simulated_link_lost", None, "png", None, None) == 0
    assert capsys.readouterr().out == "written to simulated_link_lost.png\n"
    assert Path("simulated_link_lost.png").read_bytes().startswith(b"\x89PNG")


def test_a_table_without_calibration_is_told_kindly():
    assert report(str(FOLDER / "broad_tapping.csv"), None, None, None, None) == 0
    assert "No calibration" in Path("broad_tapping.html").read_text(encoding="utf-8")


def test_a_recording_is_never_written_over(tmp_path: Path):
    own = tmp_path / "session.mcap"
    own.write_bytes(RECORDING.read_bytes())
    with pytest.raises(InputError, match="is the recording as well"):
        report(str(own), own, None, None, None)
    assert own.read_bytes() == RECORDING.read_bytes()


@pytest.mark.parametrize(
    ("session", "output", "form", "complaint"),
    [
        ("", None, None, "SESSION is empty"),
        ("unheard-of", None, None, "neither a file nor a session of the history"),
        ("s1", None, None, "was not recorded"),
        ("s2", None, None, "is gone"),
        ("x" * 300, None, None, "neither a file nor a session of the history"),
        (str(RECORDING), None, "pdf", "neither html nor png"),
        (str(RECORDING), Path("x.pdf"), None, "x.pdf: is neither .html nor .png"),
        (str(RECORDING), Path("x.png"), "html", "does not go with --format html"),
    ],
)
def test_what_cannot_be_reported_is_refused(
    session: str, output: Path | None, form: str | None, complaint: str, tmp_path: Path
):
    with History.opened() as history:
        history.add(Visit("s1", "Anna").events())
        history.add(Visit("s2", "Anna").events(), tmp_path / "gone.mcap")
    with pytest.raises(InputError, match=complaint):
        report(session, output, form, None, None)
