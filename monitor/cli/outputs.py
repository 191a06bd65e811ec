"""What a command writes: never over what it reads, and no two things into one file."""

from itertools import combinations
from pathlib import Path

from monitor.errors import InputError


def keep_apart(*named: tuple[str, Path | None]) -> None:
    """See, before anything is written, that all files of a command are different ones.

    Args:
        named: how the user knows each file, as an option or in words, and where it is, None where
            it was not given; those that are only read first.

    Raises:
        InputError: two are the same.
    """
    for (known, one), (option, other) in combinations(named, 2):
        if one is not None and other is not None and _same_file(one, other):
            raise InputError(f"{option} {other}: is {known} as well; name another file")


def _same_file(one: Path, other: Path) -> bool:
    """Whether what is written to one of them is in the other; a device is no such file."""
    try:
        if one.exists() and other.exists():
            return one.is_file() and one.samefile(other)
        return one.resolve() == other.resolve()
    except (OSError, RuntimeError):  # whoever opens it says what is wrong with it
        return False
