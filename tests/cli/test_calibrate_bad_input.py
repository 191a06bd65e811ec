"""What cannot be calibrated: each fault has its own sentence, and a poor result says so."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from calibration.document import from_json
from tests.calibration.people import Actor, G
from tests.cli.legpress import legpress, refusal
from tests.cli.test_calibrate import ASKEW, Columns, table

Fault = Callable[[Columns], Columns]
UPWARD = np.array([0, 0, 25.0])
GIVEN = ("--standing", "1:9", "--neutral", "20:28")


def lain_back(seat_back: float = 45) -> Columns:
    """Stands until 10 s, lies still from 19 to 29 s."""
    return Actor(ASKEW).hold(10).walk(5).to(60).to(seat_back).hold(12).samples()


def during(start: float, end: float, acc: np.ndarray | None, gyr: float | None = None) -> Fault:
    """Replaces what is measured between two times."""

    def fault(columns: Columns) -> Columns:
        time_s, force, rate = columns
        inside = (time_s >= start) & (time_s < end)
        noise = 0.02 * np.random.default_rng(1).standard_normal(force.shape)
        if acc is not None:
            force[inside] = (acc + noise)[inside]
        if gyr is not None:
            rate[inside] = gyr
        return time_s, force, rate

    return fault


def trunk_moves(columns: Columns) -> Columns:
    time_s = columns[0]
    actor = Actor(ASKEW).hold(10).walk(5).to(60).to(45)
    while len(actor.samples()[0]) < len(time_s):
        actor.bump(bend=25, seconds=2)
    return actor.samples()


def in_degrees(columns: Columns) -> Columns:
    return columns[0], columns[1], np.degrees(columns[2])


def stuck_axis(_: Columns) -> Columns:
    time_s, acc, gyr = Actor().hold(10).walk(5).to(60).to(45).hold(12).samples()
    acc[:, 1] = 0.3
    return time_s, acc, gyr


def dead_about_one_axis(columns: Columns) -> Columns:
    columns[2][:, 1] = 0.0
    return columns


def saturated(columns: Columns) -> Columns:
    return columns[0], np.clip(columns[1], -6.0, 6.0), columns[2]


def in_g(columns: Columns) -> Columns:
    return columns[0], columns[1] / G, columns[2]


NOT_FOUND = "no stretch of lying back still after standing was found"


@pytest.mark.parametrize(
    ("fault", "said", "said_where_none_is_given"),
    [
        pytest.param(
            trunk_moves, "the athlete moved during the neutral window", NOT_FOUND, id="moved"
        ),
        pytest.param(
            during(19, 29, np.zeros(3)), "the sensor was falling", NOT_FOUND, id="free fall"
        ),
        pytest.param(during(19, 29, UPWARD), "25.0 m/s² instead of 9.8", "", id="unit"),
        pytest.param(stuck_axis, "y axis never changes: it is stuck or saturated", "", id="stuck"),
        pytest.param(during(0, 99, None, 0.0), "the gyroscope is dead", "", id="dead gyroscope"),
        pytest.param(
            dead_about_one_axis, "the gyroscope's y axis never changes", "", id="one dead"
        ),
        pytest.param(saturated, "m/s² for", "", id="saturated"),
        pytest.param(
            during(19, 29, None, 0.3), "turns at 30 °/s all the time", NOT_FOUND, id="turning"
        ),
        pytest.param(in_degrees, "looks like °/s", "", id="degrees"),
        pytest.param(in_g, "looks like g", "", id="g"),
    ],
)
@pytest.mark.parametrize("windows", [GIVEN, ()], ids=["given", "found"])
def test_each_fault_has_its_own_sentence(
    tmp_path: Path, fault: Fault, said: str, said_where_none_is_given: str, windows: tuple[str, ...]
):
    path = table(tmp_path / "session.csv", fault(lain_back()))
    line = refusal("calibrate", path, *windows, "--output", tmp_path / "cal.json")
    assert line.startswith(f"{path}: ")
    assert (said if windows else said_where_none_is_given or said) in line
    assert not (tmp_path / "cal.json").exists()


@pytest.mark.parametrize(
    ("windows", "said"),
    [
        (("--neutral", "20:20.5", "--axis", "0,1,0"), "shorter than 1 s"),
        (("--neutral", "90:99", "--axis", "0,1,0"), "lies outside the recording"),
        (("--neutral", "20:28"), "does not tell left from right"),
        (("--neutral", "20:28", "--range", "20:28"), "hardly any movement in the range window"),
        (("--neutral", "20:28", "--axis", "0,0,0"), "axis"),
    ],
)
def test_too_little_is_told_with_what_is_missing(
    tmp_path: Path, windows: tuple[str, ...], said: str
):
    path = table(tmp_path / "session.csv", lain_back())
    assert said in refusal("calibrate", path, *windows, "--output", tmp_path / "cal.json")


def test_an_axis_may_have_any_length(tmp_path: Path):
    path = table(tmp_path / "session.csv", lain_back())
    made = []
    for axis in ("0,1,0", "0,1e300,0", "0,1e-300,0"):
        output = tmp_path / "cal.json"
        ended = legpress(
            "calibrate", path, "--neutral", "20:28", "--axis", axis, "--output", output
        )
        assert (ended.returncode, ended.stderr) == (0, "")
        made.append(from_json(output.read_text()).placement.left.tolist())
    assert made[1:] == made[:1] * 2


def test_a_recording_of_a_second_holds_too_little(tmp_path: Path):
    path = table(tmp_path / "session.csv", Actor(ASKEW).hold(1.5).samples())
    assert "no stretch of standing still" in refusal("calibrate", path, "--output", tmp_path / "c")


def test_a_gyroscope_clamped_to_zero_at_rest_is_normal(tmp_path: Path):
    time_s, acc, gyr = lain_back()
    gyr = np.where(np.linalg.norm(gyr, axis=1, keepdims=True) < np.radians(3), 0.0, gyr)
    path = table(tmp_path / "session.csv", (time_s, acc, gyr))
    ended = legpress("calibrate", path, *GIVEN, "--output", tmp_path / "cal.json")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("calibration: good\n")


def test_who_mixes_up_standing_and_lying_is_asked_whether_he_did(tmp_path: Path):
    path = table(tmp_path / "session.csv", lain_back())
    mixed = ("--standing", "20:28", "--neutral", "1:9")
    ended = legpress("calibrate", path, *mixed, "--output", tmp_path / "cal.json")
    assert ended.stdout.startswith("calibration: usable\n")
    assert "are the two mixed up?" in ended.stdout


def test_a_seat_back_that_nobody_measured_is_said_to_be_assumed(tmp_path: Path):
    actor = Actor(ASKEW).hold(10).walk(5).to(60).to(45).hold(12)
    for _ in range(3):
        actor.bump(9).hold(0.7)
    path = table(tmp_path / "session.csv", actor.hold(2).samples())
    tilts = ("--neutral", "20:28", "--range", "30:43")
    ended = legpress("calibrate", path, *tilts, "--output", tmp_path / "cal.json")
    assert "seat back: not known, 45° is assumed" in ended.stdout


def test_a_poor_calibration_says_so_and_why_and_its_file_too(tmp_path: Path):
    time_s, acc, gyr = lain_back()
    path = table(tmp_path / "session.csv", (time_s, acc * 1.12, gyr))
    output = tmp_path / "cal.json"
    ended = legpress("calibrate", path, *GIVEN, "--output", output)
    assert ended.returncode == 0
    said = ended.stdout.splitlines()
    assert said[0] == "calibration: poor"
    assert any("gravity reads 10.99 m/s²" in line for line in said)
    assert "  calibrate again before you trust what is said with it" in said
    verdict = from_json(output.read_text()).verdict
    assert verdict.grade == "poor"
    assert verdict.reasons
