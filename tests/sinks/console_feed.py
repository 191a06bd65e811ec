"""A scripted session for the console's tests: two sets, the first getting worse."""

import math
from collections.abc import Iterator

import numpy as np

from monitor.engine import Report
from monitor.events import (
    AlertEvent,
    CauseEstimate,
    Event,
    Level,
    LinkEvent,
    QualityEvent,
    RepEvent,
    SessionEvent,
    SetEvent,
)
from monitor.samples import PHASES, Signals

STEP_S = 0.05
REP_S = 3.0


def about(time_s: float) -> dict[str, object]:
    return {
        "event_id": f"e{time_s:.3f}",
        "session_id": "s",
        "time_s": time_s,
        "known_s": time_s,
    }


def session(state: str = "started", time_s: float = 0.0, **changed: object) -> SessionEvent:
    fields = {"athlete": "Anna", "station": "sled 2", "sensor": "LP-01", "calibration": "good"}
    return SessionEvent(**about(time_s), state=state, **{**fields, **changed})


def link(
    state: str, time_s: float = 0.0, reason: str = "", battery_pct: float | None = 86.0
) -> LinkEvent:
    return LinkEvent(**about(time_s), state=state, reason=reason, battery_pct=battery_pct)


def quality(state: str, time_s: float = 0.0, reason: str = "") -> QualityEvent:
    return QualityEvent(**about(time_s), state=state, reason=reason, loss_pct=0.2, rate_hz=104.2)


ADVICE = "Stop the descent before the pelvis rolls."


def alert(
    level: Level = "alarm", state: str = "raised", time_s: float = 0.0, **changed: object
) -> AlertEvent:
    limit = {"notice": 5.0, "warning": 8.0, "alarm": 12.0}[level]
    fields = {
        "rule": "pelvic_tilt",
        "value": limit + 0.4,
        "sigma": 0.4,
        "limit": limit,
        "unit": "deg",
        "set": 1,
        "rep": 1,
        "advice": ADVICE,
    }
    return AlertEvent(**about(time_s), level=level, state=state, **{**fields, **changed})


def rep(
    number: int, peak_deg: float, set_number: int = 1, time_s: float = 0.0, **changed: object
) -> RepEvent:
    fields = {
        "set": set_number,
        "rep": number,
        "start_s": time_s - REP_S,
        "bottom_s": time_s - REP_S / 2,
        "end_s": time_s,
        "eccentric_s": 1.6,
        "pause_s": 0.2,
        "concentric_s": 1.2,
        "peak_tilt_deg": peak_deg,
        "peak_anterior_deg": -0.6,
        "peak_lift_mm": peak_deg * 0.8,
        "lift_sigma_mm": 2.0,
        "peak_shift_deg": 0.8,
        "tilt_onset": 0.7,
        "unsteadiness": 0.1,
        "clean": peak_deg < 5,
        "confidence": 0.9,
    }
    return RepEvent(**about(time_s), **{**fields, **changed})


def set_over(number: int, peaks: list[float], time_s: float = 0.0, **changed: object) -> SetEvent:
    cause = CauseEstimate(
        cause="range_too_big",
        confidence=0.7,
        evidence="the pelvis starts to roll at 78 % of the descent in 6 of 8 reps",
        advice="End the descent a hand's breadth earlier.",
    )
    brace = CauseEstimate(
        cause="weak_brace",
        confidence=0.4,
        evidence="unsteadier with every rep",
        advice="Breathe in and brace before each descent.",
    )
    fields = {
        "set": number,
        "start_s": time_s - REP_S * len(peaks),
        "end_s": time_s,
        "reps": len(peaks),
        "clean_reps": sum(p < 5 for p in peaks),
        "mean_peak_tilt_deg": sum(peaks) / len(peaks),
        "worst_peak_tilt_deg": max(peaks),
        "worst_peak_lift_mm": max(peaks) * 0.8,
        "tilt_trend_deg_per_rep": 1.3,
        "concentric_slowdown_pct": 14.0,
        "causes": (cause, brace) if max(peaks) > 8 else (),
        "suggestion": "Shorten the descent until the pelvis stays on the pad, then go deeper.",
    }
    return SetEvent(**about(time_s), **{**fields, **changed})


