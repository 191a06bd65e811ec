"""What is true of every kind of sensor: what it says is read back, and rubbish harms nobody."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.arrivals import Arrival, LinkDown, Packet
from monitor.samples import Decoded, Floats, Samples
from monitor.wire.families import FAMILIES, Decoder, Family
from monitor.wire.gatt import Advertisement
from monitor.wire.reception import Reception
from tests.wire.sensors import OFFSET_S, recognised, started, worn

every_family = pytest.mark.parametrize("name", FAMILIES)
names = st.sampled_from(list(FAMILIES))
ADVERTISED = {
    "reference": Advertisement("LegPress 1", frozenset({"6c700001-8d3f-4a5e-9c61-1f4b7a20d9e3"})),
    "witmotion": Advertisement("WT901BLE68"),
    "movesense": Advertisement("Movesense 210730000123"),
    "polar": Advertisement("Polar Sense A1B2C3D4"),
    "movella_dot": Advertisement("Movella DOT", manufacturers=frozenset({2182})),
    "arduino": Advertisement("BLESense-1A2B"),
    "adafruit": Advertisement("CIRCUITPY1234", manufacturers=frozenset({0x0822})),
    "droidpad": Advertisement("Pixel 8", frozenset({"4fbfc1d7-f509-44ab-afe1-62ea40a4b111"})),
}
COARSEST = {"reference": (0.0013, 1.4e-4), "witmotion": (0.0025, 5.5e-4), "polar": (0.0013, 5.5e-4)}
"""Half a count of those that send whole numbers, m/s² and rad/s."""


@pytest.mark.parametrize("name", ADVERTISED)
def test_a_sensor_is_known_by_what_it_says_of_itself_and_taken_for_no_other(name: str):
    said = ADVERTISED[name]
    assert [one for one, family in FAMILIES.items() if family.gatt.recognises(said)] == [name]
    assert FAMILIES[name].gatt.refuses(said) is None


@every_family
def test_what_is_no_sensor_of_ours_is_nobodys(name: str):
    assert not FAMILIES[name].gatt.recognises(Advertisement("Kitchen lamp"))


@pytest.mark.parametrize("model", ["H10 12345678", "H9 12345678", "OH1 12345678"])
def test_a_polar_without_a_gyroscope_is_refused_in_words(model: str):
    polar = FAMILIES["polar"].gatt
    said = Advertisement(f"Polar {model}")
    assert polar.recognises(said)
    assert "no gyroscope" in (polar.refuses(said) or "")


@every_family
def test_told_to_start_it_streams_fast_enough_and_told_to_stop_it_stops(name: str):
    family = FAMILIES[name]
    fresh, (sensor, _) = family.encoder(), started(family)
    assert sensor.streaming
    assert sensor.rate_hz >= 50
    for write in family.gatt.stop:
        sensor.replies(write.characteristic, write.data)
    assert sensor.streaming == fresh.streaming


@every_family
@given(other=st.binary(max_size=30))
def test_a_sensor_survives_any_command(name: str, other: bytes):
    family = FAMILIES[name]
    sensor, _ = started(family)
    for write in (*family.gatt.prepare, *family.gatt.start):
        for data in (other, write.data[:2] + other, write.data[:-1]):
            sensor.replies(write.characteristic, data)
    assert sensor.replies("0000180a-0000-1000-8000-00805f9b34fb", b"\1\2") == []


def fed(family: Family, decoder: Decoder, acc: Floats, gyr: Floats) -> list[Decoded]:
    """What comes out for these samples of a started sensor."""
    sensor, answers = started(family)
    for channel, data in answers:
        decoder.feed(data, channel)
    got = []
    for k in range(0, len(acc), sensor.batch):
        part = slice(k, k + sensor.batch)
        for where, data in sensor.encode(acc[part], gyr[part], k, 5.0 + k / sensor.rate_hz):
            got.append(decoder.feed(data, family.gatt.notifies[where]))
    return got


@every_family
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_what_a_sensor_says_is_what_is_read(name: str, seed: int):
    family = FAMILIES[name]
    rng = np.random.default_rng(seed)
    n = 4 * started(family)[0].batch
    acc, gyr = rng.uniform(-70, 70, (n, 3)), rng.uniform(-8, 8, (n, 3))
    decoder = family.decoder()
    got = [block for block in fed(family, decoder, acc, gyr) if len(block)]
    first = n - sum(map(len, got))
    assert first == (26 if name == "polar" else 0)  # whose first frame tells the rate alone
    acc_off, gyr_off = COARSEST.get(name, (1e-5, 1e-6))
    np.testing.assert_allclose(np.vstack([b.acc for b in got]), acc[first:], atol=acc_off, rtol=0)
    np.testing.assert_allclose(np.vstack([b.gyr for b in got]), gyr[first:], atol=gyr_off, rtol=0)
    assert (decoder.rejected, decoder.dropped) == (0, 0)


@pytest.mark.parametrize("name", ["polar", "arduino", "adafruit", "droidpad"])
def test_written_down_by_hand_nothing_is_paired(name: str):
    family = FAMILIES[name]
    assert family.reader is not None
    n = started(family)[0].batch
    acc, gyr = np.full((n, 3), 9.0), np.full((n, 3), 0.5)
    blocks = fed(family, family.reader(), acc, gyr)
    assert [np.isnan(block.acc).all() for block in blocks] == [False, True]
    assert [np.isnan(block.gyr).all() for block in blocks] == [True, False]


def notifications(name: str) -> st.SearchStrategy[list[Packet]]:
    """A stream in which notifications are lost, damaged, cut, run together, doubled, swapped."""
    sound = [one for one in worn(name, 3.0).arrivals if isinstance(one, Packet)]
    channel = st.sampled_from(["", *FAMILIES[name].gatt.notifies.values()])
    sent, other = st.sampled_from(sound), st.binary(max_size=60)
    cut = st.integers(0, 60)
    odd = st.one_of(
        sent,
        st.builds(lambda one, k: replace(one, data=one.data[:k]), sent, cut),
        st.builds(lambda one, two: replace(one, data=one.data + two.data), sent, sent),
        st.builds(lambda one, data: replace(one, data=one.data[:2] + data), sent, other),
        st.builds(lambda data, where: Packet(1.0, data, where), other, channel),
    )
    start = st.integers(0, len(sound) - 1)
    run = st.builds(lambda k, n: sound[k : k + n], start, st.integers(1, 12))
    return st.lists(run | st.lists(odd, max_size=4), max_size=8).map(
        lambda parts: [sound[0], *(one for part in parts for one in part)]
    )


@given(data=st.data(), name=names)
@settings(max_examples=300, deadline=None)
def test_rubbish_is_counted_and_however_it_is_cut_the_same_comes_out(
    data: st.DataObject, name: str
):
    packets = data.draw(notifications(name))
    cut = data.draw(st.integers(0, len(packets)))
    one, many = FAMILIES[name].decoder(), FAMILIES[name].decoder()
    singly = [one.feed(packet.data, packet.channel) for packet in packets]
    halves = [many.feed_all(packets[:cut]), many.feed_all(packets[cut:])]
    assert counts(one) == counts(many)
    assert 0 <= one.rejected <= len(packets)
    for column in ("acc", "gyr"):
        expected = np.vstack([getattr(block, column) for block in singly])
        np.testing.assert_array_equal(
            np.vstack([getattr(block, column) for block, _ in halves]), expected
        )
        assert not np.isinf(expected).any()
    for block, arrival_s in halves:
        assert len(arrival_s) == len(block)


def counts(decoder: Decoder) -> tuple[int, int, str, str]:
    return decoder.rejected, decoder.dropped, decoder.reason, decoder.notice


@given(name=names, rubbish=st.lists(st.binary(max_size=260), min_size=1, max_size=10))
@settings(max_examples=200, deadline=None)
def test_rubbish_alone_never_raises_and_a_sound_stream_goes_on_after_it(
    name: str, rubbish: list[bytes]
):
    family = FAMILIES[name]
    decoder = family.decoder()
    for data in rubbish:
        for channel in {"", *family.gatt.notifies.values()}:
            decoder.feed(data, channel)
    decoder.restart()
    n = 4 * started(family)[0].batch
    blocks = fed(family, decoder, np.full((n, 3), 9.0), np.full((n, 3), 0.5))
    assert sum(map(len, blocks)) >= n // 2


# --- worn by somebody ------------------------------------------------------------------------

KEEPS_TIME = ["reference", "movesense", "polar", "movella_dot", "sensor_logger"]
KEEPS_NONE = ["witmotion", "arduino", "adafruit", "droidpad"]


def received(name: str, parts: Sequence[Sequence[Arrival]]) -> Samples:
    reception = Reception(name)
    return Samples.joined([reception.step(part) for part in parts])


@pytest.mark.parametrize("rate_error", [-0.01, 0.0, 0.01])
@pytest.mark.parametrize("name", KEEPS_TIME)
def test_a_sensor_that_keeps_time_is_followed_to_a_millisecond_even_where_much_is_lost(
    name: str, rate_error: float
):
    sent = worn(name, 30.0, rate_error, lost=0.03)
    got = received(name, [sent.arrivals])
    which = recognised(got)
    assert len(got) > 0.85 * len(sent.time_s)
    true_s = sent.time_s[which] - sent.time_s[which[0]]
    assert np.abs(got.time_s - true_s).max() < 1e-3
    np.testing.assert_array_equal(np.flatnonzero(got.gap), np.flatnonzero(np.diff(which) > 1) + 1)
    np.testing.assert_allclose(got.acc, sent.acc[which], atol=0.003)
    np.testing.assert_allclose(got.gyr, sent.gyr[which], atol=0.001)


@pytest.mark.parametrize("rate_error", [-0.01, 0.0, 0.01])
@pytest.mark.parametrize("name", KEEPS_NONE)
def test_a_sensor_without_time_is_followed_evenly_through_bursts_and_drift(
    name: str, rate_error: float
):
    sent = worn(name, 40.0, rate_error)
    got = received(name, [sent.arrivals])
    which = recognised(got)
    np.testing.assert_array_equal(which, np.arange(len(sent.time_s)))
    off_s = (got.time_s - sent.time_s)[got.time_s > 10]
    assert np.std(off_s) < 3e-3
    assert np.ptp(off_s) < 0.01
    assert not got.gap.any()
    np.testing.assert_allclose(got.acc, sent.acc, atol=0.003)
    np.testing.assert_allclose(got.gyr, sent.gyr, atol=0.001)


@pytest.mark.parametrize("name", KEEPS_NONE)
def test_a_sensor_without_time_stays_near_it_where_some_is_lost(name: str):
    sent = worn(name, 60.0, lost=0.01)
    got = received(name, [sent.arrivals])
    which = recognised(got)
    off_s = (got.time_s - sent.time_s[which])[got.time_s > 10]
    assert np.std(off_s) < 0.04
    turning = np.abs(got.gyr - sent.gyr[which])
    assert turning.max() < 0.1
    assert np.median(turning) < 1e-3


@every_family
def test_however_the_arrivals_are_cut_the_same_samples_come(name: str):
    sent = worn(name, 6.0, lost=0.05)
    cuts = [*range(0, len(sent.arrivals), 7), len(sent.arrivals)]
    whole = received(name, [sent.arrivals])
    parts = received(name, [sent.arrivals[a:b] for a, b in pairwise(cuts)])
    for column in ("time_s", "acc", "gyr", "gap"):
        np.testing.assert_array_equal(getattr(whole, column), getattr(parts, column))


@every_family
def test_after_a_lost_link_the_stream_goes_on_by_the_arrivals(name: str):
    before, after = worn(name, 5.0), worn(name, 5.0, start_s=7.0)
    last_s = before.arrivals[-1].arrival_s
    later = [
        Packet(one.arrival_s + last_s + 10.0, one.data, one.channel)
        for one in after.arrivals
        if isinstance(one, Packet)
    ]
    reception = Reception(name)
    first = reception.step(before.arrivals)
    second = reception.step([LinkDown(last_s + 1.0), *later])
    silence_s = second.time_s[0] - first.time_s[-1]
    frame_s = {"polar": 0.6, "sensor_logger": 0.15, "sensor_logger_ios": 0.15}.get(name, 0.12)
    assert silence_s == pytest.approx(10.0 + OFFSET_S, abs=frame_s)
    assert second.gap[0]
    assert not second.gap[1:].any()


@pytest.mark.parametrize("name", ["reference", "movella_dot"])
def test_a_clock_of_microseconds_wraps_in_the_middle_of_a_session_and_nobody_notices(name: str):
    sent = worn(name, 20.0, start_s=2**32 * 1e-6 - 10.0)
    got = received(name, [sent.arrivals])
    assert len(got) == len(sent.time_s)
    np.testing.assert_allclose(got.time_s, sent.time_s, atol=1e-3)
    assert not got.gap.any()


@pytest.mark.parametrize("name", ["reference", "movella_dot"])
def test_a_clock_that_wraps_while_the_link_is_lost_still_tells_how_long_it_was(name: str):
    sent = worn(name, 20.0, start_s=2**32 * 1e-6 - 10.0)
    packets = [one for one in sent.arrivals if isinstance(one, Packet)]
    kept = [one for one in packets if not 8.0 < one.arrival_s - OFFSET_S < 13.0]
    k = next(k for k, one in enumerate(kept) if one.arrival_s - OFFSET_S >= 13.0)
    got = received(name, [kept[:k], [LinkDown(OFFSET_S + 9.0)], kept[k:]])
    np.testing.assert_allclose(got.time_s, sent.time_s[recognised(got)], atol=1e-3)
    assert got.gap.sum() == 1


@pytest.mark.parametrize("name", KEEPS_TIME)
def test_notifications_that_come_twice_or_swapped_move_nothing_else(name: str):
    sent = worn(name, 10.0)
    arrivals = list(sent.arrivals)
    for k in range(len(arrivals) // 2, len(arrivals) - 1, 40):
        arrivals[k : k + 2] = [arrivals[k + 1], arrivals[k], arrivals[k]]
    got = received(name, [arrivals])
    which = recognised(got)
    assert np.all(np.diff(which) > 0)
    assert len(got) > 0.9 * len(sent.time_s)
    true_s = sent.time_s[which] - sent.time_s[which[0]]
    np.testing.assert_allclose(got.time_s, true_s, atol=2e-3)
