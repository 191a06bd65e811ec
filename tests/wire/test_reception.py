"""Arrivals of every kind in, samples on one clock out."""

import numpy as np
import pytest

from monitor.arrivals import LinkDown, LinkSilent, LinkUp, Packet, Rows
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
