"""What publishing costs, on a real mosquitto and to an independent subscriber (mosquitto_sub).

python -m tests.benchmarks.mqtt delay        from detection to the subscriber
python -m tests.benchmarks.mqtt outbox       10,000 events, straight, and with 20 kills
python -m tests.benchmarks.mqtt stations N   N simulated stations at 100 Hz in one process
python -m tests.benchmarks.mqtt outage S     a broker that is away for S seconds
python -m tests.benchmarks.mqtt frame        the demo's first frame, with and without a broker
"""

import asyncio
import os
import pty
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np

from monitor.arrivals import Packet
from monitor.cli.publishing import mqtt_sink
from monitor.engine import Engine, Report, Session
from monitor.settings import Mqtt, Settings
from monitor.simulation import demo
from monitor.sources.pace import paced
from tests.cli.legpress import COMMAND, ENVIRONMENT
from tests.sinks.mqtt.feed import Proxy, Publishing, soon
from tests.sinks.mqtt.mosquitto import (
    Mosquitto,
    first_of_each,
    free_port,
    listening,
    mosquitto,
    until,
)

EVENTS = 10_000
KILLS = 20


async def delay(broker: Mosquitto, folder: Path) -> None:
    """From an event's being said to its line in the subscriber's file."""
    own = free_port()
    for name, url, port in (("mosquitto", broker.url, broker.port), ("own broker", None, own)):
        async with Publishing(url, mqtt=_with_port(own)) as session:
            await asyncio.sleep(1.0)
            with listening(port, folder) as listener:
                await soon(lambda listener=listener: listener.heard(), "what is kept")
                said: dict[str, float] = {}
                for _ in range(400):
                    now = time.time()
                    said |= dict.fromkeys(session.say(1), now)
                    await asyncio.sleep(0.02)
                await soon(lambda listener=listener: len(listener.events()) == 400)
                heard = {one.json["event_id"]: one.at_s for one in listener.events()}
        took = np.array([1e3 * (heard[name] - at) for name, at in said.items()])
        print(f"{name}: median {np.median(took):.1f} ms, p95 {np.percentile(took, 95):.1f} ms, "
              f"longest {took.max():.1f} ms")  # fmt: skip


def _with_port(port: int) -> Mqtt:
    from monitor.settings import Broker  # noqa: PLC0415 - its name is taken here

    return Mqtt(broker=Broker(port=port))


async def outage(broker: Mosquitto, folder: Path, seconds: float) -> None:
    """An event a second while the broker is away, then wiped and back."""
    async with Proxy(broker.port) as proxy, Publishing(proxy.url) as session:
        session.say(5)
        await asyncio.sleep(0.5)
        broker.kill()
        proxy.passable = False
        away = []
        for _ in range(int(seconds)):
            away += session.say(1)
            await asyncio.sleep(1.0)
        broker.start()
        with listening(broker.port, folder) as listener:
            await asyncio.sleep(0.5)
            proxy.passable = True
            began = time.monotonic()
            await soon(lambda: len(first_of_each(listener.events())) == len(away))
            ids = [one.json["event_id"] for one in first_of_each(listener.events())]
            late = sum(bool(one.json.get("historical")) for one in listener.events())
            print(f"away for {seconds:.0f} s: {len(ids)} events, in order: {ids == away}, "
                  f"{late} marked, all there after {time.monotonic() - began:.1f} s")  # fmt: skip


async def outbox(broker: Mosquitto, folder: Path) -> None:
    """All events said at once while the broker is away; then it comes."""
    with listening(broker.port, folder) as listener:
        async with Proxy(broker.port) as proxy:
            proxy.passable = False
            async with Publishing(proxy.url) as session:
                began = time.monotonic()
                session.say(EVENTS)
                while session._reports.qsize():  # noqa: ASYNC110 - of the sink's own pace
                    await asyncio.sleep(0.01)
                written = time.monotonic() - began
                await asyncio.sleep(1.0)
                proxy.passable = True
                began = time.monotonic()
                while listener.size() < EVENTS:  # noqa: ASYNC110 - it is another process
                    await asyncio.sleep(0.1)
                flushed = time.monotonic() - began
        ids = [one.json["event_id"] for one in listener.events()]
        print(f"{EVENTS} events: written in {written:.1f} s, sent in {flushed:.1f} s "
              f"(the wait for the next try included), in order: {ids == session.said}")  # fmt: skip


def killed(broker: Mosquitto, folder: Path) -> None:
    """The same from a program that is killed again and again."""
    with listening(broker.port, folder) as listener:
        began, done, kills = time.monotonic(), 0, 0
        while done < EVENTS:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.benchmarks.mqtt", "child", broker.url, str(done)],
                stdout=subprocess.PIPE,
                text=True,
            )
            assert process.stdout is not None
            stop_at = min(done + random.randint(100, 800), EVENTS)  # noqa: S311
            last_one = kills >= KILLS
            for line in process.stdout:
                done = int(line)
                if not last_one and done >= stop_at:
                    time.sleep(random.random() * 0.02)  # noqa: S311 - no secret
                    process.kill()
                    kills += 1
                    break
            process.wait(timeout=60)
            process.stdout.close()
        until(lambda: len(first_of_each(listener.events())) == EVENTS, "all of them")
        events = listener.events()
        ids = [one.json["event_id"] for one in first_of_each(events)]
        whole = sorted(ids) == sorted(f"s-{number}" for number in range(EVENTS))
        print(f"{EVENTS} events over {kills} kills: none lost: {whole}, in order: "
              f"{ids == [f's-{number}' for number in range(EVENTS)]}, "
              f"{len(events) - EVENTS} came twice; {time.monotonic() - began:.0f} s "
              "with all the starts")  # fmt: skip


