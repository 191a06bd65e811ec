"""How far a calibration can be trusted, in a word and with its reasons.

Good: use it. Usable: use it, and know what is less certain. Poor: better made again.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from calibration.model import Placement, Verdict
from calibration.still import G_M_S2, STILL, Still


@dataclass(frozen=True, slots=True)
class QualityParams:
    """Where good ends and where poor begins.

    Attributes:
        axis_good_deg, axis_poor_deg: σ of the mediolateral axis; off by 6° it shows a tilt of
            12° as 1.3° of shift, and its cosine still takes less than 1 % off the tilt itself.
        up_good_deg, up_poor_deg: σ of neutral; it is an offset of every angle.
        gravity_good_m_s2, gravity_poor_m_s2: how far the length of gravity may be off.
        short_s: a neutral shorter than this holds no whole breath.
    """

    axis_good_deg: float = 4.0
    axis_poor_deg: float = 8.0
    up_good_deg: float = 0.8
    up_poor_deg: float = 2.0
    gravity_good_m_s2: float = 0.4
    gravity_poor_m_s2: float = 1.0
    short_s: float = 4.0


QUALITY = QualityParams()


def verdict(
    placement: Placement,
    stills: dict[str, Still],
    contradictions: Iterable[str] = (),
    remarks: Iterable[str] = (),
    params: QualityParams = QUALITY,
) -> Verdict:
    """The verdict on a placement.

    Args:
        placement: what was found.
        stills: the still windows it was found from, by name.
        contradictions: what speaks against it (poor).
        remarks: what makes it less certain (usable).
        params: the bounds.
    """
    poor, usable = list(contradictions), list(remarks)

    def grade(value: float, good: float, bad: float, words: str) -> None:
        if value > good:
            (poor if value > bad else usable).append(words)

    axis, up = placement.left_sigma_deg, placement.up_sigma_deg
    off = abs(placement.gravity_m_s2 - G_M_S2)
    grade(
        axis,
        params.axis_good_deg,
        params.axis_poor_deg,
        f"the axis through the hips is known only to ±{axis:.0f}°; the pelvic tilts would help",
    )
    grade(up, params.up_good_deg, params.up_poor_deg, f"neutral is known only to ±{up:.1f}°")
    grade(
        off,
        params.gravity_good_m_s2,
        params.gravity_poor_m_s2,
        f"gravity reads {placement.gravity_m_s2:.2f} m/s²; a sensor calibration would help",
    )
    for name, still in stills.items():
        if still.share < STILL.warn_share:
            usable.append(f"restless at {name}: still for {100 * still.share:.0f} % of the window")
    held_s = stills["neutral"].seconds
    if held_s < params.short_s:
        better = f"{params.short_s:.0f} s are better"
        usable.append(f"neutral was held for only {held_s:.1f} s; {better}")
    return Verdict("poor" if poor else "usable" if usable else "good", (*poor, *usable))
