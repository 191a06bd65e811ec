"""One set with a known cause through the engine.

Its calibration has the true axis through the hips and, as any calibration, the up direction that
the accelerometer itself showed at neutral.
"""

from dataclasses import replace

import numpy as np

from calibration.model import Calibration
from monitor.arrivals import Arrival
from monitor.engine import Engine, Report, Session
from monitor.settings import Settings
from monitor.simulation.causes import Case
from monitor.simulation.simulate import Simulation, simulate
from tests.benchmarks.accuracy_run import BATCH, true_calibration

SESSION = "causes"


def watched(case: Case, settings: Settings | None = None) -> list[Report]:
    """All reports of a session; even seeds come as a table, odd ones as packets."""
    simulation = simulate(case.scenario)
    calibration = _calibration(simulation, range_known=case.range_known)
    family = "reference" if case.scenario.seed % 2 else "table"
    arrivals: tuple[Arrival, ...] = (
        simulation.packets() if family == "reference" else simulation.rows()
    )
    engine = Engine(Session(SESSION, family), settings or Settings(), calibration)
    reports = [engine.step(arrivals[k : k + BATCH]) for k in range(0, len(arrivals), BATCH)]
    return [*reports, engine.finish()]


def _calibration(simulation: Simulation, *, range_known: bool) -> Calibration:
    truth, samples = simulation.truth, simulation.samples
    a, b = truth.windows["neutral"]
    force = samples.acc[(samples.time_s > a) & (samples.time_s < b)].mean(axis=0)
    calibration = true_calibration(simulation)
    placement = replace(
        calibration.placement,
        up=force / np.linalg.norm(force),
        range_deg=truth.range_deg if range_known else None,
    )
    return replace(calibration, placement=placement)
