"""Arrivals in, reports out; neither windows nor clock."""

from collections.abc import Sequence
from dataclasses import dataclass

from calibration.model import Calibration
from monitor.arrivals import Arrival
from monitor.events import Event
from monitor.samples import Signals
from monitor.settings import Settings


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
    """What a batch of arrivals gave: signals of the samples it held, and what was said.

    Attributes:
        arrival_s: time of the batch's last arrival, s.
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

    Use: `for batch in arrivals: report = engine.step(batch)`, then `engine.finish()` once. How the
    arrivals are cut into batches, and samples into arrivals, changes nothing in what comes out.
    The first report carries the `session` started event, `finish` the ended one.
    """

    def __init__(
        self, session: Session, settings: Settings, calibration: Calibration | None
    ) -> None: ...

    def step(self, batch: Sequence[Arrival]) -> Report: ...

    def finish(self) -> Report: ...
