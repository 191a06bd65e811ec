"""One picture per scenario: truth, estimate, and the estimate's own ±2 sigma.

Bars show when reps were, above, and were told, below; triangles the notices and alarms of lift.
"""

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from monitor.events import AlertEvent, RepEvent
from monitor.samples import Floats
from tests.benchmarks.accuracy_run import Run

GAP_S = 0.3
"""With a longer silence the estimate is not drawn through."""


def draw_picture(run: Run, directory: Path) -> Path:
    """Draw a run; returns the file."""
    truth, signals = run.simulation.truth, run.signals
    seed = run.simulation.scenario.seed
    figure, (tilt, lift) = plt.subplots(2, 1, figsize=(16, 8), sharex=True)
    _curve(tilt, signals.time_s, signals.tilt_deg, signals.tilt_sigma_deg)
    _curve(lift, signals.time_s, signals.lift_mm, signals.lift_sigma_mm)
    tilt.plot(truth.time_s, truth.tilt_deg, "k", lw=0.8, label="truth")
    lift.plot(truth.time_s, truth.lift_mm, "k", lw=0.8, label="truth")
    _reps(tilt, [(rep.start_s, rep.end_s) for rep in truth.reps], {"ymin": 0.95, "color": "k"})
    told = [event for event in run.events if isinstance(event, RepEvent)]
    _reps(tilt, [(rep.start_s, rep.end_s) for rep in told], {"ymax": 0.05, "color": "C0"})
    _alerts(lift, run)
    reach = np.nanmax(np.abs(truth.tilt_deg)), np.nanmax(np.abs(truth.lift_mm))
    tilt.set(ylabel="tilt, °", ylim=(-reach[0] - 4, reach[0] + 4), title=_about(run))
    lift.set(ylabel="lift, mm", ylim=(-25, max(reach[1], 20) + 15), xlabel="s")
    lift.set_xlim(truth.time_s[0], truth.time_s[-1])
    tilt.legend(loc="upper left")
    lift.legend(loc="upper left", ncols=5)
    path = directory / f"scenario_{seed:05d}.png"
    figure.tight_layout()
    figure.savefig(path, dpi=70)
    plt.close(figure)
    return path


def _about(run: Run) -> str:
    """What kind of scenario it is."""
    scenario = run.simulation.scenario
    rate, loss = scenario.sensor.rate_hz, 100 * scenario.radio.loss
    seat_back = f"seat back {scenario.machine.seat_back_deg:.0f}°"
    return f"scenario {scenario.seed}: {rate:.0f} Hz, {seat_back}, loss {loss:.1f} %"


def _reps(axes: Axes, spans: list[tuple[float, float]], look: dict[str, Any]) -> None:
    for start_s, end_s in spans:
        axes.axvspan(start_s, end_s, alpha=0.5, lw=0, **look)


def _alerts(axes: Axes, run: Run) -> None:
    """The limits of lift, and when they were said to be passed."""
    for level, colour, limit_mm in (("notice", "C1", 10.0), ("alarm", "C3", 20.0)):
        said_s = [
            event.known_s
            for event in run.events
            if isinstance(event, AlertEvent)
            and (event.rule, event.level, event.state) == ("back_lift", level, "raised")
        ]
        axes.axhline(limit_mm, color=colour, lw=0.8, ls=":")
        axes.plot(said_s, np.full(len(said_s), limit_mm), "^", color=colour, label=f"{level} said")


def _curve(axes: Axes, time_s: Floats, value: Floats, sigma: Floats) -> None:
    """The estimate, broken where samples are missing."""
    gaps = np.flatnonzero(np.diff(time_s) > GAP_S) + 1
    time_s, value, sigma = (np.insert(column, gaps, np.nan) for column in (time_s, value, sigma))
    axes.plot(time_s, value, "C0", lw=0.8, label="estimate")
    low, high = value - 2 * sigma, value + 2 * sigma
    axes.fill_between(time_s, low, high, color="C0", alpha=0.25, lw=0, label="± 2 sigma")
    axes.grid(alpha=0.3)
