"""A clock that stands still until a test moves it."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable

from attrs import define, field

from wamsg.clock import Timer


@define(order=True)
class _Call:
    when: float
    order: int
    callback: Callable[[], None] = field(order=False)
    cancelled: bool = field(default=False, order=False)

    def cancel(self) -> None:
        self.cancelled = True


class ManualClock:
    """Implements `wamsg.clock.Clock`; time passes only in `advance`, which lets woken tasks run at each step."""

    def __init__(self, start: float = 1000.0, epoch: float = 1_700_000_000.0) -> None:
        self._now = start
        self._offset = epoch - start
        self._calls: list[_Call] = []
        self._order = 0

    def monotonic(self) -> float:
        return self._now

    def time(self) -> float:
        return self._now + self._offset

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        self._order += 1
        call = _Call(when, self._order, callback)
        heapq.heappush(self._calls, call)
        return call

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken = asyncio.Event()
        call = self.call_at(self._now + seconds, woken.set)
        try:
            await woken.wait()
        finally:
            call.cancel()

    async def advance(self, seconds: float) -> None:
        """Let ``seconds`` pass, running every timer at its own time and the tasks it wakes before the next one."""
        target = self._now + seconds
        await self.settle()
        while (call := self._next()) is not None and call.when <= target:
            heapq.heappop(self._calls)
            self._now = max(self._now, call.when)
            call.callback()
            await self.settle()
        self._now = max(self._now, target)
        await self.settle()

    async def settle(self, rounds: int = 20) -> None:
        """Let tasks that can run do so, without time passing."""
        for _ in range(rounds):
            await asyncio.sleep(0)

    @property
    def next_timer(self) -> float | None:
        """When the next timer is due; None if there is none."""
        call = self._next()
        return call.when if call else None

    def _next(self) -> _Call | None:
        while self._calls and self._calls[0].cancelled:
            heapq.heappop(self._calls)
        return self._calls[0] if self._calls else None
