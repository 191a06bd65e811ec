"""A sensor over Bluetooth LE as a source: found once, then kept, whatever the radio does.

    radio ─▶ callback: stamp, copy, queue ─▶ batches of arrivals
    link (`ble_state`): connect, subscribe, start ─▶ watch the data ─▶ lost? seek, connect, …

Nothing is restored after a link was lost: characteristics are subscribed to again, start commands
sent again. What an old link still delivers is ignored. On the way out the sensor is told to stop.
"""

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

from bleak.backends.characteristic import BleakGATTCharacteristic

from monitor.arrivals import Arrival, LinkUp, Packet
from monitor.errors import UnreachableError
from monitor.sources.ble_battery import LOW, Battery
from monitor.sources.ble_errors import in_words
from monitor.sources.ble_finding import find_again
from monitor.sources.ble_line import Hearer, Line
from monitor.sources.ble_mailbox import Mailbox
from monitor.sources.ble_radio import CONNECT_S, Radio, Sighting
from monitor.sources.ble_state import PARAMS, Happening, Link, Params, State
from monitor.wire.families import Family
from monitor.wire.gatt import Profile

FIRST_TRIES = 5
"""First attempts often fail; a sensor that gives no data after so many cannot be used."""
SEEK_S = 5.0
"""How long to listen for a lost sensor before the radio gets a rest."""
BATTERY_S = 60.0
"""Between two looks at the battery."""
_log = logging.getLogger("legpress")
_Happened = tuple[Happening, str]


def over_the_air(
    radio: Radio,
    sighting: Sighting,
    family: Family,
    *,
    by_address: bool = False,
    clock: Callable[[], float] = time.perf_counter,
    params: Params = PARAMS,
) -> AbstractAsyncContextManager[AsyncIterator[Sequence[Arrival]]]:
    """A source that keeps the line to a sensor that was found.

    Args:
        radio: makes scanners and clients.
        sighting: the sensor.
        family: how it is started and read.
        by_address: whether this very address was asked for: then no other will do, not even of
            a family whose addresses change.
        clock: stamps arrivals, s; arrival time 0 is when the source is entered.
        params: how long to wait for what.

    Raises (while it is read):
        UnreachableError: the sensor cannot be used; never once data has come.
    """
    roams = family.gatt.roams and not by_address
    return _open(_Keeper(radio, sighting, family, clock, params, roams=roams))


@asynccontextmanager
async def _open(keeper: "_Keeper") -> AsyncIterator[AsyncIterator[Sequence[Arrival]]]:
    keeping = asyncio.create_task(keeper.keep())
    try:
        yield keeper.mailbox.batches(keeping)
    finally:
        keeping.cancel()
        await _to_its_end(keeping)


async def _to_its_end(keeping: "asyncio.Task[None]") -> None:
    """Wait for a task that is leaving, even if this one is asked again to hurry: it is bounded."""
    interrupted = False
    while not keeping.done():
        try:
            await asyncio.wait([keeping])
        except asyncio.CancelledError:
            interrupted = True
    if not keeping.cancelled():
        keeping.exception()  # whoever read the batches has met it
    if interrupted:
        raise asyncio.CancelledError


