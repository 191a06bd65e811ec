"""Home Assistant finds the station by itself, again whenever it comes up; and nobody else can
make the program do more than that.

The rules are those of Home Assistant's own schemas (`homeassistant/components/mqtt/schemas.py` and
those of its sensor, binary_sensor and event platforms).
"""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import aiomqtt
import jsonschema
from hypothesis import given
from hypothesis import strategies as st

from monitor.sinks.mqtt.discovery import discovery
from monitor.sinks.mqtt.messages import Link, State
from monitor.sinks.mqtt.topics import Topics
from tests.sinks.mqtt.feed import Publishing, in_session, soon
from tests.sinks.mqtt.mosquitto import Listener, listening, mosquitto, needs_mosquitto

TOPIC = {"type": "string", "pattern": "^[^+#\\x00]+$"}
TEMPLATE = {"type": "string", "pattern": "^\\{[{%].*[}%]\\}$"}
AVAILABILITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["topic"],
        "properties": {"topic": TOPIC, "value_template": TEMPLATE},
        "additionalProperties": False,
    },
}
COMMON = {
    "platform": {},
    "unique_id": {"type": "string", "minLength": 1},
    "name": {"type": "string"},
    "icon": {"pattern": "^mdi:[a-z-]+$"},
    "state_topic": TOPIC,
    "value_template": TEMPLATE,
    "entity_category": {"enum": ["diagnostic", "config"]},
    "availability": AVAILABILITY,
    "availability_mode": {"enum": ["all", "any", "latest"]},
}
PLATFORMS: dict[str, dict[str, Any]] = {
    "sensor": {
        "device_class": {"enum": ["battery", "enum"]},
        "state_class": {"enum": ["measurement", "total", "total_increasing"]},
        "unit_of_measurement": {"type": "string"},
        "options": {"type": "array", "items": {"type": "string"}, "minItems": 1},
    },
    "binary_sensor": {"device_class": {"enum": ["connectivity"]}},
    "event": {"event_types": {"type": "array", "items": {"type": "string"}, "minItems": 1}},
}
DEVICE = {
    "type": "object",
    "required": ["device", "origin", "components"],
    "additionalProperties": False,
    "properties": {
        "device": {
            "type": "object",
            "required": ["identifiers"],
            "additionalProperties": False,
            "properties": {
                "identifiers": {"type": "array", "items": {"type": "string"}, "minItems": 1},
                **{
                    key: {"type": "string"}
                    for key in ("name", "manufacturer", "model", "sw_version", "suggested_area")
                },
            },
        },
        "origin": {
            "type": "object",
            "required": ["name"],
            "additionalProperties": False,
            "properties": {"name": {"type": "string"}, "sw_version": {"type": "string"}},
        },
        "availability": AVAILABILITY,
        "qos": {"enum": [0, 1, 2]},
        "components": {
            "type": "object",
            "additionalProperties": {
                "oneOf": [
                    {
                        "type": "object",
                        "required": ["platform", "unique_id", "state_topic"]
                        + (["event_types"] if platform == "event" else []),
                        "properties": {**COMMON, **own, "platform": {"const": platform}},
                        "additionalProperties": False,
                    }
                    for platform, own in PLATFORMS.items()
                ]
            },
        },
    },
}
BASE = "legpress/gym/sled"
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="/+#$"))


@given(NAMES.filter(lambda name: 0 < len(name.encode()) <= 64))
def test_the_device_is_as_home_assistant_wants_it_whatever_the_stations_name(name: str):
    topics = Topics("legpress", name, name)
    device = json.loads(json.dumps(discovery(topics, "legpress-monitor 1.0")))
    jsonschema.Draft202012Validator(DEVICE).validate(device)
    assert re.fullmatch(r"homeassistant/device/[a-zA-Z0-9_-]+/config", topics.discovery)
    identities = [entity["unique_id"] for entity in device["components"].values()]
    assert len(set(identities)) == len(identities) >= 11


