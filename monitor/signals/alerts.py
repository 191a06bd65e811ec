"""What is worth saying while it happens: every rule's value against its limits.

One alert per rule, level and rep. A lift counts only where its sigma is at most a third of the
limit. A larger lift than sigma can explain is still told, as a notice that says it is unsure.

A crossing is announced ahead where the value, carried on at its present speed v and slowing down
as it does now (a < 0), passes the limit within the horizon h:

    foreseen = value + max over t in {h/4, h/2, 3h/4, h} of (v t + min(a, 0) t²/2)

and only from half the limit on: coming back from one side is no approach to the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from monitor.events import Level, Rule
from monitor.samples import Bools, Floats
from monitor.settings import Limit, Limits
from monitor.signals.watch import Crossing, Threshold, Watch

ADVICE: dict[Rule, tuple[str, str]] = {
    "pelvic_tilt": (
        "Your pelvis starts to roll back: turn round here.",
        "Your pelvis rolls back: stop the descent earlier and keep the back flat.",
    ),
    "anterior_tilt": (
        "Your lower back starts to arch: brace.",
        "Your lower back arches: brace and press it flat against the pad.",
    ),
    "back_lift": (
        "Your back is about to leave the pad: turn round here.",
        "Your back leaves the pad: keep it against the bench all the way.",
    ),
    "pelvic_shift": (
        "Your hips start to turn: push with both feet alike.",
        "Your hips are uneven: push with both feet alike.",
    ),
    "unsteady": ("", ""),
}
"""For every rule: what to say ahead of the limit, and beyond it."""
UNSURE = "Unsure: your back may have left the pad; keep it against the bench."
CLEAR = "Good: back within the limit."


@dataclass(frozen=True, slots=True)
class AlertParams:
    """Constants of the alerts.

    Attributes:
        horizon_s: how far ahead a crossing is foreseen, s. People need 0.32 to 0.53 s to react.
        smooth_hz: corner of the smoothing of speeds, Hz.
        nearest_share: share of the limit from which a crossing is foreseen.
        sure_share: a lift means something where sigma is at most this share of the limit.
    """

    horizon_s: float = 0.45
    nearest_share: float = 0.5
    smooth_hz: float = 4.0
    sure_share: float = 1.0 / 3.0


@dataclass(frozen=True, slots=True)
class Spoken:
    """One alert. `fields` are those of the alert event beyond the ids."""

    time_s: float
    known_s: float
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """What the alerts look at, each (n,); angles in °, lengths in mm.

    `set_no` and `rep_no` are the set and rep in progress (or about to begin); `speaks` is False
    where the athlete is not on the pad doing reps.
    """

    time_s: Floats
    tilt: Floats
    tilt_sigma: Floats
    tilt_rate: Floats
    lift: Floats
    lift_sigma: Floats
    shift: Floats
    set_no: NDArray[np.integer[Any]]
    rep_no: NDArray[np.integer[Any]]
    speaks: Bools


class Alerts:
    """All rules of one athlete; chunk-invariant.

    Args:
        limits: the settings' limits.
        range_deg: R, the athlete's own posterior range, ° (None if not measured).
        period_s: sampling period, s.
        params: constants.
    """

    def __init__(
        self,
        limits: Limits,
        range_deg: float | None,
        period_s: float,
        params: AlertParams | None = None,
    ) -> None:
        self._params = params or AlertParams()
        own = {"pelvic_tilt": range_deg or 0.0}
        self._watches: dict[Rule, list[Watch]] = {
            rule: [Watch(t) for t in thresholds(rule, getattr(limits, rule), own.get(rule, 0.0))]
            for rule in ("pelvic_tilt", "anterior_tilt", "back_lift", "pelvic_shift")
        }
        self._speeds = {rule: Speed(period_s, self._params.smooth_hz) for rule in self._watches}
        self._said: set[tuple[Rule, Level, str, int, int]] = set()
        self._active: set[tuple[Rule, Level]] = set()

    def step(self, values: Values) -> list[Spoken]:
        """Follow one block; what is to be said, in order."""
        spoken: list[tuple[int, Spoken]] = []
        for rule, watches in self._watches.items():
            value, sigma, rate = _watched(rule, values)
            ahead = self._foreseen(rule, value, rate)
            for watch in watches:
                heard, sure = self._believed(watch.threshold, value, sigma)
                near = heard >= self._params.nearest_share * watch.threshold.limit
                coming = np.where(near, ahead, -np.inf)
                crossings = watch.step(values.time_s, heard, coming, values.speaks)
                for crossing in crossings:
                    unsure = not bool(sure[crossing.index])
                    spoken += self._once(crossing, value, sigma, values, unsure=unsure)
        return [one for _, one in sorted(spoken, key=lambda pair: pair[0])]

    def _foreseen(self, rule: Rule, value: Floats, rate: Floats | None) -> Floats:
        speed, slowing = self._speeds[rule].step(value, rate)
        slowing = np.minimum(slowing, 0.0)
        horizon = self._params.horizon_s
        gains = [
            speed * t + 0.5 * slowing * t * t for t in horizon * np.array([0.25, 0.5, 0.75, 1])
        ]
        ahead: Floats = value + np.maximum.reduce(gains)
        return ahead

    def _believed(self, threshold: Threshold, value: Floats, sigma: Floats) -> tuple[Floats, Bools]:
        """The value where it counts (NaN elsewhere), and where it is sure."""
        if threshold.rule != "back_lift":
            return value, np.ones(len(value), bool)
        sure = sigma <= self._params.sure_share * threshold.limit
        told = sure
        if threshold.level == "notice":
            told = sure | (value - sigma >= threshold.limit)
        return np.where(told, value, np.nan), sure

    def _once(
        self, crossing: Crossing, value: Floats, sigma: Floats, values: Values, *, unsure: bool
    ) -> Iterator[tuple[int, Spoken]]:
        t, i = crossing.threshold, crossing.index
        set_no, rep_no = int(values.set_no[i]), int(values.rep_no[i])
        key = (t.rule, t.level, crossing.state, set_no, rep_no)
        if crossing.state == "cleared":
            if (t.rule, t.level) not in self._active:
                return
            self._active.discard((t.rule, t.level))
            advice = CLEAR
        else:
            if key in self._said:
                return
            self._said.add(key)
            advice = ADVICE[t.rule][crossing.state == "raised"]
            if crossing.state == "raised":
                self._active.add((t.rule, t.level))
                advice = UNSURE if unsure else advice
        fields = {
            "rule": t.rule,
            "level": t.level,
            "state": crossing.state,
            "value": _rounded(value[i]),
            "sigma": _rounded(sigma[i]),
            "limit": t.limit,
            "unit": "mm" if t.rule == "back_lift" else "deg",
            "set": set_no,
            "rep": rep_no,
            "advice": advice,
        }
        yield i, Spoken(crossing.time_s, float(values.time_s[i]), fields)


class Speed:
    """A value's speed and acceleration, smoothed; chunk-invariant."""

    def __init__(self, period_s: float, smooth_hz: float) -> None:
        self._period_s = period_s
        corner = min(smooth_hz, 0.2 / period_s)
        self._sos = butter(2, corner, fs=1.0 / period_s, output="sos")
        self._memory = np.zeros((len(self._sos), 2))
        self._last_value: float | None = None
        self._last_speed = 0.0

    def step(self, value: Floats, rate: Floats | None) -> tuple[Floats, Floats]:
        """(n,) speed and acceleration of (n,) values; `rate` where the speed was measured."""
        if len(value) == 0:
            return value, value
        value = np.nan_to_num(value)
        if rate is None:
            first = value[0] if self._last_value is None else self._last_value
            rate = np.diff(value, prepend=first) / self._period_s
        self._last_value = float(value[-1])
        speed, self._memory = sosfilt(self._sos, rate, zi=self._memory)
        slowing = np.diff(speed, prepend=self._last_speed) / self._period_s
        self._last_speed = float(speed[-1])
        return speed, slowing


