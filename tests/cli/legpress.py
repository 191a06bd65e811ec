"""The program as its users run it."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

COMMAND = (sys.executable, "-m", "monitor")
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "LEGPRESS_DEBUG"}


def legpress(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        env=ENVIRONMENT,
        timeout=120,
        check=False,
    )


def refusal(*arguments: str | Path) -> str:
    """What it says to input it cannot use: one line, and status 2."""
    ended = legpress(*arguments)
    assert ended.returncode == 2, ended.stderr
    return only_line(ended.stderr)


def only_line(text: str) -> str:
    """The one line that was said."""
    lines: Sequence[str] = text.splitlines()
    assert len(lines) == 1, text
    assert lines[0].startswith("legpress: ")
    return lines[0].removeprefix("legpress: ")
