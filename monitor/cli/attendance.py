"""One sensor's live session: its recording, its calibration, its engine, and who hears of it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

import monitor.analysis  # noqa: F401 - loads now, a second, rather than between two packets
from calibration.document import to_json
from calibration.model import Calibration
from monitor import calibrations, tape
from monitor.arrivals import Calibrating
from monitor.cli.athlete import speech
from monitor.cli.inputs import read_calibration
from monitor.cli.kept_today import KEPT, kept_today
from monitor.cli.lines import say
from monitor.cli.publishing import mqtt_sink
from monitor.cli.recordings import check_room, new_recordings, plain
from monitor.cli.sensors import Found
from monitor.cli.sessions import Options, files_for, settings_for, view_of
from monitor.cli.telling import Telling, can_tell
from monitor.cli.version import program
from monitor.engine import Engine, Report, Session
from monitor.errors import InputError
from monitor.guided_session import Anew, GuidedSession, Progress
from monitor.guiding import Guiding, Lesson
from monitor.session import Hearer, Interrupts, Sink, run
from monitor.sinks.console import ConsoleSink
from monitor.sinks.console.frames import can_draw
from monitor.sinks.console.guide_sink import GuideSink
from monitor.sinks.console.guide_view import GuideView
from monitor.sinks.history import history_to
from monitor.sinks.recorder import Recorder, recorded
from monitor.wire.reception import Reception

NONE = "none"
"""`--calibration none`: only record, and calibrate from the recording."""

_log = logging.getLogger("legpress")


@dataclass(frozen=True, slots=True)
class Asked:
    """The command line, as the user wrote it.

    Attributes:
        sensors: names or addresses.
        family: of the sensors, None: they tell.
        calibration: a file, `KEPT` or `NONE`; None: be guided.
        record: where to, None: a new file among the user's data.
        no_record: do not record.
        speed: of a simulated sensor.
        options: what all sessions share.
        own_broker: publish to a broker of our own where no other was given.
        beside_others: whether other sessions use the same terminal.
    """

    sensors: Sequence[str]
    family: str | None
    calibration: str | None
    record: Path | None
    no_record: bool
    speed: str | None
    options: Options
    own_broker: bool = False
    beside_others: bool = False


class Attendance:
    """A session that is about to begin.

    Raises:
        InputError: a file cannot be used, or there is no room to record.
    """

    def __init__(self, asked: Asked, found: Found) -> None:
        now = datetime.now(UTC)
        self._found, self._options = found, asked.options
        self._label = f"{found.name}: " if asked.beside_others else ""
        self._settings = settings_for(asked.options, None)
        stamp = f"{now:%Y%m%dT%H%M%S}.{now.microsecond // 1000:03}Z"
        name = f"{stamp}-{plain(found.name)}"
        self._session = Session(
            name, found.family, sensor=found.name, started_wall_s=now.timestamp()
        )
        self._made = now.isoformat(timespec="seconds").replace("+00:00", "Z")
        self._guided = asked.calibration is None
        self._calibration = _given(asked.calibration, found.name)
        names: list[Path] = []
        if not asked.no_record:
            names = [asked.record] if asked.record else new_recordings(found.name, now)
            check_room(names[0])
        mqtt = mqtt_sink(
            asked.options.mqtt,
            self._settings,
            self._session,
            own_broker=asked.own_broker,
            beside=plain(found.name) if asked.beside_others else None,
        )
        files = files_for(asked.options)
        self._recorder = None if asked.no_record else Recorder(names, self._header())
        self._path = None if self._recorder is None else self._recorder.path
        history = history_to(recording=self._path) if asked.options.history else None
        sinks = [*files, history, mqtt, speech(self._settings)]
        self._sinks: list[Sink] = [sink for sink in sinks if sink is not None]
        self._telling = self._told_by_hand()
        self._keeping: asyncio.Task[None] | None = None

    async def led(self, interrupts: Interrupts) -> int:
        """Lead it to its end; the exit status."""
        source = self._found.open()
        if self._telling is not None:
            source = self._telling.beside(source)
        if self._recorder is not None:
            source = recorded(source, self._recorder)
        first = self._guiding() if self._guided else self._engine(self._calibration)
        session = GuidedSession(first, self._begin, Anew(self._guiding_anew, self._found_anew))
        hearers: list[Hearer[Progress]] = [*map(_ReportsOnly, self._sinks)]
        hearers += [] if self._options.quiet else [self._show]
        both = None if self._found.waits else Progress.joined
        try:
            return await run(source, session, *hearers, joined=both, interrupts=interrupts)
        finally:
            if self._keeping is not None:
                await self._keeping

    def _header(self) -> tape.Header:
        text = None if self._calibration is None else to_json(self._calibration)
        return tape.Header(self._session, self._settings, text, program())

    def _engine(self, calibration: Calibration | None) -> Engine:
        return Engine(self._session, self._settings, calibration)

    def _guiding(self) -> Guiding:
        readings = calibrations.readings_of(self._found.name)
        return Guiding(
            self._found.family,
            self._found.name,
            readings=readings,
            today=self._made,
            recording=self._session.session_id,
        )

    def _guiding_anew(self, ears: Reception, before: Calibration | None) -> Guiding:
        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        readings = calibrations.readings_of(self._found.name)
        return Guiding.anew(self._found.name, ears, before, readings=readings, today=now)

    def _found_anew(self, done: Calibrating, calibration: Calibration) -> None:
        if self._recorder is not None:
            self._recorder.record([done])
        self._keep(calibration)

    def _begin(self, calibration: Calibration | None, arrival_s: float) -> Engine:
        """The engine, once the guide is through; its calibration goes into the recording too."""
        if calibration is not None:
            if self._recorder is not None:
                self._recorder.recalibrated(arrival_s, to_json(calibration))
            self._keep(calibration)
        return self._engine(calibration)

    def _keep(self, calibration: Calibration) -> None:
        """Keep it, while the session goes on, after what was to be kept before."""
        before = self._keeping

        async def keep() -> None:
            if before is not None:
                await before
            await asyncio.to_thread(_keep, calibration)

        self._keeping = asyncio.create_task(keep())

    async def _show(self, told: AsyncIterator[Progress]) -> None:
        """The guide's screen until the calibration is there, then the session's."""
        first: list[Report] = []
        if not self._guided:
            await self._console_of(told, first)
            return
        view = GuideView(self._found.name)
        guide = GuideSink(view, self._terminal(), drawn=self._drawn, label=self._label)
        if self._telling is not None:
            self._telling.answered_by(guide)
        await guide(_lessons(told, first))
        self._calibration = guide.view.calibration
        if self._calibration is not None:
            await self._console_of(told, first)
        elif self._path is not None:
            say(f"{self._label}no calibration was made; the recording: {self._path}")

    async def _console_of(self, told: AsyncIterator[Progress], first: list[Report]) -> None:
        console = self._console()
        await console(_reports(told, first, console.taught))

    def _console(self) -> ConsoleSink:
        view = view_of(self._settings, self._calibration, None, self._path)
        console = ConsoleSink(view, self._terminal(), drawn=self._drawn, label=self._label)
        return console if self._telling is None else self._telling.answered_by(console)

    def _told_by_hand(self) -> Telling | None:
        """Takes what is typed; None where nobody can, or it could mean any of several athletes."""
        terminal = self._terminal()
        if self._options.quiet or self._label or not can_tell(terminal):
            return None
        return Telling(self._settings.coaching, drawn=can_draw(terminal))

    def _terminal(self) -> Console:
        return Console(stderr=self._options.events == "-")

    @property
    def _drawn(self) -> bool | None:
        return False if self._label else None


def _given(calibration: str | None, sensor: str) -> Calibration | None:
    """The calibration that was named, None where it is none, or still to be made."""
    if calibration in {None, NONE}:
        return None
    if calibration == KEPT:
        return kept_today(sensor)
    return read_calibration(Path(str(calibration)), sensor)


def _keep(calibration: Calibration) -> None:
    """Keep it for today's other sessions; that this one goes on does not depend on it."""
    try:
        calibrations.keep(calibration)
    except InputError as error:
        _log.warning("the calibration was not kept: %s", error)


class _ReportsOnly:
    """A sink of reports in a session that begins with lessons."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.name = getattr(sink, "name", type(sink).__name__)

    async def __call__(self, told: AsyncIterator[Progress]) -> int | None:
        """Hand on the reports."""
        return await self._sink(_reports(told, []))


async def _lessons(told: AsyncIterator[Progress], first: list[Report]) -> AsyncIterator[Lesson]:
    """The lessons; a report that came with the last of them, or ended them, is put in `first`."""
    async for one in told:
        if one.report is not None:
            first.append(one.report)
        if one.lesson is not None:
            yield one.lesson
        if one.report is not None:
            return


async def _reports(
    told: AsyncIterator[Progress],
    first: list[Report],
    taught: Callable[[Lesson | None], None] = lambda _: None,
) -> AsyncIterator[Report]:
    for report in first:
        yield report
    async for one in told:
        if one.report is not None:
            taught(one.lesson)
            yield one.report
