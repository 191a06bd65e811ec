"""`legpress demo` and `legpress replay`: a source, the engine, and whoever is to hear of it."""

import asyncio
import logging
import math
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from calibration.document import to_json
from calibration.model import Calibration
from monitor import calibrations, tape
from monitor.cli.athlete import Told, pain_of, speech, with_told
from monitor.cli.inputs import Input, open_input, read_calibration
from monitor.cli.outputs import keep_apart
from monitor.cli.pain import KIND_WORDS
from monitor.cli.publishing import mqtt_sink
from monitor.cli.recordings import check_new
from monitor.cli.version import program
from monitor.engine import Engine, Session
from monitor.errors import InputError
from monitor.session import Sink, Source, run
from monitor.settings import Settings
from monitor.settings_file import read_settings
from monitor.sinks.console import ConsoleSink, View
from monitor.sinks.files import events_to, signals_to
from monitor.sinks.history import history_to
from monitor.sinks.recorder import Recorder, recorded
from monitor.sources.pace import paced

_log = logging.getLogger("legpress")
_UNCALIBRATED = (
    "%s: no calibration, so tilt and lift stay empty; make one with "
    "legpress calibrate %s --output CAL.json, then give it with --calibration CAL.json"
)


@dataclass(frozen=True, slots=True)
class Options:
    """What all sessions share on the command line, as the user wrote it."""

    calibration: Path | None
    config: Path | None
    events: str | None
    signals: Path | None
    quiet: bool
    speed: str
    mqtt: str | None = None
    history: bool = False
    told: Told = field(default_factory=Told)


def replay(file: Path, options: Options) -> int:
    """Play a recording again; the exit status."""
    if pain_of(options.told) == "severe":
        print(KIND_WORDS)
        return 0
    speed = speed_from(options.speed)
    keep_apart(("the recording", file), *files_of(options))
    given, settings, calibration = opened(file, options)
    # it is published where we are, not where it was recorded
    here = Settings() if options.config is None else read_settings(options.config)
    mqtt = mqtt_sink(options.mqtt, here, given.session)
    files = files_for(options)
    if options.history:
        files.append(history_to(recording=file))
    if calibration is None:
        _log.warning(_UNCALIBRATED, file, file)
    view = view_of(settings, calibration, given.duration_s)
    engine = Engine(given.session, settings, calibration)
    sinks = [*files, mqtt, speech(settings)]
    return _conduct(paced(given.arrivals(speed), speed), engine, sinks, view, options)


def opened(file: Path, options: Options) -> tuple[Input, Settings, Calibration | None]:
    """A recording with the settings and the calibration given, else its own.

    Raises:
        InputError: one of them cannot be used.
    """
    given = open_input(file)
    settings = settings_for(options, given.settings)
    return given, settings, calibration_for(given, options.calibration)


def calibration_for(given: Input, file: Path | None) -> Calibration | None:
    """The calibration in a file, else the recording's own, else the one kept of it.

    Raises:
        InputError: it cannot be used.
    """
    if file is not None:
        return read_calibration(file, given.session.sensor)
    return given.calibration or _kept(given.session)


def demo(options: Options, record: Path | None, *, own_broker: bool = True) -> int:
    """A simulated athlete with a simulated sensor; the exit status."""
    if pain_of(options.told) == "severe":
        print(KIND_WORDS)
        return 0
    from monitor.simulation import demo as simulated  # noqa: PLC0415 - only here
    from monitor.sources.simulated import simulated as played  # noqa: PLC0415 - only here

    speed = speed_from(options.speed)
    keep_apart(*files_of(options), ("--record", record))
    check_new(record)
    settings = settings_for(options, None)
    told = simulated.demo()
    session = _demo_session(settings, time.time())
    mqtt = mqtt_sink(options.mqtt, settings, session, own_broker=own_broker)
    calibration = _calibration(options, told.calibration, session)
    source: Source = played(told.simulation, speed)
    files = files_for(options)
    if record is not None:
        text = None if calibration is None else to_json(calibration)
        header = tape.Header(session, settings, text, program())
        source = recorded(source, Recorder(record, header))
    total_s = float(told.simulation.samples.time_s[-1])
    view = view_of(settings, calibration, total_s, record)
    engine = Engine(session, settings, calibration)
    return _conduct(source, engine, [*files, mqtt, speech(settings)], view, options)


def _demo_session(settings: Settings, now_s: float) -> Session:
    """One of its own each time, so that nobody takes its events for those of an earlier one."""
    moment = datetime.fromtimestamp(now_s, UTC)
    name = f"demo-{moment:%Y%m%dT%H%M%S}.{moment.microsecond // 1000:03}"
    athlete, station = settings.athlete or "demo athlete", settings.station or "demo"
    return Session(name, "reference", athlete, station, "simulated sensor", now_s)


def files_of(options: Options) -> list[tuple[str, Path | None]]:
    """The files that the options name, those that are only read first."""
    events = None if options.events in {None, "-"} else Path(str(options.events))
    return [
        ("--calibration", options.calibration),
        ("--config", options.config),
        ("--events", events),
        ("--signals", options.signals),
    ]


def files_for(options: Options) -> list[Sink]:
    """The files asked for, opened."""
    files: list[Sink] = []
    if options.events is not None:
        files.append(events_to(options.events))
    if options.signals is not None:
        files.append(signals_to(options.signals))
    return files


def _conduct(
    source: Source, engine: Engine, others: list[Sink | None], view: View, options: Options
) -> int:
    sinks = [sink for sink in others if sink is not None]
    if not options.quiet:  # the console makes room where events are the output
        sinks.append(ConsoleSink(view, Console(stderr=options.events == "-")))
    return asyncio.run(run(source, engine, *sinks))


def view_of(
    settings: Settings,
    calibration: Calibration | None,
    total_s: float | None,
    record: Path | None = None,
) -> View:
    """What the console knows beforehand."""
    range_deg = None if calibration is None else calibration.placement.range_deg
    recording = None if record is None else str(record)
    return View(settings, range_deg=range_deg, total_s=total_s, recording=recording)


def speed_from(text: str) -> float | None:
    """The speed asked for, None for as fast as possible."""
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not (math.isfinite(speed) and speed > 0):
        raise InputError(f"--speed {text}: is no speed; give a number such as 1 or 10, or max")
    return speed


def settings_for(options: Options, recorded_with: Settings | None) -> Settings:
    """The settings of the session: configured, else recorded; with what the athlete tells."""
    settings = recorded_with or Settings()
    if options.config is not None:
        settings = read_settings(options.config)
    return with_told(settings, options.told, pain_of(options.told))


def _calibration(
    options: Options, recorded_with: Calibration | None, session: Session
) -> Calibration | None:
    """The calibration given, else the one recorded."""
    if options.calibration is not None:
        return read_calibration(options.calibration, session.sensor)
    return recorded_with


def _kept(session: Session) -> Calibration | None:
    """The calibration that was made from this very recording, if it is still kept.

    A strap sits differently each time, so one of another session, even of the same sensor, is not
    taken.
    """
    found = calibrations.placement_of(session.sensor)
    return found if found is not None and found.recording == session.session_id else None
