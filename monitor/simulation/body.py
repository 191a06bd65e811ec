"""From the score to a moving body: the pose and path of the sensor's site, and of the sensor.

Everything is in the pad's axes: x the outward normal of the pad, y to the athlete's left, z up
along the seat back. With β the seat back's angle from vertical, "up" is cos β · z + sin β · x.
The pelvis turns, in this order, by `heading` about up, by the tilt about −y (posterior), by the
shift about its own x (left side up) and by `roll` about its own z. So the direction of gravity
in the pelvis gives the tilt exactly, whatever the heading:
tilt = atan2(g_x, √(g_y² + g_z²)) − β for roll = 0.

The site is a point of the pelvis away from the pivot, so tilting moves it. The sensor sits on
soft tissue over that site: a damped mass on a spring, shaken by the site's acceleration; and the
strap may slide. Neither is a movement of the pelvis.
"""

from dataclasses import dataclass

import numpy as np
from scipy.signal import bilinear, butter, lfilter, sosfilt

from monitor.samples import Floats
from monitor.simulation import rotation
from monitor.simulation.parts import Sensor
from monitor.simulation.scenario import Scenario


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """The body on the fine clock.

    Attributes:
        tilt_deg, shift_deg: (n,), the pelvis.
        settle_deg: (n,), the part of the tilt that is a new rest pose.
        site_mm, breathing_mm: (n,), displacement of the site along the pad's normal from its
            place in the rest pose, without breathing, and that by breathing.
        position: (n, 3), m, of the sensor.
        pose: (n, 4), of the sensor as if mounted in the pelvis axes.
        slipped_deg: (n,), how far the strap has slipped.
    """

    tilt_deg: Floats
    shift_deg: Floats
    settle_deg: Floats
    site_mm: Floats
    breathing_mm: Floats
    position: Floats
    pose: Floats
    slipped_deg: Floats


