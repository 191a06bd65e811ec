"""The command line: `legpress`. Each command loads what it needs when it is called, not before."""

# ruff: noqa: PLC0415 - so that --help answers at once

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="legpress",
    help="Watches pelvis and lower back on the leg press through one small inertial sensor.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # rich alone would take half a second to show the help
)

_File = Annotated[Path, typer.Argument(metavar="FILE", help="A recording, .mcap or .csv.")]
_Calibration = Annotated[
    Path | None,
    typer.Option("--calibration", metavar="CAL.json", help="How the sensor sits on the athlete."),
]
_Config = Annotated[
    Path | None, typer.Option("--config", metavar="FILE.toml", help="Settings: limits, names.")
]
_Events = Annotated[
    str | None,
    typer.Option("--events", metavar="PATH|-", help="Write what is said as JSON lines."),
]
_Signals = Annotated[
    Path | None,
    typer.Option("--signals", metavar="PATH", help="Write the live estimates as CSV."),
]
_Mqtt = Annotated[
    str | None,
    typer.Option("--mqtt", metavar="URL", help="Publish, as to mqtt://user@host:1883."),
]
_Pain = Annotated[
    str | None,
    typer.Option("--pain", metavar="none|mild|severe", help="How the back feels today."),
]
_Load = Annotated[
    str | None, typer.Option("--load", metavar="120kg", help="The weight on the sled, kg or lb.")
]
_Feet = Annotated[
    str | None,
    typer.Option("--feet", metavar="low|middle|high", help="Where the feet stand on the plate."),
]
_Silent = Annotated[
    bool | None,
    typer.Option("--silent/--no-silent", help="No cues during a set; all is said after it."),
]
_Bell = Annotated[bool | None, typer.Option("--bell/--no-bell", help="Ring for warnings.")]
_Speak = Annotated[bool | None, typer.Option("--speak/--no-speak", help="Say it aloud, too.")]
_Quiet = Annotated[bool, typer.Option("--quiet", help="Show no console.")]
_Speed = Annotated[
    str,
    typer.Option("--speed", metavar="N|max", help="1: as it happened; max: as fast as it can."),
]


