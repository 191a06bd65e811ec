"""What was recorded comes back to the last digit, however the recording ended."""

import asyncio
import json
import logging
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mcap.reader import make_reader
from mcap.writer import Writer

from monitor import tape
from monitor.arrivals import (
    Arrival,
    Calibrating,
    LinkDown,
    LinkSilent,
    LinkUp,
    Packet,
    Rows,
    Told,
)
from monitor.engine import Session
from monitor.errors import InputError
from monitor.settings import Settings
from monitor.sinks.recorder import Recorder
from monitor.sources.recording import Recording, read_recording

HEADER = tape.Header(
    Session("abc", "reference", "A. Å", "sled 2", "sensor 7", 1.75e9),
    Settings(athlete="A. Å"),
    '{"a": 1}',
    "legpress-monitor 9.9",
)
seconds = st.floats(0, 1e5)
words = st.text(max_size=12)
triples = st.lists(st.tuples(*[st.floats(allow_nan=False, allow_infinity=False)] * 3), max_size=4)


def _rows(arrival_s: float, triples: list[tuple[float, float, float]]) -> Rows:
    values = np.array(triples, float).reshape(-1, 3)
    return Rows(arrival_s, np.arange(len(values)) / 3, values, -values)


arrivals = st.lists(
    st.one_of(
        st.builds(Packet, seconds, st.binary(max_size=40), words),
        st.builds(LinkUp, seconds, words, st.none() | st.floats(0, 100)),
        st.builds(LinkDown, seconds, words),
        st.builds(LinkSilent, seconds, words),
        st.builds(_rows, seconds, triples),
        st.builds(
            Told,
            seconds,
            st.none() | st.floats(0, 1000, exclude_min=True),
            st.sampled_from([None, "kg", "lb"]),
            st.sampled_from([None, "low", "middle", "high"]),
        ),
        st.builds(
            Calibrating, seconds, st.sampled_from(["begun", "skipped", "left", "done"]), words
        ),
    ),
    max_size=12,
)


def _record(path: Path, batches: Iterable[Sequence[Arrival]], header: tape.Header = HEADER) -> None:
    async def record() -> None:
        recorder = Recorder(path, header)
        for batch in batches:
            recorder.record(batch)
        recorder.close()

    path.unlink(missing_ok=True)
    asyncio.run(record())


def _numbers(arrival: Arrival) -> tuple[object, ...]:
    """An arrival as something that can be compared."""
    if isinstance(arrival, Rows):
        arrays = (arrival.time_s, arrival.acc, arrival.gyr)
        return arrival.arrival_s, *((a.shape, a.tobytes()) for a in arrays)
    return type(arrival), *astuple(arrival)


def _steady(count: int) -> list[Packet]:
    """Packets at 20 Hz, with times that no short decimal holds."""
    return [Packet(k / 19.9, bytes([k % 256] * 64)) for k in range(count)]


@given(arrivals)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_arrivals_come_back_bit_for_bit_in_their_order(
    tmp_path: Path, arrivals: list[Arrival]
) -> None:
    path = tmp_path / "session.mcap"
    given = [Packet(0.1, b"first"), *arrivals]
    _record(path, [given])
    assert [*map(_numbers, read_recording(path).arrivals())] == [*map(_numbers, given)]


def test_a_recording_tells_who_trained_where_and_how(tmp_path: Path) -> None:
    _record(tmp_path / "session.mcap", [_steady(200)])
    recording = read_recording(tmp_path / "session.mcap")
    assert recording.header == HEADER
    assert recording.calibration == '{"a": 1}'
    assert recording.duration_s == pytest.approx(199 / 19.9, abs=1e-6)


def test_a_calibration_made_later_is_used_where_there_was_none(tmp_path: Path) -> None:
    async def record(path: Path, calibration: str | None) -> Recording:
        header = tape.Header(HEADER.session, HEADER.settings, calibration, "x")
        recorder = Recorder(path, header)
        recorder.record(_steady(3))
        recorder.recalibrated(1.5, "later")
        recorder.recalibrated(2.5, "latest")
        recorder.close()
        return read_recording(path)

    with_one = asyncio.run(record(tmp_path / "a.mcap", "first"))
    without = asyncio.run(record(tmp_path / "b.mcap", None))
    assert (with_one.calibration, without.calibration) == ("first", "later")


