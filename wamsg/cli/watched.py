"""A ledger as the store of a receiver, watched for what cannot be read and for when nothing can be stored."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from wamsg.errors import LedgerUnusable
from wamsg.ledger import EventLedger
from wamsg.ledger.events import StoredEvent
from wamsg.model.event import Event, UnknownEvent


class Watched:
    """Implements `wamsg.ledger.events.EventStore`; calls ``lost`` once events cannot be stored any more."""

    def __init__(self, book: EventLedger, lost: Callable[[], None]) -> None:
        self._book = book
        self._lost = lost
        #: Why; None as long as they can.
        self.error: LedgerUnusable | None = None
        #: Events that were stored and not understood.
        self.unknown = 0

    async def add(
        self, events: Sequence[Event], *, now: float, unwanted: Collection[str] = frozenset()
    ) -> list[StoredEvent]:
        try:
            fresh = await self._book.add(events, now=now, unwanted=unwanted)
        except LedgerUnusable as error:
            self.error = error
            self._lost()
            raise
        self.unknown += sum(isinstance(stored.event, UnknownEvent) for stored in fresh)
        return fresh

    async def unhandled(self, *, messages: bool, after: int, limit: int) -> list[StoredEvent]:
        return await self._book.unhandled(messages=messages, after=after, limit=limit)

    async def handled(self, positions: Sequence[int]) -> None:
        await self._book.handled(positions)
