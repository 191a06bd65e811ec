"""Excursions: the pelvis leaves its rest pose and comes back.

Who lies on the pad and keeps still has a rest pose; it may creep, and every return renews it. An
excursion begins when the tilt moves away from the rest pose and ends when it is back, when it
turns round close to the pose (touch and go), or when it has found a new place to stay. Off the
pad (leaning forward, standing, walking) there are none. Whether an excursion is a rep is decided
elsewhere: here only its figures are taken.
"""

from dataclasses import dataclass
from enum import IntEnum


@dataclass(frozen=True, slots=True)
class ExcursionParams:
    """Constants of the excursions.

    Attributes:
        settle_s: stillness that makes a body lying on the pad, s.
        settle_speed, settle_tilt: what counts as stillness, °/s, and as lying, °.
        flattest, steepest: furthest tilt from neutral on the pad, °, anterior and posterior.
        off_s: longer out of these limits is off the pad, s.
        creep_s: time constant with which the rest pose follows a quiet pelvis, s.
        creep_speed: what is quiet enough for that, °/s.
        leave: how far the tilt leaves the rest pose at least, °.
        still_speed: slower than this has not begun to leave, °/s.
        back_share, back: share of the excursion, and angle, ° within which it has returned.
        turn_share: share of the greatest speed that counts as stopped.
        stay_s: this long without movement is a new place to stay, s.
        longest_s: no rep takes longer, s.
    """

    settle_s: float = 1.0
    settle_speed: float = 4.0
    settle_tilt: float = 8.0
    steepest: float = 38.0
    off_s: float = 0.25
    creep_s: float = 1.5
    creep_speed: float = 1.5
    leave: float = 0.5
    still_speed: float = 0.4
    back_share: float = 0.3
    back: float = 0.3
    turn_share: float = 0.25
    stay_s: float = 2.0
    longest_s: float = 12.0


class Ending(IntEnum):
    """How an excursion ended."""

    BACK = 0
    TURNED = 1
    STAYED = 2


@dataclass(slots=True)
class Excursion:
    """One excursion, growing until it ends. Times in s, angles in °, speeds in °/s.

    Attributes:
        start_s, end_s, known_s: left the rest pose; was back; newest sample needed to say so.
        lying_s: how long the athlete had lain still on the pad when it began.
        high, high_s, low, low_s: furthest posterior and anterior, from the rest pose, and when.
        left_over: how far from the rest pose it ended.
        fastest, aside: greatest tilting and sideways turning speed.
        sagittal_work, aside_work: sums of squared speeds.
        shift: greatest change of obliquity.
        turns: reversals of the tilting.
        ending: how it ended.
        breath: how far the pelvis moved to and fro in the quiet before it.
    """

    start_s: float
    lying_s: float
    breath: float
    shift_before: float
    sense: int
    high: float = 0.0
    high_s: float = 0.0
    low: float = 0.0
    low_s: float = 0.0
    known_s: float = 0.0
    end_s: float = 0.0
    left_over: float = 0.0
    fastest: float = 0.0
    aside: float = 0.0
    sagittal_work: float = 0.0
    aside_work: float = 0.0
    shift: float = 0.0
    turns: int = 0
    ending: Ending = Ending.BACK
    saddle: float = 0.0
    saddle_s: float = 0.0
    still_s: float = 0.0

    @property
    def size(self) -> float:
        """Greatest distance from the rest pose, °."""
        return max(self.high, -self.low)

    @property
    def length_s(self) -> float:
        """How long it took, s."""
        return max(self.end_s - self.start_s, 0.1)

    @property
    def sagittal(self) -> float:
        """Share of the movement that was not tilting, 0..1."""
        return self.aside_work / (self.sagittal_work + self.aside_work + 1e-9)


