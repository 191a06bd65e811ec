"""`legpress live` through bleak, D-Bus, bluetoothd and a kernel's Bluetooth, in a virtual machine.

`LEGPRESS_BLEVM` names the folder with the machine: its `run-in-vm` runs a command where there is
/dev/vhci. Everyday tests use the virtual air without a kernel; this one proves that it is like one.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from calibration.document import to_json
from monitor.simulation.demo import demo
from tests.cli.legpress import legpress

MACHINE = Path(os.environ.get("LEGPRESS_BLEVM", "")) / "run-in-vm"
ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(
    "LEGPRESS_BLEVM" not in os.environ or not MACHINE.is_file(),
    reason="needs a virtual machine with Bluetooth: set LEGPRESS_BLEVM to the folder of run-in-vm",
)


def test_a_session_through_the_kernel_s_bluetooth_says_what_its_replay_says(tmp_path: Path):
    (tmp_path / "cal.json").write_text(to_json(demo().calibration))
    ended = subprocess.run(
        [
            *(MACHINE, "--time-travel", "--timeout", "280", "--rw", tmp_path),
            *(sys.executable, "-m", "tests.radio.kernel_session", tmp_path),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 130, ended.stdout + ended.stderr
    assert "LegPress-01\tF0:F1:F2:F3:F4:F5\treference\t" in (tmp_path / "scan.txt").read_text()
    said = (tmp_path / "events.jsonl").read_text()
    events = [json.loads(line) for line in said.splitlines()]
    assert [one["state"] for one in events if one["type"] == "link"] == ["up", "down", "up"]
    assert [one["reps"] for one in events if one["type"] == "set"] == [6, 5]
    again = legpress(
        "replay", tmp_path / "session.mcap", "--speed", "max", "--quiet", "--events", "-"
    )
    assert said == again.stdout
