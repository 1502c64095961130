"""Those who wait for one lane: interactive before bulk, and within each the oldest first."""

from __future__ import annotations

import asyncio
import heapq

from wamsg.clock import Timer
from wamsg.wire import Priority

#: So many interactive ones in a row may pass a waiting bulk one; then it is bulk's turn.
_PATIENCE_OF_BULK = 20


class Waiter:
    """One who waits for all of ``lanes``; ``granted`` holds the time of the grant."""

    __slots__ = ("bulk", "granted", "hops", "lanes", "order")

    def __init__(self, order: int, lanes: tuple[str, ...], priority: Priority) -> None:
        self.order = order
        self.lanes = lanes
        self.bulk = priority is Priority.BULK
        self.granted: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        #: How often it was sent on from one lane's queue to another's.
        self.hops = 0


class Queue:
    """The waiters of one lane and the timer that wakes them."""

    __slots__ = ("_heaps", "_passed", "timer", "wake_at")

    def __init__(self) -> None:
        self._heaps: tuple[list[tuple[int, Waiter]], list[tuple[int, Waiter]]] = ([], [])
        self._passed = 0
        self.timer: Timer | None = None
        self.wake_at = float("inf")

    def push(self, waiter: Waiter) -> None:
        """Put in by age."""
        heapq.heappush(self._heaps[waiter.bulk], (waiter.order, waiter))

    def first(self, *, bulk: bool) -> Waiter | None:
        """The oldest of its class who still waits; those who gave up before it are dropped."""
        heap = self._heaps[bulk]
        while heap and heap[0][1].granted.done():
            heapq.heappop(heap)
        return heap[0][1] if heap else None

    @property
    def is_bulks_turn(self) -> bool:
        """Whether enough interactive ones have passed."""
        return self._passed >= _PATIENCE_OF_BULK

    def in_turn(self) -> tuple[Waiter, ...]:
        """The oldest of each class, in the order in which they should be served."""
        interactive, bulk = self.first(bulk=False), self.first(bulk=True)
        turn = (bulk, interactive) if self.is_bulks_turn else (interactive, bulk)
        return tuple(waiter for waiter in turn if waiter is not None)

    def pop(self, waiter: Waiter) -> None:
        """Take out ``waiter``, who is the first of its class."""
        heapq.heappop(self._heaps[waiter.bulk])

    def served(self, waiter: Waiter) -> None:
        """Keep count, so that bulk is never starved for ever."""
        self._passed = 0 if waiter.bulk or not self._heaps[True] else self._passed + 1

    def comes_before(self, waiter: Waiter) -> bool:
        """Whether someone waits here who goes before ``waiter``."""
        if waiter.bulk and self.first(bulk=False) is not None and not self.is_bulks_turn:
            return True
        first = self.first(bulk=waiter.bulk)
        return first is not None and first.order < waiter.order

    def everyone(self) -> list[Waiter]:
        """All who still wait."""
        return [waiter for heap in self._heaps for _, waiter in heap if not waiter.granted.done()]
