"""What the console knows of a guided calibration, and how that looks.

One thing to do now, large; the sentence that says how; a bar that fills while the athlete holds
still or tilts; what went wrong, framed, until it has gone right.
"""

from dataclasses import dataclass, replace
from math import ceil

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from calibration.guide import GUIDE
from calibration.model import Calibration
from calibration.prompts import PRAISE, SENTENCES, Key, Step
from monitor.arrivals import Anew
from monitor.guiding import Lesson, Link
from monitor.sinks.console import digits
from monitor.sinks.console.lines import (
    Section,
    being_typed,
    centred,
    folded,
    spacer,
    spread,
    stacked,
)
from monitor.sinks.console.words import DISCLAIMER, clock, harmless

TROUBLES: frozenset[Key] = frozenset(
    {"moved", "restless", "slid", "side_bend", "other_way", "no_tilt", "too_close", "again"}
)
"""What is said because something went wrong."""
_HEADLINE: dict[Step, str] = {"stand": "STAND STILL", "lie_back": "LIE BACK", "done": "DONE"}
_NAME: dict[Step, str] = {"stand": "stand", "lie_back": "lie back", "tilts": "tilts"}
_GRADE_COLOUR = {"good": "green", "usable": "yellow", "poor": "bright_red"}
_LINK = {
    "waiting": "Waiting for the sensor.",
    "down": "The link is down. Is the sensor in reach, and charged? Waiting for it.",
    "silent": "Connected, but the sensor is silent. Waiting for it.",
}


@dataclass(frozen=True, slots=True, eq=False)
class GuideView:
    """What is known at the moment; `update` gives the next.

    Attributes:
        sensor: its name.
        steps: what will be asked for, in order.
        now_s: stream time, s.
        step: what is to be done now.
        share: how far that has got, 0..1.
        trouble: what went wrong last, "" when it has gone right.
        link: how the sensor is reached.
        said: how often something was said: each time the bell may ring.
        calibration: the result, None until done.
        anew: it is made in the middle of a session, which goes on as before where it is left.
        asks: whether somebody can type.
        typed: the line that is being typed.
        answer: what was said to the last one, until there is something else to do.
    """

    sensor: str
    steps: tuple[Step, ...] = ("stand", "lie_back", "tilts")
    now_s: float = 0.0
    step: Step = "stand"
    share: float = 0.0
    trouble: str = ""
    link: Link = "waiting"
    said: int = 0
    calibration: Calibration | None = None
    anew: bool = False
    asks: bool = False
    typed: str = ""
    answer: str = ""

    def update(self, lesson: Lesson) -> "GuideView":
        """The view after the next lesson."""
        trouble, before = self.trouble, False
        for prompt in lesson.said:
            if prompt.key in TROUBLES:
                trouble, before = prompt.sentence, True
            elif not before or prompt.key != "tilts":  # what is asked for again stays explained
                trouble, before = "", False
        return replace(
            self,
            now_s=lesson.now_s,
            step=lesson.step,
            share=lesson.share,
            trouble=trouble,
            link=lesson.link,
            said=self.said + len(lesson.said),
            calibration=lesson.calibration,
            answer=self.answer if lesson.step == self.step else "",
        )

    def refuses(self, step: Anew) -> str:
        """Why there is no such step of the calibration now, "" where there is."""
        match step:
            case "begun" if not self.anew:
                return "you are calibrating"
            case "skipped" if self.step != "tilts" or self.steps[0] != "stand":
                return "only the tilts can be left out, and only after standing"
            case "left" if not self.anew:
                return "there is nothing to go back to yet"
            case _:
                return ""

    @property
    def headline(self) -> str:
        """The one thing to do now, in a few large letters."""
        if self.calibration is not None:
            return self.calibration.verdict.grade.upper()
        if self.step == "tilts":
            return f"TILT {min(self.tilts_made + 1, GUIDE.tilts)} OF {GUIDE.tilts}"
        return _HEADLINE[self.step]

    @property
    def sentence(self) -> str:
        """How to do it."""
        if self.step == "done":
            return "The calibration is done."
        told = SENTENCES[self.step].format(n=GUIDE.tilts)
        return told if self.step == "stand" else told.removeprefix(PRAISE)

    @property
    def tilts_made(self) -> int:
        """Counted so far."""
        return round(self.share * GUIDE.tilts) if self.step == "tilts" else 0

    @property
    def held(self) -> str:
        """How far it has got, in words."""
        match self.step:
            case "tilts":
                return f"{self.tilts_made} of {GUIDE.tilts} tilts"
            case "done":
                return ""
            case _ if self.share <= 0:
                return "waiting until you are still"
            case _:
                whole = GUIDE.stand_s if self.step == "stand" else GUIDE.neutral_s
                left = ceil((1 - self.share) * whole)
                return f"still: hold for {left} s more" if left else "held"


