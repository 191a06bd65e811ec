"""Arrivals in, reports out; neither windows nor clock.

    bytes ─▶ decoder ─▶ sample clock ─▶ analysis (one athlete's signals, reps, alerts) ─▶ Report

Links that come and go are told as they are met. Everything is a function of the arrivals alone:
the same recording gives the same report, whether it is replayed in an hour or in a second.
"""

import logging
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any, assert_never

from calibration.document import from_json
from calibration.errors import CalibrationError
from calibration.model import Calibration
from monitor.arrivals import (
    Arrival,
    Calibrating,
    LinkDown,
    LinkSilent,
    LinkUp,
    Packet,
    Rows,
    Told,
)
from monitor.events import Event, LinkEvent, Said, SessionEvent, SetEvent
from monitor.samples import Samples, Signals
from monitor.settings import Coaching, Settings
from monitor.wire.reception import Reception

if TYPE_CHECKING:
    from monitor.analysis import Analysis

_log = logging.getLogger("legpress")

LONGEST_JOINED = 4096
"""Rows of signals that a sink which does not take its reports is kept: half a minute or more."""


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
        told: what the athlete had told of the sets that are over, by the `event_id` of each.
        calibration: as it is now; None where there is none.
    """

    arrival_s: float
    signals: Signals
    events: tuple[Event, ...]
    rate_hz: float
    loss_pct: float
    told: Mapping[str, Coaching] = field(default_factory=dict)
    calibration: Calibration | None = None

    def joined(self, later: "Report") -> "Report":
        """This report and the next as one: all that was said, and signals, thinned when long."""
        signals = Signals.joined([self.signals, later.signals])
        if len(signals) > LONGEST_JOINED:
            signals = signals[::2]
        events = self.events + later.events
        told = {**self.told, **later.told}
        calibration = later.calibration or self.calibration
        rate_hz, loss_pct = later.rate_hz, later.loss_pct
        return Report(later.arrival_s, signals, events, rate_hz, loss_pct, told, calibration)


class Engine:
    """The whole pipeline of one athlete: decode, clock, calibrate, estimate, decide.

    Use: `for batch in arrivals: report = engine.step(batch)`, then `engine.finish()` once. How the
    arrivals are cut into batches, and samples into arrivals, changes nothing in what comes out.
    The first report carries the `session` started event, `finish` the ended one.

    Attributes:
        calibration: how the sensor sits, as it was last known; None if it never was.
    """

    def __init__(
        self, session: Session, settings: Settings, calibration: Calibration | None
    ) -> None:
        self._session = session
        self._settings = settings
        self._reception = Reception(session.family)
        self.calibration = calibration
        self._arrival_s = 0.0
        self._first_arrival_s: float | None = None
        self._known_s = 0.0
        self._started = False
        self._ids: dict[str, int] = {}

    def step(self, batch: Sequence[Arrival]) -> Report:
        """Take the next arrivals, in order; none at all is fine."""
        events: list[Event] = [] if self._started else [self._session_event("started")]
        self._started = True
        signals: list[Signals] = []
        for kind, run in groupby(batch, key=type):
            arrivals = list(run)
            self._arrival_s = arrivals[-1].arrival_s
            samples = self._samples(arrivals)
            if kind is Packet or kind is Rows:
                block, said = self._analysis.step(samples)
                signals.append(block)
                events.extend(self._named(one) for one in said)
            elif kind is Told:
                self._tell(arrivals)
            elif kind is Calibrating:
                events.extend(self._named(one) for one in self._calibrate(arrivals))
            else:
                events.extend(self._link(one) for one in arrivals)
        return self._report(signals, events)

    @cached_property
    def _analysis(self) -> "Analysis":
        """The stages; loaded with the first samples, so that a screen can be there before."""
        from monitor.analysis import Analysis  # noqa: PLC0415 - scipy takes a second to load

        return Analysis(self._settings, self.calibration, self._session.session_id)

    def finish(self) -> Report:
        """The stream is over: what was still held back, and the session's end."""
        report = self.step(())
        block, said = self._analysis.finish()
        events = [*report.events, *(self._named(one) for one in said)]
        return self._report([report.signals, block], [*events, self._session_event("ended")])

    def _samples(self, arrivals: list[Arrival]) -> Samples:
        """The samples in arrivals of one kind, on the stream's time."""
        samples = self._reception.step(arrivals)
        if self._first_arrival_s is None and isinstance(arrivals[0], Packet):
            self._first_arrival_s = arrivals[0].arrival_s
        if len(samples):
            self._known_s = float(samples.time_s[-1])
        return samples

    def _tell(self, arrivals: list[Arrival]) -> None:
        for one in arrivals:
            if isinstance(one, Told):
                self._analysis.tell(self._known_s, one)

    def ears(self) -> Reception:
        """A copy of what hears the sensor, which goes on from here by itself."""
        return deepcopy(self._reception)

    def _calibrate(self, arrivals: list[Arrival]) -> list[Said]:
        said = []
        for one in arrivals:
            if not isinstance(one, Calibrating) or one.step == "skipped":
                continue
            if one.step == "done":
                self.calibration = self._read(one.calibration or "")
            now = None if one.step == "begun" else self.calibration
            said += self._analysis.recalibrate(now, self._known_s)
        return said

    def _read(self, calibration: str) -> Calibration | None:
        try:
            return from_json(calibration)
        except CalibrationError as error:
            _log.warning("at %.0f s: the calibration cannot be used: %s", self._known_s, error)
            return None

    def _link(self, arrival: Arrival) -> Event:
        fields: dict[str, Any] = {"reason": getattr(arrival, "reason", ""), "battery_pct": None}
        match arrival:
            case LinkUp():
                fields |= {"state": "up", "battery_pct": arrival.battery_pct}
            case LinkDown():
                fields |= {"state": "down"}
            case LinkSilent():
                fields |= {"state": "silent"}
            case Packet() | Rows() | Told() | Calibrating():
                raise AssertionError("this is no link")  # step() keeps them apart
            case _:
                assert_never(arrival)
        name = f"link-{fields['state']}"
        return self._named(Said(self._known_s, self._known_s, name, LinkEvent, fields))

    def _session_event(self, state: str) -> Event:
        about = self._session
        fields = {
            "state": state,
            "athlete": about.athlete or self._settings.athlete,
            "station": about.station or self._settings.station,
            "sensor": about.sensor,
            "calibration": self.calibration.verdict.grade if self.calibration else "none",
        }
        return self._named(
            Said(self._known_s, self._known_s, f"session-{state}", SessionEvent, fields)
        )

    def _named(self, said: Said) -> Event:
        """An event with its ids: from the session and what happened when, never by chance."""
        name = f"{self._session.session_id}-{said.name}"
        again = self._ids.get(name, 0)
        self._ids[name] = again + 1
        return said.event(
            event_id=f"{name}-{again + 1}" if again else name,
            session_id=self._session.session_id,
            time_s=round(said.time_s, 6),
            known_s=round(said.known_s, 6),
            wall_time=self._wall_time(said.time_s),
            **said.fields,
        )

    def _wall_time(self, time_s: float) -> str | None:
        started = self._session.started_wall_s
        if started is None:
            return None
        since = (self._first_arrival_s or 0.0) + time_s
        moment = datetime.fromtimestamp(0, UTC) + timedelta(seconds=started + since)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _report(self, signals: list[Signals], events: list[Event]) -> Report:
        return Report(
            self._arrival_s,
            Signals.joined(signals),
            tuple(events),
            self._reception.rate_hz,
            float(self._analysis.loss_pct),
            {
                event.event_id: self._analysis.told_at(event.start_s)
                for event in events
                if isinstance(event, SetEvent)
            },
            self.calibration,
        )
