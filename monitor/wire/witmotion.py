"""WitMotion's small Bluetooth 5 sensors (WT901BLE, WT9011DCL): records without time or number.

A stream of bytes, little-endian, whose records a notification may cut or hold several of:

    offset  type     field
    0       u16      0x55 0x61: measurement
    2       3 × i16  acceleration x y z, 16 g / 32768
    8       3 × i16  turning rate x y z, 2000 °/s / 32768
    14      3 × i16  roll, pitch, yaw, 180° / 32768: not used
    20      6 × u8   WTSDCL only, whose records have 28 bytes: year - 2000, month, day, h, min, s
    26      u16      ms

    0       u16      0x55 0x71: answer to a question for registers, always 20 bytes
    2       u16      number of the first register
    4       8 × i16  its value and the following ones'; 0x64 is the battery, 0.01 V

Commands, five bytes: FF AA register low high; 69 88 B5 unlocks for ten seconds, 27 asks. The rate
(03) is 10 Hz as bought, 09 = 100 Hz; the low-pass (1F) is 20 Hz as bought, 02 = 98 Hz. With a slow
low-pass the sensor repeats its numbers; that is counted and said.

There is neither a checksum nor a counter: a record is believed where the last one ended, and after
rubbish only where another header, or the end of the notification, follows it. Vibration sensors
(WTVB) use the same header for something else; they are recognised by their length and refused.

Sources: WitMotion's published software for BLE 5.0, the WIT standard protocol, WT901BLECL
datasheet v23-0420, and packets published by bt-sensors-plugin-sk.
"""

import math
import struct
from datetime import UTC, datetime, timedelta

import numpy as np

from monitor.samples import Decoded, Floats
from monitor.wire.decoder import NOTHING, Reader, joined, samples
from monitor.wire.gatt import Advertisement, Notification, Profile, Write

SERVICE = "0000ffe5-0000-1000-8000-00805f9a34fb"
RECORDS = "0000ffe4-0000-1000-8000-00805f9a34fb"
COMMANDS = "0000ffe9-0000-1000-8000-00805f9a34fb"
RATES_HZ = {1: 0.2, 2: 0.5, 3: 1, 4: 2, 5: 5, 6: 10, 7: 20, 8: 50, 9: 100, 11: 200}
"""Rates by their code in register 0x03."""
G = 9.80665
"""m/s²."""
ACC_LSB = 16 * G / 32768
GYR_LSB = math.radians(2000) / 32768
LSB = np.repeat([ACC_LSB, GYR_LSB], 3)
_MEASUREMENT = b"\x55\x61"
_REGISTERS = b"\x55\x71"
_SIZE = 20
_DATED_SIZE = 28
_VIBRATION_SIZES = (28, 32)
_RATE, _QUESTION, _BANDWIDTH, _BATTERY, _LOCK = 0x03, 0x27, 0x1F, 0x64, 0x69
_UNLOCK = 0xB588
_PAUSE_S = 0.1
"""The sensor misses commands that follow sooner, s."""
_JUDGED = 200
"""Repetitions are judged over so many records."""
_SLOW = "most of its records repeat the one before: its low-pass is too slow (register 0x1F)"
_LATE_S = 1.0
"""A record at most this far behind is late; further behind, the sensor's clock was set."""
_EPOCH = np.datetime64("2000-01", "M")
_BATTERY_STEPS = (
    (396, 100), (393, 90), (387, 75), (382, 60), (379, 50), (377, 40),
    (373, 30), (370, 20), (368, 15), (350, 10), (340, 5),
)  # fmt: skip
"""0.01 V above which the battery holds so many %."""


def _command(register: int, value: int) -> Write:
    return Write(COMMANDS, struct.pack("<BBBH", 0xFF, 0xAA, register, value), pause_s=_PAUSE_S)


def battery_pct(_channel: str, data: bytes) -> float | None:
    """The charge in an answer for register 0x64, %."""
    at = data.find(_REGISTERS + bytes([_BATTERY, 0]))
    if at < 0 or len(data) < at + 6:
        return None
    (centivolts,) = struct.unpack_from("<h", data, at + 4)
    return next((float(pct) for above, pct in _BATTERY_STEPS if centivolts > above), 0.0)


def _refuses(said: Advertisement) -> str | None:
    if said.name.startswith(("WTVB", "WT-CB")):
        return f"{said.name} is a vibration sensor: it does not say how it moves, only how strongly"
    return None


