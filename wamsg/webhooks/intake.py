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


@frozen(eq=False)
class _Arrival:
    """The events of one call, and whoever waits for them to be stored."""

    events: Sequence[Event]
    future: Future[None]


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
        self._task: Task[None] | None = None

    async def add(self, events: Sequence[Event]) -> None:
        """Return once ``events`` are stored. Raises what the store raises.

        Whoever stops waiting takes nothing back: the events are stored and handled all the same.
        """
        future: Future[None] = asyncio.get_running_loop().create_future()
        urgent = any(isinstance(event, IncomingMessage) for event in events)
        (self._urgent if urgent else self._rest).append(_Arrival(events, future))
        if self._task is None:
            self._task = asyncio.create_task(self._write_all(), name="wamsg intake")
        await future

    async def aclose(self) -> None:
        """Return once nothing is being written; nothing may be added any more."""
        if self._task is not None:
            await self._task

    async def _write_all(self) -> None:
        try:
            while group := self._next_group():
                await self._write(group)
        finally:
            self._task = None

    def _next_group(self) -> list[_Arrival]:
        """Calls with an incoming message first: a flood of statuses holds nobody up."""
        group: list[_Arrival] = []
        size = 0
        while size < _GROUP and (waiting := self._urgent or self._rest):
            group.append(waiting.popleft())
            size += len(group[-1].events)
        return group

    async def _write(self, group: list[_Arrival]) -> None:
        try:
            await self._commit([event for arrival in group for event in arrival.events])
        except Exception as error:  # noqa: BLE001 -- whoever waits is told
            await self._write_apart(group, error)
        else:
            for arrival in group:
                if not arrival.future.done():
                    arrival.future.set_result(None)

    async def _commit(self, events: list[Event]) -> None:
        unwanted = frozenset(event.key for event in events if not self._wants(event))
        for stored in await self._store.add(events, now=self._clock.time(), unwanted=unwanted):
            if stored.event.key not in unwanted:
                self._stored(stored)

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
