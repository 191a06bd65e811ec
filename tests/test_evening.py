"""Six sets, three athletes taking turns: the history and the reports are as written beside it."""

from pathlib import Path

import pytest

from monitor.history import History
from tests import evening


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("evening")


@pytest.fixture(scope="module")
def told(folder: Path) -> tuple[str, str]:
    return evening.evening(folder)


@pytest.mark.parametrize("number", [0, 1], ids=["history", "reports"])
def test_an_evening_is_told_as_it_is_written(told: tuple[str, str], number: int):
    expected = evening.FOLDER / ("history.jsonl", "reports.txt")[number]
    what = list(evening.differences(expected.read_text(encoding="utf-8"), told[number]))
    assert what == [], "where that is meant: python -m tests.evening --write"


@pytest.mark.usefixtures("told")
def test_each_athlete_has_two_sets_and_the_second_is_known_to_be_better_or_not(folder: Path):
    with History.opened(folder / "history.sqlite") as history:
        assert history.athletes() == ["Anna", "Ben", "Cleo"]
        better = {
            name: [one.next_better for one in history.sets(name)] for name in history.athletes()
        }
    assert better == {"Anna": [1, None], "Ben": [1, None], "Cleo": [0, None]}


def test_another_number_or_word_is_a_difference_and_a_last_digit_is_none():
    told = "tilt 12.34° in rep 5\nclean"
    assert list(evening.differences(told, told.replace("12.34", "12.35"))) == []
    assert len(list(evening.differences(told, told.replace("12.34", "12.38")))) == 1
    for other in (
        told.replace("rep 5", "rep 6"),
        told.replace("12.34", "12"),
        told.replace("clean", "not clean"),
        "tilt 12.34° in rep 5",
    ):
        assert list(evening.differences(told, other)) != []
