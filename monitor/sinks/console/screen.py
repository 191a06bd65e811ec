"""The view, drawn: what a lifter reads from two metres large, what a coach reads beside it small.

The screen is a stack of sections, each with a weight. At 80×24 all of them are there; a lower
terminal loses the lightest first, a higher one makes the important ones larger.
"""

from dataclasses import dataclass
from math import isnan

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from monitor.sinks.console.during import set_in_progress
from monitor.sinks.console.gauges import progress
from monitor.sinks.console.lines import Section, being_typed, spread, stacked
from monitor.sinks.console.summary import set_over
from monitor.sinks.console.view import View
from monitor.sinks.console.words import DISCLAIMER, NEXT_WEIGHT, clock, harmless, quantity


@dataclass(frozen=True, slots=True)
class Screen:
    """A view as something rich can print, for any terminal size."""

    view: View

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw for the size rich offers."""
        height = options.height or console.height
        for nth, line in enumerate(self.lines(options.max_width, height)):
            # they fit already: looking for places to fold them would take most of the time
            yield from line.render(console, end="" if nth == height - 1 else "\n")

    def lines(self, width: int, height: int) -> list[Text]:
        """Exactly `height` lines, none wider than `width`."""
        body = set_over if self.view.between_sets else set_in_progress
        sections = [
            Section(40, [_header(self.view, width)]),
            Section(20, [_data(self.view)]),
            *body(self.view, width, height),
            Section(_weight(self.view), [_footer(self.view, width)]),
        ]
        return stacked(sections, width, height)


def _header(view: View, width: int) -> Text:
    """Who trains where, and for how long."""
    session = view.session
    names = (session.athlete, session.station, session.sensor) if session else ()
    shown = [harmless(name, width // 3) for name in names if name]
    title = Text.assemble((" legpress ", "bold reverse"), "  ", (" · ".join(shown), "bold"))
    state = "ended " if view.ended else ""
    return spread(title, Text(f"{state}{clock(view.now_s)} ", "dim"), width)


def _data(view: View) -> Text:
    """How far the data can be trusted: link, quality, rate, loss, battery, calibration."""
    line = Text("")
    if view.link:
        up = view.link.state == "up"
        line.append(f" {'●' if up else '○'} link {view.link.state}  ", _alertness(bad=not up))
    if view.quality:
        reason = harmless(view.quality.reason, 30)
        good = view.quality.state == "good"
        told = "" if good or not reason else f" ({reason})"
        line.append(f" data {view.quality.state}{told}  ", _alertness(bad=not good))
    if not isnan(view.rate_hz):
        line.append(f" {view.rate_hz:.0f} Hz  ", "dim")
    if not isnan(view.loss_pct):
        line.append(f" loss {view.loss_pct:.1f} %  ", _alertness(bad=view.loss_pct >= 5.0))
    if view.battery_pct is not None:
        battery = quantity(view.battery_pct, "%", 0)
        line.append(f" battery {battery}  ", _alertness(bad=view.battery_pct < 15.0))
    if view.session:
        grade = view.session.calibration
        line.append(f" calibration {grade}", _alertness(bad=grade in {"poor", "none"}))
    return line


def _alertness(*, bad: bool) -> str:
    return "bold yellow" if bad else "dim"


def _weight(view: View) -> int:
    """Who types looks at what he types; what the footer always says can wait."""
    return 105 if view.typed else 75 if view.prompt or view.note else 10


def _footer(view: View, width: int) -> Text:
    """What is typed and said to it, how far a replay has come, and what this is not."""
    words = Text(f"{DISCLAIMER} ", "dim")
    if view.typed:
        return being_typed(harmless(view.typed), width)
    if view.prompt and not (view.note and view.prompt == NEXT_WEIGHT):
        return spread(Text(f" {harmless(view.prompt)}", "bold cyan"), words, width)
    if view.note:
        return Text(f" {harmless(view.note)}", "bold yellow")
    if view.total_s is None or view.total_s <= 0:
        return spread(Text(" Ctrl-C ends the session", "dim"), words, width)
    times = f" {clock(view.now_s)} / {clock(view.total_s)}"
    room = width - len(times) - words.cell_len - 5
    if room < 8:
        words, room = Text(), max(width - len(times) - 3, 4)
    bar = progress(room, view.now_s / view.total_s)
    return spread(Text.assemble(" ", bar, (times, "dim")), words, width)
