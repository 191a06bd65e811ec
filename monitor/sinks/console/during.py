"""The screen during a set: the tilt large, its gauge, the lift, the banner, the last reps."""

from math import isnan

from rich.text import Text

from monitor.sinks.console import digits, gauges
from monitor.sinks.console.banner import banner
from monitor.sinks.console.lines import Section, spacer, spread
from monitor.sinks.console.view import View
from monitor.sinks.console.words import COLOUR, bounds, quantity, rep_level


def set_in_progress(view: View, width: int, height: int) -> list[Section]:
    """The sections between header and footer; with both, 24 lines at scale 1."""
    scale = digits.scale(width, height)
    spare = max(0, height - 19 - digits.height(scale))
    tilt_scale = _tilt_scale(view, max(width - 2, 1))
    return [
        *_numbers(view, tilt_scale, width, scale),
        *_gauge(view, tilt_scale, 2 + min(spare // 5, 4)),
        spacer(),
        Section(60, [_lift(view, width)]),
        spacer(),
        Section(90, banner(view, width, 3 + 2 * min(spare // 8, 2))),
        *([spacer()] if spare else []),
        Section(55, last_reps(view, width, 3 + min(spare // 4, 8))),
    ]


def last_reps(view: View, width: int, rows: int) -> list[Text]:
    """The reps of the set so far, or of the last one; `rows` of bars and one of labels."""
    limits = view.settings.limits
    reps = [(rep, rep_level(rep, limits, view.range_deg)) for rep in view.set_reps]
    tilt = bounds(limits.pelvic_tilt, view.range_deg)
    top = max(tilt.values(), default=10.0) * 1.25
    caption = ["peak tilt", "per rep", *[""] * (rows - 2), "✓ clean"]
    lines = gauges.rep_bars(reps, width - 12, rows, top)
    return [
        Text.assemble((f" {word:<11}", "dim"), line)
        for word, line in zip(caption, lines, strict=True)
    ]


def _tilt_scale(view: View, width: int) -> gauges.TiltScale:
    limits = view.settings.limits
    posterior = bounds(limits.pelvic_tilt, view.range_deg)
    return gauges.TiltScale(width, posterior, bounds(limits.anterior_tilt))


def _numbers(view: View, gauge: gauges.TiltScale, width: int, scale: int) -> list[Section]:
    """Tilt, rep and set in block glyphs, with a line of words above and below."""
    now = view.instant
    known = not isnan(now.tilt_deg)
    level = gauge.level(now.tilt_deg) if view.is_judged else None
    style = COLOUR[level] if view.is_judged else "dim"
    side = "posterior" if now.tilt_deg >= 0 else "anterior"
    above = Text(" PELVIC TILT", "bold")
    if known:
        above.append(f"  {side}", "dim" if abs(now.tilt_deg) < 0.5 else "")
        above.append(f"  {level.upper() if level else ''}", f"bold {COLOUR[level]}")
    below = Text(f" ± {quantity(now.tilt_sigma_deg, '°')}" if known else " unknown", "dim")
    if now.rep and known:
        below.append(f"   peak {quantity(now.peak_tilt_deg, '°')}", "dim")
    clean = sum(rep.clean for rep in view.set_reps)
    tilt = digits.big(digits.angle(now.tilt_deg), scale)
    rep = digits.big(str(now.rep or len(view.set_reps)), scale)
    number = digits.big(str(view.set_number), scale)
    large = [
        spread(Text(f" {a}", style), _columns(b, c, scale), width)
        for a, b, c in zip(tilt, rep, number, strict=True)
    ]
    phase = now.phase.upper()
    return [
        Section(50, [spread(above, _columns("REP", "SET", scale), width)]),
        Section(100, large),
        Section(45, [spread(below, _columns(f"{clean} clean", phase, scale), width)]),
    ]


def _columns(rep: str, number: str, scale: int) -> Text:
    """The two columns at the right edge."""
    wide = 17 * scale or 10
    return Text(f"{rep:<{wide}}{number:<{wide - 1}}", "bold")


def _gauge(view: View, scale: gauges.TiltScale, rows: int) -> list[Section]:
    now = view.instant
    peaks = (now.peak_tilt_deg, now.peak_anterior_deg) if now.rep else ()
    style = COLOUR[scale.level(now.tilt_deg)] if view.is_judged else "dim"
    bar = gauges.tilt_bar(scale, now.tilt_deg, peaks, style)
    ends = spread(Text("◄ anterior", "dim"), Text("posterior ►", "dim"), scale.width)
    return [
        Section(70, [Text(" ").append_text(gauges.tilt_marks(scale))]),
        Section(80, [Text(" ").append_text(bar)] * rows),
        Section(30, [Text(" ").append_text(ends)]),
    ]


def _lift(view: View, width: int) -> Text:
    levels = bounds(view.settings.limits.back_lift)
    now = view.instant
    sure = gauges.is_sure(now.lift_sigma_mm, levels)
    line = Text(" BACK LIFT  ", "bold")
    line.append(f"{_lift_words(view, sure=sure):<18}", "" if sure else "dim")
    room = max(width - line.cell_len - 1, 0)
    lift = now.lift_mm if sure else float("nan")
    return line.append_text(gauges.lift_bar(room, lift, now.lift_sigma_mm, levels))


def _lift_words(view: View, *, sure: bool) -> str:
    """A number, or `unsure` where its sigma is too large to mean it, or a dash."""
    lift, sigma = view.instant.lift_mm, view.instant.lift_sigma_mm
    if isnan(lift) or isnan(sigma):
        return quantity(None, "mm")
    if not sure:
        return f"unsure (± {sigma:.0f} mm)"
    return f"{quantity(lift, '', 0)}± {sigma:.0f} mm"
