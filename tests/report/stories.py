"""Sessions to be told: a recorded one, and ones made of plain curves."""

from dataclasses import replace
from functools import cache

import numpy as np

from calibration.model import Calibration, Placement, Verdict
from monitor.cli.hindsight import Past
from monitor.engine import Session
from monitor.events import AlertEvent, CauseEstimate, Event, RepEvent, SessionEvent, SetEvent
from monitor.report import Story
from monitor.samples import Signals
from monitor.settings import Settings
from tests.golden import FOLDER

RATE_HZ = 100.0
CALIBRATION = Calibration(
    Placement(
        left=np.array([0.0, 1.0, 0.0]),
        up=np.array([0.0, 0.0, 1.0]),
        gravity_m_s2=9.81,
        gyr_bias=np.zeros(3),
        seat_back_deg=45.0,
        range_deg=None,
        left_sigma_deg=1.5,
        up_sigma_deg=0.3,
        seat_back_sigma_deg=1.0,
        range_sigma_deg=None,
    ),
    Verdict("usable", ("neutral was held for only 3.1 s; 4 s are better",)),
)


@cache
def recorded(name: str = "simulated_link_lost") -> Story:
    """A golden recording's story."""
    past = Past.of(FOLDER / f"{name}.mcap")
    given, judged_by = past.given, (past.settings, past.calibration)
    return Story.of(f"{name}.mcap", given.session, judged_by, given.duration_s, past.reports())


def made(
    sets: int = 2, reps: int = 5, *, athlete: str | None = "Anna", rest_s: float = 20.0
) -> Story:
    """A session of so many sets and reps of three seconds, each rolling further than the last."""
    set_s = 3.0 * reps + rest_s
    time_s = np.arange(0.0, 10.0 + sets * set_s, 1 / RATE_HZ)
    tilt, lift = np.zeros(len(time_s)), np.zeros(len(time_s))
    events: list[Event] = [_session(athlete, "started")]
    for number in range(1, sets + 1):
        start_s = 10.0 + (number - 1) * set_s
        own = [_rep(number, rep, reps, start_s + 3.0 * (rep - 1)) for rep in range(1, reps + 1)]
        for rep in own:
            inside = (time_s >= rep.start_s) & (time_s < rep.end_s)
            roll = np.sin(np.pi * (time_s[inside] - rep.start_s) / 3.0) ** 2
            tilt[inside] = rep.peak_tilt_deg * roll
            lift[inside] = (rep.peak_lift_mm or 0.0) * roll
            events += [*_alerts(rep), rep]
        events.append(_set(number, own))
    events.append(_session(athlete, "ended"))
    some, none = np.full(len(time_s), 0.4), np.zeros(len(time_s))
    codes, numbers = np.zeros(len(time_s), np.int8), np.zeros(len(time_s), np.int16)
    signals = Signals(time_s, tilt, some, lift, 5 * some, none, codes, numbers)
    session = Session("made", athlete=athlete, started_wall_s=1772472600.0)
    return Story(
        "made.mcap",
        session,
        Settings(),
        CALIBRATION,
        float(time_s[-1]),
        RATE_HZ,
        signals,
        tuple(events),
    )


def bare(*, calibrated: bool, samples: bool = True) -> Story:
    """A session in which nothing was trained."""
    story = made(0, 0)
    return replace(
        story,
        calibration=CALIBRATION if calibrated else None,
        signals=story.signals if samples else Signals.empty(),
        events=story.events if samples else (),
        rate_hz=RATE_HZ if samples else float("nan"),
    )


def _ids(name: str, time_s: float) -> dict[str, object]:
    return {"event_id": name, "session_id": "made", "time_s": time_s, "known_s": time_s + 0.1}


def _session(athlete: str | None, state: str) -> Event:
    return SessionEvent(
        **_ids(state, 0.0),  # type: ignore[arg-type] # four fields of two types
        state=state,  # type: ignore[arg-type] # started or ended
        athlete=athlete,
        station=athlete,
        sensor=athlete,
        calibration="usable",
    )


def _rep(number: int, rep: int, reps: int, start_s: float) -> RepEvent:
    peak = 2.0 + 13.0 * rep / reps
    return RepEvent(
        **_ids(f"rep-s{number}-r{rep}", start_s + 3.0),  # type: ignore[arg-type] # as above
        set=number,
        rep=rep,
        start_s=start_s,
        bottom_s=start_s + 1.5,
        end_s=start_s + 3.0,
        eccentric_s=1.4,
        pause_s=0.2,
        concentric_s=1.4,
        peak_tilt_deg=peak,
        peak_anterior_deg=0.2,
        peak_lift_mm=None if rep == 1 else peak / 2,
        lift_sigma_mm=None if rep == 1 else 2.0,
        peak_shift_deg=-0.4,
        tilt_onset=None if rep == 1 else 0.5,
        unsteadiness=1.2,
        clean=peak < 5.0,
        confidence=0.6 if rep == reps else 0.97,
    )


def _alerts(rep: RepEvent) -> list[Event]:
    if rep.clean:
        return []
    limit, level = (12.0, "alarm") if rep.peak_tilt_deg > 12 else (5.0, "notice")
    return [
        AlertEvent(
            **_ids(f"alert-s{rep.set}-r{rep.rep}-{state}", rep.start_s + at_s),  # type: ignore[arg-type] # as above
            rule="pelvic_tilt",
            level=level,  # type: ignore[arg-type] # one of the two above
            state=state,  # type: ignore[arg-type] # one of the two below
            value=limit,
            sigma=0.4,
            limit=limit,
            unit="deg",
            set=rep.set,
            rep=rep.rep,
            advice="turn round here",
        )
        for state, at_s in (("raised", 1.0), ("cleared", 2.0))
    ]


def _set(number: int, reps: list[RepEvent]) -> Event:
    peaks = [rep.peak_tilt_deg for rep in reps]
    return SetEvent(
        **_ids(f"set-{number}", reps[-1].end_s),  # type: ignore[arg-type] # as above
        set=number,
        start_s=reps[0].start_s,
        end_s=reps[-1].end_s,
        reps=len(reps),
        clean_reps=sum(rep.clean for rep in reps),
        mean_peak_tilt_deg=float(np.mean(peaks)),
        worst_peak_tilt_deg=max(peaks),
        worst_peak_lift_mm=max((rep.peak_lift_mm or 0.0 for rep in reps), default=None),
        tilt_trend_deg_per_rep=13.0 / len(reps) if len(reps) > 2 else None,
        concentric_slowdown_pct=12.0,
        causes=(
            CauseEstimate(
                cause="range_too_big",
                confidence=0.72,
                evidence="the pelvis rolls from 50 % of the descent on, in every rep",
                advice="Stop the descent where the thighs are level.",
            ),
            CauseEstimate(cause="too_heavy", confidence=0.31, evidence="", advice="Take less."),
        ),
        suggestion="Same weight or less.",
    )
