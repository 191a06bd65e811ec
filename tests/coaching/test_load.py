"""Loads as people write them, and steps a gym has plates for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.coaching.load import KG, STEP, Unit, less, load_from, more

units = st.sampled_from(["kg", "lb"])


@pytest.mark.parametrize(
    ("text", "load_kg", "unit"),
    [
        ("120kg", 120.0, "kg"),
        ("120", 120.0, "kg"),
        (" 82,5 KG ", 82.5, "kg"),
        ("265lb", 120.2, "lb"),
        ("265 lbs", 120.2, "lb"),
    ],
)
def test_a_load_is_read_as_people_write_it(text: str, load_kg: float, unit: str):
    found = load_from(text)
    assert found[0] == pytest.approx(load_kg, abs=0.01)
    assert found[1] == unit


@pytest.mark.parametrize("text", ["", "heavy", "-20kg", "0", "20 stone", "99999kg", "nan", "1e3"])
def test_what_is_no_load_is_refused(text: str):
    with pytest.raises(ValueError, match=r"load|between"):
        load_from(text)


@given(st.floats(2.6, 990.0), units)
def test_the_next_load_is_above_and_the_lower_one_below_both_in_whole_steps(
    load_kg: float, unit: Unit
):
    load, step = load_kg / KG[unit], STEP[unit]
    up, down = more(load_kg, unit), less(load_kg, unit)
    assert up % step == pytest.approx(0.0)
    assert down % step == pytest.approx(0.0)
    assert load < up <= max(1.05 * load, load + step) + 1e-6
    assert 0 < down <= max(0.9 * load, step) + 1e-6
