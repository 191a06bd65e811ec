"""Does the back lie on the pad? Several answers are followed side by side until one wins.

Integrated twice, an error of 0.1° in the attitude is a lift of 9 mm after one second, and a real
lift may take as long. What tells them apart is what comes next, so nothing is decided at once:

- one belief says the back lies there. After every stride it takes "here it lies" as a measurement
  and is the more surprised the more that contradicts the sensor;
- others say it has left the pad, each at another moment, and just integrate. They pay for having
  left, for every moment aloft, for what no lift does (sinking into the pad, rising to the
  ceiling) and for coincidences (hanging still in the air just where it would lie);
- at any moment each of the others may land and so replace the lying one, if that is cheaper.

Costs are negative logarithms of odds; exp(-cost) is a belief's weight. What is said is the
weighted mean, and its variance has the beliefs' own and how far they are apart.
"""

import math
from typing import NamedTuple

import numpy as np

from monitor.samples import Floats
from monitor.signals.lift_filter import (
    DD,
    KK,
    PP,
    RR,
    VV,
    R,
    State,
    propagated,
    rested,
    rolling,
    spread,
    surprise,
)
from monitor.signals.lift_params import LiftParams
from monitor.signals.lift_sums import (
    ACC_NOISE,
    BLIND,
    P_TILT,
    RATE_NOISE,
    TILT,
    V_TILT,
    P,
    T,
    V,
)

Flights = tuple[tuple[float, float], ...]
COLUMNS = 9
"""How many numbers `Beliefs.said` gives of each belief."""
UNSETTLED = 1.0, math.nan, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
REMEMBERED = 12
"""How many flights a belief remembers: more than fit into the history that hindsight has."""


class Belief(NamedTuple):
    """One answer.

    Attributes:
        cost: disbelief, nats; the best belief has 0.
        left_s: when the back left the pad, s; infinite where it lies there.
        flights: (left, landed), s, of the flights before, as far as remembered.
        state: of the filter.
    """

    cost: float
    left_s: float
    flights: Flights
    state: State


def _row(belief: Belief) -> tuple[float, ...]:
    p, v, c, d, k, pp, pv, pc, _, _, vv, *_ = belief.state
    return math.exp(-belief.cost), p, v, c, d, k, pp, pv, vv - pc


class Level:
    """Follows a low quantile (a third) of positive numbers: large steps first, then small ones."""

    def __init__(self, start: float) -> None:
        self.value = start
        self._step = 0.5

    def follow(self, value: float) -> None:
        """One more number."""
        step = self._step
        self.value *= 1.0 + step if value > self.value else (1.0 - step) * (1.0 - step)
        if step > 0.02:
            self._step = step / (1.0 + step)


class Stride(NamedTuple):
    """What happened between two points, and what a body that lay there would have done.

    Attributes:
        now_s, t: its end and its length, s.
        v_acc, p_acc: ∫a, m/s, and ∬a, m, from its start.
        v_tilt, p_tilt: ∫θ, rad·s, and ∬θ, rad·s².
        tilt, rate: at its end, rad and rad/s.
        acc_noise, rate_noise: mean squared noise densities seen.
        blind: Σ of squared lengths of the gaps, s².
    """

    now_s: float
    t: float
    v_acc: float
    p_acc: float
    v_tilt: float
    p_tilt: float
    tilt: float
    rate: float
    acc_noise: float
    rate_noise: float
    blind: float


def strides(points: Floats, samples: int) -> list[Stride]:
    """The strides between points (9, n + 1) of the running sums, `samples` samples apart."""
    before, step = points[:, :-1], np.diff(points)
    t, tilt = step[T], points[TILT, 1:]
    p_tilt = step[P_TILT] - before[V_TILT] * t
    rate = 2.0 * (tilt - step[V_TILT] / t) / t
    noise = step[[ACC_NOISE, RATE_NOISE]] / samples
    moved = (points[T, 1:], t, step[V], step[P] - before[V] * t, step[V_TILT], p_tilt)
    columns = (*moved, tilt, rate, *noise, step[BLIND])
    return [Stride(*row) for row in np.stack(columns, axis=1).tolist()]


