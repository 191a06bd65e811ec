"""Accelerations and turning rates that come apart are brought together, or said to be alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.arrivals import Packet
from monitor.samples import Decoded, Floats
from monitor.wire import arduino, droidpad
from monitor.wire.decoder import samples, unknown
from monitor.wire.pairing import MOST_WAITING, ByOrder, ByTime


def vector(x: float) -> Floats:
    return np.array([[x, 0.0, 0.0]])


def by_order(letters: str) -> tuple[list[tuple[float, float]], ByOrder]:
    """Pairs out of a stream of a's and g's; each says how many of its kind came, from 1."""
    pairing, pairs = ByOrder(), []
    for k, letter in enumerate(letters):
        x = float(letters[: k + 1].count(letter))
        read = samples(vector(x), unknown(1)) if letter == "a" else samples(unknown(1), vector(x))
        block, arrival_s = pairing.pair(read, float(k))
        assert len(arrival_s) == len(block)
        pairs += list(zip(block.acc[:, 0].tolist(), block.gyr[:, 0].tolist(), strict=True))
    return pairs, pairing


@pytest.mark.parametrize(
    ("letters", "pairs"),
    [
        ("agagag", [(1, 1), (2, 2), (3, 3)]),
        ("gagag", [(1, 2), (2, 3)]),
        ("agggag", [(1, 1), (2, 4)]),
        ("agaag", [(1, 1), (2, 1.5), (3, 2)]),
        ("agaaaag", [(1, 1), (2, 1.25), (3, 1.5), (4, 1.75), (5, 2)]),
        ("aag", [(2, 1)]),
        ("aaa", []),
        ("ggg", []),
    ],
)
def test_without_times_an_acceleration_goes_with_the_next_turning_rate(
    letters: str, pairs: list[tuple[float, float]]
):
    assert by_order(letters)[0] == pairs


def test_over_a_long_hole_no_turning_rate_is_made_up():
    hole = "a" * (MOST_WAITING + 3)
    pairs, pairing = by_order("ag" + hole + "gag")
    assert pairs == [(1, 1), (MOST_WAITING + 4, 2), (MOST_WAITING + 5, 3)]
    assert pairing.given_up == MOST_WAITING + 2


def stream(time_s: Floats, *, turning: bool) -> Decoded:
    """Vectors whose x is their time, doubled where they are turning rates."""
    values = np.zeros((len(time_s), 3))
    values[:, 0] = 2 * time_s if turning else time_s
    nothing = unknown(len(time_s))
    return samples(nothing, values, time_s) if turning else samples(values, nothing, time_s)


@given(
    acc=st.lists(st.integers(1, 40), min_size=1, max_size=8),
    gyr=st.lists(st.integers(1, 40), min_size=1, max_size=8),
    shift=st.floats(0, 0.02),
    order=st.randoms(use_true_random=False),
)
def test_with_times_each_acceleration_gets_the_turning_rate_of_its_own_instant(
    acc: list[int], gyr: list[int], shift: float, order: object
):
    blocks = []
    for sizes, turning in ((acc, False), (gyr, True)):
        times = np.arange(sum(sizes)) * 0.02 + (shift if turning else 0.0) + 5.0
        parts = np.split(times, np.cumsum(sizes)[:-1])
        blocks.append([stream(part, turning=turning) for part in parts])
    pairing, got = ByTime(), []
    while blocks[0] or blocks[1]:
        which = order.choice([one for one in blocks if one])  # type: ignore[attr-defined] # a Random
        block, arrival_s = pairing.pair(which.pop(0), 1.0)
        assert len(block) == len(arrival_s)
        got.append(block)
    acc_x = np.concatenate([block.acc[:, 0] for block in got])
    gyr_x = np.concatenate([block.gyr[:, 0] for block in got])
    np.testing.assert_allclose(gyr_x, 2 * acc_x, rtol=1e-9)
    last_s = min(0.02 * (sum(acc) - 1), 0.02 * (sum(gyr) - 1) + shift)
    first_s = shift
    expected = np.arange(sum(acc)) * 0.02
    inside = (expected >= first_s - 1e-12) & (expected <= last_s + 1e-12)
    assert abs(len(acc_x) - inside.sum()) <= 1
    assert (np.diff(acc_x) > 0).all()


def test_with_times_nothing_is_made_up_in_a_hole():
    pairing = ByTime()
    pairing.pair(stream(np.arange(0, 3, 0.02), turning=False), 0.0)
    pairing.pair(stream(np.arange(0, 1, 0.02), turning=True), 0.0)
    block, _ = pairing.pair(stream(np.arange(2, 3, 0.02), turning=True), 0.0)
    assert block.acc[0, 0] == pytest.approx(2.0, abs=0.021)
    assert 48 <= pairing.given_up <= 52


def test_accelerations_wait_some_seconds_and_no_longer():
    pairing = ByTime()
    for second in range(20):
        block, _ = pairing.pair(stream(second + np.arange(0, 1, 0.02), turning=False), 0.0)
        assert len(block) == 0
    assert 14 * 50 <= pairing.given_up <= 15 * 50 + 1


def test_a_clock_that_goes_back_begins_a_new_line():
    pairing = ByTime()
    for start in (100.0, 3.0):
        pairing.pair(stream(start + np.arange(0, 1, 0.02), turning=True), 0.0)
        block, _ = pairing.pair(stream(start + np.arange(0, 1, 0.02), turning=False), 0.0)
        assert len(block) == 50
    pairing.pair(stream(50 + np.arange(0, 1, 0.02), turning=False), 0.0)
    pairing.pair(stream(5 + np.arange(0, 1, 0.02), turning=False), 0.0)
    assert pairing.given_up == 50


def test_what_was_alone_is_counted_and_said_and_a_lost_link_ends_the_waiting():
    (_, acc), (_, gyr) = arduino.Encoder().encode(vector(1.0), vector(2.0), 0, 0.0)
    decoder = arduino.Decoder()
    for _ in range(MOST_WAITING + 2):
        decoder.feed(acc, "acc")
    assert decoder.dropped == 2
    assert "without turning rates" in decoder.reason
    decoder.restart()
    got, arrival_s = decoder.feed_all([Packet(7.0, acc, "acc"), Packet(8.0, gyr, "gyr")])
    assert len(got) == 1
    assert arrival_s.tolist() == [7.0]
    assert decoder.dropped == 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("ACCELEROMETER,1,2", "not a vector"),
        ("ACCELEROMETER,1,2,nan", "not a vector"),
        ("GYROSCOPE,1,2,3x", "not of numbers"),
        ("LIGHT,1,2,3", "neither"),
        ("", "empty"),
    ],
)
def test_a_phones_text_that_is_no_sample_is_refused_in_words(text: str, reason: str):
    reader = droidpad.Reader()
    assert len(reader.feed(text.encode())) == 0
    assert reader.rejected == 1
    assert reason in reader.reason


def test_a_phone_may_say_several_lines_at_once_and_spell_them_its_own_way():
    got = droidpad.Reader().feed(b"ACCELEROMTER,0.5,-1e-2,9.81\r\nGYROSCOPE, 1,2,3\n")
    assert got.acc[0] == pytest.approx([0.5, -0.01, 9.81])
    assert got.gyr[1] == pytest.approx([1.0, 2.0, 3.0])
    assert np.isnan(got.gyr[0]).all()


def test_a_vector_of_another_length_or_without_numbers_is_refused():
    reader = arduino.Reader()
    for data in (bytes(11), bytes(13), b"", b"\xff" * 12):
        assert len(reader.feed(data, "acc")) == 0
    assert reader.rejected == 4
