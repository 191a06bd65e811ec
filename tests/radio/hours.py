"""An event loop whose hours cost nothing: where all would wait, its clock jumps to the next thing.

Everything in a virtual radio happens in one process, so nothing is lost by not waiting: a drop-out
of ten seconds takes milliseconds, and the same run gives the same times to the last digit. Only
other threads (a disk, say) are really waited for, and while they work no time passes.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import TypeVar

Result = TypeVar("Result")


class _Jumping(selectors.DefaultSelector):
    """Waits for threads only: any other time it was to wait for has passed."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0
        self.threads = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if self.threads and timeout != 0:
            return super().select(None)  # a thread that ends wakes the loop
        ready = super().select(0.0 if timeout is not None else None)
        if not ready and timeout:
            self.now_s += timeout
        return ready


class JumpingLoop(asyncio.SelectorEventLoop):
    """Its time begins at 0."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now_s

    def run_in_executor(
        self, executor: Executor | None, func: Callable[..., Result], *args: object
    ) -> "asyncio.Future[Result]":
        work = super().run_in_executor(executor, func, *args)
        self._jumping.threads += 1
        work.add_done_callback(self._worked)
        return work

    def _worked(self, _: object) -> None:
        self._jumping.threads -= 1


def lived(main: Coroutine[object, object, Result]) -> Result:
    """Run to the end, in virtual time."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(main)
