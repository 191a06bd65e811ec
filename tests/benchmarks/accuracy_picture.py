"""One picture per scenario: truth, estimate, and the estimate's own ±2 sigma."""

from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from monitor.events import RepEvent
from monitor.samples import Floats
from tests.benchmarks.accuracy_run import Run


def draw_picture(run: Run, directory: Path) -> Path:
    """Draw a run; returns the file."""
    truth, signals = run.simulation.truth, run.signals
    seed = run.simulation.scenario.seed
    figure, (tilt, lift) = plt.subplots(2, 1, figsize=(16, 8), sharex=True)
    _curve(tilt, signals.time_s, signals.tilt_deg, signals.tilt_sigma_deg)
    _curve(lift, signals.time_s, signals.lift_mm, signals.lift_sigma_mm)
    tilt.plot(truth.time_s, truth.tilt_deg, "k", lw=0.8, label="truth")
    lift.plot(truth.time_s, truth.lift_mm, "k", lw=0.8, label="truth")
    for rep in truth.reps:
        tilt.axvspan(rep.start_s, rep.end_s, ymin=0.95, color="k", alpha=0.4, lw=0)
    for event in run.events:
        if isinstance(event, RepEvent):
            tilt.axvspan(event.start_s, event.end_s, ymax=0.05, color="C0", alpha=0.6, lw=0)
    reach = np.nanmax(np.abs(truth.tilt_deg)), np.nanmax(np.abs(truth.lift_mm))
    tilt.set(ylabel="tilt, °", ylim=(-reach[0] - 4, reach[0] + 4), title=f"scenario {seed}")
    lift.set(ylabel="lift, mm", ylim=(-25, max(reach[1], 20) + 15), xlabel="s")
    tilt.legend(loc="upper left")
    path = directory / f"scenario_{seed:05d}.png"
    figure.tight_layout()
    figure.savefig(path, dpi=70)
    plt.close(figure)
    return path


def _curve(axes: Axes, time_s: Floats, value: Floats, sigma: Floats) -> None:
    axes.plot(time_s, value, "C0", lw=0.8, label="estimate")
    axes.fill_between(time_s, value - 2 * sigma, value + 2 * sigma, color="C0", alpha=0.25, lw=0)
    axes.grid(alpha=0.3)
