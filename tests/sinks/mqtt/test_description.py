"""The description of the interface tells what is really sent, and can be read by others' tools."""

import json
from typing import Any

import pytest

from monitor.sinks.mqtt.description import TYPES, asyncapi, json_schemas
from monitor.sinks.mqtt.messages import EVENTS, LIVE, RETAINED
from tests.cli.legpress import legpress, refusal


def _references(value: Any) -> set[str]:  # noqa: ANN401 - JSON is anything
    if isinstance(value, dict):
        own = {value["$ref"]} if "$ref" in value else set()
        return own.union(*map(_references, value.values()))
    return set().union(*map(_references, value)) if isinstance(value, list) else set()


def _pointed_at(document: dict[str, Any], reference: str) -> Any:  # noqa: ANN401 - JSON is anything
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found


@pytest.mark.parametrize("document", [asyncapi("legpress"), json_schemas()])
def test_every_reference_points_at_something(document: dict[str, Any]):
    references = _references(document)
    assert len(references) > 8
    for reference in references:
        assert _pointed_at(document, reference)


def test_the_program_prints_both_descriptions_and_knows_no_others():
    printed = json.loads(legpress("schema").stdout)
    assert printed["asyncapi"] == "3.0.0"
    assert printed["channels"].keys() == asyncapi("")["channels"].keys()
    assert json.loads(legpress("schema", "--format", "json-schema").stdout) == json_schemas()
    assert "asyncapi or json-schema" in refusal("schema", "--format", "xml")


def test_events_are_not_retained_and_states_are():
    operations = asyncapi("")["operations"]
    for topic in TYPES:
        binding = operations[f"say_{topic.replace('/', '_')}"]["bindings"]["mqtt"]
        assert binding["retain"] == (topic in RETAINED)
        assert binding["qos"] == (0 if topic in LIVE else 1)
    assert not EVENTS.keys() & RETAINED.keys()
