"""Storing what came in, in groups: whatever comes while one group is written goes into the next one.

So a single call waits for nobody, and a thousand at once cost a few writes.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import Future, Task
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial

from attrs import define, field, frozen

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


@define(eq=False)
class _Group:
    """Calls that are stored together."""

    arrivals: Sequence[_Arrival]
    #: Set once handlers have heard of what was begun before it. No more of that is held: under a load that never ends
    #: each group would keep all earlier ones alive.
    before: asyncio.Event | None
    #: Its handlers have heard of it, or it has failed.
    told: asyncio.Event = field(factory=asyncio.Event)
    task: Task[None] | None = None


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
        self._writing: list[_Group] = []
        #: How many of them failed as a whole and are written call by call.
        self._apart = 0

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
            await asyncio.wait([group.task for group in self._writing if group.task is not None])

    def _begin(self) -> None:
        """Write what waits: at once if nothing is being written, else when it is much."""
        while (self._urgent or self._rest) and self._may_begin():
            group = _Group(self._next_group(), self._writing[-1].told if self._writing else None)
            self._writing.append(group)
            group.task = asyncio.create_task(self._write(group), name="wamsg intake")
            group.task.add_done_callback(partial(self._ended, group))

    def _may_begin(self) -> bool:
        return not self._writing or (not self._apart and len(self._writing) < _AT_ONCE and self._size >= _MUCH)

    def _ended(self, group: _Group, _task: Task[None]) -> None:
        self._writing.remove(group)
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

    async def _write(self, group: _Group) -> None:
        try:
            fresh = await self._commit([event for arrival in group.arrivals for event in arrival.events], group.before)
        except Exception as error:  # noqa: BLE001 -- whoever waits is told
            group.told.set()
            await self._write_apart(group, error)
        else:
            group.told.set()
            _answer(group.arrivals, fresh)

    async def _commit(self, events: list[Event], before: asyncio.Event | None) -> list[StoredEvent]:
        unwanted = frozenset(event.key for event in events if not self._wants(event))
        fresh = await self._store.add(events, now=self._clock.time(), unwanted=unwanted)
        if before is not None:
            # Handlers are given events in the order of the store.
            await before.wait()
        for stored in fresh:
            if stored.event.key not in unwanted:
                self._stored(stored)
        return fresh

    async def _write_apart(self, group: _Group, error: Exception) -> None:
        """Each call alone, so that one that cannot be stored does not cost the others theirs."""
        if len(group.arrivals) == 1:
            _refuse(group.arrivals[0], error)
            return
        self._apart += 1
        try:
            # What was begun after it is before it in the store by now.
            for other in self._writing:
                await other.told.wait()
            for arrival in group.arrivals:
                await self._write_alone(arrival)
        finally:
            self._apart -= 1

    async def _write_alone(self, arrival: _Arrival) -> None:
        # Whoever was answered in the meantime is told again by the provider.
        if arrival.future.done():
            return
        try:
            fresh = await self._commit(list(arrival.events), None)
        except Exception as error:  # noqa: BLE001 -- whoever waits is told
            _refuse(arrival, error)
        else:
            _answer([arrival], fresh)


def _answer(arrivals: Sequence[_Arrival], fresh: list[StoredEvent]) -> None:
    for arrival in arrivals:
        if not arrival.future.done():
            arrival.future.set_result(fresh)


def _refuse(arrival: _Arrival, error: Exception) -> None:
    _log.error("events could not be stored", exc_info=error, extra={"action": "events_not_stored"})
    if not arrival.future.done():
        arrival.future.set_exception(error)
