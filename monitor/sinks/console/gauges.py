"""Pictures of numbers, one line of text after another: tilt, lift, the last reps, progress.

Posterior tilt goes to the right, anterior to the left. Zones beyond a limit are told by colour and
by texture (░ notice, ▒ warning, ▓ alarm), so that nothing is lost without colour.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import isfinite, isnan
from operator import itemgetter

from rich.text import Text

from monitor.events import Level, RepEvent
from monitor.sinks.console.words import COLOUR, LETTER, Bounds, level_of, rank

_TEXTURE: dict[Level | None, str] = {None: "·", "notice": "░", "warning": "▒", "alarm": "▓"}
_EIGHTHS = " ▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class TiltScale:
    """Which column shows which angle.

    Attributes:
        width: columns.
        posterior, anterior: where the levels lie, °, both counted positive.
    """

    width: int
    posterior: Bounds
    anterior: Bounds

    @property
    def ends_deg(self) -> tuple[float, float]:
        """The angles at the left and right edge: half as far again as the last limit."""
        left, right = (max(b.values(), default=10.0) * 1.5 for b in (self.anterior, self.posterior))
        return -max(left, 12.0), max(right, 12.0)

    def column(self, tilt_deg: float) -> float:
        """Columns from the left edge, with fraction, held within the gauge."""
        low, high = self.ends_deg
        return min(max((tilt_deg - low) / (high - low), 0.0), 1.0) * self.width

    def level(self, tilt_deg: float) -> Level | None:
        """The level an angle reaches, to either side."""
        if tilt_deg >= 0:
            return level_of(tilt_deg, self.posterior)
        return level_of(-tilt_deg, self.anterior)

    def zone(self, column: int) -> Level | None:
        """The level in the middle of a column."""
        low, high = self.ends_deg
        return self.level(low + (column + 0.5) * (high - low) / self.width)


def tilt_bar(scale: TiltScale, tilt_deg: float, peaks_deg: Sequence[float], style: str) -> Text:
    """The tilt as a bar from zero over the zones, with the peaks of this rep held as marks."""
    zero = round(scale.column(0.0))
    held = {round(scale.column(p)) for p in peaks_deg if p and not isnan(p)}
    here = zero if isnan(tilt_deg) else zero + scale.column(tilt_deg) - scale.column(0.0)
    low, high = sorted((float(zero), float(here)))
    half = "▌" if here > zero else "▐"
    cells: list[tuple[str, str]] = []
    for column in range(scale.width):
        inside = min(high, column + 1) - max(low, column)
        if inside >= 0.25:
            cells.append(("█" if inside >= 0.75 else half, style))
        elif column == zero or column in held:
            cells.append(("│" if column == zero else "┃", "bold"))
        else:
            zone = scale.zone(column)
            cells.append((_TEXTURE[zone], f"{COLOUR[zone]} dim" if zone else "dim"))
    return _joined(cells)


def tilt_marks(scale: TiltScale) -> Text:
    """The limits over the gauge, `n5   W8    A12`, each beginning where its zone begins."""
    line = [" "] * scale.width
    styles: list[tuple[str, int, int]] = []
    for side, levels in ((1, scale.posterior), (-1, scale.anterior)):
        for level, limit in sorted(levels.items(), key=lambda item: -rank(item[0])):
            word = f"{LETTER[level]}{limit:.0f}" if side > 0 else f"{limit:.0f}{LETTER[level]}"
            column = round(scale.column(side * limit))
            start = column if side > 0 else column - len(word)
            room = line[max(0, start - 1) : start + len(word) + 1]
            if start >= 0 and start + len(word) <= scale.width and not "".join(room).strip():
                line[start : start + len(word)] = word
                styles.append((COLOUR[level], start, start + len(word)))
    line[min(round(scale.column(0.0)), scale.width - 1)] = "0"
    marks = Text("".join(line), "bold")
    for style, start, end in styles:
        marks.stylize(style, start, end)
    return marks


def lift_bar(width: int, lift_mm: float, sigma_mm: float, levels: Bounds) -> Text:
    """The lift as a bar from zero, its uncertainty (± one sigma) in a lighter shade."""
    per_mm = width / (max(levels.values(), default=20.0) * 1.5)
    sure, perhaps = (lift_mm - sigma_mm) * per_mm, (lift_mm + sigma_mm) * per_mm
    limits = {round(limit * per_mm): level for level, limit in levels.items()}
    colour = COLOUR[level_of(lift_mm, levels)]
    cells: list[tuple[str, str]] = []
    for column in range(width):
        middle = column + 0.5
        level = level_of(middle / per_mm, levels)
        if column in limits:
            cells.append((LETTER[limits[column]], f"bold {COLOUR[limits[column]]}"))
        elif middle < perhaps:
            cells.append(("█" if middle < sure else "▒", colour))
        else:
            cells.append(("·", f"{COLOUR[level]} dim" if level else "dim"))
    return _joined(cells)


def rep_bars(
    reps: Sequence[tuple[RepEvent, Level | None]], width: int, rows: int, top_deg: float
) -> list[Text]:
    """The last reps as bars of their peak tilt, and below each its number.

    A clean rep carries ✓, another the letter of the worst level it reached, or · where it was not
    clean for another reason.
    """
    last = reps[-max(1, width // 5) :]
    lines = [Text() for _ in range(rows + 1)]
    for rep, level in last:
        peak = rep.peak_tilt_deg if isfinite(rep.peak_tilt_deg) else 0.0
        eighths = round(min(max(peak / top_deg, 0.02), 1.0) * rows * 8)
        for row in range(rows):
            part = min(max(eighths - 8 * (rows - 1 - row), 0), 8)
            lines[row].append(_EIGHTHS[part] * 3 + "  ", COLOUR[level])
        mark = "✓" if rep.clean else LETTER[level] if level else "·"
        lines[-1].append(f"{mark}{rep.rep}".ljust(5), f"bold {COLOUR[level]}")
    return lines


def progress(width: int, done: float) -> Text:
    """How far a replay has come, 0..1."""
    full = round(min(max(done, 0.0), 1.0) * width)
    return Text.assemble(("━" * full, "cyan"), ("─" * (width - full), "dim"))


def is_sure(lift_sigma_mm: float, levels: Bounds) -> bool:
    """Whether a lift of this sigma means anything.

    It does not beyond half the first limit: at that limit, two sigma would reach down to a back
    that lies flat.
    """
    return lift_sigma_mm <= min(levels.values(), default=10.0) / 2


def _joined(cells: list[tuple[str, str]]) -> Text:
    """Cells of one style in a row become one span: far quicker to draw."""
    runs = groupby(cells, key=itemgetter(1))
    return Text.assemble(*(("".join(char for char, _ in run), style) for style, run in runs))
