"""A sensor of any family on somebody's body, and the radio it speaks through."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from monitor.arrivals import Arrival, LinkUp, Packet
from monitor.samples import Floats, Samples
from monitor.simulation.scenario import draw
from monitor.simulation.simulate import simulate
from monitor.wire.families import FAMILIES, Encoder, Family

INTERVAL_S = 0.045
"""A slow connection interval: notifications wait for it and come in bursts."""
TURN, STEP = 1000, 0.01
"""The first acceleration holds the sample's number: m/s² to one, beginning again after so many."""
OFFSET_S = 3.0
"""From the sensor's first sample to its arrival on the host's clock."""


@cache
def athlete() -> Samples:
    """What somebody's back does, 100 times a second; no two samples are alike."""
    return simulate(draw(3, rate_hz=100.0, rate_error=0.0, slip="none", acc_range_g=8.0)).samples


def started(family: Family) -> tuple[Encoder, list[tuple[str, bytes]]]:
    """A sensor that was told what the family tells it, and its answers: channel and bytes."""
    sensor = family.encoder()
    said = [
        answer
        for write in (*family.gatt.prepare, *family.gatt.start)
        for answer in sensor.replies(write.characteristic, write.data)
    ]
    return sensor, [(family.gatt.notifies[where], data) for where, data in said]


@dataclass(frozen=True)
class Worn:
    """What a sensor sent, and when it truly measured.

    Attributes:
        arrivals: as the host meets them, in order.
        time_s: (n,), s since the first sample, when each was taken.
        acc, gyr: (n, 3), what was measured; the first acceleration holds the sample's number.
    """

    arrivals: Sequence[Arrival]
    time_s: Floats
    acc: Floats
    gyr: Floats


@cache
def worn(
    name: str,
    duration_s: float,
    rate_error: float = 0.0,
    start_s: float = 100.0,
    lost: float = 0.0,
) -> Worn:
    """A sensor, worn for some time.

    Args:
        name: its family.
        rate_error: how much quicker than by name it samples.
        start_s: its own clock when it begins.
        lost: share of the notifications that never arrive.
    """
    rng = np.random.default_rng(0)
    family = FAMILIES[name]
    sensor, answers = started(family)
    n = int(duration_s * sensor.rate_hz) // sensor.batch * sensor.batch
    time_s = np.arange(n) / (sensor.rate_hz * (1 + rate_error))
    body = athlete()
    which = np.arange(n) % len(body)
    acc, gyr = body.acc[which].copy(), body.gyr[which]
    acc[:, 0] = np.arange(n) % TURN * STEP
    arrivals: list[Arrival] = [Packet(0.0, data, channel) for channel, data in answers]
    arrivals.append(LinkUp(0.1))
    newest_s = 0.0
    for k in range(0, n, sensor.batch):
        part = slice(k, k + sensor.batch)
        sent_s = time_s[part][-1] + rng.uniform(0.002, 0.01) + (rng.random() < 0.01) * 0.1
        due_s = OFFSET_S + np.ceil(sent_s / INTERVAL_S) * INTERVAL_S + rng.uniform(0, 0.002)
        newest_s = max(newest_s, float(due_s))
        for where, data in sensor.encode(acc[part], gyr[part], k, start_s + float(time_s[k])):
            if k < 5 * sensor.batch or rng.random() >= lost:
                arrivals.append(Packet(newest_s, data, family.gatt.notifies[where]))
    return Worn(arrivals, time_s, acc, gyr)


def recognised(samples: Samples) -> np.ndarray:
    """(n,), which of the sent samples each of these is, by its first acceleration."""
    number = np.rint(samples.acc[:, 0] / STEP).astype(int)
    turns = np.cumsum(np.diff(number, prepend=number[:1]) < 0)
    return number + TURN * turns
