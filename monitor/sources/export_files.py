"""The files that phone apps export, read: one track of readings to each sensor.

    Sensor Logger   zip, or the folder it unpacks to: Accelerometer.csv, Gravity.csv,
                    Gyroscope.csv, TotalAcceleration.csv, …Uncalibrated.csv, Metadata.csv:
                    time [ns], seconds_elapsed, z, y, x
                    JSON: [{"sensor", "time", "seconds_elapsed", "x", "y", "z"}, …], all as text
    phyphox         zip, folder or CSV: "Time (s)", "Acceleration x (m/s^2)", … and
                    "Gyroscope x (rad/s)", …; any of its separators and decimal marks; Android's
                    signs, on an iPhone too

Sources: tszheichoi/awesome-sensor-logger, README.md; phyphox.org/wiki.
"""

import csv
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePath
from typing import Any, NamedTuple

import msgspec
import numpy as np

from monitor.errors import InputError
from monitor.samples import Floats
from monitor.wire.phone_message import GYR, SENSORS, TOTAL

LARGEST = 500_000_000
"""Bytes of the tables in an export: a day of them."""
METADATA = "metadata"
_PHYPHOX = re.compile(r"(?i)(acceleration|accelerometer|gyroscope) ([xyz]) \((m/s|rad/s)")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError)


class Track(NamedTuple):
    """One sensor's readings: (n,) s, increasing, and (n, 3)."""

    time_s: Floats
    vectors: Floats


class Export(NamedTuple):
    """What an export holds: its sensors, what it says of the phone, and the hash of its bytes."""

    tracks: Mapping[str, Track]
    about: Mapping[str, str]
    digest: str


def header_kind(path: Path) -> str | None:
    """Whose table has this file's header: logger, phyphox or, None, nobody's we know."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return _kind(_cells(file.readline(2000)))


def read_tables(path: Path) -> Export:
    """Out of a zip, a folder, or the folder of a table."""
    tracks: dict[str, Track] = {}
    about: dict[str, str] = {}
    digest = hashlib.sha256()
    for name, data in _files(path):
        digest.update(data)
        text = data.decode("utf-8-sig", "replace")
        if PurePath(name).stem.lower() == METADATA:
            about = _about(text)
            continue
        for sensor, track in _sensors(f"{path}: {name}", PurePath(name).stem.lower(), text):
            tracks.setdefault(sensor, track)
    return Export(tracks, about, digest.hexdigest())


def _about(text: str) -> dict[str, str]:
    """The two lines of the metadata."""
    names, _, values = text.strip().partition("\n")
    return dict(zip(_cells(names), _cells(values), strict=False))


def _files(path: Path) -> Iterable[tuple[str, bytes]]:
    """Names and contents of the tables, by name."""
    if path.is_file() and path.suffix.lower() == ".zip":
        return _unpacked(path)
    if path.is_file():
        if header_kind(path) == "phyphox" and not (path.parent / "Gyroscope.csv").exists():
            return [(path.name, path.read_bytes())]
        path = path.parent
    found = sorted(one for one in path.iterdir() if one.suffix.lower() == ".csv")
    if sum(one.stat().st_size for one in found) > LARGEST:
        raise InputError(f"{path}: its tables are too large for one recording")
    return [(one.name, one.read_bytes()) for one in found]


def _unpacked(path: Path) -> list[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(path) as archive:
            found = [
                one
                for one in archive.infolist()
                if one.filename.lower().endswith(".csv") and "/meta/" not in f"/{one.filename}"
            ]
            if sum(one.file_size for one in found) > LARGEST:
                raise InputError(f"{path}: its tables are too large for one recording")
            found.sort(key=lambda one: one.filename)
            return [(PurePath(one.filename).name, archive.read(one)) for one in found]
    except _BROKEN as error:
        raise InputError(
            f"{path}: is damaged, or no zip file ({error}); export it again"
        ) from error


def _sensors(where: str, stem: str, text: str) -> Iterable[tuple[str, Track]]:
    """The sensors in one table; none where it is of something else."""
    head, _, body = text.partition("\n")
    mark, cells = _separator(head), _cells(head)
    kind = _kind(cells)
    if kind is None or (kind == "logger" and stem not in SENSORS):
        return
    if kind == "logger":
        columns = {stem: [cells.index(name) for name in ("seconds_elapsed", "x", "y", "z")]}
    else:
        columns = _phyphox_columns(cells)
    if mark != "," and re.search(r"\d,\d", body[:4000]):
        body = body.replace(",", ".")
    for sensor, which in columns.items():
        try:
            values = np.loadtxt(io.StringIO(body), delimiter=mark, usecols=which, ndmin=2)
        except ValueError as error:
            raise InputError(f"{where}: {_short(error)}; export it again") from error
        track = _track(values[:, 0], values[:, 1:]) if values.size else None
        if track is not None:
            yield sensor, track


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:120].rstrip(".;")


def _phyphox_columns(cells: list[str]) -> dict[str, list[int]]:
    """Sensor → the columns of its time, x, y and z."""
    columns: dict[str, dict[str, int]] = {}
    for k, cell in enumerate(cells):
        match = _PHYPHOX.match(cell)
        if match:
            sensor = GYR if match[1].lower() == "gyroscope" else TOTAL
            columns.setdefault(sensor, {})[match[2].lower()] = k
    return {
        sensor: [0, *(axes[axis] for axis in "xyz")]
        for sensor, axes in columns.items()
        if len(axes) == 3
    }


def _separator(head: str) -> str:
    return max(",;\t", key=head.count)


def _cells(head: str) -> list[str]:
    return [
        cell.strip() for cell in next(csv.reader([head.strip()], delimiter=_separator(head)), [])
    ]


def _kind(cells: list[str]) -> str | None:
    """Whose table has this header."""
    if {"time", "seconds_elapsed", "x", "y", "z"} <= set(cells):
        return "logger"
    if cells and cells[0].lower() == "time (s)" and _phyphox_columns(cells):
        return "phyphox"
    return None


def read_json(path: Path) -> Export:
    """Sensor Logger's one file with a record to each reading."""
    data = path.read_bytes()
    try:
        records = msgspec.json.decode(data, type=list[dict[str, Any]])
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: is no JSON export of Sensor Logger") from error
    about: dict[str, str] = {}
    readings: dict[str, list[list[float]]] = {}
    for number, record in enumerate(records):
        sensor = str(record.get("sensor", "")).lower()
        if sensor == METADATA:
            about = {name: str(value) for name, value in record.items()}
        elif sensor in SENSORS:
            try:
                row = [float(record[name]) for name in ("seconds_elapsed", "x", "y", "z")]
            except (KeyError, TypeError, ValueError, OverflowError) as error:
                raise InputError(
                    f"{path}: record {number + 1} ({sensor}) has no time, x, y and z in numbers"
                ) from error
            readings.setdefault(sensor, []).append(row)
    tracks = {}
    for sensor, rows in readings.items():
        values = np.array(rows)
        track = _track(values[:, 0], values[:, 1:])
        if track is not None:
            tracks[sensor] = track
    return Export(tracks, about, hashlib.sha256(data).hexdigest())


def _track(time_s: Floats, vectors: Floats) -> Track | None:
    """Readings in the order of their times, without those that are no numbers."""
    fine = np.isfinite(time_s) & np.isfinite(vectors).all(axis=1)
    times, first = np.unique(time_s[fine], return_index=True)
    return Track(times, vectors[fine][first]) if len(times) else None
