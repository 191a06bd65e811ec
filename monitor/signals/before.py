"""What was there just before each sample: the sample before it, in this block or the last one."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def before(rows: NDArray[Any], first: object) -> NDArray[Any]:
    """(n, ...), for each of n rows the row before it.

    Args:
        rows: (n, ...), n ≥ 1.
        first: what came before the first of them.
    """
    shifted = np.empty_like(rows)
    shifted[0], shifted[1:] = first, rows[:-1]
    return shifted
