"""How good is the back lift? Scenario by scenario, beside what the sensor's noise allows at all.

    python -m tests.benchmarks.lift_report                    the first forty tuning scenarios
    python -m tests.benchmarks.lift_report --held-out         a hundred that nobody tunes on
    python -m tests.benchmarks.lift_report --pictures DIR     and one picture of each

The physical floor is the formula of `monitor.signals.lift` with τ = 1 s, for the live estimate, at
the root of the mean square over the reps, from where the lift leaves 2 mm to its peak.
"""

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from monitor.samples import Floats
from monitor.simulation.scenario import Scenario, draw
from monitor.simulation.truth import TrueRep, Truth
from tests.benchmarks.accuracy import HELD_OUT
from tests.benchmarks.accuracy_run import Run, run
from tests.benchmarks.accuracy_score import AlarmScore, Score, score

LEFT_MM = 2.0
"""A lift has begun where it is this high."""
G_M_S2 = 9.81


@dataclass(frozen=True)
class Line:
    """One scenario.

    Attributes:
        seed: of the scenario.
        about: rate, seat back and loss, in words.
        rmse, live_peak, hindsight, floor: mm; NaN where there is nothing to compare.
        inside, peak_inside: share within two sigma, live and at the peaks in hindsight.
        missing: share of samples within sets without an estimate.
        alarms: of the 20 mm rule.
        minutes: of stream time.
    """

    seed: int
    about: str
    rmse: float
    live_peak: float
    hindsight: float
    floor: float
    inside: float
    peak_inside: float
    missing: float
    alarms: AlarmScore
    minutes: float


def main() -> None:
    """Run the scenarios asked for and print the table."""
    asked = _arguments()
    seeds = HELD_OUT if asked.held_out else range(asked.seeds)
    if asked.pictures:
        asked.pictures.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(asked.jobs) as pool:
        lines = list(pool.map(_line, seeds, [asked.pictures] * len(seeds)))
    print(table(lines))
    print(summary(lines))


def floor_mm(lasted_s: Floats, acc_density: float, gyr_density: float, beta_deg: float) -> Floats:
    """(n,), mm, the floor after `lasted_s` (n,) s; densities N_a, m/s²/√Hz, N_g, rad/s/√Hz."""
    t, turned = lasted_s, G_M_S2 * np.cos(np.radians(beta_deg)) * gyr_density
    variance = acc_density**2 * (t**4 / 4 + t**3 / 3) + turned**2 * t**5 / 20
    return np.asarray(1e3 * np.sqrt(variance))


def _line(seed: int, pictures: Path | None) -> Line:
    watched = run(draw(seed))
    if pictures:
        from tests.benchmarks.accuracy_picture import draw_picture  # noqa: PLC0415 - slow to load

        draw_picture(watched, pictures)
    return line(watched, score(watched))


def line(watched: Run, scored: Score) -> Line:
    """What a scored run says about lift."""
    scenario, truth = watched.simulation.scenario, watched.simulation.truth
    peaks = [
        (pair.said.peak_lift_mm - pair.true.peak_lift_mm, pair.said.lift_sigma_mm)
        for pair in scored.pairs
        if pair.said.peak_lift_mm is not None and pair.said.lift_sigma_mm is not None
    ]
    error, sigma = np.array(peaks).reshape(-1, 2).T
    return Line(
        seed=scored.seed,
        about=_about(scenario),
        rmse=scored.lift.rmse,
        live_peak=_rms(np.array([_live_error(watched, rep) for rep in truth.reps])),
        hindsight=_rms(error),
        floor=_floor(truth, scenario),
        inside=_share(scored.lift.inside),
        peak_inside=_share(np.abs(error) <= 2.0 * sigma),
        missing=scored.lift.missing,
        alarms=scored.alarms["back_lift"],
        minutes=scored.minutes,
    )


def _about(scenario: Scenario) -> str:
    sensor, machine = scenario.sensor, scenario.machine
    loss = f"{100 * scenario.radio.loss:.1f} %"
    return f"{sensor.rate_hz:4.0f} Hz {machine.seat_back_deg:3.0f}° loss {loss:>5}"


def _live_error(watched: Run, rep: TrueRep) -> float:
    signals = watched.signals
    within = (signals.time_s >= rep.start_s) & (signals.time_s <= rep.end_s)
    lift = signals.lift_mm[within & np.isfinite(signals.lift_mm)]
    return float(lift.max()) - rep.peak_lift_mm if len(lift) else np.nan


