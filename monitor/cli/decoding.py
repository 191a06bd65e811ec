"""`legpress decode`: what is in a sensor's notifications."""

import json
from collections.abc import Mapping, Sequence

from monitor.cli.lines import say
from monitor.errors import InputError
from monitor.wire.hex_text import decode_hex


def show(family: str, notifications: Sequence[str], options: Mapping[str, float | None]) -> int:
    """Print one JSON object per sample and say what could not be decoded.

    Returns:
        The exit status: 2 if nothing could be decoded.
    """
    rows, problems = decode_hex(family, notifications, options)
    for row in rows:
        print(json.dumps(row))
    for problem in problems:
        say(problem)
    return 0 if rows else InputError.exit_status
