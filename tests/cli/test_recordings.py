"""A session is recorded, unless there is no room for it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.cli import recordings
from monitor.errors import InputError


def test_too_little_room_is_told_before_the_session_with_three_ways_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    recordings.check_room(tmp_path / "session.mcap")
    monkeypatch.setattr(recordings, "NEEDED_MB", 10**12)
    with pytest.raises(InputError, match="MB are free, a recording may need 1000000000000; make"):
        recordings.check_room(tmp_path / "session.mcap")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_has_no_room():
    with pytest.raises(InputError, match=r"session\.mcap: cannot be written: No such file"):
        recordings.check_room(Path("nowhere/session.mcap"))


def test_sessions_of_one_minute_have_names_of_their_own_to_choose_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("LEGPRESS_DATA_DIR", str(tmp_path))
    now = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)
    first, second, *_ = recordings.new_recordings("LP / 01", now)
    assert first.parent.is_dir()
    assert first.name.endswith("-lp-01.mcap")
    assert second.name == f"{first.stem}-2.mcap"
