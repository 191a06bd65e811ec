"""Every family over the air: recognised, started, read, stopped, as its sensors would have it."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from monitor.errors import InputError, UnreachableError
from monitor.samples import Floats, Samples
from monitor.sources.ble import over_the_air
from monitor.sources.ble_finding import family_for, find
from monitor.wire import adafruit, arduino, droidpad, movella_dot, polar, witmotion
from monitor.wire.families import FAMILIES
from monitor.wire.reception import Reception
from tests.radio.sensor import Firmware, Notification, VirtualSensor
from tests.radio.studio import Studio, in_studio

SECONDS = 12.0
FIRMWARES = [
    Firmware(),
    Firmware("witmotion", "WT901BLE68", (witmotion.SERVICE,), battery=False),
    Firmware("movesense", "Movesense 174430000051", ("180D",)),
    Firmware("polar", "Polar Sense A1B2C3D4", (), indicates=frozenset({polar.CONTROL})),
    Firmware("movella_dot", "Movella DOT", (), movella_dot.COMPANY, battery=False),
    Firmware(
        "arduino",
        "BLESense-1A2B",
        (min(arduino.SERVICES),),
        lacks=frozenset({arduino.NICLA_ACC, arduino.NICLA_GYR}),
        battery=False,
    ),
    Firmware("adafruit", "Bluefruit52", (), adafruit.COMPANY),
    Firmware("droidpad", "DroidPad", (droidpad.SERVICE,), battery=False),
]


def motion(time_s: Floats) -> tuple[Floats, Floats]:
    """A sensor that is slowly rocked: (n, 3) m/s², (n, 3) rad/s."""
    phase = np.outer(time_s, [2.0, 3.1, 4.3])
    return 9.8 * np.sin(phase) / 2.0, np.cos(phase)


def rocked(sensor: list[VirtualSensor]) -> Iterator[Notification]:
    """What a sensor of any family says while it is rocked, at the rate it was told."""
    time_s, number = 0.0, 0
    while time_s < SECONDS:
        encoder = sensor[0].encoder
        times = time_s + np.arange(encoder.batch) / encoder.rate_hz
        for characteristic, data in encoder.encode(*motion(times), number, time_s + 7.0):
            yield float(times[-1]), characteristic, data
        time_s = float(times[-1]) + 1.0 / encoder.rate_hz
        number += encoder.batch


@dataclass(frozen=True)
class Outcome:
    samples: Samples
    rate_hz: float
    sensor: VirtualSensor
    battery_pct: float | None


@cache
def streamed(firmware: Firmware) -> Outcome:
    """What comes of a sensor of that kind in ten seconds."""

    async def story(studio: Studio) -> Outcome:
        itself: list[VirtualSensor] = []
        sensor = await studio.sensor(lambda: rocked(itself), firmware)
        itself.append(sensor)
        one = await find(studio.radio, firmware.name)
        family = family_for(one, None)
        assert family.name == firmware.family
        reception = Reception(family.name)
        blocks, battery_pct = [], None
        clock = asyncio.get_running_loop().time
        async with over_the_air(studio.radio, one, family, clock=clock) as batches:
            async for batch in batches:
                blocks.append(reception.step(batch))
                for arrival in batch:
                    battery_pct = getattr(arrival, "battery_pct", None) or battery_pct
                if batch[-1].arrival_s > 11.0:
                    break
        assert not sensor.connected
        return Outcome(Samples.joined(blocks), reception.rate_hz, sensor, battery_pct)

    return in_studio(story)


@pytest.mark.parametrize("firmware", FIRMWARES, ids=lambda one: one.family)
def test_a_sensor_of_each_family_is_known_started_read_and_stopped(firmware: Firmware):
    outcome = streamed(firmware)
    profile = FAMILIES[firmware.family].gatt
    sent = [data for _, data in outcome.sensor.written]
    for command in (*profile.prepare, *profile.start, *profile.stop):
        assert command.data in sent
    assert sent[len(sent) - len(profile.stop) :] == [one.data for one in profile.stop]
    assert outcome.rate_hz >= 50.0
    assert len(outcome.samples) > 6.0 * outcome.rate_hz


@pytest.mark.parametrize("firmware", FIRMWARES, ids=lambda one: one.family)
def test_what_the_sensor_felt_is_what_arrives(firmware: Firmware):
    samples = streamed(firmware).samples
    time_s = np.linspace(1.0, float(samples.time_s[-1]) - 1.0, 300)
    acc, gyr = (
        np.stack([np.interp(time_s, samples.time_s, column) for column in vectors.T], 1)
        for vectors in (samples.acc, samples.gyr)
    )
    late_s = np.arange(-0.5, SECONDS, 0.005)
    misfit = [np.abs(motion(time_s + late)[1] - gyr).max() for late in late_s]
    late = late_s[int(np.argmin(misfit))]
    felt_acc, felt_gyr = motion(time_s + late)
    assert np.abs(felt_gyr - gyr).max() < 0.1
    assert np.abs(felt_acc - acc).max() < 0.5


@pytest.mark.parametrize("family", ["reference", "movesense", "polar", "adafruit"])
def test_a_battery_by_the_standard_is_read(family: str):
    (firmware,) = (one for one in FIRMWARES if one.family == family)
    assert streamed(firmware).battery_pct == 86.0


@pytest.mark.parametrize(
    ("name", "services", "why"),
    [
        ("Polar H10 12345678", (), "has no gyroscope"),
        ("WTVB01-BT50", (witmotion.SERVICE,), "is a vibration sensor"),
        ("Heart Rate", ("180D",), "name it with --family"),
    ],
)
def test_a_sensor_that_cannot_serve_is_refused_in_words(
    name: str, services: tuple[str, ...], why: str
):
    async def story(studio: Studio) -> None:
        await studio.sensor((), Firmware(name=name, advertised=services))
        one = await find(studio.radio, name)
        with pytest.raises(InputError, match=why):
            family_for(one, None)

    in_studio(story)


def test_a_family_that_is_named_is_believed_until_it_shows_that_it_is_not():
    async def story(studio: Studio) -> str:
        await studio.sensor((), Firmware(name="Mystery", advertised=()))
        one = await find(studio.radio, "Mystery")
        family = family_for(one, "witmotion")
        try:
            async with over_the_air(studio.radio, one, family) as batches:
                async for _ in batches:
                    pass
        except UnreachableError as error:
            return str(error)
        return ""

    said = in_studio(story)
    assert said.startswith("Mystery: is in reach but cannot be used: ")
    assert "is it of another family" in said
