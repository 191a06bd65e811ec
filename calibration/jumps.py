"""How a body and a strap turn: the body takes the sensor along, the strap turns it on the spot.

The sensor sits some 40 to 120 mm from where the pelvis turns. A body that turns by 5° in 0.4 s
moves it by several millimetres and must push it, 0.1 to 0.4 m/s²; a strap that gives way does not:

    a = α × r + ω × (ω × r)                                                          (1)

with a the specific force without gravity, ω and α the sensor's rate and its derivative, and r the
lever from the pivot to the sensor, which the athlete's ordinary movements tell (`Lever`). What of
the left is missing from the right of (1), or the other way round, is a slip of the shape

    A s(t),   s(t) a smooth step from 0 to 1 within T:   ω + A s'(t),   a - r × A s''(t)   (2)

so the gyroscope says how far it may have slipped (a quick turn above what a polynomial follows of
the movement around it), and the accelerometer how far it must have.
"""

from collections import deque
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from calibration.still import Floats

SMOOTHING = np.array([1.0, 2.0, 3.0, 2.0, 1.0]) / 9.0
"""Of rate and force before (1), over points: tremor and the sled's rumble are quicker than this."""
DIFFERENCE = np.convolve(SMOOTHING, [-0.5, 0.0, 0.5])
"""The same, and the difference over two points."""
CROSS = np.array(
    [[0, 0, 0, 0, 0, -1, 0, 1, 0], [0, 0, 1, 0, 0, 0, -1, 0, 0], [0, -1, 0, 1, 0, 0, 0, 0, 0]]
).astype(float)
"""Takes v to the matrix of v × ..., row by row."""
EYE = np.eye(3)


@dataclass(frozen=True, slots=True)
class JumpParams:
    """Constants of (1) and (2).

    Attributes:
        half_s: what is looked at, before and after the middle of a jump, s.
        core_s: how far from its middle a gap hides a jump, s: the turn itself has to be whole.
        durations_s: T that are tried, s: friction gives way within tenths of a second.
        order: of the polynomial that follows the movement around a jump.
        felt_deg: what the gyroscope feels less of is no slip, °.
        still_rad_s: who turns no quicker than this neither slips nor tells the lever, rad/s.
        learn_every: of the looks at movements, one tells the lever, at the time of the next that
            does: a slip is not to explain itself.
        keep_s: how long movements count towards the lever, s.
        usual_m: how long a lever may be before anything is known of it, m.
        noise_m_s2: the force there is besides, where it is least (breathing, pulse), m/s².
        wild_m_s2: and what is beyond (1), the sled's bangs and slides, m/s².
        coloured: so many times less is known than if that noise were white.
        lever_share: what is not known of a lever (soft tissue swings), as a share of it.
        turn_deg, large_deg: how well a quick turn is a slip's: to this, °, and to all of what is
            more than a slip's usual size, °.
    """

    half_s: float = 0.7
    core_s: float = 0.4
    durations_s: tuple[float, ...] = (0.2, 0.3, 0.4, 0.5, 0.65)
    order: int = 3
    felt_deg: float = 1.5
    still_rad_s: float = 0.1
    learn_every: int = 3
    keep_s: float = 90.0
    usual_m: float = 0.06
    noise_m_s2: float = 0.015
    wild_m_s2: float = 0.08
    coloured: float = 2.5
    lever_share: float = 0.25
    turn_deg: float = 0.7
    large_deg: float = 6.5


class Jump(NamedTuple):
    """A turn that may be a slip.

    Attributes:
        at: its middle, in points from the start of what was looked at.
        turn: (3,), rad, about left, level and ahead.
        lasts_s: T of (2), s.
        lever: log-odds of a strap that turned so against a body: how much less has to be put down
            to chance, in what gyroscope and accelerometer felt, if (2) is true and not (1).
        shake: the acceleration that nothing explains, m/s² RMS.
    """

    at: int
    turn: Floats
    lasts_s: float
    lever: float
    shake: float

    @property
    def size_deg(self) -> float:
        """How far it turned, °."""
        return _degrees(self.turn)