class Beliefs:
    """All answers of one athlete, stride by stride.

    Args:
        params: constants.
        leverage: m/s² per rad of attitude, g cos β.

    Attributes:
        lying, aloft: the answers; the better ones aloft come first.
        noise: what the last stride added to the variances of v, (m/s)², and c, (m/s²)².
        lost: whether all was forgotten at the last stride.
        rest: tilt of the pose the athlete rests in, rad.
    """

    def __init__(self, params: LiftParams, leverage: float) -> None:
        self._params = params
        self._leverage = leverage
        self._acc_noise = Level(params.acc_noise**2)
        self._rate_noise = Level(params.gyr_noise**2)
        self._acc2, self._rate2 = 0.1, 0.1
        tail = self._unknown((leverage * params.bias_sigma) ** 2, params.share_sigma**2)
        tail += rolling(params.roll_m_per_rad, params.roll_athletes**2)
        self.lying = Belief(0.0, math.inf, (), (0.0, 0.0, 0.0, 0.0, 0.0, *tail))
        self.aloft: list[Belief] = []
        self.noise = 0.0, 0.0
        self.lost = True
        self.rest = 0.0
        self._settled_s = 0.0

    def _unknown(self, dd: float, kk: float) -> State:
        q = self._params
        return spread(q.lost_m, q.lost_m_s, q.offset_sigma, math.sqrt(dd), math.sqrt(kk))

    def lose(self, offset: float = 0.0) -> None:
        """Forget where the body is; keep what is known of the sensor.

        Args:
            offset: best guess of the acceleration's offset c, m/s².
        """
        state = self.lying.state
        tail = self._unknown(state[DD], state[KK]) + rolling(state[R], state[RR])
        self.lying = Belief(0.0, math.inf, (), (0.0, 0.0, offset, state[3], state[4], *tail))
        self.aloft = []
        self.lost = True

    def said(self) -> tuple[float, ...]:
        """What the beliefs say now, `COLUMNS` numbers each, in one row.

        Of each: weight, p, v, c, d, k, pp, pv, vv - pc; weight 0 where there are fewer. A body
        that has just lain down is still moving into place: p is NaN.
        """
        if self._settled_s < self._params.settle_s:
            return UNSETTLED + (0.0,) * (COLUMNS * self._params.kept)
        said = _row(self.lying)
        for one in self.aloft:
            said += _row(one)
        return said + (0.0,) * (COLUMNS * (self._params.kept - len(self.aloft)))

    def flights(self) -> Flights:
        """When the back was off the pad, by the best belief there is now."""
        if self.aloft and self.aloft[0].cost < self.lying.cost:
            best = self.aloft[0]
            return (*best.flights, (best.left_s, math.inf))
        return self.lying.flights

    def step(self, stride: Stride) -> None:
        """One stride."""
        q, (_, _, c, _, k, *_) = self._params, self.lying.state
        offset = stride.v_acc / stride.t - k * stride.tilt
        self._hear(stride, offset - c)
        posed = q.lowest_tilt < stride.tilt < q.highest_tilt
        if not posed or abs(offset - c) > q.wildest_acc or abs(stride.rate) > q.wildest_rate:
            self.lose(offset)
            self._settled_s = 0.0
        else:
            self._follow(stride)

    def _follow(self, stride: Stride) -> None:
        """Carry all beliefs on, let them land or leave, keep the best."""
        q, (now_s, t, *moved) = self._params, stride[:6]
        there = self._there(stride)
        q_d, q_k = (self._leverage * q.bias_walk) ** 2 * t, q.share_walk**2 * t
        passed = (t, *moved, *self.noise, q_d, q_k, q.roll_walk**2 * t)
        cost, _, flights, state = self.lying
        state = propagated(state, passed)
        doubt = surprise(state, *there)
        self.lost = False
        if not self.aloft or cost == 0.0:
            self._settled_s += t
        if doubt < q.calm and not self.aloft:
            self.lying = Belief(0.0, math.inf, flights, rested(state, *there))
            return
        aloft = [Belief(cost + q.leaving, now_s - t, flights, state)]
        cost += doubt
        for one in self.aloft:
            flown = propagated(one.state, passed)
            landing = one.cost + surprise(flown, *there)
            if landing < cost:
                cost, state = landing, flown
                flights = (*one.flights[1 - REMEMBERED :], (one.left_s, now_s))
            worse = one.cost + self._disbelief(flown, t, now_s - one.left_s)
            aloft.append(Belief(worse, one.left_s, one.flights, flown))
        best = min(cost, min(aloft)[0])
        self.lying = Belief(
            min(cost - best, 2.0 * q.forget), math.inf, flights, rested(state, *there)
        )
        limit = best + q.forget
        self.aloft = [
            Belief(worse - best, left_s, past, flown)
            for worse, left_s, past, flown in sorted(aloft)[: q.kept]
            if worse < limit
        ]

    def _there(self, stride: Stride) -> tuple[float, float, float, float]:
        """What a body that lies there rolled by and how fast, and the variances of where it is."""
        q, t, rate = self._params, stride.t, stride.rate
        if -q.rest_rate < rate < q.rest_rate:
            creep = (stride.tilt - self.rest) / q.rest_s
            self.rest += min(max(creep, -q.rest_down), q.rest_up) * t
        away, looks = stride.tilt - self.rest, q.unrest_s / t
        r_p = (q.rest_m**2 + (q.roll_sigma * away) ** 2) * looks
        r_v = (q.rest_m_s + q.roll_sigma * abs(rate)) ** 2 * looks
        return (away, rate, r_p, r_v) if away > 0.0 else (0.0, 0.0, r_p, r_v)

    def _disbelief(self, state: State, t: float, age_s: float) -> float:
        """What one more stride aloft costs."""
        q = self._params
        p, pp, vv = state[0], state[PP], state[VV]
        lift2 = pp + q.lift_m**2
        chance = (lift2 * (vv + q.lift_m_s**2)) / ((pp + q.chance_m**2) * (vv + q.chance_m_s**2))
        cost = (q.aloft_per_s + 0.5 * (q.chance_per_s * math.log(chance) + p * p / lift2)) * t
        if age_s > q.late_s:
            cost += q.late_per_s * t
        if p < 0.0:
            cost += 0.5 * p * p / (pp + q.sunk_m**2) * min(1.0, t / q.sunk_s)
        elif p > q.highest_m:
            cost += q.too_high
        return cost

    def _hear(self, stride: Stride, push: float) -> None:
        """Learn how noisy the sensor and how moved the body is; what the stride makes of it."""
        q, t, rate, blind = self._params, stride.t, stride.rate, stride.blind
        self._acc2 += 0.3 * (push * push - self._acc2)
        self._rate2 += 0.3 * (rate * rate - self._rate2)
        acc, turn = self._acc_noise, self._rate_noise
        if blind == 0.0:
            acc.follow(stride.acc_noise)
            turn.follow(stride.rate_noise)
        v = (min(acc.value, q.acc_most**2) + q.acc_floor**2 + q.uneven * stride.acc_noise) * t
        c = (self._leverage**2 * turn.value + q.offset_walk**2) * t
        if blind > 0.0:
            v += q.blind_acc**2 * blind * (self._acc2 + q.still_acc**2)
            c += (self._leverage * q.blind_rate) ** 2 * blind * (self._rate2 + q.still_rate**2)
        self.noise = v, c
