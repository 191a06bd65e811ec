"""The four pictures of a set: every descent, the trend, the lift, the alerts."""

from collections.abc import Iterator

from monitor.events import AlertEvent, Rule
from monitor.report import svg
from monitor.report.curves import (
    AROUND_S,
    SHARE,
    descent,
    lift_over,
    lift_range,
    straight,
    tilt_range,
)
from monitor.report.story import SetStory, Story
from monitor.sinks.console.words import LETTER, RULE, Bounds, rank

FEW = 12
"""Reps up to which each has its number beside it."""


def descents(key: str, story: Story, one: SetStory) -> str:
    """Every rep's tilt over its descent, laid on top of each other."""
    x, y = svg.scales((0.0, 100.0), tilt_range(story, one))
    lines, ends = [], []
    for rep in one.reps:
        tilt = descent(story, rep)
        if tilt is not None:
            css = f"{_many('rep', one)} {story.level(rep) or 'clean'}"
            lines.append(svg.curve(x(100 * SHARE), y(tilt), css))
            ends.append((y(float(tilt[-1])), str(rep.rep)))
    parts = [
        svg.axes(x, y, "share of the descent, %", "tilt, °", None),
        _limits(x, y, story.limits["pelvic_tilt"]),
        svg.clipped(key, lines),
        *_labels(x.end + 5, ends),
    ]
    title = f"Set {one.told.set}: tilt of the pelvis on the way down, every rep"
    peaks = ", ".join(f"{rep.peak_tilt_deg:.1f}" for rep in one.reps[:FEW])
    more = " and so on" if len(one.reps) > FEW else ""
    return svg.drawing(key, title, f"Peaks by rep, in degrees: {peaks}{more}.", parts)


def trend(key: str, story: Story, one: SetStory) -> str:
    """Peak tilt rep by rep, and where it is heading."""
    count = len(one.reps)
    x, y = svg.scales((0.4, count + 0.6), (0.0, tilt_range(story, one)[1]))
    ticks = [float(n) for n in range(1, count + 1)] if count <= FEW else x.ticks()
    parts = [svg.axes(x, y, "rep", "peak tilt, °", [tick for tick in ticks if tick >= 1])]
    for place, rep in enumerate(one.reps, start=1):
        level = story.level(rep)
        css = f"bar {level or 'clean'}"
        top = y(rep.peak_tilt_deg)
        parts.append(svg.box(x(place - 0.36), y(0.0), x(place + 0.36), top, css))
        if level is not None and count <= 2 * FEW:
            parts.append(svg.text(x(place), top - 5, LETTER[level], "letter"))
    heading = straight(one)
    slope = "no trend can be told"
    if heading is not None and one.told.tilt_trend_deg_per_rep is not None:
        parts.append(svg.line(x(1), y(heading[0]), x(count), y(heading[1]), "heading"))
        slope = f"it changes by {one.told.tilt_trend_deg_per_rep:+.1f}° per rep"
    parts.append(_limits(x, y, story.limits["pelvic_tilt"]))
    title = f"Set {one.told.set}: peak tilt of each rep"
    return svg.drawing(key, title, f"{count} reps; {slope}.", parts)


def lift(key: str, story: Story, one: SetStory) -> str:
    """The live lift over the set with its band of two sigma."""
    seen = lift_over(story, one)
    x, y = svg.scales((-AROUND_S, one.told.end_s - one.told.start_s + AROUND_S), lift_range(seen))
    at = x(seen.time_s)
    low, high = y(seen.value - 2 * seen.sigma), y(seen.value + 2 * seen.sigma)
    parts = [
        _spans(x, y, one),
        svg.axes(x, y, "seconds from the start of the set", "back lift, mm", None),
        svg.clipped(
            key,
            [
                svg.band(at, low, high, "sigma"),
                _limits(x, y, story.limits["back_lift"]),
                svg.curve(at, y(seen.value), "signal"),
            ],
        ),
    ]
    worst = one.told.worst_peak_lift_mm
    said = "nothing can be said" if worst is None else f"at most {worst:.0f} millimetres"
    title = f"Set {one.told.set}: how far the back left the pad, with its uncertainty"
    return svg.drawing(key, title, f"The back left the pad by {said}.", parts)


