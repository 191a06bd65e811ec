"""Writes every arrival down before anybody makes anything of it.

What has arrived is handed to the operating system every half second, as a closed chunk of the
file: whoever kills the program loses no more than that. It is handed over in a thread of its own:
a memory card that stalls for a second must not hold up the stamping of what arrives meanwhile. A
disk that fills up ends the recording, not the session, and what was recorded until then stays
readable.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import IO, Any, cast

from mcap.writer import Writer

from monitor import tape
from monitor.arrivals import Arrival
from monitor.errors import InputError

FLUSH_S = 0.5  # how much a killed program may lose; the promise is 1 s

_log = logging.getLogger("legpress")
_Batches = AsyncIterator[Sequence[Arrival]]


class Recorder:
    """One recording being made, in a new file.

    Raises:
        InputError: the file exists already or cannot be written.
    """

    def __init__(self, path: Path, header: tape.Header) -> None:
        self._path = path
        self._origin_ns = round((header.session.started_wall_s or 0.0) * 1e9)
        self._timer: asyncio.TimerHandle | None = None
        self._open = True
        try:
            self._file = _ChunkedFile(path)
            self._writer = Writer(cast("IO[Any]", self._file))
            self._writer.start(profile="legpress", library=header.program)
            self._writer.add_metadata(tape.HEADER, header.to_metadata())
            self._channels = {kind: self._channel(topic) for kind, topic in tape.TOPIC_OF.items()}
            self._writer.flush()
            self._file.written()
        except FileExistsError as error:
            raise InputError(f"{path}: exists already; name a new file to record to") from error
        except OSError as error:
            raise InputError(f"{path}: cannot be written: {error.strerror}") from error

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
        self._flush()
        if self._open:
            self._writer.finish()
            self._flush(wait=True)
        self._end()

    def _flush(self, *, wait: bool = False) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._open:
            try:
                self._writer.flush()
                if wait:
                    self._file.written()
            except OSError as error:
                self._end()
                _log.warning(
                    "%s: the recording ends here: %s; the session goes on without it",
                    self._path,
                    error.strerror,
                )

    def _end(self) -> None:
        self._open = False
        self._file.close()


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
    """The same source, with all that comes out of it recorded before it is handed on."""

    async def taped(batches: _Batches) -> _Batches:
        async for batch in batches:
            recorder.record(batch)
            yield batch

    try:
        async with source as batches:
            yield taped(batches)
    finally:
        recorder.close()
