"""Reps are what comes in a train of like excursions; breathing and shuffling are not."""

from dataclasses import replace

import pytest

from monitor.signals.excursions import Excursion
from monitor.signals.figures import Figures
from monitor.signals.odds import LikeOdds, OwnOdds, typical
from monitor.signals.rhythm import Rhythm, RhythmParams

PERIOD_S = 4.0


def excursion(start_s: float, size: float = 5.0, length_s: float = 2.0, **other: float) -> Figures:
    """An excursion on a press that is felt: straight back and forth, some strain and rumble."""
    of = Excursion(0, 1, 2, 0.0, size, 30.0, 0.5, 2.0, start_s + length_s, "back", cut=False)
    figures = Figures(
        of=of,
        start_s=start_s,
        peak_s=start_s + length_s / 2,
        end_s=start_s + length_s,
        known_s=start_s + length_s + 0.2,
        unseen_s=0.0,
        high=size,
        low=0.0,
        left_over=0.1,
        aside_share=0.03,
        turns=1,
        shift=0.0,
        strain=2.0,
        strain_out=2.0,
        rumble=1.2,
        rumble_before=0.3,
        rumble_after=0.8,
    )
    return replace(figures, **other)


def faint(start_s: float) -> Figures:
    """A rep that hardly rolls and turns aside as much: doubtful by itself."""
    return excursion(start_s, size=1.2, aside_share=0.3)


def cut_short(start_s: float) -> Figures:
    """A rep of which the way back, and the strain on it, fell into a gap of three seconds."""
    seen = excursion(start_s, length_s=1.1, peak_s=start_s + 1.0, strain=0.5, left_over=4.0)
    return replace(seen, known_s=seen.end_s + 3.0, unseen_s=3.0)


def told(rhythm: Rhythm, *found: Figures) -> list[float]:
    """Starts of the reps that are told, in the order they are."""
    return [x.start_s for one in found for x, _ in rhythm.takes(one)]


def test_a_clear_rep_begins_a_set_at_once():
    clear = excursion(10.0, length_s=3.0, aside_share=0.01, strain=3.0, rumble=2.0)
    assert told(Rhythm(), clear) == [10.0]


def test_a_rep_that_is_told_at_once_is_told_with_confidence():
    clear = excursion(10.0, length_s=3.0, aside_share=0.01, strain=3.0, rumble=2.0)
    ((_, odds),) = Rhythm().takes(clear)
    assert odds > 4.0


def test_doubtful_reps_wait_for_others_like_them_and_are_told_together():
    rhythm = Rhythm()
    waits = faint(10.0)
    assert told(rhythm, waits) == []
    later = [faint(10.0 + PERIOD_S * k) for k in (1, 2, 3)]
    starts = told(rhythm, *later)
    assert starts == [10.0, 14.0, 18.0, 22.0]


def test_a_doubtful_excursion_alone_is_never_a_rep():
    rhythm = Rhythm()
    assert told(rhythm, faint(10.0), faint(40.0), faint(70.0)) == []


def test_breathing_however_regular_is_no_set():
    rhythm = Rhythm()
    breaths = [
        excursion(
            10.0 + 3.5 * k, size=0.55, rumble=0.1, strain=0.4, rumble_before=0.1, rumble_after=0.1
        )
        for k in range(10)
    ]
    assert told(rhythm, *breaths) == []


def test_a_set_that_hardly_rolls_is_known_sooner_where_the_sled_is_felt():
    hardly = [
        excursion(10.0 + PERIOD_S * k, size=0.9, aside_share=0.8, strain=1.0) for k in range(8)
    ]
    believed, doubted = Rhythm(), Rhythm(RhythmParams(rumbles=0.0))
    known, later = ([bool(r.takes(x)) for x in hardly].index(True) for r in (believed, doubted))
    assert known < later
    assert len(believed.reps) == len(hardly)


def test_a_rep_that_hardly_rolls_is_told_when_the_next_one_shows_that_the_set_goes_on():
    rhythm = Rhythm()
    starts = [10.0, 14.0, 18.0]
    assert told(rhythm, *map(excursion, starts)) == starts
    hardly = excursion(22.0, size=1.0, length_s=1.0, aside_share=0.5)
    late = told(rhythm, hardly), told(rhythm, excursion(26.0))
    assert late == ([], [22.0, 26.0])


def test_a_hole_is_not_filled_with_what_is_nothing_like_a_rep():
    rhythm = Rhythm()
    told(rhythm, *map(excursion, (10.0, 14.0, 18.0)))
    twist = excursion(22.0, size=0.6, aside_share=0.9, rumble=0.0, strain=0.0)
    assert told(rhythm, twist, excursion(26.0)) == [26.0]


