"""The project's own packets: what a sensor should say so that nothing lost goes unnoticed.

One packet per notification, little-endian, 14 + 12 n bytes, n = 1..19 (an MTU of 247 leaves room
for 244 bytes):

    offset  type        field
    0       u8          magic, 0x4C ("L")
    1       u8          version, 1
    2       u8          ranges: low nibble accelerometer, high nibble gyroscope (tables below)
    3       u8          n, samples in this packet
    4       u16         running number of the packet's first SAMPLE; wraps (655 s at 100 Hz)
    6       u32         µs, device clock at the first sample; wraps after 71.6 min
    10      u16         µs, nominal time from one sample to the next
    12      n × 6 × i16 acc x y z, gyr x y z; one LSB = range / 32768
    12+12n  u16         CRC-16 (polynomial 0x1021, start 0xFFFF) of all bytes before it,
                        high byte first, so that the CRC of a whole sound packet is 0

A packet that comes twice is dropped. One that comes late is dropped as well and so stays lost:
the radio link keeps the order, so this is rare, and waiting for it would delay every sample
behind a real loss. Numbers that cannot follow what came before mean the sensor started anew;
then they start anew here as well and the samples' numbers and times may go back.

Over the air: service 6c700001-8d3f-4a5e-9c61-1f4b7a20d9e3 is advertised with a name that begins
"LegPress"; characteristic …0002 notifies the packets as soon as it is subscribed to; battery by
the Bluetooth SIG's service. A sketch for boards that can do this is in reference_sketch.md.
"""

import binascii
import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from monitor.arrivals import Packet
from monitor.samples import Decoded, Floats
from monitor.wire.gatt import Notification, Profile

SERVICE = "6c700001-8d3f-4a5e-9c61-1f4b7a20d9e3"
PACKETS = "6c700002-8d3f-4a5e-9c61-1f4b7a20d9e3"
GATT = Profile(recognises=lambda said: SERVICE in said.services, notifies={PACKETS: ""})
MAGIC = 0x4C
VERSION = 1
MAX_SAMPLES = 19
ACC_RANGES_G = (2, 4, 8, 16)
GYR_RANGES_DPS = (125, 250, 500, 1000, 2000)
G = 9.80665
"""m/s², standard gravity, the unit accelerometer ranges are given in."""

_HEADER = struct.Struct("<BBBBHIH")
_CRC = struct.Struct(">H")
_OVERHEAD = _HEADER.size + _CRC.size
_SAMPLE = 12
_LSB = {
    acc_code | gyr_code << 4: np.repeat([g * G / 32768, math.radians(dps) / 32768], 3)
    for acc_code, g in enumerate(ACC_RANGES_G)
    for gyr_code, dps in enumerate(GYR_RANGES_DPS)
}
"""(6,), m/s² and rad/s per LSB, for each code of the ranges."""
_HALF_TURN = 1 << 31
"""µs, half a turn of the device clock."""
_CRC_START = 0xFFFF
_LATE_US = 1_500_000
"""A packet at most this far behind is late; further behind, the sensor's clock started anew."""
_MISFIT_US = 50_000
_MISFIT_SHARE = 0.025
"""Numbers and clock may disagree by this much: jitter, and sample rates off by up to 2 %."""


class _Packet(NamedTuple):
    """A sound packet; the first three say how its bytes are to be read."""

    ranges: int
    n: int
    period_us: int
    sequence: int
    time_us: int
    body: bytes


