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

from monitor.signals.lift_filter import (
    PP,
    VV,
    State,
    Stride,
    propagated,
    rested,
    spread,
    surprise,
)
from monitor.signals.lift_params import LiftParams
from monitor.signals.lift_sums import Point

Flights = tuple[tuple[float, float], ...]
COLUMNS = 9
"""How many numbers `Beliefs.said` gives of each belief."""
REMEMBERED = 12
"""How many flights a belief remembers: more than fit into the history that hindsight has."""


class Belief(NamedTuple):
    """One answer.

    Attributes:
        cost: disbelief, nats; the best belief has 0.
        left_s: when the back left the pad, s; NaN where it lies there.
        flights: (left, landed), s, of the flights before, as far as remembered.
        state: of the filter.
    """

    cost: float
    left_s: float
    flights: Flights
    state: State


class Noise(NamedTuple):
    """What one stride adds to the variances: of v, (m/s)², and of c, (m/s²)²."""

    v: float
    c: float


class Level:
    """Follows a low quantile (a third) of positive numbers, as their logarithm."""

    def __init__(self, start: float) -> None:
        self._log = math.log(start)
        self._seen = 0

    @property
    def value(self) -> float:
        """The quantile."""
        return math.exp(self._log)

    def follow(self, value: float) -> float:
        """The quantile with one more value: large steps at first, then small ones."""
        self._seen += 1
        step = max(0.02, 0.5 / self._seen)
        self._log += step if value > math.exp(self._log) else -2.0 * step
        return math.exp(self._log)


