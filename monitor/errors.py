"""Everything that can go wrong, as one tree; the text of an error tells the user what to do.

LegpressError                exit status
├── InputError               2   what the user gave cannot be used: what, where, what to do
└── UnreachableError         3   the sensor or the broker could not be reached
"""


class LegpressError(Exception):
    """The root: anything the program can explain to its user in one line."""

    exit_status = 1


class InputError(LegpressError):
    """What the user gave cannot be used."""

    exit_status = 2


class UnreachableError(LegpressError):
    """The sensor or the broker could not be reached."""

    exit_status = 3
