"""What the program says beside its results: single lines on stderr, `legpress: ...`."""

import logging
import sys
from contextlib import suppress


def say(text: str) -> None:
    """One line for the user, whatever is in the text."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    with suppress(OSError, ValueError):  # nobody listens
        print(f"legpress: {line}", file=sys.stderr, flush=True)


class Lines(logging.Handler):
    """Says what is logged."""

    def emit(self, record: logging.LogRecord) -> None:
        """Take one record of the log."""
        say(self.format(record))