def timeline(key: str, story: Story, one: SetStory) -> str:
    """When each rule spoke: a lane per rule, a mark per alert, a bar for as long as it lasted."""
    del story
    x, y = svg.scales((-AROUND_S, one.told.end_s - one.told.start_s + AROUND_S), (0.0, 4.7))
    lanes: list[Rule] = ["pelvic_tilt", "back_lift", "anterior_tilt", "pelvic_shift"]
    parts = [_spans(x, y, one)]
    for place, rule in enumerate(lanes):
        level_y = y(3.5 - place)
        spoken = [alert for alert in one.alerts if alert.rule == rule]
        parts.append(svg.line(x.start, level_y, x.end, level_y, "grid"))
        parts.append(svg.text(x.start, level_y - 17, RULE[rule], "lane", "start"))
        parts.extend(_lane(x, level_y, spoken, one))
    parts.extend(svg.text(x(tick), y.start + 17, f"{tick:g}") for tick in x.ticks())
    parts.append(
        svg.text((x.start + x.end) / 2, y.start + 34, "seconds from the start of the set", "title")
    )
    raised = [alert for alert in one.alerts if alert.state == "raised"]
    title = f"Set {one.told.set}: when it warned"
    return svg.drawing(key, title, f"{len(raised)} alerts were raised.", parts)


def _lane(x: svg.Scale, y: float, spoken: list[AlertEvent], one: SetStory) -> Iterator[str]:
    start_s = one.told.start_s
    raised = [alert for alert in spoken if alert.state == "raised"]
    for alert in raised:
        until = [
            other.time_s
            for other in spoken
            if (other.state, other.rep, other.level) == ("cleared", alert.rep, alert.level)
            and other.time_s >= alert.time_s
        ]
        end_s = min(until, default=alert.time_s)
        yield svg.line(
            x(alert.time_s - start_s), y, x(end_s - start_s), y, f"lasting {alert.level}"
        )
    for rep in sorted({alert.rep for alert in raised}):
        worst = max((one for one in raised if one.rep == rep), key=lambda one: rank(one.level))
        at = x(worst.time_s - start_s)
        if len(one.reps) <= 2 * FEW:
            yield svg.marker(at, y, LETTER[worst.level], f"mark {worst.level}")
        else:  # marks would hide each other
            yield svg.line(at, y - 9, at, y + 9, f"rep {worst.level}")


def _limits(x: svg.Scale, y: svg.Scale, levels: Bounds) -> str:
    """A dashed line for each limit that lies within the plot."""
    parts = []
    for level, limit in levels.items():
        if y.low < limit < y.high:
            parts.append(svg.line(x.start, y(limit), x.end, y(limit), f"limit {level}"))
            parts.append(svg.text(x.start + 4, y(limit) - 3, level, "limit-name", "start"))
    return "".join(parts)


def _many(css: str, one: SetStory) -> str:
    """Thinner lines where there are many."""
    return f"{css} many" if len(one.reps) > 2 * FEW else css


def _spans(x: svg.Scale, y: svg.Scale, one: SetStory) -> str:
    """The reps as shaded spans with their numbers, where there is room for them."""
    parts = []
    for rep in one.reps:
        start, end = x(rep.start_s - one.told.start_s), x(rep.end_s - one.told.start_s)
        parts.append(svg.box(start, y.start, end, y.end, "span"))
        if end - start > 14 and len(one.reps) <= 2 * FEW:
            parts.append(svg.text((start + end) / 2, y.end + 11, str(rep.rep), "lane"))
    return "".join(parts)


def _labels(x: float, ends: list[tuple[float, str]]) -> Iterator[str]:
    """Rep numbers beside the ends of their lines, moved apart where they would overlap."""
    if len(ends) > FEW:
        return
    last = svg.HEIGHT - svg.BOTTOM + 14.0
    for y, name in sorted(ends, reverse=True):
        last = min(y + 4, last - 12)
        yield svg.text(x, last, name, "", "start")
