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
    os.environ.setdefault(THREADS, "1")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    from monitor.cli.leaving import guarded  # noqa: PLC0415 - Ctrl-C is met before the rest loads

    sys.exit(guarded())


def _leave(_number: int, _frame: FrameType | None) -> None:
    """Outside a session nothing is open that would need care."""
    os.write(2, b"legpress: interrupted\n")
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
