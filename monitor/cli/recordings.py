"""Where a live session is recorded, and whether there is room for it.

<user data>/legpress/recordings/2026-03-01-1830-lp-01.mcap
"""

import re
import shutil
from datetime import datetime
from pathlib import Path

from monitor.errors import InputError
from monitor.settings import data_folder

NEEDED_MB = 200
"""Two hours of a sensor at 100 Hz take about 60 MB; the rest is for the computer's own peace."""


def folder() -> Path:
    """Where recordings go that were given no name."""
    return data_folder() / "recordings"


def plain(sensor: str) -> str:
    """A sensor's name as part of a file's name."""
    return re.sub(r"[^a-z0-9]+", "-", sensor.lower()).strip("-")[:40] or "sensor"


def new_recordings(sensor: str, started: datetime) -> list[Path]:
    """Names for the file of a session with that sensor, the best first, in a folder that is there.

    Raises:
        InputError: the folder cannot be made.
    """
    try:
        folder().mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{folder()}: cannot be made: {error.strerror}; name a file with --record FILE.mcap"
        ) from error
    stem = f"{started.astimezone():%Y-%m-%d-%H%M}-{plain(sensor)}"
    return [folder() / f"{stem}{'' if n == 1 else f'-{n}'}.mcap" for n in range(1, 1000)]


def check_new(path: Path | None) -> None:
    """See that a file to record to is not there yet; None: it was not named.

    Raises:
        InputError: it is.
    """
    if path is not None and path.exists():
        raise InputError(f"{path}: exists already; name a new file to record to")


def check_room(path: Path) -> None:
    """See that there is room for a session.

    Raises:
        InputError: there is not.
    """
    try:
        free_mb = shutil.disk_usage(path.absolute().parent).free // 1_000_000
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from error
    if free_mb < NEEDED_MB:
        raise InputError(
            f"{path.absolute().parent}: {free_mb} MB are free, a recording may need {NEEDED_MB}; "
            "make room, record elsewhere (--record FILE.mcap), or not at all (--no-record)"
        )
