"""A simulated recording as a CSV file, for tests that go through files."""

from pathlib import Path

import numpy as np

from monitor.simulation.simulate import Simulation
from monitor.sources.table import HEADER


def write_csv(simulation: Simulation, path: Path) -> None:
    """Write what arrived, to the last digit."""
    blocks = [np.column_stack([b.time_s, b.acc, b.gyr]) for b in simulation.rows()]
    lines = [",".join(map(repr, row)) for row in np.concatenate(blocks).tolist()]
    path.write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
