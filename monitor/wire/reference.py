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
    12+12n  u16         CRC-16 (polynomial 0x1021, start 0xFFFF) of all bytes before it

A packet that comes twice is dropped. One that comes late is dropped as well and so stays lost:
the radio link keeps the order, so this is rare, and waiting for it would delay every sample
behind a real loss. Numbers that cannot follow what came before mean the sensor started anew;
then they start anew here as well and the samples' numbers and times may go back.
"""

import binascii
import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from monitor.samples import Decoded, Floats

MAGIC = 0x4C
VERSION = 1
MAX_SAMPLES = 19
ACC_RANGES_G = (2, 4, 8, 16)
GYR_RANGES_DPS = (125, 250, 500, 1000, 2000)
G = 9.80665
"""m/s², standard gravity, the unit accelerometer ranges are given in."""

_HEADER = struct.Struct("<BBBBHIH")
_CRC = struct.Struct("<H")
_OVERHEAD = _HEADER.size + _CRC.size
_SAMPLE = 12
_ACC_LSB = tuple(g * G / 32768 for g in ACC_RANGES_G)
_GYR_LSB = tuple(math.radians(dps) / 32768 for dps in GYR_RANGES_DPS)
_CRC_START = 0xFFFF
_LATE_US = 1_000_000
"""A packet at most this far behind is late; further behind, the sensor's clock started anew."""
_MISFIT_US = 50_000
_MISFIT_SHARE = 0.05
"""Numbers and clock may disagree by this much (jitter; sample rates are off by up to 2 %)."""


@dataclass(frozen=True, slots=True)
class _Packet:
    """One sound packet, its counters already unwrapped."""

    samples: bytes
    count: int
    ranges: int
    sequence: int
    time_us: int
    period_us: int


class Decoder:
    """Reference packets in, samples out; never raises, whatever the bytes.

    Attributes:
        rejected: notifications that were no sound packet.
        reason: why the last of them was not, in words.
        dropped: sound packets that came twice or too late.
    """

    def __init__(self) -> None:
        self.rejected = 0
        self.reason = ""
        self.dropped = 0
        self._newest: _Packet | None = None

    def restart(self) -> None:
        """Forget the counters: the link was lost and the sensor may have started anew."""
        self._newest = None

    def feed(self, data: bytes, channel: str = "") -> Decoded:  # noqa: ARG002 - all families' shape
        """The samples of one notification, none if it holds no new sound packet."""
        packet = self._accept(data)
        return _samples([] if packet is None else [packet])

    def feed_all(self, notifications: Sequence[bytes]) -> tuple[Decoded, list[int]]:
        """The samples of many notifications at once, and how many each of them gave."""
        packets = [self._accept(data) for data in notifications]
        counts = [0 if packet is None else packet.count for packet in packets]
        return _samples([packet for packet in packets if packet is not None]), counts

    def _accept(self, data: bytes) -> _Packet | None:
        reason = _fault(data)
        if reason:
            self.rejected += 1
            self.reason = reason
            return None
        _, _, ranges, count, sequence, time_us, period_us = _HEADER.unpack_from(data)
        if self._newest is not None:
            steps, elapsed_us = _since(self._newest, sequence, time_us, period_us)
            misfit = abs(steps * period_us - elapsed_us)
            if misfit <= _MISFIT_US + _MISFIT_SHARE * abs(elapsed_us) and elapsed_us > -_LATE_US:
                if steps < self._newest.count:
                    self.dropped += 1
                    return None
                sequence = self._newest.sequence + steps
                time_us = self._newest.time_us + elapsed_us
        body = data[_HEADER.size : -_CRC.size]
        self._newest = _Packet(body, count, ranges, sequence, time_us, period_us)
        return self._newest


