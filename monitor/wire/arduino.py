"""Arduino's own dashboard sketches (Nano 33 BLE Sense, Nicla Sense ME): bare vectors, no time.

Each notification is three little-endian f32, 12 bytes; which vector it is, the characteristic says:

    service                                 acceleration, g     turning rate, °/s
    6fbe1da7-0000-44de-92c4-bb6e04fb0212    6fbe1da7-3001-…     6fbe1da7-3002-…      BLESense
    19b10000-0000-537e-4f6c-d104768a1214    19b10000-5001-…     19b10000-6001-…      Nicla Sense ME

They stream to whoever subscribes, as fast as the sketch's loop goes round, acceleration first.
Nothing tells what was lost; a board that runs the project's own sketch (`reference`) is the better
sensor.

Source: arduino/ArduinoAI, BLE_spec.txt of both dashboards.
"""

import math

import numpy as np

from monitor.wire import vectors
from monitor.wire.gatt import Notification, Profile
from monitor.wire.pairing import ByOrder, Paired

SERVICES = frozenset(
    {"6fbe1da7-0000-44de-92c4-bb6e04fb0212", "19b10000-0000-537e-4f6c-d104768a1214"}
)
ACC = "6fbe1da7-3001-44de-92c4-bb6e04fb0212"
GYR = "6fbe1da7-3002-44de-92c4-bb6e04fb0212"
NICLA_ACC = "19b10000-5001-537e-4f6c-d104768a1214"
NICLA_GYR = "19b10000-6001-537e-4f6c-d104768a1214"
G = 9.80665
"""m/s²."""
GATT = Profile(
    recognises=lambda said: (
        bool(said.services & SERVICES) or said.name.startswith(("BLESense-", "NiclaSenseME"))
    ),
    notifies={ACC: "acc", GYR: "gyr", NICLA_ACC: "acc", NICLA_GYR: "gyr"},
)


class Reader(vectors.Reader):
    """Each vector as it comes."""

    def __init__(self) -> None:
        super().__init__(G, math.radians(1.0))


class Decoder(Paired):
    """Vectors in, samples out: an acceleration with the turning rate that follows it."""

    def __init__(self) -> None:
        super().__init__(Reader(), ByOrder)


class Encoder(vectors.Encoder):
    """Such a board: it streams to whoever subscribes."""

    def __init__(self) -> None:
        super().__init__(ACC, GYR, np.repeat([G, math.radians(1.0)], 3), rate_hz=100.0)

    def replies(self, characteristic: str, data: bytes) -> list[Notification]:  # noqa: ARG002 - takes no commands
        """Nothing: it takes no commands."""
        return []
