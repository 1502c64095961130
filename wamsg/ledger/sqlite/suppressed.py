"""Who must not be messaged."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from wamsg.ledger.records import Suppression


def suppress(connection: sqlite3.Connection, entries: Sequence[Suppression]) -> int:
    """Add; one that is there already keeps its reason."""
    rows = [(entry.address, entry.reason, entry.source, entry.at) for entry in entries]
    insert = (
        "INSERT INTO suppression (address, reason, source, at) VALUES (?, ?, ?, ?) ON CONFLICT (address) DO NOTHING"
    )
    return connection.executemany(insert, rows).rowcount if rows else 0


def unsuppress(connection: sqlite3.Connection, addresses: Sequence[int]) -> int:
    """Take off."""
    rows = [(address,) for address in addresses]
    return connection.executemany("DELETE FROM suppression WHERE address = ?", rows).rowcount if rows else 0


def page(connection: sqlite3.Connection, after: int, limit: int) -> list[Suppression]:
    """The next ones by address."""
    rows = connection.execute(
        "SELECT address, reason, source, at FROM suppression WHERE address > ? ORDER BY address LIMIT ?", (after, limit)
    )
    return [Suppression(address=address, reason=reason, source=source, at=at) for address, reason, source, at in rows]
