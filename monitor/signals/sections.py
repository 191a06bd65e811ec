"""A filter of second-order sections that carries its state from block to block.

The equations are scipy's (`scipy.signal.sosfilt`, direct form II transposed); on the five samples
of a radio packet its checks of the arguments cost six times what its compiled loop does, so the
loop is called directly where scipy has it where we know it.
"""

import numpy as np
from scipy.signal import sosfilt

from monitor.samples import Floats

try:
    from scipy.signal._sosfilt import _sosfilt as compiled
except ImportError:  # scipy moved it; its public function does the same, slower
    compiled = None


def filtered(sos: Floats, signals: Floats, memory: Floats) -> Floats:
    """(m, n) signals through the sections, each with its own state.

    Args:
        sos: (k, 6), sections.
        signals: (m, n).
        memory: (m, k, 2), C-contiguous: the states before the block, left as they are after it.
    """
    if compiled is None:
        out, state = sosfilt(sos, signals, zi=np.moveaxis(memory, 0, 1))
        memory[:] = np.moveaxis(state, 1, 0)
        return np.asarray(out)
    out = np.array(signals, order="C")
    compiled(sos, out, memory)
    return out


def at_rest(sos: Floats, signals: int) -> Floats:
    """(signals, k, 2), the states of signals that have always been zero."""
    return np.zeros((signals, len(sos), 2))
