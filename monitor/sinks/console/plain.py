"""The session as lines of text, for logs, pipes and terminals that cannot draw.

One line for everything that was said, in the words of the events, so that `grep` finds it, and
when it was known:

      12.40 s  alert    pelvic_tilt warning  8.4 deg (limit 8.0)  set 1 rep 3: Stop earlier.
      13.10 s  rep      set 1 rep 3 warning  tilt 9.1 deg  lift 4 +/- 2 mm  2.1 s down 1.2 s up
"""

from typing import assert_never

from monitor.events import (
    AlertEvent,
    Event,
    LinkEvent,
    QualityEvent,
    RepEvent,
    SessionEvent,
    SetEvent,
)
from monitor.sinks.console.view import View
from monitor.sinks.console.words import (
    HOW_TO_CALIBRATE,
    HOW_TO_GO_ON,
    LIKELY,
    STRAP_MOVED,
    harmless,
    quantity,
    rep_level,
)


def line(event: Event, view: View) -> str | None:
    """What is printed for an event; None where an alert is only near, or over."""
    said = _said(event, view)
    return f"{event.known_s:8.2f} s  {said}" if said else None


def _said(event: Event, view: View) -> str | None:
    match event:
        case SessionEvent():
            return _session(event)
        case LinkEvent():
            battery = "" if event.battery_pct is None else f"  battery {event.battery_pct:.0f} %"
            return f"link     {event.state}  {harmless(event.reason)}".rstrip() + battery
        case QualityEvent():
            told = f"quality  {event.state}  {harmless(event.reason)}".rstrip()
            advice = f"  {HOW_TO_GO_ON}" if event.reason == STRAP_MOVED else ""
            return f"{told}  loss {event.loss_pct:.1f} %  {event.rate_hz:.0f} Hz{advice}"
        case AlertEvent():
            silent = view.settings.coaching.silent
            return _alert(event) if event.state == "raised" and not silent else None
        case RepEvent():
            return _rep(event, view)
        case SetEvent():
            return _set(event)
        case _:
            assert_never(event)


def _session(event: SessionEvent) -> str:
    names = (("athlete", event.athlete), ("station", event.station), ("sensor", event.sensor))
    told = "".join(f"  {what} {harmless(name, 60)}" for what, name in names if name)
    missing = f"  ({HOW_TO_CALIBRATE})" if event.calibration == "none" else ""
    if event.state == "ended":
        return "session  ended"
    return f"session  started{told}  calibration {event.calibration}{missing}"


def _alert(event: AlertEvent) -> str:
    unit = {"°": "deg"}.get(event.unit, event.unit)
    return (
        f"alert    {event.rule} {event.level}  {event.value:.1f} {unit} "
        f"(limit {event.limit:.1f})  set {event.set} rep {event.rep}: {harmless(event.advice)}"
    )


def _rep(event: RepEvent, view: View) -> str:
    level = rep_level(event, view.settings.limits, view.range_deg)
    verdict = "clean" if event.clean else level or "not clean"
    told = f"rep      set {event.set} rep {event.rep} {verdict}  tilt {event.peak_tilt_deg:.1f} deg"
    if event.peak_lift_mm is not None and event.lift_sigma_mm is not None:
        told += f"  lift {event.peak_lift_mm:.0f} +/- {event.lift_sigma_mm:.0f} mm"
    return f"{told}  {event.eccentric_s:.1f} s down {event.concentric_s:.1f} s up"


def _set(event: SetEvent) -> str:
    lift = ""
    if event.worst_peak_lift_mm is not None:
        lift = f"  worst lift {quantity(event.worst_peak_lift_mm, 'mm', 0)}"
    causes = ", ".join(cause.cause for cause in event.causes if cause.confidence >= LIKELY)
    return (
        f"set      set {event.set} done  {event.reps} reps, {event.clean_reps} clean"
        f"  mean tilt {event.mean_peak_tilt_deg:.1f} deg"
        f"  worst {event.worst_peak_tilt_deg:.1f} deg{lift}"
        f"{f'  causes: {causes}' if causes else ''}  {harmless(event.suggestion)}"
    ).rstrip()
