"""A whole recording out of a scenario: the sensor's samples, and the truth beside them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from monitor.arrivals import Arrival, Rows
from monitor.samples import Samples
from monitor.simulation import delivery
from monitor.simulation.body import move
from monitor.simulation.choreography import choreograph
from monitor.simulation.scenario import Scenario
from monitor.simulation.sensing import measured, sample_count, true_readings
from monitor.simulation.truth import Truth, truth_of

FINE_HZ = 400.0
"""Least rate of the fine clock: well above any movement there is (rumble goes to 42 Hz)."""


@dataclass(frozen=True)
class Simulation:
    """One simulated recording.

    Attributes:
        scenario: what it was made of.
        samples: all samples the sensor took, none lost, at the times it took them.
        truth: what really happened, row by row beside `samples`.
    """

    scenario: Scenario
    samples: Samples
    truth: Truth

    @cached_property
    def received(self) -> NDArray[np.bool_]:
        """(n,), bool, False where a sample was lost on the way."""
        return delivery.received(self.scenario, self.samples)

    def packets(self) -> tuple[Arrival, ...]:
        """What the host meets if the sensor speaks the reference format."""
        return delivery.packets(self.scenario, self.samples)

    def rows(self) -> tuple[Rows, ...]:
        """The samples that were not lost as a table, a few tens of rows at a time."""
        return delivery.rows(self.scenario, self.samples)


def simulate(scenario: Scenario) -> Simulation:
    """Plays a scenario. The same scenario always gives the same numbers."""
    sensor = scenario.sensor
    true_rate_hz = sensor.rate_hz * (1.0 + sensor.rate_error)
    oversampling = max(4, int(np.ceil(FINE_HZ / true_rate_hz)))
    rate_hz = true_rate_hz * oversampling
    session = choreograph(scenario, rate_hz)
    count = round(session.score.now_s * rate_hz)
    body = move(scenario, session.score.render(count), count, rate_hz)
    acc, gyr = measured(scenario, *true_readings(scenario, body, rate_hz, oversampling))
    samples = Samples(
        time_s=np.arange(sample_count(count, oversampling)) / true_rate_hz,
        acc=acc,
        gyr=gyr,
        gap=np.zeros(len(acc), bool),
    )
    truth = truth_of(scenario, session, body, rate_hz, oversampling)
    return Simulation(scenario, samples, truth)
