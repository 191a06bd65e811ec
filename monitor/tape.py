"""What a recording holds: who and what, then every arrival as it came.

A recording is an MCAP file (https://mcap.dev/spec), which Foxglove Studio opens. A metadata record
named "legpress" stands at its start; then one JSON message per arrival, one topic per kind:

    metadata "legpress"              format, program, session, settings, calibration (JSON texts)
    metadata "legpress.calibration"  arrival_s, calibration: made at the session's beginning
    /packet                          arrival_s, data (base64), channel
    /rows                            arrival_s, time_s [s], acc [[m/s²]], gyr [[rad/s]]
    /link_up /link_down /link_silent arrival_s, reason; battery_pct with /link_up
    /told                            arrival_s, load_kg [kg], load_unit, feet; null: not told
    /calibrating                     arrival_s, step, calibration (JSON text; null: not yet known)

Times in the messages are written with all their digits, so that a replay is not off by a rounding;
the log time of MCAP, ns since 1970 (or since the start, where no wall clock is known), is for the
eyes of Foxglove only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from monitor.arrivals import (
    Arrival,
    Calibrating,
    LinkDown,
    LinkSilent,
    LinkUp,
    Packet,
    Rows,
    Told,
)
from monitor.engine import Session
from monitor.settings import Settings

FORMAT = 1
HEADER = "legpress"
RECALIBRATION = "legpress.calibration"
TOPICS: Mapping[str, type[Arrival]] = {
    "/packet": Packet,
    "/rows": Rows,
    "/link_up": LinkUp,
    "/link_down": LinkDown,
    "/link_silent": LinkSilent,
    "/told": Told,
    "/calibrating": Calibrating,
}
TOPIC_OF = {kind: topic for topic, kind in TOPICS.items()}


class NewerFormatError(ValueError):
    """The recording was made by a newer program."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a recording tells before its first arrival.

    Attributes:
        session: who, where, which sensor family.
        settings: as they were in the session.
        calibration: JSON text as `calibration.document` writes it, None if there was none.
        program: name and version of the program that recorded.
    """

    session: Session
    settings: Settings
    calibration: str | None
    program: str

    def to_metadata(self) -> dict[str, str]:
        """The header as texts."""
        texts = {
            "format": str(FORMAT),
            "program": self.program,
            "session": msgspec.json.encode(self.session).decode(),
            "settings": msgspec.json.encode(self.settings).decode(),
        }
        return texts if self.calibration is None else texts | {"calibration": self.calibration}

    @classmethod
    def from_metadata(cls, texts: Mapping[str, str]) -> "Header":
        """The header from its texts.

        Raises:
            NewerFormatError: a newer program wrote them.
            ValueError, KeyError: they are no header.
        """
        program = texts.get("program", "an unknown program")
        if int(texts["format"]) > FORMAT:
            raise NewerFormatError(
                f"was recorded by {program} in format {texts['format']}, "
                f"this program reads up to {FORMAT}; update legpress-monitor"
            )
        return cls(
            msgspec.json.decode(texts["session"], type=Session),
            msgspec.json.decode(texts["settings"], type=Settings),
            texts.get("calibration"),
            program,
        )


class _Rows(msgspec.Struct, frozen=True):
    """Rows as JSON; a value that is missing is null."""

    arrival_s: float
    time_s: list[float]
    acc: list[tuple[float | None, float | None, float | None]]
    gyr: list[tuple[float | None, float | None, float | None]]


def encode(arrival: Arrival) -> bytes:
    """One arrival as the JSON of its topic."""
    if isinstance(arrival, Rows):
        time, acc, gyr = arrival.time_s, arrival.acc, arrival.gyr
        rows = _Rows(arrival.arrival_s, time.tolist(), acc.tolist(), gyr.tolist())
        return msgspec.json.encode(rows)
    return msgspec.json.encode(arrival)


def decode(topic: str, message: bytes) -> Arrival:
    """The arrival a message holds.

    Raises:
        ValueError, KeyError: it holds none.
    """
    kind = TOPICS[topic]
    if kind is not Rows:
        return msgspec.json.decode(message, type=kind)
    rows = msgspec.json.decode(message, type=_Rows)
    return Rows(
        rows.arrival_s,
        np.array(rows.time_s, float),
        np.array(rows.acc, float).reshape(-1, 3),
        np.array(rows.gyr, float).reshape(-1, 3),
    )


def schema(topic: str) -> bytes:
    """JSON Schema of a topic's messages, in the plain words Foxglove understands."""
    text, number = {"type": "string"}, {"type": "number"}
    numbers = {"type": "array", "items": number}
    fields: dict[str, dict[str, Any]] = {
        "/packet": {"data": text | {"contentEncoding": "base64"}, "channel": text},
        "/rows": {
            "time_s": numbers,
            "acc": {"type": "array", "items": numbers},
            "gyr": {"type": "array", "items": numbers},
        },
        "/link_up": {"reason": text, "battery_pct": number},
        "/link_down": {"reason": text},
        "/link_silent": {"reason": text},
        "/told": {"load_kg": number, "load_unit": text, "feet": text},
        "/calibrating": {"step": text, "calibration": text},
    }
    properties = {"arrival_s": number, **fields[topic]}
    name = f"legpress{topic.replace('/', '.')}"
    return msgspec.json.encode({"title": name, "type": "object", "properties": properties})
