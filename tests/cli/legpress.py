"""The program as its users run it."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

COMMAND = (sys.executable, "-m", "monitor")
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "LEGPRESS_DEBUG"}
ENVIRONMENT["LEGPRESS_DATA_DIR"] = tempfile.mkdtemp(prefix="legpress-tests-")


def legpress(*arguments: str | Path, data: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run it to its end; what it keeps is kept in the folder `data`."""
    own = {} if data is None else {"LEGPRESS_DATA_DIR": str(data)}
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        env=ENVIRONMENT | own,
        timeout=120,
        check=False,
    )


def refusal(*arguments: str | Path, data: Path | None = None) -> str:
    """What it says to input it cannot use: one line, and status 2."""
    ended = legpress(*arguments, data=data)
    assert ended.returncode == 2, ended.stderr
    return only_line(ended.stderr)


def only_line(text: str) -> str:
    """The one line that was said."""
    lines: Sequence[str] = text.splitlines()
    assert len(lines) == 1, text
    assert lines[0].startswith("legpress: ")
    return lines[0].removeprefix("legpress: ")
