"""`python -m monitor`, and the `legpress` command."""

import os
import signal
import sys
from types import FrameType

INTERRUPTED = 130
THREADS = "OPENBLAS_NUM_THREADS"
"""What numpy asks how many threads a matrix is worth. Ours are 60 by 60 at most: more than one
waits longer for the others than it works, and how sums are rounded would be the computer's."""


def main() -> None:
    """Run the command line and leave with its exit status."""
    _open_what_is_closed()
    os.environ.setdefault(THREADS, "1")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    from monitor.cli.leaving import guarded  # noqa: PLC0415 - Ctrl-C is met before the rest loads

    sys.exit(guarded())


def _open_what_is_closed() -> None:
    """Who starts us without an output has none; its number must not fall to another file."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free: this one
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - for good
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - the same
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - the same


def _leave(_number: int, _frame: FrameType | None) -> None:
    """Outside a session nothing is open that would need care."""
    os.write(2, b"legpress: interrupted\n")
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
