"""Signals as rows of text, many at once.

Every cell is written into a field of bytes as wide as the widest of its column, and what is left
blank (zero bytes) is taken out of the whole in the end: some ten times faster than one row at a
time. Times keep all their digits, so that they equal those of the input; estimates have three
decimals (0.001°, 1 µm).
"""

import numpy as np
from numpy.typing import NDArray

from monitor.samples import PHASES, Floats, Signals

ESTIMATES = ("tilt_deg", "tilt_sigma_deg", "lift_mm", "lift_sigma_mm", "shift_deg")
HEADER = ",".join(["time_s", *ESTIMATES, "phase", "rep"]) + "\n"

Bytes = NDArray[np.uint8]
_ZERO, _POINT, _MINUS, _COMMA, _NEWLINE = b"0.-,\n"
_PHASES = np.array(PHASES, "S")
_EXACT = 6  # decimals; times that need more are written one by one


def rows(signals: Signals) -> bytes:
    """One line per sample; cells are empty where nothing can be said."""
    count = len(signals)
    if not count:
        return b""
    reps = np.array([b"", *(b"%d" % rep for rep in range(1, int(signals.rep.max()) + 1))], "S")
    columns = [
        _times(signals.time_s),
        *(_decimals(getattr(signals, name), 3) for name in ESTIMATES),
        _texts(_PHASES[signals.phase]),
        _texts(reps[signals.rep]),
    ]
    comma = np.full((count, 1), _COMMA, np.uint8)
    fields = [field for column in columns for field in (column, comma)]
    fields[-1] = np.full((count, 1), _NEWLINE, np.uint8)
    return np.hstack(fields).tobytes().translate(None, b"\0")


def _times(time: Floats) -> Bytes:
    """Times with as many digits as tell them from their neighbours, as `repr` writes them."""
    plain = (time == 0.0) | ((time >= 1e-4) & (time < 1e9))
    if np.all(plain & (np.round(time, _EXACT) == time)):
        return _decimals(time, _EXACT, trimmed=True)
    return _texts(np.array([repr(one).encode() for one in time.tolist()], "S"))


def _texts(texts: NDArray[np.bytes_]) -> Bytes:
    return np.ascontiguousarray(texts).view(np.uint8).reshape(len(texts), -1)


def _decimals(values: Floats, places: int, *, trimmed: bool = False) -> Bytes:
    """(n, width): sign, digits and point of each value, zero bytes where there is nothing.

    Args:
        values: (n,); those that are not finite give an empty cell.
        places: digits after the point.
        trimmed: leave out zeros at the end, but for the one after the point.
    """
    known = np.isfinite(values)
    scaled = np.rint(np.abs(np.where(known, values, 0.0)) * 10**places)
    left = whole = scaled.astype(np.int32 if scaled.max() < 2**31 else np.int64)
    digits = max(len(str(whole.max())), places + 1)
    text = np.zeros((len(values), digits + 2), np.uint8)
    text[:, 0] = np.where((values < 0) & (whole > 0), _MINUS, 0)
    text[:, -places - 1] = _POINT
    for place in range(digits):  # counted from the last digit
        higher = left // 10
        column = -1 - place - (place >= places)
        text[:, column] = left - 10 * higher + _ZERO
        if place > places:
            text[left == 0, column] = 0
        left = higher
    for place in range(places - 1 if trimmed else 0):
        text[whole % 10 ** (place + 1) == 0, -1 - place] = 0
    text[~known] = 0
    return text