class Decoder:
    """Reference packets in, samples out; never raises, whatever the bytes.

    Attributes:
        rejected: notifications that were no sound packet.
        dropped: sound packets that came twice or too late.
        reason: why the last of them was rejected or dropped, in words.
        notice: "": these packets tell all that matters themselves.
    """

    def __init__(self) -> None:
        self.rejected = 0
        self.dropped = 0
        self.reason = ""
        self.notice = ""
        self._newest: _Packet | None = None
        self._lost = False

    def restart(self) -> None:
        """The link was lost: the counters may go on, or the sensor may have started anew."""
        self._lost = True

    def feed(self, data: bytes, channel: str = "") -> Decoded:  # noqa: ARG002 - all families' shape
        """The samples of one notification, none if it holds no new sound packet."""
        packet = self._accept(data)
        return _samples([packet] if packet else [])

    def feed_all(self, packets: Sequence[Packet]) -> tuple[Decoded, Floats]:
        """The same for many notifications at once, much quicker, and each sample's arrival, s."""
        accepted = [self._accept(packet.data) for packet in packets]
        runs = [list(run) for _, run in groupby(filter(None, accepted), itemgetter(0, 1, 2))]
        counts = [packet.n if packet else 0 for packet in accepted]
        arrival_s = np.repeat(np.array([p.arrival_s for p in packets], float), counts)
        return _joined([_samples(run) for run in runs]), arrival_s

    def _accept(self, data: bytes) -> _Packet | None:
        packet = _read(data)
        if isinstance(packet, str):
            self.rejected += 1
            self.reason = packet
            return None
        if self._newest is not None:
            steps, elapsed_us = _since(self._newest, packet)
            new = steps >= self._newest.n
            if _follows(steps, elapsed_us, packet.period_us) and (new or not self._lost):
                if not new:
                    self.dropped += 1
                    self.reason = f"sample {packet.sequence} came before: a packet twice, or late"
                    return None
                ranges, n, period_us, _, _, body = packet
                sequence = self._newest.sequence + steps
                time_us = self._newest.time_us + elapsed_us
                packet = _Packet(ranges, n, period_us, sequence, time_us, body)
        self._newest, self._lost = packet, False
        return packet


@dataclass(frozen=True, slots=True)
class Encoder:
    """What a sensor with this firmware does: samples in, reference packets out.

    Attributes:
        acc_range_g: one of `ACC_RANGES_G`; beyond it the sensor saturates.
        gyr_range_dps: one of `GYR_RANGES_DPS`, °/s.
        period_us: nominal sample period, whole µs, 1..65535.
        batch: samples to a packet, 1..19.
        streaming: True: it sends to whoever listens.
    """

    acc_range_g: int = 8
    gyr_range_dps: int = 500
    period_us: int = 10_000
    batch: int = 5
    streaming: bool = True

    def __post_init__(self) -> None:
        if self.acc_range_g not in ACC_RANGES_G or self.gyr_range_dps not in GYR_RANGES_DPS:
            raise ValueError(f"ranges are one of {ACC_RANGES_G} g and {GYR_RANGES_DPS} °/s")
        if not 1 <= self.period_us <= 0xFFFF:
            raise ValueError("the sample period is 1..65535 µs")

    @property
    def rate_hz(self) -> float:
        """How often it samples, by name."""
        return 1e6 / self.period_us

    def replies(self, characteristic: str, data: bytes) -> list[Notification]:  # noqa: ARG002 - takes no commands
        """Nothing: it takes no commands."""
        return []

    def encode(
        self, acc: Floats, gyr: Floats, sequence: int, sensor_time_s: float
    ) -> list[Notification]:
        """One packet, as `packet` makes it, on its way."""
        return [(PACKETS, self.packet(acc, gyr, sequence, sensor_time_s))]

    def packet(self, acc: Floats, gyr: Floats, sequence: int, sensor_time_s: float) -> bytes:
        """One packet of n = 1..19 samples, each number within half an LSB or saturated.

        Args:
            acc: (n, 3), m/s², finite.
            gyr: (n, 3), rad/s, finite.
            sequence: running number of the first sample; wraps by itself.
            sensor_time_s: device clock at the first sample, s; wraps by itself.
        """
        n = len(acc)
        if not 1 <= n <= MAX_SAMPLES:
            raise ValueError(f"a packet holds 1..{MAX_SAMPLES} samples, not {n}")
        acc_code = ACC_RANGES_G.index(self.acc_range_g)
        ranges = acc_code | GYR_RANGES_DPS.index(self.gyr_range_dps) << 4
        raw: Floats = np.rint(np.hstack([acc, gyr]) / _LSB[ranges])
        if not np.isfinite(raw).all():
            raise ValueError("a sensor says finite numbers only")
        body = np.clip(raw, -32768, 32767).astype("<i2").tobytes()
        time_us = round(sensor_time_s * 1e6) & 0xFFFFFFFF
        head = (MAGIC, VERSION, ranges, n, sequence & 0xFFFF, time_us, self.period_us)
        packet = _HEADER.pack(*head) + body
        return packet + _CRC.pack(binascii.crc_hqx(packet, _CRC_START))


