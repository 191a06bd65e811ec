"""A real broker and an independent client, as Debian packages them; each test starts its own."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

BROKER = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
LISTENER = shutil.which("mosquitto_sub")
needs_mosquitto = pytest.mark.skipif(
    BROKER is None or LISTENER is None,
    reason="needs a broker: apt-get install mosquitto mosquitto-clients",
)
PATIENCE_S = 30.0


def free_port() -> int:
    """A port nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    """Whether somebody answers at a port."""
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(true: Callable[[], Any], what: str = "it") -> None:
    """Wait for something to become so."""
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.02)


class Mosquitto:
    """A broker in a folder of its own; it can be killed and started again."""

    def __init__(self, folder: Path, *settings: str, port: int | None = None) -> None:
        self.folder, self.port = folder, port or free_port()
        self._settings = settings or ("allow_anonymous true",)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        lines = (
            *(["user root"] if os.geteuid() == 0 else []),  # else it could not read our files
            f"listener {self.port} 127.0.0.1",
            *self._settings,
        )
        configuration = self.folder / "mosquitto.conf"
        configuration.write_text("\n".join(lines) + "\n")
        assert BROKER is not None
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [BROKER, "-v", "-c", str(configuration)], stdout=log, stderr=log
            )
        until(self._answers, "mosquitto to listen")

    def kill(self) -> None:
        """As when the power fails; it has forgotten everything when it starts again."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(timeout=10)
        self._process = None

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log()
        return listens(self.port)


@contextmanager
def mosquitto(folder: Path, *settings: str) -> Iterator[Mosquitto]:
    broker = Mosquitto(folder, *settings)
    broker.start()
    try:
        yield broker
    finally:
        if broker._process is not None:
            broker.kill()


@dataclass(frozen=True)
class Heard:
    """A message as it came over the wire."""

    topic: str
    qos: int
    retained: bool
    payload: bytes
    at_s: float

    @property
    def name(self) -> str:
        """The topic below the station's."""
        return self.topic.split("/", 3)[3] if self.topic.startswith("legpress/") else self.topic

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON is anything
        return json.loads(self.payload)


class Listener:
    """mosquitto_sub, writing down what it hears; it comes again when the broker was away."""

    FORMAT = "%U %q %r %t\t%x"

    def __init__(self, port: int, folder: Path, *options: str, topic: str = "#") -> None:
        assert LISTENER is not None
        self._path = folder / f"heard-{free_port()}"
        command = [LISTENER, "-h", "127.0.0.1", "-p", str(port), "-t", topic, "-q", "1"]
        with self._path.open("wb") as output:
            self._process = subprocess.Popen(
                [*command, "-F", self.FORMAT, *options], stdout=output, stderr=subprocess.DEVNULL
            )

    def heard(self) -> list[Heard]:
        messages = []
        for line in self._path.read_text().splitlines(keepends=True):
            if line.endswith("\n"):
                head, _, payload = line[:-1].partition("\t")
                at_s, qos, retained, topic = head.split(" ", 3)
                data = bytes.fromhex(payload)
                messages.append(Heard(topic, int(qos), retained == "1", data, float(at_s)))
        return messages

    def size(self) -> int:
        """How many messages it heard."""
        return self._path.read_bytes().count(b"\n")

    def events(self) -> list[Heard]:
        return [message for message in self.heard() if message.name.startswith("event/")]

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(timeout=10)


@contextmanager
def listening(port: int, folder: Path, *options: str, topic: str = "#") -> Iterator[Listener]:
    listener = Listener(port, folder, *options, topic=topic)
    try:
        yield listener
    finally:
        listener.stop()


def kept_by(port: int, folder: Path, *options: str) -> dict[str, bytes]:
    """What a broker keeps, by topic."""
    with listening(port, folder, "--retained-only", *options) as listener:
        names = {"status", "link", "state", "health", "config"}
        until(lambda: names <= {one.topic.rpartition("/")[2] for one in listener.heard()}, "all")
        time.sleep(0.2)  # what should not be kept would come now
        return {one.topic: one.payload for one in listener.heard()}


def first_of_each(events: Sequence[Heard]) -> list[Heard]:
    """Without duplicates, as every consumer drops them: the first of each event_id."""
    return list({one.json["event_id"]: one for one in reversed(events)}.values())[::-1]
