"""How far to trust the report: its own section, with calibration, data and limits."""

from collections.abc import Iterator
from html import escape

from monitor.events import Rule
from monitor.report.sentences import data_quality, sureness
from monitor.report.story import Story
from monitor.report.tables import table
from monitor.sinks.console.words import LEVELS, RULE, clock, harmless, quantity

LONGEST_LIST = 30
"""Rows of a table of the radio's troubles; more would bury the rest."""


def trust(story: Story) -> Iterator[str]:
    """Calibration, data and how sure we are."""
    yield '<section aria-labelledby="trust"><h2 id="trust">How far to trust this</h2>'
    yield "<h3>How sure we are</h3><ul>"
    yield from (f"<li>{escape(known)}</li>" for known in sureness(story))
    yield "</ul><h3>Calibration</h3>"
    yield from _calibration(story)
    yield f"<h3>Data</h3><p>{escape(data_quality(story))}</p>"
    rows = [
        (clock(event.time_s), f"data {event.state}", escape(harmless(event.reason)))
        for event in story.quality
    ]
    rows += [
        (clock(event.time_s), f"link {event.state}", escape(harmless(event.reason)))
        for event in story.links
    ]
    if rows:
        rows.sort(key=lambda row: (len(row[0]), row[0]))
        head = ("at", "what", "why")
        yield table("What happened to the data", head, rows[:LONGEST_LIST], "words")
        if len(rows) > LONGEST_LIST:
            yield f"<p>… and {len(rows) - LONGEST_LIST} more.</p>"
    yield "<h3>Limits</h3>"
    yield table("Where it speaks", ("", *LEVELS), list(_limit_rows(story)))
    yield "</section>"


def _calibration(story: Story) -> Iterator[str]:
    if story.calibration is None:
        yield "<p>There was none.</p>"
        return
    verdict, at = story.calibration.verdict, story.calibration.placement
    yield f"<p>Verdict: <strong>{verdict.grade}</strong>.</p>"
    if verdict.reasons:
        yield "<ul>"
        yield from (f"<li>{escape(harmless(reason, 300))}</li>" for reason in verdict.reasons)
        yield "</ul>"
    rows = [
        ("neutral known to", f"± {2 * at.up_sigma_deg:.1f}°"),
        ("axis through the hips known to", f"± {2 * at.left_sigma_deg:.1f}°"),
        ("seat back from vertical", _known(at.seat_back_deg, "°")),
        ("your own posterior range", _known(at.range_deg, "°")),
        ("made", escape(harmless(story.calibration.made)) or "–"),
    ]
    yield table("Calibration in figures, two sigma", ("", ""), rows)


def _limit_rows(story: Story) -> Iterator[tuple[str, ...]]:
    units: dict[Rule, str] = dict.fromkeys(story.limits, "°") | {"back_lift": "mm"}
    for rule, levels in story.limits.items():
        yield RULE[rule], *(_known(levels.get(level), units[rule]) for level in LEVELS)


def _known(value: float | None, unit: str) -> str:
    return "–" if value is None else quantity(value, unit, 0)
