"""The program on a real terminal, as its users run it."""

import os
import re
import signal
import struct
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.legpress import ENVIRONMENT

if sys.platform == "win32":
    pytest.skip("Windows has no such terminals", allow_module_level=True)

import fcntl
import termios

_IN_FRONT = (
    "import fcntl, os, runpy, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "sys.argv[0] = 'legpress'; runpy.run_module('monitor', run_name='__main__')"
)
"""The program as the one the terminal listens to, as a shell would start it."""
_STYLE = re.compile(r"\x1b\[[0-9;]*m")


class Terminal:
    """A terminal with the program in it.

    Attributes:
        shown: all that was written on it.
    """

    def __init__(self, *arguments: str, data: Path, **environment: str) -> None:
        self._ours, self._theirs = os.openpty()
        fcntl.ioctl(self._theirs, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))
        self._before = termios.tcgetattr(self._theirs)
        own = {"TERM": "xterm-256color", "LEGPRESS_DATA_DIR": str(data), **environment}
        self.program = subprocess.Popen(
            [sys.executable, "-c", _IN_FRONT, *arguments],
            stdin=self._theirs,
            stdout=self._theirs,
            stderr=self._theirs,
            start_new_session=True,
            env=ENVIRONMENT | own,
        )
        self.shown = ""

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        self.program.kill()
        self.program.wait()
        os.close(self._ours)
        os.close(self._theirs)

    def wait_for(self, words: str) -> None:
        """Until they are shown, once more than before."""
        begin, until = len(self.shown), time.monotonic() + 60.0
        os.set_blocking(self._ours, False)
        while words not in _STYLE.sub("", self.shown[begin:]):
            assert time.monotonic() < until, f"never shown: {words}\n{self.shown[-3000:]}"
            self._read()
            time.sleep(0.005)

    def type(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def end(self) -> int:
        """The exit status, once it ends by itself."""
        os.set_blocking(self._ours, False)
        while self.program.poll() is None:
            self._read()
            time.sleep(0.005)
        self._read()
        return self.program.returncode

    def resumed(self) -> None:
        """As after Ctrl-Z and fg: the shell has set the terminal its own way meanwhile."""
        termios.tcsetattr(self._theirs, termios.TCSANOW, self._before)
        self.program.send_signal(signal.SIGCONT)

    @property
    def given_back(self) -> bool:
        """Whether it is as it was before."""
        return termios.tcgetattr(self._theirs) == self._before

    def _read(self) -> None:
        with suppress(BlockingIOError):
            self.shown += os.read(self._ours, 65536).decode("utf-8", "replace")
