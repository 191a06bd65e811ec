"""What a lifter types between two sets is understood, and counts from the next set on."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.arrivals import Told
from monitor.coaching.told import Tellings, told_from, told_in_words
from monitor.settings import Coaching


@pytest.mark.parametrize(
    ("line", "load_kg", "unit", "feet"),
    [
        ("130", 130.0, "kg", None),
        (" 82,5 KG", 82.5, "kg", None),
        ("290 lb", 131.54, "lb", None),
        ("low", None, None, "low"),
        ("Feet  High", None, None, "high"),
        ("130kg middle", 130.0, "kg", "middle"),
        ("290lb feet low ", 131.54, "lb", "low"),
    ],
)
def test_a_line_is_read_as_people_type_it(
    line: str, load_kg: float | None, unit: str | None, feet: str | None
):
    told = told_from(line, "kg")
    assert told.load_kg == (None if load_kg is None else pytest.approx(load_kg, abs=0.01))
    assert (told.load_unit, told.feet) == (unit, feet)


def test_a_bare_number_is_of_the_unit_the_athlete_counts_in():
    assert told_from("300", "lb").load_unit == "lb"
    assert told_from("130kg", "lb").load_unit == "kg"


@given(st.text(max_size=20))
def test_whatever_is_typed_is_told_or_refused_in_words(line: str):
    with suppress(ValueError):
        told = told_from(line, "kg")
        assert told.load_kg or told.feet


@pytest.mark.parametrize("line", ["", "heavy", "-5", "0", "130 stone", "130low", "5000", "feet"])
def test_what_cannot_be_meant_is_refused(line: str):
    with pytest.raises(ValueError, match=r"load|between|weight"):
        told_from(line, "kg")


def test_what_is_told_holds_from_then_on_and_leaves_the_rest_as_it_was():
    told = Tellings(Coaching(load_kg=120.0, feet="middle", pain="mild"))
    told.add(10.0, told_from("290 lb", "kg"))
    told.add(20.0, told_from("low", "kg"))
    assert [told_in_words(told.at(t)) for t in (0.0, 9.99, 10.0, 19.0, 1e9)] == [
        "120 kg, feet middle",
        "120 kg, feet middle",
        "290 lb, feet middle",
        "290 lb, feet middle",
        "290 lb, feet low",
    ]
    assert told.at(30.0).pain == "mild"
    assert told_in_words(Coaching()) == ""


def test_of_two_words_at_the_same_moment_the_later_counts():
    told = Tellings(Coaching())
    told.add(5.0, Told(5.0, 13.0, "kg"))
    told.add(5.0, Told(5.0, 130.0, "kg"))
    assert told.at(5.0).load_kg == 130.0
