"""Where on the broker what is said: `legpress/<gym>/<station>/…`.

    status                        online, offline; retained, and the will
    link, state, health           retained
    telemetry                     ten times a second, not kept by anybody
    event/alert rep set session quality     never retained
    homeassistant/device/<id>/config        retained

A part of a topic may be any text without `/`, `+`, `#` and control characters, of at most 64
bytes: a name could otherwise reach into topics of others, or make the broker hang up.
"""

import re
from dataclasses import dataclass
from hashlib import sha256

from monitor.errors import InputError

LONGEST = 64
"""Bytes of UTF-8 in one part of a topic."""
EVENTS = ("alert", "rep", "set", "session", "quality")
"""The types of event that are published as events; a link is a retained state."""


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one station.

    Raises:
        InputError: a name cannot be part of a topic.
    """

    prefix: str
    gym: str
    station: str
    discovery_prefix: str = "homeassistant"

    def __post_init__(self) -> None:
        checked_part("mqtt.prefix", self.prefix)
        checked_part("mqtt.gym", self.gym)
        checked_part("the station's name", self.station, "; set station under [mqtt] in --config")
        checked_part("mqtt.discovery_prefix", self.discovery_prefix)

    @property
    def base(self) -> str:
        """What all its own topics begin with."""
        return f"{self.prefix}/{self.gym}/{self.station}"

    def of(self, name: str) -> str:
        """One of its topics, as of "status" or "event/alert"."""
        return f"{self.base}/{name}"

    @property
    def identity(self) -> str:
        """A name of the station in plain letters, different for every station."""
        plain = re.sub(r"[^a-z0-9]+", "_", f"{self.gym} {self.station}".lower()).strip("_")[:40]
        return f"legpress_{plain}_{sha256(self.base.encode()).hexdigest()[:8]}"

    @property
    def discovery(self) -> str:
        """Where Home Assistant looks for the device."""
        return f"{self.discovery_prefix}/device/{self.identity}/config"

    @property
    def home_assistant(self) -> str:
        """Where Home Assistant says that it has come up."""
        return f"{self.discovery_prefix}/status"


def checked_part(what: str, name: str, advice: str = "") -> str:
    """A name that can be one part of a topic.

    Raises:
        InputError: it cannot.
    """
    shown = name if name.isprintable() else repr(name)
    shown = shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"
    try:
        length = len(name.encode())
    except UnicodeEncodeError:
        length, problem = 0, "holds half a character"
    else:
        problem = ""
    if not name:
        problem = "is empty"
    elif length > LONGEST:
        problem = f"has {length} bytes, at most {LONGEST} can be part of an MQTT topic"
    elif found := next((c for c in name if c in "/+#"), None):
        problem = f"holds {found}, which means something else in an MQTT topic"
    elif any(ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 for c in name):
        problem = "holds a control character"
    elif name.startswith("$"):
        problem = "begins with $, which brokers keep for themselves"
    if problem:
        raise InputError(f"{what} {shown!r}: {problem}; choose another name{advice}")
    return name
