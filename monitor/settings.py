"""What can be configured, frozen, with its defaults and where they come from.

Every limit is an engineering default, not a medical one. Read from TOML; unknown keys are errors.
"""

import tomllib
from pathlib import Path

import msgspec

from monitor.errors import InputError


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

    notice: float | None
    warning: float | None
    alarm: float | None
    dwell_s: float
    notice_dwell_s: float
    rearm: float
    rearm_s: float = 0.2
    notice_share: float = 0.0
    warning_share: float = 0.0
    alarm_share: float = 0.0
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


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings.

    Attributes:
        athlete: who trains (a pseudonym is enough).
        station: which machine.
        limits: when to speak.
        console: how to show it.
    """

    athlete: str | None = None
    station: str | None = None
    limits: Limits = Limits()
    console: Console = Console()


def read_settings(path: Path) -> Settings:
    """The settings in a TOML file.

    Raises:
        InputError: the file cannot be read, is no TOML, or holds a key or value that is not known.
    """
    try:
        return settings_from_toml(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not a text file; a TOML settings file is needed") from error
    except ValueError as error:
        raise InputError(f"{path}: {error}; correct the settings file") from error


def settings_from_toml(text: str) -> Settings:
    """The settings in a TOML text; ValueError says what is wrong where."""
    return msgspec.convert(tomllib.loads(text), Settings)
