"""What the engine costs, beside the bare orientation filter on the same samples, in one run.

    python -m tests.benchmarks.speed

One hour at 100 Hz: simulated sessions, one after the other; the ratio is of the quickest of
alternating runs. Then one session packet by packet as it comes from the sensor, decoder and all: of
each packet the quickest of all runs. All in time of this thread: what else the computer does counts
little.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the program itself does

import time
from collections.abc import Callable

import numpy as np
from vqf import VQF

from calibration.model import Calibration
from monitor.analysis import Analysis
from monitor.arrivals import Packet
from monitor.engine import Engine, Session
from monitor.samples import Floats, Samples
from monitor.settings import Settings
from monitor.simulation.scenario import draw
from monitor.simulation.simulate import simulate
from tests.benchmarks.accuracy_run import calibrated

RATE_HZ = 100.0
COUNT = 360_000
ROUNDS = 5
LIVE = (5, 1)
"""Samples in a live packet."""
PACKETS = 4000


def hour() -> tuple[Samples, Calibration]:
    """An hour of training: one athlete's sessions until it is full."""
    parts, found = [], None
    n = 0
    for seed in range(10, 60):
        simulation = simulate(draw(seed, rate_hz=RATE_HZ, rate_error=0.0, loss=0.0, dropouts=0))
        found = found or calibrated(simulation)
        parts.append((simulation.samples.acc, simulation.samples.gyr))
        n += len(simulation.samples)
        if n >= COUNT:
            break
    acc, gyr = (np.concatenate(column)[:COUNT] for column in zip(*parts, strict=True))
    time_s = np.arange(COUNT) / RATE_HZ
    assert found is not None
    return Samples(time_s, acc, gyr, np.zeros(COUNT, bool)), found


def seconds(work: Callable[[], object]) -> float:
    """How long it takes this thread, s."""
    start = time.thread_time()
    work()
    return time.thread_time() - start


def in_blocks(samples: Samples, found: Calibration, block: int) -> None:
    """The whole of the analysis, block by block."""
    analysis = Analysis(Settings(), found)
    for k in range(0, len(samples), block):
        analysis.step(samples[k : k + block])


def by_packet(packet_samples: int) -> Floats:
    """Of each packet of a session, the engine's quickest time, s."""
    simulation = simulate(draw(8, rate_hz=RATE_HZ, packet_samples=packet_samples, loss=0.0))
    found = calibrated(simulation)
    packets = [one for one in simulation.packets() if isinstance(one, Packet)][:PACKETS]
    quickest: Floats = np.min(
        [
            _each(Engine(Session("speed", "reference"), Settings(), found), packets)
            for _ in range(ROUNDS)
        ],
        axis=0,
    )
    return quickest[len(quickest) // 40 :]  # what is loaded with the first is no packet's


def _each(engine: Engine, packets: list[Packet]) -> list[float]:
    return [seconds(lambda packet=packet: engine.step([packet])) for packet in packets]  # type: ignore[misc] # bound now


def main() -> None:
    """Print the table."""
    samples, found = hour()
    bare, whole = [], []
    for _ in range(ROUNDS):
        bare.append(seconds(lambda: VQF(1 / RATE_HZ).updateBatch(samples.gyr, samples.acc)))
        whole.append(seconds(lambda: in_blocks(samples, found, 3000)))
    print(f"one hour at {RATE_HZ:.0f} Hz: bare filter {min(bare):.2f} s, engine {min(whole):.2f} s")
    print(f"  ratio {min(whole) / min(bare):.1f}")
    for count in LIVE:
        p50, p99 = np.percentile(1e3 * by_packet(count), [50, 99])
        print(f"one packet of {count}: median {p50:.2f} ms, p99 {p99:.2f} ms")


if __name__ == "__main__":
    main()
