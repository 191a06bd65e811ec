"""A recording, played again: the same arrivals, to the last digit, in the same order.

A file that was cut off, by a killed program or a full disk, is read up to the damage: the layout
of a recording (`monitor.tape`) needs neither the index nor the end of the file.
"""

import logging
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from mcap.exceptions import EndOfFile
from mcap.records import Channel, Chunk, DataEnd, McapRecord, Message, Metadata
from mcap.stream_reader import StreamReader

from monitor import tape
from monitor.arrivals import Arrival, Packet, Rows
from monitor.errors import InputError

MAGIC = b"\x89MCAP0\r\n"
_DAMAGE = "is damaged or was cut off after {:.1f} s; all before that is used"
_log = logging.getLogger("legpress")


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording as a file holds it.

    Attributes:
        path: the file.
        header: who and what.
        calibration: JSON text of the header's calibration, else of the first one made during the
            session, else None.
        duration_s: from its first to its last arrival, s.
    """

    path: Path
    header: tape.Header
    calibration: str | None
    duration_s: float
    _data: bytes

    def arrivals(self) -> Iterator[Arrival]:
        """All arrivals in the order they came; damage ends them and is said."""
        try:
            yield from _arrivals(self._data)
        except _CutOffError as cut:
            _log.warning("%s: %s", self.path, _DAMAGE.format(cut.last_s))


def read_recording(path: Path) -> Recording:
    """The recording in an MCAP file.

    Raises:
        InputError: there is none in it, or a newer program made it.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    if not data:
        raise InputError(f"{path}: is empty; an MCAP recording is needed")
    if not data.startswith(MAGIC):
        raise InputError(f"{path}: is not an MCAP file; give a recording made by legpress")
    texts, later, duration_s = _contents(data)
    if texts is None:
        raise InputError(
            f"{path}: is an MCAP file, but no recording of legpress begins in it; "
            "give a recording made by legpress"
        )
    try:
        header = tape.Header.from_metadata(texts)
    except tape.NewerFormatError as error:
        raise InputError(f"{path}: {error}") from error
    except (ValueError, KeyError) as error:
        raise InputError(f"{path}: its header cannot be understood ({error})") from error
    if duration_s is None:
        raise InputError(f"{path}: holds no data; nothing was recorded before it was cut off")
    try:
        any(isinstance(arrival, Packet | Rows) for arrival in _arrivals(data))  # up to the first
    except _CutOffError as error:
        raise InputError(
            f"{path}: is damaged or was cut off before the sensor's first data, so nothing in it "
            "can be used"
        ) from error
    return Recording(path, header, header.calibration or later, duration_s, data)


def _contents(data: bytes) -> tuple[dict[str, str] | None, str | None, float | None]:
    """The header's texts, a calibration made later, and the duration, s, without the arrivals."""
    texts, later = None, None
    starts: list[int] = []
    ends: list[int] = []
    try:
        for record in _records(data, whole_chunks=True):
            if isinstance(record, Chunk):
                starts.append(record.message_start_time)
                ends.append(record.message_end_time)
            elif isinstance(record, Metadata) and record.name == tape.HEADER:
                texts = record.metadata
            elif isinstance(record, Metadata) and record.name == tape.RECALIBRATION:
                later = later or record.metadata.get("calibration")
    except Exception as error:  # noqa: BLE001 - damaged bytes raise whatever they please
        _log.debug("%r", error)
    return texts, later, (max(ends) - min(starts)) / 1e9 if starts else None


class _CutOffError(Exception):
    """The data end in damage; all before that was given."""

    def __init__(self, last_s: float) -> None:
        self.last_s = last_s


def _arrivals(data: bytes) -> Iterator[Arrival]:
    """All arrivals up to the end of the recording.

    Raises:
        _CutOffError: damage came first.
    """
    topics: dict[int, str] = {}
    last_s = 0.0
    try:
        for record in _records(data):
            if isinstance(record, Channel):
                topics[record.id] = record.topic
            elif isinstance(record, Message) and topics[record.channel_id] in tape.TOPICS:
                arrival = tape.decode(topics[record.channel_id], record.data)
                last_s = arrival.arrival_s
                yield arrival
            elif isinstance(record, DataEnd):
                return
    except Exception as error:  # noqa: BLE001 - damaged bytes raise whatever they please
        _log.debug("%r", error)
    raise _CutOffError(last_s)


def _records(data: bytes, *, whole_chunks: bool = False) -> Iterator[McapRecord]:
    """Records up to the last whole one; its end need not be the end of a recording."""
    sound = BytesIO(data[: _sound_end(data)])
    reader = StreamReader(sound, emit_chunks=whole_chunks, validate_crcs=True)
    try:
        yield from reader.records
    except EndOfFile:
        return


def _sound_end(data: bytes) -> int:
    """Where the last whole record ends: each is its kind (1 byte), its length (8), its content."""
    end = len(MAGIC)
    while end + 9 <= len(data):
        kind, length = struct.unpack_from("<BQ", data, end)
        if kind == 0 or end + 9 + length > len(data):
            break
        end += 9 + length
    return end if end + len(MAGIC) < len(data) else len(data)
