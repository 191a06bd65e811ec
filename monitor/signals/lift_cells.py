"""Movement along the pad's normal, gathered into cells of a few samples each.

The filter decides once per cell (about 0.1 s); within it, everything is a running sum from the
cell's start, so any sample can be told the moment it is there. Cells are counted from where the
orientation filter last started, not from where a block of samples began: cutting moves nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from monitor.samples import Floats


class Rows(NamedTuple):
    """Samples as (n,) columns: acceleration and correction, m/s², tilt, rad, interval, s."""

    acc: Floats
    tilt: Floats
    correction: Floats
    interval_s: Floats

    def part(self, start: int, end: int | None = None) -> "Rows":
        """A stretch of the samples."""
        return Rows(*(column[start:end] for column in self))

    def then(self, more: "Rows") -> "Rows":
        """These samples and more of them."""
        return Rows(*(np.concatenate(pair) for pair in zip(self, more, strict=True)))


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Running sums from each cell's start: (cells, m), the last row perhaps not yet full.

    Attributes:
        t: time, s.
        v_acc, p_acc: ∫a, m/s, and ∬a, m.
        v_tilt, p_tilt: ∫θ, rad·s, and ∬θ, rad·s².
        c_step: sum of corrections, m/s².
        jumps: sum of ((a - a before) dt)², (m/s)²: what lies between the samples.
        tilt: itself, rad.
    """

    t: Floats
    v_acc: Floats
    p_acc: Floats
    v_tilt: Floats
    p_tilt: Floats
    c_step: Floats
    jumps: Floats
    tilt: Floats


def gathered(rows: Rows, m: int) -> Cells:
    """Cells of m samples out of an anchor (the first row) and the samples that follow it."""
    count = len(rows.acc) - 1
    shape = (-(-count // m), m)

    def grid(column: Floats) -> Floats:
        padded = np.zeros(shape[0] * m)
        padded[:count] = column
        return padded.reshape(shape)

    dt, step = grid(rows.interval_s[1:]), grid(rows.correction[1:])
    moved = np.cumsum(step, axis=1)
    a0, a1 = grid(rows.acc[:-1]) - (moved - step), grid(rows.acc[1:]) - moved
    tilt0, tilt1 = grid(rows.tilt[:-1]), grid(rows.tilt[1:])
    v_acc, p_acc = _twice(a0, a1, dt)
    v_tilt, p_tilt = _twice(tilt0, tilt1, dt)
    jumps = np.cumsum(((a1 - a0) * dt) ** 2, axis=1)
    return Cells(np.cumsum(dt, axis=1), v_acc, p_acc, v_tilt, p_tilt, moved, jumps, tilt1)


def _twice(x0: Floats, x1: Floats, dt: Floats) -> tuple[Floats, Floats]:
    """Once and twice integrated along each row, x being linear from x0 to x1 in each step."""
    dv = 0.5 * (x0 + x1) * dt
    v = np.cumsum(dv, axis=1)
    p = np.cumsum((v - dv) * dt + (2.0 * x0 + x1) * dt * dt / 6.0, axis=1)
    return v, p


def full(cells: Cells, count: int, m: int) -> Sequence[tuple[float, ...]]:
    """The sums at the ends of the full cells among the first `count` samples."""
    ends = slice(0, count // m)
    columns = (cells.t, cells.v_acc, cells.p_acc, cells.v_tilt, cells.p_tilt, cells.c_step)
    return list(
        zip(*(c[ends, -1].tolist() for c in (*columns, cells.jumps, cells.tilt)), strict=True)
    )
