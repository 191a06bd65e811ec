"""`legpress live`: from a sensor in the air to the same words that a replay of it says."""

import asyncio
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from calibration.document import to_json
from monitor.cli import attendance, recordings
from monitor.cli.attendance import Asked
from monitor.cli.live import conduct, one_each
from monitor.cli.sensors import Finder
from monitor.cli.sessions import Options
from monitor.errors import InputError
from monitor.session import INTERRUPTED
from monitor.simulation.demo import demo, training
from monitor.sources.recording import read_recording
from tests.cli.legpress import legpress, refusal
from tests.radio.sensor import Firmware, worn
from tests.radio.studio import Studio, in_studio


def asked(folder: Path, *sensors: str, calibration: str | None = None) -> Asked:
    options = Options(None, None, str(folder / "events.jsonl"), None, quiet=False, speed="1")
    record = folder / "session.mcap"
    return Asked(sensors, None, calibration, record, no_record=False, speed=None, options=options)


def replayed(recording: Path) -> str:
    ended = legpress("replay", recording, "--speed", "max", "--quiet", "--events", "-")
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout


async def attended(studio: Studio, what: Asked, seconds: float) -> int:
    """A session that Ctrl-C ends after some seconds."""
    finder = Finder(studio.radio, asyncio.get_running_loop().time)
    loop = asyncio.get_running_loop()
    loop.call_later(seconds, os.kill, os.getpid(), signal.SIGINT)
    return await conduct([what], finder)


@pytest.fixture(autouse=True)
def _own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEGPRESS_DATA_DIR", str(tmp_path / "data"))


def test_an_athlete_with_a_sensor_is_guided_and_watched_and_a_replay_says_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    async def story(studio: Studio) -> None:
        life = worn(training().packets())
        sensor = await studio.sensor(life)
        what = asked(tmp_path, "LegPress-01")
        assert await attended(studio, what, life[-1][0] + 5.0) == INTERRUPTED
        assert not sensor.connected

    in_studio(story)
    live = (tmp_path / "events.jsonl").read_text()
    assert live == replayed(tmp_path / "session.mcap")
    assert live.count('"type":"set"') == 2
    assert live.count('"type":"rep"') == 11
    shown = capsys.readouterr().out
    assert shown.index("Done.") < shown.index("session  started  sensor LegPress-01")


def test_a_drop_out_of_ten_seconds_does_not_end_the_set(tmp_path: Path):
    async def story(studio: Studio) -> None:
        life = worn(training().packets())
        sensor = await studio.sensor(life)

        async def walks_off() -> None:
            await studio.until(lambda: sensor.connected)
            await asyncio.sleep(53.0)
            await sensor.vanish()
            await asyncio.sleep(10.0)
            await sensor.switch_on()

        away = asyncio.create_task(walks_off())
        await attended(studio, asked(tmp_path, "LegPress-01"), life[-1][0])
        await away

    in_studio(story)
    live = (tmp_path / "events.jsonl").read_text()
    assert live == replayed(tmp_path / "session.mcap")
    assert live.count('"type":"set"') == 2
    assert live.count('"state":"down"') == 1
    assert '"set":1,"rep":3' in live


