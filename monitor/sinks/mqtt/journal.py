"""The events that wait, in a file: one row per event, until the broker has acknowledged it.

    outbox-<gym>-<station>-<digest>.0.sqlite     SQLite, write-ahead log
        waiting: seq, event_id (once), kind, said_s (Unix time, s), payload (JSON)

A file belongs to one program for as long as that runs: it holds SQLite's exclusive lock, which
the operating system takes back however the program ends. A second program for the same station
takes the next number. Whoever comes later empties what was left in files that nobody holds.

What was written is there after the program was killed. After a power cut the last moments may be
missing, but the file is whole: the write-ahead log is checked sum by sum.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

FILES = 16
"""How many programs may publish for one station at once."""
LONGEST_S = 7 * 86400.0
"""For so long an event waits."""
LARGEST = 64 * 2**20
"""Bytes of waiting events beyond which the oldest that matter least go."""
MATTER_LEAST = ("event/quality",)
"""What is more like telemetry than like an event."""
_TABLE = """
CREATE TABLE IF NOT EXISTS waiting (
    seq INTEGER PRIMARY KEY, event_id TEXT UNIQUE, kind TEXT, said_s REAL, payload BLOB
)
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event that waits.

    Attributes:
        seq: its place in the order.
        kind: the topic below the station's, as in "event/alert".
        said_s: when it was said, Unix time.
    """

    seq: int
    event_id: str
    kind: str
    said_s: float
    payload: bytes


class Taken(Exception):  # noqa: N818 - no error: the next file will do
    """Another program holds the file."""


class Damaged(Exception):  # noqa: N818 - no error: it is put aside
    """The file is no outbox, or no longer whole."""


class Journal:
    """One file, held by this program until it is closed.

    Raises:
        Taken: somebody else holds it.
        Damaged: it cannot be understood.
        sqlite3.Error: it cannot be used for another reason.
    """

    def __init__(self, path: Path, largest: int = LARGEST) -> None:
        self.path = path
        self._largest = largest
        self._file = sqlite3.connect(
            path, timeout=0.0, isolation_level=None, check_same_thread=False
        )
        try:
            self._take()
        except sqlite3.Error as error:
            self._file.close()
            match error.sqlite_errorcode & 0xFF:
                case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                    raise Taken(path) from error
                case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
                    raise Damaged(path) from error
            raise

    def _take(self) -> None:
        run = self._file.execute
        run("PRAGMA locking_mode=EXCLUSIVE")
        run("PRAGMA auto_vacuum=FULL")
        run("PRAGMA journal_mode=WAL")
        run("PRAGMA synchronous=NORMAL")
        run("BEGIN EXCLUSIVE")
        run(_TABLE)
        run("COMMIT")
        if run("PRAGMA quick_check").fetchone()[0] != "ok":
            raise _corrupt()

    def last(self) -> int:
        """The largest `seq` in it, 0 if it is empty."""
        return int(self._file.execute("SELECT ifnull(max(seq), 0) FROM waiting").fetchone()[0])

    def count(self) -> int:
        """How many wait."""
        return int(self._file.execute("SELECT count(*) FROM waiting").fetchone()[0])

    def write(self, rows: Iterable[Waiting]) -> int:
        """Keep them all, or none; one whose `event_id` waits already is not kept twice.

        Returns:
            How many were kept.
        """
        with self._file:
            self._file.execute("BEGIN")
            kept = self._file.executemany(
                "INSERT OR IGNORE INTO waiting VALUES (?, ?, ?, ?, ?)",
                [(row.seq, row.event_id, row.kind, row.said_s, row.payload) for row in rows],
            )
        return kept.rowcount

    def read(self, after: int, limit: int) -> list[Waiting]:
        """The first ones behind a place in the order."""
        found = self._file.execute(
            "SELECT seq, event_id, kind, said_s, payload FROM waiting "
            "WHERE seq > ? ORDER BY seq LIMIT ?",
            (after, limit),
        )
        return [Waiting(*row) for row in found]

    def remove(self, seqs: Iterable[int]) -> int:
        """Forget those that were acknowledged; how many there were."""
        with self._file:
            self._file.execute("BEGIN")
            gone = self._file.executemany(
                "DELETE FROM waiting WHERE seq = ?", [(seq,) for seq in seqs]
            )
        return gone.rowcount

    def bound(self, now_s: float) -> None:
        """Let go of what has waited too long, and of what matters least where it is too much."""
        with self._file:
            self._file.execute("BEGIN")
            self._file.execute("DELETE FROM waiting WHERE said_s < ?", (now_s - LONGEST_S,))
        for kind in MATTER_LEAST:
            while self._size() > self._largest:
                gone = self._file.execute(
                    "DELETE FROM waiting WHERE seq IN "
                    "(SELECT seq FROM waiting WHERE kind = ? ORDER BY seq LIMIT 256)",
                    (kind,),
                )
                if not gone.rowcount:
                    break

    def _size(self) -> int:
        """Bytes of the rows."""
        total = self._file.execute("SELECT ifnull(sum(length(payload) + 64), 0) FROM waiting")
        return int(total.fetchone()[0])

    def close(self) -> None:
        """Let go of the file."""
        with suppress(sqlite3.Error):
            self._file.close()


def rescued(path: Path) -> list[Waiting]:
    """What can still be read in a damaged file, which is put aside."""
    rows: list[Waiting] = []
    with suppress(sqlite3.Error):
        file = sqlite3.connect(path, timeout=0.0, isolation_level=None)
        try:
            columns = "seq, event_id, kind, said_s, payload"
            for row in file.execute(f"SELECT {columns} FROM waiting NOT INDEXED"):  # noqa: S608 - ours
                one = Waiting(*row)
                if isinstance(one.payload, bytes) and isinstance(one.event_id, str):
                    rows.append(one)
        finally:
            file.close()
    path.replace(path.with_suffix(".damaged"))
    for companion in ("-wal", "-shm"):
        path.with_name(path.name + companion).unlink(missing_ok=True)
    return rows


def _corrupt() -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError("damaged")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error
