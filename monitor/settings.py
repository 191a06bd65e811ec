"""What can be configured, frozen, with its defaults and where they come from.

Every limit is an engineering default, not a medical one. `monitor.settings_file` reads them.
"""

import os
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import platformdirs

from monitor.arrivals import Feet, Load, Unit

Pain = Literal["none", "mild"]
MILD = 0.7
"""With mild pain the limits of tilt and shift are so much tighter: the warning, else at 70 % of the
athlete's own range, then comes where passive tissue begins to carry, near 50 % (Adams and Dolan;
an engineering choice, not a medical one). Lift keeps its limits: skin alone moves by that much."""
LEVELS = ("notice", "warning", "alarm")
_Positive = Annotated[float, msgspec.Meta(gt=0, le=1000)]
_Duration = Annotated[float, msgspec.Meta(ge=0, le=60)]
_Share = Annotated[float, msgspec.Meta(ge=0, le=10)]


class Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule's levels; a level that is None does not exist.

    Attributes:
        notice, warning, alarm: in the rule's unit.
        notice_share, warning_share, alarm_share: share of the athlete's own posterior range R;
            the limit is the larger of the two where R is known.
        dwell_s: how long the value must stay beyond (warning and alarm).
        notice_dwell_s: the same for a notice.
        rearm: how far below the limit the value must fall before the rule is armed again.
        rearm_s: and for how long.
        enabled: whether the rule speaks at all.
    """

    notice: _Positive | None
    warning: _Positive | None
    alarm: _Positive | None
    dwell_s: _Duration
    notice_dwell_s: _Duration
    rearm: _Positive
    rearm_s: _Duration = 0.2
    notice_share: _Share = 0.0
    warning_share: _Share = 0.0
    alarm_share: _Share = 0.0
    enabled: bool = True


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The limits of all rules. Defaults are the project's contract."""

    pelvic_tilt: Limit = Limit(
        5.0, 8.0, 12.0, 0.1, 0.2, 2.0, notice_share=0.5, warning_share=0.7, alarm_share=0.9
    )
    anterior_tilt: Limit = Limit(5.0, 7.0, 10.0, 0.1, 0.1, 2.0)
    back_lift: Limit = Limit(10.0, None, 20.0, 0.1, 0.1, 5.0)
    pelvic_shift: Limit = Limit(3.0, 4.0, 6.0, 0.2, 0.2, 1.0)


class Console(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The live console."""

    bell: bool = True


class Broker(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The program's own MQTT broker.

    Attributes:
        bind: the address it listens on; beyond this computer only with a password.
        port: another free one is taken where this one is not.
        password_file: the file with the password of its user, legpress; the environment
            variable LEGPRESS_BROKER_PASSWORD comes first.
    """

    bind: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 1883
    password_file: str | None = None


class Mqtt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is published over MQTT, and how the broker is met.

    Attributes:
        prefix, gym, station: the topics' first parts; station None: the session's own.
        discovery: whether Home Assistant is told of the entities, under `discovery_prefix`.
        publish_athlete: the athlete's name as it is, not a pseudonym.
        password_file, keyring: where the broker's password is; the environment variable
            LEGPRESS_MQTT_PASSWORD comes first.
        ca_file: whose word the broker's certificate is taken on; None: the system's.
        cert_file, key_file: the client's own certificate, where the broker wants one.
        broker: the program's own.
    """

    prefix: str = "legpress"
    gym: str = "gym"
    station: str | None = None
    discovery: bool = True
    discovery_prefix: str = "homeassistant"
    publish_athlete: bool = False
    password_file: str | None = None
    keyring: bool = False
    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None
    broker: Broker = Broker()


class Coaching(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the athlete tells the coach, and how much the coach says.

    Attributes:
        load_kg: the weight on the sled, kg, None where not told.
        load_unit: what the athlete counts it in.
        feet: where they stand on the plate.
        pain: how the back feels today; with severe pain there is no session.
        silent: nothing is said during a set, all of it after.
        speak: aloud, too, where the computer can.
        approaching: warn ahead of a limit, too.
    """

    load_kg: Load | None = None
    load_unit: Unit = "kg"
    feet: Feet | None = None
    pain: Pain = "none"
    silent: bool = False
    speak: bool = False
    approaching: bool = True


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings.

    Attributes:
        athlete: who trains (a pseudonym is enough).
        station: which machine.
        limits: when to speak.
        console: how to show it.
        mqtt: what to publish.
        coaching: what the coach is told, and how much he says.
    """

    athlete: str | None = None
    station: str | None = None
    limits: Limits = Limits()
    console: Console = Console()
    mqtt: Mqtt = Mqtt()
    coaching: Coaching = Coaching()


def data_folder() -> Path:
    """Where this computer keeps what is to last: the platform's place, or LEGPRESS_DATA_DIR."""
    own = os.environ.get("LEGPRESS_DATA_DIR")
    return Path(own) if own else platformdirs.user_data_path("legpress", appauthor=False)


def feeling(settings: Settings, pain: Pain) -> Settings:
    """The settings for a back that feels like this today; twice the same changes nothing."""
    if settings.coaching.pain == pain:
        return settings
    factor = MILD if pain == "mild" else 1.0 / MILD
    limits = {
        name: _scaled(getattr(settings.limits, name), factor)
        for name in Limits.__struct_fields__
        if name != "back_lift"
    }
    return msgspec.structs.replace(
        settings,
        limits=msgspec.structs.replace(settings.limits, **limits),
        coaching=msgspec.structs.replace(settings.coaching, pain=pain),
    )


def _scaled(limit: Limit, factor: float) -> Limit:
    names = [f"{level}{of}" for level in LEVELS for of in ("", "_share")]
    values = {name: getattr(limit, name) for name in names}
    scaled = {name: round(factor * v, 6) for name, v in values.items() if v is not None}
    return msgspec.structs.replace(limit, **scaled)
