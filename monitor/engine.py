"""Arrivals in, reports out; neither windows nor clock."""

from dataclasses import dataclass

from monitor.arrivals import Arrival
from monitor.events import Event
from monitor.samples import Signals
from monitor.settings import Settings
from calibration.model import Calibration


@dataclass(frozen=True, slots=True)
class Session:
    """What is known of a session before its first arrival.

    Attributes:
        session_id: names the session; the same recording always has the same.
        family: sensor family, a key of `monitor.wire.families.FAMILIES`, or "table" for rows.
        athlete, station, sensor: names, None if unknown.
        started_wall_s: wall clock (Unix time, s) at arrival time 0, None where unknown.
    """

    session_id: str
    family: str = "table"
    athlete: str | None = None
    station: str | None = None
    sensor: str | None = None
    started_wall_s: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What one arrival gave: signals of the samples it held, and what was said.

    Attributes:
        arrival_s: the arrival's own time, s.
        signals: live estimates, one row per sample (may be empty).
        events: in the order they were said.
        rate_hz: the sensor's measured sample rate, NaN until known.
        loss_pct: share of samples lost over the last seconds, %.
    """

    arrival_s: float
    signals: Signals
    events: tuple[Event, ...]
    rate_hz: float
    loss_pct: float


class Engine:
    """The whole pipeline of one athlete: decode, clock, calibrate, estimate, decide.

    Use: `for arrival in arrivals: report = engine.step(arrival)`, then `engine.finish()` once.
    The first report carries the `session` started event, `finish` the ended one.
    """

    def __init__(
        self, session: Session, settings: Settings, calibration: Calibration | None
    ) -> None: ...

    def step(self, arrival: Arrival) -> Report: ...

    def finish(self) -> Report: ...
