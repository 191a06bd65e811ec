"""A rep lasts from the sled leaving the top until it is back, not only while the pelvis rolls."""

import numpy as np
import pytest

from monitor.signals.excursions import Excursion
from monitor.signals.figures import figures
from monitor.signals.timing import FoundRep, Timing
from monitor.signals.trace import Past, Trace

ROLL_S = (10.0, 11.0)


def timed(strained_until_s: float, *, seen_until_s: float = 15.0) -> FoundRep:
    """A roll of a second, the body straining from its deepest point until so late."""
    time_s = np.arange(0.0, seen_until_s, 0.05)
    share = np.clip((time_s - ROLL_S[0]) / (ROLL_S[1] - ROLL_S[0]), 0.0, 1.0)
    tilt = 5.0 * np.sin(np.pi * share) ** 2
    calm = np.zeros(len(time_s))
    strain = np.where((time_s > 10.5) & (time_s < strained_until_s), 3.0, 0.0)
    trace = Trace(time_s, tilt, np.gradient(tilt, 0.05), calm, calm, strain, calm, calm > 0.0)
    past = Past(60.0)
    past.add(trace)
    first, last = np.searchsorted(time_s, ROLL_S)
    x = Excursion(
        int(first),
        int(last),
        len(time_s) - 1,
        0.0,
        5.0,
        8.0,
        0.5,
        3.0,
        ROLL_S[1],
        "back",
        cut=False,
    )
    now = len(time_s) - 1
    return Timing(delay_s=0.0).of(figures(x, past, now), past, now, (1, 1), 2.0)


def test_a_rep_goes_on_while_the_body_strains_beyond_the_roll():
    assert timed(12.5).end_s == pytest.approx(12.5, abs=0.11)


def test_nobody_lowers_the_sled_much_quicker_than_pressing_it():
    short, long = timed(11.0), timed(12.5)
    assert short.start_s > 9.7
    assert long.bottom_start_s - long.start_s == pytest.approx(
        0.9 * (long.end_s - long.bottom_end_s), abs=0.01
    )


def test_a_rep_is_not_said_to_end_later_than_it_is_known():
    seen = timed(14.9, seen_until_s=12.0)
    assert seen.end_s <= seen.known_s
