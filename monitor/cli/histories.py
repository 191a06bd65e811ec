"""`legpress history`: how it went over the weeks; told anew, handed on, or forgotten."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from monitor.cli import trends
from monitor.cli.hindsight import Past
from monitor.errors import InputError
from monitor.events import SetEvent
from monitor.history import History, history_path
from monitor.history.export import TABLES, export
from monitor.settings import data_folder
from monitor.sinks.console.words import counted, harmless
from monitor.sinks.mqtt.forgetting import forget as unpublish

_log = logging.getLogger("legpress")


@dataclass(frozen=True, slots=True)
class Asked:
    """The command line, as the user wrote it."""

    files: Sequence[Path]
    athlete: str | None
    last: int
    export: Path | None
    table: str
    rebuild: bool
    forget: str | None
    recordings: bool


def history(asked: Asked) -> int:
    """Do what was asked; the exit status."""
    _check(asked)
    if asked.rebuild:
        return _rebuild(asked.files)
    if not history_path().exists() and asked.export is None and asked.forget is None:
        print(f"nothing is remembered yet in {history_path()}; live sessions will be")
    else:
        with History.opened() as opened:
            _show(opened, asked)
    return 0


def _check(asked: Asked) -> None:
    ways = {"--rebuild": asked.rebuild, "--export": asked.export, "--forget": asked.forget}
    chosen = [option for option, value in ways.items() if value not in {None, False}]
    if len(chosen) > 1:
        raise InputError(f"{chosen[0]} and {chosen[1]} do not go together; give one of them")
    if bool(asked.files) != asked.rebuild:
        fault = "give recordings to" if asked.rebuild else "recordings go only with"
        raise InputError(f"{fault} --rebuild; see legpress history --help")
    if asked.recordings and asked.forget is None:
        raise InputError("--recordings goes only with --forget; leave it out")
    if asked.athlete is not None and chosen:
        raise InputError(f"--athlete does not go with {chosen[0]}; leave it out")
    if "" in {asked.athlete, asked.forget}:
        raise InputError("the athlete's name is empty; see legpress history for who is remembered")
    if asked.last < 1:
        raise InputError(f"--last {asked.last}: must be 1 or more")
    if asked.table not in TABLES:
        raise InputError(f"--table {asked.table}: is none of {', '.join(TABLES)}")


def _show(opened: History, asked: Asked) -> None:
    if asked.forget is not None:
        _forget(opened, _text(asked.forget), recordings=asked.recordings)
    elif asked.export is not None:
        count = export(opened, asked.table, asked.export)
        print(f"{count} {asked.table} written to {asked.export}")
    else:
        athlete = None if asked.athlete is None else _text(asked.athlete)
        sets = opened.sets(athlete)
        if not sets:
            print(_nobody(opened, athlete))
        else:
            trends.show(Console(), sets, asked.last)


def _nobody(opened: History, athlete: str | None) -> str:
    known = ", ".join(harmless(name, 40) for name in opened.athletes())
    if athlete is None:
        return "no set is remembered yet"
    if athlete in opened.athletes():
        return f"no set of {harmless(athlete, 40)} is remembered yet"
    return f"nobody called {harmless(athlete, 40)} is remembered; known: {known or 'nobody'}"


def _forget(opened: History, athlete: str, *, recordings: bool) -> None:
    shown = harmless(athlete, 40)
    sessions = opened.sessions_of(athlete)
    files = [Path(one.recording) for one in sessions if one.recording is not None]
    left = [file for file in files if file.exists()]
    waiting = unpublish(data_folder() / "mqtt", [one.session_id for one in sessions])
    if recordings:
        for file in left:
            _remove(file)
            print(f"removed: {file}")
    if not opened.forget(athlete):
        raise InputError(_nobody(opened, athlete))
    print(f"forgotten: {shown}, with all sets, reps, alerts and advice")
    if waiting:
        print(f"{counted(waiting, 'event')} that waited to be published will not be")
    if left and not recordings:
        print("these recordings still hold the sessions; remove them yourself:")
        for file in left:
            print(f"  {file}")


def _remove(file: Path) -> None:
    try:
        file.unlink()
    except OSError as error:
        raise InputError(f"{file}: cannot be removed: {error.strerror}") from error


def _rebuild(paths: Iterable[Path]) -> int:
    """Each recording's session, as it is told today, in place of what was remembered of it.

    Returns:
        The exit status: one recording that cannot be used does not keep the others out.
    """
    files, status = list(_recordings(paths)), 0
    with History.opened() as opened:
        for file in files:
            try:
                past = Past.of(file)
            except InputError as error:
                _log.warning("%s", error)
                status = InputError.exit_status
                continue
            reports = list(past.reports())
            events = [event for report in reports for event in report.events]
            told = {key: known for report in reports for key, known in report.told.items()}
            opened.replace(past.given.session.session_id, events, file, told)
            sets = sum(isinstance(event, SetEvent) for event in events)
            print(f"{file}: {counted(sets, 'set')}")
    return status


def _recordings(paths: Iterable[Path]) -> Iterator[Path]:
    """The files named, and the recordings in the folders named."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = sorted(path.rglob("*.mcap"))
        if not found:
            raise InputError(f"{path}: holds no recording (.mcap); name another folder")
        yield from found


def _text(argument: str) -> str:
    """What a terminal gave, as a text: half a character becomes a mark that stands for one."""
    return argument.encode("utf-8", "replace").decode()
