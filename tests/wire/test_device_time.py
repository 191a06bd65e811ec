"""A sensor's counter that wraps is time that goes on."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.wire.device_time import DeviceTime


@given(
    start=st.integers(0, 2**16 - 1),
    steps=st.lists(st.integers(1, 2**15 - 1), max_size=50),
)
def test_a_counter_that_wraps_goes_on_as_if_it_did_not(start: int, steps: list[int]):
    time = DeviceTime(1000, 16)
    now = time.advanced(start)
    assert now == start
    for step in steps:
        now += step
        assert time.advanced(now % 2**16) == now


def test_what_is_a_little_behind_is_late_and_what_is_far_behind_started_anew():
    time = DeviceTime(1000, 32)
    assert [time.advanced(ms) for ms in (5000, 5000, 3600, 5001, 3000, 3001)] == [
        5000, None, None, 5001, 3000, 3001,
    ]  # fmt: skip


def test_after_a_lost_link_it_may_go_on_over_a_wrap_or_begin_anew_a_moment_before():
    time = DeviceTime(1000, 16)
    assert time.advanced(2**16 - 10) == 2**16 - 10
    time.restart()
    assert time.advanced(5) == 2**16 + 5
    time.restart()
    assert time.advanced(3) == 3
    assert time.advanced(3) is None
