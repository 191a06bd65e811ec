"""A small athlete for the tests: exact poses, a little sway and breathing, any mounting."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from calibration.placement import Windows

Floats = NDArray[np.float64]
G = 9.81
UNTURNED = Rotation.identity()
WINDOWS = Windows((14.0, 24.0), (2.0, 12.0), (25.0, 43.0))


@dataclass(frozen=True)
class Person:
    """Stands 0–12 s, leans back, is neutral 14–24 s, makes three tilts 25–43 s.

    `mounting` turns pelvis axes (x anterior, y left, z cranial) into sensor axes.
    """

    seat_back_deg: float = 45.0
    mounting: Rotation = UNTURNED
    tilt_deg: float = 10.0
    anterior_deg: float = 0.0
    sway_deg: float = 0.5
    breath_deg: float = 0.5
    rate_hz: float = 100.0
    noise: float = 1.0
    gyr_bias: tuple[float, float, float] = (0.01, -0.02, 0.005)
    movement: str = "tilt"
    seed: int = 0

    @property
    def left(self) -> Floats:
        return self.mounting.apply([0.0, 1.0, 0.0])

    @property
    def up(self) -> Floats:
        beta = np.radians(self.seat_back_deg)
        return self.mounting.apply([np.sin(beta), 0.0, np.cos(beta)])

    def samples(self) -> tuple[Floats, Floats, Floats]:
        time_s = np.arange(0, 45, 1 / self.rate_hz)
        pelvis = self._pelvis(time_s)
        turn = (pelvis[:-1].inv() * pelvis[1:]).as_rotvec() * self.rate_hz
        gyr = np.vstack([turn, turn[-1:]])
        acc = pelvis.inv().apply([0.0, 0.0, G])
        random = np.random.default_rng(self.seed)
        acc = self.mounting.apply(acc) + self.noise * 0.03 * random.standard_normal(acc.shape)
        gyr = self.mounting.apply(gyr) + self.noise * 0.003 * random.standard_normal(gyr.shape)
        return time_s, acc, gyr + np.array(self.gyr_bias)

    def _pelvis(self, time_s: Floats) -> Rotation:
        """From pelvis to earth axes; tilt turns about -left, leaning back too."""
        phase = 2 * np.pi * self.seed / 17
        lean = np.interp(time_s, [12, 14], [0, self.seat_back_deg])
        sway = self.sway_deg * np.sin(2 * np.pi * 0.3 * time_s + phase) * (time_s < 12)
        roll = self.sway_deg * np.sin(2 * np.pi * 0.4 * time_s - phase) * (time_s < 12)
        breath = self.breath_deg * np.sin(2 * np.pi * 0.25 * time_s + phase)
        wave = np.sin(2 * np.pi * (time_s - 26) / 5)
        active = (time_s >= 26) & (time_s < 41)
        move = active * np.where(wave > 0, self.tilt_deg, self.anterior_deg) * wave
        tilt = lean + sway + breath + move * (self.movement == "tilt")
        bend = roll + move * (self.movement == "bend")
        twist = move * (self.movement == "twist")
        return Rotation.from_euler("Y", -tilt[:, None], degrees=True) * Rotation.from_euler(
            "XZ", np.stack([bend, twist], axis=1), degrees=True
        )


def angle_deg(one: Floats, other: Floats) -> float:
    """Angle between two directions, °."""
    return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(one, other)), one @ other)))


class Actor:
    """An athlete who does one thing after another: sway, breathing and noise come with it."""

    rate_hz = 100.0

    def __init__(self, mounting: Rotation = UNTURNED, seed: int = 0) -> None:
        self.mounting = mounting
        self._random = np.random.default_rng(seed)
        self._at = np.zeros(3)
        self._poses: list[Floats] = []
        self._straps: list[Rotation] = []
        self._strap = UNTURNED

    def hold(self, seconds: float) -> "Actor":
        """Stays as he is."""
        return self._play(np.tile(self._at, (round(seconds * self.rate_hz), 1)))

    def to(self, tilt: float, seconds: float = 2.0) -> "Actor":
        """Leans back to this angle from standing, °."""
        share = np.linspace(0, 1, round(seconds * self.rate_hz))[:, None]
        share = share * share * (3 - 2 * share)
        path = self._at + share * (np.array([tilt, 0, 0]) - self._at)
        self._at = path[-1]
        return self._play(path)

    def walk(self, seconds: float) -> "Actor":
        """Walks: the hips swing."""
        wave = np.sin(2 * np.pi * np.arange(round(seconds * self.rate_hz)) / self.rate_hz)
        return self._play(self._at + np.outer(wave, [2, 5, 6]))

    def bump(
        self, tilt: float = 0, bend: float = 0, twist: float = 0, seconds: float = 3
    ) -> "Actor":
        """Goes there and comes back."""
        share = np.sin(np.pi * np.linspace(0, 1, round(seconds * self.rate_hz))) ** 2
        return self._play(self._at + np.outer(share, [tilt, bend, twist]))

    def slip(self, turn: Rotation) -> "Actor":
        """The strap slips, in half a second."""
        steps = np.linspace(0, 1, round(0.5 * self.rate_hz))
        slid = [Rotation.from_rotvec(turn.as_rotvec() * step) * self._strap for step in steps]
        self._strap = slid[-1]
        return self._play(np.tile(self._at, (len(steps), 1)), slid)

    def samples(self, first: int = 0) -> tuple[Floats, Floats, Floats]:
        """Everything from a sample on; what was played before stays as it was."""
        poses = np.vstack(self._poses)
        time_s = np.arange(len(poses)) / self.rate_hz
        poses[:, 0] += 0.4 * np.sin(2 * np.pi * 0.25 * time_s)
        poses[:, :2] += 0.3 * np.sin(2 * np.pi * 0.4 * time_s[:, None] + [1, 2])
        body = Rotation.from_euler("Y", -poses[:, :1], degrees=True) * Rotation.from_euler(
            "XZ", poses[:, 1:], degrees=True
        )
        sensor = body * (Rotation.concatenate(self._straps) * self.mounting).inv()
        gyr = (sensor[:-1].inv() * sensor[1:]).as_rotvec() * self.rate_hz
        gyr = np.vstack([gyr, gyr[-1:]])
        acc = sensor.inv().apply([0.0, 0.0, G])
        noise = np.random.default_rng(9).standard_normal((2, *acc.shape))
        return (
            time_s[first:],
            (acc + 0.03 * noise[0])[first:],
            (gyr + 0.003 * noise[1] + 0.01)[first:],
        )

    def _play(self, path: Floats, straps: list[Rotation] | None = None) -> "Actor":
        self._poses.append(path)
        self._straps += straps or [self._strap] * len(path)
        return self
