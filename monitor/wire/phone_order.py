"""Messages of one phone, put into the order in which it sent them.

They are numbered, and each may take its own way through the network. One that is missing is waited
for until enough later ones are there to say that it was lost. A second phone that sends to the
same address is not mixed in: the first that was heard is the athlete's.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from monitor.samples import Floats
from monitor.wire.phone_stamps import Whole

WAIT_MESSAGES = 3
"""So many later messages, and …"""
WAIT_NS = 1_000_000_000
"""… so much later ones, say that a message was lost: Wi-Fi sends again for some 100 ms."""
MOST_WAITING = 16
"""Messages that wait, whatever their times say."""
PAST = 8
"""Recordings that are remembered as over."""


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """One message, read.

    Attributes:
        number: its running number within the recording.
        recording: which one: the app names each.
        phone: which one.
        vectors: sensor → (n,) stamps, ns, and (n, 3) values as they were sent.
        android: whether it can only be an Android phone's.
    """

    number: int
    recording: str
    phone: str
    vectors: Mapping[str, tuple[Whole, Floats]]
    android: bool

    @property
    def newest_ns(self) -> int:
        """The newest stamp, 0 where there is none."""
        return max((int(time_ns.max()) for time_ns, _ in self.vectors.values()), default=0)


class InOrder:
    """Messages in as they come, out as they were sent."""

    def __init__(self) -> None:
        self._phone: str | None = None
        self._recording: str | None = None
        self._past: deque[str] = deque(maxlen=PAST)
        self._waiting: dict[int, Message] = {}
        self._number = -1  # of the last that went out
        self._newest_ns = 0  # its newest stamp
        self._any = True  # whichever comes now is the next

    def restart(self) -> None:
        """A lost link: nobody waits for what was lost with it."""
        self._waiting.clear()
        self._any = True

    def put(self, message: Message) -> list[Message] | str:
        """The messages whose turn has come, or why this one is not wanted."""
        if self._phone is None:
            self._phone = message.phone
        if message.phone != self._phone:
            return "another phone sends to the same address"
        if message.recording != self._recording:
            if message.recording in self._past:
                return "a message of a recording that is over"
            self._begin(message.recording)
        if message.number <= self._number or message.number in self._waiting:
            return "a message came twice, or late"
        self._waiting[message.number] = message
        return self._due()

    def _begin(self, recording: str) -> None:
        """The phone has begun a new recording."""
        if self._recording is not None:
            self._past.append(self._recording)
        self._recording, self._number, self._newest_ns = recording, -1, 0
        self.restart()

    def _due(self) -> list[Message]:
        due = []
        while self._waiting:
            number = min(self._waiting)
            if not (self._any or number == self._number + 1 or self._in_vain()):
                break
            message = self._waiting.pop(number)
            self._number, self._any = number, False
            self._newest_ns = max(self._newest_ns, message.newest_ns)
            due.append(message)
        return due

    def _in_vain(self) -> bool:
        """Whether what is missing was lost."""
        ahead_ns = max(one.newest_ns for one in self._waiting.values()) - self._newest_ns
        enough = len(self._waiting) >= WAIT_MESSAGES and ahead_ns > WAIT_NS
        return enough or len(self._waiting) > MOST_WAITING