_SETTINGS = (_command(_LOCK, _UNLOCK), _command(_BANDWIDTH, 0x02), _command(_RATE, 0x09))
GATT = Profile(
    recognises=lambda said: SERVICE in said.services or said.name.startswith("WT"),
    refuses=_refuses,
    notifies={RECORDS: ""},
    prepare=_SETTINGS,
    start=_SETTINGS,  # again, for one that listens only while it is listened to
    battery_query=_command(_QUESTION, _BATTERY),
    battery_pct=battery_pct,
)


class Decoder(Reader):
    """WitMotion's stream of bytes in, samples out.

    Attributes:
        repeated: records with exactly the numbers of the one before.
    """

    def __init__(self) -> None:
        super().__init__()
        self.repeated = 0
        self.restart()

    def restart(self) -> None:
        """Forget half a record, and what kind of sensor it was."""
        self._held = b""
        self._size = 0  # of a measurement, once known
        self._synced = True
        self._any = False
        self._last = b""
        self._last_s = -math.inf
        self._judged = self._same = 0

    def feed(self, data: bytes, channel: str = "") -> Decoded:  # noqa: ARG002 - there is but one
        """The samples of the records that end in this notification."""
        cut_short = bool(self._held) and data[:2] in (_MEASUREMENT, _REGISTERS)
        stream = data if cut_short else self._held + data
        if not self._any and _is_vibration(stream):
            self._held = b""
            return self.reject(
                f"{len(data)} bytes with this header but no date: a vibration sensor (WTVB) "
                "sends such; it has neither accelerations nor turning rates"
            )
        records, skipped = self._cut(stream)
        if skipped or cut_short:
            self.reject("a record was cut short" if cut_short else f"{skipped} bytes are no record")
        return self._new(records)

    def _cut(self, stream: bytes) -> tuple[list[bytes], int]:
        """The measurements in the stream, and how many bytes were no record."""
        found: list[bytes] = []
        at = skipped = 0
        while at < len(stream):
            size = self._size_at(stream, at)
            if size and at + size > len(stream):
                break
            if size and (self._synced or _header_or_end(stream, at + size)):
                self._synced = self._any = True
                if stream.startswith(_MEASUREMENT, at):
                    self._size = size
                    found.append(stream[at : at + size])
                at += size
            else:
                self._synced, self._size = False, 0
                skipped += 1
                at += 1
        self._held = stream[at:]
        return found, skipped

    def _size_at(self, stream: bytes, at: int) -> int:
        """How long the record is that begins here; 0 if none does."""
        if stream.startswith(_REGISTERS, at) or (at + 1 == len(stream) and stream[at] == 0x55):
            return _SIZE
        if not stream.startswith(_MEASUREMENT, at):
            return 0
        if self._size == _DATED_SIZE and at + _DATED_SIZE > len(stream):
            return _DATED_SIZE
        if self._size != _SIZE and _is_dated(stream, at):
            return _DATED_SIZE
        return 0 if self._size == _DATED_SIZE else _SIZE

    def _new(self, records: list[bytes]) -> Decoded:
        """Samples of the measurements."""
        for record in records:
            same = record[2:14] == self._last
            self._last = record[2:14]
            self.repeated += same
            self._judge(same=same)
        plain = [record for record in records if len(record) == _SIZE]
        dated = [record for record in records if len(record) == _DATED_SIZE]
        return joined([_measured(plain), self._later(dated)]) if dated else _measured(plain)

    def _judge(self, *, same: bool) -> None:
        """Say it where most records repeat the one before."""
        self._judged += 1
        self._same += same
        if self._judged == _JUDGED:
            slow = 2 * self._same > self._judged
            self.notice = _SLOW if slow else ""
            self._judged = self._same = 0

    def _later(self, records: list[bytes]) -> Decoded:
        """Samples of dated records, but for those that are not later than the one before."""
        read = _measured(records)
        raw = np.frombuffer(b"".join(records), np.uint8).reshape(-1, _DATED_SIZE)[:, _SIZE:]
        time_s = _seconds(raw.astype(int))
        new = [self._is_new(time) for time in time_s.tolist()]
        return samples(read.acc[new], read.gyr[new], time_s[new])

    def _is_new(self, time_s: float) -> bool:
        """Whether it is later than the newest, or so much earlier that the clock was set."""
        if self._last_s - _LATE_S <= time_s <= self._last_s:
            self.drop("a record came twice, or late")
            return False
        self._last_s = time_s
        return True