def thresholds(rule: Rule, limit: Limit, range_deg: float) -> list[Threshold]:
    """A rule's levels, the larger of the fixed limit and the share of the athlete's own range."""
    if not limit.enabled:
        return []
    levels: tuple[tuple[Level, float | None, float, float], ...] = (
        ("notice", limit.notice, limit.notice_share, limit.notice_dwell_s),
        ("warning", limit.warning, limit.warning_share, limit.dwell_s),
        ("alarm", limit.alarm, limit.alarm_share, limit.dwell_s),
    )
    return [
        Threshold(rule, level, max(fixed, share * range_deg), dwell_s, limit.rearm, limit.rearm_s)
        for level, fixed, share, dwell_s in levels
        if fixed is not None
    ]


def _watched(rule: Rule, values: Values) -> tuple[Floats, Floats, Floats | None]:
    """A rule's value, sigma and (where it is measured) rate."""
    match rule:
        case "pelvic_tilt":
            return values.tilt, values.tilt_sigma, values.tilt_rate
        case "anterior_tilt":
            return -values.tilt, values.tilt_sigma, -values.tilt_rate
        case "back_lift":
            return values.lift, values.lift_sigma, None
        case _:
            return np.abs(values.shift), values.tilt_sigma, None


def _rounded(number: float) -> float:
    return round(float(number), 3)
