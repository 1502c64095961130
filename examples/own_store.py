"""A store of events of your own, in 70 lines: one table of SQLite.

Whatever keeps callbacks for `wamsg.webhooks.Receiver` has these three methods (`wamsg.ledger.events.EventStore`), and a
fourth if it can tell when people last wrote (`History`).
"""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import TypeVar

from wamsg.codec import event_from_dict, event_to_dict
from wamsg.ledger.events import StoredEvent
from wamsg.model import PhoneNumber
from wamsg.model.event import Event, IncomingMessage

Result = TypeVar("Result")

_log = logging.getLogger("own_store")

_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS event (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    document TEXT NOT NULL,
    message INTEGER NOT NULL,
    sender TEXT,
    at REAL NOT NULL,
    handled INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS open_event ON event (message, position) WHERE NOT handled;
CREATE INDEX IF NOT EXISTS written ON event (sender, at) WHERE sender IS NOT NULL;
"""


class SqliteEvents:
    """One thread writes, so that one call's events are committed together and two calls never race."""

    def __init__(self, path: str | Path) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._database = sqlite3.connect(path, check_same_thread=False)
        self._database.executescript(_SCHEMA)

    async def add(
        self, events: Sequence[Event], *, now: float, unwanted: Collection[str] = frozenset()
    ) -> list[StoredEvent]:
        """See `wamsg.ledger.events.EventStore.add`."""
        return await self._run(self._add, events, now, unwanted)

    async def unhandled(self, *, messages: bool, after: int, limit: int) -> list[StoredEvent]:
        """See `wamsg.ledger.events.EventStore.unhandled`."""
        return await self._run(self._unhandled, int(messages), after, limit)

    async def handled(self, positions: Sequence[int]) -> None:
        """See `wamsg.ledger.events.EventStore.handled`."""
        await self._run(self._handled, positions)

    async def last_written(self, number: PhoneNumber) -> float | None:
        """See `wamsg.ledger.events.History.last_written`."""
        query = "SELECT max(at) FROM event WHERE sender = ?"
        newest: list[float | None]
        [newest] = await self._run(lambda: self._database.execute(query, (number.e164,)).fetchall())
        return newest[0]

    def close(self) -> None:
        """Let go of the file."""
        self._thread.shutdown()
        self._database.close()

    async def _run(self, work: Callable[..., Result], *arguments: object) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)

    def _add(self, events: Sequence[Event], now: float, unwanted: Collection[str]) -> list[StoredEvent]:
        insert = (
            "INSERT INTO event (key, document, message, sender, at, handled) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (key) DO NOTHING"
        )
        stored = []
        with self._database:
            for event in events:
                sender = event.sender if isinstance(event, IncomingMessage) else None
                row = (
                    event.key,
                    json.dumps(event_to_dict(event)),
                    isinstance(event, IncomingMessage),
                    sender and sender.e164,
                    now if event.at is None else min(event.at, now),
                    event.key in unwanted,
                )
                done = self._database.execute(insert, row)
                if done.rowcount:
                    stored.append(StoredEvent(done.lastrowid or 0, event))
        return stored

    def _unhandled(self, messages: int, after: int, limit: int) -> list[StoredEvent]:
        query = (
            "SELECT position, document FROM event WHERE NOT handled AND message = ? AND position > ? ORDER BY position"
        )
        # Read one by one: a page that is not full would say that there are no more.
        return list(islice(_readable(self._database.execute(query, (messages, after))), limit))

    def _handled(self, positions: Sequence[int]) -> None:
        with self._database:
            self._database.executemany(
                "UPDATE event SET handled = 1 WHERE position = ?", [(place,) for place in positions]
            )


def _readable(rows: Iterable[tuple[int, str]]) -> Iterator[StoredEvent]:
    for position, document in rows:
        try:
            yield StoredEvent(position, event_from_dict(json.loads(document)))
        except ValueError as error:
            # It must not keep the others back. The error's words may quote what a person wrote.
            _log.error("the stored event %d cannot be read: %s", position, type(error).__name__)
