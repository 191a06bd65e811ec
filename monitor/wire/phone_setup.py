"""What is wrong with how a phone's app is set, seen in the first seconds of what it sends.

Whoever holds the phone is told in the app's own words, as long as it is wrong; what he changed
shows within three seconds.
"""

from collections import deque
from collections.abc import Callable, Mapping
from typing import NamedTuple

from monitor.wire import phone_server
from monitor.wire.phone_message import ACC, GRAVITY, GYR, RAW_ACC, RAW_GYR, TOTAL, read_message

SLOWEST_HZ = 25.0
"""What the program can work with …"""
ENOUGH_HZ = 45.0
"""… and what it works well with: 50 Hz by name."""
LONGEST_BATCH_S = 2.0
"""An alert that comes later than that is for the next rep …"""
SHORT_BATCH_S = 0.5
"""… and up to this, for the same one."""
WINDOW_S = 3.0
SETTLE_S = 1.5
"""Sensors of a phone do not begin all at once."""


class Seen(NamedTuple):
    """What one message held: sensor → how many readings, and their first and last stamp, ns."""

    arrival_s: float
    readings: Mapping[str, tuple[int, int, int]]
    recording: str
    android: bool


class Setup:
    """What a phone's app sends, looked at.

    Args:
        read: what a message holds, None if it is none.
        judged: the faults in it, and the remarks, given each sensor's rate, Hz, and whether the
            phone is known to be an Android one.
    """

    def __init__(
        self,
        read: Callable[[bytes, float], Seen | None],
        judged: Callable[[Mapping[str, float], bool], tuple[list[str], list[str]]],
    ) -> None:
        self._read, self._judged = read, judged
        self._seen: deque[Seen] = deque()
        self._begun_s: float | None = None

    @property
    def heard(self) -> bool:
        """Whether any message has come."""
        return bool(self._seen)

    def see(self, data: bytes, arrival_s: float) -> None:
        """Take in a message."""
        one = self._read(data, arrival_s)
        if one is None:
            return
        if self._seen and self._seen[-1].recording != one.recording:
            self._seen.clear()
            self._begun_s = None
        if self._begun_s is None:
            self._begun_s = arrival_s
        self._seen.append(one)
        while self._seen[0].arrival_s < arrival_s - WINDOW_S:
            self._seen.popleft()

    def verdict(self) -> tuple[list[str], list[str]] | None:
        """Faults, which keep the session from beginning, and remarks; None: too early to say."""
        if self._begun_s is None or self._seen[-1].arrival_s < self._begun_s + SETTLE_S:
            return None
        faults, remarks = self._judged(self._rates_hz(), any(one.android for one in self._seen))
        period_s = self._period_s()
        if period_s > SHORT_BATCH_S:
            what = f"messages come every {period_s:.1f} s, and alerts as late: shorten the batches"
            (faults if period_s > LONGEST_BATCH_S else remarks).append(what)
        return faults, remarks

    def _period_s(self) -> float:
        """From message to message, s."""
        first, last = self._seen[0], self._seen[-1]
        n = len(self._seen) - 1
        return (last.arrival_s - first.arrival_s) / n if n else WINDOW_S

    def _rates_hz(self) -> dict[str, float]:
        """Each sensor's, by its own stamps."""
        totals: dict[str, tuple[int, int, int]] = {}
        for one in self._seen:
            for name, (n, first, last) in one.readings.items():
                before = totals.get(name, (0, first, last))
                totals[name] = (before[0] + n, min(before[1], first), max(before[2], last))
        return {
            name: 1e9 * (n - 1) / (last - first) if last > first else 0.0
            for name, (n, first, last) in totals.items()
        }


def logger_setup(*, apple: bool) -> Setup:
    """Of Sensor Logger.

    Args:
        apple: whether the user said that it is an iPhone that is not standardised.
    """
    return Setup(_logger_read, lambda rates, android: _logger_judged(rates, told=android or apple))


def server_setup() -> Setup:
    """Of SensorServer."""
    return Setup(_server_read, lambda rates, _: _server_judged(rates))


def _logger_read(data: bytes, arrival_s: float) -> Seen | None:
    message = read_message(data)
    if isinstance(message, str):
        return None
    readings = {
        name: (len(time_ns), int(time_ns.min()), int(time_ns.max()))
        for name, (time_ns, _) in message.vectors.items()
    }
    return Seen(arrival_s, readings, message.recording, message.android)


def _server_read(data: bytes, arrival_s: float) -> Seen | None:
    reading = phone_server.read_reading(data)
    if isinstance(reading, str):
        return None
    stamps = {reading.type: (1, reading.timestamp, reading.timestamp)}
    return Seen(arrival_s, stamps, "", android=True)


def _logger_judged(rates: Mapping[str, float], *, told: bool) -> tuple[list[str], list[str]]:
    faults, remarks = [], []
    used = {"Gyroscope": GYR if GYR in rates else RAW_GYR}
    if TOTAL in rates:
        used["Accelerometer"] = TOTAL
    elif ACC in rates and GRAVITY in rates:
        used |= {"Accelerometer": ACC, "Gravity": GRAVITY}
    elif RAW_ACC in rates:
        used["Accelerometer Uncalibrated"] = RAW_ACC
    else:
        faults += [f"{name} is off: switch it on" for name in _off(rates)]
    if used["Gyroscope"] not in rates:
        faults.append("Gyroscope is off: switch it on")
        del used["Gyroscope"]
    for name, sensor in used.items():
        what = f"{name} comes {rates[sensor]:.0f} times a second: set it to 100 Hz"
        if rates[sensor] < SLOWEST_HZ:
            faults.append(what)
        elif rates[sensor] < ENOUGH_HZ:
            remarks.append(what)
    if not told and RAW_ACC not in rates:
        remarks.append(
            "it does not tell its signs, so Standardise Units & Frames has to be on (or give "
            "--family sensor_logger_ios), else the sides of the pelvic shift change places"
        )
    return faults, remarks


def _off(rates: Mapping[str, float]) -> list[str]:
    return [
        name
        for name, sensor in (("Accelerometer", ACC), ("Gravity", GRAVITY))
        if sensor not in rates
    ]


def _server_judged(rates: Mapping[str, float]) -> tuple[list[str], list[str]]:
    faults, remarks = [], []
    for name, sensor in (("accelerometer", phone_server.ACC), ("gyroscope", phone_server.GYR)):
        rate_hz = rates.get(sensor)
        if rate_hz is None:
            faults.append(f"no {name} comes: this phone may have none")
            continue
        what = (
            f"the {name} comes {rate_hz:.0f} times a second: set the sampling rate in "
            "SensorServer's settings to 10000 microseconds"
        )
        if rate_hz < SLOWEST_HZ:
            faults.append(what)
        elif rate_hz < ENOUGH_HZ:
            remarks.append(what)
    return faults, remarks
