"""A phone's own stamps, whole nanoseconds: each of its sensors keeps its own, all on one clock.

Nanoseconds since 1970 are more than a float can hold, so they stay whole numbers until the first
stamp is taken off them. What comes twice or late shows by its stamp; a clock that goes back far
was set, or is that of a phone that started anew, and is followed from there.
"""

from typing import Annotated

import msgspec
import numpy as np
from numpy.typing import NDArray

from monitor.samples import Floats
from monitor.wire.device_time import LATE_S

Stamp = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
"""ns."""
Whole = NDArray[np.int64]


class Stamps:
    """What was stamped last, sensor by sensor."""

    def __init__(self) -> None:
        self._zero_ns: int | None = None
        self._newest_ns: dict[str, int] = {}

    def fresh(self, sensor: str, time_ns: Whole) -> NDArray[np.intp]:
        """Which readings bring something new, in the order of their times.

        Args:
            sensor: whose.
            time_ns: (n,), n ≥ 1.
        """
        newest = self._newest_ns.get(sensor, -1)
        if int(time_ns.max()) < newest - LATE_S * 1e9:
            newest = -1
        times, first = np.unique(time_ns, return_index=True)
        which = first[times > newest]
        self._newest_ns[sensor] = max(newest, int(times[-1]))
        return which

    def seconds(self, time_ns: Whole) -> Floats:
        """(n,), s, since the first stamp of all."""
        if self._zero_ns is None and len(time_ns):
            self._zero_ns = int(time_ns[0])
        return np.asarray((time_ns - (self._zero_ns or 0)) / 1e9, float)
