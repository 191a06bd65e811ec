"""Scalar products whose rounding does not depend on how many are made at once."""

from calibration.still import Floats


def dot(vectors: Floats, direction: Floats) -> Floats:
    """(n,) scalar products of (n, 3) with (3,), summed in one order whatever n is."""
    (x, y, z), (a, b, c) = vectors.T, direction.tolist()
    product: Floats = x * a + y * b + z * c
    return product
