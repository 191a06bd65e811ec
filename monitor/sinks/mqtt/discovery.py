"""What Home Assistant is told, so that the station appears there by itself.

One retained message describes one device with its entities
(https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload). Estimates are taken
from `state`, which changes at most once a second outside of what happens: ten values a second would
fill its database for nothing. An alert that waited while the broker was away is not one of now, and
its template leaves it out.
"""

from typing import Any, get_args

from monitor.sinks.mqtt.messages import Phase
from monitor.sinks.mqtt.topics import Topics

ALERTS = ("approaching", "notice", "warning", "alarm", "cleared")
"""The kinds of alert, as Home Assistant's event entity tells them apart."""
_ALERT = (
    "{% if not value_json.historical | default(false) %}"
    "{{ dict(value_json, event_type=value_json.level if value_json.state == 'raised' "
    "else value_json.state) | to_json }}"
    "{% endif %}"
)


def discovery(topics: Topics, version: str) -> dict[str, Any]:
    """The device of a station, with all its entities."""
    online = {"topic": topics.of("status"), "value_template": "{{ value_json.state }}"}
    return {
        "device": {
            "identifiers": [topics.identity],
            "name": f"Leg press {topics.station}",
            "manufacturer": "legpress-monitor",
            "model": "Lumbar form monitor",
            "sw_version": version,
            "suggested_area": topics.gym,
        },
        "origin": {"name": "legpress-monitor", "sw_version": version},
        "availability": [online],
        "qos": 1,
        "components": {
            name: {"unique_id": f"{topics.identity}_{name}", **entity}
            for name, entity in _entities(topics, online).items()
        },
    }


def _entities(topics: Topics, online: dict[str, str]) -> dict[str, dict[str, Any]]:
    linked = {
        "topic": topics.of("link"),
        "value_template": "{{ 'online' if value_json.state == 'up' else 'offline' }}",
    }
    live = {"availability": [online, linked], "availability_mode": "all"}
    return {
        "tilt": _number(topics, "tilt_deg", "Pelvic tilt", "°", "mdi:angle-acute") | live,
        "lift": _number(topics, "lift_mm", "Back lift", "mm", "mdi:arrow-expand-up") | live,
        "reps": _number(topics, "reps", "Reps", None, "mdi:counter"),
        "clean_reps": _number(topics, "clean_reps", "Clean reps", None, "mdi:check-circle"),
        "set": _number(topics, "set", "Set", None, "mdi:format-list-numbered"),
        "phase": _state(topics, "phase", "Phase", "mdi:seat-legroom-extra")
        | {"device_class": "enum", "options": list(get_args(Phase))},
        "athlete": _state(topics, "athlete", "Athlete", "mdi:account"),
        "suggestion": _state(topics, "suggestion", "Suggestion", "mdi:comment-text")
        | {"value_template": "{{ (value_json.suggestion or '')[:255] }}"},
        "last_alert": {
            "platform": "event",
            "name": "Last alert",
            "icon": "mdi:alert",
            "state_topic": topics.of("event/alert"),
            "event_types": list(ALERTS),
            "value_template": _ALERT,
        },
        "battery": {
            "platform": "sensor",
            "name": "Sensor battery",
            "device_class": "battery",
            "unit_of_measurement": "%",
            "state_class": "measurement",
            "entity_category": "diagnostic",
            "state_topic": topics.of("link"),
            "value_template": "{{ value_json.battery_pct }}",
        },
        "connectivity": {
            "platform": "binary_sensor",
            "name": "Sensor link",
            "device_class": "connectivity",
            "entity_category": "diagnostic",
            "state_topic": topics.of("link"),
            "value_template": "{{ 'ON' if value_json.state == 'up' else 'OFF' }}",
        },
    }


def _number(topics: Topics, field: str, name: str, unit: str | None, icon: str) -> dict[str, Any]:
    entity = _state(topics, field, name, icon) | {"state_class": "measurement"}
    return entity if unit is None else entity | {"unit_of_measurement": unit}


def _state(topics: Topics, field: str, name: str, icon: str) -> dict[str, Any]:
    return {
        "platform": "sensor",
        "name": name,
        "icon": icon,
        "state_topic": topics.of("state"),
        "value_template": f"{{{{ value_json.{field} }}}}",
    }
