"""A strap slips: the sensor turns quickly, and after that the body goes on living elsewhere.

Bodies turn quickly, too, but they come back: to the rest pose, or at least to where they have been.
So the poses of the last minute and a half are remembered as a cloud, in three angles against
neutral (tilt, rise of the left side, heading). Every quick turn is judged once, two seconds later:

    novel    hardly anything since then lies in the cloud
    plateau  the turn alone explains the new place, and the pose has stayed there
    away     in the cloud, but not at rest, for longer than this athlete stays away lately

    novel and plateau                       a slip at rest or at the top of a rep
    novel, moving on, not a mere new tilt   a slip in the middle of a rep
    plateau and away                        a slip along the way on which the pelvis rolls anyway

In a set there is one more sign: the athlete comes back, as he does rep after rep, but not home.

What slips too slowly to be seen as a turn (a strap that creeps) is seen as a rest pose out of
bounds. Off the pad (walking, sitting up) nothing is judged.
"""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

REFRESH_S = 20.0
"""A cell that is visited again and again is marked anew after so long, s."""
Pose = tuple[float, float, float]
SENTENCES = {
    "slip": "The strap moved. Lie back flat and hold still for a moment.",
    "creep": "You lie differently, or the strap moved. Lie back flat and hold still for a moment.",
}


@dataclass(frozen=True, slots=True)
class WatchParams:
    """What settles, what slips.

    Attributes:
        spacing_s: of the poses that are looked at.
        turn_s: a slip is over within about this.
        turn_deg: a smaller turn within it is not judged.
        judge_s: so long after a turn it is judged.
        home_deg: within this of the rest pose the athlete is at rest, or passing through it.
        most_deg: whoever is further from rest than this has left the pad.
        steady_deg, steady_s: a pose that keeps within this for so long is still.
        settle_s: time constant with which the rest pose follows a still pose at home.
        bound_deg: furthest the rest pose may go from neutral.
        heading_s: time constant with which heading, which nothing but the gyroscope tells, fades.
        cell_deg: two poses in the cloud are the same within twice this.
        keep_s: how long the cloud remembers.
        novel: share of the time since a turn that must be outside the cloud.
        alone: least share that the turn has of the way to the new place, on a plateau.
        plateau_deg: extent of the pose on a plateau.
        least_deg, largest_deg: what a slip may measure.
        tilt_only: cosine to the tilting axis above which a new place may be just a deeper rep.
        known_range_deg: whose tilt has moved this far lately is known well enough to say it is not.
        longer: factor by which being away must exceed the longest of the last `lately_s`.
        slow_s: a still pose that is out of bounds for this long has crept there.
        back_deg, again_deg: who has come back by so much, and stays or leaves again by so much,
            has been as close to home as he will come in this rep.
        rhythm_s, rhythm_reps, rhythm_share: so many returns lately, alike to this share, are reps.
        late, late_s: he is late for home when away longer than factor · longest + margin.
        training_s: who has come back twice within this trains.
    """

    spacing_s: float = 0.1
    turn_s: float = 0.3
    turn_deg: float = 3.2
    judge_s: float = 2.3
    home_deg: float = 2.8
    most_deg: float = 13.0
    steady_deg: float = 1.0
    steady_s: float = 1.0
    settle_s: float = 8.0
    bound_deg: float = 3.0
    heading_s: float = 8.0
    cell_deg: float = 1.0
    keep_s: float = 90.0
    novel: float = 0.9
    alone: float = 0.92
    plateau_deg: float = 2.6
    least_deg: float = 3.2
    largest_deg: float = 10.0
    tilt_only: float = 0.97
    known_range_deg: float = 8.0
    longer: float = 1.25
    lately_s: float = 15.0
    slow_s: float = 8.0
    back_deg: float = 2.0
    again_deg: float = 1.2
    rhythm_s: float = 20.0
    rhythm_reps: int = 2
    rhythm_share: float = 0.35
    late: float = 1.15
    late_s: float = 0.7
    training_s: float = 12.0


