"""A whole live session inside a machine with Bluetooth: `python -m tests.radio.kernel_session DIR`.

The sensor is a process of its own, and so is the program: bleak → D-Bus → bluetoothd → kernel →
/dev/vhci → the sensor. What was said and recorded is left in the folder.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

LEGPRESS = (sys.executable, "-m", "monitor")
POWERED_S = 60.0


def scanned() -> str:
    """What a scan lists, as soon as the adapter is there."""
    until_s = time.monotonic() + POWERED_S
    while True:
        ended = subprocess.run(
            [*LEGPRESS, "scan", "--seconds", "2"], capture_output=True, text=True, check=False
        )
        if ended.returncode == 0 or time.monotonic() > until_s:
            return ended.stdout + ended.stderr
        time.sleep(0.5)


def main(folder: Path) -> int:
    os.environ["LEGPRESS_DATA_DIR"] = str(folder)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.radio.kernel_sensor"], stdout=subprocess.PIPE, text=True
    ) as sensor:
        assert sensor.stdout is not None
        try:
            assert sensor.stdout.readline() == "READY\n"
            (folder / "scan.txt").write_text(scanned())
            names = {"record": "session.mcap", "events": "events.jsonl", "calibration": "cal.json"}
            options = [part for key, name in names.items() for part in (f"--{key}", folder / name)]
            with subprocess.Popen([*LEGPRESS, "live", "--sensor", "LegPress-01", *options]) as live:
                assert sensor.stdout.readline() == "ENDED\n"
                time.sleep(1.0)
                live.send_signal(signal.SIGINT)
            return live.returncode
        finally:
            sensor.kill()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
