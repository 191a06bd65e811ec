"""However a command ends: one line on stderr that says why, and the exit status.

0    done
1    a defect of the program; LEGPRESS_DEBUG=1 shows where
2    what the user gave cannot be used
3    the sensor or the broker could not be reached
130  interrupted
"""

import errno
import io
import logging
import os
import sys
import warnings

import typer

from monitor.cli.commands import app
from monitor.cli.lines import Lines, say
from monitor.errors import LegpressError

INTERRUPTED = 130
USAGE = 2
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
DEFECT = 1
_REPORT = (
    "this is a defect of the program: please run it again with LEGPRESS_DEBUG=1 set "
    "and report what it prints"
)


def guarded() -> int:
    """Run the command line; whatever happens ends in an exit status and at most one line."""
    debugging = bool(os.environ.get("LEGPRESS_DEBUG"))
    _listen_to_the_log(debugging=debugging)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without ° or ² ends nothing
    try:
        status = _run()
        sys.stdout.flush()
    except LegpressError as error:
        say(str(error))
        return error.exit_status
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        _leave_stdout()
        return 0
    except Exception as error:  # the last resort: never a traceback
        if debugging:
            raise
        if isinstance(error, OSError) and error.errno in _FULL and error.filename is None:
            say(f"standard output: cannot be written: {error.strerror}")
            _leave_stdout()
            return USAGE
        say(f"unexpected {type(error).__name__}: {error}; {_REPORT}")
        return DEFECT
    if status == INTERRUPTED:
        say("interrupted; what was written until now is whole")
    return status


def _leave_stdout() -> None:
    """What is still buffered goes nowhere, so that nobody complains about it at the very end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run() -> int:
    try:
        status = app(standalone_mode=False)
    except typer.TyperException as error:
        command = getattr(getattr(error, "ctx", None), "command_path", "legpress")
        say(f"{error.format_message().rstrip('.')}; see {command} --help")
        return USAGE
    except SystemExit as left:  # what typer makes of a reader who has gone
        raise left.__context__ or left from None
    return status if isinstance(status, int) else 0


def _listen_to_the_log(*, debugging: bool) -> None:
    log = logging.getLogger("legpress")
    log.addHandler(Lines())
    log.propagate = False
    if debugging:
        log.setLevel(logging.DEBUG)
    else:  # what is meant for developers stays away from the user's screen
        warnings.simplefilter("ignore")
        logging.lastResort = None
