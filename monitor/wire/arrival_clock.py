"""Where a sensor keeps no time the earliest arrivals do: a packet can be late, never early.

With x the running number of a packet's last sample and y its arrival, all points lie above the
line on which a packet without delay would arrive. The lower convex hull of the last minute's
points holds that line: the edge of the hull over the middle of that minute is, of all lines with
no point below, the one nearest to the points. The time given out never jumps onto the line: it
runs a little faster or slower until it is there.

Without a counter nothing but the arrivals can show a loss: from then on every packet comes too
late by as much as was lost. The gap is marked where that has become certain.

Measured at 100 Hz, five samples a packet, sent every 45 ms, one in a hundred stalled by 0.15 s:
after 5 s the time is within 6 ms of even (1 to 3 ms RMS), rate off by up to 2 % and one packet in
twenty lost or not, if there is a counter. With neither counter nor loss it is the same; without a
counter one packet in a hundred lost makes it wander by 25 ms RMS.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np

from monitor.samples import Floats
from monitor.wire.device_clock import Flags, Numbers


@dataclass(frozen=True, slots=True)
class Params:
    """Constants of the line and of following it.

    Attributes:
        window_s: older points are forgotten: long against stalls of the radio, short against the
            drift of a sensor's rate.
        guess_s: sample period of a first packet, where the family names none.
        shortest_s, longest_s: what a sample period can be (25 to 400 Hz and 5 % more).
        rate_error: sensors are off their named rate by up to 2 %; seen through bursts, more.
        early_s: so young, a stream still looks for its line; no errors are made up for.
        catch_up_s: how soon an error of the time given out is to be made up for,
        pull: by running faster or slower by at most this share.
        certain_s: a delay that no packet undercuts for so long is not delay but loss.
        loss_s, loss_samples: shorter losses than both cannot be told from a slower radio.
        leap_s: an arrival this much too early means that the host's clock was set back; the same
            for late ones, where a counter shows that nothing was lost.
    """

    window_s: float = 60.0
    guess_s: float = 0.01
    shortest_s: float = 0.00238
    longest_s: float = 0.042
    rate_error: float = 0.03
    early_s: float = 5.0
    catch_up_s: float = 2.0
    pull: float = 0.05
    certain_s: float = 1.0
    loss_s: float = 0.04
    loss_samples: float = 1.5
    leap_s: float = 0.25


class ArrivalClock:
    """Uniform time from arrivals, counted from the first sample.

    Attributes:
        period_s: the measured sample period, NaN until the second arrival.
    """

    def __init__(
        self,
        nominal_rate_hz: float | None,
        *,
        counted: bool,
        params: Params = Params(),
    ) -> None:
        self.period_s = float("nan")
        self._params = params
        self._counted = counted
        nominal_s = 1.0 / nominal_rate_hz if nominal_rate_hz else None
        off = params.rate_error
        self._shortest_s = nominal_s * (1 - off) if nominal_s else params.shortest_s
        self._longest_s = nominal_s * (1 + off) if nominal_s else params.longest_s
        self._slope_s = self._pace_s = nominal_s or params.guess_s
        self._offset_s = 0.0
        self._origin_s = 0.0  # of the time given out, on the line
        self._hull: list[tuple[float, float]] = []
        self._delays: deque[tuple[float, float]] = deque()  # y, delay
        self._zero_s = 0.0  # arrival at y = 0
        self._first = 0.0  # number at x = 0
        self._arrival_s = float("nan")  # the newest, and its last sample: not yet in the hull
        self._x = -1.0
        self._anchor = (0.0, 0.0)  # x and time from which the pace is kept

    def times(self, number: Numbers, arrival_s: Floats) -> tuple[Floats, Flags]:
        """Time of each sample, s, and whether samples are missing directly before it.

        Args:
            number: (n,), strictly increasing over all calls; n ≥ 1.
            arrival_s: (n,), s, of each sample's packet.
        """
        edges = np.flatnonzero(np.diff(arrival_s)) + 1
        numbers, arrivals = np.split(number, edges), arrival_s[np.append(0, edges)].tolist()
        parts = [self._together(*one) for one in zip(numbers, arrivals, strict=True)]
        time_s, gap = zip(*parts, strict=True)
        return np.concatenate(time_s), np.concatenate(gap)

    def _together(self, number: Numbers, arrival_s: float) -> tuple[Floats, Flags]:
        """Samples with one arrival."""
        if self._x < 0:
            self._first, self._zero_s = float(number[0]), arrival_s
        elif arrival_s != self._arrival_s:
            self._take(self._x, self._arrival_s - self._zero_s)
            self._steer()
        x = number.astype(float) - self._first
        gap = np.diff(x, prepend=self._x) > 1.5
        self._x, self._arrival_s = float(x[-1]), arrival_s
        anchor_x, anchor_s = self._anchor
        time_s: Floats = anchor_s + self._pace_s * (x - anchor_x)
        return time_s, gap

    def _take(self, x: float, y: float) -> None:
        """Let one more arrival bear on the line."""
        hull = self._hull
        if hull:
            x, y = self._believed(x, y)
        while len(hull) > 1 and _turns_down(hull[-2], hull[-1], (x, y)):
            hull.pop()
        hull.append((x, y))
        while len(hull) > 2 and (x - hull[1][0]) * self._slope_s > self._params.window_s:
            hull.pop(0)
        if len(hull) > 1:
            self._slope_s = self.period_s = self._edge_slope()
        self._offset_s = min(hy - self._slope_s * hx for hx, hy in hull)

    def _edge_slope(self) -> float:
        """Slope of the hull's edge over the middle, as far as it can be true."""
        hull = self._hull
        middle = 0.5 * (hull[0][0] + hull[-1][0])
        k = next(k for k in range(1, len(hull)) if hull[k][0] >= middle)
        (x0, y0), (x1, y1) = hull[k - 1 : k + 1]
        return min(max((y1 - y0) / (x1 - x0), self._shortest_s), self._longest_s)

    def _believed(self, x: float, y: float) -> tuple[float, float]:
        """The point, after a host clock that was set and samples that were lost uncounted."""
        params, delays = self._params, self._delays
        line_y = self._offset_s + self._slope_s * x
        early = self._is_early(x)
        if y < (self._hull[-1][1] if early else line_y - params.leap_s):
            delays.clear()
            return x, self._rebased(y, max(line_y, self._hull[-1][1]))
        delays.append((y, y - line_y))
        while len(delays) > 1 and y - delays[1][0] >= params.certain_s:
            delays.popleft()
        if early or y - delays[0][0] < params.certain_s:
            return x, y
        late_s = min(delay for _, delay in delays)
        least_s = max(params.loss_s, params.loss_samples * self._slope_s)
        if late_s <= (params.leap_s if self._counted else least_s):
            return x, y
        delays.clear()
        if self._counted:
            return x, self._rebased(y, y - late_s)
        lost = float(np.rint(late_s / self._slope_s))
        self._first -= lost
        return x + lost, y

    def _is_early(self, x: float) -> bool:
        return x * self._slope_s < self._params.early_s

    def _rebased(self, y: float, should_be: float) -> float:
        """The host's clock was set: count arrivals so that this one is where it should be."""
        self._zero_s += y - should_be
        return should_be

    def _steer(self) -> None:
        """Choose the pace that brings the time given out onto the line."""
        anchor_x, anchor_s = self._anchor
        time_s = anchor_s + self._pace_s * (self._x - anchor_x)
        line_s = self._offset_s + self._slope_s * self._x
        if self._is_early(self._x):
            self._origin_s = line_s - time_s
        error_s = line_s - self._origin_s - time_s
        pull = min(max(error_s / self._params.catch_up_s, -self._params.pull), self._params.pull)
        self._pace_s = self._slope_s * (1.0 + pull)
        self._anchor = (self._x, time_s)


def _turns_down(
    first: tuple[float, float], middle: tuple[float, float], last: tuple[float, float]
) -> bool:
    """Whether the middle point is not below the line from the first to the last."""
    (x0, y0), (x1, y1), (x2, y2) = first, middle, last
    return (x1 - x0) * (y2 - y0) <= (y1 - y0) * (x2 - x0)
