"""The recordings give the events they must give, and are right where somebody measured as well."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from calibration.document import from_json
from monitor.samples import Floats
from tests.golden import FOLDER, GOLDEN, Golden, differences

OPTICAL = [one for one in GOLDEN if one.truth.exists()]
STEEPEST_DEG = 60.0
"""Where the axis is further from level than this, gravity says little about turns around it."""
RMS_DEG, WORST_DEG = 0.75, 2.0
"""How far tilt may be from the optical truth; at the time of writing 0.56° and 1.4° at most."""


class Played(NamedTuple):
    """What a replay gave: events as JSON lines, and the signals it wrote."""

    said: str
    signals: Path


@pytest.fixture(scope="module", name="played")
def _played(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Golden], Played]:
    folder = tmp_path_factory.mktemp("golden")

    @cache
    def once(golden: Golden) -> Played:
        signals = folder / f"{golden.file}.signals.csv"
        return Played(golden.replayed("--signals", signals), signals)

    return once


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda one: one.file)
def test_a_golden_recording_gives_the_events_it_must_give(
    golden: Golden, played: Callable[[Golden], Played]
):
    expected = golden.expected.read_text(encoding="utf-8")
    assert list(differences(expected, played(golden).said)) == []


@pytest.mark.parametrize(
    "golden", [one for one in GOLDEN if one.calibrate], ids=lambda one: one.file
)
def test_a_calibration_beside_a_recording_can_be_made_again_from_it(golden: Golden, tmp_path: Path):
    golden.calibrated(tmp_path / "again.json")
    again, kept = (
        from_json(path.read_text(encoding="utf-8"))
        for path in (tmp_path / "again.json", golden.calibration)
    )
    assert again.verdict == kept.verdict
    assert again.recording == kept.recording
    assert again.made is None
    np.testing.assert_allclose(again.placement.left, kept.placement.left, atol=1e-9)
    np.testing.assert_allclose(again.placement.up, kept.placement.up, atol=1e-9)


def test_every_recording_is_golden_and_short():
    files = {path.name for path in FOLDER.iterdir() if path.suffix in {".csv", ".mcap"}}
    assert files == {one.file for one in GOLDEN} | {one.truth.name for one in OPTICAL}
    assert max(path.stat().st_size for path in FOLDER.glob("*.mcap")) < 300_000


@pytest.mark.parametrize("golden", OPTICAL, ids=lambda one: one.file)
def test_tilt_follows_what_the_cameras_saw(golden: Golden, played: Callable[[Golden], Played]):
    tilt_deg = _column(played(golden).signals, "tilt_deg")
    seen_deg, steep_deg, moving = _seen(golden)
    judged = moving & (np.abs(steep_deg) < STEEPEST_DEG)
    assert judged.sum() > 5000
    off_deg = _wrapped((tilt_deg - seen_deg)[judged])
    assert np.sqrt(np.mean(off_deg**2)) < RMS_DEG
    assert np.max(np.abs(off_deg)) < WORST_DEG


def test_everyday_movement_is_no_rep_and_no_lift_alarm(played: Callable[[Golden], Played]):
    (worn,) = (one for one in GOLDEN if one.file == "qmt_lower_back.csv")
    said = [json.loads(line) for line in played(worn).said.splitlines()]
    assert said[-1]["state"] == "ended"
    assert [one for one in said if one["type"] in {"rep", "set"}] == []
    alarms = [one for one in said if one.get("level") == "alarm"]
    assert [one for one in alarms if one["rule"] == "back_lift"] == []


def test_a_change_in_what_is_said_is_told_apart_from_the_last_digit():
    expected = (FOLDER / "simulated_demo.events.jsonl").read_text(encoding="utf-8")
    assert list(differences(expected, expected)) == []
    events = [json.loads(line) for line in expected.splitlines()]
    rep = next(event for event in events if event["type"] == "rep")
    rep["peak_tilt_deg"] += 0.005
    assert list(differences(expected, _lines(events))) == []
    rep["peak_tilt_deg"] += 0.01
    assert len(list(differences(expected, _lines(events)))) == 1
    rep["clean"] = not rep["clean"]
    assert len(list(differences(expected, _lines(events)))) == 2
    assert len(list(differences(expected, _lines(events[:-1])))) == 1
    assert len(list(differences(expected, _lines(events[::-1])))) == 1


def _lines(events: list[dict[str, object]]) -> str:
    return "".join(f"{json.dumps(event)}\n" for event in events)


def _column(path: Path, name: str) -> Floats:
    table = np.genfromtxt(path, delimiter=",", names=True, dtype=float)
    return np.asarray(table[name], float)


def _seen(golden: Golden) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """What optical tracking says: tilt, °; how far the axis is off level, °; where errors count.

    Up in sensor axes is the last row of the rotation matrix of a sensor-to-earth quaternion; the
    tilt is its angle about the given axis from where it was while the calibration was made.
    """
    truth = np.genfromtxt(golden.truth, delimiter=",", skip_header=1)
    time, (w, x, y, z) = truth[:, 0], truth[:, 1:5].T
    up = np.stack([2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z], 1)
    left = from_json(golden.calibration.read_text(encoding="utf-8")).placement.left
    start, end = (float(part) for part in golden.calibrate[1].split(":"))
    neutral = np.nanmean(up[(time >= start) & (time < end)], axis=0)
    ahead = neutral - (neutral @ left) * left
    ahead /= np.linalg.norm(ahead)
    tilt = np.arctan2(up @ np.cross(left, ahead), up @ ahead)
    moving = (truth[:, 5] == 1) & np.isfinite(tilt)
    return np.degrees(tilt), np.degrees(np.arcsin(up @ left)), moving


def _wrapped(angle_deg: Floats) -> Floats:
    return (angle_deg + 180.0) % 360.0 - 180.0
