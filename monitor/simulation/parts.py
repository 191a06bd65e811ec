"""What a scenario is made of: an athlete, a machine, a sensor as it is worn, and a radio link."""

from dataclasses import dataclass
from typing import Literal

Breathing = Literal["free", "held", "synced"]
Slip = Literal["none", "step", "creep"]


@dataclass(frozen=True, slots=True)
class Athlete:
    """A body.

    Attributes:
        standing_lean_deg: how far the pelvis leans forward of vertical when standing, °.
        standing_list_deg: how far it leans to one side then, °.
        sway_deg: unrest while standing still, ° RMS.
        breathing_hz, breathing_tilt_deg, breathing_mm: rate; peak-to-peak tilt and
            displacement along the pad's normal.
        breathing: what happens to it in a rep: goes on, is held, or follows the sled.
        heart_hz, heart_m_s2: beats per second and the peak acceleration of one at the site.
        tremor_deg, tremor_m_s2: muscular tremor in the push, RMS.
        wobble_hz, wobble_damping, wobble_deg: natural frequency and damping ratio of the soft
            tissue under the sensor; its angle per m/s² of acceleration.
        site_forward_mm, site_up_mm: where the sensor sits from the pivot of the pelvis.
        range_deg: own posterior range R, °.
        settle_deg: how much the rest pose changes from set to set, °.
        wedge_deg: false tilt of the sensor, pressed by the pad, at full depth, °.
        restlessness: fidgets per second of rest.
    """

    standing_lean_deg: float
    standing_list_deg: float
    sway_deg: float
    breathing_hz: float
    breathing_tilt_deg: float
    breathing_mm: float
    breathing: Breathing
    heart_hz: float
    heart_m_s2: float
    tremor_deg: float
    tremor_m_s2: float
    wobble_hz: float
    wobble_damping: float
    wobble_deg: float
    site_forward_mm: float
    site_up_mm: float
    range_deg: float
    settle_deg: float
    wedge_deg: float
    restlessness: float


@dataclass(frozen=True, slots=True)
class Machine:
    """A leg press.

    Attributes:
        seat_back_deg: angle of the seat back from vertical, °.
        gravity_m_s2: where it stands.
        vibration_hz, vibration_m_s2: centre of the rolling sled's rumble and its RMS at the site
            for a stroke of one second.
        bang_m_s2, bang_share: peak acceleration of a sled hitting a stop; share of reps it does.
    """

    seat_back_deg: float
    gravity_m_s2: float
    vibration_hz: float
    vibration_m_s2: float
    bang_m_s2: float
    bang_share: float


@dataclass(frozen=True, slots=True)
class Sensor:
    """An inertial sensor and how it is strapped on.

    Attributes:
        rate_hz, rate_error: nominal rate; true rate = rate_hz · (1 + rate_error).
        averaging: each sample is the mean over the interval before it, not the instant's value.
        acc_noise, gyr_noise: white noise densities, m/s²/√Hz and rad/s/√Hz.
        acc_bias, gyr_bias_deg: per axis, m/s² and °/s.
        gyr_walk_deg: random walk of the gyroscope's bias, °/s per √s.
        acc_scale, gyr_scale: relative scale errors per axis.
        misalignment_deg: the six small non-orthogonalities of each triad, ° (2, 6).
        acc_range_g, gyr_range_deg: where int16 ends, g and °/s.
        naming: 0..23, which right-handed naming of its axes the maker chose.
        face_deg, flipped, askew_deg, askew_axis_deg: mounting: turned about its face, inside
            out, and tipped by so much about an axis in its face (`askew_axis_deg`).
        slip, slip_deg, slip_axis_deg, slip_share: strap slip: kind, size, direction of its axis
            (0 = as a tilt, 90 = about the pad's normal), where in the session.
        slip_round_deg: turns that axis towards the body's long axis (90 = round the waist).
    """

    rate_hz: float
    rate_error: float
    averaging: bool
    acc_noise: float
    gyr_noise: float
    acc_bias: tuple[float, float, float]
    gyr_bias_deg: tuple[float, float, float]
    gyr_walk_deg: float
    acc_scale: tuple[float, float, float]
    gyr_scale: tuple[float, float, float]
    misalignment_deg: tuple[tuple[float, ...], tuple[float, ...]]
    acc_range_g: float
    gyr_range_deg: float
    naming: int
    face_deg: float
    flipped: bool
    askew_deg: float
    askew_axis_deg: float
    slip: Slip
    slip_deg: float
    slip_axis_deg: float
    slip_share: float
    slip_round_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class Radio:
    """The way from the sensor to the host.

    Attributes:
        packet_samples: samples per packet.
        loss, burst: share of packets lost; mean number lost in a row.
        duplicates, reordered: share of packets that come twice, that come one late.
        dropouts, dropout_s: how many times nothing comes at all, and for how long, s.
        link_lost: whether the host is told of a drop-out as a lost link.
        latency_s, jitter_s: mean delay, and the mean of its exponential part.
        interval_s: connection interval: packets come only at its ticks (0 = at once), so in
            bursts where it is long.
        clock_ppm: error of the device's own clock.
        stamp_jitter_s: scatter of the times in a table of samples.
    """

    packet_samples: int
    loss: float
    burst: float
    duplicates: float
    reordered: float
    dropouts: int
    dropout_s: float
    link_lost: bool
    latency_s: float
    jitter_s: float
    interval_s: float
    clock_ppm: float
    stamp_jitter_s: float
