"""Who may turn a body into events now: they take ten times its room until they are stored."""

from __future__ import annotations

from asyncio import Future, get_running_loop
from heapq import heappop, heappush
from itertools import count
from types import TracebackType


class Turns:
    """So many bytes of bodies at once, small ones first: what a person writes comes in one, statuses in large ones."""

    def __init__(self, room: int) -> None:
        self._free = self._room = room
        self._waiting: list[tuple[int, int, Future[None]]] = []
        self._serial = count()

    def turn(self, size: int) -> Turn:
        """The turn of a body, from entering its block to leaving it. One that is larger than the room has it alone."""
        return Turn(self, min(size, self._room))

    async def take(self, size: int) -> None:
        """Wait for so much room."""
        if size <= self._free:
            self._free -= size
            return
        future: Future[None] = get_running_loop().create_future()
        heappush(self._waiting, (size, next(self._serial), future))
        try:
            await future
        except BaseException:
            if future.done() and not future.cancelled():
                # It was its turn already.
                self.give(size)
            raise

    def give(self, size: int) -> None:
        """Give it back, to whoever waits for it."""
        self._free += size
        while self._waiting and self._waiting[0][0] <= self._free:
            wanted, _, future = heappop(self._waiting)
            if not future.done():
                self._free -= wanted
                future.set_result(None)


class Turn:
    """One body's."""

    def __init__(self, turns: Turns, size: int) -> None:
        self._turns = turns
        self._size = size

    async def __aenter__(self) -> None:
        await self._turns.take(self._size)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._turns.give(self._size)
