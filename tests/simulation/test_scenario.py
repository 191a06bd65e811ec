"""Scenarios are drawn widely, repeatably, and their truth keeps the contract's words."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from monitor.arrivals import LinkDown, LinkUp, Packet
from monitor.samples import PHASES
from monitor.simulation.scenario import draw
from monitor.simulation.simulate import Simulation, simulate
from monitor.sources.table import read_table
from monitor.wire.reference import Decoder
from tests.simulation.csv_file import write_csv

seeds = pytest.mark.parametrize("seed", range(6))


def _bytes(simulation: Simulation) -> list[bytes]:
    return [p.data for p in simulation.packets() if isinstance(p, Packet)]


@seeds
def test_the_same_seed_gives_the_same_bytes_and_another_one_others(seed: int):
    assert _bytes(simulate(draw(seed))) == _bytes(simulate(draw(seed)))
    assert _bytes(simulate(draw(seed))) != _bytes(simulate(draw(seed + 1)))


def test_a_field_of_any_part_can_be_fixed_by_its_name():
    scenario = draw(5, seat_back_deg=45.0, rate_hz=100.0, loss=0.0, breathing_mm=2.0, rest_s=9.0)
    assert scenario.machine.seat_back_deg == 45.0
    assert scenario.sensor.rate_hz == 100.0
    assert scenario.athlete.breathing_mm == 2.0
    assert scenario.machine.vibration_hz == draw(5).machine.vibration_hz


def test_a_field_that_no_part_has_is_an_error():
    with pytest.raises(TypeError, match="seat_bakc_deg"):
        draw(5, seat_bakc_deg=45.0)


@seeds
def test_every_planned_rep_is_in_the_truth_and_in_order(seed: int):
    scenario = draw(seed)
    reps = simulate(scenario).truth.reps
    assert [(r.set, r.rep) for r in reps] == [
        (number, rep)
        for number, plan in enumerate(scenario.plan.sets, start=1)
        for rep in range(1, plan.reps + 1)
    ]
    for rep, following in itertools.pairwise(reps):
        assert rep.start_s < rep.bottom_s < rep.end_s <= following.start_s + 1e-6


@seeds
def test_phases_of_the_truth_follow_its_reps(seed: int):
    truth = simulate(draw(seed)).truth
    names = np.array(PHASES)[truth.phase]
    for rep in truth.reps:
        within = (truth.time_s > rep.start_s + 0.1) & (truth.time_s < rep.end_s - 0.1)
        assert set(names[within]) <= {"lowering", "bottom", "pressing"}
        assert set(truth.rep[within]) == {rep.rep}
        assert set(truth.set[within]) == {rep.set}
    assert not truth.rep[~np.isin(names, ("lowering", "bottom", "pressing"))].any()


@seeds
def test_off_the_pad_there_is_no_tilt_and_no_lift_to_speak_of(seed: int):
    truth = simulate(draw(seed)).truth
    for signal in (truth.tilt_deg, truth.lift_mm, truth.shift_deg):
        np.testing.assert_array_equal(np.isnan(signal), ~truth.on_pad)
    assert not truth.on_pad[0]
    assert not truth.on_pad[-1]


@seeds
def test_at_neutral_tilt_and_lift_are_zero(seed: int):
    truth = simulate(draw(seed)).truth
    a, b = truth.windows["neutral"]
    still = (truth.time_s > a) & (truth.time_s < b)
    assert abs(truth.tilt_deg[still].mean()) < 0.3
    assert np.abs(truth.tilt_deg[still]).max() < 1.5
    assert abs(truth.lift_mm[still].mean()) < 1e-9


def test_perfect_and_bad_reps_machines_and_rates_all_occur():
    scenarios = [draw(seed) for seed in range(100)]
    peaks = [plan.tilt_deg[1] for scenario in scenarios for plan in scenario.plan.sets]
    seats = [scenario.machine.seat_back_deg for scenario in scenarios]
    rates = {scenario.sensor.rate_hz for scenario in scenarios}
    assert min(peaks) < 1.5
    assert max(peaks) > 20.0
    assert min(seats) < 25.0
    assert max(seats) > 75.0
    assert {25.0, 100.0, 208.0} <= rates


@pytest.mark.parametrize("loss", [0.01, 0.05])
def test_as_many_packets_are_lost_as_was_asked_for(loss: float):
    fixed = {"loss": loss, "burst": 1.5, "packet_samples": 1, "rate_hz": 200.0, "dropouts": 0}
    lost = [1.0 - simulate(draw(seed, **fixed)).received.mean() for seed in range(4)]
    assert np.mean(lost) == pytest.approx(loss, rel=0.15)


@seeds
def test_the_packets_hold_the_samples_that_were_received_and_no_others(seed: int):
    simulation = simulate(draw(seed, reordered=0.0, link_lost=False, duplicates=0.02))
    samples, here = simulation.samples, simulation.received
    decoder = Decoder()
    packets = [p for p in simulation.packets() if isinstance(p, Packet)]
    decoded, _ = decoder.feed_all(packets)
    assert decoder.rejected == 0
    assert decoded.sequence is not None
    np.testing.assert_array_equal(decoded.sequence - decoded.sequence[0], np.flatnonzero(here))
    np.testing.assert_allclose(decoded.acc, samples.acc[here], atol=1e-9)
    np.testing.assert_allclose(decoded.gyr, samples.gyr[here], atol=1e-9)


@seeds
def test_the_table_holds_the_samples_that_were_received_and_no_others(seed: int):
    simulation = simulate(draw(seed))
    rows, here = simulation.rows(), simulation.received
    time_s = np.concatenate([block.time_s for block in rows])
    acc = np.concatenate([block.acc for block in rows])
    assert time_s[0] == 0.0
    assert (np.diff(time_s) > 0.0).all()
    np.testing.assert_array_equal(acc, simulation.samples.acc[here])
    assert np.abs(time_s - simulation.samples.time_s[here]).max() < 0.02


def test_a_csv_file_of_a_simulation_reads_back_to_the_last_digit(tmp_path: Path):
    simulation = simulate(draw(2))
    write_csv(simulation, tmp_path / "session.csv")
    table = read_table(tmp_path / "session.csv")
    rows = simulation.rows()
    np.testing.assert_array_equal(table.time_s, np.concatenate([b.time_s for b in rows]))
    np.testing.assert_array_equal(table.gyr, np.concatenate([b.gyr for b in rows]))


def test_a_drop_out_is_a_silence_and_a_lost_link_if_the_host_is_told():
    told = simulate(draw(3, dropouts=2, dropout_s=3.0, link_lost=True, loss=0.0))
    arrivals = told.packets()
    assert sum(isinstance(a, LinkDown) for a in arrivals) == 2
    assert sum(isinstance(a, LinkUp) for a in arrivals) == 3
    came_s = [a.arrival_s for a in arrivals if isinstance(a, Packet)]
    assert np.sum(np.diff(came_s) > 2.5) == 2
    assert [a.arrival_s for a in arrivals] == sorted(a.arrival_s for a in arrivals)
    untold = simulate(draw(3, dropouts=2, dropout_s=3.0, link_lost=False, loss=0.0))
    assert not any(isinstance(a, LinkDown) for a in untold.packets())


def test_an_arrival_never_comes_before_its_samples_were_taken():
    simulation = simulate(draw(4, loss=0.0, dropouts=0, reordered=0.0, duplicates=0.0))
    size = simulation.scenario.radio.packet_samples
    came_s = np.array([p.arrival_s for p in simulation.packets() if isinstance(p, Packet)])
    assert (came_s > simulation.samples.time_s[::size]).all()
