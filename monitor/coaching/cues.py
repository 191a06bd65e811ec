"""What is said while it happens: a word at the first fault, the fix from the second on.

Who hears a correction on every rep stops listening. So the first time in a session that a limit is
crossed it is only named; the second time the fix comes with it. A warning ahead of a limit always
says what to do, as it is still in time.
"""

from dataclasses import dataclass
from typing import Literal

from monitor.events import Rule


@dataclass(frozen=True, slots=True)
class Words:
    """A rule's words: ahead of its limit, at the first fault, and the fix."""

    ahead: str
    fault: str
    fix: str


WORDS: dict[Rule, Words] = {
    "pelvic_tilt": Words(
        "Your pelvis starts to roll back: turn round here.",
        "Your pelvis rolled back.",
        "Your pelvis rolls back: stop the descent earlier and keep the back flat.",
    ),
    "anterior_tilt": Words(
        "Your lower back starts to arch: brace.",
        "Your lower back arched.",
        "Your lower back arches: brace and press it flat against the pad.",
    ),
    "back_lift": Words(
        "Your back is about to leave the pad: turn round here.",
        "Your back left the pad.",
        "Your back leaves the pad: keep it against the bench all the way.",
    ),
    "pelvic_shift": Words(
        "Your hips start to turn: push with both feet alike.",
        "Your hips went uneven.",
        "Your hips are uneven: push with both feet alike.",
    ),
    "unsteady": Words("", "You are unsteady.", "You are unsteady: brace before each rep."),
}
UNSURE = "Unsure: your back may have left the pad; keep it against the bench."
CLEAR = "Good: back within the limit."


class Cues:
    """Finds the words for each alert; remembers which faults the athlete has heard of."""

    def __init__(self) -> None:
        self._first: dict[Rule, tuple[int, int]] = {}

    def advice(
        self,
        rule: Rule,
        state: Literal["approaching", "raised", "cleared"],
        rep: tuple[int, int],
        *,
        unsure: bool,
    ) -> str:
        """One short sentence.

        Args:
            rule: of the alert.
            state: of the alert.
            rep: its set and rep.
            unsure: whether it may be a mistake.
        """
        if state == "cleared":
            return CLEAR
        if state == "approaching":
            return WORDS[rule].ahead
        if unsure:
            return UNSURE
        first = self._first.setdefault(rule, rep)
        return WORDS[rule].fault if first == rep else WORDS[rule].fix
