"""Scores of many scenarios as tables a person can read."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from tests.benchmarks.accuracy_score import AlarmScore, Score

Line = tuple[str, str]


def overall(scores: Sequence[Score]) -> str:
    """Everything about all scenarios together."""
    minutes, sets = sum(s.minutes for s in scores), sum(s.sets for s in scores)
    refused = sum(bool(s.refusal) for s in scores)
    return "\n".join(
        [
            f"{len(scores)} scenarios, {minutes:.0f} min of stream time, {sets} sets",
            f"calibration refused in {refused}",
            "",
            *_block("Live, within sets (per scenario)", _live(scores)),
            *_block("Peaks per rep, with hindsight", _peaks(scores)),
            *_block("Reps", _reps(scores)),
            *_block("Alarm on pelvic tilt", _alarm([s.alarms["pelvic_tilt"] for s in scores])),
            *_block("Alarm on back lift", _alarm([s.alarms["back_lift"] for s in scores])),
        ]
    )


def grouped(scores: Sequence[Score]) -> str:
    """The chief numbers by kind of scenario."""
    head = (
        *("", "", "n", "tilt RMSE °", "p90", "peak °", "lift RMSE mm", "p90", "peak mm"),
        *("sets right", "miss", "ghost"),
    )
    rows = [head]
    for kind in scores[0].about if scores else ():
        values = sorted({s.about[kind] for s in scores}, key=_by_number)
        rows += [
            ("" if k else kind, value, *_chief([s for s in scores if s.about[kind] == value]))
            for k, value in enumerate(values)
        ]
    return _table(rows)


def each(scores: Sequence[Score]) -> str:
    """The chief numbers of every scenario."""
    head = ("seed", "tilt °", "settled °", "in 2σ", "lift mm", "in 2σ", "reps", "miss", "ghosts")
    return _table([head, *(_line(s) for s in scores)])


def _line(s: Score) -> tuple[str, ...]:
    ghosts = [f"{n} {place}" for place, n in Counter(s.ghosts).items()]
    return (
        str(s.seed),
        _number(s.tilt.rmse),
        _number(s.settled_tilt.rmse),
        _percent(s.tilt.inside),
        _number(s.lift.rmse),
        _percent(s.lift.inside),
        str(len(s.pairs) + len(s.misses)),
        " ".join(f"{rep.set}.{rep.rep}" for rep in s.misses),
        ", ".join(ghosts) + s.refusal,
    )


def _chief(scores: Sequence[Score]) -> tuple[str, ...]:
    tilt = _finite(s.tilt.rmse for s in scores)
    lift = _finite(s.lift.rmse for s in scores)
    return (
        str(len(scores)),
        _quantile(tilt, 0.5),
        _quantile(tilt, 0.9),
        _quantile(_finite(_peak_tilt(s) for s in scores), 0.5),
        _quantile(lift, 0.5),
        _quantile(lift, 0.9),
        _quantile(_finite(_peak_lift(s) for s in scores), 0.5),
        _share(_right_sets(scores), sum(s.sets for s in scores)),
        str(sum(len(s.misses) for s in scores)),
        str(sum(len(s.ghosts) for s in scores)),
    )


def _live(scores: Sequence[Score]) -> list[Line]:
    lines = []
    for name, errors, unit in (
        ("tilt from neutral, RMSE", [s.tilt for s in scores], "°"),
        ("tilt from the present rest pose, RMSE", [s.settled_tilt for s in scores], "°"),
        ("lift, RMSE", [s.lift for s in scores], "mm"),
        ("lift and breathing together, RMSE", [s.site for s in scores], "mm"),
    ):
        lines.append((name, _spread(_finite(e.rmse for e in errors), unit)))
        if "RMSE" in name and "present" not in name:
            inside = np.concatenate([e.inside for e in errors])
            worst = min((e.inside.mean() for e in errors if len(e.inside)), default=np.nan)
            text = f"{_percent(inside)}, worst scenario {100 * worst:.0f} %"
            lines.append(("  errors inside ±2 sigma", text))
    missing = [s.tilt.missing for s in scores], [s.lift.missing for s in scores]
    lines.append(
        ("no estimate: tilt, lift", " ".join(f"{100 * np.mean(m):.1f} %" for m in missing))
    )
    return lines


def _peaks(scores: Sequence[Score]) -> list[Line]:
    pairs = [pair for s in scores for pair in s.pairs]
    tilt = np.array([p.said.peak_tilt_deg - p.true.peak_tilt_deg for p in pairs])
    with_lift = [p for p in pairs if p.said.peak_lift_mm is not None]
    lift = np.array([(p.said.peak_lift_mm or 0.0) - p.true.peak_lift_mm for p in with_lift])
    sigma = np.array([p.said.lift_sigma_mm or np.nan for p in with_lift])
    arch = np.array([p.said.peak_anterior_deg - p.true.peak_anterior_deg for p in pairs])
    return [
        ("peak tilt, RMS over reps", f"{_rms(tilt):.2f} °, bias {_mean(tilt):+.2f} °"),
        ("peak tilt, RMS per scenario", _spread(_finite(map(_peak_tilt, scores)), "°")),
        ("peak anterior tilt, RMS over reps", f"{_rms(arch):.2f} °, bias {_mean(arch):+.2f} °"),
        ("peak lift, RMS over reps", f"{_rms(lift):.1f} mm, bias {_mean(lift):+.1f} mm"),
        ("peak lift, RMS per scenario", _spread(_finite(map(_peak_lift, scores)), "mm")),
        ("  errors inside ±2 sigma", _percent(np.abs(lift) <= 2.0 * sigma)),
        ("reps without a peak lift", str(len(pairs) - len(with_lift))),
    ]


def _peak_tilt(score: Score) -> float:
    return _rms([pair.said.peak_tilt_deg - pair.true.peak_tilt_deg for pair in score.pairs])


def _peak_lift(score: Score) -> float:
    return _rms(
        [
            pair.said.peak_lift_mm - pair.true.peak_lift_mm
            for pair in score.pairs
            if pair.said.peak_lift_mm is not None
        ]
    )


def _reps(scores: Sequence[Score]) -> list[Line]:
    pairs = [pair for s in scores for pair in s.pairs]
    misses = sum(len(s.misses) for s in scores)
    ghosts = Counter(place for s in scores for place in s.ghosts)
    lines = [
        ("sets with no miss and no ghost", _share(_right_sets(scores), sum(s.sets for s in scores)))
    ]
    lines.append(("missed", f"{misses} of {len(pairs) + misses}"))
    where = ", ".join(f"{n} {place}" for place, n in ghosts.most_common())
    lines.append(("ghosts", f"{ghosts.total()}  ({where})" if ghosts else "0"))
    for name, of in (
        ("start, said − true", lambda p: p.said.start_s - p.true.start_s),
        ("bottom, said − true", lambda p: p.said.bottom_s - p.true.bottom_s),
        ("end, said − true", lambda p: p.said.end_s - p.true.end_s),
    ):
        lines.append((name, _around([of(p) for p in pairs])))
    late = [p.said.known_s - p.true.end_s for p in pairs]
    within = _percent(np.array(late) <= 0.5)
    lines.append(("announced after the true end", f"{_around(late)}; {within} within 0.5 s"))
    return lines


def _alarm(alarms: Sequence[AlarmScore]) -> list[Line]:
    hits, misses = sum(a.hits for a in alarms), sum(a.misses for a in alarms)
    false, quiet = sum(a.false for a in alarms), sum(a.quiet for a in alarms)
    delays = np.array([delay for a in alarms for delay in a.delays_s])
    leads = np.array([lead for a in alarms for lead in a.leads_s])
    strays = Counter(place for a in alarms for place in a.strays)
    where = ", ".join(f"{n} {place}" for place, n in strays.most_common())
    late, ahead, crossings = 1e3 * delays, 1e3 * leads, sum(a.crossings for a in alarms)
    median, p95, worst = (_quantile(late, share) for share in (0.5, 0.95, 1.0))
    early = f"{_percent(leads >= 0.3)} by 300 ms or more"
    return [
        ("sensitivity per rep", _share(hits, hits + misses)),
        ("specificity per rep", _share(quiet, quiet + false)),
        ("delay from the true crossing", f"median {median}, p95 {p95}, worst {worst} ms"),
        ("approaching said before it", f"{len(leads)} of {crossings}; {early}"),
        ("  ahead by", f"median {_quantile(ahead, 0.5)} ms"),
        ("raised outside reps without cause", f"{strays.total()}  ({where})" if strays else "0"),
    ]


def _right_sets(scores: Sequence[Score]) -> int:
    return sum(s.sets - len(s.wrong_sets) for s in scores)


def _block(title: str, lines: Iterable[Line]) -> list[str]:
    return [title, *(f"  {name:<40} {text}" for name, text in lines), ""]


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _finite(values: Iterable[float]) -> np.ndarray:
    found = np.array(list(values), float)
    return found[np.isfinite(found)]


def _spread(values: np.ndarray, unit: str) -> str:
    return (
        f"median {_quantile(values, 0.5)}, p90 {_quantile(values, 0.9)}, "
        f"worst {_quantile(values, 1.0)} {unit}"
    )


def _around(values_s: Sequence[float]) -> str:
    values = 1e3 * np.array(values_s)
    return (
        f"median {_quantile(values, 0.5)} ms, p5 {_quantile(values, 0.05)}, "
        f"p95 {_quantile(values, 0.95)}"
    )


def _quantile(values: np.ndarray, share: float) -> str:
    return _number(float(np.quantile(values, share))) if len(values) else "–"


def _number(value: float) -> str:
    if not np.isfinite(value):
        return "–"
    size = abs(value)
    return f"{value:.{0 if size >= 100 else 1 if size >= 10 else 2}f}"


def _rms(values: Sequence[float] | np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(values)))) if len(values) else np.nan


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else np.nan


def _percent(flags: np.ndarray) -> str:
    return f"{100 * np.mean(flags):.1f} %" if len(flags) else "–"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} % ({part} of {whole})" if whole else "–"


def _by_number(text: str) -> tuple[float, str]:
    return (float(text.split("-", maxsplit=1)[0]), text) if text[:1].isdigit() else (np.inf, text)
