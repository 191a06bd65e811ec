"""The sample clock: one even time, whatever the sensor says about its own and the radio does."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.arrivals import Packet
from monitor.samples import Decoded, Floats, Samples
from monitor.wire.clock import SampleClock
from monitor.wire.reference import Decoder, Encoder

PER_PACKET = 5
INTERVAL_S = 0.045
"""A slow connection interval: some packets wait, some arrive two at a time."""


@dataclass(frozen=True)
class Stream:
    """What a simulated sensor sent, sample by sample; the first acceleration is the number."""

    number: np.ndarray
    true_s: Floats
    stamp_s: Floats
    arrival_s: Floats

    def __len__(self) -> int:
        return len(self.number)

    def rows(self, which: np.ndarray | slice) -> "Stream":
        return Stream(
            self.number[which], self.true_s[which], self.stamp_s[which], self.arrival_s[which]
        )

    def lost(self, packets: Sequence[int]) -> "Stream":
        return self.rows(~np.isin(self.number // PER_PACKET, packets))

    def packets(self) -> list["Stream"]:
        edges = np.flatnonzero(np.diff(self.number // PER_PACKET)) + 1
        return [self.rows(part) for part in np.split(np.arange(len(self)), edges)]


def stream(
    duration_s: float,
    rate_hz: float = 100.0,
    rate_error: float = 0.0,
    jitter_s: float = 0.0,
    seed: int = 0,
) -> Stream:
    """A sensor that samples evenly; its radio sends bursts, with a stall now and then."""
    rng = np.random.default_rng(seed)
    packets = int(duration_s * rate_hz) // PER_PACKET
    number = np.arange(packets * PER_PACKET)
    true_s = number / (rate_hz * (1.0 + rate_error))
    within_s = np.tile(np.arange(PER_PACKET) / rate_hz, packets)
    sent_s = true_s[::PER_PACKET] + rng.uniform(-jitter_s, jitter_s, packets)
    stamp_s = np.repeat(np.rint(sent_s * 1e6) / 1e6, PER_PACKET) + within_s
    ready_s = true_s[PER_PACKET - 1 :: PER_PACKET] + rng.uniform(0.002, 0.01, packets)
    arrival_s = np.ceil(ready_s / INTERVAL_S) * INTERVAL_S + rng.uniform(0, 0.002, packets)
    arrival_s += (rng.random(packets) < 0.01) * rng.exponential(0.15, packets)
    return Stream(
        number, true_s, stamp_s, np.repeat(np.maximum.accumulate(arrival_s), PER_PACKET) + 3.0
    )


def told(clock: SampleClock, part: Stream, *, counts: bool = True, stamps: bool = True) -> Samples:
    """What the clock makes of a sensor that has a counter and stamps, or lacks them."""
    acc = np.repeat(part.number[:, None].astype(float), 3, axis=1)
    decoded = Decoded(
        acc, np.zeros_like(acc), part.number if counts else None, part.stamp_s if stamps else None
    )
    return clock.decoded(decoded, part.arrival_s)


def error_ms(samples: Samples, sent: Stream, since_s: float = 0.0) -> Floats:
    """Time against the truth, from `since_s` on, ms."""
    assert len(samples) == len(sent)
    late = sent.true_s >= since_s
    return 1e3 * (samples.time_s - sent.true_s)[late]


def same(one: Samples, other: Samples) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("time_s", "acc", "gyr", "gap")
    )


KINDS = [(True, True), (False, True), (True, False), (False, False)]
"""Counter and stamps, stamps alone, a counter alone, nothing."""


# --- a sensor's own stamps -----------------------------------------------------------------


def test_even_stamps_are_kept():
    sent = stream(30.0)
    samples = told(SampleClock(), sent)
    assert np.abs(error_ms(samples, sent)).max() < 1e-3
    assert not samples.gap.any()


@pytest.mark.parametrize("counts", [True, False])
def test_stamps_that_jitter_by_a_millisecond_become_even(*, counts: bool):
    sent = stream(120.0, jitter_s=1e-3, rate_error=0.01)
    samples = told(SampleClock(), sent, counts=counts)
    error = error_ms(samples, sent, since_s=10.0)
    assert np.abs(error).max() < 0.3
    assert np.std(error) < 0.1
    assert not samples.gap.any()
    assert np.abs(np.diff(samples.time_s)[2000:] * 1e3 - 1e3 / 101).max() < 0.05


def test_after_an_hour_the_clock_is_not_a_sample_off_and_every_sample_is_there():
    sent = stream(3600.0, rate_error=-0.02, jitter_s=1e-3).lost([7, 1000, 1001, 50_000])
    clock = SampleClock()
    blocks = [told(clock, sent.rows(part)) for part in np.array_split(np.arange(len(sent)), 50)]
    samples = Samples.joined(blocks)
    assert np.array_equal(samples.acc[:, 0], sent.number)
    assert np.abs(error_ms(samples, sent)).max() < 2.0
    assert samples.gap.sum() == 3
    assert clock.rate_hz == pytest.approx(98.0, rel=1e-4)


def test_stamps_that_drift_as_a_sensor_warms_up_are_followed():
    sent = stream(600.0)
    warm_s = 0.5 * 3e-6 * sent.true_s**2  # the rate moves by 0.18 % in ten minutes
    samples = told(SampleClock(), replace(sent, stamp_s=sent.stamp_s + warm_s))
    assert np.abs(samples.time_s - (sent.true_s + warm_s)).max() < 2e-3


@given(lost=st.sets(st.integers(1, 58), max_size=25))
@settings(max_examples=30)
def test_lost_packets_leave_gaps_and_move_nothing_else(lost: set[int]):
    whole = stream(3.0)
    sent = whole.lost(sorted(lost))
    for counts in (True, False):
        samples = told(SampleClock(), sent, counts=counts)
        assert np.abs(error_ms(samples, sent)).max() < 1e-3
        assert np.array_equal(samples.gap, np.diff(sent.number, prepend=-1) > 1)


def test_a_step_of_the_devices_clock_is_a_gap_and_not_smeared_out():
    sent = stream(20.0)
    stepped = np.where(sent.true_s >= 10.0, 0.3, 0.0)
    samples = told(SampleClock(), replace(sent, stamp_s=sent.stamp_s + stepped))
    assert np.abs(samples.time_s - (sent.true_s + stepped)).max() < 1e-6
    assert np.array_equal(np.flatnonzero(samples.gap), np.flatnonzero(np.diff(stepped)) + 1)


def test_a_devices_clock_that_is_set_back_takes_no_time_away():
    sent = stream(20.0)
    back = np.where(sent.true_s >= 10.0, -0.3, 0.0)
    samples = told(SampleClock(), replace(sent, stamp_s=sent.stamp_s + back))
    assert np.abs(error_ms(samples, sent)).max() < 1e-3
    assert samples.gap.sum() == 1


def test_wild_stamps_still_give_times_that_increase():
    rng = np.random.default_rng(1)
    sent = stream(5.0)
    wild = replace(sent, stamp_s=sent.stamp_s + rng.normal(0, 0.015, len(sent)))
    assert np.diff(told(SampleClock(), wild).time_s).min() > 0


# --- a counter, or nothing at all ----------------------------------------------------------


@pytest.mark.parametrize("rate_error", [-0.02, 0.0, 0.013])
@pytest.mark.parametrize("counts", [True, False])
def test_bursts_become_even_along_the_earliest_arrivals(*, counts: bool, rate_error: float):
    sent = stream(300.0, rate_error=rate_error)
    clock = SampleClock(nominal_rate_hz=100.0)
    samples = told(clock, sent, counts=counts, stamps=False)
    error = error_ms(samples, sent, since_s=5.0)
    assert np.abs(error - np.median(error)).max() < 15.0
    assert np.std(error) < 4.0
    assert clock.rate_hz == pytest.approx(100.0 * (1 + rate_error), rel=1e-3)
    assert np.abs(np.diff(samples.time_s) * clock.rate_hz - 1).max() < 0.12


@pytest.mark.parametrize("rate_hz", [25.0, 50.0, 208.0, 400.0])
def test_a_rate_that_no_one_named_is_learnt_from_the_arrivals(rate_hz: float):
    sent = stream(60.0, rate_hz)
    clock = SampleClock()
    samples = told(clock, sent, stamps=False)
    assert clock.rate_hz == pytest.approx(rate_hz, rel=2e-3)
    error = error_ms(samples, sent, since_s=10.0)
    assert np.abs(error - np.median(error)).max() < 15.0


def test_a_counter_shows_every_loss_and_the_time_goes_on():
    sent = stream(60.0).lost([100, 101, 300, 700])
    samples = told(SampleClock(100.0), sent, stamps=False)
    assert np.array_equal(samples.gap, np.diff(sent.number, prepend=-1) > 1)
    error = error_ms(samples, sent, since_s=5.0)
    assert np.abs(error - np.median(error)).max() < 15.0


def test_a_loss_without_a_counter_is_marked_once_it_is_certain():
    sent = stream(60.0).lost(range(400, 420))  # one second from 20 s on
    samples = told(SampleClock(100.0), sent, counts=False, stamps=False)
    where = np.flatnonzero(samples.gap)
    assert len(where) == 1
    assert 0.0 <= sent.true_s[where[0]] - 21.0 < 1.5
    before, after = sent.true_s < 20.0, sent.true_s > 30.0
    error = 1e3 * (samples.time_s - sent.true_s)
    assert abs(np.median(error[after]) - np.median(error[before])) < 20.0


def test_a_stall_of_the_radio_that_is_made_up_for_is_no_loss():
    sent = stream(60.0)
    stalled = np.where((sent.arrival_s > 30.0) & (sent.arrival_s < 31.2), 31.2, sent.arrival_s)
    for counts in (True, False):
        clock = SampleClock(100.0)
        samples = told(clock, replace(sent, arrival_s=stalled), counts=counts, stamps=False)
        assert not samples.gap.any()
        assert clock.loss_pct == 0.0


def test_a_long_silence_without_a_counter_is_an_outage():
    sent = stream(60.0).lost(range(400, 480))
    samples = told(SampleClock(100.0), sent, counts=False, stamps=False)
    where = np.flatnonzero(samples.gap)
    assert sent.number[where].tolist() == [2400]
    assert samples.time_s[where[0]] - samples.time_s[where[0] - 1] == pytest.approx(4.0, abs=0.2)


@pytest.mark.parametrize("jump_s", [-1000.0, -0.6, 0.6, 1.5])
def test_a_host_clock_that_is_set_does_not_wreck_the_time(jump_s: float):
    sent = stream(120.0)
    jumped = np.where(sent.true_s > 60.0, jump_s, 0.0)
    for counts, stamps in KINDS:
        if not (counts or stamps) and jump_s > 0:
            continue  # nothing tells this from a loss
        clock = SampleClock(100.0)
        arrival_s = sent.arrival_s + jumped
        samples = told(clock, replace(sent, arrival_s=arrival_s), counts=counts, stamps=stamps)
        error = error_ms(samples, sent, since_s=5.0)
        assert np.abs(error - np.median(error)).max() < 60.0
        assert not samples.gap.any()
        assert clock.rate_hz == pytest.approx(100.0, rel=2e-3)


def test_a_host_clock_set_back_in_the_first_seconds_does_no_harm_either():
    sent = stream(30.0)
    arrival_s = sent.arrival_s - np.where(sent.true_s > 1.0, 2.0, 0.0)
    samples = told(SampleClock(100.0), replace(sent, arrival_s=arrival_s), stamps=False)
    error = error_ms(samples, sent, since_s=5.0)
    assert np.abs(error - np.median(error)).max() < 60.0


# --- every kind of sensor ------------------------------------------------------------------


@pytest.mark.parametrize(("counts", "stamps"), KINDS)
@given(data=st.data())
@settings(max_examples=20)
def test_how_the_stream_is_cut_changes_not_a_bit(
    data: st.DataObject, *, counts: bool, stamps: bool
):
    lost = data.draw(st.sets(st.integers(0, 199), max_size=30))
    sent = stream(10.0, jitter_s=2e-3, rate_error=0.01).lost(sorted(lost))
    packets = sent.packets()
    cuts = sorted(data.draw(st.sets(st.integers(0, len(packets)), max_size=12)))
    whole = told(SampleClock(), sent, counts=counts, stamps=stamps)
    clock, blocks = SampleClock(), []
    for begin, end in zip([0, *cuts], [*cuts, len(packets)], strict=True):
        rows = np.isin(
            sent.number // PER_PACKET, [p.number[0] // PER_PACKET for p in packets[begin:end]]
        )
        blocks.append(told(clock, sent.rows(rows), counts=counts, stamps=stamps))
    assert same(Samples.joined(blocks), whole)
    one = SampleClock()
    assert same(
        Samples.joined([told(one, p, counts=counts, stamps=stamps) for p in packets]), whole
    )


def test_samples_with_stamps_may_come_in_packets_of_any_size():
    sent = stream(20.0, jitter_s=1e-3)
    sizes = np.random.default_rng(2).integers(1, 20, 2000).cumsum()
    parts = np.split(np.arange(len(sent)), sizes[sizes < len(sent)])
    for counts in (True, False):
        clock = SampleClock()
        cut = Samples.joined([told(clock, sent.rows(part), counts=counts) for part in parts])
        assert same(cut, told(SampleClock(), sent, counts=counts))


@pytest.mark.parametrize(("counts", "stamps"), KINDS)
def test_an_outage_takes_the_time_that_the_arrivals_say(*, counts: bool, stamps: bool):
    first, second = stream(20.0, seed=1), stream(20.0, seed=2)
    clock = SampleClock(100.0)
    before = told(clock, first, counts=counts, stamps=stamps)
    gone_s = float(first.arrival_s[-1])
    clock.restart(gone_s + 4.0)
    clock.restart(gone_s + 5.0)
    back = replace(second, arrival_s=second.arrival_s - second.arrival_s[0] + gone_s + 12.0)
    after = told(clock, back, counts=counts, stamps=stamps)
    assert after.time_s[0] - before.time_s[-1] == pytest.approx(12.0, abs=1e-9)
    assert after.gap[0]
    assert not after.gap[1:].any()
    assert clock.rate_hz == pytest.approx(100.0, rel=1e-2)


def test_a_host_clock_set_back_during_an_outage_takes_only_that_part_of_it():
    first = stream(5.0)
    clock = SampleClock()
    before = told(clock, first)
    clock.restart(float(first.arrival_s[-1]) + 2.0)
    after = told(clock, replace(first, arrival_s=first.arrival_s - 100.0))
    assert after.time_s[0] - before.time_s[-1] == pytest.approx(2.0)


def test_a_link_lost_before_the_second_sample_is_survived():
    sent = stream(1.0)
    clock = SampleClock()
    before = told(clock, sent.rows(slice(0, 1)))
    assert np.isnan(clock.rate_hz)
    clock.restart(float(sent.arrival_s[0]) - 50.0)
    after = told(clock, sent.rows(slice(1, 3)))
    assert 0.0 < after.time_s[0] - before.time_s[0] < 60.0
    assert after.gap.tolist() == [False, False]  # none is missing


@pytest.mark.parametrize("counts", [True, False])
def test_after_a_lost_link_the_sensors_own_clock_tells_how_long_it_was(*, counts: bool):
    sent = stream(20.0)
    clock = SampleClock()
    before = told(clock, sent.rows(slice(0, 800)), counts=counts)
    clock.restart(float(sent.arrival_s[800]))
    rest = sent.rows(slice(1200, None))
    after = told(clock, replace(rest, arrival_s=rest.arrival_s + 0.3), counts=counts)
    outage_s = float(sent.stamp_s[1200] - sent.stamp_s[799])
    assert after.time_s[0] - before.time_s[-1] == pytest.approx(outage_s, abs=2e-3)
    assert after.gap[0]
    assert not after.gap[1:].any()


@pytest.mark.parametrize("counts", [True, False])
def test_a_sensor_that_starts_anew_unannounced_goes_on_by_the_arrivals(*, counts: bool):
    sent = stream(10.0)
    reborn = replace(sent, arrival_s=sent.arrival_s + 15.0)
    both = Stream(
        *(
            np.concatenate(pair)
            for pair in zip(vars(sent).values(), vars(reborn).values(), strict=True)
        )
    )
    samples = told(SampleClock(), both, counts=counts)
    assert np.flatnonzero(samples.gap).tolist() == [len(sent)]
    outage_s = samples.time_s[len(sent)] - samples.time_s[len(sent) - 1]
    assert outage_s == pytest.approx(reborn.arrival_s[0] - sent.arrival_s[-1])


@pytest.mark.parametrize("counts", [True, False])
def test_stamps_that_leap_ahead_of_the_arrivals_are_a_sensor_that_started_anew(*, counts: bool):
    sent = stream(10.0)
    late = sent.true_s >= 5.0
    leapt = replace(
        sent, number=sent.number + 131_072 * late, stamp_s=sent.stamp_s + 1310.72 * late
    )
    samples = told(SampleClock(), leapt, counts=counts)
    assert np.flatnonzero(samples.gap).tolist() == [500]
    assert samples.time_s[-1] == pytest.approx(sent.true_s[-1], abs=0.1)


@pytest.mark.parametrize(("counts", "stamps"), KINDS)
def test_samples_without_finite_numbers_are_left_out_and_leave_a_gap(*, counts: bool, stamps: bool):
    sent = stream(2.0)
    acc = np.ones((len(sent), 3))
    gyr = acc.copy()
    acc[50, 1], gyr[51, 2] = np.nan, np.inf
    decoded = Decoded(acc, gyr, sent.number if counts else None, sent.stamp_s if stamps else None)
    samples = SampleClock(100.0).decoded(decoded, sent.arrival_s)
    assert len(samples) == len(sent) - 2
    assert np.isfinite(samples.acc).all()
    assert np.flatnonzero(samples.gap).tolist() == [50]


def test_nothing_decoded_gives_no_samples_and_starts_no_clock():
    clock = SampleClock()
    assert len(clock.decoded(Decoder().feed(b"rubbish"), 1.0)) == 0
    nan = np.full((2, 3), np.nan)
    assert len(clock.decoded(Decoded(nan, nan, None, None), 1.0)) == 0
    assert clock.loss_pct == 0.0
    assert np.isnan(clock.rate_hz)


def test_loss_is_told_for_the_last_ten_seconds():
    clock = SampleClock()
    sent = stream(40.0).lost(range(300, 400, 10))  # 15 to 20 s, every tenth packet
    packets = sent.packets()
    loss = [(told(clock, part).time_s[-1], clock.loss_pct) for part in packets]
    by_time = {round(float(time_s), 2): pct for time_s, pct in loss}
    assert by_time[14.99] == 0.0
    assert by_time[19.99] == pytest.approx(5.0, abs=0.1)
    assert by_time[24.99] == pytest.approx(5.0, abs=0.6)
    assert by_time[34.99] == 0.0


PACKETS = st.lists(
    st.tuples(
        st.integers(1, 4),
        st.integers(0, 2**40),
        st.floats(-1e6, 1e10),
        st.floats(0, 1e6),
        st.sampled_from([0.0, 1e-4, 0.01, 3.0]),
        st.booleans(),
    ),
    max_size=15,
)


@pytest.mark.parametrize(("counts", "stamps"), KINDS)
@given(packets=PACKETS)
def test_whatever_a_sensor_says_time_only_goes_forward(
    packets: list[tuple[int, int, float, float, float, bool]], *, counts: bool, stamps: bool
):
    clock = SampleClock()
    times = [0.0]
    for n, number, stamp_s, arrival_s, apart_s, lost in packets:
        if lost:
            clock.restart(arrival_s)
        decoded = Decoded(
            np.ones((n, 3)),
            np.ones((n, 3)),
            number + np.arange(n) if counts else None,
            stamp_s + apart_s * np.arange(n) if stamps else None,
        )
        times += clock.decoded(decoded, arrival_s).time_s.tolist()
    assert times[:2] in ([0.0], [0.0, 0.0])
    assert (np.diff(times[1:]) > 0).all()
    assert np.isfinite(times).all()
    assert 0.0 <= clock.loss_pct <= 100.0


# --- from bytes to time --------------------------------------------------------------------


def test_bytes_with_loss_repeats_and_swaps_come_out_on_the_true_clock():
    sent = stream(20.0)
    encoder = Encoder(period_us=10_000)
    zeros = np.zeros((PER_PACKET, 3))
    packets = [
        Packet(
            float(p.arrival_s[0]),
            encoder.packet(zeros, zeros, int(p.number[0]), 4290.0 + p.true_s[0]),
        )
        for p in sent.packets()
    ]
    packets[50], packets[51] = packets[51], packets[50]
    played = [*packets[:100], packets[99], packets[98], *packets[110:]]
    decoded, arrival_s = Decoder().feed_all(played)
    samples = SampleClock().decoded(decoded, arrival_s)
    kept = sent.lost([50, *range(100, 110)])
    assert np.abs(error_ms(samples, kept)).max() < 2e-3
    assert np.array_equal(samples.gap, np.diff(kept.number, prepend=-1) > 1)
