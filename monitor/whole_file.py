"""Files that are written whole or not at all, whatever happens meanwhile."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import get_ident

from monitor.errors import InputError


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """The file to write instead; it takes the place of `path` once it is complete.

    What is no plain file (a pipe, a terminal) is written to directly; a link stays one.

    Raises:
        InputError: it cannot be written.
    """
    try:
        if path.exists() and not path.is_file():
            yield path
            return
        place = path.resolve()
        part = place.with_name(f".legpress-{os.getpid()}-{get_ident()}.part")
        try:
            yield part
            with part.open("r+b") as file:
                os.fsync(file.fileno())
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from error
