"""Blocks of numbers that travel between the stages: samples in, live signals out.

A block may be empty and every stage must let an empty one pass. Arrays are float64 and are
treated as read-only by whoever receives them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
PHASES = ("", "away", "ready", "lowering", "bottom", "pressing", "rest")
"""Names of the phase codes in `Signals.phase`; code 0 = nothing can be said."""


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """What one feed of bytes to a decoder gave, before it has a clock.

    Attributes:
        acc: (n, 3), m/s², specific force.
        gyr: (n, 3), rad/s.
        sequence: (n,), int64, unwrapped running number of each sample, or None where the
            family has no counter. Jumps mark lost samples.
        sensor_time_s: (n,), s, unwrapped device time, or None where the family has none.
    """

    acc: Floats
    gyr: Floats
    sequence: NDArray[np.int64] | None
    sensor_time_s: Floats | None

    def __len__(self) -> int:
        return len(self.acc)


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Samples on the stream's own uniform clock.

    Attributes:
        time_s: (n,), s of stream time, strictly increasing, 0 = first sample of the recording.
        acc: (n, 3), m/s², specific force in sensor axes.
        gyr: (n, 3), rad/s in sensor axes.
        gap: (n,), bool, True where samples are missing directly before this one.
    """

    time_s: Floats
    acc: Floats
    gyr: Floats
    gap: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.time_s)

    def __getitem__(self, part: slice) -> "Samples":
        return Samples(self.time_s[part], self.acc[part], self.gyr[part], self.gap[part])

    @classmethod
    def joined(cls, blocks: Sequence["Samples"]) -> "Samples":
        """Blocks that follow one another, as one; none at all give an empty one."""
        if len(blocks) == 1:
            return blocks[0]
        blocks = blocks or [cls.empty()]
        return cls(*(np.concatenate(column) for column in zip(*map(_columns, blocks), strict=True)))

    @classmethod
    def empty(cls) -> "Samples":
        """No samples at all."""
        return cls(np.empty(0), np.empty((0, 3)), np.empty((0, 3)), np.empty(0, bool))


@dataclass(frozen=True, slots=True, eq=False)
class Signals:
    """The live estimate at each sample, with no hindsight; NaN where nothing can be said.

    Attributes:
        time_s: (n,), s of stream time, the input samples' own.
        tilt_deg, tilt_sigma_deg: (n,), posterior pelvic tilt from neutral and its sigma, °.
        lift_mm, lift_sigma_mm: (n,), back lift along the pad's outward normal and its sigma, mm.
        shift_deg: (n,), pelvic obliquity, left side up positive, °.
        phase: (n,), int8, index into `PHASES`.
        rep: (n,), int16, running number of the rep within its set; 0 outside reps.
    """

    time_s: Floats
    tilt_deg: Floats
    tilt_sigma_deg: Floats
    lift_mm: Floats
    lift_sigma_mm: Floats
    shift_deg: Floats
    phase: NDArray[np.int8]
    rep: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.time_s)

    def __getitem__(self, part: slice) -> "Signals":
        return Signals(*(column[part] for column in _columns(self)))

    @classmethod
    def joined(cls, blocks: Sequence["Signals"]) -> "Signals":
        """Blocks that follow one another, as one; none at all give an empty one."""
        if len(blocks) == 1:
            return blocks[0]
        blocks = blocks or [cls.empty()]
        return cls(*(np.concatenate(column) for column in zip(*map(_columns, blocks), strict=True)))

    @classmethod
    def empty(cls) -> "Signals":
        """No samples at all."""
        nothing = np.empty(0)
        codes, reps = np.empty(0, np.int8), np.empty(0, np.int16)
        return cls(nothing, nothing, nothing, nothing, nothing, nothing, codes, reps)


_COLUMNS = {
    kind: attrgetter(*(column.name for column in fields(kind))) for kind in (Samples, Signals)
}


def _columns(block: Samples | Signals) -> tuple[NDArray[Any], ...]:
    columns: tuple[NDArray[Any], ...] = _COLUMNS[type(block)](block)
    return columns
