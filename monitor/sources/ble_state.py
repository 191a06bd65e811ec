"""What a radio link goes through, as a table: every state, what can happen in it, what follows.

    seeking ──found──▶ connecting ──connected──▶ starting ──started──▶ streaming ◀──data──┐
      ▲  │missed          │refused                │refused              │gone   └quiet─▶ silent
      │  ▼                ▼                       ▼                     ▼                 │gone,
      └─ resting ◀────────┴───────────────────────┴─────────────────────┴─────────────────┘quiet

Whether a link is alive is decided by its data alone: a stack may call a sensor connected long
after it was switched off. A short silence may be a body in the way and is only told; after a
longer one the link is given up and made anew. The rests grow while the sensor stays away.
"""

from dataclasses import dataclass
from enum import Enum

from monitor.arrivals import LinkDown, LinkSilent, LinkUp


class State(Enum):
    """Where a link is."""

    SEEKING = "seeking"
    CONNECTING = "connecting"
    STARTING = "starting"
    STREAMING = "streaming"
    SILENT = "silent"
    RESTING = "resting"


class Happening(Enum):
    """What can happen to it."""

    FOUND = "found"
    MISSED = "missed"
    CONNECTED = "connected"
    REFUSED = "refused"
    STARTED = "started"
    DATA = "data"
    QUIET = "quiet"
    GONE = "gone"
    RESTED = "rested"


Tells = type[LinkUp] | type[LinkDown] | type[LinkSilent]

TABLE: dict[tuple[State, Happening], tuple[State, Tells | None]] = {
    (State.SEEKING, Happening.FOUND): (State.CONNECTING, None),
    (State.SEEKING, Happening.MISSED): (State.RESTING, None),
    (State.CONNECTING, Happening.CONNECTED): (State.STARTING, LinkUp),
    (State.CONNECTING, Happening.REFUSED): (State.RESTING, None),
    (State.STARTING, Happening.STARTED): (State.STREAMING, None),
    (State.STARTING, Happening.REFUSED): (State.RESTING, LinkDown),
    (State.STREAMING, Happening.DATA): (State.STREAMING, None),
    (State.STREAMING, Happening.QUIET): (State.SILENT, LinkSilent),
    (State.STREAMING, Happening.GONE): (State.RESTING, LinkDown),
    (State.SILENT, Happening.DATA): (State.STREAMING, LinkUp),
    (State.SILENT, Happening.QUIET): (State.RESTING, LinkDown),
    (State.SILENT, Happening.GONE): (State.RESTING, LinkDown),
    (State.RESTING, Happening.RESTED): (State.SEEKING, None),
}
"""What follows, and what is told of it."""


@dataclass(frozen=True, slots=True)
class Params:
    """How long to wait.

    Attributes:
        quiet_s, quiet_intervals: no data for the longer of this time and so many of the family's
            longest intervals is a silence: radios deliver in bursts, and bodies stand in the way.
        give_up_s: a silence that lasts this much longer ends the link: by then a stack has lost
            a sensor that was only shadowed.
        rest_s, longest_rest_s: the first rest and the longest; each is twice the last. The
            longest leaves half of the 5 s in which a sensor that is back shall stream again.
        jitter: share by which a rest is longer or shorter, so that two programs that disturb one
            another do not do so for ever.
    """

    quiet_s: float = 1.0
    quiet_intervals: float = 2.0
    give_up_s: float = 2.0
    rest_s: float = 0.25
    longest_rest_s: float = 2.0
    jitter: float = 0.25

    def patience_s(self, interval_s: float) -> float:
        """How long a stream may be without data before it counts as silent, s."""
        return max(self.quiet_s, self.quiet_intervals * interval_s)


PARAMS = Params()
_TRIES = {Happening.MISSED, Happening.REFUSED, Happening.STARTED}


@dataclass(frozen=True, slots=True)
class Link:
    """A link, and how often it was tried since data last came."""

    state: State = State.SEEKING
    tries: int = 0

    def after(self, happening: Happening) -> tuple["Link", Tells | None]:
        """The link after something happened, and what is told of it.

        What cannot happen in its state (a goodbye that comes late) changes nothing.
        """
        if (self.state, happening) not in TABLE:
            return self, None
        state, tells = TABLE[self.state, happening]
        if happening is Happening.DATA:
            return Link(state, 0), tells
        return Link(state, self.tries + (happening in _TRIES)), tells

    def rest_s(self, chance: float, params: Params = PARAMS) -> float:
        """How long to rest before seeking again, s: not at all after a link that streamed.

        Args:
            chance: 0..1, decides on the jitter.
            params: how long.
        """
        if not self.tries:
            return 0.0
        doubled = params.rest_s * 2.0 ** min(self.tries - 1, 16)
        return min(doubled, params.longest_rest_s) * (1.0 + params.jitter * (2.0 * chance - 1.0))
