"""The demo shows what it promises: one set that gets worse, one that is clean."""

import asyncio

import numpy as np
import pytest

from monitor.arrivals import Arrival
from monitor.simulation.demo import demo
from monitor.sources.simulated import simulated


def test_the_first_set_gets_worse_and_the_second_is_clean():
    reps = demo().simulation.truth.reps
    worse = [rep for rep in reps if rep.set == 1]
    clean = [rep for rep in reps if rep.set == 2]
    assert (np.diff([rep.peak_tilt_deg for rep in worse]) > 0.5).all()
    assert worse[0].peak_tilt_deg < 5.0
    assert worse[-1].peak_tilt_deg > 15.0
    assert worse[-1].peak_lift_mm > 25.0
    assert max(rep.peak_tilt_deg for rep in clean) < 4.5
    assert max(rep.peak_lift_mm for rep in clean) < 5.0


def test_the_demo_takes_about_a_minute_and_a_half_and_is_well_calibrated():
    shown = demo()
    assert 75.0 < shown.simulation.samples.time_s[-1] < 90.0
    assert shown.calibration.verdict.grade == "good"
    left = shown.calibration.placement.left @ shown.simulation.truth.mounting
    assert np.rad2deg(np.arccos(left[1])) < 2.0


@pytest.mark.parametrize("speed", [None, 5000.0])
def test_a_simulated_sensor_hands_over_every_arrival_once_and_in_order(speed: float | None):
    simulation = demo().simulation

    async def all_of_them() -> list[Arrival]:
        async with simulated(simulation, speed) as batches:
            return [arrival async for batch in batches for arrival in batch]

    assert asyncio.run(all_of_them()) == list(simulation.packets())
