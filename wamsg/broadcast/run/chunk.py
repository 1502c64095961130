"""One chunk: its due deliveries in order, through some workers, until none is left or the run stops."""

from __future__ import annotations

import asyncio
import math
from collections import deque

from wamsg.broadcast.policy import without_numbers
from wamsg.broadcast.run.courier import Courier, Gate, NotNow, NotOurs, NotYet
from wamsg.broadcast.run.halt import Halt, Halted
from wamsg.broadcast.run.sender import Sender
from wamsg.clock import Clock
from wamsg.ledger import Due, Lease, Ledger, Phase

#: So many deliveries are read ahead, at most.
_PAGE = 500


class Feed:
    """Hands out the deliveries of a lease that may go now; remembers when the others may."""

    def __init__(self, ledger: Ledger, lease: Lease, *, gate: Gate, clock: Clock) -> None:
        self._ledger = ledger
        self._lease = lease
        self._gate = gate
        self._clock = clock
        self._page: deque[Due] = deque()
        self._after = lease.low - 1
        self._ended = False
        self._reading = asyncio.Lock()
        self._until: float | None = None
        #: Not all of the lease was read, so that nobody knows when the rest may go.
        self.cut = False

    async def next(self) -> Due | None:
        """The next delivery; None when there is none, or after `stop`."""
        while not self._ended:
            while self._page:
                due = self._page.popleft()
                now = self._clock.time()
                when = self._gate(due, now)
                if when <= now:
                    return due
                self.later(when)
            await self._read()
        return None

    def later(self, when: float) -> None:
        """Something of this chunk may go at ``when``."""
        if when < math.inf:
            self._until = when if self._until is None else min(self._until, when)

    @property
    def until(self) -> float | None:
        """The earliest time at which something that was left out may go; None if nothing was, or nobody knows."""
        return None if self.cut else self._until

    def stop(self) -> None:
        """Hand out nothing more."""
        self.cut = self.cut or not self._ended or bool(self._page)
        self._ended = True

    async def _read(self) -> None:
        async with self._reading:
            if self._page or self._ended:
                return
            found = await self._ledger.due(self._lease, after=self._after, limit=_PAGE, now=self._clock.time())
            if found:
                self._after = found[-1].seq
                self._page.extend(found)
            else:
                self._ended = True


class ChunkRun:
    """Runs one lease through one sender."""

    def __init__(self, feed: Feed, courier: Courier, sender: Sender, halt: Halt) -> None:
        self._feed = feed
        self._courier = courier
        self._sender = sender
        self._halt = halt

    async def run(self, workers: int) -> None:
        """Until nothing of it may go now. Raises what is wrong for everyone, after what was under way has ended."""
        tasks = [asyncio.create_task(self._worker(), name="wamsg broadcast") for _ in range(workers)]
        try:
            ends = await asyncio.gather(*tasks, return_exceptions=True)
        except asyncio.CancelledError:
            # Cut off from outside: each worker notes what becomes of the delivery in its hands.
            await asyncio.gather(*tasks, return_exceptions=True)
            raise
        for end in ends:
            if isinstance(end, BaseException) and not isinstance(end, asyncio.CancelledError):
                raise end

    async def _worker(self) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 -- it is what runs this
        try:
            # Before the sender's first acceptance only a few go: whatever is wrong for all shall meet a handful.
            while not self._sender.proven:
                if not await self._one_of_few(task):
                    return
            while await self._one(task):
                pass
        except NotNow as pause:
            self._sender.paused_until = max(self._sender.paused_until, pause.until)
        except (Halted, NotOurs):
            # Nothing more of this chunk is for us; the feed is stopped below.
            return
        except Exception as error:
            self._halt.now(Phase.STOPPED, without_numbers(f"{type(error).__name__}: {error}"))
            raise
        finally:
            self._feed.stop()
            self._halt.forget(task)

    async def _one_of_few(self, task: asyncio.Task[None]) -> bool:
        async with self._sender.early:
            # It may have been proven while this one waited for its place.
            return self._sender.proven or await self._one(task)

    async def _one(self, task: asyncio.Task[None]) -> bool:
        """Deliver the next one; False if there is none, or none for us."""
        if self._halt or self._sender.dropped or (due := await self._feed.next()) is None:
            return False
        try:
            await self._courier.deliver(due, task)
        except NotYet as early:
            self._feed.later(early.when)
        return True
