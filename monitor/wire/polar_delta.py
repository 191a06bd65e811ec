"""Polar's compression: the first sample in full, then only how much each differs from the last.

    offset  type             field
    0       channels × int   the first sample, in as many bytes as the resolution needs, signed
    then, any number of times:
    0       u8               b, bits of a difference
    1       u8               n, samples that follow
    2       ⌈b·c·n / 8⌉      differences of c channels, sample by sample, lowest bit first, signed

Source: Polar BLE SDK, "online measurement", delta frames.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

CHANNELS = 3
_MOST_BITS = 32
Whole = NDArray[np.int64]


def decompressed(data: bytes, resolution: int) -> Whole | str:
    """(n, 3) whole numbers; or why there are none.

    Args:
        data: the frame's content.
        resolution: bytes of a number of the first sample.
    """
    at = CHANNELS * resolution
    if len(data) < at:
        return f"{len(data)} bytes are too few for the first sample of a frame"
    blocks = [signed(data[:at], resolution)]
    while at < len(data):
        bits, count = data[at], data[at + 1] if at + 1 < len(data) else 0
        size = -(-bits * CHANNELS * count // 8)
        if not 1 <= bits <= _MOST_BITS or not count or at + 2 + size > len(data):
            return "the differences in a frame are cut short or damaged"
        blocks.append(_differences(data[at + 2 : at + 2 + size], bits, count))
        at += 2 + size
    return np.cumsum(np.concatenate(blocks), axis=0)


def signed(data: bytes, resolution: int) -> Whole:
    """(n, 3) signed whole numbers of so many bytes each, little-endian."""
    raw = np.frombuffer(data, np.uint8).astype(np.int64).reshape(-1, CHANNELS, resolution)
    number = (raw << 8 * np.arange(resolution)).sum(axis=2)
    return _with_sign(number, 8 * resolution)


def _differences(data: bytes, bits: int, count: int) -> Whole:
    every = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")
    own = every[: bits * CHANNELS * count].astype(np.int64).reshape(count, CHANNELS, bits)
    return _with_sign((own << np.arange(bits)).sum(axis=2), bits)


def _with_sign(number: Whole, bits: int) -> Whole:
    """Two's complement of so many bits."""
    return np.where(number >> (bits - 1), number - (1 << bits), number)


def compressed(numbers: Whole, resolution: int, block: int = 20) -> bytes:
    """The frame's content for (n, 3) whole numbers that fit the resolution, n ≥ 1."""
    parts = [_bytes(numbers[0].tolist(), resolution)]
    steps = np.diff(numbers, axis=0)
    for k in range(0, len(steps), block):
        some = steps[k : k + block]
        bits = max(2, 1 + int(max(some.max(), -1 - some.min())).bit_length())
        own = (some[:, :, None] >> np.arange(bits)) & 1
        packed = np.packbits(own.astype(np.uint8).ravel(), bitorder="little").tobytes()
        parts.append(bytes([bits, len(some)]) + packed)
    return b"".join(parts)


def _bytes(numbers: Sequence[int], resolution: int) -> bytes:
    return b"".join(number.to_bytes(resolution, "little", signed=True) for number in numbers)
