"""`legpress report`: a session as one page, or as a picture."""

from contextlib import suppress
from pathlib import Path

from monitor import calibrations
from monitor.cli.hindsight import Past
from monitor.cli.outputs import keep_apart
from monitor.errors import InputError
from monitor.history import History, history_path
from monitor.report import Story, page

FORMATS = ("html", "png")


def report(
    session: str,
    output: Path | None,
    form: str | None,
    calibration: Path | None,
    config: Path | None,
) -> int:
    """Write the report; the exit status."""
    file = _recording(session)
    read = ("the recording", file), ("--calibration", calibration), ("--config", config)
    keep_apart(*read, ("--output", output))
    form = _form(form, output)
    output = output or Path(f"{file.stem}.{form}")
    past = Past.of(file, calibration, config)
    given = past.given
    story = Story.of(
        file.name,
        given.session,
        (past.settings, past.calibration),
        given.duration_s,
        past.reports(),
    )
    if form == "png":
        from monitor.report.picture import picture  # noqa: PLC0415 - matplotlib, only for this

        picture(story, output)
    else:
        calibrations.write_whole(output, page(story))
    print(f"written to {output}")
    return 0


def _form(form: str | None, output: Path | None) -> str:
    """The format asked for, else the one that the file's name tells, else a page."""
    by_name = output.suffix.lower().removeprefix(".") if output else ""
    chosen = form or (by_name if by_name in FORMATS else "html")
    if chosen not in FORMATS:
        raise InputError(f"--format {chosen}: is neither html nor png")
    if form is None and by_name not in {"", "htm", *FORMATS}:
        raise InputError(
            f"--output {output}: is neither .html nor .png; name such a file, or give --format"
        )
    if by_name in FORMATS and by_name != chosen:
        raise InputError(f"--output {output}: does not go with --format {chosen}; leave one out")
    return chosen


def _recording(session: str) -> Path:
    """The recording itself, or that of a session of the history."""
    if not session.strip():
        raise InputError("SESSION is empty; give a recording, or a session of legpress history")
    path = Path(session)
    with suppress(OSError):  # too long for a file's name, or in a folder that may not be seen
        if path.exists():
            return path
    known = None
    if history_path().exists():
        with History.opened() as opened:
            known = opened.session(session)
    if known is None:
        raise InputError(
            f"{session}: is neither a file nor a session of the history; "
            "give a recording, or see legpress history"
        )
    if known.recording is None:
        raise InputError(f"{session}: was not recorded, so there is nothing to report from")
    if not Path(known.recording).exists():
        raise InputError(
            f"{session}: its recording {known.recording} is gone; give the file where it is now"
        )
    return Path(known.recording)