@dataclass(frozen=True, slots=True)
class Slip:
    """The sensor is no longer where it was calibrated.

    Attributes:
        time_s: when it turned (or, for a creep, when the pose left its bounds), s.
        known_s: the newest sample that was needed to say so, s.
        size_deg: how far, °.
        kind: "slip", or "creep" if it was not seen to turn.
        sentence: what to tell the athlete.
    """

    time_s: float
    known_s: float
    size_deg: float
    kind: Literal["slip", "creep"]
    sentence: str


class Judge:
    """Judges one pose after the other, about ten a second.

    Attributes:
        rest: tilt and rise of the rest pose, °.
        moved: True from when a slip is known until the pose is home again.
    """

    def __init__(self, spacing_s: float, params: WatchParams) -> None:
        self._params = params

        def points(seconds: float) -> int:
            return max(1, round(seconds / spacing_s))

        self._turn, self._half = points(params.turn_s), points(0.5)
        self._wait, self._steady = points(params.judge_s), points(params.steady_s)
        self._lately = points(20.0)
        self._longest = 3 * self._lately
        self._spacing_s = spacing_s
        self._cloud = _Cloud(params)
        self._times: list[float] = []
        self._poses: list[Pose] = []
        self._outside: list[bool] = []
        self._sizes: list[float] = []
        self._turns: deque[int] = deque()
        self._open: int | None = None
        self._dropped = 0
        self._returns: deque[tuple[float, float]] = deque(maxlen=20)
        self._left_s: float | None = None
        self._peak = self._low = self._off = 0.0
        self._still_s = 0.0
        self._base = 0.0
        self.rest = (0.0, 0.0)
        self.moved = False

    def add(self, at_s: float, pose: Pose, *, fresh: bool) -> Slip | None:
        """Takes the next pose: tilt, rise, heading, °; `fresh` after a gap."""
        if fresh or not self._times:
            self._begin_anew(pose)
        self._follow(at_s, pose)
        turn = self._due()
        if self.moved:
            self._open = None
            return None
        if turn is not None and self._is_slip(turn):
            return self._said(self._times[turn], at_s, "slip")
        left_s = at_s if self._left_s is None else self._left_s
        if self._missed_home(at_s):
            return self._said(left_s, at_s, "slip")
        return self._said(left_s, at_s, "creep") if self._crept(at_s) else None

    def _due(self) -> int | None:
        """The place of a turn that is to be judged now, if there is one."""
        if self._turns and len(self._times) - 1 - self._turns[0] >= self._wait:
            return self._turns.popleft()
        if self._open is not None:
            turn, self._open = self._open, None
            return turn
        if self._is_elsewhere():
            turn = self._latest_turn()
            return turn if self._sizes[turn] > self._params.turn_deg else None
        return None

    def _begin_anew(self, pose: Pose) -> None:
        """After a gap the rest pose and the cloud are still true, the history is not."""
        self._times, self._poses, self._outside, self._sizes = [], [], [], []
        self._still_s = 0.0
        self._turns.clear()
        self._open = None
        self._base = pose[2]
        self._cloud.forget_pending()

    def _follow(self, at_s: float, pose: Pose) -> None:
        params = self._params
        step_s = min(at_s - self._times[-1], 0.5) if self._times else 0.0
        self._base += (pose[2] - self._base) * step_s / params.heading_s
        here = (pose[0], pose[1], pose[2] - self._base)
        self._outside.append(not self._cloud.add(at_s, here))
        self._times.append(at_s)
        self._poses.append(pose)
        turned = self._poses[-1 - self._turn] if len(self._poses) > self._turn else pose
        self._sizes.append(_length(_minus(pose, turned)))
        off = _length((pose[0] - self.rest[0], pose[1] - self.rest[1], here[2]))
        self._still_s = self._still_s + step_s if self._is_steady() else 0.0
        self._come_and_go(at_s, step_s, off, pose)
        middle = len(self._sizes) - 1 - self._half
        if middle >= 0 and self._sizes[middle] > params.turn_deg:
            around = self._sizes[max(middle - self._half, 0) :]
            if self._sizes[middle] == max(around):
                self._turns.append(middle)
        if len(self._times) > 2 * self._longest:
            self._drop(len(self._times) - self._longest)

    def _come_and_go(self, at_s: float, step_s: float, off: float, pose: Pose) -> None:
        """Keeps the rest pose, and how long the athlete stays away from it."""
        params = self._params
        if off > params.home_deg:
            if self._left_s is None:
                self._left_s, self._peak = at_s, 0.0
            if off > self._peak:
                self._peak = self._low = off
            self._low = min(self._low, off)
            self._off = off
            return
        if self._left_s is not None:
            self._returns.append((at_s, at_s - self._left_s))
            self._left_s = None
        if self._still_s > 0:
            self.moved = False
            share, bound = step_s / params.settle_s, params.bound_deg
            tilt = self.rest[0] + (pose[0] - self.rest[0]) * share
            rise = self.rest[1] + (pose[1] - self.rest[1]) * share
            self.rest = (min(max(tilt, -bound), bound), min(max(rise, -bound), bound))

    def _is_steady(self) -> bool:
        most = self._params.steady_deg
        if len(self._poses) < self._steady or self._sizes[-1] > 2 * most:
            return False
        return all(
            max(axis) - min(axis) < most for axis in zip(*self._poses[-self._steady :], strict=True)
        )

    def _is_elsewhere(self) -> bool:
        """Whether, while training, he has been nowhere known for as long as a turn waits."""
        if not self._outside[-1]:
            return False
        if sum(self._outside[-self._wait :]) < self._params.novel * self._wait:
            return False
        return len(self._away_lately(self._params.training_s)) >= self._params.rhythm_reps

    def _latest_turn(self) -> int:
        """The quickest turn about when that began."""
        end = len(self._sizes) - self._wait + self._half
        start = max(end - 2 * self._half, 0)
        return max(range(start, end), key=self._sizes.__getitem__)

    def _is_slip(self, at: int) -> bool:
        """Whether the athlete has gone on living elsewhere since the turn at this place."""
        params = self._params
        before = self._poses[max(at - 8, 0) : max(at - self._turn, 1)]
        after = self._poses[at + 2 :]
        old, new = _mean(before), _mean(after)
        way = _minus(new, old)
        size = _length(way)
        if not params.least_deg < size < params.largest_deg or self._far(new):
            return False
        extent = max(max(axis) - min(axis) for axis in zip(*after, strict=True))
        quick = max(
            _length(_minus(self._poses[k], self._poses[max(k - self._half, 0)]))
            for k in range(at, min(at + 3, len(self._poses)))
        )
        plateau = extent < params.plateau_deg and params.alone * size < quick < 1.35 * size
        outside = self._outside[at + 2 :]
        novel = sum(outside) >= params.novel * len(outside)
        kept = min(_dot(_minus(pose, old), way) for pose in after) / size
        if novel and plateau:
            return True
        if novel:
            lately = [pose[0] for pose in self._poses[max(at - self._lately, 0) : max(at - 5, 1)]]
            known = max(lately) - min(lately) > params.known_range_deg
            aside = abs(way[0]) < params.tilt_only * size
            return extent >= params.plateau_deg and kept > 0.35 * size and (aside or known)
        if not plateau or kept < 0.6 * size or self._left_s is None:
            return False
        if not self._stays_away():
            self._open = at
            return False
        return True

    def _stays_away(self) -> bool:
        """Whether he has been away from rest for longer than he ever is."""
        longest = max(self._away_lately(self._params.lately_s), default=0.0)
        left_s = self._times[-1] if self._left_s is None else self._left_s
        return self._times[-1] - left_s > self._params.longer * longest + 0.2

    def _missed_home(self, at_s: float) -> bool:
        """Whether he came back, as he does rep after rep, but not to where he came from."""
        params = self._params
        if self._left_s is None or self._peak - self._low < params.back_deg:
            return False
        if self._off - self._low < params.again_deg and self._still_s == 0.0:
            return False
        reps = self._away_lately(params.rhythm_s)
        if len(reps) < params.rhythm_reps or min(reps) < params.rhythm_share * max(reps):
            return False
        away_s = at_s - self._left_s
        if away_s < params.late * max(reps) + params.late_s or self._far(self._poses[-1]):
            return False
        since = len(self._times) - 1 - round(away_s / self._spacing_s) - self._half
        return max(self._sizes[max(since, 0) :]) > params.turn_deg

    def _away_lately(self, within_s: float) -> list[float]:
        """How long he was away from rest, each time that he came back lately, s."""
        return [away for ended, away in self._returns if self._times[-1] - ended < within_s]

    def _crept(self, at_s: float) -> bool:
        """Whether he lies still, and has long been, where he did not lie before."""
        if self._left_s is None or self._still_s < 2.0 or self._far(self._poses[-1]):
            return False
        longest = max(self._away_lately(60.0), default=0.0)
        return at_s - self._left_s > max(self._params.slow_s, 1.3 * longest)

    def _far(self, pose: Pose) -> bool:
        return (
            _length((pose[0] - self.rest[0], pose[1] - self.rest[1], 0.0)) > self._params.most_deg
        )

    def _said(self, time_s: float, known_s: float, kind: Literal["slip", "creep"]) -> Slip:
        self.moved = True
        now = self._poses[-1]
        size = _length((now[0] - self.rest[0], now[1] - self.rest[1], now[2] - self._base))
        return Slip(time_s, known_s, size, kind, SENTENCES[kind])

    def _drop(self, count: int) -> None:
        for history in (self._times, self._poses, self._outside, self._sizes):
            del history[:count]
        self._turns = deque(turn - count for turn in self._turns)
        self._open = None if self._open is None else self._open - count


