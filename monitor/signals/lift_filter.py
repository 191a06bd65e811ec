"""Where the back is and how fast it moves away, and how sure that is: one Kalman filter.

The state is five numbers: position p and velocity v along the pad's normal, and what spoils the
acceleration: an offset c (attitude, accelerometer bias), its drift d (gyroscope bias), and a share
k of the tilt (gyroscope scale, accelerometer bias turned by the tilt). Over a time t, with the
integrals of acceleration a and tilt θ from its start,

    p' = p + v t + ∬a - c t²/2 - d t³/6 - k ∬θ
    v' = v       + ∫a - c t    - d t²/2 - k ∫θ
    c' = c + d t,   d' = d,   k' = k

and a back that lies on the pad says p ≈ p₀ and v ≈ v₀. A step is a hundred products; written out on
plain numbers it takes a few microseconds, a tenth of what small arrays take.
"""

State = tuple[float, ...]
"""Means of p, v, c, d, k, then the upper triangle of their covariance, row by row; m, s, rad."""
PP, PV, VV = 5, 6, 10
"""Where a state has the variances of p and v and their covariance."""


def spread(p: float, v: float, c: float, d: float, k: float) -> State:
    """A covariance, as the tail of a state, of five independent deviations."""
    return p * p, 0.0, 0.0, 0.0, 0.0, v * v, 0.0, 0.0, 0.0, c * c, 0.0, 0.0, d * d, 0.0, k * k


def propagated(state: State, passed: tuple[float, ...]) -> State:
    """The state some time later, the pad not asked.

    Args:
        state: before.
        passed: t, s; ∫a, m/s; ∬a, m; ∫θ, rad·s; ∬θ, rad·s²; and what this time adds to the
            variances of v, c, d and k.
    """
    p, v, c, d, k, pp, pv, pc, pd, pk, vv, vc, vd, vk, cc, cd, ck, dd, dk, kk = state
    t, v_acc, p_acc, s, r, q_v, q_c, q_d, q_k = passed  # s = ∫θ, r = ∬θ
    h = 0.5 * t * t
    g = h * t / 3.0
    pv1 = pv + t * vv - h * vc - g * vd - r * vk
    pc1 = pc + t * vc - h * cc - g * cd - r * ck
    pd1 = pd + t * vd - h * cd - g * dd - r * dk
    pk1 = pk + t * vk - h * ck - g * dk - r * kk
    vc1 = vc - t * cc - h * cd - s * ck
    vd1 = vd - t * cd - h * dd - s * dk
    vk1 = vk - t * ck - h * dk - s * kk
    cd1 = cd + t * dd
    q = 0.5 * t * q_v
    return (
        p + t * v + p_acc - h * c - g * d - r * k,
        v + v_acc - t * c - h * d - s * k,
        c + t * d,
        d,
        k,
        pp + t * (pv + pv1) - h * (pc + pc1) - g * (pd + pd1) - r * (pk + pk1) + q * t / 1.5,
        pv1 - t * pc1 - h * pd1 - s * pk1 + q,
        pc1 + t * pd1,
        pd1,
        pk1,
        vv - t * (vc + vc1) - h * (vd + vd1) - s * (vk + vk1) + q_v,
        vc1 + t * vd1,
        vd1,
        vk1,
        cc + t * (cd + cd1) + q_c,
        cd1,
        ck + t * dk,
        dd + q_d,
        dk,
        kk + q_k,
    )


def surprise(state: State, p0: float, v0: float, r_p: float, r_v: float) -> float:
    """How much lying on the pad would contradict a state: half the squared sigmas it is off.

    Args:
        state: what is thought.
        p0: where the site is on a body that lies there, m.
        v0: how fast it moves there, m/s.
        r_p: variance of p0, m².
        r_v: variance of v0, (m/s)².
    """
    p, v, pv = state[0] - p0, state[1] - v0, state[PV]
    s = state[PP] + r_p
    gain = pv / s
    v -= gain * p
    return 0.5 * (p * p / s + v * v / (state[VV] - gain * pv + r_v))


def rested(state: State, p0: float, v0: float, r_p: float, r_v: float) -> State:
    """The state after the pad was asked; arguments as for `surprise`."""
    p, v, c, d, k, pp, pv, pc, pd, pk, vv, vc, vd, vk, cc, cd, ck, dd, dk, kk = state
    i = 1.0 / (pp + r_p)
    a, b, e, f, g = pp * i, pv * i, pc * i, pd * i, pk * i
    z = p0 - p
    p, v, c, d, k = p + a * z, v + b * z, c + e * z, d + f * z, k + g * z
    vv, vc, vd, vk = vv - b * pv, vc - b * pc, vd - b * pd, vk - b * pk
    cc, cd, ck = cc - e * pc, cd - e * pd, ck - e * pk
    dd, dk, kk = dd - f * pd, dk - f * pk, kk - g * pk
    a = 1.0 - a
    pp, pv, pc, pd, pk = a * pp, a * pv, a * pc, a * pd, a * pk
    i = 1.0 / (vv + r_v)
    a, b, e, f, g = pv * i, vv * i, vc * i, vd * i, vk * i
    u, z = 1.0 - b, v0 - v
    return (
        p + a * z,
        v + b * z,
        c + e * z,
        d + f * z,
        k + g * z,
        pp - a * pv,
        u * pv,
        pc - a * vc,
        pd - a * vd,
        pk - a * vk,
        u * vv,
        u * vc,
        u * vd,
        u * vk,
        cc - e * vc,
        cd - e * vd,
        ck - e * vk,
        dd - f * vd,
        dk - f * vk,
        kk - g * vk,
    )
