"""What phone apps export, a table or track to each sensor, as one table of samples.

Force and rate are put together as they are live (`monitor.wire.phone_logger`): the total
acceleration, else the user's with gravity, else the uncalibrated one, with the turning rate on the
line between its two neighbours in time. Sensor Logger's metadata tell an iPhone that is not
standardised, whose accelerations have the opposite sign.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from monitor.errors import InputError
from monitor.samples import Floats
from monitor.sources import units
from monitor.sources.export_files import Export, Track, header_kind, read_json, read_tables
from monitor.sources.table import SHORTEST_S, Table
from monitor.wire.pairing import MOST_HOLE_S
from monitor.wire.phone_logger import IN_G, G
from monitor.wire.phone_message import ACC, GRAVITY, GYR, RAW_ACC, RAW_GYR, TOTAL


def is_export(path: Path) -> bool:
    """Whether there is an export of a phone's app, by its name or its header."""
    if path.suffix.lower() in {".zip", ".json"}:
        return True
    try:
        if path.is_dir():
            return any(header_kind(one) for one in path.glob("*.[cC][sS][vV]"))
        return header_kind(path) is not None
    except OSError:
        return False


def read_export(path: Path) -> Table:
    """The samples in an export.

    Raises:
        InputError: it cannot be used; the text says where and what to do.
    """
    try:
        export = read_json(path) if path.suffix.lower() == ".json" else read_tables(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    force, rate = _force(path, export), export.tracks.get(GYR) or export.tracks.get(RAW_GYR)
    if rate is None:
        raise InputError(f"{path}: holds no gyroscope; switch it on in the app and record again")
    gyr, near = _at(force.time_s, rate)
    time_s, acc, gyr = force.time_s[near], force.vectors[near], gyr[near]
    if not len(time_s) or time_s[-1] - time_s[0] < SHORTEST_S:
        raise InputError(
            f"{path}: holds less than {SHORTEST_S:g} s in which acceleration and turning rate "
            "were both measured; record again, with both on"
        )
    fault = (
        units.time_fault(time_s)
        or units.acceleration_fault(acc)
        or units.rotation_fault(time_s, acc, gyr)
    )
    if fault:
        raise InputError(f"{path}: {fault}")
    return Table(export.digest[:12], time_s - time_s[0], acc, gyr)


def _force(path: Path, export: Export) -> Track:
    """Specific force, m/s², upward at rest."""
    tracks = export.tracks
    apple = export.about.get("platform", "").lower() == "ios"
    turned = apple and export.about.get("standardisation", "").lower() != "true"
    if TOTAL in tracks:
        track = tracks[TOTAL]
    elif ACC in tracks and GRAVITY in tracks:
        own = tracks[ACC]
        gravity, near = _at(own.time_s, tracks[GRAVITY])
        track = Track(own.time_s[near], (own.vectors + gravity)[near])
    elif RAW_ACC in tracks:
        time_s, raw = tracks[RAW_ACC]
        in_g = np.median(np.sqrt((raw * raw).sum(axis=1))) < IN_G
        turned |= bool(in_g)
        track = Track(time_s, raw * (G if in_g else 1.0))
    else:
        missing = "Gravity" if ACC in tracks else "acceleration with gravity"
        raise InputError(
            f"{path}: holds no {missing}; it may be no export of Sensor Logger or phyphox, or "
            "Accelerometer, Gravity and Gyroscope were not all switched on"
        )
    return Track(track.time_s, -track.vectors if turned else track.vectors)


def _at(time_s: Floats, track: Track) -> tuple[Floats, NDArray[np.bool_]]:
    """A track's values at other times: (n, 3), and where it has neighbours near enough: (n,)."""
    after = np.minimum(np.searchsorted(track.time_s, time_s), len(track.time_s) - 1)
    before = np.maximum(after - 1, 0)
    inside = (track.time_s[before] <= time_s) & (time_s <= track.time_s[after])
    near = inside & (track.time_s[after] - track.time_s[before] <= MOST_HOLE_S)
    near |= track.time_s[after] == time_s
    values = [np.interp(time_s, track.time_s, one) for one in track.vectors.T]
    return np.stack(values, axis=1), near
