"""Today's calibration is offered where somebody can say that the sensor has not been off since."""

import io
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor import calibrations
from monitor.cli.kept_today import kept_today, wants_kept
from monitor.errors import InputError
from monitor.simulation.demo import demo
from tests.cli.terminal import Terminal

Asks = Callable[[str, str], bool]


@pytest.fixture(autouse=True)
def _own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEGPRESS_DATA_DIR", str(tmp_path))


@pytest.fixture
def asks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Asks]:
    """Whether the calibration of a sensor is wanted by who types an answer at a terminal."""
    ours, theirs = os.openpty()
    with open(theirs, "r+b", buffering=0) as terminal:  # noqa: PTH123 - it has no path
        typed, shown = io.TextIOWrapper(terminal), io.TextIOWrapper(terminal, write_through=True)

        def answered(sensor: str, answer: str) -> bool:
            monkeypatch.setattr(sys, "stdin", typed)
            monkeypatch.setattr(sys, "stdout", shown)
            os.write(ours, answer.encode())
            return wants_kept(sensor)

        yield answered
        monkeypatch.undo()
        typed.detach()
        shown.detach()
    os.close(ours)


def kept(sensor: str = "LP-01", *, days_ago: int = 0) -> None:
    made = (datetime.now().astimezone() - timedelta(days=days_ago)).isoformat()
    calibrations.keep(replace(demo().calibration, sensor=sensor, made=made))


@pytest.mark.parametrize(
    ("answer", "wanted"), [("y", True), ("Yes", True), ("", False), ("n", False), ("yep?", False)]
)
def test_only_a_plain_yes_takes_it(answer: str, asks: Asks, *, wanted: bool):
    kept()
    assert asks("lp-01", f"{answer}\n") is wanted


def test_nobody_is_asked_for_one_of_another_day_or_of_another_sensor(asks: Asks):
    kept(days_ago=1)
    kept("LP-02")
    assert not asks("LP-01", "y\n")
    assert sys.stdin.readline() == "y\n"  # nobody has read the answer


def test_nobody_is_asked_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch):
    kept()
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert not wants_kept("LP-01")
    assert kept_today("LP-01").sensor == "LP-01"


def test_one_of_another_day_is_not_taken_even_if_it_is_named():
    kept(days_ago=1)
    with pytest.raises(InputError, match="a strap sits differently each day; leave it out"):
        kept_today("LP-01")


def test_who_says_yes_trains_at_once_without_the_guide(tmp_path: Path):
    kept("simulated")
    live = ("live", "--sensor", "simulated", "--no-record", "--no-history", "--pain", "none")
    with Terminal(*live, data=tmp_path, TERM="dumb") as terminal:
        terminal.wait_for("Then take that one: y. Else Enter: ")
        terminal.type("y\n")
        terminal.wait_for("session  started  sensor simulated  calibration")
        terminal.type("\x03")
        assert terminal.end() == 130
        assert "stand" not in terminal.shown.lower()
