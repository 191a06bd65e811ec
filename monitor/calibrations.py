"""The calibrations this computer keeps: one file per sensor for how it sits, one for its readings.

    <user data>/legpress/calibrations/
        placement-lp-01-3f2a90c1d4b7.json    how it sat on an athlete, the last time
        sensor-lp-01-3f2a90c1d4b7.json       what its readings are worth (six positions)

Sensors call themselves whatever they like, so a file's name is made of the plain letters of the
sensor's name and of a digest of the whole of it; the name itself is in the file. A file is written
whole or not at all, and one that cannot be understood is never written over.

The folder is the platform's (`platformdirs`); `LEGPRESS_DATA_DIR` names another.
"""

import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from calibration.document import from_json, sensor_from_json, sensor_to_json, to_json
from calibration.errors import CalibrationError
from calibration.model import Calibration, Grade, Verdict
from calibration.sensor import SensorCalibration, doubts
from monitor.errors import InputError
from monitor.settings import data_folder
from monitor.whole_file import whole

Kind = Literal["placement", "sensor"]
Content = Calibration | SensorCalibration

LONGEST = 40
"""Letters of a sensor's name that its file shows; the digest tells the rest."""


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """One file of the store.

    Attributes:
        path: where it is.
        kind: what it is by its name.
        name: the sensor's, or the file's own where it cannot be understood.
        content: what is in it, None where it cannot be understood.
        problem: why it cannot, "" where it can.
    """

    path: Path
    kind: Kind
    name: str
    content: Content | None
    problem: str = ""


def folder() -> Path:
    """Where they are kept; it need not be there yet."""
    return data_folder() / "calibrations"


def check_folder() -> None:
    """See that something can be kept, before anybody takes the trouble to calibrate.

    Raises:
        InputError: the folder, or what it would be made in, is none or may not be written.
    """
    there = next(path for path in (folder(), *folder().absolute().parents) if path.exists())
    if not (there.is_dir() and os.access(there, os.W_OK)):
        raise InputError(
            f"{there}: is no folder that may be written, so nothing can be kept in it; "
            "name a file with --output CAL.json"
        )


def keep(content: Content) -> Path:
    """Keep a calibration in place of the same sensor's last one; where it is.

    Raises:
        InputError: its sensor has no name, the file there cannot be understood, or it cannot be
            written.
    """
    kind: Kind = "placement" if isinstance(content, Calibration) else "sensor"
    path = _path(kind, content.sensor or "")
    if path.exists() and (problem := _kept(path, kind).problem):
        raise InputError(
            f"{path}: {problem}; it is not written over: remove it with "
            f"legpress calibrate --forget {path.stem}"
        )
    text = to_json(content) if isinstance(content, Calibration) else sensor_to_json(content)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{path.parent}: cannot be made: {error.strerror}") from error
    write_whole(path, text)
    return path


def all_kept() -> list[Kept]:
    """Every calibration of the store, by name; those that cannot be understood too.

    Raises:
        InputError: the folder cannot be read.
    """
    kinds: tuple[Kind, ...] = ("placement", "sensor")
    try:
        paths = sorted(folder().iterdir()) if folder().exists() else []
    except OSError as error:
        raise InputError(f"{folder()}: cannot be read: {error.strerror}") from error
    found = [
        _kept(path, kind)
        for path in paths
        for kind in kinds
        if path.suffix == ".json" and path.name.startswith(f"{kind}-")
    ]
    return sorted(found, key=lambda one: (one.name.casefold(), one.kind))


def named(name: str) -> list[Kept]:
    """What is kept under a sensor's name, or the one file with that name.

    Raises:
        InputError: nothing is.
    """
    found = [one for one in all_kept() if name in {one.name, one.path.stem, one.path.name}]
    if not found:
        raise InputError(
            f"{name}: no calibration of that name is kept; see legpress calibrate --list"
        )
    return found


def forget(one: Kept) -> None:
    """Remove a file of the store.

    Raises:
        InputError: it cannot be removed.
    """
    try:
        one.path.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"{one.path}: cannot be removed: {error.strerror}") from error


def placement_of(sensor: str | None) -> Calibration | None:
    """How a sensor sat the last time, None if that is not kept.

    Raises:
        InputError: the file cannot be understood.
    """
    content = _of("placement", sensor)
    return content if isinstance(content, Calibration) else None


def readings_of(sensor: str | None) -> SensorCalibration | None:
    """What a sensor's readings are worth, None if that is not kept.

    Raises:
        InputError: the file cannot be understood.
    """
    content = _of("sensor", sensor)
    return content if isinstance(content, SensorCalibration) else None


def doubted(
    calibration: Calibration, readings: SensorCalibration | None, today: str | None
) -> Calibration:
    """A calibration made with a sensor's kept readings, with all that speaks against those.

    Args:
        calibration: made with the readings' model.
        readings: as they were kept, None if there were none.
        today: when the athlete lay at neutral, RFC 3339 UTC, None if unknown.
    """
    if readings is None:
        return calibration
    return remarked(calibration, *doubts(readings, calibration.placement.gravity_m_s2, today))


def remarked(calibration: Calibration, *reasons: str) -> Calibration:
    """The calibration with what makes it less certain: with a reason it is no longer good."""
    judged = calibration.verdict
    grade: Grade = "usable" if reasons and judged.grade == "good" else judged.grade
    return replace(calibration, verdict=Verdict(grade, (*judged.reasons, *reasons)))


def write_whole(path: Path, text: str) -> None:
    """Write a text file whole or not at all.

    Raises:
        InputError: it cannot be written.
    """
    with whole(path) as file:
        file.write_text(text, encoding="utf-8")


def _of(kind: Kind, sensor: str | None) -> Content | None:
    path = _path(kind, sensor) if sensor else None
    if path is None or not path.exists():
        return None
    kept = _kept(path, kind)
    if kept.problem:
        raise InputError(
            f"{path}: {kept.problem}; remove it with legpress calibrate --forget {path.stem}"
        )
    return kept.content


def _path(kind: Kind, sensor: str) -> Path:
    if not sensor:
        raise InputError(
            "the sensor has no name to keep the calibration under; "
            "give --sensor-name NAME, or --output CAL.json"
        )
    # Sensors and terminals may give half a character; it has a digest all the same.
    digest = hashlib.sha256(sensor.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    plain = re.sub(r"[^a-z0-9]+", "-", sensor.lower())[:LONGEST].strip("-")
    return folder() / f"{'-'.join(part for part in (kind, plain, digest) if part)}.json"


def _kept(path: Path, kind: Kind) -> Kept:
    read: Callable[[str], Content] = from_json if kind == "placement" else sensor_from_json
    try:
        content = read(path.read_text(encoding="utf-8"))
    except CalibrationError as error:
        return Kept(path, kind, path.stem, None, str(error))
    except UnicodeDecodeError:
        return Kept(path, kind, path.stem, None, "not a calibration: it is no text")
    except OSError as error:
        return Kept(path, kind, path.stem, None, f"cannot be read: {error.strerror}")
    if not content.sensor or _path(kind, content.sensor) != path:
        problem = f"holds the calibration of {content.sensor or 'no sensor'} under another name"
        return Kept(path, kind, path.stem, None, problem)
    return Kept(path, kind, content.sensor, content)
