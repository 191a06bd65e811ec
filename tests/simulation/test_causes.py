"""Each simulated cause is what it says it is, in truth and not only by name."""

from dataclasses import dataclass

import numpy as np
import pytest

from monitor.events import Cause
from monitor.settings import Limits
from monitor.simulation.causes import CAUSES, KINDS, Case, case
from monitor.simulation.simulate import simulate
from monitor.simulation.truth import TrueRep, Truth

SEEDS = range(300, 304)
NOTICE_MM = 10.0


@dataclass(frozen=True, slots=True)
class Set:
    """A case's one set as it truly was."""

    case: Case
    truth: Truth
    notice_deg: float

    @property
    def reps(self) -> tuple[TrueRep, ...]:
        return self.truth.reps

    def onset(self, rep: TrueRep) -> float:
        """Share of the descent at which a quarter of the roll is done."""
        t = self.truth.time_s
        way = (t >= rep.start_s) & (t <= rep.bottom_s)
        tilt = self.truth.tilt_deg[way]
        first = np.argmax(tilt - tilt[0] > 0.25 * (tilt.max() - tilt[0]))
        return float(first / max(len(tilt), 1))


def done(kind: str, seed: int) -> Set:
    chosen = case(seed, kind)  # type: ignore[arg-type] # the tests' own words
    own = 0.5 * chosen.scenario.athlete.range_deg if chosen.range_known else 0.0
    return Set(chosen, simulate(chosen.scenario).truth, max(5.0, own))


def test_the_kinds_take_turns_and_a_seed_always_gives_the_same():
    cases = [case(seed) for seed in range(len(KINDS))]
    assert {one.causes[0] for one in cases if len(one.causes) == 1} == set(CAUSES)
    assert sum(not one.causes for one in cases) == 1
    assert sum(len(one.causes) == 2 for one in cases) == 1
    assert case(5) == case(5)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_clean_set_is_clean(seed: int):
    limits, found = Limits(), done("clean", seed)
    for rep in found.reps:
        assert rep.peak_tilt_deg < found.notice_deg
        assert rep.peak_anterior_deg < (limits.anterior_tilt.notice or 0.0)
        assert rep.peak_lift_mm < NOTICE_MM


@pytest.mark.parametrize("seed", SEEDS)
def test_a_range_too_big_rolls_later_in_the_descent_than_feet_too_high(seed: int):
    late, early = done("range_too_big", seed), done("feet_too_high", seed)
    assert np.median([late.onset(rep) for rep in late.reps]) > 0.45
    assert np.median([early.onset(rep) for rep in early.reps]) < 0.55
    for found in (late, early):
        rolled = [rep.peak_tilt_deg > found.notice_deg for rep in found.reps]
        assert np.mean(rolled) > 0.7
        assert rolled[0] or rolled[1]


@pytest.mark.parametrize("seed", SEEDS)
def test_too_heavy_begins_well_and_ends_badly(seed: int):
    found = done("too_heavy", seed)
    assert found.reps[0].peak_tilt_deg < found.notice_deg
    assert max(rep.peak_tilt_deg for rep in found.reps[-2:]) > 1.2 * found.notice_deg
    pushes = [rep.end_s - rep.bottom_s for rep in found.reps]
    assert np.mean(pushes[-3:]) > np.mean(pushes[:3])


@pytest.mark.parametrize("seed", SEEDS)
def test_a_back_lift_leaves_the_pad_in_most_reps_without_a_large_roll(seed: int):
    found = done("back_lift", seed)
    assert np.mean([rep.peak_lift_mm > NOTICE_MM for rep in found.reps]) > 0.6
    assert np.median([rep.peak_tilt_deg for rep in found.reps]) < 1.2 * found.notice_deg


@pytest.mark.parametrize("seed", SEEDS)
def test_a_weak_brace_trembles_wobbles_or_arches(seed: int):
    found = done("weak_brace", seed)
    plan, athlete = found.case.scenario.plan.sets[0], found.case.scenario.athlete
    arched = np.median([rep.peak_anterior_deg for rep in found.reps]) > 3.0
    assert arched or plan.shake_deg >= 0.25 or athlete.tremor_deg >= 0.15


@pytest.mark.parametrize("cause", CAUSES)
def test_the_same_athlete_is_there_whatever_goes_wrong(cause: Cause):
    one, other = case(17, cause).scenario, case(17, "clean").scenario
    assert (one.machine, one.sensor, one.radio) == (other.machine, other.sensor, other.radio)
