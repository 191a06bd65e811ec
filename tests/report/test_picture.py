from pathlib import Path

import matplotlib.image
import pytest

from monitor.errors import InputError
from monitor.report import Story
from monitor.report.picture import _sentences, picture
from monitor.report.sentences import why
from tests.report import stories


@pytest.mark.parametrize(
    ("story", "high"),
    [
        (stories.made(sets=2, reps=6, athlete=r"$\frac{1}{$ ^_ 李"), 1100),
        (stories.made(sets=12, reps=2), 3443),
        (stories.bare(calibrated=False), 255),
    ],
)
@pytest.mark.filterwarnings("ignore:Glyph")  # the picture's font need not know every script
def test_the_picture_is_as_high_as_its_sets(story: Story, high: int, tmp_path: Path):
    picture(story, tmp_path / "session.png")
    pixels = matplotlib.image.imread(tmp_path / "session.png")
    assert pixels.shape[1] == 1320
    assert abs(pixels.shape[0] - high) < 60
    assert [path.name for path in tmp_path.iterdir()] == ["session.png"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(InputError, match="cannot be written"):
        picture(stories.bare(calibrated=True), tmp_path / "missing" / "session.png")


def test_no_sentence_runs_into_the_first_set():
    story = stories.made(sets=2, reps=6)
    lines = _sentences(story)
    assert sum(word.startswith("Next time") for word in lines) == 1
    assert why(story).endswith(lines[-1])  # none is left out
