"""Settings from a TOML file: what it leaves out keeps its default, what nobody knows is an error.

[limits.pelvic_tilt]
warning = 7             # the other levels stay as they are; false: this level does not exist
"""

import re
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from monitor.errors import InputError
from monitor.settings import LEVELS, Limit, Limits, Settings, feeling


def read_settings(path: Path) -> Settings:
    """The settings in a TOML file.

    Raises:
        InputError: the file cannot be read, is no TOML, or holds a key or value that is not known.
    """
    try:
        return settings_from_toml(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not a text file; a TOML settings file is needed") from error
    except ValueError as error:
        raise InputError(f"{path}: {_plainly(str(error))}; correct the settings file") from error


def settings_from_toml(text: str) -> Settings:
    """The settings in a TOML text, the defaults where it says nothing.

    A level that is `false` does not exist, as in `warning = false`.

    Raises:
        ValueError: what is wrong, and where.
    """
    given = tomllib.loads(text)
    for rule in _tables(_tables(given).get("limits", {})).values():
        for level in LEVELS:
            if _tables(rule).get(level) is False:
                rule[level] = None
    settings = msgspec.convert(_laid_over(msgspec.to_builtins(Settings()), given), Settings)
    felt, at_ease = settings.coaching.pain, msgspec.structs.replace(settings.coaching, pain="none")
    settings = feeling(msgspec.structs.replace(settings, coaching=at_ease), felt)
    for name in Limits.__struct_fields__:
        _check_order(name, getattr(settings.limits, name))
    return settings


def _plainly(said: str) -> str:
    """What msgspec says of a value, in the words of a settings file."""
    what, _, at = said.partition(" - at `$.")
    name = at.rstrip("`")
    if unknown := re.fullmatch(r"Object contains unknown field `(.*)`", what):
        return f"{'.'.join(filter(None, (name, unknown[1])))}: there is no such setting"
    if wrong := re.fullmatch(r"Expected `([^`]*)`, got `(.*)`", what):
        needed = " or ".join(_KINDS[kind] for kind in wrong[1].split(" | ") if kind in _KINDS)
        return f"{name}: must be {needed or wrong[1]}, not {_KINDS.get(wrong[2], wrong[2])}"
    if beyond := re.fullmatch(r"Expected `\w+` (.*)", what):
        return f"{name}: must be {beyond[1]}"
    if other := re.fullmatch(r"Invalid enum value '(.*)'", what):
        return f"{name}: must be {_words_of(name)}, not '{other[1]}'"
    return f"{name}: {what}" if name else said


def _words_of(name: str) -> str:
    """The words that a setting may be."""
    kind: Any = Settings
    for part in name.split("."):
        kind = get_type_hints(kind)[part]
    kinds = [one for one in (kind, *get_args(kind)) if get_origin(one) is Literal]
    return " or ".join(get_args(kinds[0]))


_KINDS = {
    "str": "a text in quotes",
    "float": "a number",
    "int": "a whole number",
    "bool": "true or false",
    "object": "a table",
    "array": "a list",
}


def _tables(value: object) -> dict[str, Any]:
    """A table of the TOML text; what is none is left to the check of types."""
    return value if isinstance(value, dict) else {}


def _laid_over(defaults: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The given values, and the defaults where there are none, table by table."""
    both = defaults | given
    for key in defaults.keys() & given.keys():
        if isinstance(defaults[key], dict) and isinstance(given[key], dict):
            both[key] = _laid_over(defaults[key], given[key])
    return both


def _check_order(name: str, limit: Limit) -> None:
    shares = [share for level in LEVELS if (share := getattr(limit, f"{level}_share"))]
    if any(later < earlier for earlier, later in pairwise(shares)):
        raise ValueError(f"limits.{name}: the levels' shares must not fall, not {shares}")
    levels = [value for level in LEVELS if (value := getattr(limit, level)) is not None]
    if any(later <= earlier for earlier, later in pairwise(levels)):
        raise ValueError(f"limits.{name}: notice, warning and alarm must rise, not {levels}")
