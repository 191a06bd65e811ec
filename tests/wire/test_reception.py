"""Arrivals of every kind in, samples on one clock out."""

import numpy as np
import pytest

from monitor.arrivals import Arrival, LinkDown, LinkSilent, LinkUp, Packet, Rows
from monitor.wire.reception import Reception
from monitor.wire.witmotion import Encoder
from tests.wire.sensors import worn


def rows(first: int, n: int = 10) -> Rows:
    time_s = 0.01 * (first + np.arange(n))
    return Rows(float(time_s[-1]), time_s, np.ones((n, 3)), np.zeros((n, 3)))


def test_a_tables_rows_come_out_as_they_are():
    reception = Reception("table")
    assert np.isnan(reception.rate_hz)
    samples = reception.step([rows(0), rows(10), rows(20)])
    np.testing.assert_allclose(samples.time_s, 0.01 * np.arange(30))
    assert reception.rate_hz == pytest.approx(100.0)


def test_bytes_in_a_table_are_nobodys_and_a_lost_link_of_one_changes_nothing():
    reception = Reception("table")
    first = reception.step([rows(0), Packet(0.1, b"\1\2\3"), LinkDown(0.2), LinkUp(0.3)])
    assert len(first) == 10
    assert len(reception.step([LinkSilent(0.4), rows(10)])) == 10


def test_nothing_in_nothing_out():
    assert len(Reception("reference").step([])) == 0


@pytest.mark.parametrize("lost", [False, True])
def test_half_a_message_and_what_comes_over_the_next_link_make_no_message(lost: bool):  # noqa: FBT001 # a case
    ((_, data),) = Encoder().encode(np.ones((1, 3)), np.ones((1, 3)), 0, 0.0)
    meanwhile: list[Arrival] = [LinkDown(0.1), LinkUp(0.2)] if lost else []
    arrivals = [Packet(0.0, data[:9]), *meanwhile, Packet(0.3, data[9:])]
    assert len(Reception("witmotion").step(arrivals)) == (0 if lost else 1)


def test_what_comes_over_the_next_link_is_a_new_stretch_however_soon_it_comes():
    first, then = witmotion(50.0, 10.0), witmotion(50.0, 10.0, 10.0)
    whole = Reception("witmotion").step([*first, *then])
    parted = Reception("witmotion").step([*first, LinkDown(9.99), LinkUp(9.995), *then])
    assert not whole.gap[1:].any()
    assert np.flatnonzero(parted.gap).tolist() == [500]


def test_the_rate_is_measured_and_not_the_one_by_name():
    sent = worn("movella_dot", 30.0, 0.01)
    reception = Reception("movella_dot")
    reception.step(sent.arrivals)
    assert reception.rate_hz == pytest.approx(60.6, abs=0.01)


def test_what_the_user_should_know_of_his_sensor_is_said_once(caplog: pytest.LogCaptureFixture):
    reception = Reception("witmotion")
    sensor = Encoder()
    still = [sensor.encode(np.ones((1, 3)), np.zeros((1, 3)), 0, 0.0)[0][1]] * 200
    for _ in range(3):
        reception.step([Packet(0.01 * k, data) for k, data in enumerate(still)])
    (record,) = caplog.records
    assert "its low-pass is too slow" in record.message
    moving = np.random.default_rng(0).normal(size=(200, 3))
    ((_, data),) = sensor.encode(moving, moving, 0, 0.0)
    reception.step([Packet(9.0, data)])
    assert len(caplog.records) == 1


def witmotion(rate_hz: float, seconds: float, start_s: float = 0.0) -> list[Arrival]:
    """One that moves, and sends its samples one by one."""
    sensor, rng = Encoder(), np.random.default_rng(0)
    arrivals: list[Arrival] = []
    for k in range(int(seconds * rate_hz)):
        ((_, data),) = sensor.encode(rng.normal(size=(1, 3)), rng.normal(size=(1, 3)), 0, 0.0)
        arrivals.append(Packet(start_s + k / rate_hz, data))
    return arrivals


def warned(caplog: pytest.LogCaptureFixture, *batches: list[Arrival]) -> list[str]:
    caplog.clear()
    reception = Reception("witmotion")
    for batch in batches:
        reception.step(batch)
    return caplog.messages[:]


@pytest.mark.parametrize("rate_hz", [1.0, 10.0, 20.0])
def test_a_sensor_that_stays_at_too_low_a_rate_is_told_of_once_whatever_the_cut(
    rate_hz: float, caplog: pytest.LogCaptureFixture
):
    sent = witmotion(rate_hz, 30.0)
    (said,) = warned(caplog, sent)
    assert said.startswith(f"sensor: only {rate_hz:.0f} samples come in a second, too few")
    assert "it may not have taken the rate it was told" in said
    assert warned(caplog, *([one] for one in sent)) == [said]


@pytest.mark.parametrize("rate_hz", [25.0, 50.0, 100.0])
def test_a_rate_that_will_do_is_not_remarked_upon(rate_hz: float, caplog: pytest.LogCaptureFixture):
    assert warned(caplog, witmotion(rate_hz, 30.0)) == []


def test_a_link_with_holes_is_not_a_slow_sensor_and_a_slow_one_is_told_of_after_them(
    caplog: pytest.LogCaptureFixture,
):
    holes = [witmotion(50.0, 1.0, 4.0 * k) for k in range(10)]
    assert warned(caplog, *holes) == []
    (said,) = warned(caplog, *holes, [LinkDown(41.0)], witmotion(10.0, 8.0, 50.0))
    assert "only 10 samples" in said
