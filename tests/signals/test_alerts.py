"""One alert per rule, level and rep; a lift only where its sigma allows; ahead where it can be."""

import numpy as np
import pytest

from monitor.samples import Floats
from monitor.settings import Limits
from monitor.signals.alerts import Alerts, Spoken, Values, thresholds

RATE_HZ = 100.0


def spoken(  # noqa: PLR0913 - what can differ, each with its usual value
    *,
    tilt: Floats | float = 0.0,
    tilt_sigma: float = 0.3,
    lift: Floats | float = 0.0,
    lift_sigma: float = 1.0,
    shift: Floats | float = 0.0,
    rep: Floats | int = 1,
    range_deg: float | None = None,
    moving: bool = True,
    settled: float = 0.0,
    odds: float = 5.0,
    usual: float = np.nan,
) -> list[dict[str, object]]:
    n = max(np.size(x) for x in (tilt, lift, shift))
    full = [np.broadcast_to(np.asarray(x, float), n).copy() for x in (tilt, lift, shift)]
    values = Values(
        np.arange(n) / RATE_HZ,
        full[0],
        np.full(n, tilt_sigma),
        np.gradient(full[0]) * RATE_HZ,
        full[1],
        np.full(n, lift_sigma),
        full[2],
        np.full(n, settled),
        np.ones(n, int),
        np.broadcast_to(rep, n).astype(int),
        np.broadcast_to(rep, n).astype(int),
        np.ones(n, bool),
        np.full(n, moving),
        np.full(n, odds),
        np.full(n, usual),
        np.broadcast_to(rep, n).astype(int),
    )
    said: list[Spoken] = Alerts(Limits(), range_deg, 1 / RATE_HZ).step(values)
    assert [one.known_s for one in said] == sorted(one.known_s for one in said)
    return [
        one.fields | {"time_s": one.time_s, "known_s": one.known_s, "unsure": one.unsure}
        for one in said
    ]


def bump(peak: float, length_s: float = 2.0) -> Floats:
    t = np.arange(0.0, length_s, 1 / RATE_HZ)
    rest = np.zeros(60)
    return np.concatenate([rest, peak * np.sin(np.pi * t / length_s) ** 2, rest])


def raised(said: list[dict[str, object]]) -> list[tuple[object, object]]:
    return [(one["rule"], one["level"]) for one in said if one["state"] == "raised"]


def test_a_deep_roll_raises_all_three_levels_and_clears_them():
    said = spoken(tilt=bump(15.0))
    levels = {("pelvic_tilt", level) for level in ("notice", "warning", "alarm")}
    assert set(raised(said)) == levels
    assert len([one for one in said if one["state"] == "cleared"]) == 3


def test_a_clean_rep_is_left_in_peace():
    assert spoken(tilt=bump(2.0), lift=bump(4.0), shift=bump(1.0)) == []


def test_an_arch_is_another_rule_than_a_roll():
    assert raised(spoken(tilt=bump(-8.0))) == [
        ("anterior_tilt", "notice"),
        ("anterior_tilt", "warning"),
    ]


def test_a_crossing_is_announced_well_ahead():
    said = spoken(tilt=bump(20.0, 4.0))
    for level in ("warning", "alarm"):
        mine = [one for one in said if one["level"] == level]
        assert [one["state"] for one in mine[:2]] == ["approaching", "raised"]
        assert mine[1]["time_s"] - mine[0]["time_s"] >= 0.3  # type: ignore[operator] # both are numbers


def test_coming_back_from_one_side_is_no_approach_to_the_other():
    said = spoken(tilt=bump(15.0, 1.0))
    assert {one["rule"] for one in said} == {"pelvic_tilt"}


