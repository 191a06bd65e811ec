"""What the plots show, as numbers: the same for the page and for the picture."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from monitor.events import RepEvent
from monitor.report.story import SetStory, Story
from monitor.samples import Floats

SHARE = np.linspace(0.0, 1.0, 41)
"""Shares of the descent at which a curve is drawn."""
MOST_POINTS = 360
"""Points of a line over time: about as many as a plot has dots."""
AROUND_S = 1.5
"""How much is shown before and after a set, s."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A signal over time with its sigma; each (n,), NaN where nothing is known."""

    time_s: Floats
    value: Floats
    sigma: Floats


def descent(story: Story, rep: RepEvent) -> Floats | None:
    """Tilt at each of `SHARE` of a rep's descent, °, None where too little is known."""
    signals = story.signals
    first, last = np.searchsorted(signals.time_s, [rep.start_s, rep.bottom_s + 1e-6])
    time_s, tilt = signals.time_s[first:last], signals.tilt_deg[first:last]
    known = np.isfinite(tilt)
    if np.count_nonzero(known) < 4:
        return None
    share = (time_s[known] - rep.start_s) / max(rep.bottom_s - rep.start_s, 1e-6)
    return np.interp(SHARE, share, tilt[known])


def lift_over(story: Story, one: SetStory) -> Line:
    """Lift and sigma over a set, mm, against seconds from its start."""
    signals, told = story.signals, one.told
    window = [told.start_s - AROUND_S, told.end_s + AROUND_S]
    first, last = np.searchsorted(signals.time_s, window)
    time_s = signals.time_s[first:last] - told.start_s
    lift, sigma = signals.lift_mm[first:last], signals.lift_sigma_mm[first:last]
    keep = _telling(lift)
    return Line(time_s[keep], lift[keep], sigma[keep])


def _telling(values: Floats) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Where to look at a long line so that no peak is lost: the largest of each piece."""
    if len(values) <= MOST_POINTS:
        return np.arange(len(values))
    edges = np.linspace(0, len(values), MOST_POINTS + 1).astype(int)
    size = np.where(np.isfinite(values), np.abs(values), -1.0)
    return np.array([a + int(size[a:b].argmax()) for a, b in pairwise(edges.tolist())])


def straight(one: SetStory) -> tuple[float, float] | None:
    """Peak tilt in the first and last rep by the set's trend, °, None where there is none."""
    slope, count = one.told.tilt_trend_deg_per_rep, len(one.reps)
    if slope is None or count < 2:
        return None
    mean = float(np.mean([rep.peak_tilt_deg for rep in one.reps]))
    return mean - slope * (count - 1) / 2, mean + slope * (count - 1) / 2


def tilt_range(story: Story, one: SetStory) -> tuple[float, float]:
    """What the tilt axis of a set must hold, °: all peaks, and the limit next above them."""
    peak = max((rep.peak_tilt_deg for rep in one.reps), default=0.0)
    limits = sorted(story.limits["pelvic_tilt"].values())
    above = next((limit for limit in limits if limit > peak), peak)
    lowest = min((-rep.peak_anterior_deg for rep in one.reps), default=0.0)
    return min(-1.0, lowest * 1.1), 1.12 * max(peak, above, 4.0)


def lift_range(line: Line) -> tuple[float, float]:
    """What the lift axis must hold, mm: the lift itself, and of its band what there is room for."""
    known = line.value[np.isfinite(line.value)]
    high = max(24.0, 1.2 * float(known.max(initial=0.0)))
    return min(-6.0, 1.2 * float(known.min(initial=0.0))), high
