"""The golden recordings: sessions kept as files, and the events each of them must give.

    python -m tests.golden --write     replays all of them and writes their events anew, and what
                                       is told of an evening (tests/evening.py)
    python -m tests.golden --make      makes the simulated ones and the calibrations anew; only
                                       where the format of recordings or calibrations has changed

What is said is compared field by field. Words, counts, ids and their order must be the same;
numbers may differ by what the arithmetic of another machine can move: seconds by 0.001, all others
by 0.011 in their own unit (°, mm, %, share), as hundredths are the least that is told of some.
"""

import asyncio
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from calibration.document import to_json
from calibration.model import Calibration
from calibration.placement import Windows, placement_from
from monitor import tape
from monitor.engine import Session
from monitor.settings import Settings
from monitor.simulation.scenario import draw
from monitor.simulation.simulate import Simulation, simulate
from monitor.sinks.recorder import Recorder, recorded
from monitor.sources.simulated import simulated
from tests import evening
from tests.cli.legpress import legpress

FOLDER = Path(__file__).parents[1] / "recordings"
SECONDS = 0.001
"""By how much a number of seconds may differ."""
OTHERS = 0.011
"""By how much any other number may differ, in its own unit."""


@dataclass(frozen=True, slots=True)
class Golden:
    """One recording.

    Attributes:
        file: its name in `recordings/`.
        calibrate: how `legpress calibrate` makes its calibration, () where it carries its own.
    """

    file: str
    calibrate: tuple[str, ...] = ()

    @property
    def recording(self) -> Path:
        """The recording itself."""
        return FOLDER / self.file

    @property
    def calibration(self) -> Path:
        """The calibration beside it."""
        return self.recording.with_suffix(".cal.json")

    @property
    def expected(self) -> Path:
        """The events it must give."""
        return self.recording.with_suffix(".events.jsonl")

    @property
    def truth(self) -> Path:
        """What was measured beside it."""
        return self.recording.with_suffix(".truth.csv")

    def replayed(self, *options: str | Path) -> str:
        """What a replay says, as JSON lines."""
        own = ("--calibration", self.calibration) if self.calibrate else ()
        quick = ("--quiet", "--speed", "max", "--events", "-")
        ended = legpress("replay", self.recording, *own, *quick, *options)
        if ended.returncode or ended.stderr:
            raise RuntimeError(f"{self.file}: status {ended.returncode}: {ended.stderr}")
        return ended.stdout

    def calibrated(self, output: Path) -> None:
        """Make its calibration."""
        ended = legpress("calibrate", self.recording, *self.calibrate, "--output", output)
        if ended.returncode:
            raise RuntimeError(ended.stderr)


GOLDEN = (
    Golden("simulated_demo.mcap"),
    Golden("simulated_link_lost.mcap"),
    Golden("broad_slow_rotation.csv", ("--neutral", "0.1:2.1", "--axis", "1,0,0")),
    Golden("broad_slow_translation.csv", ("--neutral", "0.1:3.9", "--axis", "1,0,0")),
    Golden("broad_tapping.csv", ("--neutral", "0.1:2.9", "--axis", "1,0,0")),
    Golden("qmt_lower_back.csv", ("--neutral", "0.2:4", "--axis", "0,1,0")),
)


def differences(expected: str, said: str) -> Iterator[str]:
    """What is not as it must be, a line each; nothing if all is well.

    Args:
        expected: JSON lines.
        said: JSON lines.
    """
    must, are = ([json.loads(line) for line in text.splitlines()] for text in (expected, said))
    ids, said_ids = ([event["event_id"] for event in events] for events in (must, are))
    for one in (one for one in ids if one not in said_ids):
        yield f"not said any more: {one}"
    for one in (one for one in said_ids if one not in ids):
        yield f"newly said: {one}"
    if ids == said_ids:
        for event_id, wanted, got in zip(ids, must, are, strict=True):
            yield from (f"{event_id}: {what}" for what in _apart("", wanted, got))
    elif sorted(ids) == sorted(said_ids):
        yield "the same is said in another order"


def _apart(name: str, wanted: Any, got: Any) -> Iterator[str]:  # noqa: ANN401 - JSON is anything
    """Where two JSON values differ by more than they may."""
    if isinstance(wanted, dict) and isinstance(got, dict) and list(wanted) == list(got):
        for key in wanted:
            yield from _apart(key, wanted[key], got[key])
    elif isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        for one, other in zip(wanted, got, strict=True):
            yield from _apart(name, one, other)
    elif isinstance(wanted, float) and isinstance(got, float):
        if abs(wanted - got) > (SECONDS if name.endswith("_s") else OTHERS):
            yield f"{name} is {got}, not {wanted}"
    elif type(wanted) is not type(got) or wanted != got:
        yield f"{name or 'fields'}: {got!r}, not {wanted!r}"


def write_events() -> None:
    """Replay all and keep what is said as what must be said."""
    for one in GOLDEN:
        said = one.replayed()
        before = one.expected.read_text(encoding="utf-8") if one.expected.exists() else ""
        one.expected.write_text(said, encoding="utf-8")
        print(f"{one.expected.name}: {len(said.splitlines())} events")
        for what in differences(before, said) if before else ():
            print(f"  {what}")


def make() -> None:
    """Make the simulated recordings and the calibrations anew."""
    demo, lost = (FOLDER / f"simulated_{name}.mcap" for name in ("demo", "link_lost"))
    for path in (demo, lost):
        path.unlink(missing_ok=True)
    ended = legpress("demo", "--no-broker", "--record", demo, "--speed", "max", "--quiet")
    if ended.returncode:
        raise RuntimeError(ended.stderr)
    asyncio.run(_record(link_lost(), lost))
    for one in GOLDEN:
        if one.calibrate:
            one.calibrated(one.calibration)


def link_lost() -> Simulation:
    """Six reps, all rolling too far, over a poor radio that loses the link twice."""
    plan = draw(7).plan
    return simulate(
        draw(
            7,
            standing_s=8.0,
            neutral_s=10.0,
            walk_s=3.0,
            leave_s=2.0,
            range_movement="none",
            sets=(replace(plan.sets[0], reps=6),),
            rest_s=6.0,
            rate_hz=52.0,
            slip="none",
            packet_samples=8,
            loss=0.02,
            duplicates=0.01,
            reordered=0.01,
            dropouts=2,
            dropout_s=1.5,
            link_lost=True,
        )
    )


async def _record(simulation: Simulation, path: Path) -> None:
    session = Session(
        path.stem, "reference", "A7", "sled 2", "simulated sensor", started_wall_s=1772472600.0
    )
    header = tape.Header(session, Settings(), to_json(_calibrated(simulation)), "legpress-monitor")
    async with recorded(simulated(simulation, None), Recorder(path, header)) as batches:
        async for _ in batches:
            pass


def _calibrated(simulation: Simulation) -> Calibration:
    windows, samples = simulation.truth.windows, simulation.samples
    when = Windows(neutral=windows["neutral"], standing=windows["standing"])
    return placement_from(samples.time_s, samples.acc, samples.gyr, when)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--write"]:
            write_events()
            evening.write()
        case ["--make"]:
            make()
        case _:
            sys.exit(__doc__)
