"""What lanes have learnt, beside the broadcasts that they pace."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Final

from wamsg.pipeline.pace import Learnt

Write = Callable[[Callable[[sqlite3.Connection], None]], None]

_SAVE: Final = (
    "INSERT INTO lane (key, rate, ceiling, paused_until) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE"
    " SET rate = excluded.rate, ceiling = excluded.ceiling, paused_until = excluded.paused_until"
)


class LedgerLanes:
    """Implements `wamsg.pipeline.LaneStore`: read once at the start, written with the next commit."""

    def __init__(self, known: dict[str, Learnt], write: Write) -> None:
        self._known = known
        self._write = write

    def load(self, key: str) -> Learnt | None:
        return self._known.get(key)

    def save(self, key: str, learnt: Learnt) -> None:
        self._known[key] = learnt
        self._write(partial(_save, key=key, learnt=learnt))


def read(connection: sqlite3.Connection) -> dict[str, Learnt]:
    """All lanes, by key."""
    return {
        key: Learnt(rate=rate, ceiling=ceiling, paused_until=paused_until)
        for key, rate, ceiling, paused_until in connection.execute("SELECT key, rate, ceiling, paused_until FROM lane")
    }


def _save(connection: sqlite3.Connection, key: str, learnt: Learnt) -> None:
    connection.execute(_SAVE, (key, learnt.rate, learnt.ceiling, learnt.paused_until))
