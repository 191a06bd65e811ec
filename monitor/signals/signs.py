"""What a rep shows of its cause: how much of it the pelvis is rolled, and how steadily it pushes.

The sled is not seen, but it is felt: while it moves, the body shakes (rumble of the rollers,
tremor of the muscles), and at the top, at rest, it does not. So beside how long the pelvis is
rolled it is told how long the body worked since the roll before while the pelvis lay flat: a
pelvis that is involved from early in the descent leaves next to none of that, one that rolls only
near the bottom leaves more than half of the way.

    previous bottom          this bottom           the roll: from foot to foot of its flanks
        ▁▂▅▇▅▂▁▁▁▁▁▁▁▁▁▁▁▁▁▂▅▇▅▂▁
         roll_s  │   flat_s    │ roll_s          working_s: so much of flat_s the body shook
                    ▂▂▂▁▁▂▂▂

The feet of the flanks are found on the straight line through the points at a quarter and at three
quarters of the roll's height: slow drifting and breathing around the foot itself move it little.

The tremor is the RMS of the tilting rate between 6 and 12 Hz in the push, where muscles under
strain tremble (physiological tremor 8–12 Hz), less what a roll as quick as this one contains there
by itself. Slower wobbling is told by what it wastes: the way the pelvis turns in the push, per
second, beyond what coming back takes, and arching once there and back.
"""

from dataclasses import dataclass

import numpy as np
from scipy.signal import butter

from monitor.samples import Floats
from monitor.signals.movement import FoundRep
from monitor.signals.recent import Recent
from monitor.signals.sections import at_rest, filtered


@dataclass(frozen=True, slots=True)
class Signs:
    """The signs of one rep.

    Attributes:
        roll_s: how long the pelvis was rolled, s.
        return_s: how long it took back from the bottom, s.
        flat_s: how long it lay flat since the roll before, s (None for a first rep).
        working_s: how much of that the body shook, s.
        tremor_deg_s: RMS of the tilting rate, 6–12 Hz, in the push, °/s.
        wasted_deg_s: turning there and back in the push, °/s.
    """

    roll_s: float
    return_s: float
    flat_s: float | None
    working_s: float
    tremor_deg_s: float
    wasted_deg_s: float


@dataclass(frozen=True, slots=True)
class SignParams:
    """Constants of the signs.

    Attributes:
        keep_s: how far back they look, s.
        reach_s: how far from its bottom a rep may reach, s.
        heights: shares of the roll's height through which the line of a flank is drawn.
        shaking_hz: band of the shaking; its upper end at most 0.45 of the sampling rate, Hz.
        smooth_s: over how long its power is averaged, s.
        calm_share: the calm is exceeded by all but this share of the last seconds.
        beyond_calm: so many times the calm is shaking.
        tremor_hz: band of the tremor, Hz.
        push_s: the part of the push that is looked at, s at least and at most.
        own_share: of the mean speed of the way back, what a smooth one has in that band.
    """

    keep_s: float = 40.0
    reach_s: float = 8.0
    heights: tuple[float, float] = (0.25, 0.75)
    shaking_hz: tuple[float, float] = (6.0, 30.0)
    smooth_s: float = 0.3
    calm_share: float = 0.08
    beyond_calm: float = 1.7
    tremor_hz: tuple[float, float] = (6.0, 12.0)
    push_s: tuple[float, float] = (0.5, 3.0)
    own_share: float = 0.2


