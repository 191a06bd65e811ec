"""What reaches us, as it reached us: the only thing the engine is ever fed.

A lost link is an arrival like any other, not an exception, so that a recording holds it and a
replay meets it again. Arrival times are seconds on the receiving host's monotonic clock, counted
from the start of the session; they are stamped at the edge and never asked for again below it.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

Anew = Literal["begun", "skipped", "left", "done"]
Feet = Literal["low", "middle", "high"]
Unit = Literal["kg", "lb"]
Load = Annotated[float, msgspec.Meta(gt=0, le=1000)]


@dataclass(frozen=True, slots=True)
class Packet:
    """One notification of a sensor, byte for byte.

    Attributes:
        arrival_s: when it arrived, s.
        data: the bytes.
        channel: which characteristic it came from, where a family has more than one.
    """

    arrival_s: float
    data: bytes
    channel: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Samples that carry their own time, as rows of a table do.

    Attributes:
        arrival_s: time of the newest row, s.
        time_s: (n,), s, strictly increasing, 0 = first row of the table.
        acc: (n, 3), m/s², specific force (+g upward at rest).
        gyr: (n, 3), rad/s.
    """

    arrival_s: float
    time_s: NDArray[np.float64]
    acc: NDArray[np.float64]
    gyr: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LinkUp:
    """The sensor is connected and streaming was asked for."""

    arrival_s: float
    reason: str = ""
    battery_pct: float | None = None


@dataclass(frozen=True, slots=True)
class LinkDown:
    """The link is gone; whatever comes after it is a new stream of the same sensor."""

    arrival_s: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LinkSilent:
    """Connected by name, but no data came for longer than the watchdog allows."""

    arrival_s: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What the athlete told between two sets; it counts for the sets that begin after it.

    Attributes:
        load_kg: the weight on the sled, kg, None where not told.
        load_unit: what the athlete counted it in, None where not told.
        feet: where they stand on the plate, None where not told.
    """

    arrival_s: float
    load_kg: Load | None = None
    load_unit: Unit | None = None
    feet: Feet | None = None


@dataclass(frozen=True, slots=True)
class Calibrating:
    """In the middle of a session it is found out anew how the sensor sits.

    Attributes:
        step: `begun`: from here on that is not known; `skipped`: the pelvic tilts are left out;
            `left`: it is as it was before, after all; `done`: it is known.
        calibration: what was found, as `calibration.document` writes it; None before it is done.
    """

    arrival_s: float
    step: Anew
    calibration: str | None = None


Arrival = Packet | Rows | LinkUp | LinkDown | LinkSilent | Told | Calibrating
