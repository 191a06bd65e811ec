"""Sets of reps as the coach sees them, good and bad, to be varied."""

from collections.abc import Sequence
from dataclasses import replace

from monitor.coaching.rep import Rep

NOTICE_DEG = 5.0
SOUND = Rep(
    rep=1,
    bottom_s=2.0,
    concentric_s=1.5,
    peak_tilt_deg=2.5,
    peak_anterior_deg=0.5,
    peak_lift_mm=2.0,
    lift_sigma_mm=2.0,
    tilt_onset=None,
    clean=True,
    roll_s=2.0,
    return_s=1.0,
    flat_s=2.0,
    working_s=1.5,
    tremor_deg_s=1.0,
    wasted_deg_s=0.5,
)
"""A clean rep, one every four seconds."""


def of(reps: Sequence[Rep]) -> list[Rep]:
    """The reps, numbered and one after the other; the first has none before it."""
    numbered = [
        replace(rep, rep=k + 1, bottom_s=2.0 + sum(map(_period_s, reps[1 : k + 1])))
        for k, rep in enumerate(reps)
    ]
    return [replace(numbered[0], flat_s=None, working_s=0.0), *numbered[1:]]


def _period_s(rep: Rep) -> float:
    return rep.roll_s + (rep.flat_s or 0.0)


def clean(n: int) -> list[Rep]:
    """So many clean reps."""
    return of([SOUND] * n)


def late_roll(n: int, tilt_deg: float = 10.0) -> list[Rep]:
    """The pelvis rolls in the last quarter of the way down, in every rep alike."""
    rolling = replace(
        SOUND, peak_tilt_deg=tilt_deg, clean=False, roll_s=1.0, flat_s=3.0, working_s=2.5
    )
    return of([rolling] * n)


def early_roll(n: int) -> list[Rep]:
    """The pelvis rolls nearly all the way, in every rep alike."""
    rolling = replace(SOUND, peak_tilt_deg=10.0, clean=False, roll_s=3.2, flat_s=0.8, working_s=0.6)
    return of([rolling] * n)


def worse_and_worse(n: int) -> list[Rep]:
    """Clean at first, then more and more roll, slower and slower."""
    return of(
        [
            replace(
                SOUND,
                peak_tilt_deg=2.0 + 11.0 * k / (n - 1),
                clean=2.0 + 11.0 * k / (n - 1) < NOTICE_DEG,
                return_s=1.0 + 0.8 * k / (n - 1),
                flat_s=2.0 + 0.8 * k / (n - 1),
            )
            for k in range(n)
        ]
    )


def unsteady(n: int) -> list[Rep]:
    """Trembling and arching in the push."""
    return of([replace(SOUND, tremor_deg_s=9.0, peak_anterior_deg=8.0, clean=False)] * n)


def lifting(n: int) -> list[Rep]:
    """The back leaves the pad in every rep, with hardly a roll."""
    return of([replace(SOUND, peak_lift_mm=31.0, clean=False)] * n)
