"""Pain comes first; load and feet sharpen what is said; silent is silent."""

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.cli.athlete import Told, speech, with_told
from monitor.cli.pain import TRIES, ask_pain
from monitor.errors import InputError
from monitor.settings import Settings, feeling
from monitor.settings_file import settings_from_toml
from tests.cli.legpress import legpress

DEMO = Path(__file__).parents[2] / "recordings" / "simulated_demo.mcap"


def test_severe_pain_means_no_session_kind_words_and_a_good_end():
    live = ("live", "--sensor", "simulated", "--no-record")
    for command in (("demo",), ("replay", DEMO), live):
        ended = legpress(*command, "--pain", "severe", "--speed", "max", "--events", "-")
        assert ended.returncode == 0
        assert "rest" in ended.stdout
        assert "doctor" in ended.stdout
        assert "{" not in ended.stdout
        assert ended.stderr == ""


def test_mild_pain_speaks_earlier_says_so_and_suggests_no_more_weight():
    quick = ("replay", DEMO, "--quiet", "--speed", "max", "--events", "-")
    usual, careful = legpress(*quick), legpress(*quick, "--pain", "mild", "--load", "120kg")
    raised = [
        {e["limit"] for e in map(json.loads, ended.stdout.splitlines()) if e["type"] == "alert"}
        for ended in (usual, careful)
    ]
    assert 12.0 in raised[0]
    assert 8.4 in raised[1]
    assert 12.0 not in raised[1]
    assert "tighter" in careful.stderr
    sets = [e for e in map(json.loads, careful.stdout.splitlines()) if e["type"] == "set"]
    assert sets
    assert all("hurts" in one["suggestion"] for one in sets)
    assert "107.5 kg" in sets[0]["suggestion"]


def test_mild_pain_tightens_once_and_can_be_taken_back():
    mild = feeling(Settings(), "mild")
    assert feeling(mild, "mild") == mild
    assert mild.limits.pelvic_tilt.warning == pytest.approx(5.6)
    assert mild.limits.back_lift == Settings().limits.back_lift
    assert feeling(mild, "none").limits.pelvic_tilt == Settings().limits.pelvic_tilt
    assert settings_from_toml('[coaching]\npain = "mild"') == mild


def test_a_recorded_session_with_mild_pain_is_not_tightened_again():
    mild = feeling(Settings(), "mild")
    again = msgspec.json.decode(msgspec.json.encode(mild), type=Settings)
    assert with_told(again, Told(pain="mild"), "mild").limits == mild.limits


@pytest.mark.parametrize(
    ("option", "value"),
    [("--pain", "awful"), ("--load", "heavy"), ("--load", "-5kg"), ("--feet", "sideways")],
)
def test_what_cannot_be_used_is_said_in_one_line(option: str, value: str):
    ended = legpress("replay", DEMO, option, value, "--quiet", "--speed", "max")
    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1
    assert option in ended.stderr


def test_who_wants_words_on_a_silent_computer_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setenv("PATH", "")
    assert speech(with_told(Settings(), Told(speak=True))) is None
    assert "espeak-ng" in caplog.text
    assert speech(Settings()) is None


def test_silent_is_silent_during_the_set_and_tells_all_after_it(tmp_path: Path):
    events = tmp_path / "events.jsonl"
    ended = legpress("replay", DEMO, "--silent", "--speed", "max", "--events", events)
    assert "alert " not in ended.stdout
    assert "causes: " in ended.stdout
    assert '"type":"alert"' in events.read_text()


@given(
    felt=st.sampled_from(["none", "mild", "severe"]), letters=st.integers(1, 6), loud=st.booleans()
)
def test_an_answer_may_be_short_and_loud(felt: str, letters: int, *, loud: bool):
    answer = felt[:letters].upper() if loud else f" {felt[:letters]} "
    assert ask_pain(None, lambda _: answer) == felt


def test_who_cannot_be_understood_is_treated_with_care_and_who_is_gone_not_held_up():
    asked: list[str] = []

    def unclear(question: str) -> str:
        asked.append(question)
        return "well..."

    assert ask_pain(None, unclear) == "mild"
    assert len(asked) == TRIES

    def gone(_question: str) -> str:
        raise EOFError

    assert ask_pain(None, gone) is None


def test_the_option_answers_before_anybody_asks():
    def never(_question: str) -> str:
        raise AssertionError("asked")

    assert ask_pain("mild", never) == "mild"
    with pytest.raises(InputError, match="awful"):
        ask_pain("awful", never)
