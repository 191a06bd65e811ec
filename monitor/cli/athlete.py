"""What the athlete tells on the command line: pain, load, feet, and how the coach may speak."""

import logging
from dataclasses import dataclass
from typing import get_args

import msgspec

from monitor.arrivals import Feet
from monitor.cli.pain import Felt, ask_pain
from monitor.coaching.load import load_from
from monitor.coaching.voice import Voice
from monitor.errors import InputError
from monitor.session import Sink
from monitor.settings import Settings, feeling

_log = logging.getLogger("legpress")


@dataclass(frozen=True, slots=True)
class Told:
    """The options as they were written; None: not said, as the settings have it."""

    pain: str | None = None
    load: str | None = None
    feet: str | None = None
    silent: bool | None = None
    bell: bool | None = None
    speak: bool | None = None


def pain_of(told: Told) -> Felt | None:
    """The pain that the option tells, None where it was not given.

    Raises:
        InputError: it is none there is.
    """
    return None if told.pain is None else ask_pain(told.pain)


def with_told(settings: Settings, told: Told, pain: Felt | None = None) -> Settings:
    """The settings with all that was told.

    Args:
        settings: as configured or recorded.
        told: the options.
        pain: how the back feels, None: as the settings have it. With severe pain nobody gets here.

    Raises:
        InputError: an option's value cannot be used.
    """
    coaching, console = settings.coaching, settings.console
    if told.load is not None:
        try:
            load_kg, unit = load_from(told.load)
        except ValueError as error:
            raise InputError(f"--load {told.load}: {error}") from error
        coaching = msgspec.structs.replace(coaching, load_kg=load_kg, load_unit=unit)
    if told.feet is not None:
        coaching = msgspec.structs.replace(coaching, feet=_feet(told.feet))
    if told.silent is not None:
        coaching = msgspec.structs.replace(coaching, silent=told.silent)
    if told.speak is not None:
        coaching = msgspec.structs.replace(coaching, speak=told.speak)
    if told.bell is not None:
        console = msgspec.structs.replace(console, bell=told.bell)
    settings = msgspec.structs.replace(settings, coaching=coaching, console=console)
    if pain in {"none", "mild"}:
        settings = feeling(settings, "mild" if pain == "mild" else "none")
    if settings.coaching.pain == "mild":
        _log.warning(
            "your back hurts a little today: the limits are tighter, no more weight is suggested; "
            "stop if it gets worse"
        )
    return settings


def speech(settings: Settings) -> Sink | None:
    """The sink that speaks, None where it is not wanted or nothing here can speak."""
    if not settings.coaching.speak:
        return None
    from monitor.sinks.speech import SpeechSink, speaker  # noqa: PLC0415 - only where wanted

    found = speaker()
    if found is None:
        _log.warning("nothing here can speak; install espeak-ng, or leave out --speak")
        return None
    return SpeechSink(Voice(settings.coaching), found)


def _feet(text: str) -> Feet:
    for feet in get_args(Feet):
        if text.strip().lower() == feet:
            return feet  # type: ignore[no-any-return] # it is one of the literal's words
    raise InputError(f"--feet {text}: must be one of {', '.join(get_args(Feet))}")
