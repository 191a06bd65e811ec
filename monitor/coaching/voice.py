"""What is said aloud: few words, in time, and not on every rep.

Ahead of a warning it says what to do, once a rep, as that is still in time (people need 0.3 to
0.5 s to react). A fault is spoken of when it first happens, again with its fix, and then only when
some reps have gone by, or where it is an alarm for the first time. After the set: how many reps
were clean, and the one thing to change.
"""

from dataclasses import dataclass

from monitor.events import AlertEvent, Event, Rule, SetEvent
from monitor.settings import Coaching

AHEAD: dict[Rule, str] = {
    "pelvic_tilt": "Turn round.",
    "anterior_tilt": "Brace.",
    "back_lift": "Turn round.",
    "pelvic_shift": "Both feet.",
    "unsteady": "",
}
"""Short enough to be heard before it is too late."""
AGAIN_REPS = 4
"""A fix that was spoken is not spoken again for so many reps."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Words to be spoken; urgent ones cut short what is being said."""

    words: str
    urgent: bool


class Voice:
    """Picks from the events of a session what is worth saying aloud.

    Args:
        coaching: whether it is silent during sets, and speaks ahead of limits.
    """

    def __init__(self, coaching: Coaching) -> None:
        self._coaching = coaching
        self._ahead: dict[Rule, tuple[int, int]] = {}
        self._spoken: dict[Rule, list[tuple[int, int]]] = {}
        self._alarmed: set[Rule] = set()

    def hears(self, event: Event) -> Utterance | None:
        """What to say of an event, None for nothing."""
        if isinstance(event, SetEvent):
            counted = f"{event.clean_reps} of {event.reps} clean."
            return Utterance(f"{counted} {event.suggestion}", urgent=False)
        if not isinstance(event, AlertEvent) or self._coaching.silent:
            return None
        if event.state == "approaching":
            return self._approaching(event)
        return self._raised(event) if event.state == "raised" else None

    def _approaching(self, event: AlertEvent) -> Utterance | None:
        rep = event.set, event.rep
        known = self._ahead.get(event.rule) == rep
        if known or event.level != "warning" or not self._coaching.approaching:
            return None
        self._ahead[event.rule] = rep
        return Utterance(AHEAD[event.rule], urgent=True)

    def _raised(self, event: AlertEvent) -> Utterance | None:
        """A rule's first fault, its second, and then only now and then."""
        rep = event.set, event.rep
        before = self._spoken.setdefault(event.rule, [])
        alarmed = event.level == "alarm" and event.rule not in self._alarmed
        if event.level == "alarm":
            self._alarmed.add(event.rule)
        if before and before[-1] == rep:
            return None
        recent = before and before[-1][0] == rep[0] and rep[1] - before[-1][1] < AGAIN_REPS
        if len(before) >= 2 and recent and not alarmed:
            return None
        before.append(rep)
        return Utterance(event.advice, urgent=True)