def test_racking_and_the_feet_that_are_taken_down_after_a_set_are_not_its_last_reps():
    felt = {"strain": 4.0, "rumble": 1.7, "rumble_before": 0.8}
    starts = 59.2, 62.3, 65.5, 69.0, 72.4
    reps = [excursion(at, size=2.8, length_s=1.5, aside_share=0.02, **felt) for at in starts]
    racking = excursion(75.2, size=2.5, length_s=1.1, aside_share=0.49, strain=3.0, rumble=1.0)
    foot = excursion(79.9, size=8.8, length_s=1.0, aside_share=0.05, strain=3.3, rumble=2.2)
    assert told(Rhythm(), *reps, racking, foot) == list(starts)
    assert told(Rhythm(RhythmParams(filled=0.5)), *reps, racking, foot) != list(starts)


def test_the_shuffle_before_a_set_is_not_its_first_rep():
    rhythm = Rhythm()
    shuffle = excursion(4.0, size=9.0, length_s=0.9, aside_share=0.4, rumble=0.2, left_over=2.0)
    assert told(rhythm, shuffle, *map(excursion, (10.0, 14.0))) == [10.0, 14.0]


def test_putting_both_feet_down_is_no_set():
    rhythm = Rhythm()
    feet = [excursion(t, size=8.0, length_s=1.1, aside_share=0.15) for t in (10.0, 11.3)]
    assert told(rhythm, *feet) == []


def test_nothing_is_told_across_the_athlete_leaving_the_pad():
    rhythm = Rhythm()
    told(rhythm, faint(10.0), faint(14.0 - 0.1))
    rhythm.leave()
    assert rhythm.reps == []
    assert told(rhythm, faint(18.0)) == []


def test_who_has_just_lain_down_has_no_set():
    new = excursion(10.0)
    new = replace(new, of=replace(new.of, lying_s=1.0))
    assert told(Rhythm(), new) == []


def test_no_chain_waits_longer_than_the_trace_is_remembered():
    rhythm = Rhythm(RhythmParams(two=99.0, chain=99.0, at_once=99.0))
    told(rhythm, *(faint(10.0 + PERIOD_S * k) for k in range(60)))
    assert max(len(chain.links) for chain in rhythm._chains) <= 40.0 / PERIOD_S + 1


def test_a_slow_set_outlives_one_rep_that_was_not_seen():
    rhythm = Rhythm()
    told(rhythm, *(excursion(10.0 + 6.0 * k, length_s=2.0) for k in range(4)))
    assert rhythm.pause_s() > 2 * 6.0 - 2.0


@pytest.mark.parametrize("felt", ["strain", "rumble"])
def test_a_machine_that_is_not_felt_makes_no_clear_rep_impossible(felt: str):
    dull = {felt: 0.0, "rumble_before": 0.0, "rumble_after": 0.0}
    rhythm = Rhythm()
    starts = [10.0, 14.0, 18.0]
    assert told(rhythm, *(excursion(t, **dull) for t in starts)) == starts


def test_after_a_gap_in_the_signal_when_a_rep_comes_says_nothing():
    reps = [excursion(10.0 + PERIOD_S * k) for k in range(4)]
    late = excursion(31.0)
    like = LikeOdds()
    assert like.of(late, typical(reps, timely=False)) > like.of(late, typical(reps))
    assert typical(reps, timely=False).pause_s is None


def test_a_rep_whose_way_back_fell_into_a_gap_goes_on_with_its_set():
    reps = [excursion(10.0 + PERIOD_S * k) for k in range(4)]
    assert told(Rhythm(), *reps, cut_short(26.0))[-1] == 26.0
    known_to_be_short = replace(cut_short(26.0), unseen_s=0.0)
    assert told(Rhythm(), *reps, known_to_be_short)[-1] == 22.0


def test_a_way_back_that_was_not_seen_took_as_long_as_the_sets_others_or_as_the_gap_allows():
    rhythm = Rhythm()
    told(rhythm, *(excursion(10.0 + PERIOD_S * k) for k in range(4)))
    ((rep, _),) = rhythm.takes(cut_short(26.0))
    assert rep.end_s == pytest.approx(28.0)
    assert cut_short(26.0).lasting(9.0).end_s == pytest.approx(30.1)
    assert cut_short(26.0).lasting(0.5).end_s == pytest.approx(27.1)
    assert excursion(26.0).lasting(9.0).end_s == pytest.approx(28.0)


def test_own_odds_stay_within_their_bounds():
    own = OwnOdds()
    worst = excursion(10.0, size=0.1, length_s=0.3, aside_share=0.99, left_over=9.0)
    assert own.of(worst) == -own.most
    assert own.of(excursion(10.0, size=20.0, length_s=3.0)) <= own.most