class Beliefs:
    """All answers of one athlete, stride by stride.

    Args:
        params: constants.
        leverage: m/s² per rad of attitude, g cos β.
        samples: how many a stride has.
    """

    def __init__(self, params: LiftParams, leverage: float, samples: int) -> None:
        self._params = params
        self._leverage = leverage
        self._samples = samples
        self._acc_noise = Level(params.acc_noise**2)
        self._rate_noise = Level(params.gyr_noise**2)
        self._acc2, self._rate2 = 0.1, 0.1
        tail = self._unknown(leverage**2 * params.bias_sigma**2, params.share_sigma**2)
        self.lying = Belief(0.0, math.nan, (), (0.0, 0.0, 0.0, 0.0, 0.0, *tail))
        self.aloft: list[Belief] = []
        self.noise = Noise(0.0, 0.0)

    def said(self) -> tuple[float, ...]:
        """What the beliefs say now, `COLUMNS` numbers each, in one row.

        Of each: weight, p, v, c, d, k, pp, pv, vv - pc; weight 0 where there are fewer.
        """
        said: tuple[float, ...] = ()
        for cost, _, _, s in (self.lying, *self.aloft):
            said += (math.exp(-cost), *s[:7], s[10] - s[7])
        return said + (0.0,) * (COLUMNS * (1 + self._params.kept) - len(said))

    def _unknown(self, dd: float, kk: float) -> State:
        q = self._params
        dk = math.sqrt(dd), math.sqrt(kk)
        return spread(q.lost_m, q.lost_m_s, q.offset_sigma, *dk)

    def lose(self, offset: float) -> None:
        """Forget where the body is; keep what is known of the sensor.

        Args:
            offset: best guess of the acceleration's offset c, m/s².
        """
        state = self.lying.state
        tail = self._unknown(state[17], state[19])
        self.lying = Belief(0.0, math.nan, (), (0.0, 0.0, offset, state[3], state[4], *tail))
        self.aloft = []

    def step(self, before: Point, now: Point) -> None:
        """One stride, from one point to the next."""
        t, tilt = now.t - before.t, now.tilt
        v_acc, v_tilt = now.v - before.v, now.v_tilt - before.v_tilt
        rate = 2.0 * (tilt - v_tilt / t) / t
        c, k = self.lying.state[2], self.lying.state[4]
        offset = v_acc / t - k * tilt
        self.noise = self._noise(before, now, offset - c, rate)
        if self._wild(tilt, offset - c, rate):
            self.lose(offset)
            return
        q = self._params
        p_acc, p_tilt = now.p - before.p - before.v * t, now.p_tilt - before.p_tilt
        stride = Stride(
            *(t, v_acc, p_acc, v_tilt, p_tilt - before.v_tilt * t, *self.noise),
            q_d=(self._leverage * q.bias_walk) ** 2 * t,
            q_k=q.share_walk**2 * t,
        )
        self._follow(stride, now.t, tilt, rate)

    def _follow(self, stride: Stride, now_s: float, tilt: float, rate: float) -> None:
        """Carry all beliefs on, let them land or leave, keep the best."""
        q, t = self._params, stride.t
        looks = q.unrest_s / t
        r_p = (q.rest_m**2 + (q.roll_sigma * tilt) ** 2) * looks
        r_v = (q.rest_m_s + q.roll_sigma * abs(rate)) ** 2 * looks
        place = q.roll_m_per_rad * max(tilt, 0.0)
        cost, _, flights, state = self.lying
        state = propagated(state, stride)
        aloft = [Belief(cost + q.leaving, now_s - t, flights, state)]
        cost += surprise(state, place, r_p, r_v)
        for was, left_s, past, flown in self.aloft:
            flown = propagated(flown, stride)  # noqa: PLW2901 - the same belief, a stride later
            landing = was + surprise(flown, place, r_p, r_v)
            if landing < cost:
                landed = (left_s, now_s)
                cost, state, flights = landing, flown, (*past[1 - REMEMBERED :], landed)
            aloft.append(
                Belief(was + self._disbelief(flown, t, now_s - left_s), left_s, past, flown)
            )
        aloft.sort()
        best = min(cost, aloft[0].cost)
        cost = min(cost - best, 2.0 * q.forget)
        self.lying = Belief(cost, math.nan, flights, rested(state, place, r_p, r_v))
        self.aloft = [
            Belief(one.cost - best, *one[1:])
            for one in aloft[: q.kept]
            if one.cost - best < q.forget
        ]

    def _disbelief(self, state: State, t: float, age_s: float) -> float:
        """What one more stride aloft costs."""
        q = self._params
        p, pp, vv = state[0], state[PP], state[VV]
        lift2, speed2 = pp + q.lift_m**2, vv + q.lift_m_s**2
        chance = lift2 / (pp + q.chance_m**2) * speed2 / (vv + q.chance_m_s**2)
        per_s = q.aloft_per_s + 0.5 * (q.chance_per_s * math.log(chance) + p * p / lift2)
        if age_s > q.late_s:
            per_s += q.late_per_s
        cost = per_s * t
        if p < 0.0:
            cost += 0.5 * p * p / (pp + q.sunk_m**2) * min(1.0, t / q.sunk_s)
        elif p > q.highest_m:
            cost += q.too_high
        return cost

    def _noise(self, before: Point, now: Point, push: float, rate: float) -> Noise:
        """What the stride adds to the variances, from how noisy and how moved it is."""
        q, t = self._params, now.t - before.t
        here = (now.acc_noise - before.acc_noise) / self._samples
        blind = now.blind - before.blind
        if blind == 0.0:
            acc = self._acc_noise.follow(here)
            gyr = self._rate_noise.follow((now.rate_noise - before.rate_noise) / self._samples)
        else:
            acc, gyr = self._acc_noise.value, self._rate_noise.value
        self._acc2 += 0.3 * (push * push - self._acc2)
        self._rate2 += 0.3 * (rate * rate - self._rate2)
        v = (min(acc, 1e-4) + q.acc_floor**2 + q.uneven * here) * t
        c = (self._leverage**2 * gyr + q.offset_walk**2) * t
        v += q.blind_acc**2 * blind * (self._acc2 + q.still_acc**2)
        c += (self._leverage * q.blind_rate) ** 2 * blind * (self._rate2 + q.still_rate**2)
        return Noise(v, c)

    def _wild(self, tilt: float, push: float, rate: float) -> bool:
        """Whether nobody who lies there moves like this."""
        q = self._params
        posed = q.lowest_tilt < tilt < q.highest_tilt
        return not posed or abs(push) > q.wildest_acc or abs(rate) > q.wildest_rate
