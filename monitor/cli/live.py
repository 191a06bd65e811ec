"""`legpress live`: find the sensor, be guided to a calibration, train; all in one recording.

    sensor ─▶ recording ─▶ guide, then engine ─▶ console, files
              (as it came)  (`guided_session`)

Several sensors are several such sessions side by side, one athlete each, that share the radio and
the terminal.
"""

import asyncio
import logging
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from monitor.cli.attendance import NONE, Asked, Attendance
from monitor.cli.inputs import read_calibration
from monitor.cli.keeping import shown
from monitor.cli.kept_today import KEPT, wants_kept
from monitor.cli.lines import say
from monitor.cli.outputs import keep_apart
from monitor.cli.pain import KIND_WORDS, ask_pain
from monitor.cli.recordings import check_new, plain
from monitor.cli.sensors import Finder, Wanted
from monitor.cli.sessions import files_of, settings_for
from monitor.errors import InputError, LegpressError
from monitor.session import INTERRUPTED, Interrupts
from monitor.sinks.mqtt.address import parse_address
from monitor.wire.families import FAMILIES

_log = logging.getLogger("legpress")


def live(asked: Asked, finder: Finder | None = None) -> int:
    """Be there while somebody trains; the exit status."""
    if asked.record is not None and asked.no_record:
        raise InputError("--record and --no-record do not go together; give one of them")
    if asked.calibration is None and asked.options.quiet:
        raise InputError(
            "--quiet: nobody could follow the guide; give --calibration CAL.json, "
            "--calibration kept, or --calibration none"
        )
    if asked.own_broker and len(asked.sensors) > 1:
        raise InputError("--broker goes with one sensor; for several give a broker with --mqtt")
    _check_sensors(asked)
    each = one_each(asked)
    for one in each:
        _check_files(one)
    try:
        each = [fit for one in each if (fit := _fit(one)) is not None]
        if asked.calibration is None:
            each = [_asked_back(one) for one in each]
    except (KeyboardInterrupt, EOFError):
        return INTERRUPTED
    if not each:
        return 0
    return asyncio.run(conduct(each, finder or Finder()))


def _check_sensors(asked: Asked) -> None:
    called: dict[str, str] = {}
    for name in asked.sensors:
        if not name.strip():
            raise InputError("--sensor: is empty; give a name or an address, see legpress scan")
        if (other := called.setdefault(plain(name), name)) != name:
            raise InputError(
                f"--sensor {name}: its files could not be told from those of {other}; "
                "give one of the two by its address (see legpress scan)"
            )
        if asked.sensors.count(name) > 1:
            raise InputError(f"--sensor {name}: is given twice; each athlete needs one of his own")
    if asked.family is not None and asked.family not in FAMILIES:
        known = ", ".join(FAMILIES)
        raise InputError(f"--family {asked.family}: is none this program knows; it knows {known}")


def _check_files(one: Asked) -> None:
    """See that all files can be used before anybody waits for a sensor."""
    known = one.calibration in {None, KEPT, NONE}
    calibration = None if known else Path(str(one.calibration))
    keep_apart(("--calibration", calibration), *files_of(one.options), ("--record", one.record))
    check_new(one.record)
    for option, path in (*files_of(one.options), ("--record", one.record)):
        if path is not None and not path.absolute().parent.is_dir():
            raise InputError(f"{option} {path}: there is no folder {path.parent}")
    if one.options.mqtt is not None:
        parse_address(one.options.mqtt)
    settings_for(one.options, None)
    if calibration is not None:
        read_calibration(calibration, None)


def _fit(one: Asked) -> Asked | None:
    """Asked, once, how the back feels; None where it hurts too much to train."""
    options = one.options
    if options.quiet and options.told.pain is None:
        return one
    who = f"{shown(one.sensors[0])}: " if one.beside_others else ""
    felt = ask_pain(options.told.pain, who=who)
    if felt == "severe":
        print(KIND_WORDS)
        return None
    return replace(one, options=replace(options, told=replace(options.told, pain=felt)))


def _asked_back(one: Asked) -> Asked:
    """With today's calibration, if the user wants it."""
    return replace(one, calibration=KEPT) if wants_kept(one.sensors[0]) else one


async def conduct(each: Sequence[Asked], finder: Finder) -> int:
    """All sessions, side by side, until the last has ended; the exit status.

    Raises:
        LegpressError: the only session failed.
    """
    with Interrupts() as interrupts:
        sessions = [_attend(one, finder, interrupts) for one in each]
        ended = await asyncio.gather(*sessions, return_exceptions=len(sessions) > 1)
    statuses = [0]
    for one, end in zip(each, ended, strict=True):
        if isinstance(end, LegpressError):
            _log.warning("%s: %s", one.sensors[0], end)
            statuses.append(end.exit_status)
        elif isinstance(end, BaseException):
            raise end
        else:
            statuses.append(end)
    return max(statuses)


def one_each(asked: Asked) -> list[Asked]:
    """What was asked, for each sensor alone: files get its name."""
    if len(asked.sensors) == 1:
        return [asked]
    options = asked.options
    events = options.events if options.events in {None, "-"} else Path(str(options.events))
    return [
        replace(
            asked,
            sensors=(name,),
            beside_others=True,
            record=_named(asked.record, name),
            options=replace(
                options,
                events=str(_named(events, name)) if isinstance(events, Path) else events,
                signals=_named(options.signals, name),
            ),
        )
        for name in asked.sensors
    ]


def _named(path: Path | None, sensor: str) -> Path | None:
    return None if path is None else path.with_stem(f"{path.stem}-{plain(sensor)}")


async def _attend(asked: Asked, finder: Finder, interrupts: Interrupts) -> int:
    """One sensor, from being looked for to the end of the session."""
    (name,) = asked.sensors
    if not asked.options.quiet and sys.stderr.isatty():
        say(f"looking for {shown(name)}")
    with interrupts.taking_part() as came:
        try:
            found = await finder.find(Wanted(name, asked.family, asked.speed))
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            if came:
                return INTERRUPTED
            raise
        return await Attendance(asked, found).led(interrupts)