class Excursions:
    """Follows the tilt point by point.

    Attributes:
        on_pad: the athlete lies on the pad.
        open: the excursion in progress, None at rest.
        rest: the rest pose, °.

    Args:
        seat_back_deg: β; the flatter the seat back, the further a rise leads away from it.
        params: constants.
    """

    def __init__(self, seat_back_deg: float, params: ExcursionParams | None = None) -> None:
        self._p = params or ExcursionParams()
        self._furthest = -min(max(0.7 * seat_back_deg, 14.0), 25.0)
        self.on_pad = False
        self.open: Excursion | None = None
        self.rest = 0.0
        self._calm = _Calm()
        self._still_s = 0.0
        self._off_s = 0.0
        self._lay_down_s = 0.0
        self._left_s = 0.0
        self._last_s: float | None = None

    def lost(self) -> None:
        """The signal was interrupted: an excursion in progress cannot be told."""
        self.open = None
        self._last_s = None

    def step(
        self, t: float, tilt: float, speed: float, aside: float, shift: float
    ) -> Excursion | None:
        """One point of the trace; an excursion that ended with it."""
        dt = t - self._last_s if self._last_s is not None else 0.0
        self._last_s = t
        off = tilt < self._furthest or tilt > self._p.steepest or abs(shift) > 25.0
        self._off_s = self._off_s + dt if off else 0.0
        if not self.on_pad:
            self._settle(t, dt, tilt, speed, aside, off=off)
            return None
        if self._off_s > self._p.off_s:
            self.on_pad, self.open, self._still_s = False, None, 0.0
            return None
        self._calm.step(t, tilt)
        if self.open is None:
            self._at_rest(t, dt, tilt - self.rest, speed, shift)
        if self.open is None:
            return None
        return self._under_way(self.open, t, dt, (tilt - self.rest, speed, aside, shift))

    def _settle(
        self, t: float, dt: float, tilt: float, speed: float, aside: float, *, off: bool
    ) -> None:
        p = self._p
        still = not off and abs(tilt) < p.settle_tilt and max(abs(speed), aside) < p.settle_speed
        self._still_s = self._still_s + dt if still else 0.0
        if self._still_s > p.settle_s:
            self.on_pad, self.open, self.rest = True, None, tilt
            self._lay_down_s = self._left_s = t
            self._calm = _Calm()

    def _at_rest(self, t: float, dt: float, away: float, speed: float, shift: float) -> None:
        p = self._p
        if abs(speed) < p.creep_speed:
            self.rest += away * min(1.0, dt / p.creep_s)
        if abs(away) < 0.5 * p.leave or abs(speed) < p.still_speed:
            self._left_s = t
        if abs(away) > p.leave and away * speed > 0.0:
            self.open = Excursion(
                start_s=self._left_s,
                lying_s=self._left_s - self._lay_down_s,
                breath=self._calm.least,
                shift_before=shift,
                sense=1 if speed > 0.0 else -1,
                high_s=t,
                low_s=t,
            )

    def _under_way(
        self, x: Excursion, t: float, dt: float, at: tuple[float, float, float, float]
    ) -> Excursion | None:
        self._measure(x, t, dt, *at)
        ended = self._ending(x, t, at[0], at[1])
        if ended is None:
            return None
        x.ending, x.end_s, x.left_over = ended
        x.known_s = t
        self.open = None
        self._left_s = x.end_s
        if x.ending is Ending.BACK:
            self.rest += 0.3 * x.left_over
        else:
            self.rest += x.left_over
        return x

    def _measure(  # the figures of one point
        self,
        x: Excursion,
        t: float,
        dt: float,
        away: float,
        speed: float,
        aside: float,
        shift: float,
    ) -> None:
        if away > x.high:
            x.high, x.high_s = away, t
            x.saddle, x.saddle_s = away, t
        if away < x.low:
            x.low, x.low_s = away, t
        if away < x.saddle:
            x.saddle, x.saddle_s = away, t
        x.fastest = max(x.fastest, abs(speed))
        x.aside = max(x.aside, aside)
        x.sagittal_work += speed * speed
        x.aside_work += aside * aside
        x.shift = max(x.shift, abs(shift - x.shift_before))
        sense = 1 if speed > 0.0 else -1
        if sense != x.sense and abs(speed) > 0.1 * x.fastest:
            x.turns += 1
            x.sense = sense
        x.still_s = x.still_s + dt if abs(speed) < 1.0 else 0.0

    def _ending(
        self, x: Excursion, t: float, away: float, speed: float
    ) -> tuple[Ending, float, float] | None:
        p, size, posterior = self._p, x.size, x.high >= -x.low
        turned = speed > 0.0 if posterior else speed < 0.0
        if abs(away) < max(p.back_share * size, p.back) and (
            abs(speed) < p.turn_share * x.fastest or turned
        ):
            return Ending.BACK, t, away
        fell, rose = x.high - x.saddle > 0.6 * size, away - x.saddle > 0.3 * size
        if posterior and fell and rose and x.saddle > -0.25 * x.high:
            return Ending.TURNED, x.saddle_s, x.saddle
        stays = x.still_s > 0.5 and t - x.start_s > 1.0 and abs(away) < 0.6 * size
        if stays or x.still_s > p.stay_s or t - x.start_s > p.longest_s:
            return Ending.STAYED, t, away
        return None


class _Calm:
    """How little the pelvis moves while lying: the least to and fro of any four seconds."""

    def __init__(self) -> None:
        self.least = 1.0
        self._known = False
        self._from_s: float | None = None
        self._low = self._high = 0.0

    def step(self, t: float, tilt: float) -> None:
        if self._from_s is None:
            self._from_s, self._low, self._high = t, tilt, tilt
        self._low, self._high = min(self._low, tilt), max(self._high, tilt)
        if t - self._from_s >= 4.0:
            reach = self._high - self._low
            self.least = min(self.least, reach) if self._known else min(reach, 2.0)
            self._known, self._from_s = True, None