class Jumps:
    """Finds the turns that may be slips, and learns the lever on the way.

    Args:
        spacing_s: of the points.
        looked: so many points at once are the middles of jumps.
    """

    def __init__(self, spacing_s: float, looked: int, params: JumpParams | None = None) -> None:
        p = self._p = params or JumpParams()
        self._spacing_s, self._looked = spacing_s, looked
        core = max(2, round(p.core_s / spacing_s))
        self.half = max(3, round(p.half_s / spacing_s))
        self._core = slice(self.half - core, self.half + core + 1)
        at_s: Floats = spacing_s * np.arange(-self.half, self.half + 1, dtype=np.float64)
        around = _levels(at_s / p.half_s, p.order)
        self._bend = _levels(at_s / p.half_s, 2)
        rates = np.array([_rate(at_s, spacing_s, t) for t in p.durations_s])
        many = looked + 2 * self.margin
        self._smooth = _banded(SMOOTHING, many - 4)[1:-1]
        self._differ = _banded(DIFFERENCE, many - 6) / spacing_s
        self._rates = _Shapes.of(rates, around, looked)
        pushes = _pushes(at_s, spacing_s, p.durations_s)
        self._pushes = _Shapes.of(pushes, self._bend, looked)
        self._prior = np.diag(np.full(3, (p.noise_m_s2 / p.usual_m) ** 2))
        self._seen = self._prior.copy()
        self._told = np.zeros(3)
        self.lever = np.zeros(3)
        self._turned = 0
        self._unlearnt: deque[tuple[Floats, Floats]] = deque()

    @property
    def margin(self) -> int:
        """Points needed before the first and after the last middle."""
        return self.half + 3

    def among(self, force: Floats, rate: Floats, whole: NDArray[np.bool_]) -> list[Jump]:
        """The likeliest jumps among the middles; and the lever learns from the newest points.

        Args:
            force: (looked + 2 margin, 3), m/s², without gravity, along left, level, ahead.
            rate: the same, rad/s.
            whole: (looked + 2 margin,), bool, False where a gap hides how far the sensor turned.
        """
        if (rate * rate).sum(axis=1).max() < self._p.still_rad_s**2:
            return []
        clear: NDArray[np.bool_] = np.all(whole[3:-3][self._rates.windows[:, self._core]], axis=1)
        if not clear.any():
            return []
        turns = self._rates.fitted(rate[3:-3])
        felt = (turns.told / turns.lengths**2).max() > np.radians(self._p.felt_deg) ** 2
        jumps = self._felt(turns, force, rate, clear) if felt else []
        if whole.all():
            self._turned += 1
            if self._turned % self._p.learn_every == 0:
                last = slice(-(2 * self.margin + 1), None)
                self._unlearnt.append((force[last], rate[last]))
                if len(self._unlearnt) > 1:
                    self._learn(*self._unlearnt.popleft())
        return jumps

    def _felt(
        self, turns: "_Fit", force: Floats, rate: Floats, clear: NDArray[np.bool_]
    ) -> list[Jump]:
        """The likeliest by the gyroscope, and by what the accelerometer lacks."""
        push, by_lever = _by_lever(self._smooth, self._differ, force, rate)
        missing = push - (by_lever.reshape(-1, 3) @ self.lever).reshape(-1, 3)
        pushes = self._pushes.fitted(missing)
        by_turn, by_push = _best(turns, clear), _best(pushes, clear)
        found = [by_turn] if _alike(by_turn, by_push) else [by_turn, by_push]
        felt = [one for one in found if _degrees(turns.size(*one)) > self._p.felt_deg]
        return [self._jump(at, k, turns, pushes) for at, k in felt]

    def _learn(self, force: Floats, rate: Floats) -> None:
        """The lever by equation (1); what is wild counts less."""
        p, bend, many = self._p, self._bend, 2 * self.half + 1
        smooth, differ = self._smooth[:many, : many + 6], self._differ[:many, : many + 6]
        push, by_lever = _by_lever(smooth, differ, force, rate)
        both = np.concatenate([push, by_lever.reshape(len(push), 9)], axis=1)
        both = both - bend.T @ (bend @ both)
        pushed, turned = both[:, :3].ravel(), both[:, 3:].reshape(-1, 3)
        off = pushed - turned @ self.lever
        weighted = turned / (p.coloured * (1.0 + (off / p.wild_m_s2) ** 2))[:, None]
        kept = np.exp(-p.learn_every * self._looked * self._spacing_s / p.keep_s)
        self._seen = kept * self._seen + weighted.T @ turned
        self._told = kept * self._told + weighted.T @ pushed
        self.lever = np.linalg.solve(self._seen + self._prior, self._told)

    def _jump(self, at: int, k: int, turns: "_Fit", pushes: "_Fit") -> Jump:
        """Gyroscope and accelerometer together: weighted least squares for the turn A of (2)."""
        p = self._p
        felt, lacking = turns.size(at, k), pushes.size(at, k)
        into = _skew(self.lever)
        by_body = into @ felt
        noise = pushes.noise(at, k, p.noise_m_s2) * np.sqrt(p.coloured)
        push_square = noise**2 + (p.lever_share**2) * float(by_body @ by_body) + 1e-9
        large = max(_degrees(felt) - p.large_deg, 0.0)
        turn_square = float(np.radians(p.turn_deg + large)) ** 2
        weights = EYE / turn_square + into.T @ into / push_square
        turn = np.linalg.solve(weights, felt / turn_square + lacking @ into / push_square)
        less, off = turn - felt, lacking - into @ turn
        body = float(lacking @ lacking) / push_square
        strap = float(less @ less) / turn_square + float(off @ off) / push_square
        return Jump(
            at=at,
            turn=turn,
            lasts_s=p.durations_s[k],
            lever=0.5 * (body - strap),
            shake=float(np.sqrt(pushes.left[at, k] / (3 * (2 * self.half + 1)))),
        )