def move(scenario: Scenario, channels: dict[str, Floats], count: int, rate_hz: float) -> Body:
    """Plays the channels of a score on the body of a scenario."""
    rng = np.random.default_rng([scenario.seed, 7])
    parts = _Parts(channels, count, rate_hz, rng)
    breath = _breath(scenario, parts)
    angles = _angles(scenario, parts, breath)
    up, forward = _level(scenario.machine.seat_back_deg)
    pelvis = _pelvis_pose(angles, up)
    resting = rotation.about((0.0, -1.0, 0.0), parts["settle"])
    site = _site(scenario, pelvis) + np.stack([parts["x"], parts["y"], parts["z"]], 1) * 1e-3
    breathing_mm = scenario.athlete.breathing_mm * breath
    position = site + _shaking(scenario, parts)
    position[:, 0] += breathing_mm * 1e-3
    position += parts["up"][:, None] * up + parts["forward"][:, None] * forward
    position[:, 1] += parts["left"]
    sag_m, sag_deg = _wobble(scenario, position, rate_hz)
    slipped_deg = _slip(scenario, count, rate_hz)
    strap = rotation.about(_slip_axis(scenario.sensor), slipped_deg)
    artefact_deg = sag_deg + scenario.athlete.wedge_deg * parts["wedge"]
    tissue = rotation.about((0.0, -1.0, 0.0), artefact_deg)
    return Body(
        tilt_deg=angles["tilt"],
        shift_deg=angles["shift"],
        settle_deg=parts["settle"],
        site_mm=(site[:, 0] - _site(scenario, resting)[:, 0]) * 1e3,
        breathing_mm=breathing_mm,
        position=position + sag_m,
        pose=rotation.then(rotation.then(pelvis, strap), tissue),
        slipped_deg=slipped_deg,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """The channels of the score, zero where nothing was written, and noise on the same clock."""

    channels: dict[str, Floats]
    count: int
    rate_hz: float
    rng: np.random.Generator

    def __getitem__(self, channel: str) -> Floats:
        return self.channels.get(channel, np.zeros(self.count))

    def noise(self, low_hz: float, high_hz: float) -> Floats:
        """Noise of unit RMS in a band, steep enough to be differentiated twice: (n,)."""
        band = [low_hz, min(high_hz, 0.45 * self.rate_hz)]
        sections = butter(4, band, "bandpass", fs=self.rate_hz, output="sos")
        noise = sosfilt(sections, self.rng.standard_normal(self.count))
        return np.asarray(noise / np.sqrt(np.mean(noise**2)))


def _breath(scenario: Scenario, parts: _Parts) -> Floats:
    """The breath, peak to peak 1, held where the athlete braces, deeper and faster after a set."""
    athlete, pant = scenario.athlete, parts["pant"]
    rate = athlete.breathing_hz * (1.0 + 0.1 * parts.noise(0.02, 0.1)) * (1.0 + 0.5 * pant)
    phase = 2.0 * np.pi * np.cumsum(rate) / parts.rate_hz + parts.rng.uniform(0.0, 6.28)
    wave = 0.5 * np.sin(phase) + 0.1 * np.sin(2.0 * phase)
    free = 1.0 - np.clip(parts["brace"], 0.0, 1.0)
    return np.asarray(wave * free * (1.0 + 0.5 * pant) + parts["breath"])


def _angles(scenario: Scenario, parts: _Parts, breath: Floats) -> dict[str, Floats]:
    """Heading, tilt, shift and roll of the pelvis, °."""
    athlete = scenario.athlete
    unrest = athlete.sway_deg * (0.3 + parts["sway"])
    tremor = athlete.tremor_deg * parts["effort"] * parts.noise(6.0, 12.0)
    breathing = athlete.breathing_tilt_deg * breath * parts.rng.choice([-1.0, 1.0])
    return {
        "tilt": parts["tilt"]
        + parts["settle"]
        + breathing
        + tremor
        + unrest * parts.noise(0.05, 0.8),
        "shift": parts["shift"] + unrest * parts.noise(0.05, 0.8) + 0.5 * tremor,
        "heading": parts["heading"] + unrest * parts.noise(0.05, 0.8),
        "roll": parts["roll"],
    }


def _level(seat_back_deg: float) -> tuple[Floats, Floats]:
    """Up and forward, horizontal, in the pad's axes."""
    angle = np.deg2rad(seat_back_deg)
    return (
        np.array([np.sin(angle), 0.0, np.cos(angle)]),
        np.array([np.cos(angle), 0.0, -np.sin(angle)]),
    )


def _pelvis_pose(angles: dict[str, Floats], up: Floats) -> Floats:
    turned = rotation.about((up[0], up[1], up[2]), angles["heading"])
    tilted = rotation.then(turned, rotation.about((0.0, -1.0, 0.0), angles["tilt"]))
    shifted = rotation.then(tilted, rotation.about((1.0, 0.0, 0.0), angles["shift"]))
    return rotation.then(shifted, rotation.about((0.0, 0.0, 1.0), angles["roll"]))


def _site(scenario: Scenario, pelvis: Floats) -> Floats:
    """How far turning the pelvis moves the site: (n, 3), m."""
    athlete = scenario.athlete
    lever = np.array([athlete.site_forward_mm, 0.0, athlete.site_up_mm]) * 1e-3
    return np.asarray(rotation.outward(pelvis, np.broadcast_to(lever, (len(pelvis), 3))) - lever)


def _shaking(scenario: Scenario, parts: _Parts) -> Floats:
    """Rumble of the sled, ringing of the frame, tremor, heartbeat and sway: (n, 3), m."""
    machine, athlete = scenario.machine, scenario.athlete
    hz = machine.vibration_hz
    speed = np.clip(parts["speed"], 0.0, 2.5)
    rumble = machine.vibration_m_s2 * speed / (2.0 * np.pi * hz) ** 2
    tremble = athlete.tremor_m_s2 * parts["effort"] / (2.0 * np.pi * 9.0) ** 2
    heart = athlete.heart_m_s2 * _heartbeat(athlete.heart_hz, parts)
    columns = [
        share * (rumble * parts.noise(0.7 * hz, 1.4 * hz) + tremble * parts.noise(6.0, 12.0))
        + share * heart
        + 1e-3
        * (
            parts["frame_" + axis]
            + 10.0 * athlete.sway_deg * parts["sway"] * parts.noise(0.05, 0.8)
        )
        for axis, share in (("x", 1.0), ("y", 0.6), ("z", 1.0))
    ]
    return np.stack(columns, 1)


def _heartbeat(hz: float, parts: _Parts) -> Floats:
    """Displacement, m, of beats of 1 m/s² peak: a short 6 Hz swing each."""
    phase = np.cumsum(hz * (1.0 + 0.05 * parts.noise(0.05, 0.3))) / parts.rate_hz
    t = (phase % 1.0) / hz
    swing = np.sin(2 * np.pi * 6.0 * t) * np.clip(t / 0.08, 0.0, 1.0) ** 3 * np.exp(-t / 0.08)
    return np.asarray(swing / (2.0 * np.pi * 6.0) ** 2)


def _wobble(scenario: Scenario, position: Floats, rate_hz: float) -> tuple[Floats, Floats]:
    """Displacement (n, 3), m, and angle (n,), °, of a mass on a spring at an accelerated site."""
    athlete = scenario.athlete
    omega = 2.0 * np.pi * athlete.wobble_hz
    b, a = bilinear([omega**2], [1.0, 2.0 * athlete.wobble_damping * omega, omega**2], rate_hz)
    felt = lfilter(b, a, acceleration(position, rate_hz), axis=0)
    return np.asarray(-felt / omega**2), np.asarray(athlete.wobble_deg * felt[:, 0])


def acceleration(position: Floats, rate_hz: float) -> Floats:
    """Second difference of a path: (n, 3), m/s²; zero at both ends."""
    inner = (position[2:] - 2.0 * position[1:-1] + position[:-2]) * rate_hz**2
    return np.concatenate([np.zeros((1, 3)), inner, np.zeros((1, 3))])


def _slip_axis(sensor: Sensor) -> tuple[float, float, float]:
    """About what the strap slips, in the pelvis axes."""
    turned, round_ = np.deg2rad([sensor.slip_axis_deg, sensor.slip_round_deg]).tolist()
    level = float(np.cos(round_))
    return (
        level * float(np.sin(turned)),
        -level * float(np.cos(turned)),
        float(np.sin(round_)),
    )


def _slip(scenario: Scenario, count: int, rate_hz: float) -> Floats:
    """How far the strap has slipped, °: (n,)."""
    sensor = scenario.sensor
    t = np.arange(count) / rate_hz
    at_s = sensor.slip_share * t[-1]
    match sensor.slip:
        case "none":
            return np.zeros(count)
        case "step":
            u = np.clip((t - at_s) / 0.4, 0.0, 1.0)
        case "creep":
            u = np.clip((t - 0.5 * at_s) / (t[-1] - 0.5 * at_s), 0.0, 1.0)
    return np.asarray(sensor.slip_deg * u**3 * (10.0 - 15.0 * u + 6.0 * u**2))
