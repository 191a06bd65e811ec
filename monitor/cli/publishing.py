"""`--mqtt`: where a session is published, checked before anything starts; and `legpress schema`."""

# ruff: noqa: PLC0415 - loaded only where something is published

import json
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import TYPE_CHECKING

from monitor.cli.version import program
from monitor.engine import Session
from monitor.errors import InputError
from monitor.session import Sink
from monitor.settings import Settings, data_folder

if TYPE_CHECKING:
    from monitor.sinks.mqtt.sink import MqttSink


def mqtt_sink(
    url: str | None,
    settings: Settings,
    session: Session,
    *,
    own_broker: bool = False,
    beside: str | None = None,
) -> Sink | None:
    """The sink that publishes a session, None where nobody asked for one.

    Args:
        url: of the broker, as the user gave it.
        settings: `settings.mqtt` says what else there is to know; a station that is not named
            there is that of the session.
        session: who and what.
        own_broker: publish to a broker of our own where no URL was given.
        beside: what tells this session from others of the same program, at the same station.

    Raises:
        InputError: a name, a password, a certificate or the URL cannot be used.
    """
    if url is None and not own_broker:
        return None
    from monitor.sinks.mqtt.address import parse_address
    from monitor.sinks.mqtt.beside import Beside
    from monitor.sinks.mqtt.certificates import tls_context
    from monitor.sinks.mqtt.own_broker import own_broker as broker
    from monitor.sinks.mqtt.own_broker import refuse_if_open
    from monitor.sinks.mqtt.password import broker_password, password_for
    from monitor.sinks.mqtt.pseudonym import kept_salt, pseudonym
    from monitor.sinks.mqtt.topics import Topics
    from monitor.sinks.mqtt.way import Way

    mqtt = settings.mqtt
    station = mqtt.station or session.station or settings.station or "station"
    if beside is not None:
        station = f"{station}-{beside}"
    topics = Topics(mqtt.prefix, mqtt.gym, station, mqtt.discovery_prefix)
    folder = data_folder() / "mqtt"
    salt = kept_salt(folder / "salt")
    if url is not None:
        address = parse_address(url)
        tls = tls_context(mqtt) if address.encrypted else None
        way: AbstractAsyncContextManager[Way] = nullcontext(
            Way(address, password_for(address, mqtt), tls)
        )
    else:
        password = broker_password(mqtt.broker)
        refuse_if_open(mqtt.broker, password)
        way = broker(mqtt.broker, password)
        folder = folder / "own-broker"  # what waits for another broker is not for this one

    def outside(athlete: str) -> str:
        return athlete if mqtt.publish_athlete else pseudonym(athlete, salt)

    def made() -> "MqttSink":
        from monitor.sinks.mqtt.sink import MqttSink  # once the screen is there
        from monitor.sinks.mqtt.talk import Station

        about = Station(topics, program(), mqtt.discovery)
        return MqttSink(way, about, folder, session, outside)

    return Beside(made, "MQTT")


def print_schema(kind: str) -> int:
    """Print the interface's description; the exit status.

    Raises:
        InputError: there is no such kind of description.
    """
    from monitor.sinks.mqtt.description import asyncapi, json_schemas

    made = {"asyncapi": lambda: asyncapi(program()), "json-schema": json_schemas}
    if kind not in made:
        raise InputError(f"--format {kind}: is not known; give asyncapi or json-schema")
    print(json.dumps(made[kind](), indent=2, ensure_ascii=False))
    return 0
