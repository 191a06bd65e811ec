"""Polar Verity Sense: accelerations and turning rates as two streams, on one clock of nanoseconds.

Data (channel ""), little-endian:

    offset  type  field
    0       u8    2 acceleration, 5 turning rate (in the low six bits)
    1       u64   ns since 2000-01-01, time of the frame's LAST sample
    9       u8    kind of frame; bit 7: compressed (`polar_delta`)
    10            acceleration 0, 1, 2: 3 × i8, i16, i24 to a sample, mg
                  acceleration 0 compressed: i16, g by the factor; 1 compressed: i16, mg by it
                  turning rate 0 compressed: i16, °/s by the factor; 1 compressed: bits of f32

Answers of the control point (channel "control"):

    0       u8    0xF0
    1       u8    command answered: 1 settings, 2 start, 3 stop
    2       u8    2 acceleration, 5 turning rate, 9 SDK mode
    3       u8    status: 0 done, 6 streams already, 13 on its charger
    4       u8    1: more follows
    5             settings: number, count, values; 5 is the factor, f32

Without its factor a compressed frame means nothing, so it waits for a start to be answered. A
frame's samples lie evenly between the time of the last frame and its own; so a stream's first
frame only tells where the second begins (and where one is wanted all the same, is taken to be of
52 Hz). Frames hold up to sixty samples: at the usual 52 Hz that is more than a second's delay, so
SDK mode is asked for, with 104 Hz, and 52 Hz where a sensor is too old for it.

The H10, H9 and OH1 have no gyroscope and are refused.

Sources: Polar BLE SDK, "online measurement" v1.0 and its parsers' tests.
"""

import math
import struct
from collections.abc import Mapping

import numpy as np

from monitor.errors import InputError
from monitor.samples import Decoded, Floats
from monitor.wire import decoder
from monitor.wire.decoder import NOTHING, samples, unknown
from monitor.wire.gatt import Advertisement, Notification, Profile, Write
from monitor.wire.pairing import ByTime, Paired
from monitor.wire.polar_delta import compressed, decompressed, signed

CONTROL = "fb005c81-02e7-f387-1cad-8acd2d8df0c8"
DATA = "fb005c82-02e7-f387-1cad-8acd2d8df0c8"
ACC, GYR, SDK_MODE = 2, 5, 9
G = 9.80665
"""m/s²."""
STANDARD_RATE_HZ = 52
RATE_HZ = 104
_RATES_HZ = {False: (52,), True: (26, 52, 104, 208, 416)}
"""What may be asked for, by whether SDK mode is on."""
_ANSWER = 0xF0
_START, _STOP = 2, 3
_RATE, _RESOLUTION, _RANGE, _CHANNELS, _FACTOR = 0, 1, 2, 4, 5
_SIZES: Mapping[int, int] = {_RATE: 2, _RESOLUTION: 2, _RANGE: 2, 3: 2, _CHANNELS: 1, _FACTOR: 4}
"""Bytes of a setting's value."""
_DONE, _ALREADY, _BAD_RATE = 0, 6, 8
_WORDS = {
    5: "it does not know the setting",
    8: "it does not know the rate",
    12: "another mode is on",
    13: "it is on its charger",
}
_UNITS: Mapping[tuple[int, int], tuple[int, float, bool]] = {
    (ACC, 0x00): (1, G / 1000, False),
    (ACC, 0x01): (2, G / 1000, False),
    (ACC, 0x02): (3, G / 1000, False),
    (ACC, 0x80): (2, G, True),
    (ACC, 0x81): (2, G / 1000, True),
    (GYR, 0x80): (2, np.radians(1.0), True),
    (GYR, 0x81): (4, np.radians(1.0), True),
}
"""Bytes of a number, m/s² or rad/s for 1, and whether the factor counts, by stream and kind."""
_FACTORS: Mapping[int, float] = {ACC: 8 / 32768, GYR: 2000 / 32768}
"""What the encoder's sensor answers: 8 g and 2000 °/s in 16 bits, exact in f32."""
_LATE_NS = 1_000_000_000
_HEAD = struct.Struct("<BQB")


def _start(what: int, rate_hz: int, most: int) -> Write:
    """Start a stream of 16 bits and three channels, up to so many g or °/s."""
    settings = struct.pack("<BBHBBHBBHBBB", 0, 1, rate_hz, 1, 1, 16, 2, 1, most, 4, 1, 3)
    return Write(CONTROL, bytes([_START, what]) + settings, response=True, pause_s=0.2)


