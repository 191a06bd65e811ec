"""How the history is laid out, and how an older file becomes one of today.

    athletes ─┬─ sessions ─┬─ sets ── advice        likely causes of a set, the likeliest first
              │            ├─ reps
              │            └─ alerts
    progress                                        view: each set beside the athlete's next one

`sets`, `reps` and `alerts` have the columns of the events of that name, event_id first; what is
said twice is there once. Deleting an athlete deletes all that hangs below. `user_version` counts
the migrations a file has gone through.

A set was followed by a better one where a larger share of its reps was clean, or the same share
with less tilt; nothing is better than all clean, so that counts as better too.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from monitor.errors import InputError

BUSY_S = 5.0
"""For how long another program may hold the file before that is told."""

FIRST = """
CREATE TABLE athletes (name TEXT PRIMARY KEY);
CREATE TABLE sessions (
    session_id TEXT PRIMARY KEY,
    athlete TEXT REFERENCES athletes ON DELETE CASCADE,
    station TEXT,
    sensor TEXT,
    calibration TEXT NOT NULL,
    started TEXT,
    ended_s REAL,
    recording TEXT
);
CREATE TABLE sets (
    event_id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE,
    time_s REAL,
    known_s REAL,
    wall_time TEXT,
    "set" INTEGER NOT NULL,
    start_s REAL,
    end_s REAL,
    reps INTEGER NOT NULL,
    clean_reps INTEGER NOT NULL,
    mean_peak_tilt_deg REAL,
    worst_peak_tilt_deg REAL,
    worst_peak_lift_mm REAL,
    tilt_trend_deg_per_rep REAL,
    concentric_slowdown_pct REAL,
    suggestion TEXT NOT NULL,
    load_kg REAL
);
CREATE TABLE advice (
    event_id TEXT NOT NULL REFERENCES sets ON DELETE CASCADE,
    rank INTEGER NOT NULL,
    session_id TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE,
    time_s REAL,
    "set" INTEGER NOT NULL,
    cause TEXT NOT NULL,
    confidence REAL,
    evidence TEXT NOT NULL,
    advice TEXT NOT NULL,
    PRIMARY KEY (event_id, rank)
);
CREATE TABLE reps (
    event_id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE,
    time_s REAL,
    known_s REAL,
    wall_time TEXT,
    "set" INTEGER NOT NULL,
    rep INTEGER NOT NULL,
    start_s REAL,
    bottom_s REAL,
    end_s REAL,
    eccentric_s REAL,
    pause_s REAL,
    concentric_s REAL,
    peak_tilt_deg REAL,
    peak_anterior_deg REAL,
    peak_lift_mm REAL,
    lift_sigma_mm REAL,
    peak_shift_deg REAL,
    tilt_onset REAL,
    unsteadiness REAL,
    clean BOOLEAN NOT NULL,
    confidence REAL
);
CREATE TABLE alerts (
    event_id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE,
    time_s REAL,
    known_s REAL,
    wall_time TEXT,
    rule TEXT NOT NULL,
    level TEXT NOT NULL,
    state TEXT NOT NULL,
    value REAL,
    sigma REAL,
    "limit" REAL,
    unit TEXT NOT NULL,
    "set" INTEGER NOT NULL,
    rep INTEGER NOT NULL,
    advice TEXT NOT NULL
);
CREATE INDEX sessions_of ON sessions (athlete, started);
CREATE INDEX sets_of ON sets (session_id, "set");
CREATE INDEX reps_of ON reps (session_id, "set", rep);
CREATE INDEX alerts_of ON alerts (session_id, time_s);
CREATE VIEW progress AS
WITH shares AS (
    SELECT sets.*, athlete, station, sensor, calibration, started,
        1.0 * clean_reps / max(reps, 1) AS clean_share,
        (SELECT cause FROM advice WHERE advice.event_id = sets.event_id
            ORDER BY rank LIMIT 1) AS likely_cause
    FROM sets JOIN sessions USING (session_id)
), pairs AS (
    SELECT *, lead(clean_share) OVER later AS next_share,
        lead(worst_peak_tilt_deg) OVER later AS next_tilt_deg
    FROM shares WINDOW later AS (
        PARTITION BY athlete, CASE WHEN athlete IS NULL THEN session_id END
        ORDER BY coalesce(started, ''), session_id, "set"
    )
)
SELECT *, CASE
    WHEN next_share IS NULL THEN NULL
    WHEN next_share = 1 OR next_share > clean_share THEN 1
    ELSE next_share = clean_share AND next_tilt_deg < worst_peak_tilt_deg
END AS next_better FROM pairs;
"""
MIGRATIONS = (FIRST,)
"""What makes version n out of version n - 1; those that were published never change."""

_REBUILD = "make it anew with legpress history --rebuild RECORDING..."


def connected(path: Path) -> sqlite3.Connection:
    """The history in a file, brought up to date; a new one where there is none.

    What is deleted is overwritten with zeros, and only the user may read the file.

    Raises:
        InputError: it is damaged, in use, by a newer program, or cannot be written.
    """
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        base = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            _prepare(base, path)
        except BaseException:
            base.close()
            raise
    return base


def _prepare(base: sqlite3.Connection, path: Path) -> None:
    (version,) = base.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise InputError(
            f"{path}: was written by a newer legpress (version {version}, this program knows up "
            f"to {len(MIGRATIONS)}); update legpress-monitor"
        )
    _write_ahead(base)
    for setting in ("synchronous=NORMAL", "secure_delete=ON", "foreign_keys=ON"):
        base.execute(f"PRAGMA {setting}")
    base.execute("PRAGMA temp_store=MEMORY")
    if version < len(MIGRATIONS):
        _migrate(base)


def _write_ahead(base: sqlite3.Connection) -> None:
    """Readers and a writer side by side; SQLite does not wait by itself where two begin this."""
    patience = time.monotonic() + BUSY_S
    while True:
        try:
            base.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if not _is_busy(error) or time.monotonic() > patience:
                raise
            time.sleep(0.02)
        else:
            return


def _is_busy(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def _migrate(base: sqlite3.Connection) -> None:
    """All or nothing, and once, even where two programs start at the same time."""
    with transaction(base):
        (version,) = base.execute("PRAGMA user_version").fetchone()
        for script in MIGRATIONS[version:]:
            for statement in script.split(";\n"):
                base.execute(statement)
        base.execute(f"PRAGMA user_version={len(MIGRATIONS)}")


@contextmanager
def transaction(base: sqlite3.Connection) -> Iterator[None]:
    """Everything inside happens, or nothing."""
    base.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        base.execute("ROLLBACK")
        raise
    base.execute("COMMIT")


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """What SQLite cannot do, in a sentence that says what to do."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if _is_busy(error):
            raise InputError(
                f"{path}: is in use by another program; tell what is missing later with "
                "legpress history --rebuild RECORDING..."
            ) from error
        if error.sqlite_errorcode == sqlite3.SQLITE_ERROR:  # no such table, no such column
            raise InputError(f"{path}: is no history; move it away, then {_REBUILD}") from error
        raise InputError(f"{path}: the history cannot be written: {error}") from error
    except sqlite3.DatabaseError as error:
        text = f"{path}: the history is damaged; move it away, then {_REBUILD}"
        raise InputError(text) from error
    except OSError as error:
        raise InputError(f"{path}: the history cannot be kept: {error.strerror}") from error
