"""What the README gives others to paste can be read, and names what is really sent."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from monitor.events import AlertEvent, RepEvent, SetEvent
from monitor.settings_file import settings_from_toml
from monitor.sinks.mqtt.messages import EVENTS

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def _snippets(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def _the_one(language: str, word: str) -> str:
    found = [snippet for snippet in _snippets(language) if word in snippet]
    assert len(found) == 1, word
    return found[0]


def _matches(pattern: str, topic: str) -> bool:
    """As brokers match a subscription."""
    regex = re.escape(pattern).replace(r"\+", "[^/]+").replace(r"/\#", "(/.*)?")
    return re.fullmatch(regex, topic) is not None


@pytest.mark.parametrize("word", ["limits.pelvic_tilt", "publish_athlete"])
def test_the_settings_shown_are_settings(word: str):
    settings_from_toml(_the_one("toml", word))


def test_telegraf_subscribes_to_events_and_keeps_their_own_time():
    consumer = tomllib.loads(_the_one("toml", "mqtt_consumer"))["inputs"]["mqtt_consumer"][0]
    heard = {
        name
        for name in EVENTS
        for topic in consumer["topics"]
        if _matches(topic, f"legpress/g/s/{name}")
    }
    assert heard == {"event/rep", "event/set", "event/alert"}
    assert (consumer["qos"], consumer["persistent_session"]) == (1, True)
    parsing = consumer["topic_parsing"][0]
    assert len(parsing["tags"].split("/")) == len(parsing["topic"].split("/"))
    told = consumer["json_v2"][0]
    sent = {*AlertEvent.__struct_fields__, *RepEvent.__struct_fields__, *SetEvent.__struct_fields__}
    assert {told["timestamp_path"], *told["object"][0]["excluded_keys"]} <= sent
    assert set(told["object"][0]["tags"]) <= sent


def test_the_automation_asks_for_what_an_alert_says():
    automation = yaml.safe_load(_the_one("yaml", "payload_json"))
    assert _matches(automation["triggers"][0]["topic"], "legpress/gym/sled/event/alert")
    template = automation["conditions"][0]["value_template"]
    named = set(re.findall(r"payload_json\.(\w+)", json.dumps(automation)))
    assert named - {"historical"} <= set(AlertEvent.__struct_fields__)
    hints = AlertEvent.__annotations__
    for field, value in re.findall(r"payload_json\.(\w+) == '(\w+)'", template):
        assert value in get_args(hints[field])


def test_the_node_red_flow_is_whole():
    flow: list[dict[str, Any]] = json.loads(_the_one("json", "mqtt in"))
    ids = {node["id"] for node in flow}
    assert len(ids) == len(flow)
    for node in flow:
        assert {wire for wires in node.get("wires", []) for wire in wires} <= ids
        assert {node[key] for key in ("z", "broker") if key in node} - {"127.0.0.1"} <= ids
    source = next(node for node in flow if node["type"] == "mqtt in")
    assert all(_matches(source["topic"], f"legpress/gym/sled/{name}") for name in EVENTS)
