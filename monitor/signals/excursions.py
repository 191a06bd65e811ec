"""Excursions: the pelvis leaves its rest pose and comes back.

Who lies on the pad and keeps still has a rest pose; it may creep, and every return renews it.

    off the pad ──still for a second──▶ at rest ──leaves the pose──▶ away
         ▲                                ▲                           │ back and slow, or turned
         └── far from any lying pose ─────┴───────────────────────────┘ round, or stays elsewhere

Whether an excursion is a rep is decided elsewhere (`monitor.signals.rhythm`); here it is only
followed, point by point of the trace. Angles in °, speeds in °/s, times in s.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

import numpy as np

from monitor.samples import Bools, Floats
from monitor.signals.trace import Trace


@dataclass(frozen=True, slots=True)
class ExcursionParams:
    """Constants of the excursions.

    Attributes:
        settle_s: stillness that makes a body lying on the pad, s.
        settle_speed, settle_tilt: what counts as stillness, °/s, and as lying, °.
        steepest, most_shift: furthest posterior tilt and shift of anyone lying, °.
        off_s: longer beyond them, or as far forward as sitting up, is off the pad, s.
        creep_s, creep_speed: time constant and greatest speed with which the rest pose follows
            the pelvis, s and °/s: slips and settling are slower, reps are faster.
        leave: least and greatest distance from the rest pose at which an excursion begins, °,
            and the share of the breathing that has to be exceeded in between.
        still_speed: slower than this has not begun to leave, °/s.
        near_share, near, near_breath: within this share of the excursion, or this angle, °, and
            share of the breathing, it has returned.
        slow_share: share of the greatest speed that counts as slow.
        fell_share, rose_share: an excursion that fell by this share of its size and rose by that
            has turned round without a rest (touch and go).
        stay_s, stay_share, stay: no movement beyond this share of the size, or this angle, °,
            for so long is a new rest pose, s. Pauses at the bottom are shorter.
        longest_s: no rep takes longer, s.
        bridge_s: an excursion may go on after a gap in the signal of this length, s.
    """

    settle_s: float = 1.0
    settle_speed: float = 4.0
    settle_tilt: float = 8.0
    steepest: float = 38.0
    most_shift: float = 25.0
    off_s: float = 0.25
    creep_s: float = 2.0
    creep_speed: tuple[float, float] = (-0.3, 0.06)
    quiet_speed: float = 1.5
    leave: tuple[float, float, float] = (0.4, 0.7, 0.5)
    still_speed: float = 0.4
    near_share: float = 0.3
    near: float = 0.3
    near_breath: float = 0.2
    slow_share: float = 0.2
    fell_share: float = 0.6
    rose_share: float = 0.3
    stay_s: tuple[float, float] = (2.0, 3.0)
    return_share: float = 0.15
    stay_share: float = 0.15
    stay: float = 0.2
    longest_s: float = 12.0
    bridge_s: float = 3.0


class Stage(IntEnum):
    """Where the pelvis is in its movement."""

    OFF_PAD = 0
    AT_REST = 1
    LEAVING = 2
    FARTHEST = 3
    RETURNING = 4


Ending = Literal["back", "turned", "stayed", "cut"]
Point = tuple[float, float, float, float, float, bool, bool, bool]
"""Time, tilt, speed, turning aside and strain; where no body lies, keeps still, starts anew."""


@dataclass(frozen=True, slots=True)
class Excursion:
    """Where one excursion lies in the trace.

    Attributes:
        first, last, known: numbers of its first and last point, and of the newest one needed to
            say so.
        rest, size: the rest pose it left, and how far from it it went, °.
        lying_s: how long the athlete had lain on the pad when it began.
        breath: how far the pelvis goes to and fro at rest, °.
        strain: the most strain in it.
        end_s: when it ended, s.
        ending: how it ended; `cut` where the signal was interrupted on the way back.
        cut: whether it was interrupted at all.
    """

    first: int
    last: int
    known: int
    rest: float
    size: float
    lying_s: float
    breath: float
    strain: float
    end_s: float
    ending: Ending
    cut: bool


class Excursions:
    """Follows the trace point by point.

    Attributes:
        stage: where the pelvis is.
        since_s: when the excursion in progress began.
        size: how far it has gone.
        begun: how many excursions there were, the one in progress included.

    Args:
        seat_back_deg: β; the flatter the seat back, the further a rise leads away from it.
        params: constants.
    """

    def __init__(self, seat_back_deg: float, params: ExcursionParams | None = None) -> None:
        self._p = params or ExcursionParams()
        self._furthest = -min(max(0.7 * seat_back_deg, 14.0), 25.0)
        self.stage = Stage.OFF_PAD
        self.since_s = 0.0
        self.size = 0.0
        self.begun = 0
        self._number = -1
        self._last_s: float | None = None
        self._still_s = self._off_s = 0.0
        self._rest = self._leave = 0.0
        self._lay_s = self._left_s = 0.0
        self._left = 0
        self._breath = Breath()
        self._way = _Way(0, 0.0, 0.0, 0.0)

    @property
    def straight(self) -> bool:
        """Whether the excursion in progress, so far, is mostly a tilt."""
        return self._way.aside < 0.5 * self._way.tilting

    @property
    def lay_before_s(self) -> float:
        """How long the athlete had lain on the pad when the excursion in progress began, s."""
        return self.since_s - self._lay_s

    @property
    def backwards(self) -> bool:
        """Whether the excursion in progress, so far, is more posterior than anterior."""
        return self._way.high >= -self._way.low

    def points(self, trace: Trace) -> Iterator[Point]:
        """The trace, point by point."""
        p = self._p
        off: Bools = (trace.tilt < self._furthest) | (trace.tilt > p.steepest)
        off |= np.abs(trace.shift) > p.most_shift
        fastest: Floats = np.maximum(np.abs(trace.speed), trace.aside)
        still: Bools = (fastest < p.settle_speed) & (np.abs(trace.tilt) < p.settle_tilt) & ~off
        columns = (trace.time_s, trace.tilt, trace.speed, trace.aside, trace.strain)
        return zip(*(c.tolist() for c in (*columns, off, still, trace.fresh)), strict=True)

    def step(self, point: Point) -> Excursion | None:
        """One point of the trace; the excursion that ended with it."""
        t, tilt, speed, aside, strain, off, still, fresh = point
        self._number += 1
        dt = t - self._last_s if self._last_s is not None else 0.0
        self._last_s = t
        if self.stage is Stage.OFF_PAD:
            self._still_s = self._still_s + dt if still else 0.0
            if self._still_s > self._p.settle_s:
                self._lie_down(t, tilt)
            return None
        self._off_s = self._off_s + dt if off else 0.0
        if self._off_s > self._p.off_s:
            self.stage, self._still_s = Stage.OFF_PAD, 0.0
            return None
        self._breath.step(t, tilt)
        away = tilt - self._rest
        if self.stage is Stage.AT_REST:
            self._stay(t, dt, away, speed, fresh=fresh)
            if self.stage is Stage.AT_REST:
                return None
        elif fresh and (cut := self._interrupted(dt, away)):
            return cut
        self._go(t, away, speed, cut=fresh)
        self._way.feel(speed, aside, strain)
        return self._ended(t, away, speed)

    def _lie_down(self, t: float, tilt: float) -> None:
        self.stage, self._rest, self._off_s = Stage.AT_REST, tilt, 0.0
        self._lay_s = self._left_s = t
        self._left = self._number
        self._breath = Breath()

    def _stay(self, t: float, dt: float, away: float, speed: float, *, fresh: bool) -> None:
        p = self._p
        if -p.quiet_speed < speed < p.quiet_speed:
            creep = min(max(away / p.creep_s, p.creep_speed[0]), p.creep_speed[1])
            self._rest += creep * min(dt, 0.2)
        least, most, share = p.leave
        leave = min(max(least, share * self._breath.reach), most)
        if -0.5 * leave < away < 0.5 * leave or -p.still_speed < speed < p.still_speed:
            self._left, self._left_s = self._number, t
        going = away > leave if speed > 0.0 else away < -leave
        if going or (fresh and abs(away) > 2.0 * leave):
            self.stage, self.since_s, self.size = Stage.LEAVING, self._left_s, 0.0
            self.begun += 1
            self._leave = leave
            self._way = _Way(self._number, t, away, self._rest)

    def _interrupted(self, dt: float, away: float) -> Excursion | None:
        """What a gap in the signal makes of the excursion in progress."""
        gone = abs(away) < 0.5 * self.size
        if not gone and dt < self._p.bridge_s:
            return None
        self._rest += 0.0 if gone else away
        return self._over("cut", self._number - 1)

    def _go(self, t: float, away: float, speed: float, *, cut: bool) -> None:
        p, way = self._p, self._way
        way.cut |= cut
        if away > way.high:
            way.high = way.saddle = away
            way.saddle_at, way.saddle_s = self._number, t
        elif away < way.saddle:
            way.saddle, way.saddle_at, way.saddle_s = away, self._number, t
        way.low = min(way.low, away)
        way.posterior |= away > self._leave
        self.size = max(way.high, -way.low)
        pace = abs(speed)
        way.fastest = max(way.fastest, pace)
        if abs(away - way.held) > max(p.stay_share * self.size, p.stay):
            way.held, way.held_s = away, t
        if pace > p.slow_share * way.fastest:
            self.stage = Stage.LEAVING if (speed > 0.0) == (away > 0.0) else Stage.RETURNING
        elif abs(away) > 0.7 * self.size:
            self.stage = Stage.FARTHEST

    def _ended(self, t: float, away: float, speed: float) -> Excursion | None:
        p, way, size = self._p, self._way, self.size
        near = max(p.near_share * size, p.near + p.near_breath * self._breath.reach)
        if -near < away < near and abs(speed) < p.slow_share * way.fastest:
            self._rest += p.return_share * away
            return self._over("back", self._number)
        if way.went_on(away, speed):
            return self._over("back", self._number)
        fell, rose = way.high - way.saddle, away - way.saddle
        turned = fell > p.fell_share * size and rose > p.rose_share * size
        if turned and way.posterior and way.saddle > -0.25 * way.high:
            self._rest += way.saddle
            return self._over("turned", way.saddle_at)
        stay_s = p.stay_s[away > 0.0]
        if t - way.held_s > stay_s or t - self.since_s > p.longest_s:
            self._rest += away
            return self._over("stayed", self._number)
        return None

    def _over(self, ending: Ending, last: int) -> Excursion:
        x = Excursion(
            first=self._left,
            last=last,
            known=self._number,
            rest=self._way.rest,
            size=self.size,
            lying_s=self.since_s - self._lay_s,
            breath=self._breath.reach,
            strain=self._way.strain,
            end_s=self._way.saddle_s if ending == "turned" else self._last_s or 0.0,
            ending=ending,
            cut=self._way.cut or ending == "cut",
        )
        self.stage, self._left = Stage.AT_REST, last
        self._left_s = x.end_s
        return x


class _Way:
    """The way an excursion has gone so far, measured from its rest pose."""

    __slots__ = (
        "aside",
        "cut",
        "fastest",
        "held",
        "held_s",
        "high",
        "low",
        "posterior",
        "rest",
        "saddle",
        "saddle_at",
        "saddle_s",
        "strain",
        "tilting",
    )

    def __init__(self, number: int, t: float, away: float, rest: float) -> None:
        self.rest = rest
        self.high = self.low = self.saddle = 0.0
        self.saddle_at, self.saddle_s = number, t
        self.fastest = self.tilting = self.aside = self.strain = 0.0
        self.held, self.held_s = away, t
        self.posterior = self.cut = False

    def feel(self, speed: float, aside: float, strain: float) -> None:
        """What does not concern the way itself."""
        self.tilting += speed * speed
        self.aside += aside * aside
        self.strain = max(self.strain, strain)

    def went_on(self, away: float, speed: float) -> bool:
        """Whether it passes its rest pose without stopping, on its way into the next one.

        Out one way and back is over; out posterior, over to anterior and back is over; but
        anterior first may be followed by posterior in the same rep.
        """
        if self.high > -0.3 * self.low:
            return (
                speed > 0.0
                and away > -0.1 * self.high
                and self.high - away > 0.5 * self.high
                and self.low < -0.3 * self.high
            )
        return False


class Breath:
    """How far the pelvis goes to and fro at rest: the least of its reach in four seconds.

    Reps reach further, and a long set has no four seconds without one: so not a recent mean, but
    the quietest moment since the athlete lay down. Seconds with a gap in them say nothing.

    Attributes:
        reach: °, peak to peak; half a degree until it is known.
    """

    def __init__(self) -> None:
        self.reach = 0.5
        self._least = 1.5
        self._from_s = self._last_s = -math.inf
        self._low = self._high = 0.0

    def step(self, t: float, tilt: float) -> None:
        """One point."""
        if t - self._last_s > 0.3:
            self._from_s, self._low, self._high = t, tilt, tilt
        elif tilt < self._low:
            self._low = tilt
        elif tilt > self._high:
            self._high = tilt
        self._last_s = t
        if t - self._from_s > 4.0:
            self._least = self.reach = min(self._least, self._high - self._low)
            self._from_s, self._low, self._high = t, tilt, tilt