def test_the_simulated_sensor_is_live_as_any_other(tmp_path: Path):
    events = tmp_path / "events.jsonl"
    ended = legpress(
        "live", "--sensor", "simulated", "--speed", "max", "--events", events, data=tmp_path
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    (recording,) = (tmp_path / "recordings").iterdir()
    assert events.read_text() == replayed(recording)
    assert "set 2 rep 5" in ended.stdout
    assert "type the weight" not in ended.stdout  # nobody could


def test_a_recording_takes_the_next_name_where_another_program_was_quicker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(attendance, "check_room", Path.touch)  # so quick: between look and leap
    options = Options(None, None, None, None, quiet=True, speed="max")
    what = Asked(["simulated"], None, "none", None, no_record=False, speed="max", options=options)
    assert asyncio.run(conduct([what], Finder())) == 0
    other, own = sorted(
        (tmp_path / "data" / "recordings").iterdir(), key=lambda p: p.stat().st_size
    )
    assert own.name == f"{other.stem}-2.mcap"
    assert other.stat().st_size == 0
    assert read_recording(own).header.session.sensor == "simulated"


def test_all_that_is_wrong_with_files_is_told_before_anybody_looks_for_a_sensor(tmp_path: Path):
    there = tmp_path / "there"
    there.write_text("precious")
    live = ("live", "--sensor", "LegPress-01", "--pain", "none")
    for both in (
        ("--calibration", "--events"),
        ("--config", "--signals"),
        ("--signals", "--events"),
        ("--events", "--record"),
    ):
        said = refusal(*live, both[0], there, both[1], there)
        assert (
            said
            == f"{said.partition(' ')[0]} {there}: is {said.split()[3]} as well; name another file"
        )
        assert set(both) == {said.split()[0], said.split()[3]}
    assert "exists already" in refusal(*live, "--record", there)
    assert "no JSON" in refusal(*live, "--calibration", there)
    assert "nowhere: cannot be read" in refusal(*live, "--config", tmp_path / "nowhere")
    assert "there is no folder" in refusal(*live, "--events", tmp_path / "nowhere" / "events")
    assert "no address of an MQTT broker" in refusal(*live, "--mqtt", "gym")
    assert "--sensor: is empty" in refusal("live", "--sensor", " ")
    assert there.read_text() == "precious"


def test_who_does_not_record_needs_no_place_to_record_to(tmp_path: Path):
    (tmp_path / "recordings").write_text("in the way")
    bare = ("live", "--sensor", "simulated", "--speed", "max", "--quiet", "--calibration", "none")
    assert "recordings: cannot be made" in refusal(*bare, data=tmp_path)
    ended = legpress(*bare, "--no-record", data=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_two_sensors_whose_files_would_have_one_name_are_refused():
    said = refusal("live", "--sensor", "LP 1", "--sensor", "lp-1")
    assert said.startswith("--sensor lp-1: its files could not be told from those of LP 1")


def test_nobody_can_follow_a_guide_that_is_not_shown():
    assert "--calibration" in refusal("live", "--sensor", "simulated", "--quiet")
    assert "given twice" in refusal("live", "--sensor", "A", "--sensor", "A")
    assert "it knows reference" in refusal("live", "--sensor", "simulated", "--family", "toaster")


def test_a_kept_calibration_that_is_not_there_is_missed_in_words(tmp_path: Path):
    said = refusal("live", "--sensor", "simulated", "--calibration", "kept", data=tmp_path)
    assert said.startswith("--calibration kept: none is kept of simulated; leave it out")


def test_without_room_to_record_there_is_no_session_but_one_that_is_not_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(recordings, "NEEDED_MB", 10**12)
    what = asked(tmp_path, "LegPress-01", calibration="none")

    async def story(studio: Studio) -> None:
        sensor = await studio.sensor(worn(demo().simulation.packets())[:100])
        with pytest.raises(InputError, match="make room"):
            await conduct([what], Finder(studio.radio))
        assert sensor.connections == 0
        bare = replace(what, record=None, no_record=True)
        assert await attended(studio, bare, 8.0) == INTERRUPTED
        assert sensor.connections == 1

    in_studio(story)
    assert not (tmp_path / "session.mcap").exists()


def test_two_athletes_train_side_by_side_each_with_his_own_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    async def story(studio: Studio) -> None:
        told = demo()
        (tmp_path / "cal.json").write_text(to_json(told.calibration))
        for name, last in (("Anna", "F5"), ("Bert", "F6")):
            life = worn(told.simulation.packets())[: 45 * 20]
            await studio.sensor(life, Firmware(name=name), f"F0:F1:F2:F3:F4:{last}")
        both = asked(tmp_path, "Anna", "Bert", calibration=str(tmp_path / "cal.json"))
        loop = asyncio.get_running_loop()
        loop.call_later(52.0, os.kill, os.getpid(), signal.SIGINT)
        assert await conduct(one_each(both), Finder(studio.radio, loop.time)) == INTERRUPTED

    in_studio(story)
    shown = capsys.readouterr().out.splitlines()
    for name in ("Anna", "Bert"):
        own = [line for line in shown if line.startswith(f"{name}: ")]
        assert any("set 1 rep 3" in line for line in own)
        events = (tmp_path / f"events-{name.lower()}.jsonl").read_text()
        assert events.count('"type":"rep"') >= 3
        assert f'"sensor":"{name}"' in events
        assert (tmp_path / f"session-{name.lower()}.mcap").stat().st_size > 10_000


def test_who_is_not_there_does_not_keep_the_other_from_training(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    async def story(studio: Studio) -> None:
        await studio.sensor(worn(demo().simulation.packets())[:200], Firmware(name="Anna"))
        both = asked(tmp_path, "Anna", "Bert", calibration="none")
        loop = asyncio.get_running_loop()
        loop.call_later(35.0, os.kill, os.getpid(), signal.SIGINT)
        assert await conduct(one_each(both), Finder(studio.radio, loop.time)) == INTERRUPTED

    in_studio(story)
    assert "Bert: was not found within 20 s" in caplog.text
    assert '"state":"ended"' in (tmp_path / "events-anna.jsonl").read_text()
