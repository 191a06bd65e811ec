"""What is published beside the events: flat JSON, one type per topic.

The events are those of `monitor.events`, to the letter, but for `historical`: it is there, and
true, on an event that waited on disk, so that nobody takes yesterday's alarm for one of now.
"""

from typing import Any, Literal

import msgspec

from monitor.events import (
    AlertEvent,
    Calibrated,
    Event,
    QualityEvent,
    RepEvent,
    SessionEvent,
    SetEvent,
)

Phase = Literal["away", "ready", "lowering", "bottom", "pressing", "rest"]


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the program is there. Retained; the will says offline.

    `epoch` is the same in birth and will and grows with every connection: a consumer that holds
    one ignores those below it, as the will of a lost connection may come after the next birth.
    """

    state: Literal["online", "offline"]
    epoch: int
    version: str


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """The sensor's link as it is now. Retained."""

    state: Literal["up", "down", "silent"]
    reason: str
    battery_pct: float | None
    sensor: str | None
    time_s: float
    wall_time: str | None


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What a dashboard needs on arrival. Retained.

    `reps` and `clean_reps` are of the set `set`: the one in progress, else the last one. Estimates
    are null where nothing can be said.
    """

    session_id: str | None
    session: Literal["started", "ended"] | None
    athlete: str | None
    sensor: str | None
    calibrated: bool
    calibration: Calibrated
    phase: Phase | None
    set: int
    rep: int
    reps: int
    clean_reps: int
    tilt_deg: float | None
    tilt_sigma_deg: float | None
    lift_mm: float | None
    lift_sigma_mm: float | None
    suggestion: str | None
    time_s: float
    wall_time: str | None


class Telemetry(msgspec.Struct, frozen=True, kw_only=True):
    """The live estimate, ten times a second. Not kept by anybody."""

    session_id: str | None
    time_s: float
    wall_time: str | None
    tilt_deg: float | None
    tilt_sigma_deg: float | None
    lift_mm: float | None
    lift_sigma_mm: float | None
    shift_deg: float | None
    phase: Phase | None
    set: int
    rep: int


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """How well the data comes, and goes on. Retained.

    `waiting` counts the events that are not acknowledged yet; `acknowledged_p95_ms` is how long
    the last hundred took from being said to being acknowledged.
    """

    quality: Literal["good", "degraded", "bad"]
    reason: str
    rate_hz: float | None
    loss_pct: float
    links_lost: int
    connections: int
    waiting: int
    acknowledged_p95_ms: float | None
    uptime_s: float
    wall_time: str


RETAINED: dict[str, type[msgspec.Struct]] = {
    "status": Status,
    "link": Link,
    "state": State,
    "health": Health,
}
"""Topics whose last message the broker keeps."""
LIVE: dict[str, type[msgspec.Struct]] = {"telemetry": Telemetry}
EVENTS: dict[str, type[Event]] = {
    "event/alert": AlertEvent,
    "event/rep": RepEvent,
    "event/set": SetEvent,
    "event/session": SessionEvent,
    "event/quality": QualityEvent,
}
"""Topics of what is said once. Links are a state, and have no event topic."""
TOPIC_OF = {kind: name for name, kind in EVENTS.items()}


def historical(payload: bytes) -> bytes:
    """An event's JSON, marked as one that waited."""
    return payload[:-1] + b',"historical":true}'


def json_of(message: Any) -> bytes:  # noqa: ANN401 - whatever JSON can hold
    """A message as JSON."""
    return msgspec.json.encode(message)
