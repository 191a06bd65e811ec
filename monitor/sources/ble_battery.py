"""When the battery is worth a word: once when it is first known, then as it runs low."""

from dataclasses import dataclass

LOW_PCT = (20.0, 10.0, 5.0)
"""Falling through one of these is told: an hour or less is left in most sensors at the first."""

LOW = "battery low"


@dataclass(slots=True)
class Battery:
    """What is known of a sensor's battery.

    Attributes:
        pct: the last reading, %, None before the first.
    """

    pct: float | None = None

    def read(self, pct: float) -> str | None:
        """Why a reading is worth telling, None where it is not."""
        before, self.pct = self.pct, pct
        if any(pct <= low and (before is None or before > low) for low in LOW_PCT):
            return LOW
        return "battery read" if before is None else None