def signals(
    time_s: float,
    tilt_deg: float,
    phase: str = "ready",
    rep_number: int = 0,
    lift_mm: float = 2.0,
    lift_sigma_mm: float = 2.0,
) -> Signals:
    """One sample."""
    values = (time_s, tilt_deg, 0.4, lift_mm, lift_sigma_mm, 0.6)
    code = np.array([PHASES.index(phase)], np.int8)
    return Signals(*(np.array([v]) for v in values), code, np.array([rep_number], np.int16))


def joined(blocks: list[Signals]) -> Signals:
    """Blocks one after another as one."""
    names = Signals.__slots__
    return Signals(*(np.concatenate([getattr(b, name) for b in blocks]) for name in names))


def report(
    *events: Event, block: Signals | None = None, arrival_s: float = 0.0, rate_hz: float = 104.2
) -> Report:
    return Report(arrival_s, block or Signals.empty(), events, rate_hz, 0.2)


def whole_session(step_s: float = STEP_S) -> Iterator[Report]:
    """What a real session would say, at a real pace."""
    yield report(session(), link("up"), quality("good"), block=signals(0.0, 0.1, "away"))
    time_s = 0.0

    def still(seconds: float, phase: str) -> Iterator[Report]:
        nonlocal time_s
        for _ in range(round(seconds / step_s)):
            time_s += step_s
            tilt = 0.4 * math.sin(time_s)
            yield report(block=signals(time_s, tilt, phase), arrival_s=time_s)

    for set_number, peaks in ((1, [2.1, 3.4, 4.2, 5.6, 7.3, 9.4, 12.8]), (2, [1.6, 2.2, 1.9, 2.8])):
        yield from still(3.0, "ready")
        for number, peak in enumerate(peaks, start=1):
            for one in _one_rep(time_s, peak, number, set_number, step_s):
                time_s = one.arrival_s
                yield one
        yield from still(2.0, "ready")
        yield report(set_over(set_number, peaks, time_s), arrival_s=time_s)
        yield from still(6.0, "rest")
    yield report(session("ended", time_s), arrival_s=time_s)


def _one_rep(
    start_s: float, peak: float, number: int, set_number: int, step_s: float
) -> Iterator[Report]:
    limits: dict[Level, float] = {"notice": 5.0, "warning": 8.0, "alarm": 12.0}
    said: set[tuple[Level, str]] = set()
    steps = round(REP_S / step_s)
    for i in range(1, steps + 1):
        time_s = start_s + i * step_s
        share = i / steps
        tilt = peak * max(0.0, math.sin(math.pi * share)) ** 4
        phase = "lowering" if share < 0.45 else "bottom" if share < 0.55 else "pressing"
        events: list[Event] = []
        for level, limit in limits.items():
            place = {"time_s": time_s, "set": set_number, "rep": number, "value": tilt}
            rising = share < 0.5
            if rising and tilt > 0.7 * limit and peak > limit and (level, "near") not in said:
                said.add((level, "near"))
                events.append(alert(level, "approaching", **place))
            if tilt > limit and (level, "raised") not in said:
                said.add((level, "raised"))
                events.append(alert(level, "raised", **place))
            if (level, "raised") in said and tilt < limit - 2 and (level, "over") not in said:
                said.add((level, "over"))
                events.append(alert(level, "cleared", **place))
        if i == steps:
            events.append(rep(number, peak, set_number, time_s))
        block = signals(time_s, tilt, phase, number if i < steps else 0, tilt * 0.8)
        yield report(*events, block=block, arrival_s=time_s)
