"""A sensor's arrivals in, its samples on the stream's clock out: nothing is estimated here.

    bytes ─▶ decoder ─▶ sample clock ─▶ Samples          rows ─▶ sample clock ─▶ Samples

Whoever needs samples takes them from here, so that a session, a guided calibration and one out of
a recording mean the same instant by the same second.
"""

import logging
from collections.abc import Sequence
from itertools import groupby

from monitor.arrivals import Arrival, LinkDown, Packet, Rows
from monitor.samples import Samples
from monitor.wire.clock import SampleClock
from monitor.wire.families import FAMILIES
from monitor.wire.thinness import Thinness

_log = logging.getLogger("legpress")


class Reception:
    """What one sensor sends, in any pieces.

    Args:
        family: a key of `FAMILIES`, or "table" for rows.
    """

    def __init__(self, family: str) -> None:
        known = FAMILIES.get(family)
        self._decoder = known.decoder() if known else None
        self._thinness = Thinness()
        self._notices = ["", ""]
        self._clock = SampleClock(known.nominal_rate_hz if known else None)

    @property
    def rate_hz(self) -> float:
        """The measured sample rate, NaN until known."""
        return self._clock.rate_hz

    def step(self, batch: Sequence[Arrival]) -> Samples:
        """The samples in the next arrivals; how these are cut into batches changes nothing."""
        blocks: list[Samples] = []
        for kind, run in groupby(batch, key=type):
            arrivals = list(run)
            if kind is Packet:
                blocks += self._decoded([one for one in arrivals if isinstance(one, Packet)])
            elif kind is Rows:
                rows = [one for one in arrivals if isinstance(one, Rows)]
                blocks += [self._clock.rows(one.time_s, one.acc, one.gyr) for one in rows]
            elif kind is LinkDown:
                for one in arrivals:
                    self._restart(one.arrival_s)
        return Samples.joined(blocks)

    def _decoded(self, packets: Sequence[Packet]) -> list[Samples]:
        """What a run of packets holds."""
        if self._decoder is None:
            return []
        decoded, arrival_s = self._decoder.feed_all(packets)
        self._thinness.step(arrival_s)
        notices = [self._decoder.notice, self._thinness.notice]
        for notice, before in zip(notices, self._notices, strict=True):
            if notice and notice != before:
                _log.warning("sensor: %s", notice)
        self._notices = notices
        return [self._clock.decoded(decoded, arrival_s)]

    def _restart(self, arrival_s: float) -> None:
        """What comes after a lost link is a new stream of the same sensor."""
        self._clock.restart(arrival_s)
        if self._decoder is not None:
            self._decoder.restart()
            self._thinness = Thinness()
