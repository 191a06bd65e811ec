"""What one rep was like, once it is over (hindsight is allowed).

Peaks are taken from signals smoothed over 0.12 s without delay, so that soft-tissue wobble does
not pass for tilt. The onset of the roll is where the tilt has covered a tenth of its rise, as a
share of the descent's time; a pelvis that rolls less than 3° does not roll. Unsteadiness is the
RMS of the tilting rate between 2 and 8 Hz, °/s: tremor and wobble, not the rep itself.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.signal import butter

from monitor.samples import Floats
from monitor.settings import Limits
from monitor.signals.alerts import thresholds
from monitor.signals.movement import FoundRep
from monitor.signals.recent import Recent
from monitor.signals.sections import at_rest, filtered


@dataclass(frozen=True, slots=True)
class RepParams:
    """Constants of the rep's figures.

    Attributes:
        keep_s: how far back a rep may reach, s.
        smooth_s: length of the smoothing, s.
        onset_share: share of the rise that counts as the roll's onset.
        least_roll_deg: a smaller rise is no roll, °.
        tremor_hz: band of the unsteadiness, Hz.
        sure_share: a lift means something where sigma is at most this share of the limit.
    """

    keep_s: float = 30.0
    smooth_s: float = 0.12
    onset_share: float = 0.1
    least_roll_deg: float = 3.0
    tremor_hz: tuple[float, float] = (2.0, 8.0)
    sure_share: float = 1.0 / 3.0


class RepMetrics:
    """Keeps the last seconds and sums up a rep when asked.

    Args:
        limits: what a clean rep stays within.
        range_deg: R, ° (None if not measured).
        period_s: sampling period, s.
        params: constants.
    """

    def __init__(
        self,
        limits: Limits,
        range_deg: float | None,
        period_s: float,
        params: RepParams | None = None,
    ) -> None:
        self._params = params or RepParams()
        self._recent = Recent(self._params.keep_s, 3, self._filtered)
        self._taps = max(1, round(self._params.smooth_s / period_s) | 1)
        low, high = self._params.tremor_hz
        band = (low, min(high, 0.4 / period_s))
        self._band = butter(2, band, "bandpass", fs=1.0 / period_s, output="sos")
        self._memory = at_rest(self._band, 1)
        own = range_deg or 0.0
        self._notice = {
            "peak_tilt_deg": lowest(limits, "pelvic_tilt", own),
            "peak_anterior_deg": lowest(limits, "anterior_tilt", 0.0),
            "peak_shift_deg": lowest(limits, "pelvic_shift", 0.0),
        }
        self._lift_notice = lowest(limits, "back_lift", 0.0)

    def add(self, time_s: Floats, tilt_deg: Floats, rate_deg_s: Floats, shift_deg: Floats) -> None:
        """Remember a block; each (n,)."""
        self._recent.add(time_s, tilt_deg, rate_deg_s, shift_deg)

    def _filtered(self, tilt: Floats, rate: Floats, shift: Floats) -> tuple[Floats, ...]:
        return tilt, filtered(self._band, rate[None], self._memory)[0], shift

    def summed_up(self, rep: FoundRep, lift: tuple[float, float]) -> dict[str, Any]:
        """The rep event's fields.

        Args:
            rep: where the rep was found.
            lift: its peak lift and sigma with hindsight, m (NaN where nothing can be said).
        """
        time, (tilt, tremor, shift) = self._recent.between(rep.start_s, rep.end_s)
        tilt, shift = self._smoothed(tilt), self._smoothed(shift)
        peaks = {
            "peak_tilt_deg": max(0.0, float(tilt.max(initial=0.0))),
            "peak_anterior_deg": max(0.0, float(-tilt.min(initial=0.0))),
            "peak_shift_deg": float(shift[np.abs(shift).argmax()]) if len(shift) else 0.0,
        }
        lift_mm, lift_sigma_mm = 1e3 * lift[0], 1e3 * lift[1]
        return {
            "set": rep.set,
            "rep": rep.rep,
            "start_s": round(rep.start_s, 3),
            "bottom_s": round(rep.bottom_s, 3),
            "end_s": round(rep.end_s, 3),
            "eccentric_s": round(rep.bottom_start_s - rep.start_s, 3),
            "pause_s": round(rep.bottom_end_s - rep.bottom_start_s, 3),
            "concentric_s": round(rep.end_s - rep.bottom_end_s, 3),
            **{name: round(value, 2) for name, value in peaks.items()},
            "peak_lift_mm": _or_none(lift_mm),
            "lift_sigma_mm": _or_none(lift_sigma_mm),
            "tilt_onset": self._onset(time, tilt, rep),
            "unsteadiness": round(float(np.sqrt(np.mean(tremor**2))), 3) if len(tremor) else 0.0,
            "clean": self._clean(peaks, lift_mm, lift_sigma_mm),
            "confidence": round(rep.confidence, 2),
        }

    def _smoothed(self, values: Floats) -> Floats:
        if len(values) < 2 * self._taps:
            return values
        padded = np.pad(values, self._taps // 2, mode="edge")
        smooth: Floats = np.convolve(padded, np.full(self._taps, 1.0 / self._taps), mode="valid")
        return smooth

    def _onset(self, time: Floats, tilt: Floats, rep: FoundRep) -> float | None:
        descent = time <= rep.bottom_s
        if np.count_nonzero(descent) < 3:
            return None
        rise = tilt[descent] - tilt[0]
        if rise.max() < self._params.least_roll_deg:
            return None
        still_low = np.flatnonzero(rise < self._params.onset_share * rise.max())
        at_s = time[still_low[-1]] if len(still_low) else time[0]
        share = (at_s - rep.start_s) / max(rep.bottom_s - rep.start_s, 1e-6)
        return round(float(np.clip(share, 0.0, 1.0)), 3)

    def _clean(self, peaks: dict[str, float], lift_mm: float, lift_sigma_mm: float) -> bool:
        within = all(abs(peaks[name]) < limit for name, limit in self._notice.items())
        notice = self._lift_notice
        return within and not (
            lift_mm >= notice and lift_is_sure(lift_mm, lift_sigma_mm, notice, self._params)
        )


def lift_is_sure(
    lift_mm: float, sigma_mm: float, notice_mm: float, params: RepParams | None = None
) -> bool:
    """Whether a rep's lift means something, beside the first limit: what a clean rep hangs on."""
    sure_share = (params or RepParams()).sure_share
    return sigma_mm <= sure_share * notice_mm or lift_mm - sigma_mm >= notice_mm


def lowest(limits: Limits, rule: str, range_deg: float) -> float:
    """Where a rule speaks first; infinite where it does not speak at all."""
    levels = thresholds(rule, getattr(limits, rule), range_deg)  # type: ignore[arg-type] # a rule's name
    return min((level.limit for level in levels), default=float("inf"))


def _or_none(number: float) -> float | None:
    return None if np.isnan(number) else round(float(number), 2)
