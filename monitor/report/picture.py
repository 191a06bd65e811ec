"""The report as one picture, to send to somebody: the main message and three plots of each set."""

import textwrap
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from monitor.events import Level
from monitor.report.curves import SHARE, descent, lift_over, lift_range, straight, tilt_range
from monitor.report.sentences import headline, next_time, what_was_worst, why
from monitor.report.story import SetStory, Story
from monitor.sinks.console.summary import set_in_short
from monitor.sinks.console.words import DISCLAIMER, LETTER, Bounds, harmless
from monitor.whole_file import whole

INK, SOFT, SIGNAL, SPAN = "#16202c", "#4a5766", "#1d4ed8", "#eef2f7"
COLOUR: dict[Level | None, str] = {
    None: "#0b7261",
    "notice": "#8a6100",
    "warning": "#b84300",
    "alarm": "#b3142b",
}
MOST_SETS = 8
"""Sets that one picture holds, the last ones."""
WIDE_IN, TITLE_IN, LINE_IN, ROW_IN, FOOT_IN, DPI = 12.0, 1.3, 0.26, 3.55, 0.2, 110


def picture(story: Story, path: Path) -> None:
    """Draw it and write it as PNG.

    Raises:
        InputError: it cannot be written.
    """
    shown = story.sets[-MOST_SETS:]
    lines = _sentences(story)
    head_in = TITLE_IN + LINE_IN * len(lines) + 0.3
    high_in = head_in + ROW_IN * len(shown) + FOOT_IN
    figure = Figure(figsize=(WIDE_IN, high_in), facecolor="white", dpi=DPI)
    FigureCanvasAgg(figure)
    _head(figure, story, lines, high_in)
    for row, one in enumerate(shown):
        top_in = high_in - head_in - row * ROW_IN
        _words(figure, 0.5, top_in, f"Set {one.told.set}", 13, weight="bold")
        _words(figure, 1.4, top_in, set_in_short(one.told), 11, color=SOFT)
        for column, draw in enumerate((_descents, _trend, _lift)):
            place = (0.8 + 3.85 * column, top_in - 2.7, 3.2, 2.45)
            axes = figure.add_axes(
                (place[0] / WIDE_IN, place[1] / high_in, place[2] / WIDE_IN, place[3] / high_in)
            )
            _plain(axes)
            draw(axes, story, one)
    left = f" · the last {MOST_SETS} of {len(story.sets)} sets" if shown != story.sets else ""
    _words(figure, 0.5, 0.2, f"{DISCLAIMER}{left}", 10, color=SOFT)
    with whole(path) as file:
        figure.savefig(file, format="png")


def _sentences(story: Story) -> list[str]:
    """What is said above the plots, line by line."""
    lines = textwrap.wrap(what_was_worst(story), 120)
    if story.sets:
        lines += textwrap.wrap(f"Next time: {next_time(story)}", 120)
        lines += textwrap.wrap(why(story), 120)
    return lines


def _head(figure: Figure, story: Story, lines: list[str], high_in: float) -> None:
    about = story.about
    who = harmless(about.athlete if about else None, 60) or harmless(story.name, 60)
    when = story.began.strftime("  %Y-%m-%d") if story.began else ""
    level = story.worst.level if story.worst else None
    _words(figure, 0.5, high_in - 0.4, f"{who}{when}", 12, color=SOFT)
    colour = COLOUR[level] if story.reps else INK
    _words(figure, 0.5, high_in - 0.9, headline(story), 24, weight="bold", color=colour)
    for number, line in enumerate(lines):
        _words(figure, 0.5, high_in - TITLE_IN - LINE_IN * number, line, 12)


def _words(figure: Figure, x_in: float, y_in: float, words: str, size: float, **style: str) -> None:
    """Text at a place in inches; names are no formulas."""
    high_in = float(figure.get_figheight())
    figure.text(
        x_in / WIDE_IN,
        y_in / high_in,
        words,
        fontsize=size,
        parse_math=False,
        **{"color": INK} | style,  # type: ignore[arg-type] # colours and weights are texts
    )


def _plain(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=9, colors=SOFT)
    axes.grid(axis="y", color="#e6eaf0")
    axes.set_axisbelow(True)


def _named(axes: Axes, x_title: str, y_title: str) -> None:
    axes.set_xlabel(x_title, fontsize=9, color=INK)
    axes.set_ylabel(y_title, fontsize=9, color=INK)


def _limits(axes: Axes, levels: Bounds) -> None:
    top = axes.get_ylim()[1]
    for level, limit in levels.items():
        if limit < top:
            axes.axhline(limit, color=COLOUR[level], linestyle=":", linewidth=1.2)
            place = axes.get_yaxis_transform()  # x as a share of the plot, y in its own unit
            axes.text(0.01, limit, level, transform=place, va="bottom", fontsize=8, color=SOFT)


def _descents(axes: Axes, story: Story, one: SetStory) -> None:
    axes.set_ylim(*tilt_range(story, one))
    _limits(axes, story.limits["pelvic_tilt"])
    for rep in one.reps:
        tilt = descent(story, rep)
        if tilt is not None:
            axes.plot(100 * SHARE, tilt, color=COLOUR[story.level(rep)], linewidth=1.8)
    axes.set_xlim(0, 100)
    _named(axes, "share of the descent, %", "tilt, °")


def _trend(axes: Axes, story: Story, one: SetStory) -> None:
    axes.set_ylim(0, tilt_range(story, one)[1])
    _limits(axes, story.limits["pelvic_tilt"])
    for place, rep in enumerate(one.reps, start=1):
        level = story.level(rep)
        axes.bar(place, rep.peak_tilt_deg, width=0.72, color=COLOUR[level])
        if level is not None and len(one.reps) <= 24:
            axes.annotate(
                LETTER[level],
                (place, rep.peak_tilt_deg),
                (0, 2),
                textcoords="offset points",
                ha="center",
                fontsize=9,
                fontweight="bold",
                color=INK,
            )
    heading = straight(one)
    if heading is not None:
        axes.plot([1, len(one.reps)], heading, color=INK, linestyle="--", linewidth=1.4)
    axes.set_xlim(0.4, len(one.reps) + 0.6)
    axes.locator_params(axis="x", integer=True)
    _named(axes, "rep", "peak tilt, °")


def _lift(axes: Axes, story: Story, one: SetStory) -> None:
    seen = lift_over(story, one)
    for rep in one.reps:
        start_s = one.told.start_s
        axes.axvspan(rep.start_s - start_s, rep.end_s - start_s, color=SPAN)
    axes.set_ylim(*lift_range(seen))
    _limits(axes, story.limits["back_lift"])
    low, high = seen.value - 2 * seen.sigma, seen.value + 2 * seen.sigma
    axes.fill_between(seen.time_s, low, high, color=SIGNAL, alpha=0.18, linewidth=0)
    axes.plot(seen.time_s, seen.value, color=SIGNAL, linewidth=1.4)
    _named(axes, "seconds from the start of the set", "back lift, mm")
