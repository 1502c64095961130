"""How a contender is driven: so many workers pull from one counter; CPU and wall time are taken around them."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Self, TypeVar

from attrs import frozen

T = TypeVar("T")
#: Sends to one recipient, of whom only the number is known.
Send = Callable[[int], Awaitable[object]]


@frozen(kw_only=True)
class Load:
    """What so many messages cost this process."""

    messages: int
    #: User and system time of the whole process, in seconds.
    cpu: float
    wall: float

    @property
    def cpu_us(self) -> float:
        """Microseconds of CPU per message."""
        return self.cpu / self.messages * 1e6

    @property
    def rate(self) -> float:
        """Messages a second."""
        return self.messages / self.wall


class Stopwatch:
    """Takes CPU and wall time around what stands in its context."""

    def __enter__(self) -> Self:
        gc.collect()
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self._cpu = time.process_time() - self._cpu
        self._wall = time.perf_counter() - self._wall

    def load(self, messages: int) -> Load:
        """What was taken, for so many messages."""
        return Load(messages=messages, cpu=self._cpu, wall=self._wall)


async def drive(send: Send, *, messages: int, workers: int) -> Load:
    """Send them all; the first error ends it."""
    numbers = iter(range(messages))

    async def work() -> None:
        for number in numbers:
            await send(number)

    with Stopwatch() as watch:
        async with asyncio.TaskGroup() as group:
            for _ in range(workers):
                group.create_task(work())
    return watch.load(messages)


def run(main: Callable[[], Coroutine[Any, Any, T]], *, loop: str = "asyncio") -> T:
    """Run ``main`` on asyncio's own loop or on uvloop's."""
    if loop == "asyncio":
        return asyncio.run(main())
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main())
