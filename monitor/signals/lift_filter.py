"""Where the back is and how fast it moves away, and how sure that is: one Kalman filter.

The state is six numbers: position p and velocity v along the pad's normal, what spoils the
acceleration: an offset c (attitude, accelerometer bias), its drift d (gyroscope bias), and a share
k of the tilt (gyroscope scale, accelerometer bias turned by the tilt); and how far rolling moves
this athlete's site, r. Over a time t, with the integrals of acceleration a and tilt θ from its
start,

    p' = p + v t + ∬a - c t²/2 - d t³/6 - k ∬θ
    v' = v       + ∫a - c t    - d t²/2 - k ∫θ
    c' = c + d t,   d' = d,   k' = k,   r' = r

and a back that lies on the pad says p ≈ r θ and v ≈ r dθ/dt (posterior tilt only; the other way
nothing moves). One rep does not tell r from what spoils the acceleration until it is over; by
then the filter has learned it for the next. A step is a hundred products; written out on
plain numbers it takes a few microseconds, a tenth of what small arrays take.
"""

State = tuple[float, ...]
"""Means of p, v, c, d, k, then the upper triangle of their covariance, row by row; then the mean of
r, its covariances with the others in turn, and its variance; m, s, rad."""
PP, PV, VV, DD, KK, R, RR = 5, 6, 10, 17, 19, 20, 26
"""Where a state has the variances of p, v, d and k, the covariance of p and v, and r and its
variance."""


def spread(p: float, v: float, c: float, d: float, k: float) -> State:
    """A covariance, as the part of a state after the means, of five independent deviations."""
    return p * p, 0.0, 0.0, 0.0, 0.0, v * v, 0.0, 0.0, 0.0, c * c, 0.0, 0.0, d * d, 0.0, k * k


def rolling(r: float, variance: float) -> State:
    """The end of a state, where nothing ties r, m/rad, to the rest."""
    return r, 0.0, 0.0, 0.0, 0.0, 0.0, variance


def propagated(state: State, passed: tuple[float, ...]) -> State:
    """The state some time later, the pad not asked.

    Args:
        state: before.
        passed: t, s; ∫a, m/s; ∬a, m; ∫θ, rad·s; ∬θ, rad·s²; and what this time adds to the
            variances of v, c, d, k and r.
    """
    p, v, c, d, k, pp, pv, pc, pd, pk, vv, vc, vd, vk, cc, cd, ck, dd, dk, kk, *rolls = state
    roll, pr, vr, cr, dr, kr, rr = rolls
    t, v_acc, p_acc, s, r, q_v, q_c, q_d, q_k, q_r = passed  # s = ∫θ, r = ∬θ
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
        roll,
        pr + t * vr - h * cr - g * dr - r * kr,
        vr - t * cr - h * dr - s * kr,
        cr + t * dr,
        dr,
        kr,
        rr + q_r,
    )


def surprise(state: State, tilt: float, rate: float, r_p: float, r_v: float) -> float:
    """How much lying on the pad would contradict a state: half the squared sigmas it is off.

    Args:
        state: what is thought.
        tilt: posterior tilt, rad; 0 where it is anterior.
        rate: of that tilt, rad/s.
        r_p: variance of where a body lies that does, m².
        r_v: variance of how fast it moves there, (m/s)².
    """
    roll, pr, vr, rr = state[R], state[21], state[22], state[RR]
    p, v = state[0] - roll * tilt, state[1] - roll * rate
    aside = pr - tilt * rr
    s = state[PP] - tilt * (pr + aside) + r_p
    pv = state[PV] - tilt * vr - rate * aside
    gain = pv / s
    v -= gain * p
    return 0.5 * (p * p / s + v * v / (state[VV] - rate * (vr + vr - rate * rr) - gain * pv + r_v))


def rested(state: State, tilt: float, rate: float, r_p: float, r_v: float) -> State:
    """The state after the pad was asked; arguments as for `surprise`."""
    p, v, c, d, k, pp, pv, pc, pd, pk, vv, vc, vd, vk, cc, cd, ck, dd, dk, kk, *rolls = state
    roll, pr, vr, cr, dr, kr, rr = rolls
    hp, hv, hc, hd, hk, hr = (
        pp - tilt * pr,
        pv - tilt * vr,
        pc - tilt * cr,
        pd - tilt * dr,
        pk - tilt * kr,
        pr - tilt * rr,
    )
    i = 1.0 / (hp - tilt * hr + r_p)
    a, b, e, f, g, n = hp * i, hv * i, hc * i, hd * i, hk * i, hr * i
    z = roll * tilt - p
    p, v, c, d, k, roll = p + a * z, v + b * z, c + e * z, d + f * z, k + g * z, roll + n * z
    pp, pv, pc, pd, pk, pr = (
        pp - a * hp,
        pv - a * hv,
        pc - a * hc,
        pd - a * hd,
        pk - a * hk,
        pr - a * hr,
    )
    vv, vc, vd, vk, vr = vv - b * hv, vc - b * hc, vd - b * hd, vk - b * hk, vr - b * hr
    cc, cd, ck, cr = cc - e * hc, cd - e * hd, ck - e * hk, cr - e * hr
    dd, dk, dr = dd - f * hd, dk - f * hk, dr - f * hr
    kk, kr, rr = kk - g * hk, kr - g * hr, rr - n * hr
    hp, hv, hc, hd, hk, hr = (
        pv - rate * pr,
        vv - rate * vr,
        vc - rate * cr,
        vd - rate * dr,
        vk - rate * kr,
        vr - rate * rr,
    )
    i = 1.0 / (hv - rate * hr + r_v)
    a, b, e, f, g, n = hp * i, hv * i, hc * i, hd * i, hk * i, hr * i
    z = roll * rate - v
    return (
        p + a * z,
        v + b * z,
        c + e * z,
        d + f * z,
        k + g * z,
        pp - a * hp,
        pv - a * hv,
        pc - a * hc,
        pd - a * hd,
        pk - a * hk,
        vv - b * hv,
        vc - b * hc,
        vd - b * hd,
        vk - b * hk,
        cc - e * hc,
        cd - e * hd,
        ck - e * hk,
        dd - f * hd,
        dk - f * hk,
        kk - g * hk,
        roll + n * z,
        pr - a * hr,
        vr - b * hr,
        cr - e * hr,
        dr - f * hr,
        kr - g * hr,
        rr - n * hr,
    )