def _command(command: int, what: int) -> Write:
    return Write(CONTROL, bytes([command, what]), response=True, pause_s=0.2)


_STOPS = (_command(_STOP, ACC), _command(_STOP, GYR))


def _refuses(said: Advertisement) -> str | None:
    if said.name.startswith(("Polar Sense", "Polar Verity")):
        return None
    return f"{said.name} has no gyroscope; of Polar's sensors the Verity Sense has one"


GATT = Profile(
    recognises=lambda said: said.name.startswith("Polar "),
    refuses=_refuses,
    notifies={CONTROL: "control", DATA: ""},
    start=(
        *_STOPS,
        _command(_START, SDK_MODE),
        *(_start(what, RATE_HZ, most) for what, most in ((ACC, 8), (GYR, 2000))),
        *(_start(what, STANDARD_RATE_HZ, most) for what, most in ((ACC, 8), (GYR, 2000))),
    ),
    stop=(*_STOPS, _command(_STOP, SDK_MODE)),
    interval_s=2.0,
)


class _Stream:
    """What is known of one of the two streams.

    Attributes:
        factor: of its compressed frames, None until a start was answered.
        newest_ns: time of its newest frame.
        period_ns: from sample to sample, once two frames have come.
    """

    def __init__(self, factor: float | None) -> None:
        self.factor = factor
        self.newest_ns: int | None = None
        self.period_ns: float | None = None

    def times(self, last_ns: int, n: int) -> Floats | None:
        """(n,), s, of a frame's samples; None if it is not later than the newest."""
        period_ns, newest_ns = self.period_ns, self.newest_ns
        if newest_ns is not None and -_LATE_NS <= last_ns - newest_ns <= 0:
            return None
        if newest_ns is not None and last_ns > newest_ns:
            mean_ns = (last_ns - newest_ns) / n
            if period_ns is None or mean_ns < 1.5 * period_ns:
                period_ns = self.period_ns = mean_ns
        step_ns = 1e9 / STANDARD_RATE_HZ if period_ns is None else period_ns
        self.newest_ns = last_ns
        return np.asarray((last_ns - step_ns * np.arange(n - 1, -1, -1)) / 1e9, float)


class Reader(decoder.Reader):
    """Each frame as it comes: accelerations or turning rates, with their times.

    Args:
        factor: of compressed frames; None: a start's answer must tell it first.
        first: whether the first frame of a stream, whose rate is not known yet, counts as well.
    """

    def __init__(self, factor: float | None = 1.0, *, first: bool = True) -> None:
        super().__init__()
        if factor is not None and not (math.isfinite(factor) and factor):
            raise InputError(f"a factor of {factor} makes nothing of the numbers; give another")
        self._factor = factor
        self._first = first
        self.restart()

    def restart(self) -> None:
        """Forget the times; factors are told anew with every start."""
        self._streams = {ACC: _Stream(self._factor), GYR: _Stream(self._factor)}

    def feed(self, data: bytes, channel: str = "") -> Decoded:
        """The samples of one frame."""
        if channel == "control":
            self._answered(data)
            return NOTHING
        if len(data) <= _HEAD.size:
            return self.reject(f"{len(data)} bytes are too few for a frame")
        what, last_ns, kind = _HEAD.unpack_from(data)
        known = _UNITS.get((what & 0x3F, kind))
        if known is None:
            return self.reject(f"stream {what & 0x3F}, frame of kind 0x{kind:02x}: not known")
        size, unit, scaled = known
        if scaled:
            factor = self._streams[what & 0x3F].factor
            if factor is None:
                return self.reject("a compressed frame before a start's answer told its factor")
            unit *= factor
        numbers = _numbers(data[_HEAD.size :], kind, size, unit)
        if isinstance(numbers, str):
            return self.reject(numbers)
        return self._timed(what & 0x3F, last_ns, numbers)

    def _timed(self, what: int, last_ns: int, numbers: Floats) -> Decoded:
        stream = self._streams[what]
        n = len(numbers)
        time_s = stream.times(last_ns, n)
        if time_s is None:
            return self.drop("a frame came twice, or late")
        if stream.period_ns is None and not self._first:
            return NOTHING
        acc, gyr = (numbers, unknown(n)) if what == ACC else (unknown(n), numbers)
        return samples(acc, gyr, time_s)

    def _answered(self, data: bytes) -> None:
        """Take the factor from a start's answer, and note what was refused."""
        if len(data) < 4 or data[:2] != bytes([_ANSWER, _START]) or data[2] not in self._streams:
            return
        stream = self._streams[data[2]]
        if data[3] == _DONE:
            stream.factor = _settings(data[5:]).get(_FACTOR, stream.factor)
            self.notice = ""
        elif data[3] != _ALREADY:
            words = _WORDS.get(data[3], f"status {data[3]}")
            self.notice = f"the Polar does not start: {words}"


