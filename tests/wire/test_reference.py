"""The reference format: what goes in comes out, and garbage never becomes samples."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from monitor.samples import Floats
from monitor.wire.reference import ACC_RANGES_G, GYR_RANGES_DPS, MAX_SAMPLES, Decoder, Encoder, G

counts = st.integers(1, MAX_SAMPLES)


@given(
    raw=counts.flatmap(lambda n: arrays(np.float64, (n, 6), elements=st.floats(-40, 40))),
    acc_range=st.sampled_from(ACC_RANGES_G),
    gyr_range=st.sampled_from(GYR_RANGES_DPS),
    sequence=st.integers(0, 2**40),
    time_us=st.integers(0, 2**50),
)
def test_a_packet_gives_back_its_samples_to_half_an_lsb(
    raw: Floats, acc_range: int, gyr_range: int, sequence: int, time_us: int
):
    acc, gyr = raw[:, :3], raw[:, 3:]
    packet = Encoder(acc_range, gyr_range, 5000).encode(acc, gyr, sequence, time_us * 1e-6)
    assert len(packet) <= 244
    got = Decoder().feed(packet)
    acc_lsb, gyr_lsb = acc_range * G / 32768, np.radians(gyr_range) / 32768
    np.testing.assert_allclose(
        got.acc, np.clip(acc, -32768 * acc_lsb, 32767 * acc_lsb), atol=0.5001 * acc_lsb, rtol=0
    )
    np.testing.assert_allclose(
        got.gyr, np.clip(gyr, -32768 * gyr_lsb, 32767 * gyr_lsb), atol=0.5001 * gyr_lsb, rtol=0
    )
    assert got.sequence is not None
    assert got.sensor_time_s is not None
    np.testing.assert_array_equal(got.sequence, sequence % 65536 + np.arange(len(acc)))
    np.testing.assert_allclose(np.diff(got.sensor_time_s), 0.005, atol=1e-9)


@given(st.binary(max_size=300))
def test_garbage_is_counted_and_gives_no_samples(data: bytes):
    decoder = Decoder()
    assert len(decoder.feed(data)) == 0
    assert decoder.rejected == 1
    assert decoder.reason
