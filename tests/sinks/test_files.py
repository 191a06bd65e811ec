"""Events and signals as files: whole lines, the input's own times, empty where nothing is known."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from monitor.engine import Report
from monitor.errors import InputError
from monitor.events import LinkEvent
from monitor.samples import PHASES, Signals
from monitor.sinks import files, table

times = st.one_of(
    st.lists(st.integers(0, 10**9).map(lambda us: us / 1e6), max_size=9),
    st.lists(st.floats(0, 1e9), max_size=9),
)
estimates = st.floats(-1e5, 1e5) | st.just(float("nan")) | st.floats(-0.002, 0.002)


@st.composite
def blocks(draw: st.DrawFn) -> Signals:
    time = np.array(draw(times), float)
    count = len(time)
    columns = [draw(arrays(float, count, elements=estimates)) for _ in range(5)]
    phase = draw(arrays(np.int8, count, elements=st.integers(0, len(PHASES) - 1)))
    rep = draw(arrays(np.int16, count, elements=st.integers(0, 300)))
    return Signals(time, *columns, phase, rep)


def _slowly(signals: Signals) -> str:
    """The same rows, one cell at a time."""
    lines = []
    for k in range(len(signals)):
        cells = [repr(float(signals.time_s[k]))]
        for name in table.ESTIMATES:
            value = float(getattr(signals, name)[k])
            cells.append("" if np.isnan(value) else f"{np.rint(value * 1000) / 1000 + 0.0:.3f}")
        rep = int(signals.rep[k])
        lines.append(",".join([*cells, PHASES[signals.phase[k]], str(rep) if rep else ""]) + "\n")
    return "".join(lines)


@given(blocks())
def test_rows_are_what_one_would_write_by_hand(signals: Signals):
    assert table.rows(signals).decode() == _slowly(signals)


@given(blocks(), st.integers(0, 9))
def test_rows_do_not_depend_on_how_they_come(signals: Signals, cut: int):
    parts = [
        Signals(*(getattr(signals, name)[part] for name in Signals.__slots__))
        for part in (slice(cut), slice(cut, None))
    ]
    assert b"".join(map(table.rows, parts)) == table.rows(signals)


def test_the_header_is_the_contract_s():
    assert table.HEADER == (
        "time_s,tilt_deg,tilt_sigma_deg,lift_mm,lift_sigma_mm,shift_deg,phase,rep\n"
    )


def _link(number: int) -> LinkEvent:
    return LinkEvent(
        event_id=f"e{number}",
        session_id="s",
        time_s=float(number),
        known_s=float(number),
        state="up",
        reason='a "reason"\nwith a break',
        battery_pct=None,
    )


def _report(number: int) -> Report:
    time = np.arange(3) / 100 + number
    nan, codes = np.full(3, np.nan), np.zeros(3, np.int8)
    signals = Signals(time, nan, nan, nan, nan, nan, codes, codes.astype(np.int16))
    return Report(float(number), signals, (_link(number),), 100.0, 0.0)


def _run(sink: files.LineFile, reports: Iterable[Report]) -> None:
    async def told() -> AsyncIterator[Report]:
        for report in reports:
            yield report

    asyncio.run(sink(told()))


def test_events_are_one_line_of_json_each(tmp_path: Path):
    _run(files.events_to(str(tmp_path / "e.jsonl")), map(_report, range(4)))
    lines = (tmp_path / "e.jsonl").read_bytes().splitlines()
    assert [msgspec.json.decode(line, type=LinkEvent) for line in lines] == [*map(_link, range(4))]


def test_what_was_said_is_in_the_file_at_once(tmp_path: Path):
    events, signals = tmp_path / "e.jsonl", tmp_path / "s.csv"
    seen: list[tuple[int, int]] = []

    def reports() -> Iterable[Report]:
        for number in range(3):
            lines = events.read_text().count("\n"), signals.read_text().count("\n")
            seen.append(lines)
            yield _report(number)

    sinks = files.events_to(str(events)), files.signals_to(signals)
    both = reports()
    for sink in sinks:
        _run(sink, both if sink is sinks[1] else map(_report, range(3)))
    assert seen == [(3, 1), (3, 4), (3, 7)]


@pytest.mark.parametrize("name", ["nowhere/file", "."])
def test_a_file_that_cannot_be_written_is_told_before_anything_begins(tmp_path: Path, name: str):
    with pytest.raises(InputError, match="cannot be written: "):
        files.events_to(str(tmp_path / name))
    with pytest.raises(InputError, match="cannot be written: "):
        files.signals_to(tmp_path / name)


def test_a_disk_that_fills_up_is_told_in_words():
    if not Path("/dev/full").exists():
        pytest.skip("needs a device that is always full")
    with pytest.raises(InputError, match="/dev/full: cannot be written any more: No space left"):
        _run(files.events_to("/dev/full"), [_report(0)])


def test_a_reader_that_goes_away_is_no_error_of_the_file():
    read, write = os.pipe()
    os.close(read)
    sink = files.LineFile("pipe", os.fdopen(write, "wb"), lambda _: b"line\n")
    with pytest.raises(BrokenPipeError):
        _run(sink, [_report(0)])
