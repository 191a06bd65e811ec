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
