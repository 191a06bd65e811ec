"""What is worth saying while it happens: every rule's value against its limits.

One alert per rule, level and rep. A lift counts only where it is one of training
(`monitor.signals.lift_gate`), and where sigma is small enough to mean it: at most a third of the
limit, or so small beside the lift that a sigma less would still be half the limit. It counts for
some sigmas less where it may as well be a fidget, for a little more where the reps before lifted
the back beyond the limit, and less where they did not. Where the estimate is high and sigma too
large, a notice says it is unsure.

A notice of tilt counts from the rest pose the athlete has settled into, so that who lies two
degrees lower is not nagged for it; warnings and alarms count from neutral.

A crossing is announced ahead where the value, carried on at its present speed v and slowing down
as it does now (a < 0), passes the limit within the horizon h:

    foreseen = value + v t + a t²/2,    t = min(-v/a, h)

and only from a third of the limit on: coming back from one side is no approach to the other.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter

from monitor.events import Level, Rule
from monitor.samples import Bools, Floats
from monitor.settings import Limit, Limits
from monitor.signals.before import before
from monitor.signals.sections import at_rest, filtered
from monitor.signals.watch import Crossing, Threshold, Watch

RULES: tuple[Rule, ...] = ("pelvic_tilt", "anterior_tilt", "back_lift", "pelvic_shift")


@dataclass(frozen=True, slots=True)
class AlertParams:
    """Constants of the alerts.

    Attributes:
        horizon_s: how far ahead a crossing is foreseen, s. People need 0.32 to 0.53 s to react.
        smooth_hz: corner of the smoothing of speeds, Hz.
        nearest_share: share of the limit from which a crossing is foreseen.
        sure_share: a lift or tilt means something where sigma is at most this share of the limit,
        sure_beyond: or, a lift, where one sigma less is at least this share of it.
        trusted: log-odds of training at which a lift counts as it is; every one less costs a
            sigma, up to `doubt`, every one more adds one, up to `trust`.
        usual: sigmas added for every `usual_mm`, mm, that the reps before went beyond the limit,
            or taken off where they stayed below, up to twice.
        unsure_sigmas: where so many sigmas less are still beyond the limit of a notice, it is told
            even so, as unsure.
    """

    horizon_s: float = 0.45
    nearest_share: float = 0.35
    smooth_hz: float = 4.0
    sure_share: float = 1.0 / 3.0
    sure_beyond: float = 0.5
    trusted: float = 1.0
    doubt: float = 3.0
    trust: float = 0.8
    usual: float = 0.5
    usual_mm: float = 7.0
    unsure_sigmas: float = 0.5


@dataclass(frozen=True, slots=True)
class Spoken:
    """One alert. `fields` are those of the alert event beyond the ids and the advice.

    `unsure`: it may be a mistake.
    """

    time_s: float
    known_s: float
    fields: dict[str, Any]
    unsure: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """What the alerts look at, each (n,); angles in °, lengths in mm.

    `settled` is the tilt of the rest pose he has settled into; `set_no` and `rep_no` are the set
    and rep in progress (or about to begin), `occasion` numbers the excursions from the rest pose
    (a first rep may be known as one only later); `speaks` is False where the athlete is not on the
    pad doing reps. Of lifts, `lifts` says whether they count at all, `lift_odds` the log-odds of
    training, `lift_usual` what the set's reps before went to (NaN if unknown), and
    `lift_occasion` numbers their occasions, with or without an excursion.
    """

    time_s: Floats
    tilt: Floats
    tilt_sigma: Floats
    tilt_rate: Floats
    lift: Floats
    lift_sigma: Floats
    shift: Floats
    settled: Floats
    set_no: NDArray[np.integer[Any]]
    rep_no: NDArray[np.integer[Any]]
    occasion: NDArray[np.integer[Any]]
    speaks: Bools
    lifts: Bools
    lift_odds: Floats
    lift_usual: Floats
    lift_occasion: NDArray[np.integer[Any]]

    def newest(self) -> "Values":
        """The last sample alone."""
        return Values(*(column[-1:] for column in _COLUMNS(self)))


_COLUMNS = attrgetter(*Values.__slots__)


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
        self._watches = [
            Watch(threshold)
            for rule in RULES
            for threshold in thresholds(rule, getattr(limits, rule), own.get(rule, 0.0))
        ]
        self._rows = np.array([RULES.index(w.threshold.rule) for w in self._watches], np.intp)
        nearest = [self._params.nearest_share * w.threshold.limit for w in self._watches]
        self._nearest = np.array(nearest).reshape(-1, 1)
        self._speed = Speed(len(RULES), period_s, self._params.smooth_hz)
        self._said: dict[tuple[Rule, Level, str], int] = {}
        self._active: set[tuple[Rule, Level]] = set()

    def step(self, values: Values) -> list[Spoken]:
        """Follow one block; what is to be said, in order."""
        if len(values.time_s) == 0:
            return []
        tilt, speaks = values.tilt, values.speaks
        watched = np.array((tilt, -tilt, values.lift, np.abs(values.shift)))
        may_speak = np.array((speaks, speaks, values.lifts, speaks))
        moving = self._speed.step(watched, values.tilt_rate)
        near = watched[self._rows] >= self._nearest
        stirring: Bools = np.any(near & may_speak[self._rows], axis=1)
        newest_s, newest = float(values.time_s[-1]), watched[:, -1].tolist()
        last_values = values.newest()
        foreseen: Floats | None = None
        spoken: list[tuple[int, Spoken]] = []
        for k, (watch, row) in enumerate(zip(self._watches, self._rows.tolist(), strict=True)):
            if watch.idle and not stirring[k]:
                last = newest[row]
                if RULES[row] == "back_lift" and math.isfinite(last):
                    last = float(self._lifted(watch.threshold, last_values)[0][0])
                watch.skip(newest_s, last)
                continue
            if foreseen is None:
                foreseen = self._foreseen(watched, *moving)
            spoken += self._heard(watch, watched[row], near[k], foreseen[row], values)
        return [one for _, one in sorted(spoken, key=lambda pair: pair[0])]

    def _foreseen(self, watched: Floats, speed: Floats, slowing: Floats) -> Floats:
        """(4, n), the furthest each value gets within the horizon as it moves now."""
        horizon = self._params.horizon_s
        slowing = np.minimum(slowing, -1e-9)
        still_rising = np.minimum(np.maximum(speed / -slowing, 0.0), horizon)
        ahead: Floats = watched + still_rising * (speed + 0.5 * slowing * still_rising)
        return ahead

    def _heard(
        self, watch: Watch, value: Floats, near: Bools, ahead: Floats, values: Values
    ) -> Iterator[tuple[int, Spoken]]:
        """What one watch makes of the block, each with its sample."""
        of_lift = watch.threshold.rule == "back_lift"
        may_speak = values.lifts if of_lift else values.speaks
        sigma = values.lift_sigma if of_lift else values.tilt_sigma
        if of_lift:
            believed, sure = self._lifted(watch.threshold, values)
            value = np.fmax(value, believed)
            near = near & self._foreseeable(watch.threshold, values)
        else:
            believed = self._rolled(watch.threshold, value, sigma, values.settled)
            sure = np.ones(len(value), bool)
            near = near & np.isfinite(believed)
        coming = np.where(near, ahead, -np.inf)
        for crossing in watch.step(values.time_s, believed, coming, may_speak):
            yield from self._once(crossing, value, sigma, values, unsure=not sure[crossing.index])

    def _rolled(
        self, threshold: Threshold, value: Floats, sigma: Floats, settled: Floats
    ) -> Floats:
        """A tilt or shift where it counts, NaN elsewhere."""
        limit = threshold.limit
        eased = value - _settled(threshold, settled)
        told = (sigma <= self._params.sure_share * limit) | (eased - sigma >= limit)
        return np.where(told, eased, np.nan)

    def _foreseeable(self, threshold: Threshold, values: Values) -> Bools:
        """Where a lift that goes on can be told from what it may be besides: in a known set."""
        sharp: Bools = values.lift_sigma <= self._params.sure_beyond * threshold.limit
        likely = values.lift_odds >= self._params.trusted
        return sharp & likely & np.isfinite(values.lift_usual)

    def _lifted(self, threshold: Threshold, values: Values) -> tuple[Floats, Bools]:
        """The lift as it counts (NaN where it does not), and where it is sure."""
        q, limit = self._params, threshold.limit
        lift, sigma = values.lift, values.lift_sigma
        sure = (sigma <= q.sure_share * limit) | (lift - sigma >= q.sure_beyond * limit)
        told = sure
        if threshold.level == "notice":
            told = sure | (lift - q.unsure_sigmas * sigma >= limit)
        trust = np.minimum(np.maximum(values.lift_odds - q.trusted, -q.doubt), q.trust)
        beyond = (values.lift_usual - limit) / q.usual_mm
        beyond = np.where(np.isnan(beyond), 0.0, beyond)
        trust = trust + q.usual * np.minimum(np.maximum(beyond, -2.0), 2.0)
        return np.where(told, lift + trust * sigma, np.nan), sure

    def _once(
        self, crossing: Crossing, value: Floats, sigma: Floats, values: Values, *, unsure: bool
    ) -> Iterator[tuple[int, Spoken]]:
        t, i = crossing.threshold, crossing.index
        set_no, rep_no = int(values.set_no[i]), int(values.rep_no[i])
        key = (t.rule, t.level, crossing.state)
        occasions = values.lift_occasion if t.rule == "back_lift" else values.occasion
        occasion = int(occasions[i])
        if crossing.state == "cleared":
            if (t.rule, t.level) not in self._active:
                return
            self._active.discard((t.rule, t.level))
        else:
            if self._said.get(key) == occasion:
                return
            self._said[key] = occasion
            if crossing.state == "raised":
                self._active.add((t.rule, t.level))
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
        }
        yield i, Spoken(crossing.time_s, float(values.time_s[i]), fields, unsure)


class Speed:
    """Speed and acceleration of the watched values, smoothed; chunk-invariant."""

    def __init__(self, rows: int, period_s: float, smooth_hz: float) -> None:
        self._period_s = period_s
        corner = min(smooth_hz, 0.2 / period_s)
        self._sos = butter(2, corner, fs=1.0 / period_s, output="sos")
        self._memory = at_rest(self._sos, rows)
        self._last_value: Floats | None = None
        self._last_speed = np.zeros(rows)

    def step(self, watched: Floats, tilt_rate: Floats) -> tuple[Floats, Floats]:
        """(4, n) speed and acceleration of (4, n) values; the tilt's own speed is measured."""
        known = np.where(np.isnan(watched), 0.0, watched)
        if self._last_value is None:
            self._last_value = known[:, 0]
        rate = (known - before(known.T, self._last_value).T) / self._period_s
        rate[0], rate[1] = tilt_rate, -tilt_rate
        speed = filtered(self._sos, rate, self._memory)
        slowing = (speed - before(speed.T, self._last_speed).T) / self._period_s
        self._last_value, self._last_speed = known[:, -1], speed[:, -1]
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


def _settled(threshold: Threshold, settled: Floats) -> Floats:
    """(n,), what of a rule's value is only where the athlete settled, and nags nobody.

    Warnings and alarms are of the spine, which does not care why it is bent: they count from
    neutral.
    """
    if threshold.level != "notice" or threshold.rule not in {"pelvic_tilt", "anterior_tilt"}:
        return np.zeros(len(settled))
    return np.maximum(settled if threshold.rule == "pelvic_tilt" else -settled, 0.0)


def _rounded(number: float) -> float | None:
    return None if np.isnan(number) else round(float(number), 3)
