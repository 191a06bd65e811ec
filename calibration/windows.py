"""Finds in a recording when the athlete stood, lay back and tilted, if nobody wrote it down.

The recording is shown to the guide, who need not speak to see: the first long hold is standing, the
next one in another pose is neutral. What follows is taken for the tilts only if it cannot be a
set: two to four excursions soon after neutral, then none for a while, and no rumble of a sled.
"""

from dataclasses import dataclass, replace

import numpy as np

from calibration.errors import CalibrationError
from calibration.guide import Guide, GuideParams
from calibration.model import SensorModel, Vector
from calibration.moves import MOVES, Block, Blocks, Excursion, Excursions, Hold
from calibration.placement import Windows, placement_from
from calibration.prompts import AGAIN
from calibration.still import Floats, Window, recording_from


@dataclass(frozen=True, slots=True)
class WindowsParams:
    """When excursions are the tilts.

    Attributes:
        hurried_s: holds of this length will do where no longer ones are.
        longest_neutral_s: more than a few breaths add nothing.
        soon_s: the first begins within this after neutral.
        apart_s: they follow each other within this; a longer pause ends them.
        fewest, most: how many there are.
        least_deg: smaller ones do not show the axis.
        alike: the smallest is at least this share of the largest.
        rumble: a sled makes what is left of the acceleration after a parabola through a quarter
            of a second grow by more than this factor from neutral; tilting does not.
        off_axis: cosine between the directions of two tilts, at least.
    """

    hurried_s: float = 4.0
    longest_neutral_s: float = 12.0
    soon_s: float = 6.0
    apart_s: float = 3.0
    fewest: int = 2
    most: int = 4
    least_deg: float = 5.0
    alike: float = 0.5
    rumble: float = 1.3
    off_axis: float = 0.8


WINDOWS = WindowsParams()


def find_windows(
    time_s: Floats, acc: Floats, gyr: Floats, params: WindowsParams = WINDOWS
) -> Windows:
    """When the athlete did what, by himself.

    Args:
        time_s: (n,), s.
        acc: (n, 3), m/s².
        gyr: (n, 3), rad/s.
        params: what counts as the tilts.

    Raises:
        CalibrationError: no standing or no neutral was seen.
    """
    recording_from(time_s, acc, gyr, SensorModel())  # what no sensor gives is said as that
    guide, problem = _shown(time_s, acc, gyr, GuideParams())
    if guide.windows is None:
        guide, problem = _shown(
            time_s, acc, gyr, GuideParams(stand_s=params.hurried_s, neutral_s=params.hurried_s)
        )
    if guide.windows is None and problem:
        raise CalibrationError(problem)
    if guide.windows is None:
        missing = (
            "standing still" if guide.step_now == "stand" else "lying back still after standing"
        )
        raise CalibrationError(
            f"no stretch of {missing} was found in the recording; say when it was "
            "(--standing, --neutral)"
        )
    after = time_s >= guide.windows.neutral[0]
    blocks = Blocks().step(time_s[after], acc[after], gyr[after])
    hold, up = _neutral(blocks)
    neutral = hold[0], min(hold[1], hold[0] + params.longest_neutral_s)
    still = replace(guide.windows, neutral=neutral)
    tilts = _tilts([block for block in blocks if block.start_s > hold[1]], up, hold, params)
    if tilts is None or _rumble(time_s, acc, tilts) > params.rumble * _rumble(time_s, acc, neutral):
        return still
    whole = replace(still, tilts=tilts)
    try:
        placement_from(time_s, acc, gyr, whole)
    except CalibrationError:
        return still
    return whole


def _shown(time_s: Floats, acc: Floats, gyr: Floats, params: GuideParams) -> tuple[Guide, str]:
    """A guide that was shown the recording up to neutral, and why it last asked again."""
    guide, step, problem = Guide(tilts=False, params=params), 50, ""
    for first in range(0, len(time_s), step):
        part = slice(first, first + step)
        for prompt in guide.step(time_s[part], acc[part], gyr[part]):
            if prompt.key == "again":
                problem = prompt.sentence.removeprefix(AGAIN).removesuffix(".")
        if guide.windows is not None:
            break
    return guide, problem


def _neutral(blocks: list[Block]) -> tuple[Window, Vector]:
    """The whole of the hold that begins with the first block, and up in it."""
    hold = Hold()
    window, up = (blocks[0].start_s, blocks[0].end_s), blocks[0].up
    for block in blocks:
        if hold.add(block):
            break
        window, up = hold.window, hold.up
    return window, up


def _tilts(
    blocks: list[Block], up: Vector, neutral: Window, params: WindowsParams
) -> Window | None:
    """From before the first to after the last tilt, None where there were none."""
    counter, last_s = Excursions(up), neutral[1] + params.soon_s - params.apart_s
    for block in blocks:
        if not counter.away and block.end_s - last_s > params.apart_s:
            break
        ended = counter.add(block)
        last_s = ended.window[1] if ended else last_s
    found = [one for one in counter.found if _posterior(one, counter.found[0], params)]
    sizes = [float(np.linalg.norm(one.peak_deg)) for one in found]
    least_deg = max(params.least_deg, params.alike * max(sizes, default=0.0))
    deep = [one for one, size in zip(found, sizes, strict=True) if size >= least_deg]
    if not params.fewest <= len(deep) <= params.most:
        return None
    return max(deep[0].window[0] - 1.5, neutral[0]), deep[-1].window[1] + 0.5


def _posterior(one: Excursion, first: Excursion, params: WindowsParams) -> bool:
    """Whether it went the way of the first, which was asked to be posterior."""
    lengths = np.linalg.norm(one.peak_deg) * np.linalg.norm(first.peak_deg)
    return bool(one.peak_deg @ first.peak_deg > params.off_axis * lengths)


def _rumble(time_s: Floats, acc: Floats, window: Window) -> float:
    """RMS of what a parabola leaves of the acceleration, in the middle quarter second, m/s²."""
    inside = (time_s >= window[0]) & (time_s < window[1])
    index = np.floor((time_s[inside] - window[0]) / MOVES.block_s).astype(np.int64)
    left = []
    for block in np.split(np.arange(len(index)), np.flatnonzero(np.diff(index)) + 1):
        if len(block) < 5:
            continue
        at = time_s[inside][block]
        powers = np.vander(at - at.mean(), 3)
        values = acc[inside][block]
        rest = values - powers @ np.linalg.lstsq(powers, values, rcond=None)[0]
        left.append(np.sqrt((rest**2).sum() / (len(block) - 3)))
    return float(np.median(left)) if left else 0.0
