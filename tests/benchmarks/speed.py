"""What the engine costs, beside the bare orientation filter on the same samples, in one run.

    python -m tests.benchmarks.speed

One hour at 100 Hz: simulated sessions, one after the other. The figures are ratios and medians of
alternating runs, because machines differ and shared ones drift.
"""

import time
from collections.abc import Callable

import numpy as np
from vqf import VQF

from calibration.model import Calibration
from monitor.analysis import Analysis
from monitor.samples import Samples
from monitor.settings import Settings
from monitor.simulation.scenario import draw
from monitor.simulation.simulate import simulate
from tests.benchmarks.accuracy_run import calibrated

RATE_HZ = 100.0
COUNT = 360_000
ROUNDS = 5
LIVE = 5
"""Samples in a live packet."""


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
    """How long it takes, s."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_blocks(samples: Samples, found: Calibration, block: int) -> list[float]:
    """The engine's time for each block, s."""
    analysis = Analysis(Settings(), found)
    parts = [samples[k : k + block] for k in range(0, len(samples), block)]
    return [seconds(lambda part=part: analysis.step(part)) for part in parts]  # type: ignore[misc] # bound now


def main() -> None:
    """Print the table."""
    samples, found = hour()
    pairs = []
    for _ in range(ROUNDS):
        bare = seconds(lambda: VQF(1 / RATE_HZ).updateBatch(samples.gyr, samples.acc))
        whole = sum(in_blocks(samples, found, 3000))
        pairs.append((bare, whole))
    bare, whole = np.median(pairs, axis=0)
    ratios = sorted(b / a for a, b in pairs)
    print(f"one hour at {RATE_HZ:.0f} Hz: bare filter {bare:.2f} s, engine {whole:.2f} s")
    print(f"  ratio: median {np.median(ratios):.1f}, from {ratios[0]:.1f} to {ratios[-1]:.1f}")
    live = np.array(in_blocks(samples[:60_000], found, LIVE)[100:]) * 1e3
    p50, p99 = np.percentile(live, [50, 99])
    print(f"one packet of {LIVE} samples, live: median {p50:.2f} ms, p99 {p99:.2f} ms")


if __name__ == "__main__":
    main()
