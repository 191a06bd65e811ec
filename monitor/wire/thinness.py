"""A sensor that sends too few samples to be of use: seen once it has streamed for a few seconds.

Some sensors never take the command that sets their rate (WitMotion leaves the factory at 10 Hz):
the sample clock, which knows no such period, could call that nothing but loss.

The rate is that of arrival: samples after a packet, over the time from that packet to the last. A
silence is no low rate: what follows one is measured anew.
"""

from dataclasses import dataclass
from math import isnan

from monitor.samples import Floats


@dataclass(frozen=True, slots=True)
class Params:
    """What is too few.

    Attributes:
        slowest_hz: the least the program can work with is 25 Hz; sensors are a little off.
        within_s: for so long a stream is counted.
        silence_s: a longer time without a packet is a silence: the slowest family sends once in
            a second.
    """

    slowest_hz: float = 24.0
    within_s: float = 5.0
    silence_s: float = 1.5


class Thinness:
    """Counts a stream's first seconds.

    Attributes:
        rate_hz: how often samples arrive, NaN until it is certain.
    """

    def __init__(self, params: Params = Params()) -> None:
        self.rate_hz = float("nan")
        self._params = params
        self._begun_s = self._last_s = float("-inf")
        self._count = 0  # of samples that arrived later than `_begun_s`

    @property
    def notice(self) -> str:
        """What its owner should know, "" if nothing."""
        if not self.rate_hz < self._params.slowest_hz:
            return ""
        return (
            f"only {self.rate_hz:.0f} samples come in a second, too few to watch anybody by (25 "
            "are needed): it may not have taken the rate it was told; switch it off and on again, "
            "or set 50 Hz or more in its maker's app"
        )

    def step(self, arrival_s: Floats) -> None:
        """Take in when the next samples arrived, (n,), s."""
        for now_s in arrival_s.tolist():  # of the first seconds only
            if not isnan(self.rate_hz):
                return
            if now_s != self._last_s:
                self._judge(now_s)
            self._count += now_s > self._begun_s
            self._last_s = now_s

    def _judge(self, now_s: float) -> None:
        """All that arrived before this instant is there."""
        counted_s = self._last_s - self._begun_s
        if not 0.0 < now_s - self._last_s <= self._params.silence_s:
            self._begun_s, self._count = now_s, 0
        elif counted_s >= self._params.within_s:
            self.rate_hz = self._count / counted_s