class _Cloud:
    """Where the pose has been lately, in cells; what is newer than a turn's wait is not yet in."""

    def __init__(self, params: WatchParams) -> None:
        self._cell, self._keep_s = params.cell_deg, params.keep_s
        self._wait_s = params.judge_s + params.turn_s
        self._seen: dict[tuple[int, int, int], float] = {}
        self._near: dict[tuple[int, int, int], float] = {}
        self._pending: deque[tuple[float, tuple[int, int, int]]] = deque()

    def add(self, at_s: float, pose: Pose) -> bool:
        """Remembers a pose; whether it is close to one that was known."""
        cell = self._cell
        key = (round(pose[0] / cell), round(pose[1] / cell), round(pose[2] / cell))
        self._pending.append((at_s, key))
        while self._pending[0][0] < at_s - self._wait_s:
            self._learn(*self._pending.popleft())
        return self._near.get(key, -math.inf) > at_s - self._keep_s

    def _learn(self, then_s: float, key: tuple[int, int, int]) -> None:
        if self._seen.get(key, -math.inf) > then_s - REFRESH_S:
            return
        self._seen[key] = then_s
        for x, y, z in _BALL:
            self._near[key[0] + x, key[1] + y, key[2] + z] = then_s

    def forget_pending(self) -> None:
        """Drops what is not yet in."""
        self._pending.clear()


_BALL = tuple(
    (x, y, z)
    for x in range(-2, 3)
    for y in range(-2, 3)
    for z in range(-2, 3)
    if x * x + y * y + z * z <= 5
)
"""The cells within a bit more than two cells' widths of one."""


def _length(pose: Pose) -> float:
    return math.sqrt(pose[0] * pose[0] + pose[1] * pose[1] + pose[2] * pose[2])


def _minus(one: Pose, other: Pose) -> Pose:
    return one[0] - other[0], one[1] - other[1], one[2] - other[2]


def _dot(one: Pose, other: Pose) -> float:
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]


def _mean(poses: Sequence[Pose]) -> Pose:
    count = len(poses)
    tilt, rise, heading = (sum(axis) / count for axis in zip(*poses, strict=True))
    return tilt, rise, heading
