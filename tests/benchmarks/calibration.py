"""How good are the calibrations? People, mountings and sensors that nothing was tuned on.

    python -m tests.benchmarks.calibration               forty scenarios anyone may tune on
    python -m tests.benchmarks.calibration --held-out    a hundred that nobody tunes on

Every scenario is calibrated from its own first minute, on a seat back drawn from 25° to 80° and a
sensor worn any way round: out of the standing and neutral that really were, out of the tilts that
really were, and as `legpress calibrate FILE` does it, which has to find them. Off is the angle
between the axis found and the true one. Then an athlete does what the guide says, and as many
sensors are laid on their six sides, with up to 0.4 m/s² and 2 % wrong with them.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from calibration.axis import angle_deg
from calibration.errors import CalibrationError
from calibration.guide import Guide
from calibration.model import Calibration
from calibration.placement import Windows, placement_from
from calibration.sensor import six_positions
from calibration.still import Floats
from calibration.windows import find_windows
from monitor.simulation.scenario import draw
from monitor.simulation.simulate import Simulation, simulate
from tests.benchmarks.accuracy import HELD_OUT
from tests.calibration.bench import Bench

Columns = tuple[Floats, Floats, Floats]
BLOCK = 25
TILTS_DEG = 8.0
"""Smaller tilts than these need not show the axis."""


@dataclass(frozen=True)
class Tried:
    """One way to a calibration, tried on one scenario.

    Attributes:
        off_deg: angle between the axis found and the true one, NaN where it was refused.
        sigma_deg: what the calibration said that would be.
        good: whether it called itself good.
    """

    off_deg: float = np.nan
    sigma_deg: float = np.nan
    good: bool = False


def arrived(simulation: Simulation) -> Columns:
    """The samples that arrived: times, accelerations, rates."""
    rows = simulation.rows()
    time_s = np.concatenate([block.time_s for block in rows])
    acc, gyr = (np.concatenate([getattr(b, name) for b in rows]) for name in ("acc", "gyr"))
    return time_s, acc, gyr


def worn(seed: int, **fixed: object) -> Simulation:
    """A scenario in which the strap holds, on a seat back that (1) of `calibration.axis` serves."""
    seat_back = float(np.random.default_rng([seed, 78]).uniform(25.0, 80.0))
    return simulate(draw(seed, slip="none", seat_back_deg=seat_back, **fixed))


def tried(simulation: Simulation, columns: Columns, windows: Windows | None) -> Tried:
    """A placement from those windows, or from those that are found."""
    try:
        found = placement_from(*columns, windows or find_windows(*columns))
    except CalibrationError:
        return Tried()
    return judged(simulation, found)


def judged(simulation: Simulation, found: Calibration) -> Tried:
    """How far a calibration is off."""
    left = simulation.truth.mounting @ np.array([0.0, 1.0, 0.0])
    placement = found.placement
    off = angle_deg(placement.left, left)
    return Tried(off, placement.left_sigma_deg, found.verdict.grade == "good")


def guided(simulation: Simulation, columns: Columns) -> tuple[float, Tried]:
    """When the guide was done, s, infinite if never; and how well."""
    guide = Guide()
    guide.begin()
    for first in range(0, len(columns[0]), BLOCK):
        said = guide.step(*(column[first : first + BLOCK] for column in columns))
        if guide.calibration is not None:
            return said[-1].time_s, judged(simulation, guide.calibration)
    return np.inf, Tried()


def positions(seed: int) -> tuple[float, float, float]:
    """Errors of six positions: bias, m/s², scale, and the gyroscope's scale, the worst axis."""
    bench = Bench(seed)
    bias, matrix, _, gyr_matrix = bench.errors()
    model = six_positions(*bench.samples()).model
    scale = np.linalg.norm(model.acc_gain @ matrix, axis=0) - 1.0
    gyr_scale = np.diag(model.gyr_gain @ gyr_matrix) - 1.0
    worst = (float(np.abs(error).max()) for error in (model.acc_bias - bias, scale, gyr_scale))
    return next(worst), next(worst), next(worst)


def report(seeds: range) -> Iterator[str]:
    """The table, line by line."""
    ways: dict[str, list[Tried]] = {"standing and neutral": [], "tilts": [], "found by itself": []}
    led: list[tuple[float, Tried]] = []
    for seed in seeds:
        simulation = worn(seed)
        columns, windows = arrived(simulation), simulation.truth.windows
        neutral, standing = windows["neutral"], windows["standing"]
        ways["standing and neutral"].append(tried(simulation, columns, Windows(neutral, standing)))
        ways["found by itself"].append(tried(simulation, columns, None))
        moves = worn(seed, range_movement="posterior")
        columns, span = arrived(moves), moves.truth.windows["range"]
        if moves.scenario.athlete.range_deg >= TILTS_DEG:
            ways["tilts"].append(tried(moves, columns, Windows(neutral, None, span)))
        led.append(guided(moves, columns))
    for way, all_tried in ways.items():
        yield f"axis, {way:<22} {_off(all_tried)}"
    yield f"axis, {'guided':<22} {_off([one for _, one in led])}"
    took = np.array([seconds for seconds, _ in led])
    done = took[np.isfinite(took)]
    yield (
        f"guided: done in {len(done)} of {len(led)}, after {np.median(done):.0f} s (median), "
        f"{np.percentile(done, 95):.0f} s (95 %), with {np.mean(done < 60):.0%} below 60 s"
    )
    bias, scale, gyr_scale = np.array([positions(seed) for seed in seeds]).T
    yield (
        f"six positions, 95 % (worst): bias {_two(bias)} m/s² (0.02), "
        f"scale {_two(100 * scale)} % (0.1), gyroscope's {_two(100 * gyr_scale)} %"
    )


def _two(errors: Floats) -> str:
    return f"{np.percentile(errors, 95):.3f} ({errors.max():.3f})"


def _off(all_tried: list[Tried]) -> str:
    off = np.array([one.off_deg for one in all_tried])
    known = np.isfinite(off)
    sigma = np.array([one.sigma_deg for one in all_tried])
    inside = np.mean(off[known] <= np.sqrt(5.99) * sigma[known])  # two angles: χ² with 2 degrees
    good = np.array([one.good for one in all_tried])
    median, late = np.percentile(off[known], [50, 95])
    return (
        f"off by {median:.1f}° median, {late:.1f}° at 95 %, {np.max(off[known]):.1f}° worst "
        f"({np.max(off[good], initial=0.0):.1f}° of those called good); "
        f"{inside:.0%} inside 95 %; refused {np.sum(~known)} of {len(off)}"
    )


def main() -> None:
    """Calibrate the scenarios asked for and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--held-out", action="store_true", help="scenarios nobody tunes on")
    parser.add_argument("--scenarios", type=int, default=None, metavar="N", help="only the first N")
    asked = parser.parse_args()
    for line in report((HELD_OUT if asked.held_out else range(40))[: asked.scenarios]):
        print(line, flush=True)


if __name__ == "__main__":
    main()
