"""What apps export on a phone replays like any table."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from monitor.errors import InputError
from monitor.samples import Floats
from monitor.sources import export_files
from monitor.sources.exports import is_export, read_export
from monitor.wire.phone_logger import G
from tests.sources.tables import table

START_NS = 1_698_501_144_401_773_000
BODY = table()
ACC, GYR = BODY[:, 1:4], BODY[:, 4:7]
GRAVITY = G * ACC / np.linalg.norm(ACC, axis=1, keepdims=True)
Folder = dict[str, str]


def logger_table(vectors: Floats, late_s: float = 0.0) -> str:
    rows = [
        f"{START_NS + round(1e9 * (t + late_s))},{t + late_s!r},{z!r},{y!r},{x!r}"
        for t, (x, y, z) in zip(BODY[:, 0].tolist(), vectors.tolist(), strict=True)
    ]
    return "\n".join(["time,seconds_elapsed,z,y,x", *rows]) + "\n"


def metadata(platform: str, *, standardised: bool = False) -> str:
    names = "version,device name,recording time,platform,appVersion,standardisation"
    about = f"2026-01-02,{platform},1.64,{str(standardised).lower()}"
    return f'{names}\n3,"Anna\'s phone, new",{about}\n'


def android(late_s: float = 0.0) -> Folder:
    return {
        "Accelerometer.csv": logger_table(ACC - GRAVITY),
        "TotalAcceleration.csv": logger_table(ACC),
        "Gravity.csv": logger_table(GRAVITY),
        "Gyroscope.csv": logger_table(GYR, late_s),
        "Annotation.csv": "time,seconds_elapsed,text,millisecond_press_duration\n",
        "Metadata.csv": metadata("android"),
    }


def iphone(*, standardised: bool = False) -> Folder:
    sign = 1.0 if standardised else -1.0
    return {
        "Accelerometer.csv": logger_table(sign * (ACC - GRAVITY)),
        "Gravity.csv": logger_table(sign * GRAVITY),
        "Gyroscope.csv": logger_table(GYR),
        "Metadata.csv": metadata("ios", standardised=standardised),
    }


def raw_iphone() -> Folder:
    return {
        "AccelerometerUncalibrated.csv": logger_table(-ACC / G),
        "GyroscopeUncalibrated.csv": logger_table(GYR),
        "Metadata.csv": metadata("ios"),
    }


def raw_android() -> Folder:
    return {
        "AccelerometerUncalibrated.csv": logger_table(ACC),
        "GyroscopeUncalibrated.csv": logger_table(GYR),
        "Metadata.csv": metadata("android"),
    }


def phyphox(mark: str = ",", decimal: str = ".", quote: str = '"') -> Folder:
    def one(names: list[str], vectors: Floats) -> str:
        rows = np.column_stack([BODY[:, 0], vectors])
        head = mark.join(f"{quote}{name}{quote}" for name in ["Time (s)", *names])
        body = [mark.join(f"{v:.9E}".replace(".", decimal) for v in row) for row in rows.tolist()]
        return "\n".join([head, *body]) + "\n"

    return {
        "Accelerometer.csv": one([f"Acceleration {axis} (m/s^2)" for axis in "xyz"], ACC),
        "Gyroscope.csv": one([f"Gyroscope {axis} (rad/s)" for axis in "xyz"], GYR),
        "Linear Acceleration.csv": one(
            [f"Linear Acceleration {axis} (m/s^2)" for axis in "xyz"], ACC - GRAVITY
        ),
        "meta/device.csv": '"property","value"\n"version","1.1.16"\n',
    }


def folder(path: Path, files: Folder) -> Path:
    for name, text in files.items():
        (path / "export" / name).parent.mkdir(parents=True, exist_ok=True)
        (path / "export" / name).write_text(text, encoding="utf-8")
    return path / "export"


def zipped(path: Path, files: Folder) -> Path:
    with zipfile.ZipFile(path / "export.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path / "export.zip"


def one_table(path: Path, files: Folder) -> Path:
    return folder(path, files) / "Gyroscope.csv"


def as_json(path: Path, files: Folder) -> Path:
    records = []
    for name, text in files.items():
        head, *lines = text.strip().split("\n")
        for line in lines:
            cells = line.replace('"Anna\'s phone, new"', "phone").split(",")
            record = dict(zip(head.split(","), cells, strict=True))
            records.append({"sensor": name.removesuffix(".csv"), **record})
    (path / "export.json").write_text(json.dumps(records))
    return path / "export.json"


@pytest.mark.parametrize("written", [folder, zipped, one_table])
@pytest.mark.parametrize(
    "files",
    [
        android(),
        iphone(),
        iphone(standardised=True),
        raw_iphone(),
        raw_android(),
        phyphox(),
        phyphox(";", ","),
        phyphox("\t", ".", ""),
    ],
    ids=[
        "android",
        "iphone",
        "standardised",
        "uncalibrated",
        "uncalibrated android",
        "phyphox",
        "phyphox ;,",
        "phyphox tab",
    ],
)
def test_an_export_is_the_table_it_was_made_of(
    tmp_path: Path, files: Folder, written: Callable[[Path, Folder], Path]
):
    if "Gyroscope.csv" not in files and written is one_table:
        files = files | {"Gyroscope.csv": logger_table(GYR)}
    path = written(tmp_path, files)
    assert is_export(path)
    got = read_export(path)
    np.testing.assert_allclose(got.time_s, BODY[:, 0], atol=1e-6)
    np.testing.assert_allclose(got.acc, ACC, atol=1e-6)
    np.testing.assert_allclose(got.gyr, GYR, atol=1e-6)


@pytest.mark.parametrize("files", [android(), iphone()])
def test_a_json_export_is_the_same(tmp_path: Path, files: Folder):
    got = read_export(as_json(tmp_path, files))
    np.testing.assert_allclose(got.acc, ACC, atol=1e-6)
    np.testing.assert_allclose(got.gyr, GYR, atol=1e-6)


@pytest.mark.parametrize("written", [folder, zipped])
def test_an_export_larger_than_the_computers_memory_may_be_is_refused_unread(
    tmp_path: Path, written: Callable[[Path, Folder], Path], monkeypatch: pytest.MonkeyPatch
):
    path = written(tmp_path, android())
    monkeypatch.setattr(export_files, "LARGEST", sum(map(len, android().values())) // 2)
    with pytest.raises(InputError, match="too large for one recording"):
        read_export(path)


def test_a_gyroscope_with_stamps_of_its_own_is_taken_at_the_accelerations_instants(tmp_path: Path):
    got = read_export(zipped(tmp_path, android(late_s=0.004)))
    expected = np.stack([np.interp(BODY[1:, 0], BODY[:, 0] + 0.004, one) for one in GYR.T], axis=1)
    np.testing.assert_allclose(got.gyr, expected, atol=1e-9)


def test_no_turning_rate_is_made_up_in_a_hole(tmp_path: Path):
    files = android()
    lines = files["Gyroscope.csv"].splitlines()
    files["Gyroscope.csv"] = "\n".join(lines[:500] + lines[700:])
    got = read_export(zipped(tmp_path, files))
    assert len(got.time_s) == len(BODY) - 200
    assert np.diff(got.time_s).max() == pytest.approx(2.01, abs=1e-3)


def without(*names: str) -> Folder:
    return {name: text for name, text in android().items() if name not in names}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (without("Gyroscope.csv"), "holds no gyroscope"),
        (without("TotalAcceleration.csv", "Gravity.csv"), "holds no Gravity"),
        ({"Location.csv": "time,seconds_elapsed,latitude\n"}, "no acceleration with gravity"),
        ({**android(), "Gyroscope.csv": "time,seconds_elapsed,z,y,x\n1,2,3,4,five\n"}, "Gyroscope"),
        ({**android(), "Gyroscope.csv": "time,seconds_elapsed,z,y,x\n1,2,3\n"}, "Gyroscope"),
        ({**android(), "Gyroscope.csv": logger_table(57.3 * GYR)}, "looks like °/s"),
        ({**android(), "Gyroscope.csv": logger_table(GYR, 100.0)}, "were both measured"),
    ],
)
def test_an_export_that_cannot_be_used_is_refused_in_words(
    tmp_path: Path, files: Folder, said: str
):
    path = zipped(tmp_path, files)
    with pytest.raises(InputError) as refused:
        read_export(path)
    assert str(refused.value).startswith(str(path))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.zip", b"PK\3\4 rubbish"),
        ("a.zip", b""),
        ("a.json", b"{}"),
        ("a.json", b"[" * 100_000),
        ("a.json", b'[{"sensor": "Gyroscope", "seconds_elapsed": "x"}]'),
        ("a.json", b"\xff\xfe"),
    ],
)
def test_a_file_that_is_no_export_is_refused_in_words(tmp_path: Path, name: str, data: bytes):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError):
        read_export(tmp_path / name)


def test_a_damaged_zip_is_refused_in_words(tmp_path: Path):
    path = zipped(tmp_path, android())
    whole = path.read_bytes()
    for at in range(100, len(whole), len(whole) // 40):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        said, acc = outcome(path)
        assert "\n" not in said
        assert np.isfinite(acc).all()


def outcome(path: Path) -> tuple[str, Floats]:
    """Why a file is refused, or its accelerations."""
    try:
        return "", read_export(path).acc
    except InputError as refused:
        return str(refused), np.empty(0)


def test_our_own_table_is_no_export(tmp_path: Path):
    path = tmp_path / "session.csv"
    path.write_text("time_s,acc_x,acc_y,acc_z,gyr_x,gyr_y,gyr_z\n")
    assert not is_export(path)
    assert not is_export(tmp_path)
    assert not is_export(tmp_path / "nowhere.csv")