@app.callback(invoke_without_command=True)
def legpress(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    """Watches pelvis and lower back on the leg press through one small inertial sensor."""
    if version:
        from monitor.cli.version import program

        typer.echo(program())
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def replay(  # noqa: PLR0913 - one parameter for each option
    file: _File,
    *,
    speed: _Speed = "1",
    calibration: _Calibration = None,
    config: _Config = None,
    events: _Events = None,
    signals: _Signals = None,
    mqtt: _Mqtt = None,
    history: Annotated[
        bool, typer.Option("--history", help="Remember it; live sessions are, anyway.")
    ] = False,
    quiet: _Quiet = False,
    pain: _Pain = None,
    load: _Load = None,
    feet: _Feet = None,
    silent: _Silent = None,
    bell: _Bell = None,
    speak: _Speak = None,
) -> int:
    """Play a recording as it happened, or faster.

    It goes through all that a live session goes through.
    """
    from monitor.cli import sessions
    from monitor.cli.athlete import Told

    told = Told(pain, load, feet, silent, bell, speak)
    options = sessions.Options(
        calibration, config, events, signals, quiet, speed, mqtt, history, told
    )
    return sessions.replay(file, options)


@app.command()
def demo(  # noqa: PLR0913 - one parameter for each option
    *,
    speed: _Speed = "1",
    record: Annotated[
        Path | None,
        typer.Option("--record", metavar="FILE.mcap", help="Record the session to a new file."),
    ] = None,
    calibration: _Calibration = None,
    config: _Config = None,
    events: _Events = None,
    signals: _Signals = None,
    mqtt: _Mqtt = None,
    broker: Annotated[
        bool, typer.Option(help="Without --mqtt: publish to a broker of our own.")
    ] = True,
    quiet: _Quiet = False,
    pain: _Pain = None,
    load: _Load = None,
    feet: _Feet = None,
    silent: _Silent = None,
    bell: _Bell = None,
    speak: _Speak = None,
) -> int:
    """See it work with no hardware.

    A simulated athlete, wearing a simulated sensor, does two sets.
    """
    from monitor.cli import sessions
    from monitor.cli.athlete import Told

    told = Told(pain, load, feet, silent, bell, speak)
    options = sessions.Options(calibration, config, events, signals, quiet, speed, mqtt, told=told)
    return sessions.demo(options, record, own_broker=broker)


@app.command()
def scan(
    *,
    seconds: Annotated[
        float, typer.Option("--seconds", metavar="S", min=1, max=120, help="How long to listen.")
    ] = 6.0,
    every: Annotated[
        bool, typer.Option("--all", help="List what is no sensor of a known family, too.")
    ] = False,
) -> int:
    """List the sensors in reach.

    Name, address, family, signal, and the battery where it is advertised.
    """
    from monitor.cli.scanning import scan as carry_out

    return carry_out(seconds, every=every)


@app.command()
def live(  # noqa: PLR0913 - one parameter for each option
    *,
    sensor: Annotated[
        list[str],
        typer.Option(
            metavar="NAME_OR_ADDRESS",
            help="As legpress scan lists it, or: phone, simulated. Again for a second athlete.",
        ),
    ],
    family: Annotated[
        str | None,
        typer.Option(metavar="FAMILY", help="Read it as one of this family; else it tells."),
    ] = None,
    calibration: Annotated[
        str | None,
        typer.Option(
            metavar="CAL.json|kept|none",
            help="How the sensor sits: a file, today's last one, or not known. Else: be guided.",
        ),
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option(metavar="FILE.mcap", help="Record to this file; else a new one is made."),
    ] = None,
    no_record: Annotated[bool, typer.Option("--no-record", help="Do not record.")] = False,
    no_history: Annotated[
        bool, typer.Option("--no-history", help="Do not remember it in the history.")
    ] = False,
    speed: Annotated[
        str | None,
        typer.Option(metavar="N|max", help="With the simulated sensor: how fast."),
    ] = None,
    config: _Config = None,
    events: _Events = None,
    signals: _Signals = None,
    mqtt: _Mqtt = None,
    broker: Annotated[
        bool, typer.Option("--broker", help="Without --mqtt: publish to a broker of our own.")
    ] = False,
    quiet: _Quiet = False,
    pain: _Pain = None,
    load: _Load = None,
    feet: _Feet = None,
    silent: _Silent = None,
    bell: _Bell = None,
    speak: _Speak = None,
) -> int:
    """Be there while somebody trains: watch, count, warn, record.

    Guides through the calibration first. Ctrl-C ends the session.
    """
    from monitor.cli.athlete import Told
    from monitor.cli.attendance import Asked
    from monitor.cli.live import live as carry_out
    from monitor.cli.sessions import Options

    told = Told(pain, load, feet, silent, bell, speak)
    options = Options(
        None, config, events, signals, quiet, speed or "1", mqtt, not no_history, told
    )
    return carry_out(
        Asked(sensor, family, calibration, record, no_record, speed, options, own_broker=broker)
    )


@app.command()
def calibrate(  # noqa: PLR0913 - one parameter for each option
    *,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="A recording, .mcap or .csv.")
    ] = None,
    sensor: Annotated[
        str | None,
        typer.Option(
            metavar="NAME_OR_ADDRESS",
            help="Be guided, live, with this sensor (see legpress scan), or: phone, simulated.",
        ),
    ] = None,
    neutral: Annotated[
        str | None,
        typer.Option(metavar="C:D", help="When the athlete lay still on the pad, back flat."),
    ] = None,
    standing: Annotated[
        str | None, typer.Option(metavar="A:B", help="When the athlete stood still, upright.")
    ] = None,
    range_: Annotated[
        str | None,
        typer.Option("--range", metavar="E:F", help="When the pelvis tilted on the pad, slowly."),
    ] = None,
    axis: Annotated[
        str | None,
        typer.Option(metavar="X,Y,Z", help="The athlete's left, in sensor axes, if you know it."),
    ] = None,
    six_positions: Annotated[
        bool,
        typer.Option("--six-positions", help="FILE is of the sensor lying on each of its sides."),
    ] = False,
    sensor_name: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Which sensor FILE is of, if it does not tell."),
    ] = None,
    no_tilts: Annotated[
        bool, typer.Option("--no-tilts", help="Guided: leave out the pelvic tilts.")
    ] = False,
    speed: Annotated[
        str | None,
        typer.Option(metavar="N|max", help="Guided by the simulated sensor: how fast."),
    ] = None,
    family: Annotated[
        str | None,
        typer.Option(metavar="FAMILY", help="Read the sensor as one of this family."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(metavar="CAL.json", help="Where to write it; else it is kept per sensor."),
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="List what is kept.")] = False,
    show: Annotated[
        str | None, typer.Option(metavar="NAME", help="Show what is kept of a sensor.")
    ] = None,
    forget: Annotated[
        str | None, typer.Option(metavar="NAME", help="Remove what is kept of a sensor.")
    ] = None,
) -> int:
    """Find how the sensor sits on the athlete.

    With a sensor (--sensor): says what to do. From a recording (FILE): finds by itself when the
    athlete stood, lay and tilted; or give --neutral, and beside it at least one of --standing,
    --range and --axis, in seconds from the start of the recording.
    """
    from monitor.cli.calibrating import calibrate as carry_out
    from monitor.cli.calibration_asked import Asked

    return carry_out(
        Asked(
            file=file,
            sensor=sensor,
            list=list_,
            show=show,
            forget=forget,
            neutral=neutral,
            standing=standing,
            range=range_,
            axis=axis,
            six_positions=six_positions,
            sensor_name=sensor_name,
            no_tilts=no_tilts,
            speed=speed,
            family=family,
            output=output,
        )
    )


