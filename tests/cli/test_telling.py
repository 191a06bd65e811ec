"""Typing while a session runs: on a real terminal, through the program as its users run it."""

from functools import reduce
from pathlib import Path

from monitor.cli.hindsight import Past
from monitor.engine import Report
from monitor.events import to_json
from monitor.history import History
from tests.cli.terminal import Terminal

LIVE = ("live", "--sensor", "simulated", "--pain", "none")
UNCALIBRATED = ("--calibration", "none", "--no-record", "--no-history")


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
        terminal.wait_for("low, middle or high: feet")
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


def test_the_tilts_can_be_left_out_and_made_up_for_in_the_session(tmp_path: Path):
    events = tmp_path / "events.jsonl"
    fast = (*LIVE, "--speed", "4", "--no-history", "--events", str(events))
    with Terminal(*fast, data=tmp_path) as terminal:
        terminal.wait_for("Stand upright")
        terminal.type("skip\rback\rcalibrate\r")
        terminal.wait_for("you are calibrating")
        terminal.wait_for("type skip, and Enter: no tilts")
        terminal.type("skip\r")
        terminal.wait_for("PELVIC TILT")
        terminal.type("back\r")
        terminal.wait_for("you are not calibrating")
        terminal.type("Calibrate\r")
        terminal.wait_for("type back, and Enter: all as it was")
        terminal.type("back\r")
        terminal.wait_for("PELVIC TILT")
        terminal.type("\x03")
        assert terminal.end() == 130
    (recording,) = (tmp_path / "recordings").iterdir()
    told = reduce(Report.joined, Past.of(recording).reports())
    live = events.read_text()
    assert live.splitlines() == [to_json(event).decode() for event in told.events]
    assert "calibration stale" in live


def test_who_began_without_a_calibration_makes_one_in_the_session(tmp_path: Path):
    plain = (*LIVE, "--calibration", "none", "--no-history", "--speed", "16")
    with Terminal(*plain, data=tmp_path, TERM="dumb") as terminal:
        terminal.wait_for("session  started")
        terminal.type("calibrate\n")
        terminal.wait_for("calibrating anew")
        terminal.wait_for("Stand upright")
        terminal.wait_for("Done.")
        terminal.wait_for("set 1 rep 5")
        assert terminal.end() == 0