def test_every_entity_reads_a_field_that_is_really_sent():
    topics = Topics("legpress", "gym", "sled")
    fields = {
        topics.of("state"): set(State.__struct_fields__),
        topics.of("link"): set(Link.__struct_fields__),
        topics.of("event/alert"): {"historical", "level", "state"},
        topics.of("status"): {"state"},
    }
    device = discovery(topics, "")
    readers = list(device["components"].values())
    places = [(one["state_topic"], one["value_template"]) for one in readers]
    for one in (device, *readers):
        places += [(at["topic"], at["value_template"]) for at in one.get("availability", ())]
    for topic, template in places:
        named = set(re.findall(r"value_json\.(\w+)", template))
        assert named
        assert named <= fields[topic]


def test_two_stations_are_two_devices():
    devices = {Topics("legpress", *names).identity for names in (("a b", "c"), ("a", "b c"))}
    assert len(devices) == 2


def _said(listener: Listener, name: str) -> int:
    return sum(one.name.endswith(name) for one in listener.heard())


@needs_mosquitto
@in_session
async def test_when_home_assistant_comes_up_all_that_is_kept_is_said_again(folder: Path):
    with mosquitto(folder / "broker") as broker, listening(broker.port, folder) as listener:
        async with (
            Publishing(broker.url) as session,
            aiomqtt.Client("127.0.0.1", broker.port) as ha,
        ):
            session.say(1)
            await soon(lambda: _said(listener, "event/alert"))
            await asyncio.sleep(2.1)
            before = {
                name: _said(listener, name) for name in ("/config", "status", "link", "state")
            }
            for _ in range(50):
                await ha.publish("homeassistant/status", "online", qos=1)
            await soon(lambda: all(_said(listener, name) > before[name] for name in before))
            await asyncio.sleep(0.5)
            assert _said(listener, "/config") == 2  # however often it is asked for
            assert _said(listener, "event/alert") == 1


@needs_mosquitto
@in_session
async def test_what_others_say_on_our_topics_does_no_harm(folder: Path):
    hostile = [b"", b"\xff\xfe", b"online\0", b"{", b"null", b"[]", b"9" * 400, b'{"state":1}',
               b'{"state":"online","epoch":1e999,"version":""}', b"x" * 1_000_000,
               b'{"state":"offline","epoch":0,"version":"x"}', b"[" * 50_000]  # fmt: skip
    with mosquitto(folder / "broker") as broker, listening(broker.port, folder) as listener:
        async with (
            Publishing(broker.url) as session,
            aiomqtt.Client("127.0.0.1", broker.port) as bad,
        ):
            session.say(1)
            await soon(lambda: _said(listener, "event/alert"))
            for payload in hostile * 5:
                for topic in ("homeassistant/status", f"{BASE}/status"):
                    await bad.publish(topic, payload, qos=1, retain=True)
            session.say(50)
            await soon(lambda: _said(listener, "event/alert") == 51)
            await soon(lambda: b"online" in _last(listener, f"{BASE}/status"))
        assert session.status == 0
        events = [one.json["event_id"] for one in listener.events()]
        assert events == session.said
        assert not any(one.json.get("historical") for one in listener.events())


def _last(listener: Listener, topic: str) -> bytes:
    return [one.payload for one in listener.heard() if one.topic == topic][-1]


@needs_mosquitto
@in_session
async def test_without_discovery_home_assistant_is_told_nothing(folder: Path):
    from monitor.settings import Mqtt  # noqa: PLC0415 - only here

    with mosquitto(folder / "broker") as broker, listening(broker.port, folder) as listener:
        async with Publishing(broker.url, mqtt=Mqtt(discovery=False, gym="iron")) as session:
            session.say(1)
            await soon(listener.heard, "anything")
        assert {one.topic.split("/")[0] for one in listener.heard()} == {"legpress"}
        assert {one.topic.split("/")[1] for one in listener.heard()} == {"iron"}
