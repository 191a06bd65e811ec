"""Settings: what is given lies over the defaults, and what cannot be meant is told."""

from pathlib import Path

import pytest

from monitor.errors import InputError
from monitor.settings import Settings
from monitor.settings_file import read_settings, settings_from_toml


def test_nothing_given_means_the_defaults():
    assert settings_from_toml("") == Settings()


def test_one_value_may_be_given_alone():
    given = settings_from_toml('athlete = "A"\n[limits.pelvic_tilt]\nalarm = 15')
    assert given.athlete == "A"
    assert given.limits.pelvic_tilt.alarm == 15
    assert given.limits.pelvic_tilt.warning == Settings().limits.pelvic_tilt.warning
    assert given.limits.back_lift == Settings().limits.back_lift


def test_a_level_can_be_switched_off():
    given = settings_from_toml("[limits.back_lift]\nnotice = false")
    assert (given.limits.back_lift.notice, given.limits.back_lift.alarm) == (None, 20)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("athlete = [", "Invalid value"),
        ("atlete = 'A'", "atlete: there is no such setting"),
        ("[limits.pelvic]", "limits.pelvic: there is no such setting"),
        (
            "[limits.pelvic_tilt]\nnotice_share = 0.8\nwarning_share = 0.1",
            "limits.pelvic_tilt: the levels' shares must not fall",
        ),
        ("limits = 3", "limits: must be a table, not a whole number"),
        (
            "[limits.pelvic_tilt]\nalarm = 'x'",
            "limits.pelvic_tilt.alarm: must be a number, not a text",
        ),
        (
            "[limits.pelvic_tilt]\nalarm = true",
            "limits.pelvic_tilt.alarm: must be a number, not true",
        ),
        ("[limits.pelvic_tilt]\nalarm = nan", "limits.pelvic_tilt.alarm: must be > 0"),
        ("[limits.pelvic_tilt]\nalarm = inf", "limits.pelvic_tilt.alarm: must be <= 1000"),
        ("[limits.pelvic_tilt]\ndwell_s = -1", "limits.pelvic_tilt.dwell_s: must be >= 0"),
        ("[coaching]\nfeet = 'wide'", "coaching.feet: must be low or middle or high, not 'wide'"),
        ("[coaching]\npain = 'severe'", "coaching.pain: must be none or mild, not 'severe'"),
        ("[limits.pelvic_tilt]\nalarm = 6", "limits.pelvic_tilt: notice, warning and alarm must"),
    ],
)
def test_what_cannot_be_meant_is_told_with_its_place(tmp_path: Path, text: str, said: str):
    path = tmp_path / "settings.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=said) as refused:
        read_settings(path)
    assert str(refused.value).startswith(f"{path}: ")


def test_a_settings_file_may_begin_with_the_mark_that_some_editors_put_there(tmp_path: Path):
    (tmp_path / "settings.toml").write_bytes(b"\xef\xbb\xbfathlete = 'A'\n")
    assert read_settings(tmp_path / "settings.toml").athlete == "A"


def test_a_settings_file_that_is_none_is_told(tmp_path: Path):
    with pytest.raises(InputError, match="cannot be read"):
        read_settings(tmp_path / "nowhere.toml")
    with pytest.raises(InputError, match="cannot be read"):
        read_settings(tmp_path)
    (tmp_path / "picture.toml").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(InputError, match="is not a text file"):
        read_settings(tmp_path / "picture.toml")
