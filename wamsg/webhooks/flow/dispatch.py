"""Running handlers: so many at once, again after a failure, and no more events in memory than there is room for."""

from __future__ import annotations

import asyncio
import logging
from asyncio import Task
from collections.abc import Sequence
from contextvars import copy_context

from wamsg.clock import Clock, Timer
from wamsg.errors import InvalidMessage, Rejected, SendError, Unsupported
from wamsg.ledger.events import EventStore, StoredEvent
from wamsg.model.event import Event
from wamsg.webhooks.flow.handler import Handler
from wamsg.webhooks.flow.marks import Marks
from wamsg.webhooks.flow.strands import Strands

_log = logging.getLogger("wamsg.webhooks")
#: Events in memory. What comes above that is stored already and is read from there when its turn comes.
_ROOM = 4096
_PAUSE = 2.0


class Dispatcher:
    """The queue of incoming messages, or the one of all else."""

    def __init__(
        self,
        store: EventStore,
        handler: Handler,
        marks: Marks,
        *,
        messages: bool,
        concurrency: int,
        retries: Sequence[float],
        clock: Clock,
        room: int = _ROOM,
    ) -> None:
        self._store = store
        self._handler = handler
        self._marks = marks
        self._messages = messages
        self._concurrency = concurrency
        self._retries = tuple(retries)
        self._clock = clock
        self._room = room
        self._strands = Strands()
        self._running: dict[Task[None], StoredEvent] = {}
        self._failures: dict[int, int] = {}
        self._timers: dict[int, Timer] = {}
        #: The highest position that ever was in memory.
        self._seen = 0
        #: Whether some events stand in the store alone; what comes then has to wait for them.
        self._behind = True
        self._missed = False
        self._closing = False
        self._catching_up: Task[None] | None = None
        self._changed = asyncio.Event()
        self._context = copy_context()

    def open(self) -> None:
        """Start, with what an earlier process left."""
        self._context = copy_context()
        self._catching_up = asyncio.create_task(self._catch_up(), name="wamsg events")

    def put(self, item: StoredEvent) -> None:
        """Take an event that was just stored. To be called in the order of positions."""
        if not self._behind and len(self._strands) >= self._room and not self._closing:
            self._behind = True
            self._catching_up = asyncio.create_task(self._catch_up(), name="wamsg events")
        if self._behind or self._closing:
            self._missed = True
        elif item.position > self._seen:
            self._enter(item)
            self._fill()

    async def idle(self) -> None:
        """Return once every event that was stored so far is handled or given up."""
        while self._behind or self._strands:
            self._changed.clear()
            await self._changed.wait()

    def stop(self) -> None:
        """Start nothing more; what is not begun stays stored."""
        self._closing = True
        for timer in self._timers.values():
            timer.cancel()

    async def aclose(self, grace: float) -> None:
        """After `stop`: wait up to ``grace`` seconds for what runs, then cancel it."""
        if self._catching_up is not None:
            self._catching_up.cancel()
            await asyncio.gather(self._catching_up, return_exceptions=True)
        running = list(self._running)
        if running:
            _, late = await asyncio.wait(running, timeout=grace)
            if late:
                _log.warning("%d handlers did not end in time", len(late), extra={"action": "handlers_cancelled"})
            for task in late:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    # -- from the store

    async def _catch_up(self) -> None:
        """Read what is in the store alone, page by page, until nothing is."""
        while self._behind:
            while (space := self._room - len(self._strands)) < self._room // 2:
                self._changed.clear()
                await self._changed.wait()
            # What is stored from here on may or may not be on the page, so it asks for another one.
            self._missed = False
            page = await self._page(space)
            for item in page:
                self._enter(item)
            self._behind = self._missed or len(page) == space
            self._fill()
            self._changed.set()

    async def _page(self, limit: int) -> list[StoredEvent]:
        while True:
            try:
                return await self._store.unhandled(messages=self._messages, after=self._seen, limit=limit)
            except Exception:  # noqa: BLE001 -- logged, and tried until it works
                _log.exception("stored events cannot be read yet", extra={"action": "events_not_read"})
                await self._clock.sleep(_PAUSE)

    # -- running

    def _enter(self, item: StoredEvent) -> None:
        self._seen = item.position
        self._strands.put(item)

    def _fill(self) -> None:
        while len(self._running) < self._concurrency and not self._closing and (item := self._strands.take()):
            # A task for each: handlers that never wait would otherwise hold the loop until the queue is empty.
            # In the context of `open`: that of whichever call came in just now has nothing to do with it.
            task = asyncio.create_task(self._handle(item.event), name="wamsg handler", context=self._context.copy())
            self._running[task] = item
            task.add_done_callback(self._ended)

    async def _handle(self, event: Event) -> None:
        # Called in here: one that raises before it gives anything to wait for has failed like any other.
        await self._handler.handle(event)

    def _ended(self, task: Task[None]) -> None:
        item = self._running.pop(task)
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        if error is None:
            self._finish(item, handled=True)
        elif not (self._closing and task.cancelled()):
            self._failed(item, error)
        self._fill()
        self._changed.set()

    def _failed(self, item: StoredEvent, error: BaseException) -> None:
        failures = self._failures[item.position] = self._failures.get(item.position, 0) + 1
        if isinstance(error, SendError) and error.may_have_gone_out:
            # Once more could message the person twice.
            self._tell("a reply may have gone out; its handler is not run again", item, error)
            self._finish(item, handled=True)
        elif failures > len(self._retries) or isinstance(error, Rejected | Unsupported | InvalidMessage):
            self._tell("a handler failed; the event stays stored as not handled", item, error)
            self._finish(item, handled=False)
        elif not self._closing:
            asked = error.retry_after if isinstance(error, SendError) else None
            when = self._clock.monotonic() + max(self._retries[failures - 1], asked or 0.0)
            self._timers[item.position] = self._clock.call_at(when, lambda: self._again(item))

    def _again(self, item: StoredEvent) -> None:
        del self._timers[item.position]
        self._strands.again(item)
        self._fill()

    def _finish(self, item: StoredEvent, *, handled: bool) -> None:
        self._failures.pop(item.position, None)
        self._strands.done(item)
        if handled:
            self._marks.add(item.position)

    def _tell(self, what: str, item: StoredEvent, error: BaseException) -> None:
        facts = {"action": "handler_failed", "key": item.event.key, "provider": item.event.provider}
        _log.error("%s: %s %s", what, type(item.event).__name__, item.event.key, exc_info=error, extra=facts)
