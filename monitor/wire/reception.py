"""A sensor's arrivals in, its samples on the stream's clock out: nothing is estimated here."""

from collections.abc import Sequence
from itertools import groupby

from monitor.arrivals import Arrival, LinkDown, Packet, Rows
from monitor.samples import Samples
from monitor.wire.clock import SampleClock
from monitor.wire.families import FAMILIES


class Reception:
    """What one sensor sends, in any pieces.

    Args:
        family: a key of `FAMILIES`, or "table" for rows.
    """

    def __init__(self, family: str) -> None:
        known = FAMILIES.get(family)
        self._decoder = known.decoder() if known else None
        self._clock = SampleClock(known.nominal_rate_hz if known else None)

    def step(self, batch: Sequence[Arrival]) -> Samples:
        """The samples in the next arrivals."""
        blocks = [Samples.empty()]
        for kind, run in groupby(batch, key=type):
            arrivals = list(run)
            packets = [one for one in arrivals if isinstance(one, Packet)]
            if packets and self._decoder is not None:
                blocks.append(self._clock.decoded(*self._decoder.feed_all(packets)))
            rows = [one for one in arrivals if isinstance(one, Rows)]
            blocks += [self._clock.rows(one.time_s, one.acc, one.gyr) for one in rows]
            if kind is LinkDown:
                self._clock.restart(arrivals[-1].arrival_s)
                if self._decoder is not None:
                    self._decoder.restart()
        return Samples.joined(blocks)
