"""During the session: does the sensor still sit where it was calibrated?

Three things change while an athlete trains. The strap slips: that is felt, its turn is known from
the gyroscope at once (`calibration.slip`), and the next time the athlete lies still, gravity tells
its share better. He settles a degree or two lower between sets: that is no slip, and the rest pose
follows it slowly and within a bound. Or the rest pose is beyond that bound: then the strap has
crept or he lies differently, which no sensor can tell apart; nothing is learned away then, but it
is said, and sigma holds it.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from calibration.model import Placement, Vector
from calibration.placement import LONGEST_GAP_S, renewed
from calibration.places import Points
from calibration.products import dot
from calibration.slip import Slip, SlipParams, Slips
from calibration.still import Floats

Why = Literal["slip", "creep", "home"]
Pose = tuple[float, float]
"""Tilt and rise of the left side against neutral, °."""


@dataclass(frozen=True, slots=True)
class WatchParams:
    """What settles, what slips.

    Attributes:
        spacing_s: of the poses that are looked at.
        beat_s, beats: lying still is keeping within `still_deg` for so many beats.
        settle_s: time constant with which the rest pose follows an athlete who lies still.
        bound_deg: furthest the rest pose may go from neutral.
        home_deg: who lies still within this of where the rest pose should be is at rest.
        creep_deg, creep_beats: who lies still further than this from neutral for so long does not
            lie as he did.
        rest_sigma_deg: how well a rest pose is found again, by breathing and settling.
        doubt: share of a slip's size that may be wrong until the athlete has lain still.
        slip: what is a slip.
    """

    spacing_s: float = 0.05
    beat_s: float = 0.5
    beats: int = 6
    still_deg: float = 1.5
    settle_s: float = 8.0
    bound_deg: float = 2.5
    home_deg: float = 3.0
    creep_deg: float = 4.0
    creep_beats: int = 10
    rest_sigma_deg: float = 0.8
    doubt: float = 0.25
    slip: SlipParams = field(default_factory=SlipParams)


@dataclass(frozen=True, slots=True, eq=False)
class Seat:
    """How the sensor sits from a moment on.

    Attributes:
        time_s: when that came about, s.
        known_s: the sample with which it was known, s.
        why: it slipped, it crept (or the athlete lies differently), or all is well again.
        placement: to go on with.
        sigma_deg: what is to be added to the uncertainty of the tilt, °.
    """

    time_s: float
    known_s: float
    why: Why
    placement: Placement
    sigma_deg: float


class Watch:
    """Watches one session; chunk-invariant.

    Args:
        placement: how the sensor sits.
        period_s: nominal sampling period, s.
        params: what settles, what slips.
    """

    def __init__(
        self, placement: Placement, period_s: float, params: WatchParams | None = None
    ) -> None:
        p = self._p = params or WatchParams()
        self._placement = placement
        self._axes = _axes(placement)
        left = self._axes[0]
        every = max(1, round(p.spacing_s / period_s))
        spacing_s = every * period_s
        rise0 = float(np.degrees(np.arcsin(placement.up @ left)))
        self._pointing = _Pointing(self._axes, every, rise0)
        self._slips = Slips(spacing_s, p.slip)
        self._beats = _Beats(max(1, round(p.beat_s / spacing_s)), p)
        self._turned = np.zeros(3)
        self._rest: Pose = (0.0, 0.0)
        self._shift: Pose = (0.0, 0.0)
        self._before: Pose = (0.0, 0.0)
        self._sigma_deg = self._sure_deg = 0.0
        self._open: Why = "home"
        self._elsewhere = 0
        self._settling: list[tuple[float, float]] = []

    def settled(self) -> tuple[list[float], list[float]]:
        """When the rest pose moved in the blocks since this was last asked, s, and its tilt, °."""
        moved, self._settling = self._settling, []
        return [known_s for known_s, _ in moved], [tilt for _, tilt in moved]

    def step(
        self,
        time_s: Floats,
        up: Floats,
        acc: Floats,
        gyr: Floats,
        restart: NDArray[np.bool_],
        lying: NDArray[np.bool_],
    ) -> list[Seat]:
        """Follow one block; what changed in it, in order.

        Args:
            time_s: (n,), s.
            up: (n, 3), unit up direction in sensor axes.
            acc: (n, 3), m/s², specific force.
            gyr: (n, 3), rad/s, free of bias.
            restart: (n,), bool, True where the orientation began anew (after a gap).
            lying: (n,), bool, the athlete is on the pad.
        """
        points = self._pointing.step(
            time_s, up, acc - self._placement.gravity_m_s2 * up, gyr, restart, lying
        )
        news: list[tuple[float, Slip | Pose]] = [*self._beats.step(points)]
        news += [(slip.known_s, slip) for slip in self._slips.step(points)]
        seats = []
        for known_s, what in sorted(news, key=lambda one: one[0]):
            if isinstance(what, Slip):
                seats.append(self._slipped(what))
            else:
                seats += self._lay(known_s, what)
        return seats

    def _slipped(self, slip: Slip) -> Seat:
        tilt, rise, _ = slip.jump_deg
        self._before = self._shift
        self._shift = self._shift[0] + tilt, self._shift[1] + rise
        self._turned = self._turned + self._rotation(slip.jump_deg, slip.pose_deg)
        self._sigma_deg = float(np.hypot(slip.sigma_deg, self._p.doubt * slip.size_deg))
        self._open = "slip"
        return self._seat(slip.time_s, slip.known_s)

    def _lay(self, known_s: float, pose: Pose) -> list[Seat]:
        """What an athlete tells who lies still."""
        p, rest = self._p, self._rest
        off = pose[0] - rest[0] - self._shift[0], pose[1] - rest[1] - self._shift[1]
        far = np.hypot(*off)
        from_neutral = np.hypot(pose[0] - self._shift[0], pose[1] - self._shift[1])
        self._elsewhere = self._elsewhere + 1 if from_neutral > p.creep_deg else 0
        if self._open == "slip" and far > p.home_deg and np.hypot(*self._back(pose)) < p.home_deg:
            return [self._home(known_s, pose, off, 1.0)]  # it has slipped back, or never had
        if self._elsewhere == p.creep_beats and self._open == "home":
            self._open, self._sure_deg = "creep", self._sigma_deg
            self._sigma_deg = float(from_neutral)
            return [self._seat(known_s, known_s)]
        if far < p.home_deg and not self._elsewhere:
            if self._open != "home":
                return [self._home(known_s, pose, off, self._gain())]
            follow = p.beat_s / p.settle_s
            self._rest = bounded(
                (rest[0] + follow * off[0], rest[1] + follow * off[1]), p.bound_deg
            )
            self._settling.append((known_s, self._rest[0]))
        return []

    def _back(self, pose: Pose) -> Pose:
        """How far a pose is from where the rest pose was before the last slip."""
        return pose[0] - self._rest[0] - self._before[0], pose[1] - self._rest[1] - self._before[1]

    def _gain(self) -> float:
        """How far gravity is believed where it does not agree with the slip as it was felt."""
        if self._open == "creep":
            return 0.0
        return self._sigma_deg**2 / (self._sigma_deg**2 + self._p.rest_sigma_deg**2)

    def _home(self, known_s: float, pose: Pose, off: Pose, gain: float) -> Seat:
        tilt, rise = gain * off[0], gain * off[1]
        self._shift = self._shift[0] + tilt, self._shift[1] + rise
        self._turned = self._turned + self._rotation((tilt, rise, 0.0), pose)
        self._sigma_deg = (
            self._sure_deg
            if self._open == "creep"
            else float(np.hypot(self._sure_deg, np.sqrt(gain) * self._p.rest_sigma_deg))
        )
        self._open = "home"
        return self._seat(known_s, known_s)

    def _rotation(self, moved_deg: tuple[float, float, float], pose_deg: Pose) -> Vector:
        """(3,), rad, sensor axes: the turn of the sensor that moves the angles so, at a pose."""
        left, level, ahead = self._axes
        tilt, rise = np.radians(pose_deg)
        upright = np.cos(tilt) * level + np.sin(tilt) * ahead
        up = np.cos(rise) * upright + np.sin(rise) * left
        by_tilt, by_rise, by_heading = np.radians(moved_deg)
        turned = -by_tilt * left + by_rise * np.cross(left, upright) + by_heading * up
        return np.asarray(turned)

    def _seat(self, time_s: float, known_s: float) -> Seat:
        placement = renewed(self._placement, self._turned, self._sigma_deg)
        return Seat(time_s, known_s, self._open, placement, self._sigma_deg)


def bounded(pose: Pose, furthest: float) -> Pose:
    """A pose no further than that from neutral, °."""
    size = float(np.hypot(*pose))
    return pose if size <= furthest else (pose[0] * furthest / size, pose[1] * furthest / size)


class _Beats:
    """Where the athlete lies still, beat by beat."""

    def __init__(self, points: int, params: WatchParams) -> None:
        self._points, self._p = points, params
        self._held = Points.none()
        self._beats: deque[tuple[Floats, ...]] = deque(maxlen=params.beats)

    def step(self, points: Points) -> list[tuple[float, Pose]]:
        """Time and pose (tilt and rise, °) of each beat that ends a stretch of lying still."""
        held = self._held = self._held.followed_by(points)
        beats = len(held.time_s) // self._points
        if not beats:
            return []
        self._held = held.part(beats * self._points, len(held.time_s))
        shape = (beats, self._points)
        pose = held.pose[: beats * self._points, :2].reshape(*shape, 2)
        quiet = np.asarray(held.lying[: beats * self._points].reshape(shape).all(axis=1))
        ends = held.time_s[self._points - 1 :: self._points]
        beats_now = zip(
            ends.tolist(), quiet.tolist(), pose.min(1), pose.max(1), pose.mean(1), strict=True
        )
        still = []
        for at_s, calm, low, high, mean in beats_now:
            if not calm:
                self._beats.clear()
                continue
            self._beats.append((low, high, mean))
            if len(self._beats) == self._p.beats:
                lows, highs, means = map(np.array, zip(*self._beats, strict=True))
                if (highs.max(axis=0) - lows.min(axis=0)).max() < self._p.still_deg:
                    tilt, rise = means.mean(axis=0).tolist()
                    still.append((at_s, (tilt, rise)))
        return still


class _Pointing:
    """Makes points out of samples, block by block."""

    def __init__(self, axes: tuple[Floats, Floats, Floats], every: int, rise0: float) -> None:
        self._axes, self._every, self._rise0 = axes, every, rise0
        self._sum = self._sum_at_point = np.zeros(9)
        self._count = 0
        self._heading = 0.0
        self._last: Floats | None = None
        self._fresh = False

    def step(
        self,
        time_s: Floats,
        up: Floats,
        force: Floats,
        gyr: Floats,
        restart: NDArray[np.bool_],
        lying: NDArray[np.bool_],
    ) -> Points:
        """The points of a block; its samples' means."""
        ends = np.arange(-(self._count + 1) % self._every, len(time_s), self._every)
        self._count += len(time_s)
        left, level, ahead = (dot(up, axis) for axis in self._axes)
        tilt = np.degrees(np.arctan2(ahead, level))
        rise = np.degrees(np.arcsin(np.clip(left, -1, 1))) - self._rise0
        poses = np.empty((9, 1 + len(time_s)))
        poses[:, 0] = self._sum
        poses[0, 1:], poses[1, 1:], poses[2, 1:] = tilt, rise, self._headings(time_s, up, gyr)
        poses[3:6, 1:], poses[6:, 1:] = force.T, gyr.T
        sums = np.add.accumulate(poses, axis=1)
        at_ends = np.concatenate((self._sum_at_point[:, None], sums[:, ends + 1]), axis=1)
        means = (at_ends[:, 1:] - at_ends[:, :-1]) / self._every
        self._sum, self._sum_at_point = sums[:, -1].copy(), at_ends[:, -1].copy()
        fresh = np.zeros(len(ends) + 1, bool)  # a new beginning counts for the point after it
        fresh[np.searchsorted(ends, restart.nonzero()[0])] = True
        fresh[0] |= self._fresh
        self._fresh = bool(fresh[-1])
        pose = np.ascontiguousarray(means[:3].T)
        along, about = self._along_axes(means[3:6]), self._along_axes(means[6:])
        return Points(time_s[ends], pose, along, about, lying[ends], fresh[:-1])

    def _along_axes(self, vectors: Floats) -> Floats:
        """(n, 3), along left, level and ahead, of (3, n) in sensor axes."""
        return np.column_stack([dot(vectors.T, axis) for axis in self._axes])

    def _headings(self, time_s: Floats, up: Floats, gyr: Floats) -> Floats:
        """(n,), °, turning about up since the beginning, by the gyroscope alone."""
        if not len(time_s):
            return np.empty(0)
        at = np.empty((2, 1 + len(time_s)))  # time and rate, from the sample before on
        at[0, 1:] = time_s
        at[1, 1:] = up[:, 0] * gyr[:, 0] + up[:, 1] * gyr[:, 1] + up[:, 2] * gyr[:, 2]
        at[:, 0] = at[:, 1] if self._last is None else self._last
        step = np.minimum(at[0, 1:] - at[0, :-1], LONGEST_GAP_S)
        turned = np.empty(1 + len(time_s))
        turned[0], turned[1:] = self._heading, np.degrees(0.5 * (at[1, 1:] + at[1, :-1]) * step)
        np.add.accumulate(turned, out=turned)
        self._heading, self._last = float(turned[-1]), at[:, -1].copy()
        return turned[1:]


def _axes(placement: Placement) -> tuple[Floats, Floats, Floats]:
    """Left, up at neutral without its share of left, and where up goes in a posterior tilt."""
    left = placement.left / np.linalg.norm(placement.left)
    level = placement.up - (placement.up @ left) * left
    level = level / np.linalg.norm(level)
    return left, level, np.cross(left, level)
