"""A set summed up: how many reps, how many clean, how bad, and where it was heading.

The trend is the slope of a straight line through the peak tilts, degrees per rep, from three reps
on. The slowdown compares the mean push of the last two reps with that of the first two, from four
reps on.
"""

from typing import Any

import numpy as np

from monitor.signals.movement import SetOver


class Sets:
    """Collects reps until the set is over."""

    def __init__(self) -> None:
        self._reps: list[dict[str, Any]] = []

    def add(self, rep: dict[str, Any]) -> None:
        """One rep's figures, as the rep event carries them."""
        self._reps.append(rep)

    def summed_up(self, over: SetOver) -> dict[str, Any]:
        """The set event's fields but for causes; the next set starts from nothing."""
        reps, self._reps = self._reps, []
        tilt = np.array([rep["peak_tilt_deg"] for rep in reps])
        lifts = [rep["peak_lift_mm"] for rep in reps if rep["peak_lift_mm"] is not None]
        clean = sum(rep["clean"] for rep in reps)
        return {
            "set": over.set,
            "start_s": reps[0]["start_s"],
            "end_s": reps[-1]["end_s"],
            "reps": len(reps),
            "clean_reps": clean,
            "mean_peak_tilt_deg": round(float(tilt.mean()), 2),
            "worst_peak_tilt_deg": round(float(tilt.max()), 2),
            "worst_peak_lift_mm": max(lifts, default=None),
            "tilt_trend_deg_per_rep": _trend(tilt),
            "concentric_slowdown_pct": _slowdown([rep["concentric_s"] for rep in reps]),
        }


def _trend(tilt: np.ndarray[Any, Any]) -> float | None:
    if len(tilt) < 3:
        return None
    order = np.arange(len(tilt)) - (len(tilt) - 1) / 2
    return round(float((order * tilt).sum() / (order * order).sum()), 3)


def _slowdown(push_s: list[float]) -> float | None:
    if len(push_s) < 4:
        return None
    first, last = (push_s[0] + push_s[1]) / 2, (push_s[-2] + push_s[-1]) / 2
    return round(100.0 * (last / first - 1.0), 1) if first > 0 else None