@dataclass(frozen=True, slots=True)
class Encoder:
    """What a sensor with this firmware does: samples in, reference packets out.

    Attributes:
        acc_range_g: one of `ACC_RANGES_G`; beyond it the sensor saturates.
        gyr_range_dps: one of `GYR_RANGES_DPS`, °/s.
        period_us: nominal sample period, whole µs, 1..65535.
    """

    acc_range_g: int = 8
    gyr_range_dps: int = 500
    period_us: int = 10_000

    def __post_init__(self) -> None:
        if self.acc_range_g not in ACC_RANGES_G or self.gyr_range_dps not in GYR_RANGES_DPS:
            raise ValueError(f"ranges are one of {ACC_RANGES_G} g and {GYR_RANGES_DPS} °/s")
        if not 1 <= self.period_us <= 0xFFFF:
            raise ValueError("the sample period is 1..65535 µs")

    def encode(self, acc: Floats, gyr: Floats, sequence: int, sensor_time_s: float) -> bytes:
        """One packet of n = 1..19 samples, each number within half an LSB or saturated.

        Args:
            acc: (n, 3), m/s², finite.
            gyr: (n, 3), rad/s, finite.
            sequence: running number of the first sample; wraps by itself.
            sensor_time_s: device clock at the first sample, s; wraps by itself.
        """
        count = len(acc)
        if not 1 <= count <= MAX_SAMPLES:
            raise ValueError(f"a packet holds 1..{MAX_SAMPLES} samples, not {count}")
        acc_code = ACC_RANGES_G.index(self.acc_range_g)
        gyr_code = GYR_RANGES_DPS.index(self.gyr_range_dps)
        lsb = np.hstack([acc / _ACC_LSB[acc_code], gyr / _GYR_LSB[gyr_code]])
        if not np.isfinite(lsb).all():
            raise ValueError("a sensor says finite numbers only")
        body = np.clip(np.rint(lsb), -32768, 32767).astype("<i2").tobytes()
        time_us = round(sensor_time_s * 1e6) & 0xFFFFFFFF
        ranges = acc_code | gyr_code << 4
        head = (MAGIC, VERSION, ranges, count, sequence & 0xFFFF, time_us, self.period_us)
        packet = _HEADER.pack(*head) + body
        return packet + _CRC.pack(binascii.crc_hqx(packet, _CRC_START))


def _fault(data: bytes) -> str:  # noqa: PLR0911 - a list of faults, each with its words
    """Why these bytes are no sound packet, empty if they are one."""
    if len(data) < _OVERHEAD + _SAMPLE:
        return f"{len(data)} bytes are too few for a reference packet"
    magic, version, ranges, count, _, _, period_us = _HEADER.unpack_from(data)
    if magic != MAGIC:
        return f"starts with 0x{magic:02X}, a reference packet with 0x{MAGIC:02X}"
    if version != VERSION:
        return f"packet version {version}; this program knows version {VERSION}"
    if len(data) != _OVERHEAD + _SAMPLE * count:
        return f"{len(data)} bytes, but {count} samples need {_OVERHEAD + _SAMPLE * count}"
    if (
        binascii.crc_hqx(data[: -_CRC.size], _CRC_START)
        != _CRC.unpack_from(data, -2 + len(data))[0]
    ):
        return "the checksum does not match; the packet was damaged"
    if ranges & 0xF >= len(ACC_RANGES_G) or ranges >> 4 >= len(GYR_RANGES_DPS):
        return f"unknown range code 0x{ranges:02X}"
    if count > MAX_SAMPLES or period_us == 0:
        return f"{count} samples at {period_us} µs are outside the format"
    return ""


def _since(newest: _Packet, sequence: int, time_us: int, period_us: int) -> tuple[int, int]:
    """Samples and µs from the newest packet's start to this one's, both unwrapped.

    Of all whole turns of the 16-bit counter, the one that fits the device clock best.
    """
    half_turn = 1 << 31
    elapsed_us = (time_us - newest.time_us + half_turn) % (1 << 32) - half_turn
    steps = (sequence - newest.sequence) & 0xFFFF
    turns = round((elapsed_us / period_us - steps) / (1 << 16))
    return steps + (turns << 16), elapsed_us


def _samples(packets: Sequence[_Packet]) -> Decoded:
    """Counts to SI units, for all packets at once."""
    raw = np.frombuffer(b"".join([p.samples for p in packets]), "<i2").reshape(-1, 6)
    first = np.array(
        [(_ACC_LSB[p.ranges & 0xF], _GYR_LSB[p.ranges >> 4]) for p in packets]
    ).reshape(-1, 2)
    counts = [p.count for p in packets]
    lsb = np.repeat(first, counts, axis=0)
    heads = np.array([(p.sequence, p.time_us, p.period_us) for p in packets], np.int64)
    sequence, time_us, period_us = np.repeat(heads.reshape(-1, 3), counts, axis=0).T
    start = np.repeat(np.cumsum(counts, dtype=np.int64) - counts, counts)
    within = np.arange(len(raw)) - start
    return Decoded(
        acc=raw[:, :3] * lsb[:, :1],
        gyr=raw[:, 3:] * lsb[:, 1:],
        sequence=sequence + within,
        sensor_time_s=(time_us + within * period_us) * 1e-6,
    )
