"""The history on a terminal: an athlete's line of sets, and where it is heading."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.history import PastSet
from monitor.sinks.console.words import CAUSE, counted, harmless, quantity

BARS = "▁▂▃▄▅▆▇█"
LONGEST = 60
"""Sets that a sparkline shows, the last ones."""
BETTER = {1: "yes", 0: "no", None: "–"}
COLUMNS = (
    "when",
    "session",
    "set",
    "reps",
    "clean",
    "mean tilt",
    "worst tilt",
    "worst lift",
    "load",
    "likely cause",
    "next set better",
)
NARROW = ("when", "set", "reps", "clean", "worst tilt", "worst lift", "load", "likely cause")
"""What there is room for on a narrow terminal."""
RIGHT = {"set", "reps", "clean", "mean tilt", "worst tilt", "worst lift", "load"}
WIDE = 120


def show(console: Console, sets: Sequence[PastSet], last: int) -> None:
    """Every athlete's trends and last sets; lines with tabs where the output is no terminal."""
    if not console.is_terminal:
        print("\t".join(("athlete", *COLUMNS)))
        for one in sets[-last:]:
            print("\t".join((_name(one.athlete), *_row(one))))
        return
    by_name = sorted(sets, key=lambda one: one.athlete or "")  # stable: their order stays
    for name, own in groupby(by_name, key=lambda one: one.athlete):
        _show_one(console, name, list(own), last)


def _show_one(console: Console, name: str | None, sets: Sequence[PastSet], last: int) -> None:
    sessions = len({one.session_id for one in sets})
    since = min((one.started[:10] for one in sets if one.started), default="")
    head = f"{counted(len(sets), 'set')} in {counted(sessions, 'session')}"
    console.print()
    console.print(
        Text.assemble((_name(name), "bold"), f"  {head}{f' since {since}' if since else ''}")
    )
    tilts = [one.worst_peak_tilt_deg for one in sets]
    shares = [one.clean_share for one in sets]
    console.print(_trend("worst tilt", tilts, "°"))
    console.print(_trend("clean reps", shares, "%"))
    if any(one.load_kg for one in sets):
        loads = [one.load_kg for one in sets]
        lightest = min(load for load in loads if load)
        console.print(_trend("load", loads, "kg", 0.8 * lightest))
    shown = COLUMNS if console.width >= WIDE else NARROW
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in shown:
        table.add_column(title, justify="right" if title in RIGHT else "left", overflow="fold")
    for one in sets[-last:]:
        row = dict(zip(COLUMNS, _row(one), strict=True))
        table.add_row(*(Text(row[title]) for title in shown))  # names are no markup
    console.print(table)
    newest = sets[-1]
    console.print(Text(f"→ {harmless(newest.suggestion)}", "bold"))
    console.print(Text(f"  legpress report {harmless(newest.session_id, 80)}", "dim"))


def _trend(title: str, values: Sequence[float | None], unit: str, low: float = 0.0) -> Text:
    """A sparkline from `low` up, with the first and the last value that is known in figures."""
    known = [value for value in values if value is not None]
    times, digits = (100, 0) if unit == "%" else (1, 1)
    line = f"  {title:<11} {sparkline(values[-LONGEST:], low)}  "
    first, last = (quantity(times * value, unit, digits) for value in (known[0], known[-1]))
    way = f"{first} → {last}"
    return Text.assemble(line, (way, "bold"))


def sparkline(values: Iterable[float | None], low: float = 0.0) -> str:
    """One bar per value, from `low` to the largest; a gap where there is none."""
    above = [None if value is None else max(value - low, 0.0) for value in values]
    top = max((value for value in above if value), default=1.0)
    steps = len(BARS) - 1
    return "".join(" " if v is None else BARS[round(steps * v / top)] for v in above)


def _row(one: PastSet) -> tuple[str, ...]:
    return (
        (one.started or "–")[:10],
        harmless(one.session_id, 80),
        str(one.set),
        str(one.reps),
        str(one.clean_reps),
        quantity(one.mean_peak_tilt_deg, "°"),
        quantity(one.worst_peak_tilt_deg, "°"),
        quantity(one.worst_peak_lift_mm, "mm", 0),
        _load(one.load_kg),
        CAUSE.get(one.likely_cause or "", "–"),
        BETTER[one.next_better],
    )


def _load(load_kg: float | None) -> str:
    return "–" if load_kg is None else f"{load_kg:.1f}".removesuffix(".0") + " kg"


def _name(name: str | None) -> str:
    return harmless(name, 40) or "no name"
