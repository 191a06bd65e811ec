"""A link's states: everything that can happen leads on, and what is told is told once."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.arrivals import LinkDown, LinkSilent, LinkUp
from monitor.sources.ble_state import PARAMS, TABLE, Happening, Link, State

S, H = State, Happening
FIRST = (H.FOUND, H.CONNECTED, H.STARTED, H.DATA)


def after(*happenings: Happening) -> tuple[Link, list[str]]:
    link, told = Link(), []
    for happening in happenings:
        link, tells = link.after(happening)
        told += [tells.__name__] if tells else []
    return link, told


def test_a_sensor_that_is_found_connects_starts_and_streams():
    assert after(*FIRST) == (Link(S.STREAMING, 0), ["LinkUp"])


def test_a_sensor_that_leaves_is_sought_at_once():
    link, told = after(*FIRST, H.GONE)
    assert told == ["LinkUp", "LinkDown"]
    assert link.rest_s(0.5) == 0.0
    assert link.after(H.RESTED)[0].state is S.SEEKING


def test_a_short_silence_is_told_and_forgiven():
    link, told = after(*FIRST, H.QUIET, H.DATA)
    assert told == ["LinkUp", "LinkSilent", "LinkUp"]
    assert link == Link(S.STREAMING, 0)


@pytest.mark.parametrize("last", [H.QUIET, H.GONE])
def test_a_long_silence_ends_the_link(last: Happening):
    link, told = after(*FIRST, H.QUIET, last)
    assert told == ["LinkUp", "LinkSilent", "LinkDown"]
    assert link.state is S.RESTING


@pytest.mark.parametrize(
    "failure", [(H.MISSED,), (H.FOUND, H.REFUSED), (H.FOUND, H.CONNECTED, H.REFUSED)]
)
def test_every_failure_makes_the_next_rest_longer_up_to_a_limit(failure: tuple[Happening, ...]):
    rests = []
    for failures in range(1, 9):
        link, _ = after(*([*failure, H.RESTED] * failures))
        rests.append(link.rest_s(0.5))
    assert rests[:3] == [0.25, 0.5, 1.0]
    assert rests[-1] == PARAMS.longest_rest_s


def test_a_sensor_that_connects_but_never_sends_does_not_get_away_without_a_rest():
    link, _ = after(H.FOUND, H.CONNECTED, H.STARTED, H.GONE)
    assert link.rest_s(0.5) > 0


@given(st.floats(0, 1), st.integers(1, 10**6))
def test_a_rest_is_jittered_and_never_long(chance: float, tries: int):
    rest_s = Link(S.RESTING, tries).rest_s(chance)
    assert 0.18 < rest_s <= 2.5  # half of the 5 s in which a sensor that is back shall stream


@given(st.lists(st.sampled_from(list(Happening))))
def test_whatever_happens_a_link_is_told_down_only_after_up_and_up_only_once(
    happenings: list[Happening],
):
    link, state = Link(), LinkDown
    for happening in happenings:
        link, tells = link.after(happening)
        if tells is LinkUp:
            assert state in {LinkDown, LinkSilent}
        elif tells is LinkSilent:
            assert state is LinkUp
        elif tells is LinkDown:
            assert state in {LinkUp, LinkSilent}
        state = tells or state


@pytest.mark.parametrize(
    ("state", "happening"), [pair for pair in product(State, Happening) if pair not in TABLE]
)
def test_what_cannot_happen_changes_nothing(state: State, happening: Happening):
    assert Link(state, 2).after(happening) == (Link(state, 2), None)


def test_every_state_can_be_left_and_reached():
    assert {state for state, _ in TABLE} == set(State)
    assert {state for state, _ in TABLE.values()} == set(State)


def test_patience_grows_with_a_family_s_interval():
    assert PARAMS.patience_s(0.05) == 1.0
    assert PARAMS.patience_s(1.0) == 2.0
