"""What is so just now: the link, the state, the newest estimate; for those who come and look."""

import math
import time
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from monitor.engine import Report, Session
from monitor.events import (
    Calibrated,
    Event,
    LinkEvent,
    QualityEvent,
    RepEvent,
    SessionEvent,
    SetEvent,
)
from monitor.samples import PHASES, Signals
from monitor.sinks.mqtt.messages import Health, Link, State, Telemetry

DELAYS = 100
"""Acknowledgements of which the 95th percentile is told."""


class Current:
    """Follows the reports; each of its messages can be asked for at any time.

    Args:
        session: who and what, and when it began.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._since_s = time.monotonic()
        self._arrival_s = 0.0
        self._told: SessionEvent | None = None
        self._grade: Calibrated = "none"
        self._link: LinkEvent | None = None
        self._quality: QualityEvent | None = None
        self._newest: dict[str, Any] = dict.fromkeys(_ESTIMATES) | {
            "time_s": 0.0, "phase": None, "rep": 0
        }  # fmt: skip
        self._set = self._reps = self._clean = 0
        self._suggestion: str | None = None
        self._rate_hz, self._loss_pct = math.nan, 0.0
        self._links_lost = 0
        self._delays: deque[float] = deque(maxlen=DELAYS)
        self.connections = 0
        self.samples = 0
        """Blocks of samples there have been: telemetry is worth sending when there are more."""

    def update(self, report: Report, events: Sequence[Event]) -> None:
        """Take what a batch of arrivals gave, with its events as they are told outside."""
        self._arrival_s = report.arrival_s
        self._rate_hz, self._loss_pct = report.rate_hz, report.loss_pct
        if len(report.signals):
            self.samples += 1
            self._newest = _last(report.signals)
        for event in events:
            self._take(event)
        if report.calibration is not None:
            self._grade = report.calibration.verdict.grade

    def acknowledged(self, delay_s: float) -> None:
        """An event took so long from being said to being with the broker."""
        self._delays.append(delay_s)

    def link(self) -> Link:
        """The link as it is now; rows of a table come without one."""
        event, sensor = self._link, self._session.sensor
        if event is None:
            return Link(
                state="up" if self.samples else "down",
                reason="data comes" if self.samples else "no data yet",
                battery_pct=None,
                sensor=sensor,
                time_s=0.0,
                wall_time=None,
            )
        return Link(
            state=event.state,
            reason=event.reason,
            battery_pct=event.battery_pct,
            sensor=sensor,
            time_s=event.time_s,
            wall_time=event.wall_time,
        )

    def state(self) -> State:
        """All that a dashboard needs on arrival."""
        told, newest = self._told, self._newest
        calibration = self._grade
        return State(
            time_s=newest["time_s"],
            wall_time=self._wall_time(),
            sensor=self._session.sensor,
            session_id=told.session_id if told else None,
            session=told.state if told else None,
            athlete=told.athlete if told else None,
            calibrated=calibration != "none",
            calibration=calibration,
            set=self._set,
            reps=self._reps,
            clean_reps=self._clean,
            suggestion=self._suggestion,
            **{name: newest[name] for name in (*_ESTIMATES[:4], "phase", "rep")},
        )

    def telemetry(self) -> Telemetry:
        """The newest estimate."""
        newest = self._newest
        return Telemetry(
            session_id=self._told.session_id if self._told else None,
            wall_time=self._wall_time(),
            set=self._set,
            **newest,
        )

    def health(self, waiting: int) -> Health:
        """How well it all goes; `waiting` events are not acknowledged."""
        delays = sorted(self._delays)
        p95 = 1e3 * delays[int(0.95 * len(delays))] if delays else None
        return Health(
            quality=self._quality.state if self._quality else "good",
            reason=self._quality.reason if self._quality else "",
            rate_hz=_number(self._rate_hz),
            loss_pct=round(self._loss_pct, 2),
            links_lost=self._links_lost,
            connections=self.connections,
            waiting=waiting,
            acknowledged_p95_ms=None if p95 is None else round(p95, 1),
            uptime_s=round(time.monotonic() - self._since_s, 1),
            wall_time=rfc3339(time.time()),
        )

    def _take(self, event: Event) -> None:
        match event:
            case SessionEvent():
                self._told, self._grade = event, event.calibration
            case LinkEvent():
                self._link = event
                self._links_lost += event.state != "up"
            case QualityEvent():
                self._quality = event
            case RepEvent():
                if event.set != self._set:
                    self._set, self._reps, self._clean = event.set, 0, 0
                self._reps += 1
                self._clean += event.clean
            case SetEvent():
                self._set, self._reps, self._clean = event.set, event.reps, event.clean_reps
                self._suggestion = event.suggestion
            case _:
                pass  # an alert is over when it is told; what is now, the estimates tell

    def _wall_time(self) -> str | None:
        started = self._session.started_wall_s
        return None if started is None else rfc3339(started + self._arrival_s)


_ESTIMATES = ("tilt_deg", "tilt_sigma_deg", "lift_mm", "lift_sigma_mm", "shift_deg")


def _last(signals: Signals) -> dict[str, Any]:
    """The newest row; what cannot be said is None."""
    row: dict[str, Any] = {name: _number(getattr(signals, name)[-1]) for name in _ESTIMATES}
    row["time_s"] = round(float(signals.time_s[-1]), 3)
    row["phase"] = PHASES[int(signals.phase[-1])] or None
    row["rep"] = int(signals.rep[-1])
    return row


def _number(value: float) -> float | None:
    return round(float(value), 2) if math.isfinite(value) else None


def rfc3339(unix_s: float) -> str:
    """A moment as RFC 3339, UTC."""
    moment = datetime.fromtimestamp(unix_s, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