class _Keeper:
    """Drives the link's states; one for each sensor."""

    def __init__(
        self,
        radio: Radio,
        sighting: Sighting,
        family: Family,
        clock: Callable[[], float],
        params: Params,
        *,
        roams: bool,
    ) -> None:
        self.mailbox = Mailbox()
        self._roams = roams
        self._radio, self._sighting, self._params = radio, sighting, params
        self._family: Profile = family.gatt
        self._clock, self._start_s = clock, clock()
        self._link = Link(State.CONNECTING)
        self._line: Line | None = None
        self._battery = Battery()
        self._last_s = 0.0  # when data came last, or was asked for
        self._streamed = False
        self._trouble = ""  # what keeps the radio from serving, as it was last told
        self._draw = random.Random()  # noqa: S311 - jitter is no secret

    async def keep(self) -> None:
        """Keep the line until cancelled; then say goodbye.

        Raises:
            UnreachableError: no data came at all.
        """
        acts: dict[State, Callable[[], Awaitable[_Happened]]] = {
            State.SEEKING: self._seek,
            State.CONNECTING: self._connect,
            State.STARTING: self._begin,
            State.STREAMING: self._watch,
            State.SILENT: self._doubt,
            State.RESTING: self._rest,
        }
        try:
            while True:
                happening, reason = await acts[self._link.state]()
                await self._goes_on(happening, reason)
        finally:
            await self._let_go()

    async def _goes_on(self, happening: Happening, reason: str) -> None:
        self._link, tells = self._link.after(happening)
        if tells is LinkUp:
            self.mailbox.put(LinkUp(self._now_s(), reason, self._battery.pct))
        elif tells is not None:
            self.mailbox.put(tells(self._now_s(), reason))
        if self._link.state is State.RESTING:
            await self._let_go()
            if not self._streamed and self._link.tries >= FIRST_TRIES:
                name = self._sighting.name
                raise UnreachableError(
                    f"{name}: is in reach but cannot be used: {reason}; end other programs and "
                    "phones that may hold it, or switch it off and on again"
                )

    def _now_s(self) -> float:
        return self._clock() - self._start_s

    # ── the acts: each leads from one state to the next ──────────────────────────────────────

    async def _seek(self) -> _Happened:
        try:
            found = await find_again(self._radio, self._sighting, SEEK_S, roams=self._roams)
        except UnreachableError as error:
            if str(error) != self._trouble:  # once is enough, however long it lasts
                self._trouble = str(error)
                _log.warning("%s: %s", self._sighting.name, error)
            return Happening.MISSED, str(error)
        self._trouble = ""
        if found is None:
            return Happening.MISSED, "it is not to be found"
        self._sighting = found
        return Happening.FOUND, ""

    async def _connect(self) -> _Happened:
        line = self._line = Line(self._radio, self._sighting)
        try:
            async with self._radio.air, asyncio.timeout(CONNECT_S):
                await line.client.connect()
            self._note_battery(await line.battery_pct(), tell=False)
        except Exception as error:  # noqa: BLE001 - each platform's stack raises what it pleases
            return Happening.REFUSED, in_words(error)
        self._last_s = self._now_s()
        return Happening.CONNECTED, "connected again" if self._streamed else "connected"

    async def _begin(self) -> _Happened:
        """Prepare the sensor, subscribe to everything, then send what starts the stream."""
        line = self._held()
        try:
            for command in self._family.prepare:
                await line.write(command)
            for characteristic, channel in line.notifying(self._family.notifies):
                await line.hear(characteristic, self._hearer(line, channel))
            for command in self._family.start:
                await line.write(command)
        except Exception as error:  # noqa: BLE001 - each platform's stack raises what it pleases
            return Happening.REFUSED, in_words(error)
        line.polling = asyncio.create_task(self._poll_battery(line))
        self._last_s = max(self._last_s, self._now_s())
        return Happening.STARTED, ""

    async def _watch(self) -> _Happened:
        """As long as data comes."""
        line = self._held()
        patience_s = self._params.patience_s(self._family.interval_s)
        if self._link.tries and await line.until(line.data, patience_s):
            return Happening.DATA, ""
        while (left_s := self._last_s + patience_s - self._now_s()) > 0:
            if await line.until(line.gone, left_s):
                return Happening.GONE, "the sensor has left"
        line.data.clear()
        return Happening.QUIET, f"no data for {patience_s:.0f} s"

    async def _doubt(self) -> _Happened:
        """No data: is only somebody in the way?"""
        line = self._held()
        if await line.until(line.data, self._params.give_up_s):
            return Happening.DATA, "data again"
        if line.gone.is_set():
            return Happening.GONE, "the sensor has left"
        return Happening.QUIET, f"no data for {self._now_s() - self._last_s:.0f} s"

    async def _rest(self) -> _Happened:
        await asyncio.sleep(self._link.rest_s(self._draw.random(), self._params))
        return Happening.RESTED, ""

    # ── the line ─────────────────────────────────────────────────────────────────────────────

    def _held(self) -> Line:
        assert self._line is not None  # noqa: S101 - the states before made one
        return self._line

    def _hearer(self, line: Line, channel: str) -> Hearer:
        """What is called with a notification: stamp, copy, queue, return."""
        battery_pct = self._family.battery_pct

        def heard(_: BleakGATTCharacteristic, data: bytearray) -> None:
            if line.over:  # what an old link still delivers is another stream's
                return
            self._last_s = self._now_s()
            self.mailbox.put(Packet(self._last_s, bytes(data), channel))
            self._streamed = True
            line.data.set()
            self._note_battery(battery_pct(channel, bytes(data)), tell=True)

        return heard

    async def _let_go(self) -> None:
        """Tell the sensor to stop, as far as it hears, and end the line; never for long."""
        line = self._line
        if line is None:
            return
        await line.end(self._family.stop)
        self._line = None

    # ── the battery ──────────────────────────────────────────────────────────────────────────

    async def _poll_battery(self, line: Line) -> None:
        """Look at the battery now and then."""
        if self._family.battery_query is None:
            await asyncio.sleep(BATTERY_S)
        while True:
            with suppress(Exception):  # a sensor that cannot tell its battery can still measure
                if self._family.battery_query is not None:
                    await line.write(self._family.battery_query)
                else:
                    self._note_battery(await line.battery_pct(), tell=True)
            await asyncio.sleep(BATTERY_S)

    def _note_battery(self, pct: float | None, *, tell: bool) -> None:
        """Take in a reading; what is worth a word is told with the link, if it is not anyway."""
        reason = None if pct is None else self._battery.read(pct)
        if reason is None:
            return
        if tell:
            self.mailbox.put(LinkUp(self._now_s(), reason, pct))
        if reason == LOW:
            _log.warning("%s: battery at %.0f %%; charge it soon", self._sighting.name, pct)
