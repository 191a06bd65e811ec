"""Every kind of sensor we can read, by name: one line per family.

A family is a decoder, and its twin: an encoder that says what such a sensor would say, answers
its commands, and so can stand in for one wherever there is none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from monitor.samples import Floats
from monitor.wire import (
    adafruit,
    arduino,
    droidpad,
    movella_dot,
    movesense,
    phone_encoder,
    phone_logger,
    phone_server,
    polar,
    reference,
    witmotion,
)
from monitor.wire.decoder import Decoder
from monitor.wire.gatt import Notification, Profile


class Encoder(Protocol):
    """The sensor's own side: samples and commands in, notifications out.

    It starts as the sensor does when it is switched on: some stream at once, some at another rate
    than they are asked for later, some not before they are told to.
    """

    @property
    def rate_hz(self) -> float:
        """How often it samples at present, by name."""

    @property
    def batch(self) -> int:
        """How many samples it sends at a time."""

    @property
    def streaming(self) -> bool:
        """Whether it sends anything at present, as far as commands decide that."""

    def encode(
        self, acc: Floats, gyr: Floats, sequence: int, sensor_time_s: float
    ) -> list[Notification]:
        """What it sends for `batch` samples.

        Args:
            acc: (n, 3), m/s², n = `batch`.
            gyr: (n, 3), rad/s.
            sequence: running number of the first sample.
            sensor_time_s: its time on the sensor's own clock, s; the others follow at `rate_hz`.
        """

    def replies(self, characteristic: str, data: bytes) -> list[Notification]:
        """What it answers to bytes written to one of its characteristics, and does from then on."""


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of sensor.

    Attributes:
        name: as the user writes it.
        decoder: makes a fresh decoder.
        encoder: makes a fresh sensor's side.
        gatt: how it is found and started over Bluetooth LE.
        nominal_rate_hz: what the sensor says it samples at, None where its packets or their
            arrivals tell.
        reader: makes a decoder of single notifications written down by hand, where that differs
            from `decoder`: it pairs nothing that is sent apart, and takes the options.
        options: what can be told the reader besides the bytes.
    """

    name: str
    decoder: Callable[[], Decoder]
    encoder: Callable[[], Encoder]
    gatt: Profile
    nominal_rate_hz: float | None = None
    reader: Callable[..., Decoder] | None = None
    options: tuple[str, ...] = ()


FAMILIES = {
    family.name: family
    for family in (
        Family("reference", reference.Decoder, reference.Encoder, reference.GATT),
        Family("witmotion", witmotion.Decoder, witmotion.Encoder, witmotion.GATT),
        Family("movesense", movesense.Decoder, movesense.Encoder, movesense.GATT),
        Family(
            "polar",
            polar.Decoder,
            polar.Encoder,
            polar.GATT,
            reader=polar.Reader,
            options=("factor",),
        ),
        Family(
            "movella_dot",
            movella_dot.Decoder,
            movella_dot.Encoder,
            movella_dot.GATT,
            reader=movella_dot.Decoder,
            options=("payload",),
        ),
        Family("arduino", arduino.Decoder, arduino.Encoder, arduino.GATT, reader=arduino.Reader),
        Family(
            "adafruit", adafruit.Decoder, adafruit.Encoder, adafruit.GATT, reader=adafruit.Reader
        ),
        Family(
            "droidpad", droidpad.Decoder, droidpad.Encoder, droidpad.GATT, reader=droidpad.Reader
        ),
        Family(
            "sensor_logger",
            phone_logger.Decoder,
            phone_encoder.LoggerEncoder,
            phone_logger.GATT,
        ),
        Family(
            "sensor_logger_ios",
            partial(phone_logger.Decoder, apple=True),
            partial(phone_encoder.LoggerEncoder, apple=True),
            phone_logger.GATT,
        ),
        Family(
            "sensor_server",
            phone_server.Decoder,
            phone_encoder.ServerEncoder,
            phone_server.GATT,
            reader=phone_server.Reader,
        ),
    )
}
