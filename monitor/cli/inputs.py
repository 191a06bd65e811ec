"""What the user gives: recordings, tables and calibrations, opened and checked."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from calibration.document import from_json
from calibration.errors import CalibrationError
from calibration.model import Calibration
from monitor.arrivals import Arrival
from monitor.engine import Session
from monitor.errors import InputError
from monitor.samples import Samples
from monitor.settings import Settings
from monitor.sources.exports import is_export, read_export
from monitor.sources.recording import MAGIC, Recording, read_recording
from monitor.sources.table import Table, read_table
from monitor.wire.families import FAMILIES
from monitor.wire.reception import Reception


@dataclass(frozen=True, slots=True)
class Input:
    """What can be replayed.

    Attributes:
        session: who and what, as far as the file tells.
        settings, calibration: those in the file, None if it has none.
        duration_s: its length, s.
    """

    session: Session
    settings: Settings | None
    calibration: Calibration | None
    duration_s: float
    _content: Recording | Table

    def arrivals(self, speed: float | None) -> Iterator[Arrival]:
        """What it holds, in pieces that suit the speed (None: as fast as possible)."""
        if isinstance(self._content, Table):
            return self._content.rows(speed)
        return self._content.arrivals()

    def samples(self) -> Samples:
        """All its samples on the stream's clock."""
        return Reception(self.session.family).step(list(self.arrivals(None)))


def open_input(path: Path) -> Input:
    """The recording or table in a file.

    Raises:
        InputError: it cannot be used.
    """
    if path.suffix.lower() != ".mcap" and (is_export(path) or not _is_recording(path)):
        table = read_export(path) if is_export(path) else read_table(path)
        return Input(Session(table.session_id), None, None, table.duration_s, table)
    recording = read_recording(path)
    header = recording.header
    family = header.session.family
    if family not in {*FAMILIES, "table"}:
        raise InputError(
            f"{path}: is of the sensor family {family}, which this program does not know; "
            "update legpress-monitor"
        )
    text = recording.calibration
    calibration = None if text is None else _calibration(text, f"{path}: the calibration in it")
    return Input(header.session, header.settings, calibration, recording.duration_s, recording)


def _is_recording(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error


def read_calibration(path: Path, sensor: str | None) -> Calibration:
    """The calibration in a file, for a session with `sensor` (None: not known).

    Raises:
        InputError: it cannot be used, or was made with another sensor.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not a text file; give a calibration (.json)") from error
    calibration = _calibration(text, str(path))
    if sensor and calibration.sensor and sensor != calibration.sensor:
        raise InputError(
            f"{path}: was made with the sensor {calibration.sensor}, but this session has "
            f"{sensor}; make one for it with legpress calibrate"
        )
    return calibration


def _calibration(text: str, where: str) -> Calibration:
    try:
        return from_json(text)
    except CalibrationError as error:
        raise InputError(f"{where}: {error}") from error