def _read(data: bytes) -> _Packet | str:  # noqa: PLR0911 - a list of faults, each with its words
    """One packet, its counters still wrapped; or why these bytes are none."""
    size = len(data)
    if size < _OVERHEAD + _SAMPLE:
        return f"{size} byte{'s are' if size != 1 else ' is'} too few for a reference packet"
    magic, version, ranges, n, sequence, time_us, period_us = _HEADER.unpack_from(data)
    if magic != MAGIC:
        return f"starts with 0x{magic:02X}, a reference packet with 0x{MAGIC:02X}"
    if version != VERSION:
        return f"packet version {version}; this program knows version {VERSION}"
    if size != _OVERHEAD + _SAMPLE * n:
        return f"{size} bytes, but {n} samples need {_OVERHEAD + _SAMPLE * n}"
    if binascii.crc_hqx(data, _CRC_START):
        return "the checksum does not match: the packet was damaged"
    if ranges not in _LSB:
        return f"unknown ranges 0x{ranges:02X}"
    if n > MAX_SAMPLES or period_us == 0:
        return f"{n} samples every {period_us} µs are outside the format"
    return _Packet(ranges, n, period_us, sequence, time_us, data[_HEADER.size : -_CRC.size])


def _since(newest: _Packet, packet: _Packet) -> tuple[int, int]:
    """Samples and µs from the start of the newest packet to that of this one.

    Of all whole turns of the 16-bit counter, the one that fits the device clock best.
    """
    elapsed_us = (packet.time_us - newest.time_us + _HALF_TURN) % (2 * _HALF_TURN) - _HALF_TURN
    steps = (packet.sequence - newest.sequence) & 0xFFFF
    turns = round((elapsed_us / packet.period_us - steps) / 65536)
    return steps + 65536 * turns, elapsed_us


def _follows(steps: int, elapsed_us: int, period_us: int) -> bool:
    """Whether counter and clock tell the same story, and one that can follow the newest packet."""
    misfit_us = abs(steps * period_us - elapsed_us)
    return elapsed_us > -_LATE_US and misfit_us <= _MISFIT_US + _MISFIT_SHARE * abs(elapsed_us)


def _samples(run: Sequence[_Packet]) -> Decoded:
    """Counts to SI units, for packets that are all to be read alike."""
    ranges, n, period_us = run[0][:3] if run else (0, 0, 0)
    raw = np.frombuffer(b"".join([packet.body for packet in run]), "<i2").reshape(-1, 6)
    numbers: Floats = raw * _LSB[ranges]
    heads = np.array([packet[3:5] for packet in run], np.int64).reshape(-1, 2, 1)
    within = np.arange(n)
    time_s: Floats = (heads[:, 1] + within * period_us).ravel() / 1e6
    return Decoded(numbers[:, :3], numbers[:, 3:], (heads[:, 0] + within).ravel(), time_s)


def _joined(runs: Sequence[Decoded]) -> Decoded:
    """Runs of packets one after the other."""
    if len(runs) == 1:
        return runs[0]
    parts = [(run.acc, run.gyr, run.sequence, run.sensor_time_s) for run in runs or [_samples([])]]
    return Decoded(*(np.concatenate(part) for part in zip(*parts, strict=True)))