def test_foxglove_finds_every_message_with_its_schema_and_its_wall_clock(tmp_path: Path) -> None:
    path = tmp_path / "session.mcap"
    given = [
        LinkUp(0.0, "here", 80.0),
        *_steady(40),
        _rows(3.0, [(1, 2, 3)]),
        LinkDown(4.0),
        Told(5.0, 130.0, "kg"),
        Calibrating(6.0, "begun"),
    ]
    _record(path, [given])
    with path.open("rb") as file:
        found = list(make_reader(file).iter_messages())
    assert len(found) == len(given)
    for (schema, channel, message), arrival in zip(found, given, strict=True):
        assert schema is not None
        assert (schema.encoding, channel.message_encoding) == ("jsonschema", "json")
        told = json.loads(message.data)
        assert set(told) == set(json.loads(schema.data)["properties"])
        assert told["arrival_s"] == arrival.arrival_s
        assert message.log_time == 1_750_000_000_000_000_000 + round(arrival.arrival_s * 1e9)


@given(share=st.floats(0, 1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
def test_a_recording_cut_off_anywhere_gives_all_that_came_before(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, share: float
) -> None:
    whole, cut = tmp_path / "whole.mcap", tmp_path / "cut.mcap"
    given = _steady(100)
    if not whole.exists():
        _in_many_chunks(whole, given)
    data = whole.read_bytes()
    length = round(share * len(data))
    cut.write_bytes(data[:length])
    caplog.clear()
    found = _found(cut)
    assert found == given[: len(found)]
    chunks = [end for end in _chunk_ends(data) if end <= length]
    assert len(found) == 10 * len(chunks)
    told = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(told) == (1 if 0 < len(found) < len(given) else len(told))
    assert all("is damaged or was cut off after" in line for line in told)


@given(share=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
def test_a_flipped_bit_never_gives_wrong_arrivals(tmp_path: Path, share: float, bit: int) -> None:
    whole, hurt = tmp_path / "whole.mcap", tmp_path / "hurt.mcap"
    given = _steady(60)
    if not whole.exists():
        _in_many_chunks(whole, given)
    data = bytearray(whole.read_bytes())
    data[int(share * len(data))] ^= 1 << bit
    hurt.write_bytes(data)
    found = _found(hurt)
    assert found == given[: len(found)]


def _in_many_chunks(path: Path, given: Sequence[Arrival]) -> None:
    """Ten arrivals in every chunk, as if half a second had passed after each ten."""

    async def record() -> None:
        recorder = Recorder(path, HEADER)
        for k in range(0, len(given), 10):
            recorder.record(given[k : k + 10])
            recorder._flush()  # half a second passes
        recorder.close()

    asyncio.run(record())


def _chunk_ends(data: bytes) -> list[int]:
    ends, at = [], 8
    while data[at] != 0x0F:  # the end of the data
        length = int.from_bytes(data[at + 1 : at + 9], "little")
        if data[at] == 0x06:
            ends.append(at + 9 + length)
        at += 9 + length
    return ends


def _found(path: Path) -> list[Arrival]:
    try:
        return list(read_recording(path).arrivals())
    except InputError:
        return []


_CHILD = """
import asyncio, sys
from pathlib import Path
from monitor.arrivals import Packet
from monitor.sinks.recorder import Recorder
from tests.sources.test_recording import HEADER

async def main():
    clock = asyncio.get_running_loop().time
    recorder, start = Recorder(Path(sys.argv[1]), HEADER), clock()
    while True:
        arrival_s = clock() - start
        recorder.record([Packet(arrival_s, bytes(64))])
        print(repr(arrival_s), flush=True)
        await asyncio.sleep(0.01)

asyncio.run(main())
"""


@pytest.mark.parametrize("lines", [3, 61, 140])
def test_a_killed_program_loses_at_most_the_last_second(tmp_path: Path, lines: int) -> None:
    path = tmp_path / "session.mcap"
    command = [sys.executable, "-c", _CHILD, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        told = [float(child.stdout.readline()) for _ in range(lines)]
        child.kill()
    kept = [arrival.arrival_s for arrival in _found(path)]
    assert kept[: len(told)] == told[: len(kept)]
    assert (kept[-1] if kept else 0.0) >= told[-1] - 1.0


def test_a_recording_is_never_written_over_another(tmp_path: Path) -> None:
    path = tmp_path / "session.mcap"
    path.write_bytes(b"precious")
    with pytest.raises(InputError, match="exists already"):
        Recorder(path, HEADER)
    assert path.read_bytes() == b"precious"


def test_of_several_names_the_first_free_one_is_taken(tmp_path: Path) -> None:
    names = [tmp_path / f"{name}.mcap" for name in "abc"]

    async def record() -> list[Path]:
        made = [Recorder(names, HEADER) for _ in range(2)]
        for one in made:
            one.close()
        return [one.path for one in made]

    names[0].write_bytes(b"precious")
    assert asyncio.run(record()) == names[1:]
    assert names[0].read_bytes() == b"precious"


def test_a_place_that_cannot_be_written_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written: No such file"):
        Recorder(tmp_path / "nowhere" / "session.mcap", HEADER)


def test_a_full_disk_ends_the_recording_but_spoils_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    resource = pytest.importorskip("resource")
    signal = pytest.importorskip("signal")
    path = tmp_path / "session.mcap"
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    rng = np.random.default_rng(3)
    noise = [Packet(k / 20, rng.bytes(200)) for k in range(200)]
    resource.setrlimit(resource.RLIMIT_FSIZE, (16_000, limits[1]))
    try:
        _in_many_chunks(path, noise)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 1
    assert "the recording ends here: File too large; the session goes on without it" in told[0]
    found = _found(path)
    assert 30 < len(found) < len(noise)
    assert found == noise[: len(found)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"garbage", "is not an MCAP file"),
        (b"\x89MCAP0\r\n", "no recording of legpress begins in it"),
        (b"\x89MCAP0\r\n" + bytes(range(256)) * 9, "no recording of legpress begins in it"),
    ],
)
def test_what_is_no_recording_is_called_that(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "session.mcap"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        read_recording(path)


def test_a_recording_in_which_nothing_arrived_is_called_empty(tmp_path: Path) -> None:
    path = tmp_path / "session.mcap"
    _record(path, [])
    with pytest.raises(InputError, match="holds no data"):
        read_recording(path)


def test_a_recording_cut_off_before_the_first_data_is_not_taken_for_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole, cut = tmp_path / "whole.mcap", tmp_path / "cut.mcap"
    _record(whole, [[LinkUp(0.0, "here", 80.0)]])
    data = whole.read_bytes()
    cut.write_bytes(data[: _chunk_ends(data)[0]])
    with pytest.raises(InputError, match="cut off before the sensor's first data"):
        read_recording(cut)
    assert caplog.text == ""
    assert list(read_recording(whole).arrivals()) == [LinkUp(0.0, "here", 80.0)]


def _foreign(path: Path, metadata: dict[str, str] | None) -> None:
    writer = Writer(str(path))
    writer.start()
    if metadata is not None:
        writer.add_metadata("legpress", metadata)
    writer.finish()


def test_a_recording_of_a_newer_program_is_told(tmp_path: Path) -> None:
    path = tmp_path / "session.mcap"
    _foreign(path, {"format": "2", "program": "legpress-monitor 7.0"})
    with pytest.raises(InputError, match=r"was recorded by legpress-monitor 7\.0 in format 2"):
        read_recording(path)


@pytest.mark.parametrize("metadata", [None, {"format": "new"}, {"format": "1", "session": "{"}])
def test_the_recording_of_another_program_is_told(
    tmp_path: Path, metadata: dict[str, str] | None
) -> None:
    path = tmp_path / "session.mcap"
    _foreign(path, metadata)
    with pytest.raises(InputError, match=r"no recording of legpress|cannot be understood"):
        read_recording(path)
