"""Movella (Xsens) DOT: one sample to a notification, on a clock of microseconds.

What a notification holds depends on the payload that was asked for, little-endian f32 throughout,
and often filled up with zeros to a longer length:

    payload                    bytes  time  acceleration  turning rate
    4 Euler, 6 free acc.       16     0     -             -
    16 complete Euler          28     0     -             -
    3 complete quaternion      32     0     -             -
    2 extended quaternion      36     0     -             -
    20 rate and magnetometer   34     0     4             16
    21 rate                    28     0     4             16
    22 custom 1                40     0     -             28
    23 custom 2                34     0     -             -
    24 custom 3                32     0     -             20
    26 custom 5                44     0     20            32

The time is u32, µs, and wraps after 71.6 min; accelerations are m/s² with gravity, turning rates
°/s. Free accelerations, of which gravity was taken, are of no use here. Where the payload is not
told, the length has to do: 28 bytes are taken for payload 21, 34 for 20, 40 for 22, 44 for 26, and
of others the time alone is sure. Payload 26 is known from one open program only.

Commands: 01 01 payload starts, 01 00 payload stops; the rate is written beside the sensor's tag.

Sources: xsens/xsens_dot_server, XD0502P, Xsens DOT BLE services specification.
"""

import struct

import numpy as np

from monitor.errors import InputError
from monitor.samples import Decoded, Floats
from monitor.wire.decoder import NOTHING, Reader, samples, unknown
from monitor.wire.device_time import DeviceTime
from monitor.wire.gatt import Notification, Profile, Write

CONFIGURATION = "15171002-4947-11e9-8646-d663bd873d93"
CONTROL = "15172001-4947-11e9-8646-d663bd873d93"
LONG = "15172002-4947-11e9-8646-d663bd873d93"
MEDIUM = "15172003-4947-11e9-8646-d663bd873d93"
BATTERY = "15173001-4947-11e9-8646-d663bd873d93"
COMPANY = 0x0886
RATES_HZ = (1, 4, 10, 12, 15, 20, 30, 60)
LAYOUTS: dict[int, tuple[int, int | None, int | None]] = {
    2: (36, None, None),
    3: (32, None, None),
    4: (16, None, None),
    6: (16, None, None),
    16: (28, None, None),
    20: (34, 4, 16),
    21: (28, 4, 16),
    22: (40, None, 28),
    23: (34, None, None),
    24: (32, None, 20),
    26: (44, 20, 32),
}
"""Bytes, and where acceleration and turning rate are, by payload."""
_TIME_ALONE = (4, None, None)
_BY_LENGTH = {28: 21, 34: 20, 40: 22, 44: 26}
_LONGEST = 63
_RATE_WITH_TAG = bytes.fromhex("100000000000000B4D6F76656C6C6120444F5400000000003C00000000000000")


def battery_pct(channel: str, data: bytes) -> float | None:
    """The charge in a notification of the battery, %."""
    return float(data[0]) if channel == "battery" and data and data[0] <= 100 else None


GATT = Profile(
    recognises=lambda said: (
        COMPANY in said.manufacturers or said.name.startswith(("Movella DOT", "Xsens DOT"))
    ),
    notifies={MEDIUM: "", BATTERY: "battery"},
    start=(
        Write(CONFIGURATION, _RATE_WITH_TAG, response=True, pause_s=0.1),
        Write(CONTROL, bytes([1, 1, 20]), response=True),
    ),
    stop=(Write(CONTROL, bytes([1, 0, 20]), response=True),),
    battery_pct=battery_pct,
)


class Decoder(Reader):
    """DOT notifications in, samples out; what a payload does not hold is NaN.

    Args:
        payload: what was asked for, a key of `LAYOUTS`; None: the length tells.
    """

    def __init__(self, payload: int | None = None) -> None:
        super().__init__()
        if payload is not None and payload not in LAYOUTS:
            known = ", ".join(map(str, LAYOUTS))
            raise InputError(f"payload {payload} of a Movella DOT is not known; known are {known}")
        self._payload = payload
        self._time = DeviceTime(1e6, 32)

    def restart(self) -> None:
        """The link was lost."""
        self._time.restart()

    def feed(self, data: bytes, channel: str = "") -> Decoded:
        """The one sample of a notification."""
        if channel == "battery":
            return NOTHING
        length, acc_at, gyr_at = self._layout(data)
        if len(data) < max(length, 16) or len(data) > _LONGEST:
            return self.reject(f"{len(data)} bytes are no notification of this payload")
        acc, gyr = _vector(data, acc_at), np.radians(_vector(data, gyr_at))
        for at, vector in ((acc_at, acc), (gyr_at, gyr)):
            if at is not None and not np.isfinite(vector).all():
                return self.reject("a notification that is not of finite numbers")
        us = self._time.advanced(struct.unpack_from("<I", data)[0])
        if us is None:
            return self.drop("a notification came twice, or late")
        unfit = acc_at is None or gyr_at is None
        self.notice = (
            "this payload lacks acceleration or turning rate; 20 has both" if unfit else ""
        )
        return samples(acc, gyr, np.array([us / 1e6]))

    def _layout(self, data: bytes) -> tuple[int, int | None, int | None]:
        if self._payload is not None:
            return LAYOUTS[self._payload]
        if len(data) in _BY_LENGTH and (len(data) != 40 or any(data[34:])):
            return LAYOUTS[_BY_LENGTH[len(data)]]
        if 34 < len(data) <= 40 and not any(data[34:]):
            return LAYOUTS[20]
        if len(data) > 44 and not any(data[44:]):
            return LAYOUTS[26]
        return _TIME_ALONE


def _vector(data: bytes, at: int | None) -> Floats:
    """(1, 3), NaN where this payload does not hold it."""
    return unknown(1) if at is None else np.array([struct.unpack_from("<3f", data, at)])


class Encoder:
    """Such a sensor: it streams the payload it is asked for."""

    batch = 1

    def __init__(self, payload: int | None = None) -> None:
        self._payload = payload
        self._rate_hz = 60

    @property
    def rate_hz(self) -> float:
        """As configured."""
        return self._rate_hz

    @property
    def streaming(self) -> bool:
        """Whether a payload was asked for."""
        return self._payload is not None

    def encode(
        self,
        acc: Floats,
        gyr: Floats,
        sequence: int,  # noqa: ARG002 - it does not count
        sensor_time_s: float,
    ) -> list[Notification]:
        """A notification to each sample; what else the payload holds is left at 0."""
        length, acc_at, gyr_at = LAYOUTS[self._payload or 20]
        said: list[Notification] = []
        for k in range(len(acc)):
            data = bytearray(length)
            us = round(1e6 * (sensor_time_s + k / self._rate_hz)) % 2**32
            struct.pack_into("<I", data, 0, us)
            for at, row in ((acc_at, acc[k]), (gyr_at, np.degrees(gyr[k]))):
                if at is not None:
                    struct.pack_into("<3f", data, at, *row)
            said.append((LONG if length > 40 else MEDIUM, bytes(data)))
        return said

    def replies(self, characteristic: str, data: bytes) -> list[Notification]:
        """Nothing; it does as it is told."""
        if characteristic == CONTROL and len(data) == 3 and data[0] == 1 and data[2] in LAYOUTS:
            self._payload = data[2] if data[1] else None
        elif characteristic == CONFIGURATION and len(data) == 32 and data[0] & 0x10:
            (rate_hz,) = struct.unpack_from("<H", data, 24)
            self._rate_hz = rate_hz if rate_hz in RATES_HZ else self._rate_hz
        return []
