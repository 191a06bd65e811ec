"""The live console: readable from two metres, by a lifter on the machine."""

from monitor.sinks.console.sink import ConsoleSink
from monitor.sinks.console.view import View

__all__ = ["ConsoleSink", "View"]
