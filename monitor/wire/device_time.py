"""A sensor's own counter of time: it wraps, and what comes twice or late shows by it.

A counter that goes back a little is that of a packet that was late or came twice; one that goes
back far, or at all after a lost link, is that of a sensor that started anew, and is followed from
there.
"""

LATE_S = 1.5
"""A packet at most this far behind is late."""


class DeviceTime:
    """A wrapping counter in, one that goes on out.

    Args:
        per_second: counts in a second.
        bits: width of the counter.
    """

    def __init__(self, per_second: float, bits: int) -> None:
        self._late = LATE_S * per_second
        self._turn = 1 << bits
        self._newest: int | None = None
        self._lost = False

    def restart(self) -> None:
        """The link was lost: the counter may have gone on, or the sensor may have started anew."""
        self._lost = True

    def advanced(self, raw: int) -> int | None:
        """The counter without its wraps; None where it is not after the newest."""
        half = self._turn // 2
        newest = raw - 1 if self._newest is None else self._newest
        step = (raw - newest + half) % self._turn - half
        if -self._late <= step <= 0 and not self._lost:
            return None
        self._newest = newest + step if step > 0 else raw
        self._lost = False
        return self._newest
