"""Events in, rows out: the history of all athletes on this computer.

    history = History.opened()
    history.add(report.events, recording)       # as often as one likes: the same event is one row
    history.sets("A7", last=10)
    history.forget("A7")

`LEGPRESS_DATA_DIR` names another folder than the platform's.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import Any, assert_never

import msgspec

from monitor.errors import InputError
from monitor.events import (
    AlertEvent,
    Event,
    LinkEvent,
    QualityEvent,
    RepEvent,
    SessionEvent,
    SetEvent,
)
from monitor.history.schema import connected, explained, transaction
from monitor.settings import Coaching, data_folder

_IN_ORDER = "ORDER BY coalesce(started, ''), session_id"


@dataclass(frozen=True, slots=True)
class PastSet:
    """A set of the past, as `history` shows it; the names are those of the events.

    Attributes:
        started: of its session, RFC 3339 UTC, None where that is not known.
        load_kg: the weight on the sled, kg, None where not told.
        likely_cause: the likeliest cause of what went wrong, None if none was found.
        next_better: whether the athlete's next set was better (1, 0), None if there is none.
    """

    athlete: str | None
    session_id: str
    started: str | None
    wall_time: str | None
    set: int
    reps: int
    clean_reps: int
    clean_share: float
    mean_peak_tilt_deg: float
    worst_peak_tilt_deg: float
    worst_peak_lift_mm: float | None
    tilt_trend_deg_per_rep: float | None
    likely_cause: str | None
    suggestion: str
    load_kg: float | None
    next_better: int | None


@dataclass(frozen=True, slots=True)
class PastSession:
    """A session of the past and where its recording was."""

    session_id: str
    athlete: str | None
    started: str | None
    recording: str | None


def history_path() -> Path:
    """Where the history is kept; it need not be there yet."""
    return data_folder() / "history.sqlite"


class History:
    """An open history; close it, or use it as a context.

    Args:
        path: the file.
        base: the connection to it.
    """

    def __init__(self, path: Path, base: sqlite3.Connection) -> None:
        self.path = path
        self._base = base

    @classmethod
    def opened(cls, path: Path | None = None) -> "History":
        """The history in a file (None: where it is kept), a new one where there is none.

        Raises:
            InputError: it cannot be used; the text says what to do.
        """
        path = path or history_path()
        return cls(path, connected(path))

    def __enter__(self) -> "History":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()

    def add(
        self,
        events: Iterable[Event],
        recording: Path | None = None,
        told: Mapping[str, Coaching] | None = None,
    ) -> None:
        """Remember what was said; an event that is known already is told anew, not twice.

        Args:
            events: of sessions whose start is among them or was added before.
            recording: where their session is recorded.
            told: what the athlete had told of the sets (`Report.told`).
        """
        with explained(self.path), transaction(self._base):
            self._add(events, recording, told or {})

    def replace(
        self,
        session_id: str,
        events: Iterable[Event],
        recording: Path,
        told: Mapping[str, Coaching] | None = None,
    ) -> None:
        """Forget a session, then remember it as it is told now; both or neither."""
        with explained(self.path), transaction(self._base):
            self._base.execute("DELETE FROM sessions WHERE session_id = ?", (session_id,))
            self._add(events, recording, told or {})
            self._drop_idle_athletes()

    def sets(self, athlete: str | None = None, last: int | None = None) -> list[PastSet]:
        """Sets in the order they were done, of one athlete or of all; the last ones."""
        columns = ", ".join(f'"{field.name}"' for field in fields(PastSet))
        rows = self._rows(
            f"SELECT {columns} FROM progress WHERE ?1 IS NULL OR athlete = ?1 "  # noqa: S608 - own names
            """ORDER BY coalesce(started, ''), session_id, "set" """,
            (athlete,),
        )
        return [PastSet(*row) for row in rows][-(last or len(rows) or 1) :]

    def athletes(self) -> list[str]:
        """All who are known by name."""
        return [name for (name,) in self._rows("SELECT name FROM athletes ORDER BY name", ())]

    def session(self, session_id: str) -> PastSession | None:
        """One session, None if it is not known."""
        found = self._sessions("session_id = ?", session_id)
        return found[0] if found else None

    def sessions_of(self, athlete: str) -> list[PastSession]:
        """All sessions of an athlete."""
        return self._sessions("athlete = ?", athlete)

    def table(self, name: str) -> tuple[list[str], list[str], list[tuple[Any, ...]]]:
        """A whole table with who and when: its columns, their declared types, its rows."""
        own = [(row[1], row[2]) for row in self._rows(f"PRAGMA table_info({name})", ())]
        who = [("athlete", "TEXT"), ("station", "TEXT"), ("started", "TEXT")]
        after = [("likely_cause", "TEXT"), ("next_better", "BOOLEAN")] if name == "sets" else []
        names, kinds = map(list, zip(*who, *own, *after, strict=True))
        columns = ", ".join(f'"{column}"' for column in names)
        source = "progress" if name == "sets" else f"{name} JOIN sessions USING (session_id)"
        rows = self._rows(f"SELECT {columns} FROM {source} {_IN_ORDER}, time_s, event_id", ())  # noqa: S608 - own names
        return names, kinds, rows

    def forget(self, athlete: str) -> bool:
        """Delete an athlete with all that is known of him, from the disk too.

        Returns:
            Whether he was known.
        """
        with explained(self.path):
            with transaction(self._base):
                found = self._base.execute("DELETE FROM athletes WHERE name = ?", (athlete,))
            self._base.execute("VACUUM")  # writes the whole file anew, without what is deleted
            (busy, *_) = self._base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise InputError(
                f"{self.path}: deleted, but another program still reads it and holds back the "
                "last traces; end that one and ask once more"
            )
        return found.rowcount > 0

    def _sessions(self, where: str, value: str) -> list[PastSession]:
        columns = ", ".join(field.name for field in fields(PastSession))
        rows = self._rows(f"SELECT {columns} FROM sessions WHERE {where} {_IN_ORDER}", (value,))  # noqa: S608 - own names
        return [PastSession(*row) for row in rows]

    def _rows(self, query: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with explained(self.path):
            return self._base.execute(query, values).fetchall()

    def _add(
        self, events: Iterable[Event], recording: Path | None, told: Mapping[str, Coaching]
    ) -> None:
        for event in events:
            match event:
                case SessionEvent():
                    self._session(event, recording)
                case SetEvent():
                    self._set(event, told.get(event.event_id, Coaching()).load_kg)
                case RepEvent():
                    self._put("reps", msgspec.structs.asdict(event))
                case AlertEvent():
                    self._put("alerts", msgspec.structs.asdict(event))
                case LinkEvent() | QualityEvent():
                    pass  # the radio's troubles are the recording's; a history is of athletes
                case _:
                    assert_never(event)

    def _session(self, event: SessionEvent, recording: Path | None) -> None:
        if event.athlete is not None:
            self._base.execute("INSERT OR IGNORE INTO athletes VALUES (?)", (event.athlete,))
        row: dict[str, Any] = {
            "session_id": event.session_id,
            "athlete": event.athlete,
            "station": event.station,
            "sensor": event.sensor,
            "calibration": event.calibration,
        }
        if event.state == "started":
            row["started"] = event.wall_time
        else:
            row["ended_s"] = event.time_s
        if recording is not None:
            row["recording"] = str(recording.resolve())
        self._put("sessions", row)
        self._drop_idle_athletes()

    def _set(self, event: SetEvent, load_kg: float | None) -> None:
        row = msgspec.structs.asdict(event) | {"load_kg": load_kg}
        row.pop("causes")
        self._put("sets", row)
        self._base.execute("DELETE FROM advice WHERE event_id = ?", (event.event_id,))
        for rank, cause in enumerate(event.causes, start=1):
            own = {name: row[name] for name in ("event_id", "session_id", "time_s", "set")}
            own["rank"] = rank
            self._put("advice", own | msgspec.structs.asdict(cause))

    def _put(self, table: str, row: dict[str, Any]) -> None:
        """A new row, or new values of the one that is there."""
        names = [f'"{name}"' for name in row]
        keys = ["event_id", "rank"] if table == "advice" else names[:1]
        news = ", ".join(f"{name} = excluded.{name}" for name in names)
        self._base.execute(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(row))}) "  # noqa: S608 - own names
            f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {news}",
            tuple(row.values()),
        )

    def _drop_idle_athletes(self) -> None:
        """Who has no session any more, as he was called something else before, is not known."""
        self._base.execute(
            "DELETE FROM athletes WHERE name NOT IN "
            "(SELECT athlete FROM sessions WHERE athlete IS NOT NULL)"
        )
