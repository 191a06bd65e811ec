"""The program is killed in the middle of a set, as a power cut would, and started again."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.legpress import COMMAND, ENVIRONMENT, legpress
from tests.sinks.mqtt.mosquitto import (
    Mosquitto,
    first_of_each,
    free_port,
    kept_by,
    listening,
    mosquitto,
    needs_mosquitto,
    until,
)

RECORDINGS = Path(__file__).parents[3] / "recordings"
CONFIG = '[mqtt]\nstation = "sled"\n'
pytestmark = needs_mosquitto


@contextmanager
def _replaying(url: str, folder: Path) -> Iterator[Path]:
    """A replay that is killed at the end of the block; gives where its events go."""
    events = folder / "events.jsonl"
    (folder / "gym.toml").write_text(CONFIG)
    process = subprocess.Popen(
        [
            *COMMAND, "replay", str(RECORDINGS / "simulated_demo.mcap"), "--quiet", "--speed", "10",
            "--config", str(folder / "gym.toml"), "--events", str(events), "--mqtt", url,
        ],
        env=ENVIRONMENT | {"LEGPRESS_DATA_DIR": str(folder / "data")},
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield events
    finally:
        process.kill()
        process.wait(timeout=10)


def _said(events: Path) -> list[str]:
    told = events.read_text() if events.exists() else ""
    lines = [json.loads(line) for line in told.splitlines(keepends=True) if line.endswith("\n")]
    return [event["event_id"] for event in lines if event["type"] != "link"]


def _another_session(broker: Mosquitto, folder: Path) -> list[str]:
    """The program starts again, with another athlete's session; its events."""
    events = folder / "another.jsonl"
    ended = legpress(
        "replay", RECORDINGS / "simulated_link_lost.mcap", "--quiet", "--speed", "max",
        "--config", folder / "gym.toml", "--events", events, "--mqtt", broker.url,
        data=folder / "data",
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, "")
    return _said(events)


@pytest.mark.parametrize("broker_is", ["there", "away"])
def test_what_a_killed_program_said_is_heard_when_it_starts_again(tmp_path: Path, broker_is: str):
    with mosquitto(tmp_path / "broker") as broker, listening(broker.port, tmp_path) as listener:
        url = broker.url if broker_is == "there" else f"mqtt://127.0.0.1:{free_port()}"
        with _replaying(url, tmp_path) as events:
            until(lambda: len(_said(events)) >= 12, "a dozen events")
            said = _said(events)
            time.sleep(0.2)  # what is said in the very last moment may be lost with the program
        if broker_is == "there":
            until(lambda: b"offline" in listener.heard()[-1].payload, "the will")
        more = _another_session(broker, tmp_path)
        until(lambda: listener.heard()[-1].name == "status", "the end")
        heard = [one.json for one in first_of_each(listener.events())]
        first = [event["event_id"] for event in heard if event["event_id"].startswith("demo-")]
        assert first[: len(said)] == said
        assert [event["event_id"] for event in heard] == first + more
        if broker_is == "away":
            late = [event["event_id"] for event in heard if event.get("historical")]
            assert late[: len(first)] == first
        kept = kept_by(broker.port, tmp_path)
        assert json.loads(kept["legpress/gym/sled/status"])["state"] == "offline"
        assert json.loads(kept["legpress/gym/sled/state"])["session"] == "ended"