def test_the_same_fault_is_told_once_a_rep():
    twice = np.concatenate([bump(15.0), bump(15.0)])
    first = np.ones(len(twice), int)
    second = np.where(np.arange(len(twice)) < len(twice) // 2, 1, 2)
    assert len(raised(spoken(tilt=twice, rep=first))) == 3
    assert len(raised(spoken(tilt=twice, rep=second))) == 6


def test_a_lift_is_an_alarm_only_where_sigma_is_small_enough_to_mean_it():
    lift = bump(30.0)
    assert ("back_lift", "alarm") in raised(spoken(lift=lift, lift_sigma=3.0))
    assert ("back_lift", "alarm") in raised(spoken(lift=lift, lift_sigma=8.0))
    assert ("back_lift", "alarm") not in raised(spoken(lift=lift, lift_sigma=21.0))
    unsure = spoken(lift=lift, lift_sigma=22.0)
    assert raised(unsure) == [("back_lift", "notice")]
    assert all(one["unsure"] for one in unsure if one["state"] == "raised")
    assert raised(spoken(lift=lift, lift_sigma=40.0)) == []


def test_where_it_may_be_a_fidget_a_lift_has_to_be_surer():
    lift = bump(26.0)
    assert ("back_lift", "alarm") in raised(spoken(lift=lift, lift_sigma=2.0, odds=0.0))
    assert ("back_lift", "alarm") not in raised(spoken(lift=lift, lift_sigma=6.0, odds=0.0))
    assert ("back_lift", "alarm") in raised(spoken(lift=lift, lift_sigma=6.0, odds=3.0))


def test_a_set_that_lifts_is_believed_earlier_than_one_that_lies_flat():
    lift = bump(19.0)
    assert ("back_lift", "alarm") in raised(spoken(lift=lift, lift_sigma=4.0, usual=30.0))
    assert ("back_lift", "alarm") not in raised(spoken(lift=lift, lift_sigma=4.0, usual=5.0))
    assert ("back_lift", "alarm") in raised(spoken(lift=bump(21.0), lift_sigma=6.0))
    assert ("back_lift", "alarm") not in raised(spoken(lift=bump(21.0), lift_sigma=6.0, usual=5.0))


def test_a_lift_is_announced_ahead_only_in_a_set_that_is_known():
    def announced(**known: float) -> bool:
        said = spoken(lift=bump(30.0, 4.0), lift_sigma=2.0, **known)  # type: ignore[arg-type] # numbers
        return any(one["state"] == "approaching" for one in said)

    assert announced(odds=4.0, usual=25.0)
    assert not announced(odds=4.0)
    assert not announced(odds=0.0, usual=25.0)


def test_a_lift_nobody_can_tell_says_nothing():
    assert spoken(lift=np.full(300, np.nan), lift_sigma=np.nan) == []


@pytest.mark.parametrize(("range_deg", "alarm"), [(None, 12.0), (10.0, 12.0), (20.0, 18.0)])
def test_the_athletes_own_range_moves_the_limits_up_but_never_down(
    range_deg: float | None, alarm: float
):
    levels = thresholds("pelvic_tilt", Limits().pelvic_tilt, range_deg or 0.0)
    assert [t.limit for t in levels if t.level == "alarm"] == [alarm]


def test_a_shift_to_either_side_counts():
    assert ("pelvic_shift", "alarm") in raised(spoken(shift=bump(7.0, 3.0)))
    assert ("pelvic_shift", "alarm") in raised(spoken(shift=bump(-7.0, 3.0)))


def test_a_lift_between_reps_is_no_alert_but_a_roll_is():
    said = spoken(lift=bump(30.0), tilt=bump(15.0), moving=False)
    assert {rule for rule, _ in raised(said)} == {"pelvic_tilt"}


def test_a_tilt_is_no_alert_where_a_slipped_strap_may_be_all_of_it():
    tilt = np.full(300, 6.0)
    assert ("pelvic_tilt", "notice") in raised(spoken(tilt=tilt, tilt_sigma=1.5))
    assert spoken(tilt=tilt, tilt_sigma=2.5) == []
    assert ("pelvic_tilt", "notice") in raised(spoken(tilt=2.0 * tilt, tilt_sigma=2.5))


def test_who_has_settled_two_degrees_lower_is_not_nagged_but_still_warned():
    assert ("pelvic_tilt", "notice") in raised(spoken(tilt=bump(6.0)))
    assert raised(spoken(tilt=bump(6.0), settled=2.0)) == []
    assert ("pelvic_tilt", "warning") in raised(spoken(tilt=bump(9.0), settled=2.0))
