"""`legpress live --sensor phone`: from a phone's app to the same words that a replay of it says."""

import asyncio
import os
import re
import signal
import time
from pathlib import Path

import aiohttp
import pytest

from monitor.cli.attendance import Asked
from monitor.cli.live import conduct
from monitor.cli.sensors import Finder
from monitor.cli.sessions import Options
from monitor.session import INTERRUPTED
from monitor.simulation.demo import training
from monitor.wire.phone_encoder import LoggerEncoder
from tests.cli.legpress import legpress
from tests.sources.worn_phone import lived, messages, mixed_up

LOCAL = "phone:127.0.0.1:0"
FASTER = 5.0
"""So much faster than ours passes the time of this athlete, and of whoever stamps what he sends."""


@pytest.fixture(autouse=True)
def _own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEGPRESS_DATA_DIR", str(tmp_path / "data"))


class Screen:
    """What was shown on stderr so far."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys, self.text = capsys, ""

    async def found(self, pattern: str) -> str:
        """What a pattern's group matched, once it is there."""
        async with asyncio.timeout(20):
            while not (match := re.search(pattern, self.text)):
                await asyncio.sleep(0.02)
                self.text += self._capsys.readouterr().err
        return match[1]


def test_a_phone_is_found_guided_and_watched_and_a_replay_says_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    recording, events = tmp_path / "session.mcap", tmp_path / "events.jsonl"
    options = Options(None, None, str(events), None, quiet=False, speed="1")
    asked = Asked((LOCAL,), None, None, recording, no_record=False, speed=None, options=options)
    screen = Screen(capsys)

    async def phone() -> None:
        url = await screen.found(r"Push URL (http://\S+)")
        sent = mixed_up(
            list(messages(LoggerEncoder(apple=True, raw=True, batch=25), training().samples))
        )
        async with aiohttp.ClientSession() as session:

            async def post(data: bytes) -> None:
                async with session.post(url, data=data) as answer:
                    assert answer.status == 200

            await lived(sent, post, recording.exists, every_s=0.25 / FASTER)
        await asyncio.sleep(0.5)
        os.kill(os.getpid(), signal.SIGINT)

    async def story() -> None:
        sending = asyncio.create_task(phone())
        quick = Finder(clock=lambda: FASTER * time.perf_counter())
        assert await conduct([asked], quick) == INTERRUPTED
        await sending

    asyncio.run(story())
    live = events.read_text()
    ended = legpress("replay", recording, "--speed", "max", "--quiet", "--events", "-")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == live
    assert live.count('"type":"set"') == 2
    assert live.count('"type":"rep"') == 11
