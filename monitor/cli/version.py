"""Name and version of the program."""

from importlib.metadata import PackageNotFoundError, version


def program() -> str:
    """As in "legpress-monitor 0.1.0"."""
    try:
        return f"legpress-monitor {version('legpress-monitor')}"
    except PackageNotFoundError:  # run from a checkout that was never installed
        return "legpress-monitor (not installed)"
