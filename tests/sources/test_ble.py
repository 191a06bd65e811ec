"""The line to a sensor: found, started, kept, and made anew, whatever the radio does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest

from monitor.arrivals import Arrival, LinkDown, LinkSilent, LinkUp, Packet
from monitor.errors import InputError, UnreachableError
from monitor.sources.ble import FIRST_TRIES, over_the_air
from monitor.sources.ble_finding import FIND_S, family_for, find, scan
from monitor.wire import droidpad
from monitor.wire.families import FAMILIES
from monitor.wire.reception import Reception
from monitor.wire.reference import Encoder
from tests.radio.sensor import Firmware, Notification
from tests.radio.studio import Studio, in_studio

BACK_S = 5.0
"""A sensor that is back shall stream again within this time."""


def numbered(seconds: float, rate_hz: float = 100.0, size: int = 5) -> list[Notification]:
    """Packets whose samples carry their own number (modulo 4000, in mg)."""
    encoder = Encoder(acc_range_g=8, period_us=round(1e6 / rate_hz))
    life = []
    for first in range(0, int(seconds * rate_hz), size):
        number = np.arange(first, first + size) % 4000
        acc = np.outer(number * 0.00980665, [1.0, 0.0, 0.0])
        said = encoder.encode(acc, np.zeros((size, 3)), first, first / rate_hz)
        life += [((first + size) / rate_hz, *notification) for notification in said]
    return life


class Heard:
    """What came of a line, as it comes."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []
        self.failure: UnreachableError | None = None

    @property
    def links(self) -> list[Arrival]:
        return [one for one in self.arrivals if not isinstance(one, Packet)]

    @property
    def told(self) -> list[str]:
        return [type(one).__name__ for one in self.links]

    @property
    def packets(self) -> list[Packet]:
        return [one for one in self.arrivals if isinstance(one, Packet)]


@asynccontextmanager
async def line(studio: Studio, wanted: str = "LegPress-01") -> AsyncIterator[Heard]:
    """A line to the sensor of that name, read by somebody."""
    one = await find(studio.radio, wanted)
    heard = Heard()
    clock = asyncio.get_running_loop().time
    by_address = wanted == one.address
    family = family_for(one, None)
    source = over_the_air(studio.radio, one, family, by_address=by_address, clock=clock)
    async with source as batches:

        async def read() -> None:
            try:
                async for batch in batches:
                    heard.arrivals += batch
            except UnreachableError as error:
                heard.failure = error

        reading = asyncio.create_task(read())
        try:
            yield heard
        finally:
            reading.cancel()


def test_a_scan_tells_name_family_and_signal():
    async def story(studio: Studio) -> None:
        await studio.sensor()
        (one,) = await scan(studio.radio)
        assert one.name == "LegPress-01"
        assert family_for(one, None) is FAMILIES["reference"]
        assert one.rssi < 0

    in_studio(story)


def test_everything_a_sensor_sends_arrives_whole_in_order_and_stamped():
    async def story(studio: Studio) -> None:
        sensor = await studio.sensor(numbered(30.0))
        async with line(studio) as heard:
            await asyncio.sleep(32.0)
        assert [one.data for one in heard.packets] == [data for _, _, data in numbered(30.0)]
        gaps = np.diff([one.arrival_s for one in heard.packets])
        assert np.allclose(gaps, 0.05, atol=1e-6)
        assert heard.told[0] == "LinkUp"
        assert heard.links[0].battery_pct == 86.0
        assert not sensor.connected

    in_studio(story)


def test_time_begins_when_the_line_is_opened_however_long_the_computer_has_been_on():
    async def story(studio: Studio) -> None:
        await studio.sensor(numbered(10.0))
        await asyncio.sleep(5000.0)
        async with line(studio) as heard:
            await asyncio.sleep(12.0)
        times = [one.arrival_s for one in heard.arrivals]
        assert times == sorted(times)
        assert 0.0 <= times[0] < BACK_S
        assert 9.9 < times[-1] <= 12.0

    in_studio(story)


@pytest.mark.parametrize("goodbye", [True, False], ids=["switched off", "out of reach"])
def test_a_lost_sensor_streams_again_soon_after_it_is_back(goodbye: bool):  # noqa: FBT001
    async def story(studio: Studio) -> None:
        sensor = await studio.sensor(numbered(600.0))
        async with line(studio) as heard:
            for away_s in (0.3, 3.0, 10.0, 33.0):
                await asyncio.sleep(5.0)
                await (sensor.leave() if goodbye else sensor.vanish())
                await asyncio.sleep(away_s)
                before = len(heard.packets)
                await sensor.switch_on()
                assert await studio.until(lambda n=before: len(heard.packets) > n) < BACK_S
        assert heard.told == ["LinkUp"] + 4 * ["LinkDown", "LinkUp"]

    in_studio(story)


