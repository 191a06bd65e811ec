import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import InputError
from monitor.events import AlertEvent, CauseEstimate, Event, RepEvent, SetEvent
from monitor.history import History, schema
from tests.history.told import FOLDER, Visit, one_set, said

TABLES = ("athletes", "sessions", "sets", "reps", "alerts", "advice")
DEMO = said("simulated_demo")
HOSTILE = (
    "Robert'); DROP TABLE athletes;--",
    "<script>alert(1)</script>",
    "\u202e evil",
    "",
    " ",
    "a\0b",
)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with History.opened(tmp_path / "history.sqlite") as opened:
        yield opened


def _contents(history: History) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables."""
    with sqlite3.connect(history.path) as base:
        return {name: sorted(base.execute(f"SELECT * FROM {name}"), key=repr) for name in TABLES}  # noqa: S608


def _on_disk(history: History) -> bytes:
    """Every byte of the history and of what SQLite keeps beside it."""
    return b"".join(path.read_bytes() for path in history.path.parent.glob(f"{history.path.name}*"))


def test_every_set_rep_and_alert_is_a_row_with_the_events_own_fields(history: History):
    history.add(DEMO)
    for kind, table in ((SetEvent, "sets"), (RepEvent, "reps"), (AlertEvent, "alerts")):
        names, _, rows = history.table(table)
        found = {dict(zip(names, row, strict=True))["event_id"]: row for row in rows}
        events = [event for event in DEMO if isinstance(event, kind)]
        assert len(found) == len(events) > 0
        for event in events:
            row = dict(zip(names, found[event.event_id], strict=True))
            own = msgspec.structs.asdict(event)
            own.pop("causes", None)
            assert {name: row[name] for name in own} == own


@settings(max_examples=12)
@given(cuts=st.lists(st.integers(0, len(DEMO)), max_size=6))
def test_what_is_told_twice_or_in_pieces_is_remembered_once(
    cuts: list[int], tmp_path_factory: pytest.TempPathFactory
):
    folder = tmp_path_factory.mktemp("history")
    with History.opened(folder / "once.sqlite") as once:
        once.add(DEMO)
    with History.opened(folder / "often.sqlite") as often:
        for end in (*sorted(cuts), len(DEMO)):
            often.add(DEMO[:1])
            often.add(DEMO[max(0, end - 20) : end])
            often.add(DEMO[:end])
    assert _contents(often) == _contents(once)


def test_a_set_told_anew_with_fewer_causes_keeps_none_of_the_old_ones(history: History):
    causes = tuple(
        CauseEstimate(cause=cause, confidence=0.5, evidence="seen", advice="brace")
        for cause in ("weak_brace", "too_heavy")
    )
    events = [
        msgspec.structs.replace(e, causes=causes) if isinstance(e, SetEvent) else e for e in DEMO
    ]
    history.add(events)
    assert len(history.table("advice")[2]) == 4
    assert {one.likely_cause for one in history.sets()} == {"weak_brace"}
    history.add(
        [
            msgspec.structs.replace(e, causes=e.causes[1:]) if isinstance(e, SetEvent) else e
            for e in events
        ]
    )
    assert len(history.table("advice")[2]) == 2
    assert {one.likely_cause for one in history.sets()} == {"too_heavy"}


@pytest.mark.parametrize(
    ("later_clean", "later_worst", "better"),
    [(7, 9.0, 1), (5, 9.0, 1), (5, 11.0, 0), (4, 3.0, 0), (10, 30.0, 1)],
)
def test_advice_is_followed_by_a_better_set_where_more_is_clean_or_tilt_is_less(
    history: History, later_clean: int, later_worst: float, better: int
):
    history.add(one_set("day-2", later_clean, later_worst))
    history.add(one_set("day-1", 5, 10.0))
    history.add(one_set("day-3", 10, 1.0, athlete="Ben"))
    assert [one.next_better for one in history.sets("Anna")] == [better, None]


def test_sets_of_nobody_in_particular_are_not_compared_across_sessions(history: History):
    for name in ("first", "second"):
        history.add(Visit(name, None).events())
    assert [one.next_better for one in history.sets()] == [1, None, 1, None]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_kept_as_it_is_whatever_it_holds(history: History, name: str):
    history.add(Visit("s1", name).events())
    assert history.athletes() == [name]
    assert len(history.sets(name)) == 2
    assert history.forget(name)
    assert history.athletes() == []


def test_a_forgotten_athlete_leaves_no_byte_behind(history: History):
    history.add(Visit("session-of-zebulon", "Zebulon").events(), FOLDER / "zebulon.mcap")
    history.add(Visit("session-of-anna", "Anna").events())
    assert b"Zebulon" in _on_disk(history)
    assert history.forget("Zebulon")
    left = _on_disk(history)
    assert b"ebulon" not in left
    assert b"session-of-anna" in left
    assert len(history.sets("Anna")) == 2


def test_forgetting_a_stranger_says_so(history: History):
    assert not history.forget("nobody")


def test_what_cannot_be_wiped_while_another_program_reads_is_told(
    history: History, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(schema, "BUSY_S", 0.05)
    history.add(Visit("s1", "Anna").events())
    reader = sqlite3.connect(history.path)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM reps").fetchone()
    with (
        History.opened(history.path) as impatient,
        pytest.raises(InputError, match="another program"),
    ):
        impatient.forget("Anna")
    reader.close()
    history.forget("Anna")
    assert b"Anna" not in _on_disk(history)


def test_an_athlete_who_was_misnamed_is_known_by_the_new_name_only(history: History):
    history.add(Visit("s1", "Ana").events())
    history.add(Visit("s1", "Anna").events())
    assert history.athletes() == ["Anna"]


def test_a_session_told_anew_replaces_the_old_one_whole(history: History):
    history.add(Visit("s1", "Anna").events())
    history.add(Visit("s2", "Ben").events())
    fewer: list[Event] = [e for e in Visit("s1", "Anna").events() if not isinstance(e, RepEvent)]
    history.replace("s1", fewer, FOLDER / "x.mcap")
    ids = {row[history.table("reps")[0].index("session_id")] for row in history.table("reps")[2]}
    assert ids == {"s2"}
    assert len(history.sets("Anna")) == 2


def test_the_last_sets_are_the_last_ones(history: History):
    for day in (3, 1, 2):
        history.add(one_set(f"day-{day}", day, 5.0))
    assert [one.clean_reps for one in history.sets("Anna", last=2)] == [2, 3]


def test_a_history_of_a_newer_program_is_left_alone(tmp_path: Path):
    path = tmp_path / "history.sqlite"
    with sqlite3.connect(path) as base:
        base.execute("PRAGMA user_version=99")
    before = path.read_bytes()
    with pytest.raises(InputError, match="newer legpress"):
        History.opened(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"no database at all " * 100, b"SQLite format 3\0" + b"x" * 4])
def test_a_damaged_history_is_refused_in_a_sentence_and_left_alone(tmp_path: Path, content: bytes):
    path = tmp_path / "history.sqlite"
    path.write_bytes(content)
    with pytest.raises(InputError, match="--rebuild"):
        History.opened(path)
    assert path.read_bytes() == content


def test_somebody_elses_database_is_refused_in_a_sentence(tmp_path: Path):
    path = tmp_path / "history.sqlite"
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE birds (name)")
        base.execute(f"PRAGMA user_version={len(schema.MIGRATIONS)}")
    with History.opened(path) as history, pytest.raises(InputError, match="no history"):
        history.add(DEMO)


def test_a_history_that_another_program_writes_to_is_refused_in_a_sentence(
    history: History, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(schema, "BUSY_S", 0.05)
    other = sqlite3.connect(history.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with (
        History.opened(history.path) as patient,
        pytest.raises(InputError, match="in use by another program"),
    ):
        patient.add(DEMO)
    other.close()


def test_athletes_side_by_side_are_all_remembered_in_a_history_that_is_not_there_yet(
    tmp_path: Path,
):
    def attend(name: str) -> None:
        start.wait()
        with History.opened(tmp_path / "history.sqlite") as own:
            own.add(Visit(f"session of {name}", name).events())

    names = ["Anna", "Ben", "Cleo", "Dora"]
    start = threading.Barrier(len(names))
    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(attend, names))
    with History.opened(tmp_path / "history.sqlite") as history:
        assert history.athletes() == names
        assert len(history.sets()) == 8


def test_only_its_owner_may_read_the_history(history: History):
    assert history.path.stat().st_mode & 0o077 == 0


def test_half_a_session_is_not_remembered_where_a_part_of_it_fails(history: History):
    unknown = msgspec.structs.replace(DEMO[-2], session_id="never started")
    with pytest.raises(InputError):
        history.add([*DEMO, unknown])
    assert history.sets() == []
