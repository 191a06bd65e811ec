"""The stored calibration: an exact round trip, and no nonsense taken for numbers."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from calibration.document import from_json, to_document, to_json
from calibration.errors import CalibrationError
from calibration.model import Calibration, Placement, SensorModel, Verdict

small = st.floats(-0.4, 0.4)
sigma = st.floats(0, 90)
vectors = st.lists(small, min_size=3, max_size=3).map(np.array)
gains = st.lists(small, min_size=9, max_size=9).map(
    lambda row: np.eye(3) + 0.1 * np.reshape(row, (3, 3))
)


@st.composite
def calibrations(draw: DrawFn):
    tangent = draw(st.floats(0, 6.28))
    placement = Placement(
        left=np.array([np.cos(tangent), np.sin(tangent), 0.0]),
        up=np.array([0.0, 0.0, draw(st.sampled_from([-1.0, 1.0]))]),
        gravity_m_s2=draw(st.floats(9, 10)),
        gyr_bias=draw(vectors),
        seat_back_deg=draw(st.none() | sigma),
        range_deg=draw(st.none() | st.floats(0, 40)),
        left_sigma_deg=draw(sigma),
        up_sigma_deg=draw(sigma),
        seat_back_sigma_deg=draw(sigma),
        range_sigma_deg=draw(st.none() | sigma),
    )
    return Calibration(
        placement,
        Verdict(
            draw(st.sampled_from(["good", "usable", "poor"])), tuple(draw(st.lists(st.text())))
        ),
        draw(st.none() | st.text()),
        draw(st.none() | st.just("2024-05-01T12:00:00Z")),
        SensorModel(draw(vectors), draw(gains), draw(vectors), draw(gains)),
    )


EXAMPLE = Calibration(
    Placement(
        np.array([0.0, 1.0, 0.0]), np.array([0.6, 0.0, 0.8]), 9.81, np.zeros(3),
        36.9, 12.0, 1.0, 0.2, 4.0, 1.0,
    ),
    Verdict("good"),
)  # fmt: skip


@settings(max_examples=100)
@given(calibrations())
def test_what_is_stored_comes_back_exactly(calibration: Calibration):
    assert to_document(from_json(to_json(calibration))) == to_document(calibration)


@given(st.integers(0, 2000))
def test_a_file_cut_short_is_refused_not_guessed(length: int):
    text = to_json(EXAMPLE)
    if length < len(text) - 2:
        with pytest.raises(CalibrationError):
            from_json(text[:length])


@given(st.text() | st.recursive(st.none() | st.floats() | st.text(), st.lists).map(json.dumps))
def test_any_other_text_is_refused(text: str):
    with pytest.raises(CalibrationError):
        from_json(text)


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (["version"], 2, "update the program"),
        (["version"], "1", 'no "version"'),
        (["version"], True, 'no "version"'),
        (["format"], "other", "not a calibration"),
        (["placement"], [], "not a JSON object"),
        (["placement", "left_sensor_axes"], [1, 1, 0], "perpendicular"),
        (["placement", "left_sensor_axes"], [0.6, 0, 0.8], "perpendicular"),
        (["placement", "left_sensor_axes"], [0, 1], "3"),
        (["placement", "up_sensor_axes"], [0, 0, "1"], "not a number"),
        (["placement", "gravity_m_s2"], 1.0, "another unit"),
        (["placement", "gravity_m_s2"], float("nan"), "not finite"),
        (["placement", "gravity_m_s2"], 10**400, "not finite"),
        (["placement", "gyr_bias_rad_s"], [5, 0, 0], "another unit"),
        (["placement", "seat_back_deg"], 400, "another unit"),
        (["placement", "left_sigma_deg"], None, "not a number"),
        (["sensor_model", "acc_gain"], [[0, 0, 0]] * 3, "impossible"),
        (["sensor_model", "acc_bias_m_s2"], [float("inf"), 0, 0], "not finite"),
        (["verdict", "grade"], "excellent", "good, usable or poor"),
        (["verdict", "reasons"], "none", "list of texts"),
        (["sensor"], 7, "not a text"),
    ],
)
def test_each_wrong_value_has_its_own_sentence(path: list[str], value: object, sentence: str):
    document = to_document(EXAMPLE)
    part = document
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    with pytest.raises(CalibrationError, match=sentence):
        from_json(json.dumps(document))


@pytest.mark.parametrize("key", ["placement", "verdict", "sensor_model", "version"])
def test_a_missing_part_is_missed(key: str):
    document = to_document(EXAMPLE)
    del document[key]
    with pytest.raises(CalibrationError):
        from_json(json.dumps(document))


def test_a_missing_range_is_not_taken_for_an_unknown_one():
    document = to_document(EXAMPLE)
    del document["placement"]["range_deg"]
    with pytest.raises(CalibrationError, match="range_deg"):
        from_json(json.dumps(document))
