"""A fault is named once, then comes with its fix; who is still in time is told what to do."""

from monitor.coaching.cues import CLEAR, UNSURE, WORDS, Cues


def test_the_first_fault_of_a_session_is_named_and_the_second_comes_with_the_fix():
    cues = Cues()
    said = [cues.advice("pelvic_tilt", "raised", (1, rep), unsure=False) for rep in (2, 2, 5)]
    words = WORDS["pelvic_tilt"]
    assert said == [words.fault, words.fault, words.fix]


def test_another_rule_has_its_own_first_time():
    cues = Cues()
    cues.advice("pelvic_tilt", "raised", (1, 1), unsure=False)
    assert cues.advice("back_lift", "raised", (1, 2), unsure=False) == WORDS["back_lift"].fault


def test_a_doubtful_lift_counts_for_no_first_fault():
    cues = Cues()
    assert cues.advice("back_lift", "raised", (1, 1), unsure=True) == UNSURE
    assert cues.advice("back_lift", "raised", (1, 2), unsure=False) == WORDS["back_lift"].fault


def test_ahead_of_a_limit_the_words_say_what_to_do_even_the_first_time():
    cues = Cues()
    assert "turn round" in cues.advice("pelvic_tilt", "approaching", (1, 1), unsure=False)
    assert cues.advice("pelvic_tilt", "cleared", (1, 1), unsure=False) == CLEAR
