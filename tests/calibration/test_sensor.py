"""A sensor laid on its six sides gives its bias and scale away, whatever the order and the hand."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.document import sensor_from_json, sensor_to_json
from calibration.errors import CalibrationError
from calibration.sensor import SensorCalibration, doubts, gyro_bias_from, six_positions
from calibration.still import G_M_S2
from tests.calibration.bench import Bench


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 1000), st.permutations(range(6)))
def test_six_sides_in_any_order_give_bias_and_scale(seed: int, sides: list[int]):
    bench = Bench(seed, sides=tuple(sides))
    acc_bias, acc_matrix, gyr_bias, gyr_matrix = bench.errors()
    found = six_positions(*bench.samples())
    assert found.model.acc_bias == pytest.approx(acc_bias, abs=0.02)
    scale = np.linalg.norm(found.model.acc_gain @ acc_matrix, axis=0)
    assert scale == pytest.approx(np.ones(3), abs=0.001)
    assert found.model.gyr_bias == pytest.approx(gyr_bias, abs=0.001)
    assert np.diag(found.model.gyr_gain @ gyr_matrix) == pytest.approx(np.ones(3), abs=0.003)
    assert found.turns == 3


def test_a_sensor_laid_down_flat_gives_its_misalignment_too():
    bench = Bench(3, askew_deg=0.0)
    whole = six_positions(*bench.samples()).model.acc_gain @ bench.errors()[1]
    assert whole == pytest.approx(np.eye(3), abs=0.001)


def test_a_shaky_hand_is_not_taken_for_misalignment():
    bench = Bench(4, askew_deg=2.0)
    found = six_positions(*bench.samples())
    assert found.model.acc_bias == pytest.approx(bench.errors()[0], abs=0.03)
    assert found.verdict.grade == "usable"
    assert "from opposite" in found.verdict.reasons[0]


def test_without_turns_the_gyroscope_keeps_its_scale_and_loses_its_bias():
    bench = Bench(5, turned=False)
    found = six_positions(*bench.samples())
    assert found.model.gyr_gain == pytest.approx(np.eye(3), abs=1e-9)
    assert found.model.gyr_bias == pytest.approx(bench.errors()[2], abs=0.001)
    assert found.verdict.grade == "usable"


def test_a_missing_side_is_named():
    with pytest.raises(CalibrationError, match="with y down;"):
        six_positions(*Bench(1, sides=(0, 1, 2, 4, 5)).samples())


def test_a_recording_without_any_rest_is_refused():
    time_s, acc, gyr = Bench(1).samples()
    shaken = gyr + np.random.default_rng(0).standard_normal(gyr.shape)
    with pytest.raises(CalibrationError, match="not seen at rest"):
        six_positions(time_s, acc, shaken)


def test_sides_in_g_are_refused():
    time_s, acc, gyr = Bench(1).samples()
    with pytest.raises(CalibrationError, match="are in m/s²"):
        six_positions(time_s, acc / G_M_S2, gyr)


def test_a_gyroscope_that_saw_nothing_of_six_sides_is_dead():
    time_s, acc, gyr = Bench(1).samples()
    noise = 0.002 * np.random.default_rng(0).standard_normal(gyr.shape)
    with pytest.raises(CalibrationError, match="gyroscope is dead"):
        six_positions(time_s, acc, noise)
    with pytest.raises(CalibrationError, match="gyroscope is dead"):
        six_positions(time_s, acc, np.zeros_like(gyr))


def test_a_side_beyond_the_sensors_range_is_called_saturated():
    time_s, acc, gyr = Bench(1).samples()
    with pytest.raises(CalibrationError, match=r"x axis reads exactly 9\.00 m/s² .* saturated"):
        six_positions(time_s, np.minimum(acc, [9.0, 20.0, 20.0]), gyr)


def test_a_sensor_of_coarse_resolution_is_not_called_saturated():
    time_s, acc, gyr = Bench(1).samples()
    coarse = 0.15 * np.round(acc / 0.15)
    assert six_positions(time_s, coarse, gyr).verdict.grade in {"good", "usable"}


def test_rest_gives_the_gyroscopes_bias():
    bench = Bench(6)
    model = gyro_bias_from(*bench.samples(), (0.2, 2.8))
    assert model.gyr_bias == pytest.approx(bench.errors()[2], abs=0.001)


@pytest.fixture(scope="module")
def stored() -> SensorCalibration:
    found = six_positions(*Bench(7).samples())
    return replace(found, sensor="C0:FF", made="2024-01-01T00:00:00Z", temperature_c=21.5)


def test_what_is_stored_comes_back_exactly(stored: SensorCalibration):
    text = sensor_to_json(stored)
    assert sensor_to_json(sensor_from_json(text)) == text


def test_a_placement_is_not_taken_for_a_sensor(stored: SensorCalibration):
    with pytest.raises(CalibrationError, match="format"):
        sensor_from_json(sensor_to_json(stored).replace("legpress-sensor", "legpress-calibration"))


@pytest.mark.parametrize("date", ["yesterday", "2024-01-01T00:00:00"])
def test_a_date_without_a_zone_is_refused(stored: SensorCalibration, date: str):
    with pytest.raises(CalibrationError, match="date"):
        sensor_from_json(sensor_to_json(replace(stored, made=date)))


def test_old_and_ill_fitting_calibrations_are_doubted(stored: SensorCalibration):
    assert doubts(stored, 9.79, "2024-06-01T00:00:00Z") == ()
    assert "no longer fits" in doubts(stored, 9.5, "2024-06-01T00:00:00Z")[0]
    assert "days old" in doubts(stored, 9.81, "2026-06-01T00:00:00Z")[0]
    assert doubts(stored, 9.81, None) == ()
