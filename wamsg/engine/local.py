"""Jobs as asyncio tasks of this process; they die with it, and the ledger knows what was left."""

from __future__ import annotations

import asyncio
import heapq
from typing import Any

from wamsg.clock import Clock, Timer
from wamsg.engine.port import Handler


class LocalEngine:
    """Implements `wamsg.engine.Engine` for one process and one event loop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        #: When a job may run, its place in the order of submission, and its broadcast.
        self._jobs: list[tuple[float, int, int]] = []
        self._submitted = 0
        self._changed = asyncio.Event()

    async def submit(self, broadcast: int, jobs: int = 1) -> None:
        for _ in range(jobs):
            await self.retry_later(broadcast, 0.0)

    async def retry_later(self, broadcast: int, delay: float) -> None:
        self._submitted += 1
        heapq.heappush(self._jobs, (self._clock.monotonic() + delay, self._submitted, broadcast))
        self._changed.set()

    async def run_worker(self, handler: Handler, *, places: int, until: asyncio.Event) -> None:
        running: set[asyncio.Task[None]] = set()
        ending = asyncio.create_task(until.wait(), name="wamsg engine")
        ending.add_done_callback(self._notice)
        try:
            while running or (self._jobs and not until.is_set()):
                while not until.is_set() and len(running) < places and (broadcast := self._next()) is not None:
                    running.add(asyncio.create_task(_one(handler, broadcast), name="wamsg broadcast job"))
                await self._until_something_changes(running, full=until.is_set() or len(running) >= places)
                for task in [task for task in running if task.done()]:
                    running.remove(task)
                    task.result()
        finally:
            ending.cancel()
            for task in running:
                task.cancel()
            await asyncio.gather(*running, ending, return_exceptions=True)

    async def reap(self) -> int:
        """None: a worker of this engine dies together with its jobs."""
        return 0

    def _next(self) -> int | None:
        if self._jobs and self._jobs[0][0] <= self._clock.monotonic():
            return heapq.heappop(self._jobs)[2]
        return None

    async def _until_something_changes(self, running: set[asyncio.Task[None]], *, full: bool) -> None:
        """A job ended, a new one came, or the first one's time has come."""
        self._changed.clear()
        for task in running:
            task.add_done_callback(self._notice)
        timer: Timer | None = None
        if self._jobs and not full:
            timer = self._clock.call_at(self._jobs[0][0], self._changed.set)
        try:
            await self._changed.wait()
        finally:
            if timer is not None:
                timer.cancel()
            for task in running:
                task.remove_done_callback(self._notice)

    def _notice(self, _task: asyncio.Task[Any]) -> None:
        self._changed.set()


async def _one(handler: Handler, broadcast: int) -> None:
    await handler(broadcast)
