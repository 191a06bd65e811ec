"""The whole MQTT interface as an AsyncAPI 3.0 document, made from the types that are sent.

https://www.asyncapi.com/docs/reference/specification/v3.0.0, MQTT bindings 0.2.0. What the program
can say, the document therefore tells; the tests hold every message of a session against it.
"""

from typing import Any

import msgspec

from monitor.sinks.mqtt.connection import SCHEMA
from monitor.sinks.mqtt.journal import LONGEST_S
from monitor.sinks.mqtt.messages import EVENTS, LIVE, RETAINED
from monitor.sinks.mqtt.talk import TELEMETRY_LASTS_S

Document = dict[str, Any]
BINDING = "0.2.0"
TYPES: dict[str, type[msgspec.Struct]] = {**RETAINED, **LIVE, **EVENTS}
"""Every topic below the station's, and what is said there."""
_HISTORICAL = {
    "type": "boolean",
    "description": "True on an event that waited while the broker was away; else it is not there.",
}
_PARAMETERS = {
    "prefix": {"description": "`prefix` under [mqtt] in the settings.", "default": "legpress"},
    "gym": {"description": "`gym` under [mqtt] in the settings.", "default": "gym"},
    "station": {"description": "Which machine; at most 64 bytes, as every part of a topic."},
}


def json_schemas() -> Document:
    """Every message as JSON Schema, draft 2020-12, by the name of its type."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "legpress-monitor: what is said over MQTT",
        "oneOf": [{"$ref": f"#/$defs/{kind.__name__}"} for kind in TYPES.values()],
        "$defs": _components("#/$defs/{name}"),
    }


def asyncapi(version: str) -> Document:
    """The interface as an AsyncAPI document; `version` is the program's."""
    names = {topic: topic.replace("/", "_") for topic in TYPES}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "legpress-monitor",
            "version": SCHEMA[1],
            "description": _about(version),
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "own": {
                "host": "127.0.0.1:1883",
                "protocol": "mqtt",
                "description": "The broker that legpress brings along; any other will do.",
            }
        },
        "channels": {name: _channel(topic, name) for topic, name in names.items()}
        | {"discovery": _discovery_channel(), "home_assistant": _home_assistant_channel()},
        "operations": {f"say_{name}": _operation(topic, name) for topic, name in names.items()}
        | {"say_discovery": _say_discovery(), "hear_home_assistant": _hear_home_assistant()},
        "components": {
            "schemas": _components("#/components/schemas/{name}"),
            "messages": {name: _message(topic, name) for topic, name in names.items()},
        },
    }


def _about(version: str) -> str:
    return (
        f"What {version} says of one station. Consumers drop duplicates of an event by its "
        "event_id, and ignore a status whose epoch is below the last one's: QoS 1 may deliver "
        "twice, and a will may come after the next birth. An event with `historical` waited while "
        "the broker was away. Over MQTT 5 every message has the content type application/json and "
        f"the user property {SCHEMA[0]}={SCHEMA[1]}."
    )


def _components(template: str) -> Document:
    """The schemas of all types; an event may also be historical."""
    _, schemas = msgspec.json.schema_components(tuple(TYPES.values()), ref_template=template)
    for kind in EVENTS.values():
        schemas[kind.__name__]["properties"]["historical"] = _HISTORICAL
    return schemas


def _channel(topic: str, name: str) -> Document:
    return {
        "address": f"{{prefix}}/{{gym}}/{{station}}/{topic}",
        "parameters": _PARAMETERS,
        "messages": {name: {"$ref": f"#/components/messages/{name}"}},
    }


def _message(topic: str, name: str) -> Document:
    kind = TYPES[topic]
    return {
        "name": name,
        "title": (kind.__doc__ or "").partition("\n")[0],
        "contentType": "application/json",
        "payload": {"$ref": f"#/components/schemas/{kind.__name__}"},
    }


def _operation(topic: str, name: str) -> Document:
    binding: Document = {
        "qos": 0 if topic in LIVE else 1,
        "retain": topic in RETAINED,
        "bindingVersion": BINDING,
    }
    if topic in LIVE:
        binding["messageExpiryInterval"] = TELEMETRY_LASTS_S
    elif topic in EVENTS:
        binding["messageExpiryInterval"] = int(LONGEST_S)
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{name}"},
        "messages": [{"$ref": f"#/channels/{name}/messages/{name}"}],
        "bindings": {"mqtt": binding},
    }


def _discovery_channel() -> Document:
    return {
        "address": "{discovery_prefix}/device/{id}/config",
        "description": "Home Assistant's device discovery; `discovery = false` turns it off.",
        "parameters": {
            "discovery_prefix": {"default": "homeassistant"},
            "id": {"description": "Made of gym and station."},
        },
        "messages": {
            "device": {
                "name": "device",
                "contentType": "application/json",
                "payload": {"type": "object", "required": ["device", "origin", "components"]},
            }
        },
    }


def _say_discovery() -> Document:
    return {
        "action": "send",
        "channel": {"$ref": "#/channels/discovery"},
        "bindings": {"mqtt": {"qos": 1, "retain": True, "bindingVersion": BINDING}},
    }


def _home_assistant_channel() -> Document:
    return {
        "address": "{discovery_prefix}/status",
        "parameters": {"discovery_prefix": {"default": "homeassistant"}},
        "messages": {
            "birth": {
                "name": "birth",
                "contentType": "text/plain",
                "payload": {"type": "string", "enum": ["online", "offline"]},
            }
        },
    }


def _hear_home_assistant() -> Document:
    return {
        "action": "receive",
        "channel": {"$ref": "#/channels/home_assistant"},
        "summary": "When Home Assistant comes up, all that is retained is said again.",
        "bindings": {"mqtt": {"qos": 1, "bindingVersion": BINDING}},
    }