def _floor(truth: Truth, scenario: Scenario) -> float:
    sensor = scenario.sensor
    lasted = np.array([_rise_s(truth, rep) for rep in truth.reps if rep.peak_lift_mm > LEFT_MM])
    one_sided = np.sqrt(0.5)  # a density over positive frequencies alone has twice the power
    densities = one_sided * sensor.acc_noise, one_sided * sensor.gyr_noise
    return _rms(floor_mm(lasted, *densities, scenario.machine.seat_back_deg))


def _rise_s(truth: Truth, rep: TrueRep) -> float:
    """How long before its peak a lift left the pad, s."""
    within = (truth.time_s >= rep.start_s) & (truth.time_s <= rep.end_s)
    time_s, lift = truth.time_s[within], truth.lift_mm[within]
    top = int(np.argmax(lift))
    low = np.flatnonzero(lift[: top + 1] <= LEFT_MM)
    return float(time_s[top] - time_s[low[-1] if len(low) else 0])


def _rms(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(np.sqrt(np.mean(known**2))) if len(known) else np.nan


def _share(true: Floats) -> float:
    return float(np.mean(true)) if len(true) else np.nan


def table(lines: list[Line]) -> str:
    """One row per scenario; lengths in mm."""
    head = (
        f"{'seed':>6}  {'scenario':<25} {'live':>5} {'peak':>5} {'hind.':>5} {'floor':>5} "
        f"{'in 2σ':>6} {'none':>5} {'hit':>4} {'miss':>4} {'false':>5} {'quiet':>5} {'delay':>6}"
    )
    return "\n".join([head, *(_row(one) for one in lines)])


def _row(one: Line) -> str:
    alarms = one.alarms
    delay = f"{1e3 * np.median(alarms.delays_s):.0f} ms" if alarms.delays_s else "–"
    return (
        f"{one.seed:>6}  {one.about:<25} {one.rmse:5.1f} {one.live_peak:5.1f} "
        f"{one.hindsight:5.1f} {one.floor:5.1f} {100 * one.inside:5.0f}% {100 * one.missing:4.0f}% "
        f"{alarms.hits:>4} {alarms.misses:>4} {alarms.false:>5} {alarms.quiet:>5} {delay:>6}"
    )


def summary(lines: list[Line]) -> str:
    """All scenarios together, against the numbers asked for."""
    rmse, peak = _column(lines, "rmse"), _column(lines, "live_peak")
    hindsight, floor = _column(lines, "hindsight"), _column(lines, "floor")
    inside, peak_inside = _column(lines, "inside"), _column(lines, "peak_inside")
    hits, misses = sum(o.alarms.hits for o in lines), sum(o.alarms.misses for o in lines)
    false, quiet = sum(o.alarms.false for o in lines), sum(o.alarms.quiet for o in lines)
    delays = np.array([d for one in lines for d in one.alarms.delays_s])
    strays = [place for one in lines for place in one.alarms.strays]
    late = f"{1e3 * np.percentile(delays, 95):.0f}" if len(delays) else "–"
    minutes = sum(one.minutes for one in lines)
    rows = [
        ("live RMSE, mm, median (≤ 5) and p90 (≤ 9)", _two(rmse)),
        ("live peak RMS, mm, median and p90", _two(peak)),
        ("peak RMS in hindsight, mm, median (≤ 4) and p90", _two(hindsight)),
        ("physical floor at the peak, mm, median and p90", _two(floor)),
        ("inside 2σ, mean (92–98 %) and worst (≥ 85 %)", _mean_and_worst(inside)),
        ("the same of the peaks in hindsight", _mean_and_worst(peak_inside)),
        ("no estimate within sets", f"{100 * np.mean(_column(lines, 'missing')):.1f} %"),
        ("alarm sensitivity (≥ 0.95)", f"{hits / max(hits + misses, 1):.3f} of {hits + misses}"),
        ("alarm specificity (≥ 0.98)", f"{quiet / max(quiet + false, 1):.3f} of {quiet + false}"),
        ("alarm delay, ms, p95 (≤ 250)", late),
        (f"alarms outside reps in {minutes:.0f} min (0)", f"{len(strays)} {sorted(set(strays))}"),
    ]
    return "\n".join(f"{name:<52} {value}" for name, value in rows)


def _column(lines: list[Line], name: str) -> Floats:
    values = np.array([getattr(one, name) for one in lines], dtype=float)
    return values[np.isfinite(values)]


def _two(values: Floats) -> str:
    return f"{np.median(values):.2f}  {np.percentile(values, 90):.2f}" if len(values) else "–"


def _mean_and_worst(values: Floats) -> str:
    return f"{100 * np.mean(values):.1f} %  {100 * np.min(values):.0f} %" if len(values) else "–"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seeds", type=int, default=40, metavar="N", help="the first N")
    parser.add_argument("--held-out", action="store_true", help="seeds nobody tunes on")
    parser.add_argument("--pictures", type=Path, metavar="DIR")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