def _settings(data: bytes) -> dict[int, float]:
    """The first value of each setting in an answer, as far as they can be read."""
    found: dict[int, float] = {}
    at = 0
    while at + 2 <= len(data) and data[at] in _SIZES:
        size, count = _SIZES[data[at]], data[at + 1]
        value = data[at + 2 : at + 2 + size]
        if len(value) == size:
            kind = {1: "<B", 2: "<H", 4: "<f"}[size]
            found[data[at]] = struct.unpack(kind, value)[0]
        at += 2 + size * count
    return found


def _numbers(data: bytes, kind: int, size: int, unit: float) -> Floats | str:
    """(n, 3), m/s² or rad/s; or why there are none."""
    if kind & 0x80:
        whole = decompressed(data, size)
        if isinstance(whole, str):
            return whole
    elif len(data) % (3 * size):
        return f"{len(data)} bytes are no whole samples"
    else:
        whole = signed(data, size)
    numbers = _floats(whole) if size == 4 else whole.astype(float)
    if not np.isfinite(numbers).all():
        return "a frame that is not of finite numbers"
    return np.asarray(numbers * unit)


def _floats(bits: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Floats:
    """f32 by their bits; some of those that are no numbers would warn where they are converted."""
    with np.errstate(invalid="ignore"):
        return (bits & 0xFFFFFFFF).astype("<u4").view("<f4").astype(float)


class Decoder(Paired):
    """Frames in, samples out: accelerations with the turning rates at their times."""

    def __init__(self) -> None:
        super().__init__(Reader(None, first=False), ByTime)


class Encoder:
    """Such a sensor: it sends the streams that were started.

    Attributes:
        batch: samples to a frame.
    """

    batch = 26

    def __init__(self) -> None:
        self._sdk_mode = False
        self._rates_hz: dict[int, int] = {}

    @property
    def rate_hz(self) -> float:
        """As started."""
        return max(self._rates_hz.values(), default=STANDARD_RATE_HZ)

    @property
    def streaming(self) -> bool:
        """Whether both streams were started."""
        return len(self._rates_hz) == 2

    def encode(
        self,
        acc: Floats,
        gyr: Floats,
        sequence: int,  # noqa: ARG002 - it does not count
        sensor_time_s: float,
    ) -> list[Notification]:
        """A frame of accelerations and one of turning rates."""
        last_ns = round(1e9 * (sensor_time_s + (len(acc) - 1) / self.rate_hz))
        said: list[Notification] = []
        for what, vectors in ((ACC, acc), (GYR, gyr)):
            counts = np.rint(vectors / (_FACTORS[what] * _UNITS[what, 0x80][1]))
            whole = np.clip(counts, -32768, 32767).astype(np.int64)
            said.append((DATA, _HEAD.pack(what, last_ns, 0x80) + compressed(whole, 2)))
        return said

    def replies(self, characteristic: str, data: bytes) -> list[Notification]:
        """An answer to each command; a start's carries the factor."""
        if characteristic != CONTROL or len(data) < 2:
            return []
        command, what = data[:2]
        status, rest = _DONE, b""
        if what == SDK_MODE:
            self._sdk_mode = command == _START
        elif command == _STOP:
            self._rates_hz.pop(what, None)
        elif command == _START and what in _FACTORS:
            status = self._started(what, data[2:])
            factor = struct.pack("<BBf", _FACTOR, 1, _FACTORS[what])
            rest = factor if status == _DONE else b""
        return [(CONTROL, bytes([_ANSWER, command, what, status, 0]) + rest)]

    def _started(self, what: int, settings: bytes) -> int:
        """Status of the answer."""
        rate_hz = int(_settings(settings).get(_RATE, 0))
        if what in self._rates_hz:
            return _ALREADY
        if rate_hz not in _RATES_HZ[self._sdk_mode]:
            return _BAD_RATE
        self._rates_hz[what] = rate_hz
        return _DONE
