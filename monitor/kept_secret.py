"""What this installation drew once and keeps to itself."""

from contextlib import suppress
from pathlib import Path


def kept_secret(path: Path, drawn: bytes) -> bytes:
    """What is kept there; what was just drawn, if there is nothing yet.

    Readable by its owner only. Where it cannot be kept, what was drawn holds for this session.
    """
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
        if not path.stat().st_size:
            path.write_bytes(drawn)
        return path.read_bytes() or drawn
    return drawn
