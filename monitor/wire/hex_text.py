"""Notifications written down as hexadecimal text, for whoever meets an unknown sensor."""

from collections.abc import Sequence

import numpy as np

from monitor.errors import InputError
from monitor.samples import Decoded
from monitor.wire.families import FAMILIES

Row = dict[str, float | list[float] | None]
"""One sample, ready for JSON: `sensor_time_s`, `acc_m_s2`, `gyr_rad_s`; None where unknown."""


def decode_hex(family: str, notifications: Sequence[str]) -> tuple[list[Row], list[str]]:
    """The samples in a stream of notifications, in order, and what could not be decoded and why.

    Args:
        family: a key of `FAMILIES`.
        notifications: each as hexadecimal digits; spaces, colons, dashes and 0x are let pass.

    Raises:
        InputError: there is no such family.
    """
    if family not in FAMILIES:
        raise InputError(f"unknown sensor family {family!r}; known are: {', '.join(FAMILIES)}")
    decoder = FAMILIES[family].decoder()
    rows: list[Row] = []
    problems: list[str] = []
    for number, text in enumerate(notifications, 1):
        try:
            data = bytes.fromhex(_digits(text))
        except ValueError:
            problems.append(f"notification {number}: {text[:40]!r} is not hexadecimal")
            continue
        before = decoder.rejected + decoder.dropped
        rows += _rows(decoder.feed(data))
        if decoder.rejected + decoder.dropped > before:
            problems.append(f"notification {number}: {decoder.reason}")
    return rows, problems


def _digits(text: str) -> str:
    return text.lower().replace("0x", " ").replace(":", " ").replace("-", " ")


def _rows(decoded: Decoded) -> list[Row]:
    nothing = [None] * len(decoded)
    time_s = nothing if decoded.sensor_time_s is None else decoded.sensor_time_s.tolist()
    return [
        {"sensor_time_s": time, "acc_m_s2": _known(acc), "gyr_rad_s": _known(gyr)}
        for time, acc, gyr in zip(time_s, decoded.acc.tolist(), decoded.gyr.tolist(), strict=True)
    ]


def _known(vector: list[float]) -> list[float] | None:
    """A vector, or None where the sensor did not say it."""
    return vector if np.isfinite(vector).all() else None
