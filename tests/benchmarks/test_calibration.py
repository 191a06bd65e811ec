"""The calibrations' benchmark: what it calls off is off, and it tells all that is promised."""

from dataclasses import replace

import pytest
from scipy.spatial.transform import Rotation

from tests.benchmarks.accuracy_run import true_calibration
from tests.benchmarks.calibration import judged, report, worn


def test_a_true_axis_is_not_off_and_one_turned_by_three_degrees_is_off_by_three():
    simulation = worn(3)
    true = true_calibration(simulation)
    assert judged(simulation, true).off_deg == pytest.approx(0.0, abs=1e-3)
    turn = Rotation.from_rotvec(3.0 * true.placement.up, degrees=True)
    turned = replace(true, placement=replace(true.placement, left=turn.apply(true.placement.left)))
    assert judged(simulation, turned).off_deg == pytest.approx(3.0, abs=0.1)


def test_every_way_to_a_calibration_has_its_line():
    lines = list(report(range(1, 2)))
    assert [line.split("  ")[0] for line in lines[:4]] == [
        "axis, standing and neutral",
        "axis, tilts",
        "axis, found by itself",
        "axis, guided",
    ]
    assert "done in 1 of 1" in lines[4]
    assert "m/s² (0.02)" in lines[5]
