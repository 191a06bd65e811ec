"""What waits to be published of sessions that are to be forgotten is not published any more."""

import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

from monitor.errors import InputError

_OF = "json_extract(CAST(payload AS TEXT), '$.session_id') IN ({})"


def forget(folder: Path, sessions: Collection[str]) -> int:
    """Delete the waiting events of sessions from all outboxes below a folder, from the disk too.

    Returns:
        How many there were.

    Raises:
        InputError: an outbox is in use, or cannot be written.
    """
    return sum(_forget(path, sessions) for path in sorted(folder.rglob("outbox-*.sqlite")))


def _forget(path: Path, sessions: Collection[str]) -> int:
    marks = ", ".join("?" * len(sessions))
    try:
        with closing(sqlite3.connect(path, timeout=1.0, isolation_level=None)) as box:
            box.execute("PRAGMA secure_delete=ON")
            found = box.execute(f"DELETE FROM waiting WHERE {_OF.format(marks)}", tuple(sessions))  # noqa: S608 - only marks
            if found.rowcount:
                box.execute("VACUUM")
                box.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return found.rowcount
    except sqlite3.Error as error:
        raise InputError(
            f"{path}: what waits there to be published cannot be deleted ({error}); end the "
            "session that uses it and ask once more"
        ) from error
