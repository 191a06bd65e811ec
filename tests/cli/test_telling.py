"""Typing while a session runs: on a real terminal, through the program as its users run it."""

import os
import re
import signal
import struct
import subprocess
import sys
import time
from contextlib import suppress
from functools import reduce
from pathlib import Path

import pytest

from monitor.cli.hindsight import Past
from monitor.engine import Report
from monitor.events import to_json
from monitor.history import History
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
UNCALIBRATED = ("--calibration", "none", "--no-record", "--no-history")


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


LIVE = ("live", "--sensor", "simulated", "--pain", "none")


def test_a_weight_typed_between_sets_is_used_recorded_and_remembered(tmp_path: Path):
    events = tmp_path / "events.jsonl"
    with Terminal(*LIVE, "--speed", "16", "--events", str(events), data=tmp_path) as terminal:
        terminal.wait_for("calibration")
        terminal.type("120kx\x7fg\r")
        terminal.wait_for("next set: 120 kg")
        terminal.wait_for("NOTICE")
        terminal.type("290 lb low\x1b[A\r")
        terminal.wait_for("next set: 290 lb, feet low")
        assert terminal.end() == 0
        assert terminal.given_back
    (recording,) = (tmp_path / "recordings").iterdir()
    past = Past.of(recording)
    told = reduce(Report.joined, past.reports())
    live = events.read_text()
    assert live.splitlines() == [to_json(event).decode() for event in told.events]
    assert "take 107.5 kg" in live
    with History.opened(tmp_path / "history.sqlite") as history:
        before = history.table("sets")
        assert [round(one.load_kg or 0.0, 1) for one in history.sets()] == [120.0, 131.5]
        history.replace(past.given.session.session_id, told.events, recording, told.told)
        assert history.table("sets") == before


def test_who_asks_is_told_what_can_be_typed_and_ctrl_z_and_ctrl_c_still_do_what_they_do(
    tmp_path: Path,
):
    with Terminal(*LIVE, *UNCALIBRATED, data=tmp_path) as terminal:
        terminal.wait_for("Ctrl-C ends the session")
        terminal.type("?\n")
        terminal.wait_for("low, middle or high: the feet")
        terminal.type("a lot\n")
        terminal.wait_for("a lot: is no load; give a number")
        terminal.resumed()
        terminal.type("13")
        terminal.wait_for("> 13")
        assert not terminal.given_back
        terminal.type("\x03")
        assert terminal.end() == 130
        assert terminal.given_back


def test_a_terminal_that_is_not_drawn_upon_keeps_its_echo_and_is_heard(tmp_path: Path):
    with Terminal(*LIVE, *UNCALIBRATED, data=tmp_path, TERM="dumb") as terminal:
        terminal.wait_for("session  started")
        assert terminal.given_back
        terminal.type("130\n")
        terminal.wait_for("told     next set: 130 kg")


def test_a_quiet_session_leaves_the_terminal_alone(tmp_path: Path):
    quiet = (*LIVE, *UNCALIBRATED, "--quiet", "--events", "-")
    with Terminal(*quiet, data=tmp_path) as terminal:
        terminal.wait_for('"state":"started"')
        assert terminal.given_back
