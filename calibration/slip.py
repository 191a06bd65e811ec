"""A strap slips: the sensor turns on the spot, and the body goes on living as if it had not.

Every quick turn might be a slip (`calibration.jumps`). Whether it is one is a matter of odds, which
grow or shrink with all that is seen from then on, as for a jury:

    odds = anyhow + lever + life - small - slow - shaken                             (1)

lever   the body's own turn must push the sensor along, the strap's need not: how much likelier is
        what the accelerometer lacks if the strap turned than if the body did
life    the poses since, as they are, or less the jump: which of the two is more like the life of
        the last minute and a half, in tilt, rise, heading and speed of the tilt? Bodies come back
        to where they have been; after a slip only the shifted ones do
small   a turn of a few degrees happens all the time
slow    friction gives way within tenths of a second, a pelvis takes its time
shaken  who is shaken by a bang or lands on the pad moves in ways that equation knows nothing of

A turn whose odds pass a threshold is a slip; one that is not believed after a second or two is
kept in mind for some more, so that what was hidden in a rep is found at the next rest or rep. Off
the pad (walking, sitting up) nothing is judged, nor a turn across a gap.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from calibration.jumps import Jump, JumpParams, Jumps
from calibration.places import Memory, Places, Points
from calibration.still import Floats


@dataclass(frozen=True, slots=True)
class SlipOdds:
    """Log-odds of a slip, equation (1); fitted to some thousand simulated slips and other turns.

    Attributes:
        anyhow: of any turn.
        lever, most_lever: share of the lever's evidence that counts, and the most it may say.
        life, least_life, most_life: the same for life,
        pace, most_pace: and for how much it says per second: clear things are clear at once.
        small, small_deg: per e-fold of a size below that, °.
        slow, slow_s: per second of duration beyond that, s.
        shaken, shaken_m_s2: per e-fold of unexplained acceleration beyond that, m/s².
        enough: from which it is said.
        hopeless: below which a turn is no longer kept in mind.
    """

    anyhow: float = -2.5
    lever: float = 0.34
    most_lever: float = 6.0
    life: float = 0.26
    least_life: float = -10.0
    most_life: float = 8.0
    pace: float = 1.05
    most_pace: float = 4.0
    small: float = 7.0
    small_deg: float = 4.0
    slow: float = 9.2
    slow_s: float = 0.4
    shaken: float = 0.37
    shaken_m_s2: float = 0.1
    enough: float = 2.0
    hopeless: float = -6.0

    def at_first(self, jump: Jump) -> float:
        """What is to be said of a turn by itself."""
        return float(
            self.anyhow
            + self.lever * min(max(jump.lever, -self.most_lever), self.most_lever)
            - self.small * max(np.log(self.small_deg / jump.size_deg), 0.0)
            - self.slow * max(jump.lasts_s - self.slow_s, 0.0)
            - self.shaken * max(np.log(jump.shake / self.shaken_m_s2), 0.0)
        )

    def by_life(self, told: float, seconds: float) -> float:
        """And of the life of so many seconds since."""
        pace = min(max(told / seconds, -self.most_pace), self.most_pace)
        return self.life * min(max(told, self.least_life), self.most_life) + self.pace * pace

    @property
    def most(self) -> float:
        """That life can say."""
        return self.life * self.most_life + self.pace * self.most_pace


@dataclass(frozen=True, slots=True)
class SlipParams:
    """How turns are looked at.

    Attributes:
        judge_s: how often odds are looked at, s; for new turns, every `judged`-th time.
        least_deg, largest_deg: what a slip measures.
        lying_s: who has lain on the pad for less is not judged, s.
        keep_s: how long places are remembered, s; `every_s` of them one.
        blind_s: the turn itself, out of the life since, s.
        least_s: nothing is said sooner than this after a turn, s: bodies come back.
        in_mind_s: how long a turn is kept in mind, s.
        new_s: spacing of the places since, s; so many seconds of life are one independent look:
            `look_life_s`.
        apart: how far apart two like places may be: tilt, rise, heading, °, tilt speed, °/s.
        stray: share of the places that are anywhere.
        shares: of a turn that are tried: how far it went is not known for sure.
        up_deg: whoever leans this much further forward than ever is getting up, °.
    """

    judge_s: float = 0.25
    judged: int = 2
    least_deg: float = 2.2
    largest_deg: float = 10.0
    lying_s: float = 4.0
    keep_s: float = 90.0
    every_s: float = 0.4
    blind_s: float = 0.3
    least_s: float = 2.2
    in_mind_s: float = 15.0
    new_s: float = 0.2
    look_life_s: float = 0.7
    apart: tuple[float, float, float, float] = (1.2, 1.2, 1.9, 4.8)
    stray: float = 1e-3
    shares: tuple[float, ...] = (0.0, 0.75, 1.0, 1.25)
    up_deg: float = 8.0
    odds: SlipOdds = field(default_factory=SlipOdds)
    jumps: JumpParams = field(default_factory=JumpParams)


@dataclass(frozen=True, slots=True)
class Slip:
    """The sensor is no longer where it was.

    Attributes:
        time_s: when it turned, s.
        known_s: the newest pose that was needed to say so, s.
        jump_deg: by how much tilt, rise and heading have changed for good, °.
        sigma_deg: how well that is known, °.
        pose_deg: tilt and rise just before.
    """

    time_s: float
    known_s: float
    jump_deg: tuple[float, float, float]
    sigma_deg: float
    pose_deg: tuple[float, float]

    @property
    def size_deg(self) -> float:
        """How far it turned, °."""
        return float(np.sqrt(sum(angle * angle for angle in self.jump_deg)))


@dataclass(slots=True)
class Turn:
    """A turn that is kept in mind.

    Attributes:
        number: of the point in its middle.
        jump: what is known of it by itself.
        angles: (3,), °, by which tilt, rise and heading would have changed.
        old: places before.
        lowest_deg: furthest forward he has leant, °.
        due: number of the next point whose place is to be looked at.
        life: (k,), how usual all since is, less each share of the jump.
        odds: as they are.
    """

    number: int
    jump: Jump
    angles: Floats
    old: Places
    lowest_deg: float
    due: int
    life: Floats
    odds: float


class Slips:
    """Finds slips among poses that come bit by bit; chunk-invariant.

    Args:
        spacing_s: of the poses.
        params: how turns are looked at.
    """

    def __init__(self, spacing_s: float, params: SlipParams | None = None) -> None:
        p = self._p = params or SlipParams()

        def points(seconds: float) -> int:
            return max(1, round(seconds / spacing_s))

        self._spacing_s = spacing_s
        self._judge, self._keep = points(p.judge_s), points(p.keep_s)
        self._look = p.judged * self._judge
        self._lying, self._mind = points(p.lying_s), points(p.in_mind_s)
        self._least = points(p.least_s)
        self._every, self._new = points(p.every_s), points(p.new_s)
        self._jumps = Jumps(spacing_s, self._look, p.jumps)
        self._scale = 1.0 / np.array(p.apart)
        self._shares = np.array(p.shares)
        self._memory = Memory(self._keep + self._mind + 2 * self._look)
        self._past = self._memory.past
        self._fresh: list[Points] = []
        self._first = self._count = self._held = 0
        self._turns: list[Turn] = []
        self._not_before = 0

    def step(self, new: Points) -> list[Slip]:
        """The slips that are known with these points, in order."""
        found = []
        start = 0
        while start < len(new.time_s):
            end = min(start + self._judge - self._held, len(new.time_s))
            self._fresh.append(new.part(start, end))
            self._held += end - start
            start = end
            if self._held == self._judge:
                for points in self._fresh:
                    self._first += self._memory.keep(points)
                self._past = self._memory.past
                self._count += self._held
                self._fresh, self._held = [], 0
                found += self._looked()
        return found

    def _looked(self) -> list[Slip]:
        """One look: at the newest turns, at those in mind, and at the lever."""
        end = len(self._past.time_s)
        span = self._look + 2 * self._jumps.margin
        if end < span or not self._past.lying[-1]:
            self._turns = []
            return []
        part = self._past.part(end - span, end)
        if self._count % self._look == 0 and part.lying.all():
            self._keep_in_mind(part)
        return self._judged()

    def _keep_in_mind(self, part: Points) -> None:
        """The newest turns, where they may be slips."""
        p, margin = self._p, self._jumps.margin
        for jump in self._jumps.among(part.force, part.rate, ~part.fresh):
            at = len(self._past.time_s) - len(part.time_s) + margin + jump.at
            since = slice(max(at - self._lying, 0), None)
            if (
                p.least_deg < jump.size_deg < p.largest_deg
                and self._first + at >= self._not_before
                and at >= self._lying
                and self._past.lying[since].all()
            ):
                odds = p.odds.at_first(jump)
                if odds + p.odds.most > p.odds.enough:
                    self._turns.append(self._turn(at, jump, odds))

    def _turn(self, at: int, jump: Jump, odds: float) -> Turn:
        before = at - round((0.5 * jump.lasts_s + 0.1) / self._spacing_s)
        then = np.arange(max(at - self._keep, 2), before, self._every)
        then = then[self._past.lying[then]]
        old = self._places(then)
        after = at + round((0.5 * jump.lasts_s + 0.15) / self._spacing_s)
        return Turn(
            number=self._first + at,
            jump=jump,
            angles=_angles(jump.turn, float(self._past.pose[at, 0])),
            old=Places.of(old * self._scale),
            lowest_deg=float(old[:, 0].min()),
            due=self._first + after,
            life=np.zeros(len(self._shares)),
            odds=odds,
        )

    def _judged(self) -> list[Slip]:
        """The likeliest of the turns in mind, if it is a slip."""
        kept = [turn for turn in self._turns if self._goes_on(turn)]
        self._turns = kept
        old = [turn for turn in kept if self._count - turn.number >= self._least]
        best = max(old, key=lambda turn: turn.odds, default=None)
        return [self._said(best)] if best and best.odds > self._p.odds.enough else []

    def _goes_on(self, turn: Turn) -> bool:
        """Look at the life since, and whether the turn need be kept in mind."""
        p = self._p
        now = np.arange(turn.due, self._count - 2, self._new) - self._first
        if len(now):
            turn.due = self._first + int(now[-1]) + self._new
            places = self._places(now)
            if places[:, 0].min() < turn.lowest_deg - p.up_deg:
                return False
            moved = np.zeros((len(self._shares), 1, 4))
            moved[:, 0, :3] = self._shares[:, None] * turn.angles
            shifted = ((places - moved) * self._scale).reshape(-1, 4)
            usual = turn.old.usual(shifted, p.stray).reshape(len(self._shares), -1)
            turn.life += usual.sum(axis=1) * self._new * self._spacing_s / p.look_life_s
            life = float(turn.life[1:].max() - turn.life[0])
            since_s = (self._count - turn.number) * self._spacing_s - p.blind_s
            turn.odds = p.odds.at_first(turn.jump) + p.odds.by_life(life, since_s)
        return turn.odds > p.odds.hopeless and self._count - turn.number < self._mind

    def _said(self, turn: Turn) -> Slip:
        past, at = self._past, turn.number - self._first
        tilt, rise, heading = turn.angles.tolist()
        before = past.pose[max(at - self._jumps.half, 0)]
        past.pose[:at] += turn.angles
        self._turns, self._not_before = [], self._count
        return Slip(
            time_s=float(past.time_s[at]),
            known_s=float(past.time_s[-1]),
            jump_deg=(tilt, rise, heading),
            sigma_deg=1.0,
            pose_deg=(float(before[0]), float(before[1])),
        )

    def _places(self, at: NDArray[np.intp]) -> Floats:
        """(n, 4), °, °/s: poses, and how fast they tilt."""
        pose = self._past.pose
        speed = (pose[at + 2, 0] - pose[at - 2, 0]) / (4 * self._spacing_s)
        return np.column_stack([pose[at], speed])


def _angles(turn: Floats, tilt_deg: float) -> Floats:
    """(3,), °: tilt, rise and heading by which a turn (left, level, ahead) of the sensor shows."""
    cos, sin = np.cos(np.radians(tilt_deg)), np.sin(np.radians(tilt_deg))
    left, level, ahead = np.degrees(turn)
    return np.array([-left, cos * ahead - sin * level, cos * level + sin * ahead])
