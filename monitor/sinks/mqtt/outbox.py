"""Where events wait until the broker has them: on disk, and where the disk fails, in memory.

Every event is written before it is published, and removed when it is acknowledged. The order is
that in which they were said, whatever was lost in between: the connection, the program, the disk.
What cannot be written (a full disk, a folder that may not be written) waits in memory, and is
written as soon as that can be done again.
"""

import sqlite3
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from monitor.sinks.mqtt.journal import FILES, Damaged, Journal, Taken, Waiting, rescued

IN_MEMORY = 50_000
"""Events that wait where the disk fails, some 30 MB; beyond that the oldest go."""
BOUND_EVERY = 256
"""Events after which the bounds are looked at again."""


class Outbox:
    """All that waits, in order. Its methods block on the disk; `Post` calls them elsewhere.

    Attributes:
        earlier: the last place of those that an earlier program left, 0 if it left none.
        remarks: what the user should know about files that could not be used.
        trouble: why the disk cannot be written, "" while it can.
    """

    def __init__(self, folder: Path, name: str) -> None:
        """Take a file of the folder, and what nobody holds any more.

        Args:
            folder: where the files are; made if it is not there.
            name: of the station, in plain letters.
        """
        self.trouble = ""
        self.remarks: list[str] = []
        self._unwritten: dict[int, Waiting] = {}
        self._acknowledged: set[int] = set()
        self._until_bound = 0
        self._last = self._on_disk = 0
        self._journal: Journal | None = None
        files = [folder / f"outbox-{name}.{number}.sqlite" for number in range(FILES)]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._take(files)
        except OSError as error:
            self.trouble = error.strerror or str(error)
        except sqlite3.Error as error:
            self.trouble = str(error)
        self.earlier = self._last

    def __len__(self) -> int:
        return max(0, self._on_disk - len(self._acknowledged)) + len(self._unwritten)

    @property
    def in_memory(self) -> int:
        """How many of them wait in memory only."""
        return len(self._unwritten)

    def add(self, events: Sequence[tuple[str, str, bytes]]) -> list[Waiting]:
        """Keep events: (event_id, kind, payload) each; as they wait now."""
        now = time.time()
        rows = [
            Waiting(self._last + n, *event[:2], now, event[2]) for n, event in enumerate(events, 1)
        ]
        self._last += len(rows)
        self._unwritten |= {row.seq: row for row in rows}
        try:
            self._write(now)
        except sqlite3.Error as error:
            self.trouble = str(error)
        while len(self._unwritten) > IN_MEMORY:
            del self._unwritten[next(iter(self._unwritten))]
        return rows

    def after(self, place: int, limit: int) -> list[Waiting]:
        """The first events behind a place in the order, at most so many."""
        rows: list[Waiting] = []
        try:
            if self._journal is not None:
                rows = self._journal.read(place, limit + len(self._acknowledged))
        except sqlite3.Error as error:
            self.trouble = str(error)
        rows += [row for seq, row in self._unwritten.items() if seq > place]
        return [row for row in rows if row.seq not in self._acknowledged][:limit]

    def remove(self, seqs: Iterable[int]) -> None:
        """The broker has these; what the disk does not forget now it forgets the next time."""
        self._acknowledged |= {seq for seq in seqs if self._unwritten.pop(seq, None) is None}
        try:
            if self._journal is not None and self._acknowledged:
                self._on_disk -= self._journal.remove(self._acknowledged)
                self._acknowledged.clear()
        except sqlite3.Error as error:
            self.trouble = str(error)

    def close(self) -> None:
        """Let go of the file."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None

    def _write(self, now_s: float) -> None:
        if self._journal is None:
            return
        self._on_disk += self._journal.write(self._unwritten.values())
        self._until_bound -= len(self._unwritten)
        self._unwritten.clear()
        self.trouble = ""
        if self._until_bound <= 0:
            self._until_bound = BOUND_EVERY
            self._journal.bound(now_s)
            self._on_disk = self._journal.count()

    def _take(self, files: Sequence[Path]) -> None:
        """The first file that can be had is ours; what others left in the rest comes to it."""
        left: list[Waiting] = []
        for path in files:
            if self._journal is not None and not path.exists():
                continue
            try:
                journal = Journal(path)
            except Taken:
                continue
            except Damaged:
                saved = rescued(path)
                left += saved
                self.remarks.append(
                    f"{path}: is damaged and was put aside; {len(saved)} waiting events were saved"
                )
                journal = Journal(path)
            if self._journal is None:
                self._journal = journal
            else:
                self._adopt(journal)
        if self._journal is None:
            self.trouble = f"{files[0].parent}: all its outboxes are held by others"
            return
        self._last, self._on_disk = self._journal.last(), self._journal.count()
        self._keep(left)

    def _adopt(self, other: Journal) -> None:
        rows = other.read(0, IN_MEMORY)
        self._keep(rows)
        other.remove(row.seq for row in rows)
        other.close()

    def _keep(self, rows: Sequence[Waiting]) -> None:
        """Take over events of another file, with the time they were said."""
        assert self._journal is not None  # noqa: S101 - it was taken before
        last = self._journal.last()
        moved = [
            Waiting(last + number, row.event_id, row.kind, row.said_s, row.payload)
            for number, row in enumerate(rows, 1)
        ]
        self._on_disk += self._journal.write(moved)
        self._last = self._journal.last()
