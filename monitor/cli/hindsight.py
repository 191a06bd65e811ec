"""A recording gone through at once, by the same engine as live: for the report and the history."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from calibration.model import Calibration
from monitor.cli.inputs import Input, open_input
from monitor.cli.sessions import calibration_for
from monitor.engine import Engine, Report
from monitor.settings import Settings
from monitor.settings_file import read_settings

PIECE = 4096
"""Arrivals taken at once; how they are cut changes nothing."""


@dataclass(frozen=True, slots=True)
class Past:
    """A recording with what it is to be judged by.

    Attributes:
        given: the recording.
        settings: limits, as they were, or as they are given now.
        calibration: None if there is none.
    """

    given: Input
    settings: Settings
    calibration: Calibration | None

    @classmethod
    def of(cls, file: Path, calibration: Path | None = None, config: Path | None = None) -> "Past":
        """The recording in a file, with the calibration and settings given, or its own.

        Raises:
            InputError: one of them cannot be used.
        """
        given = open_input(file)
        settings = given.settings or Settings()
        if config is not None:
            settings = read_settings(config)
        return cls(given, settings, calibration_for(given, calibration))

    def reports(self) -> Iterator[Report]:
        """All that the engine makes of it."""
        engine = Engine(self.given.session, self.settings, self.calibration)
        arrivals = self.given.arrivals(None)
        while batch := list(islice(arrivals, PIECE)):
            yield engine.step(batch)
        yield engine.finish()
