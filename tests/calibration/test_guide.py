"""The guide: a cooperative athlete is done in a minute, and every mishap has its sentence."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from calibration.document import to_json
from calibration.guide import Guide
from calibration.moves import Blocks
from calibration.prompts import Prompt
from tests.calibration.people import Actor, angle_deg

ASKEW = Rotation.from_euler("XYZ", [100, 15, -70], degrees=True)
LEFT = ASKEW.apply([0.0, 1.0, 0.0])
Reaction = Callable[[Actor], object]


def lie_back(seat_back: float) -> Reaction:
    return lambda actor: actor.walk(5).to(seat_back + 15).to(seat_back).hold(12)


def three_tilts(actor: Actor) -> None:
    actor.hold(1).bump(9).hold(0.7).bump(9).hold(0.7).bump(9).hold(2)


COOPERATIVE: dict[str, list[Reaction]] = {
    "stand": [lambda actor: actor.hold(9)],
    "lie_back": [lie_back(45)],
    "tilts": [three_tilts],
}


def lead(guide: Guide, reactions: dict[str, list[Reaction]]) -> tuple[list[Prompt], Actor]:
    """The athlete does after each prompt what the list says for the next time he hears it."""
    actor, left = Actor(ASKEW), {key: list(todo) for key, todo in reactions.items()}
    said, heard, shown = [guide.begin()], 0, 0
    while heard < len(said):
        for prompt in said[heard:]:
            if left.get(prompt.key):
                left[prompt.key].pop(0)(actor)
        heard = len(said)
        part = actor.samples(shown)
        shown += len(part[0])
        said += guide.step(*part)
        if guide.calibration is not None:
            break
    return said, actor


def keys(said: list[Prompt]) -> list[str]:
    return [prompt.key for prompt in said]


def test_a_cooperative_athlete_is_done_within_a_minute():
    guide = Guide()
    said, _ = lead(guide, COOPERATIVE)
    assert keys(said) == ["stand", "lie_back", "tilts", "count", "count", "count", "done"]
    assert said[-1].time_s < 60
    assert guide.calibration.verdict.grade == "good"
    assert angle_deg(guide.calibration.placement.left, LEFT) < 2
    assert guide.calibration.placement.range_deg == pytest.approx(9, abs=1)
    assert guide.progress == 1


def test_who_is_in_a_hurry_leaves_out_the_tilts():
    guide = Guide(tilts=False)
    said, _ = lead(guide, COOPERATIVE)
    assert keys(said) == ["stand", "lie_back", "done"]
    assert guide.calibration.placement.range_deg is None


def test_the_tilts_can_be_skipped_when_they_are_asked_for():
    guide = Guide()
    lead(guide, {**COOPERATIVE, "tilts": []})
    assert guide.step_now == "tilts"
    assert keys(list(guide.skip())) == ["done"]
    assert guide.calibration.placement.range_deg is None


def test_who_lies_already_need_not_get_up_and_the_tilts_alone_will_do():
    guide = Guide(standing=False)
    said, _ = lead(guide, {**COOPERATIVE, "lie_back": [lie_back(45)]})
    assert keys(said) == ["lie_back", "tilts", "count", "count", "count", "done"]
    assert said[0].sentence.startswith("Sit down")
    assert angle_deg(guide.calibration.placement.left, LEFT) < 2


@pytest.mark.parametrize(
    ("standing", "seat_back", "said"), [(True, 6, "too_close"), (False, 45, "tilts")]
)
def test_tilts_that_are_needed_are_not_skipped(standing: bool, seat_back: float, said: str):  # noqa: FBT001  a parameter of the test
    guide = Guide(standing=standing)
    lead(guide, {**COOPERATIVE, "lie_back": [lie_back(seat_back)], "tilts": []})
    assert keys(list(guide.skip())) == [said]
    assert guide.step_now == "tilts"


def test_before_the_tilts_there_is_nothing_to_skip():
    assert Guide().skip() == ()


def test_a_known_axis_needs_no_standing():
    guide = Guide(tilts=False, axis=LEFT)
    said, _ = lead(guide, {"lie_back": [lie_back(30)]})
    assert keys(said) == ["lie_back", "done"]
    assert angle_deg(guide.calibration.placement.left, LEFT) < 0.5


def test_who_moves_while_standing_is_told_and_asked_again():
    guide = Guide()
    stand: list[Reaction] = [lambda actor: actor.hold(5).walk(1).hold(9)]
    said, _ = lead(guide, {**COOPERATIVE, "stand": stand})
    assert keys(said)[:3] == ["stand", "moved", "lie_back"]
    assert guide.calibration is not None


def test_who_moves_while_lying_is_told_and_asked_again():
    lie: Reaction = lambda actor: actor.walk(5).to(45).hold(6).bump(bend=15).hold(10)  # noqa: E731  a reaction like the others
    guide = Guide()
    said, _ = lead(guide, {**COOPERATIVE, "lie_back": [lie]})
    assert keys(said)[:4] == ["stand", "lie_back", "moved", "tilts"]
    assert guide.calibration is not None


def restless(actor: Actor) -> None:
    for _ in range(25):
        actor.bump(bend=12, seconds=2)


@pytest.mark.parametrize("step", ["stand", "lie_back"])
def test_who_is_never_still_is_told_so(step: str):
    guide = Guide()
    said, _ = lead(guide, {**COOPERATIVE, step: [restless]})
    assert keys(said)[-1] == "restless"
    assert guide.step_now == step
    spoken_s = [prompt.time_s for prompt in said]
    assert max(later - first for first, later in pairwise(spoken_s)) < 45


@pytest.mark.parametrize("tilt", [0, 3])
def test_who_does_not_tilt_or_hardly_is_told_that_none_was_felt(tilt: float):
    guide = Guide()
    small: Reaction = lambda actor: [actor.hold(1).bump(tilt) for _ in range(7)]  # noqa: E731  a reaction like the others
    said, _ = lead(guide, {**COOPERATIVE, "tilts": [small], "no_tilt": [three_tilts]})
    assert keys(said)[2:] == ["tilts", "no_tilt", "count", "count", "count", "done"]


def test_who_arches_instead_is_told_the_other_way():
    guide = Guide()
    arch: Reaction = lambda actor: actor.hold(1).bump(-9)  # noqa: E731  a reaction like the others
    said, _ = lead(guide, {**COOPERATIVE, "tilts": [arch], "other_way": [three_tilts]})
    assert keys(said)[2:] == ["tilts", "other_way", "count", "count", "count", "done"]
    assert angle_deg(guide.calibration.placement.left, LEFT) < 2


def test_who_stood_still_beside_the_machine_is_asked_to_lie_back_and_not_told_of_a_strap():
    guide = Guide()
    beside: Reaction = lambda actor: actor.walk(5).hold(10)  # noqa: E731  a reaction like the others
    lie: Reaction = lambda actor: actor.walk(4).to(60).to(45).hold(6)  # noqa: E731  a reaction like the others
    still: Reaction = lambda actor: actor.hold(10)  # noqa: E731  a reaction like the others
    reactions = {"lie_back": [beside, still], "tilts": [lie, three_tilts]}
    said, _ = lead(guide, COOPERATIVE | reactions)
    before = ["stand", "lie_back", "too_close", "tilts", "lie_back", "tilts"]
    assert keys(said) == [*before, "count", "count", "count", "done"]
    assert guide.calibration.placement.seat_back_deg == pytest.approx(45, abs=3)


def test_a_side_bend_is_named_and_the_tilts_begin_again():
    guide = Guide()
    bend: Reaction = lambda actor: actor.hold(1).bump(9).hold(0.7).bump(bend=14).hold(3)  # noqa: E731  a reaction like the others
    said, _ = lead(guide, {**COOPERATIVE, "tilts": [bend], "side_bend": [three_tilts]})
    assert keys(said)[3:] == ["count", "side_bend", "count", "count", "count", "done"]
    assert angle_deg(guide.calibration.placement.left, LEFT) < 2


def test_a_strap_that_slides_is_noticed_and_neutral_is_taken_again():
    guide = Guide()
    slide: Reaction = lambda actor: actor.slip(Rotation.from_rotvec([0, 0.15, 0])).hold(8)  # noqa: E731  a reaction like the others
    again: Reaction = lambda actor: actor.hold(9)  # noqa: E731  a reaction like the others
    said, _ = lead(guide, {**COOPERATIVE, "tilts": [slide, three_tilts], "slid": [again]})
    assert keys(said)[2:5] == ["tilts", "slid", "tilts"]
    assert guide.calibration is not None


@pytest.mark.parametrize("wanted", [True, False])
def test_a_seat_too_upright_asks_for_the_tilts_and_says_why(wanted: bool):  # noqa: FBT001  a parameter of the test
    guide = Guide(tilts=wanted)
    said, _ = lead(guide, {**COOPERATIVE, "lie_back": [lie_back(6)]})
    assert keys(said)[2:4] == ["too_close", "tilts"]
    assert angle_deg(guide.calibration.placement.left, LEFT) < 2


def test_who_goes_on_standing_is_not_taken_to_lie():
    guide = Guide()
    said, _ = lead(guide, {"stand": [lambda actor: actor.hold(60)]})
    assert keys(said) == ["stand", "lie_back"]


def test_standing_on_is_no_progress_in_lying_back():
    guide = Guide()
    lead(guide, {"stand": [lambda actor: actor.hold(20)]})
    assert guide.step_now == "lie_back"
    assert guide.progress == 0


def test_tilts_that_turn_out_useless_are_asked_for_again_with_the_reason():
    guide = Guide()

    def wallow(actor: Actor) -> None:
        for bend in (7, -7, 7):
            actor.bump(9, bend=bend).hold(0.7)
        actor.hold(2)

    said, _ = lead(guide, {**COOPERATIVE, "tilts": [wallow, three_tilts]})
    assert keys(said)[3:] == ["count", "count", "count", "again", "tilts", *["count"] * 3, "done"]
    again = next(prompt for prompt in said if prompt.key == "again")
    assert "not one rotation" in again.sentence


def test_going_back_through_the_other_side_counts_once():
    guide = Guide()

    def both_ways(actor: Actor) -> None:
        for _ in range(3):
            actor.bump(10).bump(-7).hold(0.6)
        actor.hold(2)

    said, _ = lead(guide, {**COOPERATIVE, "tilts": [both_ways]})
    assert keys(said).count("count") == 3
    assert guide.calibration.placement.range_deg == pytest.approx(10, abs=1)


def test_a_sensor_in_g_is_asked_again_with_the_reason():
    guide, actor = Guide(), Actor().hold(20)
    time_s, acc, gyr = actor.samples()
    said = guide.step(time_s, acc / 9.81, gyr)
    assert said[0].key == "again"
    assert "in g" in said[0].sentence


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 4000), max_size=40), st.integers(0, 100))
def test_however_the_stream_is_cut_the_guide_says_and_finds_the_same(cuts: list[int], offset: int):
    actor = Actor(ASKEW).hold(9).walk(4).to(45).hold(10).bump(9).hold(0.7).bump(9).hold(0.7)
    samples = actor.bump(9).hold(3).samples()
    whole, pieces = Guide(), Guide()
    said = whole.step(*samples)
    edges = [0, *sorted(cut + offset for cut in cuts), len(samples[0])]
    heard: list[Prompt] = []
    for start, end in pairwise(edges):
        heard += pieces.step(*(one[start:end] for one in samples))
    assert tuple(heard) == said
    assert to_json(pieces.calibration) == to_json(whole.calibration)


def test_blocks_hold_every_sample_once():
    samples = Actor().hold(3).samples()
    blocks = Blocks()
    assert len(blocks.step(*samples)) == 11
    assert np.array_equal(blocks.recorded().time_s, samples[0][:275])
