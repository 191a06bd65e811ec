"""Events as they were said in the golden recordings, and changed ones."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from monitor.events import Event, RepEvent, SessionEvent, SetEvent

FOLDER = Path(__file__).parents[2] / "recordings"


def said(name: str) -> list[Event]:
    """What a golden recording says."""
    lines = (FOLDER / f"{name}.events.jsonl").read_bytes().splitlines()
    return [msgspec.json.decode(line, type=Event) for line in lines]


@dataclass(frozen=True)
class Visit:
    """A session of somebody at some time, told with the words of the demo."""

    session_id: str
    athlete: str | None
    started: str | None = "2026-03-02T17:30:00.000Z"

    def events(self) -> list[Event]:
        """All that was said."""
        return [self._own(event) for event in said("simulated_demo")]

    def _own(self, event: Event) -> Event:
        ids = {
            "session_id": self.session_id,
            "event_id": event.event_id.replace("demo", self.session_id, 1),
            "wall_time": self.started,
        }
        if isinstance(event, SessionEvent):
            return msgspec.structs.replace(event, athlete=self.athlete, **ids)
        return msgspec.structs.replace(event, **ids)


def one_set(session_id: str, clean: int, worst_deg: float, *, athlete: str = "Anna") -> list[Event]:
    """A session of one set of ten reps."""
    events = Visit(session_id, athlete, f"2026-03-0{session_id[-1]}T10:00:00.000Z").events()
    first = next(event for event in events if isinstance(event, SetEvent))
    done = msgspec.structs.replace(first, reps=10, clean_reps=clean, worst_peak_tilt_deg=worst_deg)
    return [event for event in events if not isinstance(event, SetEvent | RepEvent)] + [done]
