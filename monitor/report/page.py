"""The report as one HTML file that needs nothing else: no network, no script, no other file.

What a lifter must know stands in the first screen: how many reps were clean, where it was worst,
what to do next time. Below it, set by set, what that rests on; every plot has its table beside it.
Colours follow the reader's light or dark scheme; printed, it is light.
"""

from collections.abc import Iterator
from html import escape
from importlib.resources import files

from monitor.coaching.told import told_in_words
from monitor.events import RepEvent
from monitor.report import plots
from monitor.report.sentences import (
    headline,
    next_time,
    sentence,
    set_by_set,
    told_by_athlete,
    what_was_worst,
    why,
)
from monitor.report.story import SetStory, Story
from monitor.report.tables import table
from monitor.report.trust import trust
from monitor.sinks.console.summary import set_in_short, worth_showing
from monitor.sinks.console.words import (
    CAUSE,
    DISCLAIMER,
    LETTER,
    clock,
    counted,
    harmless,
    quantity,
)

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""Whatever a name may hold: the browser is to run and to load nothing."""
FOOTER = (
    f"{DISCLAIMER.capitalize()}. Limits are engineering defaults, not medical ones. If your back "
    "hurts badly or is injured: rest, and see a professional."
)


def page(story: Story) -> str:
    """The whole page."""
    name = _who(story)
    style = files("monitor.report").joinpath("style.css").read_text(encoding="utf-8")
    return "".join(
        [
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>{name}: leg press report</title><style>{style}</style></head><body>",
            *_header(story, name),
            "<main>",
            *_message(story),
            *(part for one in story.sets for part in _set(story, one)),
            *trust(story),
            "</main>",
            f"<footer><p>{FOOTER}</p></footer></body></html>\n",
        ]
    )


def _who(story: Story) -> str:
    name = harmless(story.about.athlete if story.about else story.session.athlete, 60)
    return escape(name or harmless(story.name, 60) or "A session")


def _header(story: Story, name: str) -> Iterator[str]:
    about = story.about
    when = story.began.strftime("%Y-%m-%d %H:%M UTC") if story.began else ""
    facts = [
        when,
        harmless(about.station if about else None, 60),
        harmless(about.sensor if about else None, 60),
        *told_by_athlete(story),
        f"{clock(story.duration_s)} recorded",
        harmless(story.name, 80),
    ]
    told = " · ".join(escape(fact) for fact in facts if fact)
    yield f'<header><p class="kind">Leg press report</p><h1>{name}</h1><p>{told}</p></header>'


def _message(story: Story) -> Iterator[str]:
    """The first screen."""
    worst = (story.worst.level if story.worst else None) or ("clean" if story.reps else "unknown")
    yield f'<section class="message {worst}" aria-labelledby="message">'
    yield f'<h2 id="message">{headline(story)}</h2>'
    yield f'<p class="worst">{what_was_worst(story)} {set_by_set(story)}</p>'
    if story.sets:
        yield f'<p class="next"><strong>Next time:</strong> {escape(next_time(story))}</p>'
        if because := why(story):
            yield f'<p class="why">{escape(because)}</p>'
    yield "</section>"
    yield '<dl class="tiles">'
    for title, value, note in _tiles(story):
        yield f"<div><dt>{title}</dt><dd>{value}<small>{note}</small></dd></div>"
    yield "</dl>"


def _tiles(story: Story) -> Iterator[tuple[str, str, str]]:
    """The session in a few large figures: a title, a value, a note."""
    reps = story.reps
    if reps:
        clean = sum(rep.clean for rep in reps)
        yield "clean reps", f"{clean} of {len(reps)}", f"in {counted(len(story.sets), 'set')}"
        worst = max(reps, key=lambda rep: rep.peak_tilt_deg)
        yield "most tilt", quantity(worst.peak_tilt_deg, "°"), f"set {worst.set}, rep {worst.rep}"
        lifted = [rep for rep in reps if rep.peak_lift_mm is not None]
        if lifted:
            most = max(lifted, key=lambda rep: rep.peak_lift_mm or 0.0)
            sigma = quantity(2 * (most.lift_sigma_mm or 0.0), "mm", 0)
            yield "most lift", quantity(most.peak_lift_mm, "mm", 0), f"± {sigma}"
        raised = [counted(n, level) for level, n in story.raised.items() if n]
        yield "alerts", str(sum(story.raised.values())), ", ".join(raised) or "none raised"
    grade = story.calibration.verdict.grade if story.calibration else "none"
    yield "calibration", grade, "from your own neutral pose" if story.calibration else ""
    data, lost = story.worst_data, f"{quantity(story.lost_pct, '%')} lost"
    reason = escape(harmless(data.reason, 60)) if data is not None else ""
    yield "data", data.state if data else "good" if reps else "–", reason or lost


def _set(story: Story, one: SetStory) -> Iterator[str]:
    """All about one set."""
    told = one.told
    key = f"set{told.set}"
    yield f'<section aria-labelledby="{key}"><h2 id="{key}">Set {told.set}</h2>'
    yield f'<p class="short">{escape(set_in_short(told))}.{_pace(one)}{_under(one)}</p>'
    yield f'<p class="advice">{escape(harmless(told.suggestion, 400))}</p>'
    yield from _causes(one)
    yield '<div class="plots">'
    for plot, caption in (
        (plots.descents, "Tilt on the way down: every rep, with its number. Flat is good."),
        (plots.trend, "Peak tilt rep by rep; dashed, where it was heading."),
        (plots.lift, "How far the back left the pad, live, with its band of two sigma."),
        (plots.timeline, "When it warned: n notice, W warning, A alarm. Shaded: the reps."),
    ):
        drawn = plot(f"{key}-{plot.__name__}", story, one)
        yield f"<figure>{drawn}<figcaption>{caption}</figcaption></figure>"
    yield "</div>"
    yield from _reptable(story, one)
    yield "</section>"


def _pace(one: SetStory) -> str:
    slower = one.told.concentric_slowdown_pct
    if slower is None or abs(slower) < 5:
        return ""
    return f" The push got {'slower' if slower > 0 else 'faster'} by {abs(slower):.0f} %."


def _under(one: SetStory) -> str:
    """The weight and the feet, as far as the athlete told them."""
    told = told_in_words(one.known)
    return f" With {told}." if told else ""


def _causes(one: SetStory) -> Iterator[str]:
    causes = worth_showing(one.told)
    if not causes:
        return
    yield '<ol class="causes">'
    for cause in causes:
        likely = f"{100 * cause.confidence:.0f} % likely"
        said = [cause.evidence]
        if cause.advice != one.told.suggestion:  # that is told above, in bold
            said.append(cause.advice)
        told = "".join(f"<p>{escape(sentence(clause))}</p>" for clause in said if clause)
        yield f"<li><strong>{CAUSE[cause.cause]}</strong> <span>{likely}</span>{told}</li>"
    yield "</ol>"


COLUMNS = ("rep", "tilt", "lift", "shift", "roll starts at", "down", "pause", "push", "verdict")


def _reptable(story: Story, one: SetStory) -> Iterator[str]:
    rows = [_rep_row(story, rep) for rep in one.reps]
    yield table(f"Set {one.told.set}, rep by rep", COLUMNS, rows)


def _rep_row(story: Story, rep: RepEvent) -> tuple[str, ...]:
    level = story.level(rep)
    verdict = "clean" if rep.clean else f"{LETTER[level]} {level}" if level else "not clean"
    lift = "–"
    if rep.peak_lift_mm is not None and rep.lift_sigma_mm is not None:
        lift = f"{rep.peak_lift_mm:.0f} ± {2 * rep.lift_sigma_mm:.0f} mm"
    onset = "–" if rep.tilt_onset is None else f"{100 * rep.tilt_onset:.0f} % of descent"
    return (
        str(rep.rep),
        quantity(rep.peak_tilt_deg, "°"),
        lift,
        quantity(rep.peak_shift_deg, "°"),
        onset,
        quantity(rep.eccentric_s, "s"),
        quantity(rep.pause_s, "s"),
        quantity(rep.concentric_s, "s"),
        f'<span class="level {level or "clean"}">{verdict}</span>',
    )
