"""The least of a plot: scales, ticks, lines, bands and marks as SVG whose colours the page gives.

Sizes are those of a phone: 380 units wide, letters of 12.5. Numbers are written to a tenth of a
unit, which is finer than any screen, so that a page stays small.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TypeVar

import numpy as np

from monitor.samples import Floats

WIDTH, HEIGHT = 380.0, 240.0
LEFT, RIGHT, TOP, BOTTOM = 46.0, 24.0, 12.0, 40.0
Place = TypeVar("Place", float, Floats)


@dataclass(frozen=True, slots=True)
class Scale:
    """From a quantity to a place: `low` lies at `start`, `high` at `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: Place) -> Place:
        """Where a value lies, or each of many."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self, most: int = 6) -> list[float]:
        """Round values inside, at most so many."""
        span = self.high - self.low
        raw = span / most
        power = 10.0 ** math.floor(math.log10(raw))
        step = next(power * one for one in (1, 2, 5, 10) if power * one >= raw)
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [round(i * step, 6) + 0.0 for i in range(first, last + 1)]


def scales(x: tuple[float, float], y: tuple[float, float]) -> tuple[Scale, Scale]:
    """The scales of a plot whose axes run from `x[0]` to `x[1]` and from `y[0]` to `y[1]`."""
    return Scale(*x, LEFT, WIDTH - RIGHT), Scale(*y, HEIGHT - BOTTOM, TOP)


def text(x: float, y: float, words: str, css: str = "", anchor: str = "middle") -> str:
    """A word at a place."""
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}"{_class(css)}>{escape(words)}</text>'
    )


def line(x1: float, y1: float, x2: float, y2: float, css: str) -> str:
    """A straight line."""
    return f'<path d="M{_n(x1)} {_n(y1)}L{_n(x2)} {_n(y2)}"{_class(css)}/>'


def box(x1: float, y1: float, x2: float, y2: float, css: str) -> str:
    """A rectangle between two corners."""
    left, top, wide, high = min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1)
    return (
        f'<rect x="{_n(left)}" y="{_n(top)}" width="{_n(wide)}" height="{_n(high)}"{_class(css)}/>'
    )


def curve(x: Floats, y: Floats, css: str) -> str:
    """A line through points, interrupted where a point is unknown."""
    return f'<path d="{_path(x, y)}"{_class(css)}/>'


def band(x: Floats, low: Floats, high: Floats, css: str) -> str:
    """The area between two lines, interrupted where one is unknown."""
    known = np.isfinite(low) & np.isfinite(high)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(int)))
    areas = []
    for start, end in edges.reshape(-1, 2).tolist():
        part = slice(start, end)
        there_and_back = np.concatenate([x[part], x[part][::-1]])
        bounds = np.concatenate([low[part], high[part][::-1]])
        areas.append(f"{_path(there_and_back, bounds)}Z")
    return f'<path d="{"".join(areas)}"{_class(css)}/>' if areas else ""


def marker(x: float, y: float, letter: str, css: str) -> str:
    """A round mark with a letter in it."""
    return f'<circle cx="{_n(x)}" cy="{_n(y)}" r="8.5"{_class(css)}/>' + text(
        x, y + 4, letter, "on-mark"
    )


def axes(x: Scale, y: Scale, x_title: str, y_title: str, x_ticks: Sequence[float] | None) -> str:
    """Grid, figures and titles of both axes; `x_ticks` None: round ones."""
    parts = [text((x.start + x.end) / 2, y.start + 34, x_title, "title")]
    for tick in y.ticks():
        parts.append(line(x.start, y(tick), x.end, y(tick), "zero" if tick == 0 else "grid"))
        parts.append(text(x.start - 6, y(tick) + 4, f"{tick:g}", "", "end"))
    places = x.ticks() if x_ticks is None else x_ticks
    parts.extend(text(x(tick), y.start + 17, f"{tick:g}") for tick in places)
    middle = (y.start + y.end) / 2
    parts.append(
        f'<text transform="translate(12 {_n(middle)}) rotate(-90)" text-anchor="middle" '
        f'class="title">{escape(y_title)}</text>'
    )
    return "".join(parts)


def drawing(key: str, title: str, description: str, parts: Iterable[str]) -> str:
    """A whole plot with a name and a description for those who cannot see it."""
    return (
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" '
        f'aria-labelledby="{key}-t {key}-d"><title id="{key}-t">{escape(title)}</title>'
        f'<desc id="{key}-d">{escape(description)}</desc>'
        f'<clipPath id="{key}-c"><rect x="{LEFT:g}" y="{TOP - 4:g}" '
        f'width="{WIDTH - LEFT - RIGHT:g}" height="{HEIGHT - TOP - BOTTOM + 4:g}"/></clipPath>'
        f"{''.join(parts)}</svg>"
    )


def clipped(key: str, parts: Iterable[str]) -> str:
    """What must not be drawn beyond the axes of the plot `key`."""
    return f'<g clip-path="url(#{key}-c)">{"".join(parts)}</g>'


def _path(x: Floats, y: Floats) -> str:
    steps, pen = [], "M"
    for one, other in zip(x.tolist(), y.tolist(), strict=True):
        if math.isfinite(other):
            steps.append(f"{pen}{_n(one)} {_n(other)}")
            pen = "L"
        else:
            pen = "M"
    return "".join(steps)


def _class(css: str) -> str:
    return f' class="{css}"' if css else ""


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
