"""An evening at one machine, as it must be remembered and reported.

    python -m tests.evening --write     writes what is told today as what must be told

Anna, Ben and Cleo take turns on the sled, two sets each. Whoever sits down puts the sensor on and
is calibrated anew, so the evening is six recordings. Anna's pelvis rolls at the bottom until she
listens, Ben is clean, Cleo's back comes off the pad and her second set is worse.

Beside this file: `evening/history.jsonl`, every row of the history, and `evening/reports.txt`, the
words of the six reports.
"""

import asyncio
import difflib
import json
import re
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path

from calibration.document import to_json
from calibration.placement import Windows, placement_from
from monitor import tape
from monitor.cli.hindsight import Past
from monitor.engine import Session
from monitor.history import History
from monitor.report import Story, page
from monitor.settings import Settings
from monitor.simulation.demo import CLEAN, WORSE
from monitor.simulation.scenario import draw
from monitor.simulation.session_plan import SetPlan
from monitor.simulation.simulate import Simulation, simulate
from monitor.sinks.recorder import Recorder, recorded
from monitor.sources.pace import paced

FOLDER = Path(__file__).with_name("evening")
TABLES = ("athletes", "sessions", "sets", "advice", "reps", "alerts")
BEGAN_S = 1772474400.0
"""2026-03-02 18:00 UTC; a turn every ten minutes."""
STAYS_S = 4.0
"""How long an athlete rests before the session is ended, s."""
OFF = 0.011
"""By how much a number may differ that is told with decimals, or one in its last digit."""
_NUMBER = re.compile(r"-?\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Turn:
    """One athlete's set."""

    athlete: str
    plan: SetPlan


ROLLING = replace(WORSE, reps=5, tilt_deg=(8.0, 13.0), rolling_lift_mm=(0.0, 0.0), slowdown=0.0)
LIFTING = replace(WORSE, reps=5, tilt_deg=(3.5, 4.5), rolling_lift_mm=(12.0, 28.0), slowdown=0.0)
TURNS = (
    Turn("Anna", ROLLING),
    Turn("Ben", CLEAN),
    Turn("Cleo", replace(LIFTING, rolling_lift_mm=(4.0, 14.0))),
    Turn("Anna", replace(CLEAN, tilt_deg=(4.0, 5.5))),
    Turn("Ben", replace(CLEAN, reps=6)),
    Turn("Cleo", LIFTING),
)


def evening(folder: Path) -> tuple[str, str]:
    """Record all turns in a folder, then remember and report them: the history, the reports."""
    files = [_record(folder, number, turn) for number, turn in enumerate(TURNS, start=1)]
    told = []
    with History.opened(folder / "history.sqlite") as history:
        for file in files:
            past = Past.of(file)
            given, reports = past.given, list(past.reports())
            events = [event for report in reports for event in report.events]
            history.replace(given.session.session_id, events, file)
            judged_by = past.settings, past.calibration
            story = Story.of(file.name, given.session, judged_by, given.duration_s, reports)
            told.append(_words(page(story)))
    return _rows(folder / "history.sqlite"), "\n\n".join(told)


def differences(expected: str, told: str) -> Iterator[str]:
    """Where a text is not as it must be, a line each; nothing if all is well."""
    must, are = expected.splitlines(), told.splitlines()
    words, said = ([_NUMBER.sub("#", line) for line in lines] for lines in (must, are))
    if words != said:
        changes = difflib.unified_diff(words, said, "expected", "told", lineterm="", n=0)
        yield from (line for line in changes if not line.startswith(("---", "+++", "@@")))
        return
    for wanted, got in zip(must, are, strict=True):
        pairs = zip(_NUMBER.findall(wanted), _NUMBER.findall(got), strict=True)
        if any(_apart(one, other) for one, other in pairs):
            yield f"{got.strip()!r}, not {wanted.strip()!r}"


def _apart(one: str, other: str) -> bool:
    """Whether two numbers differ by more than they may."""
    last_digit = 10.0 ** -len(one.split(".")[1])
    return abs(float(one) - float(other)) > max(OFF, 1.01 * last_digit)


def write() -> None:
    """What is told today is what must be told from now on."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in zip(("history.jsonl", "reports.txt"), evening(Path(folder)), strict=True):
            path = FOLDER / name
            before = path.read_text(encoding="utf-8") if path.exists() else ""
            path.write_text(text, encoding="utf-8")
            print(f"{path.name}: {len(text.splitlines())} lines")
            for what in differences(before, text) if before else ():
                print(f"  {what}")


def _record(folder: Path, number: int, turn: Turn) -> Path:
    path = folder / f"{number}-{turn.athlete.lower()}.mcap"
    session = Session(
        path.stem,
        "reference",
        turn.athlete,
        "sled 2",
        "LP-01",
        started_wall_s=BEGAN_S + 600.0 * (number - 1),
    )
    simulation = _trained(number, turn.plan)
    windows, samples = simulation.truth.windows, simulation.samples
    calibration = placement_from(
        samples.time_s,
        samples.acc,
        samples.gyr,
        Windows(neutral=windows["neutral"], standing=windows["standing"]),
    )
    header = tape.Header(session, Settings(), to_json(calibration), "legpress-monitor")

    async def record() -> None:
        until_s = simulation.truth.reps[-1].end_s + STAYS_S
        arrivals = [one for one in simulation.packets() if one.arrival_s < until_s]
        async with recorded(paced(arrivals, None), Recorder(path, header)) as batches:
            async for _ in batches:
                pass

    asyncio.run(record())
    return path


def _trained(number: int, plan: SetPlan) -> Simulation:
    return simulate(
        draw(
            200 + number,
            standing_s=4.5,
            neutral_s=5.5,
            walk_s=2.0,
            leave_s=1.0,
            range_movement="none",
            sets=(plan,),
            rest_s=4.0,
            seat_back_deg=45.0,
            rate_hz=50.0,
            acc_noise=9.81e-6 * 100.0,
            breathing="synced",
            breathing_tilt_deg=0.3,
            wobble_deg=0.05,
            tremor_deg=0.02,
            bang_share=0.0,
            wedge_deg=0.0,
            slip="none",
            packet_samples=5,
            loss=0.002,
            dropouts=0,
        )
    )


def _rows(path: Path) -> str:
    """Every row of every table, but for where the recordings lie."""
    base = sqlite3.connect(path)
    lines = []
    for name in TABLES:
        found = base.execute(f"SELECT * FROM {name} ORDER BY 1")  # noqa: S608 - own names
        columns = [column[0] for column in found.description]
        for row in found:
            told = dict(zip(columns, row, strict=True))
            told.pop("recording", None)
            lines.append(json.dumps({"table": name, **told}, ensure_ascii=False))
    base.close()
    return "\n".join(lines) + "\n"


class _Words(HTMLParser):
    """The words of a page, a line for each of its blocks; of plots, their descriptions."""

    BLOCKS = frozenset(
        ["h1", "h2", "h3", "p", "li", "dt", "dd", "tr", "caption", "figcaption", "title", "desc"]
    )

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[list[str]] = [[]]
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in {"style", "svg", "title", "desc", "text"}:
            self._inside.append(tag)
        if tag in self.BLOCKS:
            self.lines.append([])

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()
        if tag in self.BLOCKS:
            self.lines.append([])

    def handle_data(self, data: str) -> None:
        if not self._inside or self._inside[-1] in {"title", "desc"}:
            self.lines[-1].append(data)


def _words(html: str) -> str:
    reader = _Words()
    reader.feed(html)
    lines = (" ".join(" ".join(parts).split()) for parts in reader.lines)
    return "\n".join(line for line in lines if line) + "\n"


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit(__doc__)
    write()
