"""One scenario through the whole product: calibrated by its own windows, then the engine."""

from dataclasses import dataclass, replace

import numpy as np

from calibration.errors import CalibrationError
from calibration.model import Calibration, Placement, Verdict
from calibration.placement import Windows, placement_from
from monitor.arrivals import Arrival
from monitor.engine import Engine, Session
from monitor.events import Event
from monitor.samples import Signals
from monitor.settings import Settings
from monitor.simulation.scenario import Scenario
from monitor.simulation.simulate import Simulation, simulate

SESSION = "accuracy"
BATCH = 40
"""Arrivals handed to the engine at once; what comes out does not depend on it."""


@dataclass(frozen=True)
class Run:
    """What the product made of a scenario.

    Attributes:
        simulation: the recording and its truth.
        calibration: None where it was refused; `refusal` says why.
        family: how the samples came, "table" or "reference".
        signals, events: all that came out.
    """

    simulation: Simulation
    calibration: Calibration | None
    refusal: str
    family: str
    signals: Signals
    events: tuple[Event, ...]


def run(scenario: Scenario, *, true_placement: bool = False) -> Run:
    """Play a scenario and let the product watch it.

    Args:
        scenario: even seeds come as a table, odd ones as packets.
        true_placement: give the engine the true mounting instead of calibrating.
    """
    simulation = simulate(scenario)
    calibration, refusal = None, ""
    try:
        calibration = true_calibration(simulation) if true_placement else calibrated(simulation)
    except CalibrationError as error:
        refusal = str(error)
    family = "reference" if scenario.seed % 2 else "table"
    arrivals: tuple[Arrival, ...] = (
        simulation.packets() if family == "reference" else simulation.rows()
    )
    engine = Engine(Session(SESSION, family), Settings(), calibration)
    reports = [engine.step(arrivals[k : k + BATCH]) for k in range(0, len(arrivals), BATCH)]
    reports.append(engine.finish())
    return Run(
        simulation,
        calibration,
        refusal,
        family,
        Signals.joined([report.signals for report in reports]),
        tuple(event for report in reports for event in report.events),
    )


def calibrated(simulation: Simulation) -> Calibration:
    """The session's own calibration, from the samples that arrived."""
    rows = simulation.rows()
    windows = simulation.truth.windows
    calibration = placement_from(
        np.concatenate([block.time_s for block in rows]),
        np.concatenate([block.acc for block in rows]),
        np.concatenate([block.gyr for block in rows]),
        Windows(windows["neutral"], windows["standing"], windows.get("range")),
    )
    return replace(calibration, recording=SESSION, tilts_s=windows.get("range"))


def true_calibration(simulation: Simulation) -> Calibration:
    """The true mounting, with what only the neutral window can tell about this sensor."""
    truth, samples = simulation.truth, simulation.samples
    a, b = truth.windows["neutral"]
    still = (samples.time_s > a) & (samples.time_s < b)
    beta = np.deg2rad(truth.seat_back_deg)
    force = samples.acc[still].mean(axis=0)
    placement = Placement(
        left=truth.mounting @ np.array([0.0, 1.0, 0.0]),
        up=truth.mounting @ np.array([np.sin(beta), 0.0, np.cos(beta)]),
        gravity_m_s2=float(np.linalg.norm(force)),
        gyr_bias=samples.gyr[still].mean(axis=0),
        seat_back_deg=truth.seat_back_deg,
        range_deg=None,
        left_sigma_deg=0.5,
        up_sigma_deg=0.2,
        seat_back_sigma_deg=1.0,
        range_sigma_deg=None,
    )
    return Calibration(placement, Verdict("good"))
