"""A small store of events in a file, and the table of stores that the contract suite holds to the protocol.

Another store joins by one line in `EVENT_STORES`.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any, Protocol

from examples.own_store import SqliteEvents
from wamsg.codec import event_from_dict, event_to_dict
from wamsg.ledger.events import EventStore, History, StoredEvent
from wamsg.ledger.sqlite import SqliteLedger, open_sqlite
from wamsg.model import PhoneNumber
from wamsg.model.event import Event, IncomingMessage


class Book(EventStore, History, Protocol):
    """A store that can do all that the protocols name."""


class Place(Protocol):
    """Where one store lies; opened and crashed as often as a test likes."""

    async def open(self) -> Book:
        """A fresh handle."""
        ...

    async def crash(self, store: Book) -> None:
        """Abandon a handle as a dead process would."""
        ...

    async def clean(self) -> None:
        """Let go of what crashed handles hold."""
        ...


class FileEventStore:
    """Lines of JSON, each on disk before the call that wrote it returns; read again, whole, at the start."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab+")
        self._lock = asyncio.Lock()
        self._keys: set[str] = set()
        self._open: dict[int, Event] = {}
        self._written: dict[str, float] = {}
        self._last = 0
        self._file.seek(0)
        for line in self._file:
            # The last one may be cut off.
            if line.endswith(b"\n"):
                self._replay(json.loads(line))

    async def add(
        self, events: Sequence[Event], *, now: float, unwanted: Collection[str] = frozenset()
    ) -> list[StoredEvent]:
        async with self._lock:
            fresh = {event.key: event for event in reversed(events) if event.key not in self._keys}
            new = [event for event in events if fresh.get(event.key) is event]
            numbered = [StoredEvent(self._last + place, event) for place, event in enumerate(new, 1)]
            await self._write(
                {
                    "now": now,
                    "add": [[at, event.key not in unwanted, event_to_dict(event)] for at, event in numbered],
                }
            )
            return numbered

    async def unhandled(self, *, messages: bool, after: int, limit: int) -> list[StoredEvent]:
        found = [
            StoredEvent(position, event)
            for position, event in self._open.items()
            if position > after and isinstance(event, IncomingMessage) is messages
        ]
        return found[:limit]

    async def handled(self, positions: Sequence[int]) -> None:
        async with self._lock:
            await self._write({"handled": list(positions)})

    async def last_written(self, number: PhoneNumber) -> float | None:
        return self._written.get(number.e164)

    def close(self) -> None:
        self._file.close()

    async def _write(self, record: dict[str, Any]) -> None:
        line = json.dumps(record).encode() + b"\n"
        await asyncio.to_thread(self._append, line)
        self._replay(record)

    def _append(self, line: bytes) -> None:
        self._file.write(line)
        self._file.flush()
        os.fsync(self._file.fileno())

    def _replay(self, record: dict[str, Any]) -> None:
        for position, wanted, document in record.get("add", ()):
            event = event_from_dict(document)
            self._last = position
            self._keys.add(event.key)
            if wanted:
                self._open[position] = event
            if isinstance(event, IncomingMessage) and event.sender is not None:
                at = record["now"] if event.at is None else min(event.at, record["now"])
                self._written[event.sender.e164] = max(at, self._written.get(event.sender.e164, at))
        for position in record.get("handled", ()):
            self._open.pop(position, None)


class FilePlace:
    """A file in a folder of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "events.jsonl"
        self._opened: list[FileEventStore] = []

    async def open(self) -> FileEventStore:
        self._opened.append(FileEventStore(self.path))
        return self._opened[-1]

    async def crash(self, store: Book) -> None:
        """What is on disk is on disk, and nothing else is kept."""

    async def clean(self) -> None:
        for store in self._opened:
            store.close()


class OwnPlace:
    """The store that examples/ show how to write."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "events.db"
        self._opened: list[SqliteEvents] = []

    async def open(self) -> SqliteEvents:
        self._opened.append(SqliteEvents(self.path))
        return self._opened[-1]

    async def crash(self, store: Book) -> None:
        """What is committed is committed, and nothing else is kept."""

    async def clean(self) -> None:
        for store in self._opened:
            store.close()


class LedgerPlace:
    """A ledger that nobody plans or runs on."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "events.ledger"
        self._opened: list[SqliteLedger] = []

    async def open(self) -> SqliteLedger:
        self._opened.append(await open_sqlite(self.path, create=True))
        return self._opened[-1]

    async def crash(self, store: Book) -> None:
        """What is committed is committed, and nothing else is kept."""

    async def clean(self) -> None:
        for store in self._opened:
            await store.aclose()


EVENT_STORES: dict[str, Callable[[Path], Place]] = {"file": FilePlace, "ledger": LedgerPlace, "own": OwnPlace}
