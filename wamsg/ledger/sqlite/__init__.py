"""The ledger in a SQLite file: WAL, one writing thread with group commit, a lock beside the file."""

from __future__ import annotations

from wamsg.ledger.sqlite.opening import open_sqlite
from wamsg.ledger.sqlite.store import SqliteLedger

__all__ = ["SqliteLedger", "open_sqlite"]
