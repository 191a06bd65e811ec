"""What remains: of a set while the athlete rests, of a session when it is over."""

from rich.text import Text

from monitor.events import CauseEstimate, SetEvent
from monitor.sinks.console import digits
from monitor.sinks.console.banner import banner
from monitor.sinks.console.during import last_reps
from monitor.sinks.console.lines import Section, folded, spacer
from monitor.sinks.console.view import View
from monitor.sinks.console.words import (
    CAUSE,
    COLOUR,
    DISCLAIMER,
    HOW_TO_CALIBRATE,
    LIKELY,
    bounds,
    clock,
    counted,
    harmless,
    level_of,
    quantity,
)


def set_over(view: View, width: int, height: int) -> list[Section]:
    """The sections between header and footer while the athlete rests."""
    done = view.sets[-1]
    scale = digits.scale(width, height)
    spare = max(0, height - 19 - digits.height(scale))
    return [
        *_results(view, done, scale),
        spacer(),
        Section(60, [Text(" ") + line for line in _details(done, width)]),
        spacer(),
        *_urgent(view, width),
        Section(55, last_reps(view, width, 3 + min(spare // 4, 8))),
        spacer(),
        *[Section(48 - i, _cause(cause, width)) for i, cause in enumerate(worth_showing(done)[:3])],
        Section(90, _suggestion(done, width)),
        Section(15, [_now(view)]),
    ]


def _results(view: View, done: SetEvent, scale: int) -> list[Section]:
    """Reps, clean reps and the worst tilt, large."""
    worst = level_of(
        done.worst_peak_tilt_deg, bounds(view.settings.limits.pelvic_tilt, view.range_deg)
    )
    wide = 17 * scale or 10
    titles = Text(f" {'REPS':<{wide}}{'CLEAN':<{wide}}WORST TILT ", "bold")
    titles.append(worst.upper() if worst else "", COLOUR[worst])
    figures = zip(
        digits.big(str(done.reps), scale),
        digits.big(str(done.clean_reps), scale),
        digits.big(digits.angle(done.worst_peak_tilt_deg), scale),
        strict=True,
    )
    return [
        Section(65, [Text(f" SET {done.set} DONE", "bold reverse")]),
        Section(50, [titles]),
        Section(
            100,
            [
                Text.assemble((f" {a:<{wide}}{b:<{wide}}", "bold"), (c, COLOUR[worst]))
                for a, b, c in figures
            ],
        ),
    ]


def closing(view: View) -> list[str]:
    """The session in a few plain lines that stay on the screen."""
    sets, reps = len(view.sets), view.rep_count
    head = f"{counted(sets, 'set')}, {counted(reps, 'rep')}, {view.clean_count} clean"
    alerts = ", ".join(counted(n, level) for level, n in view.raised if n)
    athlete = harmless(view.session.athlete, 40) if view.session else ""
    lines = [
        f"Session{f' of {athlete}' if athlete else ''}, {clock(view.now_s)}: {head}",
        *[f"  set {s.set}: {set_in_short(s)}" for s in view.sets[-8:]],
        f"Alerts: {alerts or 'none'}",
    ]
    if reps:
        tilt, lift = quantity(view.worst_tilt_deg, "°"), quantity(view.worst_lift_mm, "mm", 0)
        lines.insert(-1, f"Worst: tilt {tilt}, lift {lift}")
    if view.session and view.session.calibration == "none":
        lines.append(f"No calibration: {HOW_TO_CALIBRATE}")
    if view.recording:
        lines.append(f"Recording: {view.recording}")
    return [*lines, DISCLAIMER]


def set_in_short(done: SetEvent) -> str:
    """A set in one line."""
    parts = [
        f"{counted(done.reps, 'rep')}, {done.clean_reps} clean",
        f"tilt mean {quantity(done.mean_peak_tilt_deg, '°')}",
        f"worst {quantity(done.worst_peak_tilt_deg, '°')}",
    ]
    return ", ".join(parts)


def _details(done: SetEvent, width: int) -> list[Text]:
    """The set in small numbers; those that are not known are left out."""
    told = [f"mean tilt {quantity(done.mean_peak_tilt_deg, '°')}"]
    if done.worst_peak_lift_mm is not None:
        told.append(f"worst lift {quantity(done.worst_peak_lift_mm, 'mm', 0)}")
    if done.tilt_trend_deg_per_rep is not None:
        told.append(f"trend {done.tilt_trend_deg_per_rep:+.1f}° per rep")
    slower = done.concentric_slowdown_pct
    if slower is not None:
        way = "slower" if slower >= 0 else "faster"
        told.append(f"push {way} by {quantity(abs(slower), '%', 0)}")
    return [Text(line) for line in folded(" · ".join(told), width - 2, 2)]


def _cause(cause: CauseEstimate, width: int) -> list[Text]:
    """Why; what to do about the likeliest one stands below, one thing at a time."""
    head = Text.assemble(
        "  likely ", (CAUSE[cause.cause], "bold"), (f" ({100 * cause.confidence:.0f} %) ", "dim")
    )
    first, *rest = folded(harmless(cause.evidence), width - head.cell_len - 1, 2) or [""]
    indent = " " * head.cell_len
    return [head.append(first), *[Text(f"{indent}{line}") for line in rest]]


def _suggestion(done: SetEvent, width: int) -> list[Text]:
    first, *rest = folded(harmless(done.suggestion), width - 4, 2) or [""]
    return [Text(f" → {first}" if first else "", "bold"), *[Text(f"   {r}", "bold") for r in rest]]


def worth_showing(done: SetEvent) -> list[CauseEstimate]:
    """The causes a lifter should read: the event holds also those that are hardly likely."""
    return [cause for cause in done.causes if cause.confidence >= LIKELY]


def _urgent(view: View, width: int) -> list[Section]:
    """A banner while resting only where something is wrong now."""
    lost = view.link is not None and view.link.state != "up" and not view.ended
    silent = view.settings.coaching.silent
    raised = view.banner is not None and view.banner.manner == "raised" and not silent
    return [Section(95, banner(view, width, 3))] if lost or raised else []


def _now(view: View) -> Text:
    now = view.instant
    line = Text(" now ", "bold reverse")
    tilt, lift = quantity(now.tilt_deg, "°"), quantity(now.lift_mm, "mm", 0)
    rest = clock(view.now_s - view.sets[-1].end_s)
    return line.append(
        f"  {now.phase or '–'} {rest}   tilt {tilt}   lift {lift}", "not bold not reverse"
    )
