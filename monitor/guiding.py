"""The guide, led by a sensor's arrivals: what the athlete is to do now, and how far he has got.

    arrivals ─▶ samples ─▶ calibration.guide ─▶ Lesson

It stands where the engine stands in a session, so that whatever carries arrivals to the engine, and
reports to a screen, carries a calibration too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Self

from calibration.guide import Guide
from calibration.model import Calibration, Placement, Vector
from calibration.prompts import Prompt, Step
from calibration.sensor import SensorCalibration
from monitor.arrivals import Arrival, Calibrating, LinkDown, LinkSilent, LinkUp
from monitor.calibrations import doubted
from monitor.wire.reception import Reception

Link = Literal["waiting", "up", "down", "silent"]


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """How far the calibration has got.

    Attributes:
        now_s: stream time of the newest sample, s.
        step: what is to be done now.
        share: how far that has got, 0..1.
        said: what is newly said, in order.
        link: how the sensor is reached.
        calibration: the result, None until it is done.
    """

    now_s: float
    step: Step
    share: float
    said: tuple[Prompt, ...]
    link: Link
    calibration: Calibration | None

    def joined(self, later: "Lesson") -> "Lesson":
        """This lesson and the next as one: all that was said."""
        return replace(later, said=self.said + later.said)


class Guiding:
    """Leads one calibration from what a sensor sends.

    Args:
        family: the sensor's, a key of `monitor.wire.families.FAMILIES`.
        sensor: its name.
        tilts: whether to ask for the tilts where the axis is known without them.
        axis: (3,), in sensor axes, to the athlete's left; then nobody need stand.
        readings: what is kept of the sensor's own calibration.
        today: RFC 3339 UTC, None if unknown.
        recording: names the session that the calibration begins, None if it stands alone.
    """

    def __init__(
        self,
        family: str,
        sensor: str,
        *,
        tilts: bool = True,
        axis: Vector | None = None,
        readings: SensorCalibration | None = None,
        today: str | None = None,
        recording: str | None = None,
    ) -> None:
        self._reception = Reception(family)
        model = readings.model if readings else None
        self._guide = Guide(tilts=tilts, axis=axis, sensor_model=model)
        self._before: Calibration | None = None
        self._sensor, self._readings, self._today = sensor, readings, today
        self._recording = recording
        self._link: Link = "waiting"
        self._now_s = 0.0
        self._began = False
        self._result: Calibration | None = None

    @classmethod
    def anew(
        cls,
        sensor: str,
        ears: Reception,
        before: Calibration | None,
        *,
        readings: SensorCalibration | None = None,
        today: str | None = None,
    ) -> Self:
        """Leads one in the middle of a session.

        Args:
            sensor: its name.
            ears: hear it from now on.
            before: how it sat until now, None if unknown. Where it is known, the athlete is on
                the machine already: he need not stand up, and the seat back is known.
            readings: what is kept of the sensor's own calibration.
            today: RFC 3339 UTC, None if unknown.
        """
        guiding = cls("table", sensor, readings=readings, today=today)
        model = readings.model if readings else None
        guiding._guide = Guide(standing=before is None, sensor_model=model)
        guiding._reception, guiding._before, guiding._link = ears, before, "up"
        return guiding

    def step(self, batch: Sequence[Arrival]) -> Lesson:
        """Take the next arrivals, in order; none at all is fine."""
        said: tuple[Prompt, ...] = () if self._began else (self._guide.begin(),)
        self._began = True
        for arrival in batch:
            match arrival:
                case LinkUp():
                    self._link = "up"
                case LinkDown():
                    self._link = "down"
                case LinkSilent():
                    self._link = "silent"
                case Calibrating(step="skipped"):
                    said += self._guide.skip()
                case _:
                    pass
        samples = self._reception.step(batch)
        if len(samples):
            self._now_s = float(samples.time_s[-1])
            said += self._guide.step(samples.time_s, samples.acc, samples.gyr)
        return Lesson(
            self._now_s, self._guide.step_now, self._guide.progress, said, self._link, self._done()
        )

    def finish(self) -> Lesson:
        """The stream is over."""
        return self.step(())

    def _done(self) -> Calibration | None:
        """The guide's calibration with the sensor's name, and what speaks against its readings."""
        found = self._guide.calibration
        if self._result is None and found is not None:
            windows = self._guide.windows
            named = replace(
                found,
                sensor=self._sensor,
                made=self._today,
                recording=self._recording,
                tilts_s=windows.tilts if windows else None,
            )
            if self._before is not None:
                named = _on_the_same_seat(named, self._before.placement)
            self._result = doubted(named, self._readings, self._today)
        return self._result


def _on_the_same_seat(found: Calibration, before: Placement) -> Calibration:
    """With the seat back as it was measured when the athlete stood, where that is surer."""
    at = found.placement
    if before.seat_back_deg is None or before.seat_back_sigma_deg >= at.seat_back_sigma_deg:
        return found
    seat, sigma = before.seat_back_deg, before.seat_back_sigma_deg
    return replace(found, placement=replace(at, seat_back_deg=seat, seat_back_sigma_deg=sigma))
