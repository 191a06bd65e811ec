"""The constants of the lift stage, each with its unit and its reason."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LiftParams:
    """What is taken for granted of sensors, of bodies that lie, and of backs that lift.

    How often:
        stride_s: how often the filter decides, s: a fifth of the shortest lift.

    What spoils the acceleration:
        acc_noise, gyr_noise: noise densities to start from, m/s²/√Hz and rad/s/√Hz; the real
            ones are followed. acc_floor: what is there with any sensor (heartbeat, tremor);
            acc_most: more than this is no noise.
        uneven: share of the noise seen in a stride that counts in this stride: vibration.
        blind_acc, blind_rate: across a gap of length T, velocity and attitude may change by
            this share of T times the recent movement, 1; still_acc (m/s²) and still_rate
            (rad/s) are the least movement there is.
        bias_sigma, bias_walk: of the gyroscope's bias beyond the calibration's, rad/s, and its
            random walk, rad/s/√s.
        offset_sigma, offset_walk: of the acceleration's offset when the orientation filter has
            just started, m/s² (3°), and what it does that nothing else explains (soft tissue),
            m/s²/√s.
        share_sigma, share_walk: of the part that goes with the tilt, m/s²/rad and per √s: 2 % of
            gyroscope scale and 0.2 m/s² of accelerometer bias make 0.25.

    A body that lies on the pad:
        rest_m, rest_m_s: its unrest, m and m/s: breathing, give of the pad.
        roll_m_per_rad: how far rolling backwards moves the site away (the sacrum leaves the
            pad), m/rad, of an athlete nobody knows; 0.05 is 0.9 mm per degree.
        roll_athletes: how much that differs between athletes, m/rad; roll_walk: how far one
            athlete's goes astray as he tires, m/rad/√s: as far as another's in 100 s;
            roll_reps: from rep to rep, m/rad; roll_sigma: and from moment to moment.
        rest_s, rest_down, rest_up, rest_rate: rolling counts from the pose he rests in, which is
            followed with this time constant, s, no faster downwards and upwards than this, rad/s
            (a pause at the bottom is no rest), and only where he rolls slower than this, rad/s.
        unrest_s: how long it keeps being off in the same direction, s.

    A body that does not, in nats (e-fold odds) of disbelief:
        calm: a lying body that surprises by less has not just left.
        leaving: for leaving the pad; aloft_per_s: for every second aloft; late_s, late_per_s:
            more for every second after this long.
        lift_m, lift_m_s: usual size and speed of a lift, m and m/s; chance_m, chance_m_s and
            chance_per_s: to be within this of lying, though aloft, is a coincidence.
        sunk_m: how far nobody sinks into the pad, m; sunk_s: how long that takes to count, s.
        highest_m, too_high: the highest lift, m, and the disbelief per stride above it.
        forget: beliefs this much worse than the best are dropped; kept: how many are followed.

    Where a back can be at all, whatever the sensor says:
        usual_m: lifts are of this size, m (one sigma): one to five centimetres.
        deepest_m: it is never deeper in the pad than this, m.

    Told in hindsight:
        remembered_s: how far back it reaches, s.
        rolled_unrest: `roll_sigma` where the whole rep is known, m/rad.
        least_hindsight_m: nothing is said more surely than this, m.
        widened: how much larger the peak's errors are than the regression thinks, 1: when the
            back lay there is taken for known. scaled: and with the peak itself, 1: gyroscope and
            accelerometer scales.

    When nothing is believed:
        lost_m, lost_m_s: position and velocity of a body that has just lain down, m and m/s.
        lowest_tilt, highest_tilt: nobody who lies there has rolled further, rad.
        wildest_acc, wildest_rate: nor moves more, m/s² and rad/s.
        settle_s: who has lain down lies there after having lain there for this long, s.
        unsaid_m: beyond this sigma nothing is said, m.
        least_sigma_m: nor is anything said more surely than this, m; nor than `hasty` times what
            was moved since the last stride, 1.
    """

    stride_s: float = 0.2
    acc_noise: float = 1e-3
    gyr_noise: float = math.radians(0.004)
    acc_floor: float = 1e-3
    acc_most: float = 1e-2
    uneven: float = 0.06
    blind_acc: float = 0.7
    blind_rate: float = 0.4
    still_acc: float = 0.05
    still_rate: float = 0.01
    bias_sigma: float = math.radians(0.3)
    bias_walk: float = math.radians(0.003)
    offset_sigma: float = 0.5
    offset_walk: float = 2.5e-3
    share_sigma: float = 0.3
    share_walk: float = 0.01
    rest_m: float = 1.2e-3
    rest_m_s: float = 3e-3
    roll_m_per_rad: float = 0.05
    roll_athletes: float = 0.1
    roll_walk: float = 0.01
    roll_reps: float = 0.03
    roll_sigma: float = 0.1
    rest_s: float = 2.0
    rest_down: float = math.radians(0.5)
    rest_up: float = math.radians(0.1)
    rest_rate: float = math.radians(2.0)
    unrest_s: float = 0.5
    calm: float = 0.05
    leaving: float = 1.5
    aloft_per_s: float = 2.0
    late_s: float = 1.5
    late_per_s: float = 1.5
    lift_m: float = 0.025
    lift_m_s: float = 0.1
    chance_m: float = 3e-3
    chance_m_s: float = 0.01
    chance_per_s: float = 2.0
    sunk_m: float = 2e-3
    sunk_s: float = 0.25
    highest_m: float = 0.12
    too_high: float = 3.0
    forget: float = 4.0
    kept: int = 2
    usual_m: float = 0.05
    deepest_m: float = 0.01
    remembered_s: float = 60.0
    rolled_unrest: float = 0.03
    least_hindsight_m: float = 1.5e-3
    widened: float = 1.45
    scaled: float = 0.1
    lost_m: float = 0.06
    lost_m_s: float = 0.3
    lowest_tilt: float = math.radians(-12.0)
    highest_tilt: float = math.radians(45.0)
    wildest_acc: float = 8.0
    wildest_rate: float = 5.0
    settle_s: float = 3.0
    unsaid_m: float = 0.06
    least_sigma_m: float = 0.7e-3
    hasty: float = 0.08
