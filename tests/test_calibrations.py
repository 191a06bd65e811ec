"""The store: any sensor's name is a safe file, and what cannot be understood stays untouched."""

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.document import sensor_to_json, to_json
from calibration.model import Calibration, Placement, SensorModel, Verdict
from calibration.sensor import SensorCalibration
from monitor import calibrations
from monitor.errors import InputError

PLACEMENT = Calibration(
    Placement(
        left=np.array([0.0, 1.0, 0.0]),
        up=np.array([0.0, 0.0, 1.0]),
        gravity_m_s2=9.81,
        gyr_bias=np.zeros(3),
        seat_back_deg=45.0,
        range_deg=None,
        left_sigma_deg=1.0,
        up_sigma_deg=0.2,
        seat_back_sigma_deg=6.0,
        range_sigma_deg=None,
    ),
    Verdict("good"),
    sensor="LP-01",
    made="2026-03-01T10:00:00Z",
)
READINGS = SensorCalibration(
    SensorModel(acc_bias=np.array([0.1, -0.2, 0.05])),
    Verdict("usable", ("turned about 0 of 3 axes: the gyroscope keeps the scale of the others",)),
    0.01,
    0.5,
    0,
    sensor="LP-01",
    made="2026-01-01T10:00:00Z",
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEGPRESS_DATA_DIR", str(tmp_path))
    return tmp_path / "calibrations"


def of(sensor: str) -> Calibration:
    return replace(PLACEMENT, sensor=sensor)


def test_what_was_kept_is_found_again_for_its_sensor_and_no_other():
    calibrations.keep(PLACEMENT)
    calibrations.keep(READINGS)
    found = calibrations.placement_of("LP-01")
    assert found is not None
    assert to_json(found) == to_json(PLACEMENT)
    readings = calibrations.readings_of("LP-01")
    assert readings is not None
    assert sensor_to_json(readings) == sensor_to_json(READINGS)
    assert calibrations.placement_of("lp-01") is None
    assert calibrations.readings_of(None) is None


STRANGE = [
    *("a/b", "..", "../../etc/passwd", "#+/", "C0:FF:EE:00:11:22", "💪🏋", "x" * 300, "CON", "."),
    *("\n", "a\x00b", "\udcff", " "),
]


@pytest.mark.parametrize("name", STRANGE)
def test_any_name_is_a_file_in_the_folder_and_is_found_by_it(name: str, folder: Path):
    path = calibrations.keep(of(name))
    assert path.parent == folder
    assert [file.name for file in folder.iterdir()] == [path.name]
    assert len(path.name) < 100
    assert path.name.isascii()
    assert [one.name for one in calibrations.named(name)] == [name]
    calibrations.forget(calibrations.named(name)[0])
    assert list(folder.iterdir()) == []


@given(st.lists(st.text(min_size=1), unique=True, min_size=2, max_size=8))
def test_no_two_sensors_share_a_file_even_where_capitals_do_not_count(names: list[str]):
    paths = {calibrations.keep(of(name)).name.lower() for name in names}
    assert len(paths) == len(names)
    for name in names:
        calibrations.forget(calibrations.named(name)[0])


def test_a_new_calibration_takes_the_place_of_the_last_one(folder: Path):
    calibrations.keep(PLACEMENT)
    calibrations.keep(replace(PLACEMENT, made="2026-03-02T10:00:00Z"))
    assert len(list(folder.iterdir())) == 1
    found = calibrations.placement_of("LP-01")
    assert found is not None
    assert found.made == "2026-03-02T10:00:00Z"


def newer() -> str:
    return json.dumps(json.loads(to_json(PLACEMENT)) | {"version": 99})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (newer().encode(), "format version 99"),
        (to_json(PLACEMENT)[:200].encode(), "no JSON"),
        (b"\xff\xfe\x00", "no text"),
        (b"", "no JSON"),
        (to_json(of("LP-02")).encode(), "under another name"),
    ],
)
def test_what_cannot_be_understood_is_named_and_not_written_over(content: bytes, said: str):
    path = calibrations.keep(PLACEMENT)
    path.write_bytes(content)
    with pytest.raises(InputError, match=said) as refused:
        calibrations.keep(PLACEMENT)
    assert str(path) in str(refused.value)
    assert path.read_bytes() == content
    with pytest.raises(InputError, match=said):
        calibrations.placement_of("LP-01")
    (listed,) = calibrations.all_kept()
    assert said in listed.problem
    calibrations.forget(calibrations.named(path.stem)[0])
    assert calibrations.keep(PLACEMENT) == path


def test_a_sensor_without_a_name_has_no_place():
    with pytest.raises(InputError, match="--sensor-name"):
        calibrations.keep(replace(PLACEMENT, sensor=None))


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    path = calibrations.keep(PLACEMENT)
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="No space left"):
        calibrations.keep(replace(PLACEMENT, made=None))
    assert path.read_bytes() == before
    assert [file.name for file in folder.iterdir()] == [path.name]


def test_a_folder_that_cannot_be_made_is_said(folder: Path):
    folder.parent.joinpath("calibrations").write_text("a file")
    with pytest.raises(InputError, match=r"cannot be made|cannot be read"):
        calibrations.keep(PLACEMENT)


def test_the_platform_chooses_the_folder_where_nobody_else_does(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.delenv("LEGPRESS_DATA_DIR")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    assert calibrations.folder().name == "calibrations"
    assert "legpress" in calibrations.folder().parts


@pytest.mark.parametrize(
    ("gravity", "today", "said"),
    [
        (9.81, "2026-06-01T00:00:00Z", ""),
        (9.81, "2027-06-01T00:00:00Z", "515 days old"),
        (9.50, "2026-06-01T00:00:00Z", "no longer fits"),
    ],
)
def test_old_and_ill_fitting_readings_are_said_to_be_so(gravity: float, today: str, said: str):
    measured = replace(PLACEMENT, placement=replace(PLACEMENT.placement, gravity_m_s2=gravity))
    judged = calibrations.doubted(measured, READINGS, today).verdict
    assert judged.grade == ("usable" if said else "good")
    assert said in " ".join(judged.reasons)
    assert bool(judged.reasons) == bool(said)


def test_a_doubt_never_makes_a_poor_calibration_better():
    poor = replace(PLACEMENT, verdict=Verdict("poor", ("why",)))
    assert calibrations.remarked(poor, "more").verdict == Verdict("poor", ("why", "more"))
