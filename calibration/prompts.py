"""What the guide of a calibration says, word for word."""

from dataclasses import dataclass
from typing import Literal

Key = Literal[
    "stand",
    "lie_back",
    "tilts",
    "count",
    "moved",
    "restless",
    "slid",
    "side_bend",
    "other_way",
    "no_tilt",
    "too_close",
    "again",
    "done",
]
Step = Literal["stand", "lie_back", "tilts", "done"]


@dataclass(frozen=True, slots=True)
class Prompt:
    """One thing to say.

    Attributes:
        time_s: stream time of the newest sample when it was said, s.
        key: what it is about.
        sentence: what to show or say.
    """

    time_s: float
    key: Key
    sentence: str


PRAISE = "Good. "
"""Begins a sentence after something was done."""
SENTENCES: dict[Key, str] = {
    "stand": "Stand upright, arms hanging, and hold still.",
    "lie_back": f"{PRAISE}Sit down, lie back flat against the pad, legs nearly straight, "
    "hold still.",
    "tilts": "Roll your tailbone up, pressing the back flat, and come back: {n} times, slowly.",
    "count": "{n}.",
    "moved": "You moved. Hold still again.",
    "restless": "You are not still yet. Do not talk, shift or sway for ten seconds.",
    "slid": "The strap slid, or you lie differently now. Lie back flat and hold still again.",
    "side_bend": "That was a side bend or a twist, not a tilt. "
    "Roll the tailbone up, straight: {n} times.",
    "other_way": "That was the other way. Roll the tailbone up, pressing the back flat.",
    "no_tilt": "No tilt was felt. Roll the tailbone up as far as it goes, and come back.",
    "too_close": "This is too close to standing to find the axis, so do the tilts. "
    "If you do not lie yet, lie back.",
    "done": "Done.",
}


AGAIN = "Once more: "
"""Begins the sentences that ask for something again; the reason follows."""