class _Fit(NamedTuple):
    """Shapes found in a signal.

    Attributes:
        along: (3, m, k), coordinates.
        told, left: (m, k), squares that are explained, and that are not.
        lengths: (k,), of the shapes.
        freedom: numbers that are left to chance.
    """

    along: Floats
    told: Floats
    left: Floats
    lengths: Floats
    freedom: int

    def size(self, at: int, k: int) -> Floats:
        """(3,), how much of the shape there is."""
        return np.asarray(self.along[:, at, k] / self.lengths[k])

    def noise(self, at: int, k: int, least: float = 0.0) -> float:
        """How well each of them is known if what is left is white, and no less than that."""
        return float(max(np.sqrt(self.left[at, k] / self.freedom), least) / self.lengths[k])


class _Shapes(NamedTuple):
    """Shapes of unit length and the polynomials around them.

    Attributes:
        both: (w, k + j), shapes, polynomials.
        lengths: (k,), of the shapes.
        windows: (m, w), where in a signal the points around each middle are.
    """

    both: Floats
    lengths: Floats
    windows: NDArray[np.intp]

    @classmethod
    def of(cls, shapes: Floats, around: Floats, looked: int) -> "_Shapes":
        """Shapes less what of them the polynomials follow."""
        alone = shapes - (shapes @ around.T) @ around
        lengths = np.sqrt((alone * alone).sum(axis=1))
        both = np.concatenate([alone / lengths[:, None], around])
        windows = np.arange(looked)[:, None] + np.arange(shapes.shape[1])
        return cls(np.ascontiguousarray(both.T), lengths, windows)

    def fitted(self, signal: Floats) -> _Fit:
        """How much of each shape there is around each middle of a signal."""
        many = len(self.lengths)
        windows = signal.T[:, self.windows]
        both = windows @ self.both
        squares = (both * both).sum(axis=0)
        whole = (windows * windows).sum(axis=(0, 2)) - squares[:, many:].sum(axis=1)
        told = squares[:, :many]
        left = np.maximum(whole[:, None] - told, 1e-12)
        freedom = 3 * (len(self.both) - self.both.shape[1] + many - 1)
        return _Fit(both[:, :, :many], told, left, self.lengths, freedom)


def _best(fit: _Fit, clear: NDArray[np.bool_]) -> tuple[int, int]:
    """Place and duration at which a shape explains most of what there is."""
    told = fit.told / fit.left * clear[:, None]
    at, k = divmod(int(told.argmax()), len(fit.lengths))
    return at, k


def _alike(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two jumps are the same, give or take a point and a duration."""
    return abs(one[0] - other[0]) < 2 and abs(one[1] - other[1]) < 2


def _levels(at: Floats, order: int) -> Floats:
    """(order + 1, w), orthonormal polynomials."""
    return np.ascontiguousarray(np.linalg.qr(np.vander(at, order + 1))[0].T)


def _rate(at_s: Floats, spacing_s: float, lasts_s: float) -> Floats:
    """(w,), 1/s, mean rate of a unit step of (2) between points."""
    after = _step((at_s + 0.5 * spacing_s) / lasts_s + 0.5)
    return np.asarray((after - _step((at_s - 0.5 * spacing_s) / lasts_s + 0.5)) / spacing_s)


def _step(u: Floats) -> Floats:
    u = np.clip(u, 0.0, 1.0)
    return np.asarray(u**3 * (10.0 - 15.0 * u + 6.0 * u * u))


def _degrees(turn: Floats) -> float:
    return float(np.degrees(np.sqrt(turn @ turn)))


def _pushes(at_s: Floats, spacing_s: float, durations_s: tuple[float, ...]) -> Floats:
    """(k, w), 1/s², what smoothing and differences make of the unit steps of (2)."""
    wider = np.concatenate([at_s[:3] - 3 * spacing_s, at_s, at_s[-3:] + 3 * spacing_s])
    rates = np.array([_rate(wider, spacing_s, t) for t in durations_s])
    return np.asarray(rates @ _banded(DIFFERENCE, len(at_s)).T / spacing_s)


def _banded(weights: Floats, many: int) -> Floats:
    """(many, many + width - 1), the matrix that takes a signal to its weighted running sums."""
    out = np.zeros((many, many + len(weights) - 1))
    for k, weight in enumerate(weights):
        out[np.arange(many), np.arange(many) + k] = weight
    return out


def _by_lever(smooth: Floats, differ: Floats, force: Floats, rate: Floats) -> tuple[Floats, Floats]:
    """(n, 3) and (n, 3, 3), the left of (1), and what takes a lever to the right of it."""
    omega, alpha = smooth @ rate, differ @ rate
    squares = omega[:, :, None] * omega[:, None, :]
    squares -= (omega * omega).sum(axis=1)[:, None, None] * EYE
    return smooth @ force, np.asarray(squares + _skew(alpha))


def _skew(v: Floats) -> Floats:
    """(..., 3, 3), the matrices of the cross products v × ..."""
    return np.asarray((v @ CROSS).reshape(*v.shape[:-1], 3, 3))
