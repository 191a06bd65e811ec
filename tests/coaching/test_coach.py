"""The coach names what went wrong, says how he knows, and stays silent where all was well."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.coaching.coach import Coached, coached
from monitor.coaching.rep import Rep
from monitor.settings import Coaching
from tests.coaching import sets

FAULTY = {
    "back_lift": sets.lifting,
    "range_too_big": sets.late_roll,
    "feet_too_high": sets.early_roll,
    "too_heavy": sets.worse_and_worse,
    "weak_brace": sets.unsteady,
}

reps = st.builds(
    Rep,
    rep=st.just(1),
    bottom_s=st.just(0.0),
    concentric_s=st.floats(0.3, 6.0),
    peak_tilt_deg=st.floats(0.0, 30.0),
    peak_anterior_deg=st.floats(0.0, 20.0),
    peak_lift_mm=st.none() | st.floats(-10.0, 60.0),
    lift_sigma_mm=st.none() | st.floats(0.5, 20.0),
    tilt_onset=st.none() | st.floats(0.0, 1.0),
    clean=st.booleans(),
    roll_s=st.floats(0.0, 8.0),
    return_s=st.floats(0.0, 8.0),
    flat_s=st.floats(0.0, 20.0),
    working_s=st.floats(0.0, 20.0),
    tremor_deg_s=st.floats(0.0, 40.0),
    wasted_deg_s=st.floats(0.0, 40.0),
)
any_set = st.lists(reps, min_size=1, max_size=15).map(sets.of)
any_told = st.builds(
    Coaching,
    load_kg=st.none() | st.floats(1.0, 600.0),
    feet=st.sampled_from([None, "low", "middle", "high"]),
    pain=st.sampled_from(["none", "mild"]),
)


def seen(of: list[Rep], known: Coaching | None = None) -> Coached:
    return coached(of, sets.NOTICE_DEG, 5.0, known)


def confidences(of: list[Rep], known: Coaching | None = None) -> dict[str, float]:
    found = {cause.cause: cause.confidence for cause in seen(of, known).causes}
    return {cause: found.get(cause, 0.0) for cause in FAULTY}  # type: ignore[call-overload] # its keys are the causes


@pytest.mark.parametrize("cause", FAULTY)
def test_each_kind_of_fault_is_traced_to_its_cause(cause: str):
    first = seen(FAULTY[cause](10)).causes[0]
    assert first.cause == cause
    assert first.confidence > 0.5


def test_a_clean_set_has_no_cause():
    assert seen(sets.clean(10)).causes == ()


@pytest.mark.parametrize("cause", FAULTY)
def test_one_rep_proves_little(cause: str):
    assert max(confidences(FAULTY[cause](10)[-1:]).values()) <= 0.5


@given(any_set, any_told)
@settings(max_examples=80)
def test_whatever_the_set_confidences_are_shares_and_the_likeliest_comes_first(
    of: list[Rep], known: Coaching
):
    found = [cause.confidence for cause in seen(of, known).causes]
    assert all(0.0 <= one <= 1.0 for one in found)
    assert found == sorted(found, reverse=True)
    assert len({cause.cause for cause in seen(of, known).causes}) == len(found)


@given(any_set, st.integers(1, 8))
@settings(max_examples=80)
def test_clean_reps_done_afterwards_never_make_a_cause_likelier(of: list[Rep], more: int):
    before, after = confidences(of), confidences(sets.of([*of, *[sets.SOUND] * more]))
    assert all(after[cause] <= before[cause] + 1e-9 for cause in FAULTY)


@given(any_set)
@settings(max_examples=80)
def test_feet_that_stand_low_are_less_likely_too_high(of: list[Rep]):
    low, high = (confidences(of, Coaching(feet=feet)) for feet in ("low", "high"))
    assert low["feet_too_high"] <= confidences(of)["feet_too_high"] <= high["feet_too_high"]


@given(any_set, any_told)
@settings(max_examples=80)
def test_every_cause_says_how_it_is_known_and_what_to_do(of: list[Rep], known: Coaching):
    told = seen(of, known)
    assert told.suggestion.endswith((".", "!"))
    for cause in told.causes:
        assert cause.evidence
        assert cause.advice.endswith(".")
        for count, all_of in re.findall(r"in (\d+) of (\d+)", cause.evidence):
            assert 1 <= int(count) <= int(all_of) == len(of)


def test_the_evidence_counts_the_reps_that_rolled_and_says_how_far():
    mixed = sets.of([*sets.late_roll(8, tilt_deg=9.0), *[sets.SOUND] * 2])
    evidence = seen(mixed).causes[0].evidence
    assert "in 8 of 10 reps your pelvis rolled 9°" in evidence


def test_the_evidence_of_a_lift_is_the_largest_one():
    of = sets.lifting(6)
    assert "in 6 of 6 reps" in seen(of).causes[0].evidence
    assert "31 mm" in seen(of).causes[0].evidence


def test_of_a_weight_that_is_too_heavy_all_signs_are_told_and_only_those_there_are():
    of = sets.worse_and_worse(10)
    evidence = seen(of).causes[0].evidence
    assert "the roll went from 3° in the first reps to 12° in the last" in evidence
    assert re.search(r"reps took \d\d % longer", evidence)
    assert "left the pad" not in evidence
    lifted = [replace(rep, peak_lift_mm=4.0 * rep.rep, clean=False) for rep in of]
    assert "in the end the back left the pad" in cause("too_heavy", lifted)


def test_of_a_weak_brace_arching_trembling_and_uneven_rolls_are_told_each_for_itself():
    arched = sets.of([replace(sets.SOUND, peak_anterior_deg=8.0, clean=False)] * 10)
    trembling = sets.of([replace(sets.SOUND, tremor_deg_s=9.0, clean=False)] * 10)
    assert "in 10 of 10 reps your back arched, by up to 8°" in cause("weak_brace", arched)
    assert "trembled" not in cause("weak_brace", arched)
    assert "in 10 of 10 your pelvis trembled in the push" in cause("weak_brace", trembling)
    assert "arched" not in cause("weak_brace", trembling)
    uneven = sets.of(
        [replace(rep, peak_tilt_deg=2.0 + 5.0 * (k % 2)) for k, rep in enumerate(trembling)]
    )
    assert re.search(r"the roll differed by \d\d % from rep to rep", cause("weak_brace", uneven))


def cause(name: str, of: list[Rep]) -> str:
    """What speaks for a cause."""
    return next(one.evidence for one in seen(of).causes if one.cause == name)


def test_inferred_causes_are_called_likely():
    for cause in ("range_too_big", "feet_too_high", "too_heavy", "weak_brace"):
        assert "likely" in seen(FAULTY[cause](10)).causes[0].advice.lower()


def test_more_weight_is_suggested_only_after_twelve_clean_reps():
    known = Coaching(load_kg=120.0)
    assert "125 kg" in seen(sets.clean(12), known).suggestion
    assert "kg" not in seen(sets.clean(11), known).suggestion
    assert "125" not in seen(sets.late_roll(12), known).suggestion


def test_a_weight_that_breaks_the_form_goes_down_by_a_tenth_in_whole_plates():
    assert "107.5 kg" in seen(sets.worse_and_worse(10), Coaching(load_kg=120.0)).suggestion


def test_who_hurts_is_never_given_more_weight():
    told = seen(sets.clean(14), Coaching(load_kg=120.0, pain="mild"))
    assert "125" not in told.suggestion
    assert "hurts" in told.suggestion
    assert "lighter" in seen(sets.late_roll(9), Coaching(pain="mild")).suggestion
