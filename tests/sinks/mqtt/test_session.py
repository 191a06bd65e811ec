"""A whole session over the wire, as an independent client hears it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from monitor.sinks.mqtt.description import TYPES
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
            "replay", RECORDING, "--mqtt", broker.url, "--speed", "12", "--quiet",
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


def closed(schema: Any) -> Any:  # noqa: ANN401 - JSON is anything
    """The same schema, which lets nothing in that it does not name."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(value) for key, value in schema.items()}
    return {**inner, "additionalProperties": False} if "properties" in schema else inner


def test_every_message_is_as_the_schemas_describe_it(session: Wire):
    heard, _ = session
    printed = json.loads(legpress("schema", "--format", "json-schema").stdout)
    kinds = {}
    for one in (one for one in heard if one.topic.startswith(BASE)):
        name = TYPES[one.name].__name__
        only = {**closed(printed), "oneOf": [{"$ref": f"#/$defs/{name}"}]}
        jsonschema.Draft202012Validator(only).validate(one.json)
        kinds[name] = kinds.get(name, 0) + 1
    assert kinds.keys() == {kind.__name__ for kind in TYPES.values()} - {"QualityEvent"}


def test_every_channel_of_the_asyncapi_document_is_used_as_it_says(session: Wire):
    heard, _ = session
    document = json.loads(legpress("schema").stdout)
    operations = {
        document["channels"][one["channel"]["$ref"].rpartition("/")[2]]["address"]: one
        for one in document["operations"].values()
    }
    for one in heard:
        if one.topic.startswith(BASE):
            address = f"{{prefix}}/{{gym}}/{{station}}/{one.name}"
        else:
            assert one.topic.startswith("homeassistant/device/")
            address = "{discovery_prefix}/device/{id}/config"
        assert operations[address]["action"] == "send"
        assert operations[address]["bindings"]["mqtt"]["qos"] == one.qos


def test_telemetry_comes_ten_times_a_second_at_most(session: Wire):
    heard, _ = session
    at = [one.at_s for one in heard if one.name == "telemetry"]
    assert len(at) > 10
    assert len(at) <= 1 + 10.5 * (at[-1] - at[0])


def test_what_is_kept_afterwards_is_the_last_that_was_said(session: Wire):
    heard, said = session
    last = {one.name: one.json for one in heard}
    births = [one.json for one in heard if one.name == "status"]
    assert [birth["state"] for birth in births] == ["online", "offline"]
    assert births[0]["epoch"] == births[1]["epoch"]
    assert last["state"]["session"] == "ended"
    assert last["state"]["reps"] == [event for event in said if event["type"] == "set"][-1]["reps"]
    assert last["link"]["state"] == "up"