async def child(url: str, start: int) -> None:
    """Say the events from `start` on; tell which are said for good."""
    async with Publishing(url) as session:
        session._number = start
        while session._number < EVENTS:
            session.say(50)
            await asyncio.sleep(0.02)
            print(session._number - 50, flush=True)
    print(EVENTS, flush=True)


async def stations(broker: Mosquitto, folder: Path, how_many: int) -> None:
    """So many sessions at once, all in their first set."""
    told = demo.demo()
    arrivals = [one for one in told.simulation.packets() if isinstance(one, Packet)]
    before = [one for one in arrivals if one.arrival_s < 23.0]
    during = [
        Packet(one.arrival_s - 23.0, one.data, one.channel)
        for one in arrivals
        if 23.0 <= one.arrival_s < 43.0
    ]
    said: dict[str, tuple[float, float]] = {}
    first_s = during[0].arrival_s

    async def station(number: int) -> None:
        session = Session(f"{number}", "reference", station=f"sled {number}", started_wall_s=0.0)
        engine = Engine(session, Settings(), told.calibration)
        engine.step(before)
        sink = mqtt_sink(broker.url, Settings(), session)
        assert sink is not None
        reports: asyncio.Queue[Report | None] = asyncio.Queue()

        async def handed() -> AsyncIterator[Report]:
            while (report := await reports.get()) is not None:
                yield report

        publishing = asyncio.ensure_future(sink(handed()))
        await started.wait()
        await asyncio.sleep(0.05 * number / how_many)
        began = time.time()
        async with paced(during, 1.0) as batches:
            async for batch in batches:
                report = engine.step(batch)
                now, due = time.time(), began + batch[-1].arrival_s - first_s
                said.update({event.event_id: (due, now) for event in report.events})
                reports.put_nowait(report)
                await asyncio.sleep(0)
        reports.put_nowait(None)
        await publishing

    started = asyncio.Event()
    with listening(broker.port, folder, topic="legpress/+/+/event/#") as listener:
        tasks = [asyncio.create_task(station(number)) for number in range(how_many)]
        await asyncio.sleep(5.0 + 0.3 * how_many)  # all are connected
        used, began = time.process_time(), time.monotonic()
        started.set()
        await asyncio.gather(*tasks)
        used, took = time.process_time() - used, time.monotonic() - began
        until(lambda: len(listener.events()) >= len(said), "all events")
        heard = {one.json["event_id"]: one.at_s for one in listener.events()}
    after_said = np.array([1e3 * (heard[name] - now) for name, (_, now) in said.items()])
    after_due = np.array([1e3 * (heard[name] - due) for name, (due, _) in said.items()])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{how_many} stations, {len(said)} events: from said to heard median "
          f"{np.median(after_said):.0f} ms, p95 "
          f"{np.percentile(after_said, 95):.0f} ms, longest {after_said.max():.0f} ms; from the "
          f"packet's arrival p95 {np.percentile(after_due, 95):.0f} ms, longest "
          f"{after_due.max():.0f} ms; {100 * used / took:.0f} % of a core, {memory:.0f} MB "
          f"({took:.1f} s for 20 s)")  # fmt: skip


def frame() -> None:
    """Until the demo's first frame is on a terminal; in turns, as the computer has its moods."""
    took: dict[str, list[float]] = {"--no-broker": [], "--broker": []}
    for option in ["--no-broker", "--broker"] * 5:
        pid, terminal = pty.fork()
        if pid == 0:
            os.environ.update(ENVIRONMENT, TERM="xterm", COLUMNS="80", LINES="24")
            os.execv(COMMAND[0], [*COMMAND, "demo", option])  # noqa: S606 - ourselves
        began, seen = time.monotonic(), b""
        while b"TILT" not in seen:
            seen += os.read(terminal, 65536)
        took[option].append(time.monotonic() - began)
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        os.close(terminal)
    for option, times in took.items():
        print(
            f"demo {option}: first frame after {np.median(times):.2f} s (quickest {min(times):.2f})"
        )


def main(what: str, *more: str) -> None:
    """Run one of them."""
    if what == "child":
        asyncio.run(child(more[0], int(more[1])))
        return
    if what == "frame":
        frame()
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["LEGPRESS_DATA_DIR"] = str(folder / "data")
        settings = ("allow_anonymous true", "max_queued_messages 0", "set_tcp_nodelay true")
        with mosquitto(folder / "broker", *settings) as broker:
            match what:
                case "delay":
                    asyncio.run(delay(broker, folder))
                case "outbox":
                    asyncio.run(outbox(broker, folder))
                    killed(broker, folder)
                case "outage":
                    asyncio.run(outage(broker, folder, float(more[0])))
                case _:
                    for how_many in more:
                        asyncio.run(stations(broker, folder, int(how_many)))


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["delay"]))
