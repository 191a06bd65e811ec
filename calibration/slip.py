"""A strap slips: the sensor turns quickly, and the body goes on living where it never lived before.

What there is to go by. The gyroscope feels a slip as it feels any turn; gravity afterwards tells
its share across the vertical, nothing but the gyroscope tells its share about the vertical. Neither
knows what turned, the body or the strap. But a slip is quick (friction gives way within some tenths
of a second, a pelvis that goes somewhere and stays there takes its time), and it stays: bodies come
back, to the rest pose or at least to where they have been. So:

    jump    J = P(t + h) - P(t - h) - what the smooth movement around it would have done         (1)
    quick   nearly all of J happens within ± brief_s
    new     from then on the athlete is, as good as all the time, where he has hardly ever been in
            the last minute and a half, counting how fast he tilts there as well: passing a pose
            in every rep is not lying in it. And he never comes home.
    stays   the way from before the jump to every pose since is J again, give or take

in three angles P against neutral (tilt, rise of the left side, heading, °); and in the last two
alone, as reps hardly touch them: so a slip is seen in the middle of the deepest rep. A slip that is
nothing but a tilt is hidden in a rep that tilts as quickly; it is seen when the athlete should be
home and is not.

Off the pad (walking, sitting up) nothing is judged, nor across a gap.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.places import Lately, Points, along, length, near, peaks
from calibration.still import Floats


@dataclass(frozen=True, slots=True)
class SlipParams:
    """What is a slip.

    Attributes:
        half_s, side_s: of (1): a slip is over within 2 half_s; the movement around it is that of
            half_s to side_s before and after, s.
        brief_s, brief_share: of a slip's jump, so much happens within ± brief_s.
        judge_s: so long after a jump it is judged, s.
        after_s: the jump itself, out of what comes after it, s.
        least_deg, least_aside_deg, largest_deg: what a slip measures; aside: without the tilt.
        keep_s: how long poses are remembered, s.
        look_s: spacing of the poses compared with each other, s.
        lying_s: who has lain on the pad for less is not judged, s.
        near_deg: two poses within this are one place, °.
        speed_s: tilting at 1 °/s is as far from lying still as this many °.
        seldom: a place of less than this share of the remembered time is new.
        new_share: share of the time since that must be spent in new places.
        far_deg: nobody who stays further from home than this needs to be explained any better.
        stays: least and largest share of the jump at which all poses since (but a tenth at each
            end) are found; `off_deg`: how far their middle may be from it, °.
        like_deg: places that are, in the mean, this close to old ones are like them, °,
        explained_share: and a tilt explains them where that brings them this much closer,
        shifted: and home is so far away: at least this share of it, at most so much more, °.
        shifted_deg: and it is neither smaller nor larger than these.
        shifted_rare: and so much of the time since was in new places.
        unlike_deg: places that are further from old ones than this even so are no slip's, °.
        alone: no other jump about then is, aside, larger than this share of it.
        up_deg: whoever leans this much further forward than ever is getting up, °.
    """

    half_s: float = 0.2
    side_s: float = 0.6
    brief_s: float = 0.15
    brief_share: float = 0.84
    judge_s: float = 2.6
    after_s: float = 0.35
    least_deg: float = 3.2
    least_aside_deg: float = 1.9
    largest_deg: float = 9.0
    keep_s: float = 90.0
    look_s: float = 0.2
    lying_s: float = 4.0
    near_deg: float = 1.5
    speed_s: float = 0.25
    seldom: float = 0.015
    new_share: float = 0.8
    far_deg: float = 2.8
    stays: tuple[float, float] = (0.35, 1.55)
    off_deg: float = 2.1
    up_deg: float = 8.0
    like_deg: float = 1.2
    explained_share: float = 0.6
    shifted: tuple[float, float] = (0.8, 1.2)
    shifted_deg: tuple[float, float] = (4.2, 7.2)
    shifted_rare: float = 0.9
    unlike_deg: float = 2.0
    alone: float = 1.0


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


class Slips:
    """Finds slips among poses that come bit by bit.

    Args:
        spacing_s: of the poses.
        params: what is a slip.
    """

    def __init__(self, spacing_s: float, params: SlipParams | None = None) -> None:
        p = self._p = params or SlipParams()

        def points(seconds: float) -> int:
            return max(1, round(seconds / spacing_s))

        self._half, self._brief, self._side = points(p.half_s), points(p.brief_s), points(p.side_s)
        self._after, self._wait = points(p.after_s), points(p.judge_s)
        self._look, self._keep = points(p.look_s), points(p.keep_s)
        self._lying, self._spacing_s = points(p.lying_s), spacing_s
        self._due = self._margin = self._side + self._brief + 1
        self._past = Points.none()

    def step(self, new: Points) -> list[Slip]:
        """The slips that are known with these points, in order."""
        past = self._past = self._past.followed_by(new)
        end = len(past.time_s) - self._wait
        found = []
        for at in self._large_jumps(self._due, end) if self._due < end else ():
            slip = self._judged(at) if at >= self._due else None
            if slip is not None:
                found.append(slip)
                self._due = at + self._wait  # what jumps till then is the same slip
                past.pose[:at] += np.array(slip.jump_deg)
        self._due = max(self._due, end)
        drop = max(0, self._due - self._keep - self._margin - self._wait)
        if drop > self._keep:
            self._past, self._due = self._past.part(drop, len(past.time_s)), self._due - drop
        return found

    def _large_jumps(self, start: int, end: int) -> list[int]:
        """The places where the pose jumps more than just before and after."""
        p, w = self._p, self._brief
        first, last = start - w, end + w
        jump = self._jumps(first, last, self._half)
        whole, aside = length(jump), length(jump[:, 1:])
        if not ((whole > p.least_deg) | (aside > p.least_aside_deg)).any():
            return []
        large = (whole > p.least_deg) & peaks(whole, w)
        large |= (aside > p.least_aside_deg) & peaks(aside, w)
        large &= self._past.lying[first:last]
        return (start + np.flatnonzero(large[w:-w])).tolist()

    def _jumps(self, start: int, end: int, half: int) -> Floats:
        """(n, 3), °, equation (1) at the points from `start` to before `end`."""
        pose, side = self._past.pose, self._side

        def at(shift: int) -> Floats:
            return pose[start + shift : end + shift]

        around = (at(side) - at(half)) + (at(-half) - at(-side))
        return at(half) - at(-half) - around * (half / (side - half))

    def _judged(self, at: int) -> Slip | None:
        """Whether the jump at this place is a slip."""
        p, past = self._p, self._past
        since = slice(max(at - self._lying, 0), at + self._wait + 1)
        if not past.lying[since].all() or at < self._lying:
            return None
        if past.fresh[at - self._side : at + self._side + 1].any():
            return None
        jump = self._jumps(at, at + 1, self._half)[0]
        brief = self._jumps(at, at + 1, self._brief)[0]
        before = past.pose[at - self._side : at - self._half].mean(axis=0)
        path = past.pose[at + self._after : at + self._wait + 1 : 2] - before
        if not self._alone(at, jump):
            return None
        new = self._newly_at(at)
        if new is None:
            return None
        views = (slice(0, 3), p.least_deg), (slice(1, 3), p.least_aside_deg)
        whole, aside = (self._stays(jump[v], brief[v], path[:, v], least) for v, least in views)
        middle = np.median(path, axis=0)
        moved, apart = new.explained_by(middle[1:], p.largest_deg)
        felt = whole or aside or self._may_be(new, jump, brief, path)
        felt = felt and apart < p.unlike_deg
        if not felt and not self._is_shifted(new, moved, apart, middle[1:]):
            return None
        if not whole and apart < p.like_deg:
            jump = np.array([moved, middle[1], middle[2]])
        off = float(length((middle - jump)[None])[0]) if whole else apart
        return Slip(
            time_s=float(past.time_s[at]),
            known_s=float(past.time_s[at + self._wait]),
            jump_deg=(float(jump[0]), float(jump[1]), float(jump[2])),
            sigma_deg=0.5 + 0.5 * off,
            pose_deg=(float(before[0]), float(before[1])),
        )

    def _alone(self, at: int, jump: Floats) -> bool:
        """Whether no jump aside about then is nearly as large: who is restless jumps often."""
        ends = max(at - self._wait, self._side), at + self._wait - self._side
        others = self._jumps(*ends, self._half)[np.abs(np.arange(*ends) - at) > self._side, 1:]
        most = float(length(others).max())
        return most < self._p.alone * float(np.sqrt((jump * jump).sum()))

    def _stays(self, jump: Floats, brief: Floats, path: Floats, least: float) -> bool:
        """Whether a jump is quick, of a slip's size, and the whole way to every pose since."""
        p, size = self._p, float(np.sqrt((jump * jump).sum()))
        quick = np.sqrt((brief * brief).sum()) > p.brief_share * size
        if not (quick and least < size < p.largest_deg):
            return False
        low, high = np.quantile(along(path, jump) / size**2, [0.1, 0.9])
        off = np.median(path, axis=0) - jump
        return bool(p.stays[0] < low and high < p.stays[1] and (off * off).sum() < p.off_deg**2)

    def _is_shifted(self, new: Lately, moved: float, apart: float, aside: Floats) -> bool:
        """Whether all goes on as it was, but tilted, home and all."""
        p, size = self._p, abs(moved)
        home = p.shifted[0] * size < new.far < size + p.shifted[1]
        better = apart < p.explained_share * new.apart(np.zeros(1), aside)[0]
        sized = p.shifted_deg[0] < size < p.shifted_deg[1]
        nowhere = new.rare > p.shifted_rare
        return bool(sized and nowhere and home and better and apart < p.like_deg)

    def _may_be(self, new: Lately, jump: Floats, brief: Floats, path: Floats) -> bool:
        """Whether he stays far from home since a quick jump that may have brought him there."""
        p, size = self._p, float(np.sqrt((jump * jump).sum()))
        quick = np.sqrt((brief * brief).sum()) > p.brief_share * size
        low, high = np.quantile(along(path, jump) / size**2, [0.1, 0.9])
        aside = float(np.sqrt((jump[1:] * jump[1:]).sum()))
        near = bool(high < p.stays[1] and (aside > p.least_aside_deg or low > 0.2))
        far = new.far > p.far_deg and p.least_deg < size < p.largest_deg
        return bool(quick and far and near)

    def _newly_at(self, at: int) -> Lately | None:
        """Where the athlete has been since; None if he has been where he ever was."""
        p = self._p
        then = np.arange(max(at - self._keep, self._half), at - 2 * self._half, self._look)
        then = then[self._past.lying[then]]
        if len(then) * self._look < self._lying:
            return None
        old = self._places(then)
        now = self._places(np.arange(at + self._after, at + self._wait - self._half, 2))
        if now[:, 0].min() < old[:, 0].min() - p.up_deg:
            return None
        rarely = (near(now, old, p.near_deg)).mean(axis=1) < p.seldom
        if rarely.mean() < p.new_share:
            return None
        some = old[::5]
        around = near(some, old, p.near_deg)
        home = old[around[around.sum(axis=1).argmax()]].mean(axis=0)
        new = Lately(now, old, home, float(length(now - home).min()), float(rarely.mean()))
        return new if new.far > p.near_deg else None

    def _places(self, at: NDArray[np.intp]) -> Floats:
        """(n, 4), °: poses, and how fast they tilt."""
        pose, half = self._past.pose, self._half
        speed = (pose[at + half, 0] - pose[at - half, 0]) / (2 * half * self._spacing_s)
        return np.column_stack([pose[at], self._p.speed_s * speed])
