"""Lines of text that know their width: nothing here is ever wider than it was told."""

from dataclasses import dataclass
from textwrap import wrap

from rich.cells import cell_len, chop_cells
from rich.text import Text


def clipped(line: Text, width: int) -> Text:
    """The line, cut to the width."""
    if line.cell_len > width:
        line = line.copy()
        line.truncate(width, overflow="ellipsis" if width > 1 else "crop")
    return line


def spread(left: Text, right: Text, width: int) -> Text:
    """One part at the left edge, one at the right; where both do not fit, the left one stays."""
    space = width - left.cell_len - right.cell_len
    if space < 1:
        return clipped(left, width)
    return Text.assemble(left, " " * space, right)


def centred(text: str, width: int, style: str) -> Text:
    """A line in the middle, its style on the text only."""
    shown = clipped(Text(text, style), width)
    return Text.assemble(" " * ((width - shown.cell_len) // 2), shown)


def filled(text: str, width: int, style: str) -> Text:
    """A line whose style covers the whole width."""
    shown = clipped(Text(text), width)
    return Text(shown.plain + " " * (width - shown.cell_len), style)


def folded(text: str, width: int, most: int) -> list[str]:
    """A sentence on several lines, at most `most` of them."""
    width = max(width, 1)
    wrapped = [piece for line in wrap(text, width) for piece in _chopped(line, width)]
    if len(wrapped) > most > 0:
        wrapped[most - 1] = wrapped[most - 1][: max(width - 1, 0)] + "…"
    return wrapped[:most]


def _chopped(line: str, width: int) -> list[str]:
    """A line counted in letters may be too wide in cells: some letters take two."""
    return [line] if cell_len(line) <= width else chop_cells(line, max(width, 2))


def resized(lines: list[Text], rows: int) -> list[Text]:
    """Exactly `rows` lines, in the middle, empty ones around."""
    lines = lines[:rows]
    above = (rows - len(lines)) // 2
    return [Text()] * above + lines + [Text()] * (rows - len(lines) - above)


def being_typed(text: str, width: int) -> Text:
    """What somebody is typing, as it stands now."""
    line = Text.assemble((" > ", "bold cyan"), (text, "bold"), ("▏", "cyan"))
    return spread(line, Text("Enter tells it ", "dim"), width)


@dataclass(frozen=True, slots=True)
class Section:
    """Lines that come and go together; the larger its weight, the longer a section stays."""

    weight: int
    lines: list[Text]


def spacer() -> Section:
    """An empty line: the first to leave, the first to grow."""
    return Section(0, [Text()])


def stacked(sections: list[Section], width: int, height: int) -> list[Text]:
    """The sections from top to bottom as exactly `height` lines, none wider than `width`.

    Too many lines: the lightest sections leave. Too few: the spacers share what is left, and what
    stands below the last spacer ends at the lower edge.
    """
    sections = list(sections)
    while len(sections) > 1 and sum(len(s.lines) for s in sections) > height:
        sections.remove(min(sections, key=lambda s: s.weight))
    spare = height - sum(len(s.lines) for s in sections)
    spacers = [i for i, section in enumerate(sections) if section.weight == 0]
    lines: list[Text] = []
    for i, section in enumerate(sections):
        lines += section.lines
        if i in spacers:
            nth = spacers.index(i)
            lines += [Text()] * ((nth + 1) * spare // len(spacers) - nth * spare // len(spacers))
    return [clipped(line, width) for line in (lines + [Text()] * height)[:height]]
