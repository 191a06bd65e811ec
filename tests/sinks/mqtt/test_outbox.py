"""Events that wait survive the program, the disk and one another."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.sinks.mqtt import journal
from monitor.sinks.mqtt.journal import LONGEST_S, Journal, Waiting
from monitor.sinks.mqtt.outbox import Outbox


def _events(*numbers: int, kind: str = "event/alert") -> list[tuple[str, str, bytes]]:
    return [(f"s-{number}", kind, b'{"n":%d}' % number) for number in numbers]


def _waiting(box: Outbox) -> list[str]:
    rows: list[Waiting] = []
    while found := box.after(rows[-1].seq if rows else 0, 7):
        rows += found
    return [row.event_id for row in rows]


def _left(folder: Path) -> list[str]:
    box = Outbox(folder, "sled")
    try:
        return _waiting(box)
    finally:
        box.close()


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(1, 12)),
        st.tuples(st.just("acknowledge"), st.integers(1, 12)),
        st.just(("end and begin again", 0)),
        st.just(("disk full", 0)),
        st.just(("disk empty", 0)),
    ),
    max_size=25,
)


@settings(max_examples=40)
@given(ACTS)
def test_what_was_said_and_not_acknowledged_waits_in_order(tmp_path_factory, acts):  # noqa: ANN001 - Hypothesis
    folder = tmp_path_factory.mktemp("outbox")
    box, wanted, number = Outbox(folder, "sled"), [], 0
    for act, amount in acts:
        match act:
            case "add":
                new = list(range(number, number + amount))
                number += amount
                box.add(_events(*new))
                wanted += [f"s-{one}" for one in new]
            case "acknowledge":
                rows = box.after(0, amount)
                box.remove([row.seq for row in rows])
                wanted = wanted[len(rows) :]
            case "disk full":
                _full(box, pages=1)
            case "disk empty":
                _full(box, pages=1_000_000)
            case _:
                _full(box, pages=1_000_000)
                box.add([])
                box.remove([])
                box.close()
                box = Outbox(folder, "sled")
        assert _waiting(box) == wanted
        assert len(box) == len(wanted)
    box.close()


def _full(box: Outbox, pages: int) -> None:
    """SQLite meets the end of the disk after so many pages, as it would meet the real one."""
    assert box._journal is not None
    box._journal._file.execute(f"PRAGMA max_page_count={pages}")


def test_on_a_full_disk_events_wait_in_memory_and_go_to_disk_when_there_is_room(tmp_path: Path):
    box = Outbox(tmp_path, "sled")
    _full(box, pages=1)
    box.add([(f"s-{one}", "event/alert", b"x" * 4000) for one in range(20)])
    assert "full" in box.trouble
    assert len(_waiting(box)) == 20
    _full(box, pages=1_000_000)
    box.add(_events(20))
    assert box.trouble == ""
    box.close()
    assert len(_left(tmp_path)) == 21


def test_two_programs_have_two_files_and_the_next_finds_what_both_left(tmp_path: Path):
    one, other = Outbox(tmp_path, "sled"), Outbox(tmp_path, "sled")
    one.add(_events(1, 2))
    other.add(_events(3, 4))
    assert _waiting(one) == ["s-1", "s-2"]
    one.close()
    other.close()
    assert _left(tmp_path) == ["s-1", "s-2", "s-3", "s-4"]
    assert _left(tmp_path) == ["s-1", "s-2", "s-3", "s-4"]  # once


def test_a_file_that_another_program_locks_is_left_alone(tmp_path: Path):
    box = Outbox(tmp_path, "sled")
    box.add(_events(1))
    box.close()
    foreign = sqlite3.connect(tmp_path / "outbox-sled.0.sqlite", isolation_level=None)
    foreign.execute("BEGIN EXCLUSIVE")
    box = Outbox(tmp_path, "sled")
    box.add(_events(2))
    assert (box.trouble, _waiting(box)) == ("", ["s-2"])
    box.close()
    foreign.close()
    assert _left(tmp_path) == ["s-1", "s-2"]


@pytest.mark.parametrize("damage", ["nonsense", "torn in the middle", "torn log", "empty"])
def test_a_damaged_file_ends_nothing_and_loses_only_what_was_damaged(tmp_path: Path, damage: str):
    path = tmp_path / "outbox-sled.0.sqlite"
    box = Outbox(tmp_path, "sled")
    box.add([(f"s-{one}", "event/alert", b"{%d}" % one * 300) for one in range(100)])
    if damage == "torn log":  # as a power cut leaves it
        log = path.with_name(path.name + "-wal")
        content, data = path.read_bytes(), log.read_bytes()
        box.close()
        path.write_bytes(content)
        log.write_bytes(data[: len(data) * 2 // 3] + bytes(512))
    else:
        box.close()
        data = path.read_bytes()
        half = data[: len(data) // 2]
        torn = {"nonsense": b"no database" * 99, "torn in the middle": half, "empty": b""}
        path.write_bytes(torn[damage])
    box = Outbox(tmp_path, "sled")
    saved = _waiting(box)
    assert saved == [f"s-{one}" for one in range(len(saved))]
    box.add(_events(100, 101))
    assert _waiting(box) == [*saved, "s-100", "s-101"]
    assert box.trouble == ""
    if damage in {"nonsense", "torn in the middle"}:
        assert "was put aside" in box.remarks[0]
        assert path.with_suffix(".damaged").exists()
    box.close()


def test_a_folder_that_cannot_be_written_leaves_the_memory(tmp_path: Path):
    (tmp_path / "file").write_text("here")
    box = Outbox(tmp_path / "file", "sled")
    box.add(_events(1, 2, 3))
    assert box.trouble
    assert _waiting(box) == ["s-1", "s-2", "s-3"]
    box.remove([2])
    assert _waiting(box) == ["s-1", "s-3"]
    box.close()


def test_an_event_waits_a_week_and_data_quality_goes_first_where_it_is_too_much(tmp_path: Path):
    file = Journal(tmp_path / "journal", largest=30_000)
    now = time.time()
    kinds = ["event/quality", "event/rep"]
    file.write(
        Waiting(one, f"s-{one}", kinds[one % 2], now - LONGEST_S + 100 * one - 550, b"x" * 100)
        for one in range(1, 1001)
    )
    file.bound(now)
    left = file.read(0, 2000)
    assert left[0].event_id == "s-7"  # six had waited for more than a week
    reps = [row for row in left if row.kind == "event/rep"]
    assert len(reps) == 497  # they stay, however much there is
    assert not [row for row in left if row.kind == "event/quality"]
    file.close()


def test_the_same_event_said_twice_waits_once(tmp_path: Path):
    box = Outbox(tmp_path, "sled")
    box.add(_events(1, 2))
    box.add(_events(2, 3))
    assert _waiting(box) == ["s-1", "s-2", "s-3"]
    assert len(box) == 3
    box.remove(range(1, 5))  # one of these places was never taken
    assert len(box) == 0
    box.close()


def test_a_program_killed_while_it_writes_leaves_all_that_it_had_written(tmp_path: Path):
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from monitor.sinks.mqtt.outbox import Outbox\n"
        "box = Outbox(Path(sys.argv[1]), 'sled')\n"
        "for n in range(10**6):\n"
        "    box.add([(f's-{n}', 'event/alert', b'{}')])\n"
        "    print(n, flush=True)\n"
    )
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        told = -1
        while told < 50:
            told = int(process.stdout.readline())
        os.kill(process.pid, signal.SIGKILL)
        told = max([told, *map(int, process.stdout.read().split())])
        process.wait(timeout=10)
        process.stdout.close()
        assert _left(tmp_path)[: told + 1] == [f"s-{n}" for n in range(told + 1)]
        for path in tmp_path.iterdir():
            path.unlink()


def test_there_is_room_for_many_programs_and_a_word_for_one_too_many(tmp_path: Path):
    boxes = [Outbox(tmp_path, "sled") for _ in range(journal.FILES)]
    assert {box.trouble for box in boxes} == {""}
    last = Outbox(tmp_path, "sled")
    assert "held by others" in last.trouble
    last.add(_events(1))
    assert _waiting(last) == ["s-1"]
    for box in (*boxes, last):
        box.close()
