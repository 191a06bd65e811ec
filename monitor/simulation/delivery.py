"""The way from the sensor to the host: packets, lost, late, twice, in bursts, or none for seconds.

Whole packets are lost, in runs whose mean length is the scenario's (a two-state Markov chain,
Gilbert 1960). A packet is sent when its last sample was taken and comes at the next tick of the
connection interval after its delay. The first packet always arrives, so that stream time 0 is the
first sample's for everybody.
"""

import numpy as np
from numpy.typing import NDArray

from monitor.arrivals import Arrival, LinkDown, LinkUp, Packet, Rows
from monitor.samples import Floats, Samples
from monitor.simulation.parts import Radio
from monitor.simulation.scenario import Scenario
from monitor.wire.reference import Encoder

ROWS_AT_ONCE = 50
CONNECT_S = 0.3
"""From the link's coming up to the first sample, s."""


def received(scenario: Scenario, samples: Samples) -> NDArray[np.bool_]:
    """Which samples reach the host: (n,), bool."""
    size = scenario.radio.packet_samples
    lost = _lost(scenario, _sent_s(scenario, samples))
    return np.asarray(~np.repeat(lost, size)[: len(samples)])


def packets(scenario: Scenario, samples: Samples) -> tuple[Arrival, ...]:
    """The link and the sensor's packets as the host meets them, in the order of their arrival."""
    rng = np.random.default_rng([scenario.seed, 10])
    radio = scenario.radio
    sent_s = _sent_s(scenario, samples)
    arrival_s = _arrival_s(radio, sent_s, rng)
    here = np.flatnonzero(~_lost(scenario, sent_s))
    data = dict(zip(here.tolist(), _encoded(scenario, samples, here, rng), strict=True))
    order = _swapped(here, radio.reordered, rng)
    again = rng.random(len(order)) < radio.duplicates
    arrivals: list[Arrival] = [LinkUp(0.0, "connected")]
    for due_s, k, twice in zip(arrival_s[here], order, again, strict=True):
        arrivals += [Packet(float(due_s), data[int(k)])] * (2 if twice else 1)
    if radio.link_lost:
        for a, b in _silences(scenario, sent_s):
            arrivals += [
                LinkDown(CONNECT_S + a, "the link was lost"),
                LinkUp(CONNECT_S + b, "connected again"),
            ]
    return tuple(sorted(arrivals, key=lambda arrival: arrival.arrival_s))


def rows(scenario: Scenario, samples: Samples) -> tuple[Rows, ...]:
    """The samples that arrived as a table whose times may scatter."""
    rng = np.random.default_rng([scenario.seed, 11])
    here = received(scenario, samples)
    time_s = samples.time_s[here]
    most_s = 0.4 / (scenario.sensor.rate_hz * (1.0 + scenario.sensor.rate_error))
    scatter = scenario.radio.stamp_jitter_s * rng.standard_normal(len(time_s))
    time_s = time_s + np.clip(scatter, -most_s, most_s)
    time_s -= time_s[0]
    acc, gyr = samples.acc[here], samples.gyr[here]
    cuts = range(0, len(time_s), ROWS_AT_ONCE)
    parts = [slice(cut, cut + ROWS_AT_ONCE) for cut in cuts]
    return tuple(
        Rows(float(time_s[part][-1]), time_s[part], acc[part], gyr[part]) for part in parts
    )


def _sent_s(scenario: Scenario, samples: Samples) -> Floats:
    """When each packet's last sample was taken: (packets,), s."""
    size = scenario.radio.packet_samples
    last = np.minimum(np.arange(size - 1, len(samples) + size - 1, size), len(samples) - 1)
    return samples.time_s[last]


def _lost(scenario: Scenario, sent_s: Floats) -> NDArray[np.bool_]:
    """Which packets never arrive: (packets,), bool."""
    rng = np.random.default_rng([scenario.seed, 9])
    radio = scenario.radio
    lost = np.zeros(len(sent_s), bool)
    if radio.loss > 0.0:
        good = radio.burst * (1.0 - radio.loss) / radio.loss
        runs = len(sent_s) // 2 + 1
        lengths = np.stack(
            [rng.geometric(1.0 / max(good, 1.0), runs), rng.geometric(1.0 / radio.burst, runs)], 1
        )
        lost = np.repeat(np.tile([False, True], runs), lengths.ravel())[: len(sent_s)]
    for a, b in _silences(scenario, sent_s):
        lost |= (sent_s > a) & (sent_s < b)
    lost[0] = False
    return lost


def _silences(scenario: Scenario, sent_s: Floats) -> list[tuple[float, float]]:
    """From when to when nothing comes at all, s; never two at once."""
    rng = np.random.default_rng([scenario.seed, 12])
    radio = scenario.radio
    share = (np.arange(radio.dropouts) + rng.uniform(0.2, 0.8, radio.dropouts)) / max(
        radio.dropouts, 1
    )
    return [(float(a), float(a) + radio.dropout_s) for a in share * sent_s[-1]]


def _arrival_s(radio: Radio, sent_s: Floats, rng: np.random.Generator) -> Floats:
    """When each packet comes: the radio keeps their order."""
    due_s = CONNECT_S + sent_s + radio.latency_s + rng.exponential(radio.jitter_s, len(sent_s))
    if radio.interval_s > 0.0:
        due_s = np.ceil(due_s / radio.interval_s) * radio.interval_s
    return np.maximum.accumulate(due_s)


def _swapped(here: NDArray[np.intp], share: float, rng: np.random.Generator) -> NDArray[np.intp]:
    """The packets in the order in which they come: a few change places with the next one."""
    order = here.copy()
    late = np.flatnonzero(rng.random(max(len(here) - 1, 0)) < share)
    late = late[(late > 0) & (np.diff(late, prepend=-2) > 1)]
    order[late], order[late + 1] = here[late + 1], here[late]
    return order


def _encoded(
    scenario: Scenario, samples: Samples, which: NDArray[np.intp], rng: np.random.Generator
) -> list[bytes]:
    """The bytes of those packets; the sensor's counters begin anywhere."""
    sensor, size = scenario.sensor, scenario.radio.packet_samples
    encoder = Encoder(
        int(sensor.acc_range_g), int(sensor.gyr_range_deg), round(1e6 / sensor.rate_hz)
    )
    first, start_s = int(rng.integers(65536)), rng.uniform(0.0, 4294.0)
    clock = samples.time_s * (1.0 + 1e-6 * scenario.radio.clock_ppm) + start_s
    return [
        encoder.packet(
            samples.acc[k * size : (k + 1) * size],
            samples.gyr[k * size : (k + 1) * size],
            first + k * size,
            float(clock[k * size]),
        )
        for k in which.tolist()
    ]