@dataclass(frozen=True, slots=True)
class GuideScreen:
    """The view as something rich can print, for any terminal size."""

    view: GuideView

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw for the size rich offers."""
        height = options.height or console.height
        for nth, line in enumerate(self.lines(options.max_width, height)):
            yield from line.render(console, end="" if nth == height - 1 else "\n")

    def lines(self, width: int, height: int) -> list[Text]:
        """Exactly `height` lines, none wider than `width`."""
        view = self.view
        title = Text.assemble((" legpress ", "bold reverse"), "  calibration")
        about = Text(f"{harmless(view.sensor, width // 3)}  {clock(view.now_s)} ", "dim")
        room = max(width - 8, 1)
        sentence = [centred(line, width, "bold") for line in folded(view.sentence, room, 3)]
        return stacked(
            [
                Section(40, [spread(title, about, width)]),
                Section(20, [_steps(view, width)]),
                spacer(),
                Section(90, _headline(view, width, height)),
                spacer(),
                Section(100, sentence),
                spacer(),
                Section(80, _bar(view, width)),
                spacer(),
                Section(95, _below(view, width)),
                spacer(),
                Section(75 if view.typed or view.answer else 10, [_footer(view, width)]),
            ],
            width,
            height,
        )


def _footer(view: GuideView, width: int) -> Text:
    """What is typed and said to it, how to leave, and what this is not."""
    if view.typed:
        return being_typed(harmless(view.typed), width)
    left = Text(f" {_way_out(view)}", "dim")
    if view.answer:
        left = Text(f" {harmless(view.answer)}", "bold cyan")
    return spread(left, Text(f"{DISCLAIMER} ", "dim"), width)


def _way_out(view: GuideView) -> str:
    """What can be done instead."""
    if view.anew:
        return "type back, and Enter: all as it was"
    if view.asks and not view.refuses("skipped"):
        return "type skip, and Enter: no tilts"
    return "Ctrl-C leaves without a calibration"


def _steps(view: GuideView, width: int) -> Text:
    """All steps, which are done, and which is now."""
    at = view.steps.index(view.step) if view.step in view.steps else len(view.steps)
    line = Text()
    for nth, step in enumerate(view.steps):
        mark, style = ("✓", "green") if nth < at else ("▸", "bold") if nth == at else ("·", "dim")
        line.append(f"{mark} {_NAME[step]}", style)
        line.append("    " if nth < len(view.steps) - 1 else "")
    return Text.assemble(" " * max((width - line.cell_len) // 2, 0), line)


def _headline(view: GuideView, width: int, height: int) -> list[Text]:
    """The headline in the largest glyphs for which there is room."""
    grade = view.calibration.verdict.grade if view.calibration else ""
    style = f"bold {_GRADE_COLOUR.get(grade, 'cyan')}"
    for scale in (3, 2, 1, 0):
        rows = digits.big(view.headline, scale)
        if len(rows[0]) <= width - 2 and len(rows) <= max(3, height - 19):
            return [centred(row.ljust(len(rows[0])), width, style) for row in rows]
    return [centred(view.headline, width, style)]


def _bar(view: GuideView, width: int) -> list[Text]:
    """How far it has got: two rows high, and in words below."""
    room = max(width - 8, 1)
    full = round(min(max(view.share, 0.0), 1.0) * room)
    row = Text.assemble("    ", ("█" * full, "green"), ("░" * (room - full), "dim"))
    return [row, row, centred(view.held, width, "bold")]


def _below(view: GuideView, width: int) -> list[Text]:
    """What went wrong, what is waited for, or why the verdict is what it is: five lines."""
    room = max(width - 12, 1)
    if view.calibration is not None:
        reasons = [f"- {reason}" for reason in view.calibration.verdict.reasons]
        kept = [line for reason in reasons for line in folded(reason, room, 5)][:5]
        return [Text(f"      {line}") for line in kept] + [Text()] * (5 - len(kept))
    told = view.trouble if view.link == "up" else _LINK[view.link]
    if not told:
        return [Text()] * 5
    inner = folded(harmless(told), room, 3)
    style = "bold yellow"
    body = [
        Text(f"    │ {line}{' ' * (room - Text(line).cell_len)} │", style)
        for line in (inner + [""] * 3)[: max(len(inner), 1)]
    ]
    edge = "─" * (room + 2)
    box = [Text(f"    ╭{edge}╮", style), *body, Text(f"    ╰{edge}╯", style)]
    return box + [Text()] * (5 - len(box))
