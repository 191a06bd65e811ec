"""The one thing to know now, across the whole width: an alert, a lost link, what is missing.

A raised alert is a filled block with its level in large letters; an approaching one is an empty
frame; a past one is faint. Without colour they remain as different as that.
"""

from rich.text import Text

from monitor.events import AlertEvent, LinkEvent
from monitor.sinks.console import digits
from monitor.sinks.console.lines import centred, filled, folded, resized
from monitor.sinks.console.view import View
from monitor.sinks.console.words import (
    COLOUR,
    HOW_TO_CALIBRATE,
    HOW_TO_GO_ON,
    OR_TYPE,
    RULE,
    STRAP_MOVED,
    TYPE_CALIBRATE,
    figures,
    harmless,
    quantity,
    rank,
)

NEWS_S = 3.0
"""A finished rep is commented on for this long."""


def banner(view: View, width: int, rows: int) -> list[Text]:
    """What matters most, as exactly `rows` lines."""
    if view.link and view.link.state != "up" and not view.ended:
        return _framed(*_link(view.link), width, rows, "bright_red")
    standing = view.banner
    if standing is None or view.settings.coaching.silent:
        return _quiet(*_remark(view), width, rows)
    alert, colour = standing.alert, COLOUR[standing.alert.level]
    match standing.manner:
        case "raised":
            return _raised(alert, _also_near(view, alert), width, rows)
        case "approaching":
            title = f"▸▸ {alert.level} is near: {RULE[alert.rule]} {figures(alert)}"
            return _framed(title, harmless(alert.advice), width, rows, colour)
        case _:
            title = f"over: {alert.level}, {RULE[alert.rule]} {figures(alert)}"
            return _quiet([title, harmless(alert.advice)], f"dim {colour}", width, rows)


def _link(link: LinkEvent) -> tuple[str, str]:
    reason = harmless(link.reason)
    if link.state == "down":
        title = f"link down: {reason}" if reason else "link down"
        return title, "Is the sensor in reach, and charged? Waiting for it."
    title = f"no data from the sensor: {reason}" if reason else "no data from the sensor"
    return title, "Connected, yet silent. Waiting for it."


def _remark(view: View) -> tuple[list[str], str]:
    """What to say, and how, while no alert stands."""
    if view.session is None:
        return ["waiting for the first data"], "dim"
    if view.session and view.session.calibration == "none":
        how = TYPE_CALIBRATE if view.asks else HOW_TO_CALIBRATE
        return ["no calibration: tilt and lift are not known", how], "bold"
    if view.quality and view.quality.state == "bad":
        reason = harmless(view.quality.reason)
        how = TYPE_CALIBRATE if reason == STRAP_MOVED and view.asks else ""
        return [f"the data cannot be trusted: {reason}", how], "bold bright_red"
    if view.quality and view.quality.reason == STRAP_MOVED:
        how = f"{HOW_TO_GO_ON} {OR_TYPE}" if view.asks else HOW_TO_GO_ON
        return ["the strap moved", how], "bold yellow"
    return _of_the_last_rep(view)


def _of_the_last_rep(view: View) -> tuple[list[str], str]:
    if view.settings.coaching.silent:
        return ["silent: all is said after the set"], "dim"
    if not view.reps or view.now_s - view.reps[-1].known_s >= NEWS_S:
        return [], ""
    rep = view.reps[-1]
    if rep.clean:
        return [f"rep {rep.rep}: clean ✓"], "bold green"
    return [f"rep {rep.rep}: peak tilt {quantity(rep.peak_tilt_deg, '°')}"], "bold"


def _quiet(lines: list[str], style: str, width: int, rows: int) -> list[Text]:
    kept = [piece for line in lines for piece in folded(line, width, rows)]
    return resized([centred(line, width, style) for line in kept], rows)


def _framed(title: str, text: str, width: int, rows: int, colour: str) -> list[Text]:
    """An outline with a title in its upper edge; a single line where there is no room."""
    style = f"bold {colour}"
    if rows < 3 or width < 8:
        return resized(
            [Text(line, style) for line in folded(f"{title}. {text}", width, rows)], rows
        )
    head = folded(title, width - 6, 1)[0]
    top = Text(f"╭─ {head} ", style)
    top.append("─" * (width - 1 - top.cell_len) + "╮")
    inner = folded(text, width - 4, rows - 2)
    body = [
        Text.assemble(
            ("│ ", style), (line, style), " " * (width - 3 - Text(line).cell_len), ("│", style)
        )
        for line in inner + [""] * (rows - 2 - len(inner))
    ]
    return [top, *body, Text(f"╰{'─' * (width - 2)}╯", style)]


def _raised(alert: AlertEvent, also: str, width: int, rows: int) -> list[Text]:
    """A filled block: the level in large letters, beside it the measure and the advice."""
    colour = COLOUR[alert.level]
    style = f"bold reverse {colour}"
    word, advice = alert.level.upper(), harmless(alert.advice)
    facts = f"{RULE[alert.rule]} {figures(alert)}"
    large = _large(word, width, rows)
    if large is None:
        lines = folded(f"{word}: {advice} {facts}", width - 2, rows)
        return [filled(f" {line}", width, style) for line in lines + [""] * (rows - len(lines))]
    room = width - len(large[0]) - 5
    told = [facts, *folded(advice, room - 3, 2), also]
    beside = resized([Text(f"  {line}") for line in told if line], rows)
    glyphs = resized([Text(f" {line} ") for line in large], rows)
    return [
        Text.assemble(("  ", style), (f"{a.plain:<{len(large[0]) + 2}}", f"bold {colour}"), b)
        for a, b in zip(glyphs, (filled(b.plain, room + 1, style) for b in beside), strict=True)
    ]


def _large(word: str, width: int, rows: int) -> list[str] | None:
    """The word in the largest glyphs that leave room for a sentence beside it, if any do."""
    for scale in (2, 1, 0):
        glyphs = digits.big(word, scale)
        if len(glyphs) <= rows and len(glyphs[0]) + 7 + 40 <= width:
            return glyphs
    return None


def _also_near(view: View, raised: AlertEvent) -> str:
    """Whether a higher level, of whichever rule, is near as well."""
    near = [s.alert for s in view.standing if s.manner == "approaching"]
    worst = max(near, key=lambda alert: rank(alert.level), default=raised)
    if rank(worst.level) <= rank(raised.level):
        return ""
    return f"▸▸ {worst.level} is near: {RULE[worst.rule]}"
