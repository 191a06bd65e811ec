"""Notifications written as text: samples out, and every problem named."""

import json

import numpy as np
import pytest

from monitor.errors import InputError
from monitor.wire.hex_text import decode_hex
from monitor.wire.reference import Encoder

ACC = np.array([[0.0, 0.0, 9.8], [0.1, 0.2, 9.7]])
GYR = np.array([[0.01, 0.0, -0.02], [0.0, 0.03, 0.0]])
PACKETS = [Encoder(period_us=10_000).packet(ACC, GYR, 2 * k, 0.02 * k).hex() for k in range(3)]


def test_each_sample_becomes_one_json_object_in_si_units():
    rows, problems = decode_hex("reference", PACKETS)
    assert problems == []
    assert len(rows) == 6
    assert [row["sensor_time_s"] for row in rows] == pytest.approx(np.arange(6) * 0.01)
    assert rows[1]["acc_m_s2"] == pytest.approx([0.1, 0.2, 9.7], abs=2e-3)
    assert rows[1]["gyr_rad_s"] == pytest.approx([0.0, 0.03, 0.0], abs=2e-4)
    assert json.loads(json.dumps(rows[0])).keys() == {"sensor_time_s", "acc_m_s2", "gyr_rad_s"}


def test_spaces_colons_and_0x_are_how_people_write_bytes():
    plain = PACKETS[0]
    pairs = [plain[i : i + 2] for i in range(0, len(plain), 2)]
    for text in (" ".join(pairs), ":".join(pairs), "-".join(pairs).upper(), "0x" + plain):
        assert decode_hex("reference", [text]) == decode_hex("reference", [plain])


def test_what_cannot_be_decoded_is_named_by_its_place_and_the_rest_is_decoded():
    broken = PACKETS[1][:-2] + ("00" if PACKETS[1][-2:] != "00" else "01")
    rows, problems = decode_hex("reference", [PACKETS[0], "xyz", broken, "", PACKETS[0], *PACKETS])
    assert len(rows) == 6
    assert [problem.split(":")[0] for problem in problems] == [
        f"notification {number}" for number in (2, 3, 4, 5, 6)
    ]
    assert "not hexadecimal" in problems[0]
    assert "checksum" in problems[1]
    assert "twice" in problems[3]


def test_an_unknown_family_is_refused_with_the_known_ones():
    with pytest.raises(InputError, match="reference"):
        decode_hex("abacus", PACKETS)


GYR_UUID = "6fbe1da7-3002-44de-92c4-bb6e04fb0212"
DOWN = "0000000000000000000080bf"  # the vector 0, 0, -1


@pytest.mark.parametrize(
    ("text", "which"),
    [
        (DOWN, "acc_m_s2"),
        (f"acc:{DOWN}", "acc_m_s2"),
        (f"gyr: {DOWN}", "gyr_rad_s"),
        (f"GYR:{DOWN}", "gyr_rad_s"),
        (f"{GYR_UUID.upper()}:{DOWN}", "gyr_rad_s"),
    ],
)
def test_which_of_its_characteristics_said_it_may_stand_before_the_digits(text: str, which: str):
    ((row,), problems) = decode_hex("arduino", [text])
    assert problems == []
    assert [name for name, value in row.items() if value is not None] == [which]


def test_a_characteristic_that_the_sensor_does_not_have_is_named():
    rows, (problem,) = decode_hex("droidpad", [f"{GYR_UUID}:{DOWN}"])
    assert rows == []
    assert "no characteristic of a droidpad" in problem


def test_a_starts_answer_gives_the_factor_that_could_also_be_told():
    frame = "050094357700000000" + "80" + "640064006400"
    answer = "control: f0 02 05 00 00 05 01 " + np.float32(0.5).tobytes().hex()
    for texts, options in (([answer, frame], {}), ([frame], {"factor": 0.5})):
        ((row,), problems) = decode_hex("polar", texts, options)
        assert problems == []
        assert row["gyr_rad_s"] == pytest.approx([np.radians(50.0)] * 3)
        assert row["acc_m_s2"] is None
        assert row["sensor_time_s"] == pytest.approx(2.0)


def test_an_option_that_means_nothing_to_the_sensor_is_refused():
    with pytest.raises(InputError, match="--payload means nothing"):
        decode_hex("polar", ["00"], {"payload": 20, "factor": None})


def test_answers_without_samples_are_said_to_be_such():
    rows, (problem,) = decode_hex("witmotion", ["55716400810100000000000000000000000000 00"])
    assert rows == []
    assert "no samples" in problem


def test_what_the_user_should_know_of_his_sensor_is_said_last():
    rows, (problem,) = decode_hex("movella_dot", ["d8052244af9640406b2aa7405add14c000000000"])
    assert rows == [
        {"sensor_time_s": pytest.approx(1143.080408), "acc_m_s2": None, "gyr_rad_s": None}
    ]
    assert "lacks acceleration" in problem
