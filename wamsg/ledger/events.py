"""What a store of events does: it keeps what came in before that is answered, and knows what is not handled yet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple, Protocol

from wamsg.model import PhoneNumber
from wamsg.model.event import Event


class StoredEvent(NamedTuple):
    """An event, and where it stands in its store."""

    #: Above zero; grows with every event, in the order in which they are committed.
    position: int
    event: Event


class EventStore(Protocol):
    """Keeps events by their ``key``. Every method may raise; `add` has then stored nothing of what it was given.

    A key is remembered for a week at least, handled or not, so that what is delivered again is known. After that a
    handled event may be forgotten; one that is not handled stays.
    """

    async def add(
        self, events: Sequence[Event], *, now: float, unwanted: Collection[str] = frozenset()
    ) -> list[StoredEvent]:
        """Commit those whose key is new, all together, and return them in their order.

        Once it returns they survive a crash. Of two with the same key, in one call or in two at once, one is new.
        ``now`` is when they came, in seconds since 1970. ``unwanted`` are keys that no handler is for: they are kept
        as handled.
        """
        ...

    async def unhandled(self, *, messages: bool, after: int, limit: int) -> list[StoredEvent]:
        """Up to ``limit`` events at positions above ``after`` that are not handled, oldest first.

        Only incoming messages, or (``messages=False``) only all else. One that cannot be read any more is logged and
        left out: it must not keep the others back.
        """
        ...

    async def handled(self, positions: Sequence[int]) -> None:
        """Note that the handlers of these are through; noting it twice is harmless. On disk once it returns."""
        ...


class Bookmarks(Protocol):
    """A store that remembers where a reading stands, by the name of what is read."""

    async def bookmark(self, name: str) -> str | None:
        """What was set last under ``name``; None if nothing was."""
        ...

    async def set_bookmark(self, name: str, text: str) -> None:
        """Remember ``text``; on disk once it returns."""
        ...


class History(Protocol):
    """A store that can tell when people last wrote."""

    async def last_written(self, number: PhoneNumber) -> float | None:
        """The time of the newest incoming message from ``number``, in seconds since 1970; None if there is none.

        It is the event's own ``at``, or when it came if that is earlier or there is none.
        """
        ...
