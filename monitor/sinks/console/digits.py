"""Numbers and words large enough to be read from the machine, out of block glyphs.

Every glyph is five pixels high. Scale 0 squeezes two pixels into one character (three rows), scale
k draws a pixel 2k characters wide and k rows high, which is about square on a terminal.
"""

from math import isfinite

_GLYPHS = {
    "0": "### #.# #.# #.# ###",
    "1": ".# ## .# .# .#",
    "2": "### ..# ### #.. ###",
    "3": "### ..# ### ..# ###",
    "4": "#.# #.# ### ..# ..#",
    "5": "### #.. ### ..# ###",
    "6": "### #.. ### #.# ###",
    "7": "### ..# ..# ..# ..#",
    "8": "### #.# ### #.# ###",
    "9": "### #.# ### ..# ###",
    "-": ".. .. ## .. ..",
    ".": ". . . . #",
    "°": "### #.# ### ... ...",
    " ": ". . . . .",
    "A": "### #.# ### #.# #.#",
    "B": "##. #.# ##. #.# ##.",
    "C": "### #.. #.. #.. ###",
    "D": "##. #.# #.# #.# ##.",
    "E": "### #.. ##. #.. ###",
    "F": "### #.. ##. #.. #..",
    "G": "#### #... #.## #..# ####",
    "I": "# # # # #",
    "K": "#.# #.# ##. #.# #.#",
    "L": "#.. #.. #.. #.. ###",
    "M": "#...# ##.## #.#.# #...# #...#",
    "N": "#..# ##.# #.## #..# #..#",
    "O": "### #.# #.# #.# ###",
    "P": "### #.# ### #.. #..",
    "R": "### #.# ##. #.# #.#",
    "S": "### #.. ### ..# ###",
    "T": "### .#. .#. .#. .#.",
    "U": "#.# #.# #.# #.# ###",
    "W": "#...# #...# #.#.# ##.## #...#",
}
_HALVES = {"..": " ", "#.": "▀", ".#": "▄", "##": "█"}


def height(scale: int) -> int:
    """Rows of a text at a scale."""
    return 5 * scale or 3


def big(text: str, scale: int) -> list[str]:
    """The text as rows of block characters, all of the same length."""
    pixels = [".".join(rows) for rows in zip(*(_GLYPHS[c].split() for c in text), strict=True)]
    if scale == 0:
        blank = "." * len(pixels[0])
        pairs = zip(pixels[::2], [*pixels[1::2], blank], strict=True)
        return ["".join(_HALVES[a + b] for a, b in zip(*pair, strict=True)) for pair in pairs]
    wide = {"#": "█" * 2 * scale, ".": " " * 2 * scale}
    return [row for line in pixels for row in ["".join(wide[p] for p in line)] * scale]


def scale(width: int, height: int) -> int:
    """The largest scale at which tilt, rep and set stand side by side and leave room below."""
    return max(0, min(width // 76, (height - 19) // 5, 3))


def angle(degrees: float) -> str:
    """An angle in glyphs `big` can draw, at most `-12.4°`; `--` where it is unknown."""
    if not isfinite(degrees):
        return "--"
    shown = f"{degrees:.1f}" if abs(degrees) < 99.95 else f"{degrees:.0f}"
    return f"{shown.removeprefix('-') if float(shown) == 0 else shown}°"
