"""Storing what came in, in groups: whatever comes while one group is written goes into the next one.

So a single call waits for nobody, and a thousand at once cost a few writes.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import Future, Task
from collections import deque
from collections.abc import Callable, Sequence

from attrs import frozen

from wamsg.clock import Clock
from wamsg.ledger.events import EventStore, StoredEvent
from wamsg.model.event import Event, IncomingMessage

_log = logging.getLogger("wamsg.webhooks")
#: Events of one group, more or less: so long does an incoming message wait for the statuses before it.
_GROUP = 4000
#: Groups that are written at once, so that one is made ready while the other is on its way to the disk; and from how
#: many events on that is worth a group of its own.
_AT_ONCE, _MUCH = 2, 2000


@frozen(eq=False)
class _Arrival:
    """The events of one call, and whoever waits for them to be stored."""

    events: Sequence[Event]
    future: Future[list[StoredEvent]]


class Intake:
    """One writer for all calls; ``stored`` is told what was new and is wanted, in the order of the store."""

    def __init__(
        self,
        store: EventStore,
        *,
        wants: Callable[[Event], bool],
        stored: Callable[[StoredEvent], None],
        clock: Clock,
    ) -> None:
        self._store = store
        self._wants = wants
        self._stored = stored
        self._clock = clock
        self._urgent: deque[_Arrival] = deque()
        self._rest: deque[_Arrival] = deque()
        #: Events that wait.
        self._size = 0
        #: The groups that are being written, in the order in which they were begun.
        self._writing: list[Task[None]] = []

    async def add(self, events: Sequence[Event]) -> list[StoredEvent]:
        """Return once ``events`` are stored: what was new of the group that they are of. Raises what the store raises.

        Whoever stops waiting takes nothing back: the events are stored and handled all the same.
        """
        future: Future[list[StoredEvent]] = asyncio.get_running_loop().create_future()
        urgent = any(isinstance(event, IncomingMessage) for event in events)
        (self._urgent if urgent else self._rest).append(_Arrival(events, future))
        self._size += len(events)
        self._begin()
        return await future

    async def aclose(self) -> None:
        """Return once nothing is being written; nothing may be added any more."""
        while self._writing:
            await asyncio.wait(self._writing)

    def _begin(self) -> None:
        """Write what waits: at once if nothing is being written, else when it is much."""
        while (self._urgent or self._rest) and (
            not self._writing or (len(self._writing) < _AT_ONCE and self._size >= _MUCH)
        ):
            before = self._writing[-1] if self._writing else None
            task = asyncio.create_task(self._write(self._next_group(), before), name="wamsg intake")
            self._writing.append(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: Task[None]) -> None:
        self._writing.remove(task)
        self._begin()

    def _next_group(self) -> list[_Arrival]:
        """Calls with an incoming message first: a flood of statuses holds nobody up."""
        group: list[_Arrival] = []
        size = 0
        while size < _GROUP and (waiting := self._urgent or self._rest):
            group.append(waiting.popleft())
            size += len(group[-1].events)
        self._size -= size
        return group

    async def _write(self, group: list[_Arrival], before: Task[None] | None = None) -> None:
        try:
            fresh = await self._commit([event for arrival in group for event in arrival.events], before)
        except Exception as error:  # noqa: BLE001 -- whoever waits is told
            await self._write_apart(group, error)
        else:
            for arrival in group:
                if not arrival.future.done():
                    arrival.future.set_result(fresh)

    async def _commit(self, events: list[Event], before: Task[None] | None) -> list[StoredEvent]:
        unwanted = frozenset(event.key for event in events if not self._wants(event))
        try:
            fresh = await self._store.add(events, now=self._clock.time(), unwanted=unwanted)
        finally:
            if before is not None:
                # Handlers are given events in the order of the store.
                await asyncio.wait([before])
        for stored in fresh:
            if stored.event.key not in unwanted:
                self._stored(stored)
        return fresh

    async def _write_apart(self, group: list[_Arrival], error: Exception) -> None:
        """Each call alone, so that one that cannot be stored does not cost the others theirs."""
        if len(group) == 1:
            _log.error("events could not be stored", exc_info=error, extra={"action": "events_not_stored"})
            if not group[0].future.done():
                group[0].future.set_exception(error)
            return
        for arrival in group:
            # Whoever was answered in the meantime is told again by the provider.
            if not arrival.future.done():
                await self._write([arrival])
