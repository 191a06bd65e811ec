"""The accuracy report itself: who tells the truth gets full marks, who errs is found out."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from monitor.events import AlertEvent, Event, RepEvent
from monitor.samples import Floats, Signals
from monitor.simulation.scenario import draw
from monitor.simulation.session_plan import SetPlan
from monitor.simulation.simulate import Simulation, simulate
from monitor.simulation.truth import TrueRep
from tests.benchmarks import accuracy_report
from tests.benchmarks.accuracy_run import Run
from tests.benchmarks.accuracy_score import Score, score


@cache
def _session() -> Simulation:
    plain = draw(1, rate_hz=100.0)
    plan: SetPlan = replace(
        plain.plan.sets[0],
        reps=6,
        tilt_deg=(6.0, 20.0),
        rolling_lift_mm=(0.0, 45.0),
        bridging_lift_mm=(0.0, 0.0),
        arch_deg=0.0,
        eccentric_s=1.5,
        concentric_s=1.5,
    )
    return simulate(replace(plain, plan=replace(plain.plan, sets=(plan, plan))))


def _run(events: list[Event], tilt_off: float = 0.0, lift_off: float = 0.0) -> Run:
    truth = _session().truth
    n = len(truth)
    signals = Signals(
        time_s=truth.time_s,
        tilt_deg=truth.tilt_deg + tilt_off,
        tilt_sigma_deg=np.full(n, 0.3),
        lift_mm=truth.lift_mm + lift_off,
        lift_sigma_mm=np.full(n, 2.0),
        shift_deg=truth.shift_deg,
        phase=truth.phase,
        rep=truth.rep,
    )
    return Run(_session(), None, "", "table", signals, tuple(events))


def _rep(true: TrueRep, later_s: float = 0.0) -> RepEvent:
    return RepEvent(
        event_id=f"rep-{true.set}-{true.rep}-{later_s}",
        session_id="s",
        time_s=true.end_s + later_s,
        known_s=true.end_s + later_s + 0.2,
        set=true.set,
        rep=true.rep,
        start_s=true.start_s + later_s,
        bottom_s=true.bottom_s + later_s,
        end_s=true.end_s + later_s,
        eccentric_s=true.bottom_s - true.start_s,
        pause_s=0.0,
        concentric_s=true.end_s - true.bottom_s,
        peak_tilt_deg=true.peak_tilt_deg,
        peak_anterior_deg=true.peak_anterior_deg,
        peak_lift_mm=true.peak_lift_mm,
        lift_sigma_mm=1.0,
        peak_shift_deg=true.peak_shift_deg,
        tilt_onset=None,
        unsteadiness=0.0,
        clean=True,
        confidence=1.0,
    )


def _alarm(time_s: float, limit: float = 12.0) -> AlertEvent:
    return AlertEvent(
        event_id=f"alarm-{time_s}",
        session_id="s",
        time_s=time_s,
        known_s=time_s + 0.1,
        rule="pelvic_tilt",
        level="alarm",
        state="raised",
        value=13.0,
        sigma=0.2,
        limit=limit,
        unit="deg",
        set=1,
        rep=1,
        advice="",
    )


def _crossings(true: Floats, limit: float) -> list[float]:
    truth = _session().truth
    beyond = (truth.rep > 0) & (true > limit)
    return truth.time_s[1:][beyond[1:] & ~beyond[:-1]].tolist()


def _perfect() -> list[Event]:
    reps: list[Event] = [_rep(rep) for rep in _session().truth.reps]
    return reps + [_alarm(t) for t in _crossings(_session().truth.tilt_deg, 12.0)]


def test_who_tells_the_truth_gets_full_marks():
    result = score(_run(_perfect()))
    assert result.tilt.rmse == pytest.approx(0.0)
    assert result.lift.rmse == pytest.approx(0.0)
    assert result.tilt.inside.all()
    assert len(result.pairs) == 12
    assert (result.misses, result.ghosts, result.wrong_sets) == ((), (), frozenset())
    alarms = result.alarms["pelvic_tilt"]
    assert alarms.hits > 3
    assert alarms.quiet > 3
    assert (alarms.misses, alarms.false, alarms.strays) == (0, 0, [])
    assert alarms.delays_s == pytest.approx([0.1] * alarms.hits, abs=0.02)


def test_errors_are_measured_and_told_from_what_sigma_allows():
    result = score(_run(_perfect(), tilt_off=0.5, lift_off=5.0))
    assert result.tilt.rmse == pytest.approx(0.5)
    assert result.lift.rmse == pytest.approx(5.0)
    assert result.tilt.inside.all()
    assert not result.lift.inside.any()


def test_a_rep_not_told_is_a_miss_and_spoils_its_set_only():
    events = [event for event in _perfect() if "rep-2-3" not in event.event_id]
    result = score(_run(events))
    assert [(rep.set, rep.rep) for rep in result.misses] == [(2, 3)]
    assert result.wrong_sets == {2}


def test_a_rep_told_twice_or_at_rest_is_a_ghost_where_it_was_said():
    truth = _session().truth
    resting = truth.reps[5].end_s + 6.0 - truth.reps[0].start_s
    again = _rep(truth.reps[2], 0.3)
    result = score(_run([*_perfect(), again, _rep(truth.reps[0], resting)]))
    assert sorted(result.ghosts) == ["rest", "set"]
    assert result.wrong_sets == {1, 2}


def test_reps_told_half_a_rep_late_are_no_reps_of_the_truth():
    reps = [_rep(rep, 2.6) for rep in _session().truth.reps]
    result = score(_run(list(reps)))
    assert len(result.pairs) < 12


def test_an_alarm_in_a_good_rep_or_at_rest_is_false_and_a_silent_bad_rep_is_missed():
    truth = _session().truth
    good, last = truth.reps[0], truth.reps[5]
    events: list[Event] = [_alarm(good.bottom_s), _alarm(last.end_s + 5.0)]
    alarms = score(_run(events)).alarms["pelvic_tilt"]
    assert alarms.hits == 0
    assert alarms.misses > 3
    assert alarms.false == 1
    assert alarms.strays == ["rest"]


def test_the_tables_can_be_made_of_good_scores_bad_ones_and_none():
    scores: list[Score] = [score(_run(_perfect())), score(_run([]))]
    for some in (scores, scores[1:]):
        for table in (accuracy_report.overall, accuracy_report.grouped, accuracy_report.each):
            assert "tilt" in table(some)
