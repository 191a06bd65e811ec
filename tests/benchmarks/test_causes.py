"""The whole engine names the causes of a few sets it was fitted to; the table counts them right."""

from tests.benchmarks.causes import Guess, guess, summary

FEW = range(7, 14)


def test_most_of_seven_sets_one_of_each_kind_are_understood():
    guesses = [guess(seed) for seed in FEW]
    assert len({one.truth for one in guesses}) == 7
    understood = [one.first in one.truth if one.truth else one.first == "none" for one in guesses]
    assert sum(understood) >= 6


def test_the_table_counts_what_was_said():
    told = (
        Guess(1, ("too_heavy",), (("too_heavy", 0.8), ("back_lift", 0.2)), 8),
        Guess(2, ("too_heavy",), (("back_lift", 0.6), ("too_heavy", 0.5)), 8),
        Guess(3, (), (("weak_brace", 0.2),), 8),
        Guess(4, (), (), 0),
    )
    lines = list(summary(list(told)))
    assert "too_heavy | 2 | 1 | 0 | 0 | 0 | 1 | 0" in lines
    assert "clean | 2 | 0 | 0 | 0 | 0 | 0 | 2" in lines
    assert any(line.startswith("the right cause first: 50.0 % of 2") for line in lines)
    assert any("first two: 100.0 %" in line for line in lines)
    assert any(line.startswith("no cause above 0.3: 100.0 % of 2") for line in lines)
