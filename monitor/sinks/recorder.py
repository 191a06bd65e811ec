"""Writes every arrival down before anybody makes anything of it.

What has arrived is handed to the operating system every half second, as a closed chunk of the
file: whoever kills the program loses no more than that. It is handed over in a thread of its own:
a memory card that stalls for a second must not hold up the stamping of what arrives meanwhile. A
disk that fills up ends the recording, not the session; what was recorded until then stays readable,
and that it is not all is said when it happens and once more at the end.
"""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import IO, Any, cast

from mcap.writer import Writer

from monitor import tape
from monitor.arrivals import Arrival
from monitor.errors import InputError, LegpressError

FLUSH_S = 0.5  # how much a killed program may lose; the promise is 1 s

_log = logging.getLogger("legpress")
_Batches = AsyncIterator[Sequence[Arrival]]


class Recorder:
    """One recording being made, in a new file.

    Args:
        names: the file; of several, the first that is not there yet.
        header: who and what.

    Attributes:
        path: the file.
        cut_short: what the user should know of a recording that ended before its session, else "".

    Raises:
        InputError: the file exists already or cannot be written.
    """

    def __init__(self, names: Path | Iterable[Path], header: tape.Header) -> None:
        self.path, self._file = _new_file([names] if isinstance(names, Path) else names)
        self.cut_short = ""
        self._origin_ns = round((header.session.started_wall_s or 0.0) * 1e9)
        self._timer: asyncio.TimerHandle | None = None
        self._open = True
        try:
            self._writer = Writer(cast("IO[Any]", self._file))
            self._writer.start(profile="legpress", library=header.program)
            self._writer.add_metadata(tape.HEADER, header.to_metadata())
            self._channels = {kind: self._channel(topic) for kind, topic in tape.TOPIC_OF.items()}
            self._writer.flush()
            self._file.written()
        except OSError as error:
            self._end()
            raise InputError(f"{self.path}: cannot be written: {error.strerror}") from error

    def _channel(self, topic: str) -> int:
        kind = self._writer.register_schema(f"legpress{topic}", "jsonschema", tape.schema(topic))
        return self._writer.register_channel(topic, "json", kind)

    def record(self, batch: Sequence[Arrival]) -> None:
        """Write arrivals down; they are on their way to the disk within half a second."""
        if not self._open:
            return
        for arrival in batch:
            stamp = max(0, self._origin_ns + round(arrival.arrival_s * 1e9))
            channel = self._channels[type(arrival)]
            self._writer.add_message(channel, stamp, tape.encode(arrival), stamp)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(FLUSH_S, self._flush)

    def recalibrated(self, arrival_s: float, calibration: str) -> None:
        """Write down that from `arrival_s` on another calibration (JSON text) was used."""
        if self._open:
            texts = {"arrival_s": repr(arrival_s), "calibration": calibration}
            self._writer.add_metadata(tape.RECALIBRATION, texts)
            self._flush()

    def close(self) -> None:
        """Finish the file, with the index that makes Foxglove quick."""
        self._flush(last=True)
        if self._open:
            self._writer.finish()
            self._flush(last=True)
        self._end()

    def _flush(self, *, last: bool = False) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._open:
            try:
                self._writer.flush()
                if last:
                    self._file.written()
            except OSError as error:
                self._end()
                self.cut_short = (
                    f"{self.path}: the recording was cut short: {error.strerror}; "
                    "what was recorded before can be replayed"
                )
                if not last:
                    _log.warning(
                        "%s: the recording ends here: %s; the session goes on without it",
                        self.path,
                        error.strerror,
                    )

    def _end(self) -> None:
        self._open = False
        self._file.close()


def _new_file(names: Iterable[Path]) -> tuple[Path, "_ChunkedFile"]:
    """The first of these files that is not there yet, made; nobody else can take it meanwhile."""
    for path in names:
        try:
            return path, _ChunkedFile(path)
        except FileExistsError:
            taken = path
        except OSError as error:
            raise InputError(f"{path}: cannot be written: {error.strerror}") from error
    raise InputError(f"{taken}: exists already; name a new file to record to")


class _ChunkedFile:
    """A new file that holds whole chunks only: what is written appears in it after `flush`.

    What goes wrong on the disk is raised by the next `flush`, or by `written`, as OSError.
    """

    def __init__(self, path: Path) -> None:
        self._raw = path.open("xb", buffering=0)
        self._thread = ThreadPoolExecutor(1, "recording")
        self._writing: list[Future[None]] = []
        self._waiting: list[bytes] = []
        self._length = 0
        self._broken: OSError | None = None

    def write(self, data: bytes) -> int:
        self._waiting.append(bytes(data))
        self._length += len(data)
        return len(data)

    def tell(self) -> int:
        return self._length

    def flush(self) -> None:
        chunk = b"".join(self._waiting)
        self._waiting.clear()
        while self._writing and self._writing[0].done():
            self._writing.pop(0).result()
        self._writing.append(self._thread.submit(self._append, chunk))

    def written(self) -> None:
        """Wait until all that was flushed is with the operating system."""
        while self._writing:
            self._writing.pop(0).result()

    def close(self) -> None:
        self._thread.shutdown()
        self._raw.close()

    def _append(self, chunk: bytes) -> None:
        if self._broken is not None:  # what follows a hole could not be read
            raise self._broken
        start, left = self._raw.tell(), memoryview(chunk)
        try:
            while left:
                left = left[self._raw.write(left) :]
        except OSError as error:
            self._broken = error
            self._raw.truncate(start)
            raise


@asynccontextmanager
async def recorded(
    source: AbstractAsyncContextManager[_Batches], recorder: Recorder
) -> AsyncIterator[_Batches]:
    """The same source, with all that comes out of it recorded before it is handed on.

    Raises:
        InputError: at its end, the recording was cut short.
    """

    async def taped(batches: _Batches) -> _Batches:
        async for batch in batches:
            recorder.record(batch)
            yield batch

    try:
        async with source as batches:
            yield taped(batches)
    finally:
        recorder.close()
        if recorder.cut_short:
            if isinstance(sys.exception(), LegpressError):  # which ends the session with its own
                _log.warning("%s", recorder.cut_short)
            else:
                raise InputError(recorder.cut_short)