@app.command()
def decode(
    family: Annotated[
        str,
        typer.Argument(
            metavar="FAMILY",
            help="Kind of sensor: reference, witmotion, movesense, polar, movella_dot, arduino, "
            "adafruit, droidpad.",
        ),
    ],
    notifications: Annotated[
        list[str],
        typer.Argument(
            metavar="HEX",
            help="Notifications, in order. Where a sensor has several characteristics, put the "
            "UUID, acc, gyr or control, and a colon, before the digits; else it is the data, "
            "and of arduino and adafruit an acceleration.",
        ),
    ],
    *,
    factor: Annotated[
        float | None,
        typer.Option("--factor", metavar="F", help="polar: what the start's answer gave; else 1."),
    ] = None,
    payload: Annotated[
        int | None,
        typer.Option(
            "--payload",
            metavar="ID",
            help="movella_dot: which was asked for; else the length tells.",
        ),
    ] = None,
) -> int:
    """Show what a sensor's notifications hold.

    One JSON object per sample, in SI units; null where the sensor did not say it.
    """
    from monitor.cli.decoding import show

    return show(family, notifications, {"factor": factor, "payload": payload})


@app.command()
def history(  # noqa: PLR0913 - one parameter for each option
    *,
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", help="With --rebuild: recordings, or folders of them."),
    ] = None,
    athlete: Annotated[
        str | None, typer.Option("--athlete", metavar="NAME", help="Only this athlete.")
    ] = None,
    last: Annotated[int, typer.Option("--last", metavar="N", help="How many sets to list.")] = 10,
    export: Annotated[
        Path | None,
        typer.Option("--export", metavar="FILE.csv|FILE.parquet", help="Write a table to a file."),
    ] = None,
    table: Annotated[
        str, typer.Option("--table", metavar="NAME", help="Which: sets, reps, alerts, advice.")
    ] = "sets",
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Tell the sessions in recordings anew.")
    ] = False,
    forget: Annotated[
        str | None,
        typer.Option("--forget", metavar="NAME", help="Delete all that is known of an athlete."),
    ] = None,
    recordings: Annotated[
        bool, typer.Option("--recordings", help="With --forget: delete the recordings too.")
    ] = False,
) -> int:
    """Show how it went, set by set, over the weeks.

    Live sessions are remembered by themselves; recordings with --rebuild.
    """
    from monitor.cli.histories import Asked
    from monitor.cli.histories import history as carry_out

    return carry_out(Asked(files or [], athlete, last, export, table, rebuild, forget, recordings))


@app.command()
def report(
    session: Annotated[
        str, typer.Argument(metavar="SESSION", help="A recording, or a session of the history.")
    ],
    *,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Where to write it.")
    ] = None,
    form: Annotated[
        str | None, typer.Option("--format", metavar="html|png", help="A page, or a picture.")
    ] = None,
    calibration: _Calibration = None,
    config: _Config = None,
) -> int:
    """Write a session as one page with plots.

    It needs nothing else to be opened: no network, no other file.
    """
    from monitor.cli.reporting import report as carry_out

    return carry_out(session, output, form, calibration, config)


@app.command()
def schema(
    *,
    kind: Annotated[
        str, typer.Option("--format", metavar="asyncapi|json-schema", help="Which description.")
    ] = "asyncapi",
) -> int:
    """Print what is said over MQTT, for those who build on it."""
    from monitor.cli.publishing import print_schema

    return print_schema(kind)
