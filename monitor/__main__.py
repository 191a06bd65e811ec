"""`python -m monitor`, and the `legpress` command."""

import sys


def main() -> None:
    """Run the command line and leave with its exit status."""
    from monitor.cli.leaving import guarded  # noqa: PLC0415 - Ctrl-C is met before the rest loads

    sys.exit(guarded())


if __name__ == "__main__":
    main()
