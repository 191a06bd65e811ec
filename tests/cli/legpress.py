"""The program as its users run it.

Each run is a process of its own, with its own streams, environment and end. Two thirds of a short
run would be the loading of numpy, scipy and rich, the same every time: so a process that has them
loaded already divides itself for each (where a system cannot do that, all is loaded again). What
loads what is seen where the program is started whole: `COMMAND`.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

COMMAND = (sys.executable, "-m", "monitor")
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "LEGPRESS_DEBUG"}
ENVIRONMENT["LEGPRESS_DATA_DIR"] = tempfile.mkdtemp(prefix="legpress-tests-")
PATIENCE_S = 300.0
_DIVISIBLE = "forkserver" in multiprocessing.get_all_start_methods()
_LOADED = multiprocessing.get_context("forkserver" if _DIVISIBLE else "spawn")
if _DIVISIBLE:
    _LOADED.set_forkserver_preload(
        [
            "tests.cli.legpress",
            *("monitor.analysis", "monitor.simulation.demo", "monitor.sources.simulated"),
            *(f"monitor.cli.{one}" for one in ("calibrating", "histories", "leaving", "sessions")),
            *("typer._adapters", "vqf"),
        ]
    )


def legpress(*arguments: str | Path, data: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run it to its end; what it keeps is kept in the folder `data`."""
    own = {} if data is None else {"LEGPRESS_DATA_DIR": str(data)}
    told = [*map(str, arguments)]
    with tempfile.TemporaryDirectory(prefix="legpress-said-") as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        process = _LOADED.Process(target=_run, args=(told, ENVIRONMENT | own, out, err))
        process.start()
        process.join(PATIENCE_S)
        if process.exitcode is None:
            process.kill()
            process.join()
        status = process.exitcode
        process.close()
        assert status is not None
        said, complained = (path.read_text(encoding="utf-8") for path in (out, err))
    return subprocess.CompletedProcess(told, status, said, complained)


def _run(arguments: Sequence[str], environment: Mapping[str, str], out: Path, err: Path) -> None:
    """What the process does: `legpress`, with its output in two files."""
    os.environ.clear()
    os.environ.update(environment)
    for number, path in ((1, out), (2, err)):
        with path.open("wb") as file:
            os.dup2(file.fileno(), number)
    spelled = environment.get("PYTHONIOENCODING", "utf-8")
    sys.stdout = open(1, "w", encoding=spelled, closefd=False)  # noqa: SIM115 - it stays open
    sys.stderr = open(2, "w", 1, encoding=spelled, closefd=False)  # noqa: SIM115 - as above
    sys.argv = ["legpress", *arguments]
    from monitor.__main__ import main  # noqa: PLC0415 - not in the process that tests

    main()


def refusal(*arguments: str | Path, data: Path | None = None) -> str:
    """What it says to input it cannot use: one line, and status 2."""
    ended = legpress(*arguments, data=data)
    assert ended.returncode == 2, ended.stderr
    return only_line(ended.stderr)


def only_line(text: str) -> str:
    """The one line that was said."""
    lines: Sequence[str] = text.splitlines()
    assert len(lines) == 1, text
    assert lines[0].startswith("legpress: ")
    return lines[0].removeprefix("legpress: ")