def test_a_sensor_that_stays_connected_but_says_nothing_is_not_believed():
    async def story(studio: Studio) -> None:
        sensor = await studio.sensor(numbered(600.0))
        async with line(studio) as heard:
            await asyncio.sleep(5.0)
            sensor.silent = True
            await asyncio.sleep(3.5)
            assert heard.told == ["LinkUp", "LinkSilent", "LinkDown", "LinkUp"]
            sensor.silent = False
            before = len(heard.packets)
            assert await studio.until(lambda: len(heard.packets) > before) < 0.1

    in_studio(story)


def test_a_body_in_the_way_for_a_moment_is_told_and_the_link_goes_on():
    async def story(studio: Studio) -> None:
        sensor = await studio.sensor(numbered(60.0))
        async with line(studio) as heard:
            await asyncio.sleep(5.0)
            sensor.silent = True
            await asyncio.sleep(2.0)
            sensor.silent = False
            await asyncio.sleep(5.0)
        assert [type(one) for one in heard.links] == [LinkUp, LinkSilent, LinkUp]
        assert sensor.connections == 1

    in_studio(story)


def test_what_an_old_link_still_delivers_is_ignored():
    """A stack that is late hands over what it had, while the link is down and after it is up."""

    async def story(studio: Studio) -> None:
        sensor = await studio.sensor(numbered(600.0))
        async with line(studio) as heard:
            await asyncio.sleep(5.0)
            old = list(studio.late)
            await sensor.vanish()
            await studio.until(lambda: heard.told == ["LinkUp", "LinkDown"])
            for hear in old:
                hear(bytearray(b"while it is down"))
            await asyncio.sleep(2.0)
            await sensor.switch_on()
            await studio.until(lambda: heard.told == ["LinkUp", "LinkDown", "LinkUp"])
            for hear in old:
                hear(bytearray(b"while it is up"))
            await asyncio.sleep(5.0)
        assert len(studio.late) == 2 * len(old) > 0
        sent = {data for _, _, data in numbered(600.0)}
        assert {one.data for one in heard.packets} <= sent

    in_studio(story)


def test_samples_of_both_sides_of_a_drop_out_never_meet_in_one_stream():
    async def story(studio: Studio) -> None:
        sensor = await studio.sensor(numbered(600.0))
        async with line(studio) as heard:
            await asyncio.sleep(5.0)
            await sensor.vanish()
            await asyncio.sleep(2.0)
            await sensor.switch_on()
            await asyncio.sleep(5.0)
        down = next(i for i, one in enumerate(heard.arrivals) if isinstance(one, LinkDown))
        assert isinstance(heard.arrivals[down + 1], LinkUp)
        samples = Reception("reference").step(heard.arrivals)
        assert len(samples) == 5 * len(heard.packets)
        assert samples.gap.sum() == 1

    in_studio(story)


def test_bluetooth_that_is_switched_off_is_told_once_and_waited_for(
    caplog: pytest.LogCaptureFixture,
):
    async def story(studio: Studio) -> None:
        await studio.sensor(numbered(600.0))
        async with line(studio) as heard:
            for times in (1, 2):
                await asyncio.sleep(5.0)
                await studio.bluetooth(on=False)
                await asyncio.sleep(20.0)
                assert heard.told == times * ["LinkUp", "LinkDown"]
                assert caplog.text.count("LegPress-01: Bluetooth is switched off; ") == times
                before = len(heard.packets)
                await studio.bluetooth(on=True)
                took_s = await studio.until(lambda n=before: len(heard.packets) > n)
                assert took_s < BACK_S
        assert heard.failure is None

    in_studio(story)


F = "F0:F1:F2:F3:F4:"
PHONE = Firmware("droidpad", "DroidPad", (droidpad.SERVICE,), battery=False)


def text(seconds: float = 600.0) -> list[Notification]:
    """What a phone says."""
    encoder, still = droidpad.Encoder(), np.ones((1, 3))
    said = encoder.encode(still, still, 0, 0.0)
    return [(k / 50, *one) for k in range(int(seconds * 50)) for one in said]


async def comes_back(
    studio: Studio, firmware: Firmware, addresses: list[str], wanted: str, *, last: bool = False
) -> bool:
    """Whether a sensor that left is taken to be back when there is one, or more, of its name."""
    life = text() if firmware is PHONE else numbered(600.0)
    sensor = await studio.sensor(life, firmware, f"{F}01")
    async with line(studio, wanted) as heard:
        await asyncio.sleep(3.0)
        await sensor.vanish()
        await asyncio.sleep(3.0)
        others = [await studio.sensor(life, firmware, f"{F}{one}") for one in addresses]
        if last:
            await asyncio.sleep(0.5)
            await sensor.switch_on()
        await asyncio.sleep(BACK_S)
        assert not last or not any(one.connected for one in others)
        return heard.told[2:] == ["LinkUp"]


