"""One athlete's samples in; signals, reps, sets and alerts out.

    samples ─▶ sensor model ─▶ up ─▶ tilt, shift ─▶ lift ─▶ phases and reps ─▶ alerts ─▶ sets

The first samples are held back until the sampling period is known, a fifth of a second; from
then on every sample has its estimate as soon as it is there.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from calibration.model import Calibration
from calibration.placement import UNKNOWN_SIGMA_DEG
from calibration.turned import Turned
from monitor.arrivals import Told
from monitor.coaching.coach import coached
from monitor.coaching.cues import Cues
from monitor.coaching.rep import Rep
from monitor.coaching.told import Tellings
from monitor.events import AlertEvent, QualityEvent, RepEvent, Said, SetEvent
from monitor.samples import Floats, Samples, Signals
from monitor.settings import Coaching, Settings
from monitor.signals.alerts import Alerts, Spoken, Values
from monitor.signals.correction import Correction
from monitor.signals.lift import Lift
from monitor.signals.lift_gate import Gate, Gated
from monitor.signals.lift_set import Peaks
from monitor.signals.movement import FoundRep, Movement, Moves, SetOver
from monitor.signals.orientation import Orientation
from monitor.signals.pelvis import Pelvis
from monitor.signals.quality import Quality, State, StrapTold, Verdict
from monitor.signals.repmetrics import RepMetrics, lowest
from monitor.signals.sets import Sets
from monitor.signals.signs import RepSigns, Signs
from monitor.signals.strap import Strap, lift_sigma

PERIOD_FROM = 20
"""Samples from which the sampling period is told (their median interval)."""

_OF_THE_REP = tuple(name for name in Rep.__slots__ if name not in Signs.__slots__)


class Analysis:
    """All stages of one athlete, one after the other; chunk-invariant.

    Args:
        settings: limits.
        calibration: None if there is none: then there is no tilt, no lift, no rep.
        session_id: names the session, so that the tilts of a calibration made from it are known.
    """

    def __init__(
        self, settings: Settings, calibration: Calibration | None, session_id: str = ""
    ) -> None:
        self._settings = settings
        self._calibration = calibration
        if calibration is not None and calibration.recording != session_id:
            self._calibration = replace(calibration, tilts_s=None)
        self._held = Samples.empty()
        self._told = Tellings(settings.coaching)
        self._stages: _Stages | None = None

    @property
    def loss_pct(self) -> float:
        """Share of samples lost over the last seconds, %."""
        return self._stages.quality.loss_pct if self._stages else 0.0

    def tell(self, time_s: float, told: Told) -> None:
        """The athlete told something at that stream time, s."""
        self._told.add(time_s, told)

    def told_at(self, time_s: float) -> Coaching:
        """What had been told until then: it holds for a set that began then."""
        return self._told.at(time_s)

    def recalibrate(self, calibration: Calibration | None, time_s: float) -> list[Said]:
        """From stream time `time_s` on the sensor sits otherwise; None: it is not known how.

        A set in progress is over.
        """
        self._calibration = calibration and replace(calibration, tilts_s=None)
        if self._stages is None:
            return []
        said, quality = self._stages.finish(), self._stages.quality
        self._stages = self._stages.renewed(self._calibration)
        verdict: tuple[State, str] = ("degraded", "calibration stale")
        if calibration is not None:
            verdict = quality.said
        figures = quality.figures_at(time_s)
        return [*said, _quality(Verdict(time_s, time_s, *verdict, *figures))]

    def step(self, samples: Samples) -> tuple[Signals, list[Said]]:
        """Follow one block."""
        if self._stages is None:
            self._held = Samples.joined([self._held, samples])
            if len(self._held) < PERIOD_FROM:
                return Signals.empty(), []
            samples, self._held = self._held, Samples.empty()
            self._stages = self._begun(samples)
        return self._stages.step(samples) if len(samples) else (Signals.empty(), [])

    def finish(self) -> tuple[Signals, list[Said]]:
        """The stream is over: give out what is held back, and close the set in progress."""
        signals = Signals.empty()
        said: list[Said] = []
        if self._stages is None and len(self._held):
            self._stages = self._begun(self._held)
            signals, said = self._stages.step(self._held)
        if self._stages is not None:
            said += self._stages.finish()
        return signals, said

    def _begun(self, first: Samples) -> "_Stages":
        quality = Quality(_period(first))
        return _Stages(self._settings, self._calibration, quality, self._told)


def _period(samples: Samples) -> float:
    """Median interval of the first samples, s: what the stream starts with, whatever its cut."""
    intervals = np.diff(samples.time_s[:PERIOD_FROM])
    return float(np.median(intervals)) if len(intervals) else 0.01  # one sample has no interval


class _Stages:
    """The stages, once the sampling period is known."""

    def __init__(
        self,
        settings: Settings,
        calibration: Calibration | None,
        quality: Quality,
        told: Tellings,
        sets_before: int = 0,
    ) -> None:
        self.quality, self._settings, self._told = quality, settings, told
        self._calibration = calibration
        self._last_set = sets_before
        if calibration is None:
            return
        placement, limits, period_s = calibration.placement, settings.limits, quality.period_s
        self._correction = Correction(calibration.sensor_model)
        self._orientation = Orientation(period_s, gyr_bias=placement.gyr_bias)
        self._pelvis = Pelvis(placement)
        self._strap_told = StrapTold(self.quality)
        self._strap = Strap(placement, self._pelvis, period_s)
        self._turned = Turned(placement)
        self._lift = Lift(placement, period_s)
        self._movement = Movement(placement, period_s, calibration.tilts_s, sets_before)
        self._gate = Gate(placement, period_s, calibration.tilts_s)
        self._metrics = RepMetrics(limits, placement.range_deg, period_s)
        self._signs = RepSigns(period_s)
        self._seen: list[Rep] = []
        self._alerts = Alerts(limits, placement.range_deg, period_s)
        self._cues = Cues()
        self._notice_deg = (
            lowest(limits, "pelvic_tilt", placement.range_deg or 0.0),
            lowest(limits, "anterior_tilt", 0.0),
        )
        self._sets = Sets()

    def renewed(self, calibration: Calibration | None) -> "_Stages":
        """The stages as they begin with another calibration; sets are counted on."""
        return _Stages(self._settings, calibration, self.quality, self._told, self._last_set)

    def step(self, samples: Samples) -> tuple[Signals, list[Said]]:
        """Follow one block: signals, and what is said in the order it is known."""
        verdicts = self.quality.step(samples)
        if self._calibration is None:
            return _unknown(samples), [_quality(verdict) for verdict in verdicts]
        acc, gyr = self._correction.acc(samples.acc), self._correction.gyr(samples.gyr)
        time_s = samples.time_s
        corrected = Samples(time_s, acc, gyr, samples.gap)
        up, gyr, restart = self._orientation.step(corrected)
        seen = self._pelvis.step(up)
        rate = self._pelvis.rate(gyr)
        lift, lift_known = self._lift.step(corrected, up, seen[0], restart)
        moves = self._movement.step(time_s, seen[0], rate, gyr, acc, seen[2], restart)
        seats = self._strap.step(corrected, up, gyr, restart, moves)
        tilt, sigma, shift, doubt = self._strap.corrected(time_s, up, seen, seats)
        turned, turns = self._turned.step(time_s, up)
        if turned.any():  # nobody knows which way; nobody is to be accused of it
            sigma = np.where(turned, np.radians(UNKNOWN_SIGMA_DEG), sigma)
            moves = replace(moves, speaks=moves.speaks & ~turned)
        signals = Signals(
            time_s,
            np.degrees(tilt),
            np.degrees(sigma),
            1e3 * lift,
            1e3 * lift_sigma(lift, lift_known, doubt),
            np.degrees(shift),
            moves.phase,
            moves.rep_no.astype(np.int16),
        )
        rate_deg_s = np.degrees(rate)
        said = [_quality(verdict) for verdict in self._strap_told.step(verdicts, seats, turns)]
        settled = self._strap.settled(time_s)
        peaks = [self._peak(rep) for rep in moves.found]
        lifts = signals.lift_mm, signals.lift_sigma_mm
        gated = self._gate.step(time_s, *lifts, gyr, moves, _mm(peaks))
        gated = gated._replace(open=gated.open & ~turned)
        spoken = self._alerts.step(_values(signals, rate_deg_s, settled, moves, gated))
        said += [self._alert(one) for one in spoken]
        self._metrics.add(time_s, signals.tilt_deg, rate_deg_s, signals.shift_deg)
        self._signs.add(time_s, signals.tilt_deg, rate_deg_s, np.concatenate([acc, gyr], axis=1))
        said += self._counted(moves.found, moves.over, peaks)
        return signals, sorted(said, key=lambda one: one.known_s)

    def finish(self) -> list[Said]:
        """The stream is over: close the set in progress."""
        return self._counted((), self._movement.finish(), []) if self._calibration else []

    def _peak(self, rep: FoundRep) -> tuple[float, float]:
        """Lift and sigma of a rep in hindsight, m."""
        return self._lift.hindsight(rep.start_s, rep.end_s, rep.known_s)

    def _counted(
        self, found: tuple[FoundRep, ...], over: tuple[SetOver, ...], peaks: Peaks
    ) -> list[Said]:
        """Reps, `peaks` their lifts, and sets that are over, in the order they were known."""
        said = []
        news: list[FoundRep | SetOver] = [*found, *over]
        lifts = iter(peaks)
        for one in sorted(news, key=lambda one: one.known_s):
            if isinstance(one, FoundRep):
                fields = self._metrics.summed_up(one, next(lifts))
                self._sets.add(fields)
                self._last_set = one.set
                self._seen.append(_seen(fields, self._signs.of(one)))
                name = f"rep-s{one.set}-r{one.rep}"
                said.append(Said(one.end_s, one.known_s, name, RepEvent, fields))
            else:
                seen, self._seen = self._seen, []
                fields = self._sets.summed_up(one)
                coach = coached(seen, *self._notice_deg, self._told.at(fields["start_s"]))
                fields |= {"causes": coach.causes, "suggestion": coach.suggestion}
                end_s = fields["end_s"]
                said.append(Said(end_s, one.known_s, f"set-{one.set}", SetEvent, fields))
        return said

    def _alert(self, spoken: Spoken) -> Said:
        f = spoken.fields
        rep = f["set"], f["rep"]
        f["advice"] = self._cues.advice(f["rule"], f["state"], rep, unsure=spoken.unsure)
        name = f"alert-s{f['set']}-r{f['rep']}-{f['rule']}-{f['level']}-{f['state']}"
        return Said(spoken.time_s, spoken.known_s, name, AlertEvent, f)


def _seen(fields: dict[str, Any], signs: Signs) -> Rep:
    """A rep as the coach sees it."""
    return Rep(
        **{name: fields[name] for name in _OF_THE_REP},
        **{name: getattr(signs, name) for name in signs.__slots__},
    )


def _mm(peaks: Peaks) -> Peaks:
    return [(1e3 * lift, 1e3 * sigma) for lift, sigma in peaks]


def _values(
    signals: Signals, rate_deg_s: Floats, settled: Floats, moves: Moves, gated: Gated
) -> Values:
    return Values(
        signals.time_s,
        signals.tilt_deg,
        signals.tilt_sigma_deg,
        rate_deg_s,
        signals.lift_mm,
        signals.lift_sigma_mm,
        signals.shift_deg,
        settled,
        moves.set_no,
        moves.next_rep,
        moves.occasion,
        moves.speaks,
        gated.open,
        gated.odds,
        gated.usual_mm,
        gated.occasion,
    )


def _quality(verdict: Verdict) -> Said:
    fields = {
        "state": verdict.state,
        "reason": verdict.reason,
        "loss_pct": round(verdict.loss_pct, 2),
        "rate_hz": round(verdict.rate_hz, 2),
    }
    strap = "strap-" if verdict.time_s < verdict.known_s else ""
    name = f"quality-{strap}{verdict.known_s:.3f}"
    return Said(verdict.time_s, verdict.known_s, name, QualityEvent, fields)


def _unknown(samples: Samples) -> Signals:
    """What can be said without a calibration: nothing."""
    nothing = np.full(len(samples), np.nan)
    codes = np.zeros(len(samples), np.int8)
    reps = np.zeros(len(samples), np.int16)
    return Signals(samples.time_s, nothing, nothing, nothing, nothing, nothing, codes, reps)
