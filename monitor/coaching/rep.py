"""A rep as the coach sees it: a few numbers, no signals."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rep:
    """One rep. The first group is as in the rep event, the second as in `signals.signs`.

    Attributes:
        rep: its number.
        bottom_s: when it was deepest, s of stream time.
        concentric_s: how long the push took, s.
        peak_tilt_deg, peak_anterior_deg: how far the pelvis rolled back, and arched, °.
        peak_lift_mm, lift_sigma_mm: how far the back left the pad, mm; None where not known.
        tilt_onset: share of the descent at which the roll began, None if it did not.
        clean: within all limits.
        roll_s, return_s: how long the pelvis was rolled, and took to come back, s.
        flat_s, working_s: how long it lay flat since the rep before, and how much of that the
            body was at work, s; None for a first rep.
        tremor_deg_s: trembling in the push, RMS, °/s.
        wasted_deg_s: wobbling in the push: turning there and back, °/s.
    """

    rep: int
    bottom_s: float
    concentric_s: float
    peak_tilt_deg: float
    peak_anterior_deg: float
    peak_lift_mm: float | None
    lift_sigma_mm: float | None
    tilt_onset: float | None
    clean: bool
    roll_s: float
    return_s: float
    flat_s: float | None
    working_s: float
    tremor_deg_s: float
    wasted_deg_s: float
