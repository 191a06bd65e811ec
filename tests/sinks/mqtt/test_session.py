"""A whole session over the wire, as an independent client hears it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.legpress import legpress
from tests.sinks.mqtt.mosquitto import (
    Heard,
    listening,
    mosquitto,
    needs_mosquitto,
    until,
)

RECORDING = Path(__file__).parents[3] / "recordings" / "simulated_demo.mcap"
BASE = "legpress/gym/demo station"
Wire = tuple[list[Heard], list[dict[str, Any]]]
pytestmark = needs_mosquitto


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """What was heard of a replay, ten times as fast as it happened, and its events as a file."""
    folder = tmp_path_factory.mktemp("wire")
    events = folder / "events.jsonl"
    with mosquitto(folder / "broker") as broker, listening(broker.port, folder) as listener:
        ended = legpress(
            "replay", RECORDING, "--mqtt", broker.url, "--speed", "20", "--quiet",
            "--events", events, data=folder / "data",
        )  # fmt: skip
        assert (ended.returncode, ended.stderr) == (0, "")
        until(lambda: listener.heard()[-1].name == "status", "the end")
        yield listener.heard(), [json.loads(line) for line in events.read_text().splitlines()]


def test_every_event_is_heard_once_in_the_order_it_was_said(session: Wire):
    heard, said = session
    wanted = [event["event_id"] for event in said if event["type"] != "link"]
    events = [one for one in heard if one.name.startswith("event/")]
    assert [one.json["event_id"] for one in events] == wanted
    assert len(wanted) > 50
    for one in events:
        assert one.name == f"event/{one.json['type']}"
        assert (one.qos, one.retained) == (1, False)


def test_an_event_is_the_same_object_as_in_the_file_but_for_the_athletes_name(session: Wire):
    heard, said = session
    by_id = {event["event_id"]: event for event in said}
    for one in (one for one in heard if one.name.startswith("event/")):
        wanted = by_id[one.json["event_id"]]
        if one.name == "event/session":
            assert wanted["athlete"] == "demo athlete"
            wanted = wanted | {"athlete": json.loads(one.payload)["athlete"]}
        assert json.loads(one.payload) == wanted


def test_no_message_holds_the_athletes_name(session: Wire):
    heard, _ = session
    assert not [one.topic for one in heard if b"demo athlete" in one.payload]
