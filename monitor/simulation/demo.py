"""The demo's session: an ordinary athlete on a 45° sled, two sets of six and five.

In the first set the pelvis rolls a little further each time, past the 12° alarm, and in the last
reps the back comes off the pad with it; the second set, after a rest, is clean. The calibration
is made of the session's own first seconds, by the same code that calibrates anybody.
"""

from dataclasses import dataclass, replace

import numpy as np

from calibration.model import Calibration
from calibration.placement import Windows, placement_from
from monitor.simulation.scenario import Scenario, draw
from monitor.simulation.session_plan import Plan, SetPlan
from monitor.simulation.simulate import Simulation, simulate

SEED = 45
WORSE = SetPlan(
    reps=6,
    eccentric_s=1.5,
    concentric_s=1.1,
    bottom_s=0.2,
    top_s=0.5,
    tempo_jitter=0.04,
    slowdown=0.35,
    profile="minimum_jerk",
    grind=0.4,
    tilt_deg=(3.5, 17.0),
    tilt_jitter_deg=0.3,
    onset=0.55,
    exponent=1.4,
    hysteresis=0.02,
    arch_deg=0.3,
    arch_in="push",
    rolling_lift_mm=(0.0, 30.0),
    bridging_lift_mm=(0.0, 0.0),
    bridge_s=1.0,
    bridge_at=0.6,
    lift_jitter=0.05,
    shift_deg=(0.3, 1.2),
    press_mm=0.8,
    slide_mm=2.0,
)
CLEAN = replace(
    WORSE,
    reps=5,
    slowdown=0.1,
    grind=0.0,
    tilt_deg=(2.6, 3.2),
    rolling_lift_mm=(0.0, 0.0),
    shift_deg=(0.2, 0.4),
)
PLAN = Plan(
    standing_s=4.5,
    neutral_s=5.5,
    walk_s=2.0,
    leave_s=1.0,
    range_movement="none",
    sets=(WORSE, CLEAN),
    rest_s=9.0,
)
ALONE = replace(
    PLAN, standing_s=9.0, neutral_s=11.0, leave_s=5.0, range_movement="posterior", sets=()
)
"""The same athlete calibrates, as the guide asks: stands, lies back, tilts three times."""

TRAINING = replace(ALONE, leave_s=1.0, sets=(WORSE, CLEAN))
"""And then trains, without getting up."""


@dataclass(frozen=True, slots=True, eq=False)
class Demo:
    """The demo's recording and the calibration that was made for it."""

    simulation: Simulation
    calibration: Calibration


def demo() -> Demo:
    """The same session every time: 100 Hz, packets of five samples, an ordinary sensor."""
    simulation = simulate(_scenario(PLAN))
    windows = simulation.truth.windows
    samples = simulation.samples
    calibration = placement_from(
        samples.time_s,
        samples.acc,
        samples.gyr,
        Windows(neutral=windows["neutral"], standing=windows["standing"]),
    )
    return Demo(simulation, calibration)


def calibrating() -> Simulation:
    """The same athlete, doing what `calibration.guide` will ask for."""
    return simulate(_scenario(ALONE))


def training() -> Simulation:
    """The same athlete, who does what `calibration.guide` asks for and then two sets."""
    return simulate(_scenario(TRAINING))


def _scenario(plan: Plan) -> Scenario:
    return draw(
        SEED,
        **{field: getattr(plan, field) for field in plan.__slots__},
        seat_back_deg=45.0,
        vibration_m_s2=0.1,
        bang_m_s2=3.0,
        bang_share=0.2,
        standing_lean_deg=2.0,
        standing_list_deg=0.2,
        sway_deg=0.1,
        breathing="synced",
        breathing_tilt_deg=0.3,
        breathing_mm=2.0,
        tremor_deg=0.02,
        wobble_deg=0.05,
        settle_deg=0.4,
        wedge_deg=0.0,
        restlessness=0.3,
        rate_hz=100.0,
        rate_error=0.006,
        averaging=True,
        acc_noise=9.81e-6 * 100.0,
        gyr_noise=float(np.deg2rad(0.005)),
        acc_bias=(0.06, -0.04, 0.08),
        gyr_bias_deg=(0.3, -0.2, 0.15),
        gyr_walk_deg=0.0005,
        acc_range_g=8.0,
        gyr_range_deg=500.0,
        slip="none",
        packet_samples=5,
        loss=0.004,
        burst=1.0,
        duplicates=0.0,
        reordered=0.0,
        dropouts=0,
        latency_s=0.012,
        jitter_s=0.004,
        interval_s=0.015,
        clock_ppm=8.0,
        stamp_jitter_s=0.0,
    )
