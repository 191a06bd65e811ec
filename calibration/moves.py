"""What the athlete is doing, a quarter of a second at a time: holding still, or tilting.

A `Hold` grows while gravity keeps its direction and the rotation stays slow; a twitch is forgiven,
a change of pose is not. `Excursions` counts how often gravity leaves neutral and comes back, and
to which side. Both see blocks (`Blocks`), which are the same however the stream was cut.
"""

from dataclasses import dataclass

import numpy as np

from calibration.axis import angle_deg
from calibration.model import Vector
from calibration.still import Floats, Recording, Window


@dataclass(frozen=True, slots=True)
class MovesParams:
    """What counts as holding still, and as an excursion.

    Attributes:
        block_s: tremor and noise average out within it; the fastest tilt takes eight of it.
        rate_deg_s: sway of ±1° at 0.5 Hz reaches 3 °/s; who moves exceeds 6 °/s.
        spread_deg: sway and breathing stay within ±2° of the mean pose.
        shake_m_s2: RMS of the acceleration within a block; steps and bumps exceed it.
        forgiven: so many restless blocks in a row are a twitch, not an end.
        gap_s: a longer silence of the radio ends a hold.
        out_deg: gravity further than this from neutral is an excursion: well beyond breathing.
        home_deg, home_share: it is over when within this, or within this share of its peak.
    """

    block_s: float = 0.25
    rate_deg_s: float = 6.0
    spread_deg: float = 4.0
    shake_m_s2: float = 0.8
    forgiven: int = 2
    gap_s: float = 2.5
    out_deg: float = 4.0
    home_deg: float = 2.0
    home_share: float = 0.3


MOVES = MovesParams()


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A quarter of a second.

    Attributes:
        start_s, end_s: times of its first and last sample, s.
        acc, gyr: (3,), means, m/s² and rad/s.
        shake_m_s2: RMS of the acceleration about its mean.
    """

    start_s: float
    end_s: float
    acc: Vector
    gyr: Vector
    shake_m_s2: float

    @property
    def up(self) -> Vector:
        """(3,), the direction of gravity's reaction; zero in free fall."""
        return self.acc / max(float(np.linalg.norm(self.acc)), 1e-9)


class Blocks:
    """Cuts a stream into blocks and keeps it."""

    def __init__(self, params: MovesParams = MOVES) -> None:
        self._block_s = params.block_s
        self._open: list[Recording] = []
        self._closed: list[Recording] = []
        self._index: int | None = None

    def step(self, time_s: Floats, acc: Floats, gyr: Floats) -> list[Block]:
        """The blocks that samples have completed.

        Args:
            time_s: (n,), s, increasing over all calls.
            acc: (n, 3), m/s².
            gyr: (n, 3), rad/s.
        """
        index = np.floor(time_s / self._block_s).astype(np.int64)
        blocks = []
        for part in np.split(np.arange(len(time_s)), np.flatnonzero(np.diff(index)) + 1):
            if not len(part):
                continue
            if self._index is not None and index[part[0]] != self._index:
                blocks.append(self._close())
            self._index = int(index[part[0]])
            self._open.append(Recording(time_s[part], acc[part], gyr[part]))
        return blocks

    def recorded(self) -> Recording:
        """Everything in the completed blocks."""
        return _joined(self._closed)

    def _close(self) -> Block:
        part = _joined(self._open)
        self._open = []
        self._closed.append(part)
        acc = part.acc.mean(axis=0)
        return Block(
            float(part.time_s[0]),
            float(part.time_s[-1]),
            acc,
            part.gyr.mean(axis=0),
            float(np.sqrt(((part.acc - acc) ** 2).sum(axis=1).mean())),
        )


def _joined(parts: list[Recording]) -> Recording:
    if not parts:
        return Recording(np.empty(0), np.empty((0, 3)), np.empty((0, 3)))
    return Recording(
        np.concatenate([part.time_s for part in parts]),
        np.concatenate([part.acc for part in parts]),
        np.concatenate([part.gyr for part in parts]),
    )


class Hold:
    """The present stretch of stillness."""

    def __init__(self, params: MovesParams = MOVES) -> None:
        self._params = params
        self._still: list[Block] = []
        self._restless = 0

    @property
    def seconds(self) -> float:
        """How long the athlete has been still, s."""
        return self._still[-1].end_s - self._still[0].start_s if self._still else 0.0

    @property
    def window(self) -> Window:
        """From when to when, s."""
        return (self._still[0].start_s, self._still[-1].end_s) if self._still else (0.0, 0.0)

    @property
    def up(self) -> Vector:
        """(3,), unit vector, mean direction over the hold."""
        mean = np.mean([block.up for block in self._still], axis=0)
        return np.asarray(mean / np.linalg.norm(mean), dtype=np.float64)

    def add(self, block: Block) -> float:
        """Takes the next block; how long a hold it ended, s (0 where it ended none)."""
        if self._joins(block):
            self._restless = 0
            self._still.append(block)
            return 0.0
        gap = bool(self._still) and block.start_s - self._still[-1].end_s > self._params.gap_s
        self._restless += 1
        if self._restless <= self._params.forgiven and not gap:
            return 0.0
        ended = self.seconds
        self._still, self._restless = [], 0
        if self._joins(block):
            self._still = [block]
        return ended

    def _joins(self, block: Block) -> bool:
        params = self._params
        if block.shake_m_s2 > params.shake_m_s2:
            return False
        rate, off_deg = block.gyr, 0.0
        if self._still:
            if block.start_s - self._still[-1].end_s > params.gap_s:
                return False
            off_deg = angle_deg(block.up, self.up)
        if len(self._still) > 3:
            # The gyroscope's bias is no movement.
            rate = rate - np.mean([one.gyr for one in self._still], axis=0)
        return bool(
            np.degrees(np.linalg.norm(rate)) < params.rate_deg_s and off_deg < params.spread_deg
        )


@dataclass(frozen=True, slots=True, eq=False)
class Excursion:
    """Gravity left neutral and came back.

    Attributes:
        window: from when to when, s.
        peak_deg: (3,), where it went at most: tangent to up at neutral, its length in °.
    """

    window: Window
    peak_deg: Vector


class Excursions:
    """Counts how often gravity leaves neutral and comes back."""

    def __init__(self, neutral_up: Vector, params: MovesParams = MOVES) -> None:
        self._params = params
        self._up = neutral_up
        self._start_s: float | None = None
        self._peak = np.zeros(3)
        self.found: list[Excursion] = []

    @property
    def away(self) -> bool:
        """Whether gravity is away from neutral."""
        return self._start_s is not None

    def add(self, block: Block) -> Excursion | None:
        """Takes the next block; the excursion that it ended, if it ended one."""
        here = self._tangent_deg(block.up)
        far, params = float(np.linalg.norm(here)), self._params
        if self._start_s is None:
            if far < params.out_deg:
                return None
            self._start_s, self._peak = block.start_s, here
        if far > float(np.linalg.norm(self._peak)):
            self._peak = here
        opposite = bool(here @ self._peak < 0)
        home_deg = max(params.home_deg, params.home_share * float(np.linalg.norm(self._peak)))
        if far > home_deg and not opposite:
            return None
        ended = Excursion((self._start_s, block.end_s), self._peak)
        self.found.append(ended)
        self._start_s = None
        if opposite and far > params.out_deg:
            self._start_s, self._peak = block.start_s, here
        return ended

    def _tangent_deg(self, up: Vector) -> Vector:
        across = up - (up @ self._up) * self._up
        length = float(np.linalg.norm(across))
        return across * (angle_deg(up, self._up) / max(length, 1e-12))
