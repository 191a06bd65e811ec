"""What is kept of earlier calibrations: listed, shown, forgotten."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from calibration.model import Calibration, Vector
from calibration.sensor import SensorCalibration
from monitor import calibrations
from monitor.calibrations import Kept, Kind
from monitor.errors import InputError
from monitor.sinks.console.words import harmless, quantity

_KIND: dict[Kind, str] = {"placement": "how it sits", "sensor": "six positions"}


def shown(name: str) -> str:
    """A sensor's name as a terminal may show it."""
    return harmless(name, 60) or "?"


def show_all() -> None:
    """One row for each calibration that is kept."""
    kept = calibrations.all_kept()
    if not kept:
        print(f"no calibration is kept in {calibrations.folder()}")
        return
    rows = [(shown(one.name), _KIND[one.kind], *_summary(one)) for one in kept]
    print_table(("sensor", "what", "verdict", "made"), rows)


def show(name: str) -> None:
    """All that is kept of one sensor.

    Raises:
        InputError: nothing is, or it cannot be understood.
    """
    for one in calibrations.named(name):
        if one.content is None:
            raise InputError(
                f"{one.path}: {one.problem}; remove it with legpress calibrate --forget {one.name}"
            )
        content = one.content
        about = _placement(content) if isinstance(content, Calibration) else _readings(content)
        head = ("sensor", shown(one.name)), ("what", _KIND[one.kind])
        print_table(("", ""), [*head, *about, ("file", str(one.path))])


def forget(name: str) -> None:
    """Remove all that is kept of one sensor.

    Raises:
        InputError: nothing is, or it cannot be removed.
    """
    for one in calibrations.named(name):
        calibrations.forget(one)
        print(f"forgotten: {shown(one.name)}, {_KIND[one.kind]} ({one.path})")


def _summary(one: Kept) -> tuple[str, str]:
    """Verdict and date, or why there are none."""
    if one.content is None:
        return f"unusable: {one.problem}", "–"
    reasons = "; ".join(one.content.verdict.reasons)
    grade = one.content.verdict.grade
    return f"{grade}: {reasons}" if reasons else grade, one.content.made or "unknown"


def _verdict(content: Calibration | SensorCalibration) -> Iterator[tuple[str, str]]:
    yield "made", content.made or "unknown"
    yield "verdict", content.verdict.grade
    for reason in content.verdict.reasons:
        yield "", reason


def _placement(content: Calibration) -> Iterator[tuple[str, str]]:
    yield from _verdict(content)
    at = content.placement
    yield "axis through the hips", f"{_three(at.left, '')} ± {at.left_sigma_deg:.1f}°"
    yield "up at neutral", f"{_three(at.up, '')} ± {at.up_sigma_deg:.1f}°"
    yield "seat back", f"{quantity(at.seat_back_deg, '°', 0)} ± {at.seat_back_sigma_deg:.0f}°"
    yield "own posterior range", quantity(at.range_deg, "°")
    yield "gravity", quantity(at.gravity_m_s2, "m/s²", 2)
    yield "recording", harmless(content.recording) or "–"


def _readings(content: SensorCalibration) -> Iterator[tuple[str, str]]:
    yield from _verdict(content)
    yield "accelerometer bias", _three(content.model.acc_bias, " m/s²")
    yield "gyroscope bias", _three(content.model.gyr_bias, " rad/s")
    yield "gravity residual", quantity(content.gravity_residual_m_s2, "m/s²", 3)
    yield "axes turned about", f"{content.turns} of 3"
    yield "temperature", quantity(content.temperature_c, "°C", 0)


def _three(vector: Vector, unit: str) -> str:
    return ", ".join(f"{value:+.3f}" for value in vector) + unit


def print_table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """A table on a terminal; lines with tabs, which scripts can cut, anywhere else."""
    terminal = Console()
    if not terminal.file.isatty():
        for row in rows:
            print("\t".join(row))
        return
    table = Table(show_header=any(header))
    for title in header:
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))  # names are no markup
    terminal.print(table)
