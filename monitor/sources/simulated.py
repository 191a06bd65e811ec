"""A simulated sensor as a source: its arrivals, handed over like those of a real one."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager

from monitor.arrivals import Arrival
from monitor.simulation.simulate import Simulation
from monitor.sources.pace import paced


def simulated(
    simulation: Simulation, speed: float | None = 1.0
) -> AbstractAsyncContextManager[AsyncIterator[Sequence[Arrival]]]:
    """A source that plays a simulation in the reference packet format.

    Args:
        simulation: what is played.
        speed: 1 = as it would happen, N = so many times as fast, None = as fast as possible.
    """
    return paced(simulation.packets(), speed)
