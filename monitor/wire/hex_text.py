"""Notifications written down as hexadecimal text, for whoever meets an unknown sensor."""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from monitor.errors import InputError
from monitor.samples import Decoded
from monitor.wire.families import FAMILIES, Family

Row = dict[str, float | list[float] | None]
"""One sample, ready for JSON: `sensor_time_s`, `acc_m_s2`, `gyr_rad_s`; None where unknown."""
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_PREFIX = re.compile(rf"\s*(acc|gyr|control|battery|{_UUID})\s*:", re.IGNORECASE)
"""A channel ("acc", "gyr", "control") or a characteristic's UUID, before the digits."""


def decode_hex(
    family: str, notifications: Sequence[str], options: Mapping[str, float | None] | None = None
) -> tuple[list[Row], list[str]]:
    """The samples in a stream of notifications, in order, and what could not be decoded and why.

    Nothing is paired: where a sensor sends accelerations and turning rates apart, a row has one
    of them.

    Args:
        family: a key of `FAMILIES`.
        notifications: each as hexadecimal digits; spaces, colons, dashes and 0x are let pass.
            Before the digits may stand, with a colon, the channel or the characteristic's UUID
            they came from.
        options: what is known besides the bytes, by the family's names for it; None: nothing.

    Raises:
        InputError: there is no such family, or it has no such option.
    """
    known = _family(family)
    decoder = (known.reader or known.decoder)(**_known_options(known, options or {}))
    rows: list[Row] = []
    problems: list[str] = []
    for number, text in enumerate(notifications, 1):
        try:
            channel, data = _read(known, text)
        except ValueError as error:
            problems.append(f"notification {number}: {error}")
            continue
        before = decoder.rejected + decoder.dropped
        rows += _rows(decoder.feed(data, channel))
        if decoder.rejected + decoder.dropped > before:
            problems.append(f"notification {number}: {decoder.reason}")
    if decoder.notice:
        problems.append(decoder.notice)
    if not rows and not problems:
        problems.append("no samples in these notifications: answers, or parts of longer ones")
    return rows, problems


def _family(name: str) -> Family:
    if name not in FAMILIES:
        raise InputError(f"unknown sensor family {name!r}; known are: {', '.join(FAMILIES)}")
    return FAMILIES[name]


def _known_options(family: Family, options: Mapping[str, float | None]) -> dict[str, float]:
    """The options that were given."""
    given = {name: value for name, value in options.items() if value is not None}
    for name in given:
        if name not in family.options:
            raise InputError(f"--{name} means nothing to a {family.name} sensor; leave it out")
    return given


def _read(family: Family, text: str) -> tuple[str, bytes]:
    """The channel and the bytes.

    Raises:
        ValueError: which of them cannot be understood.
    """
    prefix = _PREFIX.match(text)
    channel = ""
    if prefix:
        said = prefix[1].lower()
        channel = family.gatt.notifies.get(said, said)
        text = text[prefix.end() :]
        if channel not in {"acc", "gyr", *family.gatt.notifies.values()}:
            raise ValueError(f"{said!r} is no characteristic of a {family.name} sensor")
    try:
        return channel, bytes.fromhex(_digits(text))
    except ValueError:
        raise ValueError(f"{text[:40]!r} is not hexadecimal") from None


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
