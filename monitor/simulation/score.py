"""A body's movement written down like music: notes on channels, played on one fine clock.

A note is a smooth curve that begins somewhere and may leave its channel at a new value. Notes on
the same channel add. All strokes are minimum-jerk (Flash & Hogan 1985): position, velocity and
acceleration begin and end without a step, so a pose made of them can be differentiated twice.
"""

from dataclasses import dataclass, field

import numpy as np

from monitor.samples import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Note:
    """A curve on a channel, from sample `start` on; afterwards the channel stays `tail` higher."""

    channel: str
    start: int
    curve: Floats
    tail: float


@dataclass(slots=True)
class Score:
    """The notes of a session so far, and where it has got to.

    Attributes:
        rate_hz: of the fine clock.
        now_s: where the next movement begins.
        notes: in any order.
    """

    rate_hz: float
    now_s: float = 0.0
    notes: list[Note] = field(default_factory=list)

    def count(self, duration_s: float) -> int:
        """How many samples of the fine clock a duration has, at least 2."""
        return max(round(duration_s * self.rate_hz), 2)

    def play(self, channel: str, start_s: float, curve: Floats, tail: float = 0.0) -> None:
        """Writes a note."""
        self.notes.append(Note(channel, max(round(start_s * self.rate_hz), 0), curve, tail))

    def step(self, channel: str, start_s: float, duration_s: float, amount: float) -> None:
        """A minimum-jerk move that stays."""
        self.play(channel, start_s, amount * rise(self.count(duration_s)), amount)

    def bump(
        self, channel: str, start_s: float, duration_s: float, amount: float, hold: float = 0.2
    ) -> None:
        """A move there and back; `hold` is the share of its time it stays there."""
        self.play(channel, start_s, amount * bump(self.count(duration_s), hold))

    def wave(
        self, channel: str, start_s: float, duration_s: float, hz: float, amount: float
    ) -> None:
        """An oscillation that swells and dies away within `duration_s`."""
        n = self.count(duration_s)
        phase = 2.0 * np.pi * hz * np.arange(n) / self.rate_hz
        self.play(channel, start_s, amount * np.sin(phase) * swell(n))

    def ring(self, channel: str, start_s: float, hz: float, decay_s: float, amount: float) -> None:
        """What a blow leaves: a damped oscillation, begun softly within half a period."""
        t = np.arange(self.count(6.0 * decay_s)) / self.rate_hz
        begun = np.clip(2.0 * hz * t, 0.0, 1.0) ** 2
        self.play(
            channel, start_s, amount * begun * np.sin(2 * np.pi * hz * t) * np.exp(-t / decay_s)
        )

    def render(self, count: int) -> dict[str, Floats]:
        """All channels that have notes, `count` samples each."""
        channels: dict[str, Floats] = {}
        for note in self.notes:
            channel = channels.setdefault(note.channel, np.zeros(count))
            stop = min(note.start + len(note.curve), count)
            channel[note.start : stop] += note.curve[: max(stop - note.start, 0)]
            if note.tail:
                channel[stop:] += note.tail
        return channels


def minimum_jerk(u: Floats) -> Floats:
    """The minimum-jerk move from 0 to 1 over u in 0..1."""
    u = np.clip(u, 0.0, 1.0)
    return u**3 * (10.0 - 15.0 * u + 6.0 * u**2)


def rise(n: int) -> Floats:
    """A minimum-jerk move from 0 to 1 in n samples."""
    return minimum_jerk((np.arange(n) + 1.0) / n)


def bump(n: int, hold: float) -> Floats:
    """There and back within n samples, staying there for the share `hold`."""
    u = (np.arange(n) + 1.0) / n
    edge = (1.0 - hold) / 2.0
    return minimum_jerk(u / edge) - minimum_jerk((u - 1.0 + edge) / edge)


def swell(n: int) -> Floats:
    """An envelope over n samples that is 1 but for its first and last quarter."""
    return bump(n, 0.5)
