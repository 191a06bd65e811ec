"""The last resort: a defect of the program is one line as well."""

import logging
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.cli import leaving
from monitor.errors import UnreachableError
from tests.cli.legpress import COMMAND, ENVIRONMENT


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    """The program owns its process; a test does not."""
    log, last = logging.getLogger("legpress"), logging.lastResort
    before = log.handlers[:], log.propagate, log.level
    yield
    log.handlers, log.propagate, log.level = before
    logging.lastResort = last


def _ending(monkeypatch: pytest.MonkeyPatch, error: Exception) -> int:
    def run() -> int:
        raise error

    monkeypatch.delenv("LEGPRESS_DEBUG", raising=False)
    monkeypatch.setattr(leaving, "_run", run)
    return leaving.guarded()


def test_a_defect_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    assert _ending(monkeypatch, KeyError("two\nlines")) == 1
    told = capsys.readouterr().err
    assert told.startswith("legpress: unexpected KeyError: ")
    assert "LEGPRESS_DEBUG=1" in told
    assert told.count("\n") == 1


def test_what_cannot_be_reached_has_its_own_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    assert _ending(monkeypatch, UnreachableError("no sensor in reach")) == 3
    assert capsys.readouterr().err == "legpress: no sensor in reach\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is full")
@pytest.mark.parametrize("asked", ["--help", "schema", "history"])
def test_output_that_finds_no_room_is_no_defect(asked: str):
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [*COMMAND, asked], stdout=full, stderr=subprocess.PIPE, env=ENVIRONMENT, check=False
        )
    told = ended.stderr.decode()
    assert ended.returncode == 2
    assert told == "legpress: standard output: cannot be written: No space left on device\n"


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs a shell that closes an output")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_who_starts_it_without_an_output_hears_nothing_and_spoils_nothing(
    tmp_path: Path, closed: str
):
    demo = ("demo", "--no-broker", "--speed", "max", "--signals", str(tmp_path / "signals.csv"))
    line = f"exec {shlex.join([*COMMAND, *demo, '--events', '-'])} {closed}"
    ended = subprocess.run(["sh", "-c", line], capture_output=True, env=ENVIRONMENT, check=False)  # noqa: S607 - POSIX has one
    assert ended.returncode == 0
    assert b"defect" not in ended.stderr
    written = (tmp_path / "signals.csv").read_text()
    assert written.startswith("time_s,")
    assert "{" not in written


def test_a_developer_can_ask_for_the_trace(monkeypatch: pytest.MonkeyPatch):
    def run() -> int:
        raise KeyError

    monkeypatch.setenv("LEGPRESS_DEBUG", "1")
    monkeypatch.setattr(leaving, "_run", run)
    with pytest.raises(KeyError):
        leaving.guarded()
