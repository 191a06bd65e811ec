"""Where the back is and how fast it moves away, cell of time by cell of time, and how sure that is.

The state is five numbers: position p and velocity v along the pad's normal, and what spoils the
acceleration: an offset c (attitude error, accelerometer bias), its drift d (gyroscope bias), and a
share k of the tilt (gyroscope scale, accelerometer bias turned by the tilt). Over a cell of
length T, with the double sums of acceleration A and of tilt θ from its start,

    p' = p + v T + ∬A - c T²/2 - d T³/6 - k ∬θ
    v' = v       + ∫A - c T    - d T²/2 - k ∫θ
    c' = c + d T (+ what the orientation filter moved),   d' = d,   k' = k

and a resting back says p ≈ 0 and v ≈ 0. The sums are blocks of numpy; these few scalars per
cell are plain Python, which is quicker than small arrays and the same however the stream is cut.
"""

from typing import NamedTuple


class State(NamedTuple):
    """Mean and covariance (upper triangle) of p, v, c, d, k, in m, s and rad."""

    p: float
    v: float
    c: float
    d: float
    k: float
    pp: float
    pv: float
    pc: float
    pd: float
    pk: float
    vv: float
    vc: float
    vd: float
    vk: float
    cc: float
    cd: float
    ck: float
    dd: float
    dk: float
    kk: float


class Cell(NamedTuple):
    """What one cell did, from its start.

    Attributes:
        t: length, s.
        v_acc, p_acc: ∫A, m/s, and ∬A, m.
        v_tilt, p_tilt: ∫θ, rad·s, and ∬θ, rad·s².
        c_step: what the orientation filter moved the offset, m/s².
        q_v, q_c: variance the cell adds to v, (m/s)², and to c, (m/s²)².
        q_d, q_k: the same for d, (m/s³)², and k, (m/s²/rad)².
    """

    t: float
    v_acc: float
    p_acc: float
    v_tilt: float
    p_tilt: float
    c_step: float
    q_v: float
    q_c: float
    q_d: float
    q_k: float


def propagated(s: State, cell: Cell) -> State:
    """The state at the end of a cell, before the pad is asked."""
    t, v_acc, p_acc, v_tilt, p_tilt, c_step, q_v, q_c, q_d, q_k = cell
    p, v, c, d, k, pp, pv, pc, pd, pk, vv, vc, vd, vk, cc, cd, ck, dd, dk, kk = s
    t2, t3 = 0.5 * t * t, t * t * t / 6.0
    fpp = pp + t * pv - t2 * pc - t3 * pd - p_tilt * pk
    fpv = pv + t * vv - t2 * vc - t3 * vd - p_tilt * vk
    fpc = pc + t * vc - t2 * cc - t3 * cd - p_tilt * ck
    fpd = pd + t * vd - t2 * cd - t3 * dd - p_tilt * dk
    fpk = pk + t * vk - t2 * ck - t3 * dk - p_tilt * kk
    fvv = vv - t * vc - t2 * vd - v_tilt * vk
    fvc = vc - t * cc - t2 * cd - v_tilt * ck
    fvd = vd - t * cd - t2 * dd - v_tilt * dk
    fvk = vk - t * ck - t2 * dk - v_tilt * kk
    fcc, fcd, fck = cc + t * cd, cd + t * dd, ck + t * dk
    return State(
        p + t * v + p_acc - t2 * c - t3 * d - p_tilt * k,
        v + v_acc - t * c - t2 * d - v_tilt * k,
        c + t * d + c_step,
        d,
        k,
        fpp + t * fpv - t2 * fpc - t3 * fpd - p_tilt * fpk + q_v * t * t / 3.0,
        fpv - t * fpc - t2 * fpd - v_tilt * fpk + 0.5 * q_v * t,
        fpc + t * fpd,
        fpd,
        fpk,
        fvv - t * fvc - t2 * fvd - v_tilt * fvk + q_v,
        fvc + t * fvd,
        fvd,
        fvk,
        fcc + t * fcd + q_c,
        fcd,
        fck,
        dd + q_d,
        dk,
        kk + q_k,
    )


def rested(s: State, r_p: float, r_v: float) -> State:
    """The state after the pad was asked.

    Args:
        s: the state before.
        r_p: variance of "it rests here" for position, m².
        r_v: variance of "it rests here" for velocity, (m/s)².
    """
    p, v, c, d, k, pp, pv, pc, pd, pk, vv, vc, vd, vk, cc, cd, ck, dd, dk, kk = s
    i = 1.0 / (pp + r_p)
    gp, gv, gc, gd, gk = pp * i, pv * i, pc * i, pd * i, pk * i
    p, v, c, d, k = p - gp * p, v - gv * p, c - gc * p, d - gd * p, k - gk * p
    vv, vc, vd, vk = vv - gv * pv, vc - gv * pc, vd - gv * pd, vk - gv * pk
    cc, cd, ck = cc - gc * pc, cd - gc * pd, ck - gc * pk
    dd, dk, kk = dd - gd * pd, dk - gd * pk, kk - gk * pk
    keep = 1.0 - gp
    pp, pv, pc, pd, pk = keep * pp, keep * pv, keep * pc, keep * pd, keep * pk
    i = 1.0 / (vv + r_v)
    gp, gv, gc, gd, gk = pv * i, vv * i, vc * i, vd * i, vk * i
    p, v, c, d, k = p - gp * v, v - gv * v, c - gc * v, d - gd * v, k - gk * v
    pp, pc, pd, pk = pp - gp * pv, pc - gp * vc, pd - gp * vd, pk - gp * vk
    cc, cd, ck = cc - gc * vc, cd - gc * vd, ck - gc * vk
    dd, dk, kk = dd - gd * vd, dk - gd * vk, kk - gk * vk
    keep = 1.0 - gv
    return State(
        p, v, c, d, k, pp, keep * pv, pc, pd, pk,
        keep * vv, keep * vc, keep * vd, keep * vk, cc, cd, ck, dd, dk, kk,
    )  # fmt: skip