@pytest.mark.parametrize(
    ("firmware", "addresses", "wanted", "taken"),
    [
        (PHONE, ["02"], "DroidPad", True),
        (PHONE, ["02", "03"], "DroidPad", False),
        (PHONE, ["02"], f"{F}01", False),
        (Firmware(), ["02"], "LegPress-01", False),
    ],
    ids=["another address", "two of its name", "asked for by address", "addresses are fixed"],
)
def test_a_phone_that_comes_back_under_another_address_is_known_by_its_name(
    firmware: Firmware, addresses: list[str], wanted: str, *, taken: bool
):
    async def story(studio: Studio) -> bool:
        return await comes_back(studio, firmware, addresses, wanted)

    assert in_studio(story) is taken


def test_a_phone_s_own_address_goes_before_others_of_its_name():
    async def story(studio: Studio) -> bool:
        return await comes_back(studio, PHONE, ["02"], "DroidPad", last=True)

    assert in_studio(story)


def test_first_attempts_that_fail_are_repeated():
    async def story(studio: Studio) -> None:
        sensor = await studio.sensor(numbered(60.0))
        sensor.refusals = 3
        async with line(studio) as heard:
            await asyncio.sleep(15.0)
        assert len(heard.packets) > 0
        assert heard.failure is None

    in_studio(story)


def test_a_sensor_that_takes_nobody_s_call_is_given_up_in_words():
    async def story(studio: Studio) -> None:
        sensor = await studio.sensor(numbered(60.0))
        sensor.refusals = 1000
        async with line(studio) as heard:
            await asyncio.sleep(60.0)
        assert heard.failure is not None
        assert str(heard.failure).startswith("LegPress-01: is in reach but cannot be used: ")
        assert sensor.connections <= FIRST_TRIES

    in_studio(story)


def test_who_is_not_there_is_told_with_what_to_do():
    async def story(studio: Studio) -> None:
        await studio.sensor()
        with pytest.raises(UnreachableError, match="LegPress-02: was not found within 20 s; see"):
            await find(studio.radio, "LegPress-02")
        assert studio.now_s < FIND_S + 1

    in_studio(story)


def test_a_sensor_is_found_by_its_address_and_whatever_its_capitals():
    async def story(studio: Studio) -> None:
        await studio.sensor()
        assert (await find(studio.radio, "f0:f1:f2:f3:f4:f5")).name == "LegPress-01"
        assert (await find(studio.radio, "legpress-01")).address == "F0:F1:F2:F3:F4:F5"

    in_studio(story)


def test_of_two_sensors_with_one_name_the_address_must_be_given():
    async def story(studio: Studio) -> None:
        for last in ("F5", "F6"):
            await studio.sensor(address=f"F0:F1:F2:F3:F4:{last}")
        with pytest.raises(InputError, match=r"2 sensors .*: F0:F1:F2:F3:F4:F5, F0:F1:F2:F3:F4:F6"):
            await find(studio.radio, "LegPress-01")
        assert (await find(studio.radio, "F0:F1:F2:F3:F4:F6")).address.endswith("F6")

    in_studio(story)


def test_two_sensors_stream_side_by_side():
    async def story(studio: Studio) -> None:
        lives = [numbered(20.0), numbered(20.0, rate_hz=50.0)]
        for life, name, last in zip(lives, ("one", "two"), ("F5", "F6"), strict=True):
            await studio.sensor(life, Firmware(name=name), f"F0:F1:F2:F3:F4:{last}")
        async with line(studio, "one") as one, line(studio, "two") as two:
            await asyncio.sleep(25.0)
        for heard, life in zip((one, two), lives, strict=True):
            assert [packet.data for packet in heard.packets] == [data for _, _, data in life]

    in_studio(story)


def test_a_battery_that_runs_low_is_told_and_warned_about(caplog: pytest.LogCaptureFixture):
    async def story(studio: Studio) -> None:
        sensor = await studio.sensor(numbered(400.0, rate_hz=25.0, size=10))
        async with line(studio) as heard:
            await asyncio.sleep(70.0)
            for pct in (60, 19, 18, 9):
                sensor.battery_pct = pct
                await asyncio.sleep(61.0)
        told = [(one.reason, one.battery_pct) for one in heard.links if isinstance(one, LinkUp)]
        assert told == [("connected", 86.0), ("battery low", 19.0), ("battery low", 9.0)]

    in_studio(story)
    warned = [one.getMessage() for one in caplog.records if one.name == "legpress"]
    assert warned == [
        "LegPress-01: battery at 19 %; charge it soon",
        "LegPress-01: battery at 9 %; charge it soon",
    ]
