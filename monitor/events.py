"""What the program says: flat, typed, and the same object in the file, over MQTT and in history.

Field names and meanings are the project's public contract. Angles are degrees, lengths
millimetres and times seconds of stream time, as at every door of the house. `time_s` is when the
thing happened, `known_s` the newest sample that was needed to say so: their difference is the
detection delay. Events are frozen; their JSON has no NaN (null instead).
"""

from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

Rule = Literal["pelvic_tilt", "anterior_tilt", "back_lift", "pelvic_shift", "unsteady"]
Calibrated = Literal["good", "usable", "poor", "none"]
Level = Literal["notice", "warning", "alarm"]
Cause = Literal["back_lift", "range_too_big", "weak_brace", "feet_too_high", "too_heavy"]


class _Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """What every event carries."""

    event_id: str
    session_id: str
    time_s: float
    known_s: float
    wall_time: str | None = None


class SessionEvent(_Event, frozen=True, kw_only=True, tag="session"):
    """A session started or ended."""

    state: Literal["started", "ended"]
    athlete: str | None
    station: str | None
    sensor: str | None
    calibration: Calibrated


class LinkEvent(_Event, frozen=True, kw_only=True, tag="link"):
    """The sensor's link went up, down, or silent."""

    state: Literal["up", "down", "silent"]
    reason: str
    battery_pct: float | None


class AlertEvent(_Event, frozen=True, kw_only=True, tag="alert"):
    """A limit is about to be crossed, was crossed, or is clear again. Never uses hindsight.

    `value` and `sigma` are null only where an alert is cleared because nothing can be said any
    more.
    """

    rule: Rule
    level: Level
    state: Literal["approaching", "raised", "cleared"]
    value: float | None
    sigma: float | None
    limit: float
    unit: str
    set: int
    rep: int
    advice: str


class RepEvent(_Event, frozen=True, kw_only=True, tag="rep"):
    """One descent and one push, told after it is over (with hindsight)."""

    set: int
    rep: int
    start_s: float
    bottom_s: float
    end_s: float
    eccentric_s: float
    pause_s: float
    concentric_s: float
    peak_tilt_deg: float
    peak_anterior_deg: float
    peak_lift_mm: float | None
    lift_sigma_mm: float | None
    peak_shift_deg: float
    tilt_onset: float | None
    unsteadiness: float
    clean: bool
    confidence: float


class CauseEstimate(msgspec.Struct, frozen=True, kw_only=True):
    """One likely cause of what went wrong in a set, with what speaks for it."""

    cause: Cause
    confidence: float
    evidence: str
    advice: str


class SetEvent(_Event, frozen=True, kw_only=True, tag="set"):
    """A set is over."""

    set: int
    start_s: float
    end_s: float
    reps: int
    clean_reps: int
    mean_peak_tilt_deg: float
    worst_peak_tilt_deg: float
    worst_peak_lift_mm: float | None
    tilt_trend_deg_per_rep: float | None
    concentric_slowdown_pct: float | None
    causes: tuple[CauseEstimate, ...]
    suggestion: str


class QualityEvent(_Event, frozen=True, kw_only=True, tag="quality"):
    """How far the data can be trusted, whenever that changes."""

    state: Literal["good", "degraded", "bad"]
    reason: str
    loss_pct: float
    rate_hz: float


Event = SessionEvent | LinkEvent | AlertEvent | RepEvent | SetEvent | QualityEvent


@dataclass(frozen=True, slots=True)
class Said:
    """Something to say, before it has its ids.

    Attributes:
        time_s, known_s: when it happened and when it was known, s of stream time.
        name: tells it from all other things said in the session.
        event: its type.
        fields: what the type needs beyond the ids.
    """

    time_s: float
    known_s: float
    name: str
    event: type[Event]
    fields: dict[str, Any] = field(default_factory=dict)


def to_json(event: Event) -> bytes:
    """One event as one line of JSON, without the newline."""
    return msgspec.json.encode(event)
