"""`legpress calibrate --sensor`: anybody can follow it, leave it, and trust what it says."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
from pathlib import Path

import pytest

from calibration.document import from_json
from tests.cli.legpress import COMMAND, ENVIRONMENT, legpress, only_line, refusal

GUIDED = (*COMMAND, "calibrate", "--sensor", "simulated")


def test_the_simulated_athlete_is_guided_to_a_good_calibration_that_is_kept(tmp_path: Path):
    ended = legpress("calibrate", "--sensor", "simulated", "--speed", "max", data=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    said = [line[12:] for line in ended.stdout.splitlines()]
    begins = ("Stand upright", "Good. Sit down", "Roll your tailbone", "1.", "2.", "3.", "Done.")
    assert len(said) > len(begins)
    assert all(line.startswith(begin) for line, begin in zip(said, begins, strict=False))
    assert "calibration: good\n" in ended.stdout
    (path,) = (tmp_path / "calibrations").iterdir()
    found = from_json(path.read_text())
    assert found.sensor == "simulated"
    assert found.made is not None
    assert found.placement.range_deg is not None
    assert ended.stdout.endswith(f"written to {path}\n")


def test_who_leaves_out_the_tilts_is_done_without_them_and_writes_where_he_likes(tmp_path: Path):
    output = tmp_path / "cal.json"
    ended = legpress(
        "calibrate", "--sensor", "simulated", "--speed", "max", "--no-tilts", "--output", output,
        data=tmp_path,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert "tailbone" not in ended.stdout
    assert from_json(output.read_text()).placement.range_deg is None
    assert not (tmp_path / "calibrations").exists()


def test_where_it_could_not_be_kept_nobody_is_asked_to_lie_down(tmp_path: Path):
    (tmp_path / "calibrations").write_text("in the way")
    guided = ("calibrate", "--sensor", "simulated", "--speed", "max")
    assert "calibrations: is no folder that may be written" in refusal(*guided, data=tmp_path)
    assert "it is a folder; name a file" in refusal(*guided, "--output", tmp_path)
    assert "name is empty" in refusal("calibrate", "--sensor", "")


def test_who_interrupts_gets_no_calibration_and_status_130(tmp_path: Path):
    process = subprocess.Popen(
        GUIDED,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT | {"LEGPRESS_DATA_DIR": str(tmp_path)},
    )
    assert process.stdout is not None
    assert "Stand upright" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert only_line(errors).startswith("interrupted")
    assert output == ""
    assert not (tmp_path / "calibrations").exists()


def on_a_terminal(until: bytes, **environment: str) -> tuple[bytes, int]:
    """What a terminal of 80×24 is sent until it shows something and Ctrl-C is pressed."""
    host, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    plain = {k: v for k, v in ENVIRONMENT.items() if k not in {"NO_COLOR", "COLUMNS", "LINES"}}
    own = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONUTF8": "1", **environment}
    process = subprocess.Popen(
        GUIDED, stdin=terminal, stdout=terminal, stderr=terminal, env=plain | own,
        start_new_session=True,
    )  # fmt: skip
    os.close(terminal)
    shown, pressed = b"", False
    while True:
        try:
            part = os.read(host, 65536)
        except OSError:  # the other end is closed
            break
        shown += part
        if not part:
            break
        if until in shown and not pressed:
            process.send_signal(signal.SIGINT)
            pressed = True
    os.close(host)
    return shown, process.wait(timeout=60)


def test_on_a_terminal_it_is_drawn_and_ctrl_c_gives_the_terminal_back():
    shown, status = on_a_terminal(b"still: hold for")
    assert status == 130
    text = shown.decode()
    assert "Stand upright, arms hanging, and hold still." in text
    assert "░" in text
    assert "▀▀▀" in text
    assert text.rindex("\x1b[?1049l") > text.rindex("\x1b[?1049h")
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")
    assert text.rstrip().endswith("interrupted; what was written until now is whole")


def coloured(shown: bytes) -> bool:
    styles = re.findall(rb"\x1b\[([0-9;]+)m", shown)
    codes = {int(code) for style in styles for code in style.split(b";")}
    return bool(codes & {*range(30, 39), *range(90, 98)})


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {}], ids=["without", "with"])
def test_colour_is_used_only_where_it_is_wanted(environment: dict[str, str]):
    shown, _ = on_a_terminal(b"Stand upright", **environment)
    assert coloured(shown) == (not environment)