class RepSigns:
    """Keeps the last seconds and tells a rep's signs when it is over; chunk-invariant.

    Args:
        period_s: sampling period, s.
        params: constants.
    """

    def __init__(self, period_s: float, params: SignParams | None = None) -> None:
        p = self._p = params or SignParams()
        self._recent = Recent(p.keep_s, 5, self._filtered)
        self._taps = max(1, round(p.smooth_s / period_s))
        self._shaking = _Band(p.shaking_hz, period_s, 6)
        self._tremor = _Band(p.tremor_hz, period_s, 1)
        self._last: tuple[int, float, float] | None = None

    def add(self, time_s: Floats, tilt_deg: Floats, rate_deg_s: Floats, motion: Floats) -> None:
        """Remember a block.

        Args:
            time_s: (n,), s.
            tilt_deg: (n,), posterior positive.
            rate_deg_s: (n,), of the tilt.
            motion: (n, 6), acceleration in m/s² and angular rate in rad/s, any axes.
        """
        self._recent.add(time_s, tilt_deg, rate_deg_s, motion)

    def _filtered(self, tilt: Floats, rate: Floats, motion: Floats) -> tuple[Floats, ...]:
        """Tilt, power of shaking by force and by turning, tremor, rate."""
        shaken = self._shaking.step(motion.T)
        squares = shaken * shaken
        force = squares[0] + squares[1] + squares[2]
        turning = squares[3] + squares[4] + squares[5]
        return tilt, force, turning, self._tremor.step(rate[None])[0], rate

    def of(self, rep: FoundRep) -> Signs:
        """The signs of a rep; to be asked for in their order."""
        before = self._last if self._last and self._last[0] == rep.set else None
        earliest = before[1] if before else rep.bottom_s - self._p.reach_s
        from_s, to_s = self._rolled(rep, earliest)
        push_s = min(max(rep.end_s - rep.bottom_s, self._p.push_s[0]), self._p.push_s[1])
        time, (tilt, _, _, tremor, rate) = self._recent.between(rep.bottom_s, rep.bottom_s + push_s)
        back_s = max(to_s - rep.bottom_s, 0.1)
        quick = (
            float(np.ptp(tilt)) / back_s * min(1.0, back_s / push_s) ** 0.5 if len(tilt) else 0.0
        )
        own = self._p.own_share * quick
        shaking = float(np.sqrt(np.mean(tremor * tremor))) if len(tremor) else 0.0
        flat_s = None if before is None else max(from_s - before[2], 0.0)
        working_s = 0.0 if before is None else self._working(before[2], from_s, rep.known_s)
        self._last = (rep.set, rep.bottom_s, to_s)
        return Signs(
            roll_s=to_s - from_s,
            return_s=to_s - rep.bottom_s,
            flat_s=flat_s,
            working_s=min(working_s, flat_s or 0.0),
            tremor_deg_s=max(shaking - own, 0.0),
            wasted_deg_s=_wasted(time, tilt, rate),
        )

    def _rolled(self, rep: FoundRep, earliest_s: float) -> tuple[float, float]:
        """When the roll's flanks rose from their foot and came back to it."""
        reach = self._p.reach_s
        earliest_s = max(earliest_s, rep.bottom_s - reach)
        latest_s = min(rep.known_s, rep.bottom_s + reach)
        way_out = self._recent.between(earliest_s, rep.bottom_s)
        way_back = self._recent.between(rep.bottom_s, latest_s)
        peak = max(float(tilt.max(initial=-np.inf)) for _, (tilt, *_) in (way_out, way_back))
        feet = []
        for (time, (tilt, *_)), order in ((way_out, -1), (way_back, 1)):
            if len(time) == 0:
                feet.append(rep.bottom_s)
                continue
            flat = float(np.percentile(tilt, 10))
            low_s, high_s = (
                _below(time[::order], tilt[::order], flat + height * (peak - flat))
                for height in self._p.heights
            )
            low, high = self._p.heights
            feet.append(low_s + (low_s - high_s) * low / (high - low))
        return max(feet[0], earliest_s), min(feet[1], latest_s)

    def _working(self, from_s: float, to_s: float, known_s: float) -> float:
        """For how long the body shook between two times, s."""
        time, (_, force, turning, *_) = self._recent.between(
            known_s - self._p.keep_s + 5.0, known_s
        )
        within = (time >= from_s) & (time < to_s)
        if np.count_nonzero(within) < 2:
            return 0.0
        shares = []
        for power in (force, turning):
            level = np.sqrt(np.convolve(power, np.full(self._taps, 1.0 / self._taps), "same"))
            calm = float(np.percentile(level, 100.0 * self._p.calm_share))
            shares.append(float(np.mean(level[within] > self._p.beyond_calm * calm)))
        return 0.5 * (shares[0] + shares[1]) * (to_s - from_s)


def _wasted(time: Floats, tilt: Floats, rate: Floats) -> float:
    """Turning beyond what leads from the first tilt to the last and arches once, °/s."""
    if len(time) < 3:
        return 0.0
    length_s = float(time[-1] - time[0])
    way = float(np.mean(np.abs(rate))) * length_s
    ahead = abs(float(tilt[-1] - tilt[0]))
    dip = max(0.0, float(min(tilt[0], tilt[-1]) - tilt.min()))
    return max(way - ahead - 2.0 * dip, 0.0) / length_s


def _below(time: Floats, tilt: Floats, limit: float) -> float:
    """The first time at which the tilt is below a limit, the last one if it never is."""
    low = np.flatnonzero(tilt < limit)
    return float(time[low[0] if len(low) else -1])


class _Band:
    """A band of several signals, filtered along; chunk-invariant."""

    def __init__(self, band_hz: tuple[float, float], period_s: float, rows: int) -> None:
        low, high = band_hz
        band = (low, min(high, 0.45 / period_s))
        self._sos = butter(2, band, "bandpass", fs=1.0 / period_s, output="sos")
        self._memory = at_rest(self._sos, rows)

    def step(self, rows: Floats) -> Floats:
        """(rows, n) in, (rows, n) out."""
        return filtered(self._sos, rows, self._memory)
