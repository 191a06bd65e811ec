"""The voice is heard in time, and not on every rep."""

from dataclasses import dataclass

from monitor.coaching.voice import AGAIN_REPS, Voice
from monitor.events import AlertEvent, SetEvent
from monitor.settings import Coaching

SET = SetEvent(
    event_id="s",
    session_id="x",
    time_s=40.0,
    known_s=44.0,
    set=1,
    start_s=5.0,
    end_s=40.0,
    reps=8,
    clean_reps=6,
    mean_peak_tilt_deg=4.0,
    worst_peak_tilt_deg=9.0,
    worst_peak_lift_mm=None,
    tilt_trend_deg_per_rep=None,
    concentric_slowdown_pct=None,
    causes=(),
    suggestion="Keep your back against the bench.",
)


@dataclass
class Session:
    """Alerts of one session, told to one voice."""

    voice: Voice

    def says(self, rep: int, level: str = "warning", state: str = "raised") -> str | None:
        event = AlertEvent(
            event_id="a",
            session_id="x",
            time_s=1.0,
            known_s=1.1,
            rule="pelvic_tilt",
            level=level,  # type: ignore[arg-type] # the tests' own words
            state=state,  # type: ignore[arg-type] # the tests' own words
            value=9.0,
            sigma=0.3,
            limit=8.0,
            unit="deg",
            set=1,
            rep=rep,
            advice=f"advice {rep}",
        )
        said = self.voice.hears(event)
        return None if said is None else said.words


def test_a_fault_is_spoken_twice_and_then_only_now_and_then():
    session = Session(Voice(Coaching()))
    spoken = [rep for rep in range(1, 12) if session.says(rep)]
    assert spoken == [1, 2, 2 + AGAIN_REPS, 2 + 2 * AGAIN_REPS]


def test_one_rep_is_spoken_of_once_whatever_its_levels():
    session = Session(Voice(Coaching()))
    assert [session.says(3, level) for level in ("notice", "warning", "alarm")] == [
        "advice 3",
        None,
        None,
    ]


def test_the_first_alarm_is_spoken_even_soon_after_a_warning():
    session = Session(Voice(Coaching()))
    assert [session.says(rep) for rep in (1, 2, 3)] == ["advice 1", "advice 2", None]
    assert session.says(4, "alarm") == "advice 4"
    assert session.says(5, "alarm") is None


def test_ahead_of_a_warning_two_words_are_said_once_a_rep_and_can_be_turned_off():
    session = Session(Voice(Coaching()))
    assert session.says(1, state="approaching") == "Turn round."
    assert session.says(1, state="approaching") is None
    assert session.says(2, state="approaching") == "Turn round."
    assert session.says(3, "notice", "approaching") is None
    quiet = Session(Voice(Coaching(approaching=False)))
    assert quiet.says(1, state="approaching") is None


def test_in_silent_mode_nothing_is_said_until_the_set_is_over():
    voice = Voice(Coaching(silent=True))
    session = Session(voice)
    assert session.says(1, "alarm") is None
    assert session.says(2, "alarm", "approaching") is None
    after = voice.hears(SET)
    assert after is not None
    assert "6 of 8 clean" in after.words
    assert SET.suggestion in after.words
