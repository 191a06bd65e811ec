"""Tells the athlete what to do next, sees that he does it, and ends with a calibration.

A state machine without a screen: samples in, sentences out. It sees stillness by itself, counts the
tilts, notices what went wrong and asks again.

    stand ──still──▶ lie back ──still elsewhere──▶ tilts ──three──▶ done
      ▲  moved: again   ▲  moved: again              │ side bend: again
      └── not usable ───┴───────── strap slid ───────┘

The standing and the tilts may be left out (a sensor whose axis is known; an athlete in a hurry);
what is left must still give the axis, else the tilts are asked for after all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from calibration.axis import AXIS, angle_deg
from calibration.errors import CalibrationError
from calibration.model import Calibration, SensorModel, Vector
from calibration.moves import MOVES, Block, Blocks, Excursion, Excursions, Hold
from calibration.placement import Windows, placement_from
from calibration.prompts import AGAIN, PRAISE, SENTENCES, Key, Prompt, Step
from calibration.still import Floats, Window, stillness


@dataclass(frozen=True, slots=True)
class GuideParams:
    """How long, how often.

    Attributes:
        stand_s: standing sways slowly; longer adds little, for people do not repeat it better.
        neutral_s: two breaths.
        moved_s: a hold that ends after this long had been meant as one.
        arrive_s: who has moved this long since standing has sat down meanwhile.
        tilts: how many.
        settle_s: after the last tilt, so that the movement is whole.
        patience_s: after so long without anything to say, what is asked for is said otherwise,
        sitting_s: and after so long where he must first sit down.
        slid_s: who is still this long away from neutral has not just paused in a tilt.
        off_axis: cosine to the expected direction below which an excursion was no tilt.
    """

    stand_s: float = 7.0
    neutral_s: float = 8.0
    moved_s: float = 4.0
    arrive_s: float = 3.0
    tilts: int = 3
    settle_s: float = 0.5
    patience_s: float = 20.0
    sitting_s: float = 40.0
    slid_s: float = 5.0
    off_axis: float = 0.6


GUIDE = GuideParams()


class Guide:
    """Leads one calibration.

    Use: show `guide.begin()`, then for every block of samples show what `guide.step(...)` says,
    until `guide.calibration` is there. `guide.skip()` leaves out the tilts. How the stream is cut
    changes nothing.

    Attributes:
        step_now: what is being done.
        windows: what was found so far, None before neutral.
        calibration: the result, None until done.
    """

    def __init__(
        self,
        *,
        tilts: bool = True,
        standing: bool = True,
        axis: Vector | None = None,
        sensor_model: SensorModel | None = None,
        params: GuideParams = GUIDE,
    ) -> None:
        """A guide.

        Args:
            tilts: whether to ask for the tilts where the axis is known without them.
            standing: whether to begin with it; who lies on the machine already need not get up,
                the tilts alone will do.
            axis: (3,), in sensor axes, to the athlete's left; then nobody need stand.
            sensor_model: corrections of the sensor, where it was calibrated.
            params: how long, how often.
        """
        self._params, self._tilts_wanted, self._axis = params, tilts, axis
        self._model = sensor_model
        self._blocks, self._hold = Blocks(), Hold()
        self._first: Step = "stand" if standing and axis is None else "lie_back"
        self.step_now: Step = self._first
        self.windows: Windows | None = None
        self.calibration: Calibration | None = None
        self._standing: Window | None = None
        self._standing_up: Vector | None = None
        self._neutral_up: Vector | None = None
        self._moved_s = 0.0
        self._excursions: Excursions | None = None
        self._counted: list[Excursion] = []
        self._now_s = 0.0
        self._said_s: float | None = None

    @property
    def progress(self) -> float:
        """How far the present step has got, 0..1."""
        match self.step_now:
            case "stand":
                return min(1.0, self._hold.seconds / self._params.stand_s)
            case "lie_back":
                held_s = 0.0 if self._stands_yet else self._hold.seconds
                return min(1.0, held_s / self._params.neutral_s)
            case "tilts":
                return min(1.0, len(self._counted) / self._params.tilts)
            case "done":
                return 1.0

    def begin(self) -> Prompt:
        """The first thing to say."""
        return self._say("stand") if self.step_now == "stand" else self._lie_down()

    def step(self, time_s: Floats, acc: Floats, gyr: Floats) -> tuple[Prompt, ...]:
        """What to say after these samples; mostly nothing.

        Args:
            time_s: (n,), s of stream time, increasing over all calls.
            acc: (n, 3), m/s², as the sensor gave it.
            gyr: (n, 3), rad/s, as the sensor gave it.
        """
        said: list[Prompt] = []
        for block in self._blocks.step(time_s, acc, gyr):
            if self.step_now == "done":
                break
            self._now_s = block.end_s
            if self._said_s is None:
                self._said_s = block.start_s
            new = list(self._take(block)) or self._reminder(self._said_s)
            if new:
                self._said_s = block.end_s
            said += new
        return tuple(said)

    def skip(self) -> tuple[Prompt, ...]:
        """Leaves out the tilts; where the axis is not known without them, that is said."""
        if self.step_now != "tilts" or self.windows is None:
            return ()
        if not self._knows_axis:
            return (self._say("tilts" if self._leans else "too_close"),)
        return tuple(self._finish(self.windows))

    def _take(self, block: Block) -> Iterator[Prompt]:
        ended_s = self._hold.add(block)
        if self._hold.seconds == 0:
            self._moved_s += block.end_s - block.start_s
        match self.step_now:
            case "stand":
                yield from self._stand(ended_s)
            case "lie_back":
                yield from self._lie_back(ended_s)
            case "tilts":
                yield from self._tilt(block)
            case "done":
                pass

    def _reminder(self, said_s: float) -> list[Prompt]:
        """What to say where for long nothing has come of what was asked for."""
        waited_s = self._now_s - said_s
        match self.step_now:
            case "tilts" if waited_s > self._params.patience_s:
                return [self._say("no_tilt")]
            case "stand" if waited_s > self._params.patience_s and self._hold.seconds == 0:
                return [self._say("restless")]
            case "lie_back" if waited_s > self._params.sitting_s and self._hold.seconds == 0:
                return [self._say("restless")]
            case _:
                return []

    def _stand(self, ended_s: float) -> Iterator[Prompt]:
        if ended_s > self._params.moved_s:
            yield self._say("moved")
        if self._hold.seconds < self._params.stand_s:
            return
        problem = self._problem(self._hold.window, "standing")
        if problem:
            yield self._again(problem, "stand")
            return
        self._standing, self._standing_up = self._hold.window, self._hold.up
        self._moved_s, self.step_now = 0.0, "lie_back"
        yield self._say("lie_back")

    def _lie_back(self, ended_s: float) -> Iterator[Prompt]:
        if self._stands_yet:
            # Still standing where he stood: all of it is the standing.
            if self._moved_s == 0:
                self._standing, self._standing_up = self._hold.window, self._hold.up
            return
        if ended_s > self._params.moved_s and self._moved_s > self._params.arrive_s:
            yield self._say("moved")
        if self._hold.seconds < self._params.neutral_s:
            return
        problem = self._problem(self._hold.window, "neutral")
        if problem:
            yield self._again(problem, "lie_back")
            return
        self.windows = Windows(self._hold.window, self._standing)
        self._neutral_up = self._hold.up
        if self._knows_axis and not self._tilts_wanted:
            yield from self._finish(self.windows)
            return
        yield from self._ask_for_tilts("tilts" if self._knows_axis or self._leans else "too_close")

    @property
    def _stands_yet(self) -> bool:
        """Whether he has not moved away since he stood."""
        return not self._leans and self._moved_s < self._params.arrive_s

    @property
    def _knows_axis(self) -> bool:
        """Whether the axis is known without the tilts."""
        return self._axis is not None or (self._standing_up is not None and self._leans)

    @property
    def _leans(self) -> bool:
        """Whether he lies as nobody stands, as far as that is known."""
        lean = self._lean_deg()
        return lean is None or lean >= AXIS.least_lean_deg

    def _ask_for_tilts(self, key: Key) -> Iterator[Prompt]:
        assert self._neutral_up is not None  # noqa: S101  the tilts come after neutral
        self.step_now, self._counted = "tilts", []
        self._excursions, self._hold = Excursions(self._neutral_up), Hold()
        yield self._say(key)
        if key == "too_close":
            yield self._say("tilts")

    def _tilt(self, block: Block) -> Iterator[Prompt]:
        assert self._excursions is not None  # noqa: S101  made when the tilts were asked for
        ended = self._excursions.add(block)
        if self._excursions.away and self._rests_elsewhere():
            lay = self._leans  # else he had not lain down before
            self.step_now, self._hold, self._moved_s = "lie_back", Hold(), self._params.arrive_s
            yield self._say("slid") if lay else self._lie_down()
            return
        if ended is not None:
            yield from self._count(ended)
        if len(self._counted) < self._params.tilts or self._excursions.away:
            return
        last_s = self._excursions.found[-1].window[1]
        if block.end_s - last_s >= self._params.settle_s and self.windows is not None:
            first_s = self._counted[0].window[0]
            tilts = (max(first_s - 1.5, self.windows.neutral[0]), block.end_s)
            neutral, standing = self.windows.neutral, self.windows.standing
            yield from self._finish(Windows(neutral, standing, tilts))

    def _rests_elsewhere(self) -> bool:
        """Whether he has been still for long in a pose that is not neutral."""
        if self._neutral_up is None or self._hold.seconds < self._params.slid_s:
            return False
        return angle_deg(self._hold.up, self._neutral_up) > MOVES.out_deg

    def _count(self, ended: Excursion) -> Iterator[Prompt]:
        """One more tilt, or a side bend; the way back through the other side is neither."""
        expected = self._posterior()
        cosine = 1.0
        if expected is not None:
            cosine = float(ended.peak_deg @ expected / np.linalg.norm(ended.peak_deg))
        if abs(cosine) < self._params.off_axis:
            yield from self._ask_for_tilts("side_bend")
        elif cosine > 0:
            self._counted.append(ended)
            yield self._say("count", len(self._counted))
        elif not self._counted:
            yield self._say("other_way")

    def _posterior(self) -> Vector | None:
        """(3,), where gravity goes in a posterior tilt, tangent to up at neutral; None if unknown.

        By the axis or by standing, else by the first tilt, which was asked to be posterior.
        """
        up = self._neutral_up
        assert up is not None  # noqa: S101  the tilts come after neutral
        lean = self._lean_deg()
        if self._axis is not None:
            toward = np.cross(self._axis, up)
        elif self._standing_up is not None and lean is not None and lean >= AXIS.least_lean_deg:
            toward = np.cross(np.cross(self._standing_up, up), up)
        elif self._counted:
            toward = self._counted[0].peak_deg
        else:
            return None
        return np.asarray(toward / np.linalg.norm(toward), dtype=np.float64)

    def _lean_deg(self) -> float | None:
        """Angle between the standing and the present or neutral pose, °."""
        up = self._neutral_up if self.step_now == "tilts" else None
        if up is None and self._hold.seconds > 0:
            up = self._hold.up
        if self._standing_up is None or up is None:
            return None
        return angle_deg(self._standing_up, up)

    def _problem(self, window: Window, name: str) -> str:
        """What is wrong with a still window, "" if nothing."""
        try:
            stillness(self._blocks.recorded().window(window, name), name)
        except CalibrationError as error:
            return str(error)
        return ""

    def _finish(self, windows: Windows) -> Iterator[Prompt]:
        recorded = self._blocks.recorded()
        try:
            self.calibration = placement_from(
                recorded.time_s,
                recorded.acc,
                recorded.gyr,
                windows,
                axis=None if self._axis is None else self._axis.tolist(),
                sensor_model=self._model,
            )
        except CalibrationError as error:
            if windows.tilts is None:
                yield self._again(str(error), "stand" if self._first == "stand" else "lie_back")
                return
            side_bend = "side bend" in str(error)
            if not side_bend:
                yield Prompt(self._now_s, "again", f"{AGAIN}{error}.")
            yield from self._ask_for_tilts("side_bend" if side_bend else "tilts")
            return
        self.windows, self.step_now = windows, "done"
        yield self._say("done")

    def _again(self, problem: str, step: Literal["stand", "lie_back"]) -> Prompt:
        self.step_now, self._hold = step, Hold()
        if step == "stand":
            self._standing = self._standing_up = None
        return Prompt(self._now_s, "again", f"{AGAIN}{problem}.")

    def _lie_down(self) -> Prompt:
        """Asks for it where there is nothing to praise."""
        return Prompt(self._now_s, "lie_back", SENTENCES["lie_back"].removeprefix(PRAISE))

    def _say(self, key: Key, number: int | None = None) -> Prompt:
        count = self._params.tilts if number is None else number
        return Prompt(self._now_s, key, SENTENCES[key].format(n=count))
