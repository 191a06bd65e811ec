"""A roll's length and the work around it are those of the rep, however the stream is cut."""

from dataclasses import astuple
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.samples import Floats
from monitor.signals.movement import FoundRep
from monitor.signals.signs import RepSigns, Signs

RATE_HZ = 100.0
PERIOD_S = 6.0
REPS = 3


def session(share: float, tremor_deg_s: float = 0.0, seed: int = 1) -> list[Floats]:
    """Time, tilt, rate and motion of reps of 2 s down, 2 s up, 2 s rest; rolled on `share`."""
    rng = np.random.default_rng(seed)
    t = np.arange(0.0, 10.0 + REPS * PERIOD_S, 1 / RATE_HZ)
    phase = (t - 5.0) % PERIOD_S
    depth = np.sin(np.pi * np.clip(phase, 0.0, 4.0) / 4.0) ** 2 * (t > 5.0)
    depth *= t < 5.0 + REPS * PERIOD_S
    tilt = 10.0 * np.clip((depth - (1.0 - share)) / share, 0.0, 1.0)
    moving = (depth > 0.02)[:, None]
    motion = rng.normal(size=(len(t), 6)) * (0.01 + 0.3 * moving)
    push = (phase > 2.0) & (phase < 4.0) & (t > 5.0)
    rate = np.gradient(tilt) * RATE_HZ
    rate = rate + tremor_deg_s * np.sqrt(2.0) * np.sin(2 * np.pi * 8.0 * t) * push
    return [t, tilt, rate, motion]


def found(number: int) -> FoundRep:
    start_s = 5.0 + PERIOD_S * (number - 1)
    bottom_s = start_s + 2.0
    return FoundRep(
        1, number, start_s, bottom_s, bottom_s, bottom_s, start_s + 4.0, start_s + 4.5, 0.9
    )


def told(rows: list[Floats], cuts: list[int] | None = None) -> list[Signs]:
    signs, said = RepSigns(1 / RATE_HZ), []
    edges = [0, *sorted(cuts or ()), len(rows[0])]
    waiting = [found(number) for number in range(1, REPS + 1)]
    for a, b in pairwise(edges):
        time_s, tilt, rate, motion = (row[a:b] for row in rows)
        signs.add(time_s, tilt, rate, motion)
        while waiting and b and rows[0][b - 1] >= waiting[0].known_s:
            said.append(signs.of(waiting.pop(0)))
    return said


@given(st.lists(st.integers(0, 2799), max_size=40))
@settings(max_examples=25)
def test_cutting_the_stream_differently_changes_nothing(cuts: list[int]):
    rows = session(0.5, tremor_deg_s=3.0)
    assert [astuple(s) for s in told(rows, cuts)] == [astuple(s) for s in told(rows)]


@pytest.mark.parametrize("share", [0.2, 0.5, 1.0])
def test_who_rolls_late_works_longer_with_a_flat_back(share: float):
    signs = told(session(share))[-1]
    assert signs.flat_s is not None
    assert signs.roll_s + signs.flat_s == pytest.approx(PERIOD_S, abs=0.1)
    assert signs.roll_s + signs.working_s == pytest.approx(4.0, abs=0.6)


def test_a_first_rep_has_no_flat_back_before_it():
    first = told(session(0.5))[0]
    assert first.flat_s is None
    assert first.working_s == 0.0


def test_the_tremor_of_the_push_is_measured_and_a_quick_roll_is_none():
    assert told(session(1.0, tremor_deg_s=6.0))[1].tremor_deg_s == pytest.approx(6.0, rel=0.35)
    assert told(session(0.3))[1].tremor_deg_s < 1.0
