"""The lift report's own arithmetic: its floor is what integrated noise really does."""

import numpy as np
import pytest

from tests.benchmarks.lift_report import G_M_S2, floor_mm


@pytest.mark.parametrize(("acc", "gyr", "beta_deg"), [(2e-3, 0.0, 45.0), (0.0, 2e-4, 30.0)])
def test_the_floor_is_how_far_integrated_white_noise_strays(
    acc: float, gyr: float, beta_deg: float
):
    rng = np.random.default_rng(0)
    dt, rest_s, lasts_s, tries = 0.01, 1.0, 1.5, 2000
    rest, lift = round(rest_s / dt), round(lasts_s / dt)
    white = acc / np.sqrt(dt) * rng.standard_normal((tries, rest + lift))
    rate = gyr / np.sqrt(dt) * rng.standard_normal((tries, lift))
    turned = G_M_S2 * np.cos(np.radians(beta_deg)) * np.cumsum(rate, axis=1) * dt
    offset = white[:, :rest].mean(axis=1, keepdims=True)
    strayed = np.cumsum(np.cumsum(white[:, rest:] + turned - offset, axis=1), axis=1) * dt * dt
    expected = floor_mm(np.array([lasts_s]), acc, gyr, beta_deg)[0]
    assert 1e3 * strayed[:, -1].std() == pytest.approx(expected, rel=0.06)


def test_the_floor_rises_with_every_second_and_on_a_steep_seat_back():
    lasted_s = np.array([0.5, 1.0, 2.0, 4.0])
    steep, flat = floor_mm(lasted_s, 1e-3, 1e-4, 20.0), floor_mm(lasted_s, 1e-3, 1e-4, 80.0)
    assert np.all(np.diff(steep) > 0.0)
    assert np.all(steep > flat)