def _header_or_end(stream: bytes, at: int) -> bool:
    """Whether a header is here, or as much of one as there is left."""
    here = stream[at : at + 2]
    return _MEASUREMENT.startswith(here) or _REGISTERS.startswith(here)


def _is_dated(stream: bytes, at: int) -> bool:
    """Whether a whole record of 28 bytes with a date begins here, and another one after it."""
    end = at + _DATED_SIZE
    if len(stream) < end or not _header_or_end(stream, end):
        return False
    _, month, day, hour, minute, second, ms = struct.unpack_from("<6BH", stream, at + _SIZE)
    date: bool = 1 <= month <= 12 and 1 <= day <= 31
    return date and hour < 24 and minute < 60 and second < 60 and ms < 1000


def _is_vibration(stream: bytes) -> bool:
    """Whether this can only be a vibration sensor: its length, but neither record nor date."""
    if not stream.startswith(_MEASUREMENT) or stream[_SIZE : _SIZE + 2] in (
        _MEASUREMENT,
        _REGISTERS,
    ):
        return False
    return len(stream) in _VIBRATION_SIZES and not _is_dated(stream, 0)


def _measured(records: list[bytes]) -> Decoded:
    """Counts to SI units."""
    if not records:
        return NOTHING
    raw = np.frombuffer(b"".join([record[2:14] for record in records]), "<i2").reshape(-1, 6)
    numbers: Floats = raw * LSB
    return samples(numbers[:, :3], numbers[:, 3:])


def _seconds(date: np.ndarray[tuple[int, ...], np.dtype[np.int_]]) -> Floats:
    """(n,), s since 2000, of (n, 8) bytes: year, month, day, hour, minute, second, ms low, high."""
    months = _EPOCH + (12 * date[:, 0] + date[:, 1] - 1)
    days = (months.astype("M8[D]") - _EPOCH.astype("M8[D]")).astype(int) + date[:, 2] - 1
    whole = 86400 * days + 3600 * date[:, 3] + 60 * date[:, 4] + date[:, 5]
    return np.asarray(whole + (date[:, 6] + 256 * date[:, 7]) / 1000)


class Encoder:
    """Such a sensor: it streams as soon as it is on, at 10 Hz until told otherwise.

    Args:
        dated: whether it is a WTSDCL, whose records carry a date.
    """

    streaming = True

    def __init__(self, *, dated: bool = False) -> None:
        self._dated = dated
        self._unlocked = False
        self._registers = {_RATE: 6, _BANDWIDTH: 4, _BATTERY: 385}

    @property
    def rate_hz(self) -> float:
        """As register 0x03 says."""
        return RATES_HZ[self._registers[_RATE]]

    @property
    def batch(self) -> int:
        """Records to a notification: the radio sends some 25 a second."""
        return max(1, round(self.rate_hz / 25))

    def encode(
        self,
        acc: Floats,
        gyr: Floats,
        sequence: int,  # noqa: ARG002 - it does not count
        sensor_time_s: float,
    ) -> list[Notification]:
        """All samples in one notification; the angles are left at 0."""
        raw: Floats = np.clip(np.rint(np.hstack([acc, gyr]) / LSB), -32768, 32767)
        records = []
        for k, row in enumerate(raw.astype("<i2")):
            date = _date(sensor_time_s + k / self.rate_hz) if self._dated else b""
            records.append(_MEASUREMENT + row.tobytes() + bytes(6) + date)
        return [(RECORDS, b"".join(records))]

    def replies(self, characteristic: str, data: bytes) -> list[Notification]:
        """Registers that are asked for; what is written holds once it is unlocked."""
        if characteristic != COMMANDS or len(data) != 5 or data[:2] != b"\xff\xaa":
            return []
        register, value = struct.unpack_from("<BH", data, 2)
        if register == _QUESTION:
            values = [self._registers.get(value + k, 0) for k in range(8)]
            return [(RECORDS, _REGISTERS + struct.pack("<H8h", value, *values))]
        if register == _LOCK:
            self._unlocked = value == _UNLOCK
        elif self._unlocked and (register != _RATE or value in RATES_HZ):
            self._registers[register] = value
        return []


def _date(time_s: float) -> bytes:
    when = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(milliseconds=round(time_s * 1000))
    clock = (when.year - 2000, when.month, when.day, when.hour, when.minute, when.second)
    return struct.pack("<6BH", *clock, when.microsecond // 1000)
