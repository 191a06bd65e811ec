"""Who trains, on which machine, wearing which sensor, doing what: everything that can vary.

`draw(seed)` gives one scenario out of wide but realistic distributions; the same seed always gives
the same one. Any field of any part can be fixed by name: `draw(7, seat_back_deg=45.0, loss=0.0)`.
The ranges are those of gyms, of people and of consumer MEMS data sheets; where a peak-to-peak
figure is meant the comment says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

import numpy as np

from monitor.simulation.parts import Athlete, Machine, Radio, Sensor
from monitor.simulation.session_plan import Plan, draw_plan


@dataclass(frozen=True, slots=True)
class Scenario:
    """Everything a simulated recording depends on."""

    seed: int
    athlete: Athlete
    machine: Machine
    sensor: Sensor
    radio: Radio
    plan: Plan


def draw(seed: int, **overrides: object) -> Scenario:
    """One scenario out of the distributions.

    Args:
        seed: the same seed gives the same scenario.
        overrides: fields of any part, by name, that are to have this value.

    Raises:
        TypeError: an override names no field of any part.
    """
    left = dict(overrides)
    scenario = Scenario(
        seed=seed,
        athlete=_overridden(_athlete(np.random.default_rng([seed, 1])), left),
        machine=_overridden(_machine(np.random.default_rng([seed, 2])), left),
        sensor=_overridden(_sensor(np.random.default_rng([seed, 3])), left),
        radio=_overridden(_radio(np.random.default_rng([seed, 4])), left),
        plan=_overridden(draw_plan(np.random.default_rng([seed, 5])), left),
    )
    if left:
        raise TypeError(f"no part of a scenario has {', '.join(sorted(left))}")
    return scenario


_Part = TypeVar("_Part", Athlete, Machine, Sensor, Radio, Plan)


def _overridden(part: _Part, left: dict[str, object]) -> _Part:
    """The part with those overrides that are its own, which are taken out of `left`."""
    own: Mapping[str, Any] = {f.name: left.pop(f.name) for f in fields(part) if f.name in left}
    return replace(part, **own)


def _athlete(rng: np.random.Generator) -> Athlete:
    return Athlete(
        standing_lean_deg=rng.normal(0.0, 6.0),
        standing_list_deg=rng.normal(0.0, 0.8),
        sway_deg=rng.uniform(0.05, 0.35),
        breathing_hz=rng.uniform(0.2, 0.35),
        breathing_tilt_deg=rng.uniform(0.1, 1.0),
        breathing_mm=rng.uniform(1.0, 3.0),
        breathing=_one_of(rng, {"free": 0.35, "held": 0.4, "synced": 0.25}),  # type: ignore[arg-type] # the keys are the literal's words
        heart_hz=rng.uniform(1.0, 2.2),
        heart_m_s2=rng.uniform(0.01, 0.1),
        tremor_deg=_log_uniform(rng, 0.005, 0.1),
        tremor_m_s2=_log_uniform(rng, 0.01, 0.25),
        wobble_hz=rng.uniform(3.0, 8.0),
        wobble_damping=rng.uniform(0.08, 0.4),
        wobble_deg=_log_uniform(rng, 0.02, 0.5),
        site_forward_mm=rng.uniform(-120.0, -40.0),
        site_up_mm=rng.uniform(-50.0, 15.0),
        range_deg=rng.uniform(8.0, 24.0),
        settle_deg=rng.uniform(-0.8, 2.0),
        wedge_deg=rng.uniform(0.1, 0.4) if rng.random() < 0.2 else 0.0,
        restlessness=_log_uniform(rng, 0.05, 0.4),
    )


def _machine(rng: np.random.Generator) -> Machine:
    return Machine(
        seat_back_deg=rng.uniform(20.0, 80.0),
        gravity_m_s2=rng.uniform(9.78, 9.83),
        vibration_hz=rng.uniform(8.0, 30.0),
        vibration_m_s2=_log_uniform(rng, 0.02, 0.6),
        bang_m_s2=_log_uniform(rng, 0.5, 15.0),
        bang_share=rng.choice([0.0, 0.2, 1.0], p=[0.4, 0.3, 0.3]),
    )


def _sensor(rng: np.random.Generator) -> Sensor:
    cheap = rng.random()
    askew = rng.choice([0.0, 15.0, 180.0], p=[0.3, 0.5, 0.2])
    slip = _one_of(rng, {"none": 0.8, "step": 0.12, "creep": 0.08})
    rates = [25.0, 26.0, 50.0, 52.0, 60.0, 100.0, 104.0, 119.0, 200.0, 208.0]
    return Sensor(
        rate_hz=float(rng.choice(rates, p=[0.05, 0.05, 0.1, 0.1, 0.1, 0.2, 0.1, 0.1, 0.1, 0.1])),
        rate_error=rng.uniform(-0.02, 0.02),
        averaging=bool(rng.random() < 0.5),
        acc_noise=9.81e-6 * 60.0 * 8.0**cheap,
        gyr_noise=np.deg2rad(0.003 * 10.0**cheap),
        acc_bias=_three(rng, rng.uniform(0.02, 0.4)),
        gyr_bias_deg=_three(rng, rng.uniform(0.02, 1.0)),
        gyr_walk_deg=_log_uniform(rng, 0.0003, 0.006),
        acc_scale=_three(rng, 0.02 * rng.uniform(0.1, 1.0)),
        gyr_scale=_three(rng, 0.02 * rng.uniform(0.1, 1.0)),
        misalignment_deg=(
            tuple(rng.uniform(-1.0, 1.0, 6).tolist()),
            tuple(rng.uniform(-1.0, 1.0, 6).tolist()),
        ),
        acc_range_g=float(rng.choice([2.0, 4.0, 8.0, 16.0], p=[0.1, 0.3, 0.3, 0.3])),
        gyr_range_deg=float(rng.choice([250.0, 500.0, 1000.0, 2000.0])),
        naming=int(rng.integers(24)),
        face_deg=rng.uniform(-180.0, 180.0),
        flipped=bool(rng.random() < 0.3),
        askew_deg=rng.uniform(0.0, askew),
        askew_axis_deg=rng.uniform(0.0, 360.0),
        slip=slip,  # type: ignore[arg-type] # the keys are the literal's words
        slip_deg=rng.uniform(2.0, 8.0) * rng.choice([-1.0, 1.0]),
        slip_axis_deg=rng.uniform(0.0, 90.0),
        slip_share=rng.uniform(0.4, 0.85),
    )


def _radio(rng: np.random.Generator) -> Radio:
    lossy = rng.random() < 0.5
    troubled = rng.random() < 0.15
    return Radio(
        packet_samples=int(rng.choice([1, 2, 5, 8, 10, 18])),
        loss=rng.uniform(0.001, 0.05) if lossy else 0.0,
        burst=rng.uniform(1.0, 6.0),
        duplicates=rng.uniform(0.0, 0.02) if rng.random() < 0.3 else 0.0,
        reordered=rng.uniform(0.0, 0.02) if rng.random() < 0.3 else 0.0,
        dropouts=int(rng.integers(1, 3)) if troubled else 0,
        dropout_s=rng.uniform(0.5, 4.0),
        link_lost=bool(rng.random() < 0.5),
        latency_s=rng.uniform(0.005, 0.04),
        jitter_s=_log_uniform(rng, 0.0005, 0.02),
        interval_s=float(rng.choice([0.0, 0.0075, 0.015, 0.03, 0.05, 0.2])),
        clock_ppm=rng.normal(0.0, 25.0),
        stamp_jitter_s=_log_uniform(rng, 0.0001, 0.003) if rng.random() < 0.3 else 0.0,
    )


def _one_of(rng: np.random.Generator, shares: Mapping[str, float]) -> str:
    return str(rng.choice(list(shares), p=list(shares.values())))


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _three(rng: np.random.Generator, most: float) -> tuple[float, float, float]:
    x, y, z = rng.uniform(-most, most, 3).tolist()
    return x, y, z
