"""What really happened, to be held against what was estimated.

Words and signs are the public contract's. All of it is about the pelvis: strap slip and the
wobble of soft tissue are the sensor's affair and not in it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.samples import PHASES, Floats
from monitor.simulation.body import Body
from monitor.simulation.choreography import Choreography, Mark, Span
from monitor.simulation.scenario import Scenario
from monitor.simulation.sensing import mounting, sample_count


@dataclass(frozen=True, slots=True)
class TrueRep:
    """One rep; times in s of stream time, peaks within it, ° and mm."""

    set: int
    rep: int
    start_s: float
    bottom_s: float
    end_s: float
    peak_tilt_deg: float
    peak_anterior_deg: float
    peak_lift_mm: float
    peak_shift_deg: float


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """The truth of a recording, one row per sample.

    Attributes:
        time_s: (n,), s of stream time, that of the samples.
        tilt_deg: (n,), posterior tilt of the pelvis from the neutral pose, breathing and new
            rest poses included; NaN off the pad.
        settle_deg: (n,), the part of it that is a new rest pose, taken up between sets.
        lift_mm: (n,), displacement of the sensor's site on the body along the pad's outward
            normal from its place in the rest pose: by lifting, by rolling over the pivot, by
            sinking into the pad (negative); without breathing and without the shaking of the
            machine; NaN off the pad.
        breathing_mm: (n,), displacement of the same site by breathing, along the same normal.
        shift_deg: (n,), obliquity, left side up positive; NaN off the pad.
        phase: (n,), int8, index into `PHASES`.
        set, rep: (n,), running numbers; rep 0 outside reps, set 0 before the first.
        on_pad: (n,), bool, the athlete lies on the machine.
        place: (n,), what goes on: standing, walking, sitting down, neutral, range, racking, set,
            rest, getting up.
        reps: all of them.
        windows: (a, b) in s of stream time: standing, neutral and, where made, range.
        seat_back_deg, range_deg: β of the machine; R of the athlete, ° (the range movement goes
            to 0.9–1.0 of it).
        mounting: (3, 3), takes a vector in pelvis axes to sensor axes.
        slips: (time_s, deg) of the strap, at the middle of each slip.
    """

    time_s: Floats
    tilt_deg: Floats
    settle_deg: Floats
    lift_mm: Floats
    breathing_mm: Floats
    shift_deg: Floats
    phase: NDArray[np.int8]
    set: NDArray[np.int16]
    rep: NDArray[np.int16]
    on_pad: NDArray[np.bool_]
    place: NDArray[np.str_]
    reps: tuple[TrueRep, ...]
    windows: dict[str, tuple[float, float]]
    seat_back_deg: float
    range_deg: float
    mounting: Floats
    slips: tuple[tuple[float, float], ...]

    def __len__(self) -> int:
        return len(self.time_s)


def truth_of(
    scenario: Scenario, session: Choreography, body: Body, rate_hz: float, oversampling: int
) -> Truth:
    """The truth at the sensor's samples."""
    count = sample_count(len(body.tilt_deg), oversampling)
    taken = slice(oversampling - 1, None, oversampling)
    first_s = (oversampling - 1) / rate_hz
    time_s = np.arange(count) * oversampling / rate_hz
    marks = session.marks
    at = np.searchsorted([mark.start_s - first_s for mark in marks], time_s, "right") - 1
    at = np.maximum(at, 0)
    phase = np.array([PHASES.index(mark.phase) for mark in marks], np.int8)[at]
    off = np.where(phase == PHASES.index("away"), np.nan, 0.0)
    rep = np.array([_rep_of(mark) for mark in marks], np.int16)[at]
    tilt_deg = body.tilt_deg[taken][:count] + off
    lift_mm = body.site_mm[taken][:count] + off
    windows = {name: (a - first_s, b - first_s) for name, (a, b) in session.windows.items()}
    lift_mm -= _mean_within(lift_mm, time_s, windows["neutral"])
    shift_deg = body.shift_deg[taken][:count] + off
    return Truth(
        time_s=time_s,
        tilt_deg=tilt_deg,
        settle_deg=body.settle_deg[taken][:count],
        lift_mm=lift_mm,
        breathing_mm=body.breathing_mm[taken][:count],
        shift_deg=shift_deg,
        phase=phase,
        set=np.array([mark.set for mark in marks], np.int16)[at],
        rep=rep,
        on_pad=np.isfinite(off),
        place=np.array([mark.place for mark in marks])[at],
        reps=tuple(
            _true_rep(span, first_s, (time_s, tilt_deg, lift_mm, shift_deg))
            for span in session.reps
        ),
        windows=windows,
        seat_back_deg=scenario.machine.seat_back_deg,
        range_deg=scenario.athlete.range_deg,
        mounting=mounting(scenario.sensor),
        slips=_slips(body.slipped_deg[taken][:count], time_s),
    )


def _rep_of(mark: Mark) -> int:
    return mark.rep if mark.phase in ("lowering", "bottom", "pressing") else 0


def _mean_within(values: Floats, time_s: Floats, window: tuple[float, float]) -> float:
    return float(np.mean(values[(time_s > window[0]) & (time_s < window[1])]))


def _true_rep(span: Span, first_s: float, of: tuple[Floats, Floats, Floats, Floats]) -> TrueRep:
    time_s, tilt_deg, lift_mm, shift_deg = of
    within = (time_s >= span.start_s - first_s) & (time_s <= span.end_s - first_s)
    shift = shift_deg[within]
    return TrueRep(
        set=span.set,
        rep=span.rep,
        start_s=span.start_s - first_s,
        bottom_s=span.bottom_s - first_s,
        end_s=span.end_s - first_s,
        peak_tilt_deg=float(tilt_deg[within].max()),
        peak_anterior_deg=float(max(-tilt_deg[within].min(), 0.0)),
        peak_lift_mm=float(lift_mm[within].max()),
        peak_shift_deg=float(shift[np.argmax(np.abs(shift))]),
    )


def _slips(slipped_deg: Floats, time_s: Floats) -> tuple[tuple[float, float], ...]:
    total = float(slipped_deg[-1])
    if total == 0.0:
        return ()
    middle = int(np.argmax(np.abs(slipped_deg) >= abs(total) / 2.0))
    return ((float(time_s[middle]), total),)
