"""A broadcast that is held for its unknown deliveries is finished once statuses have settled the last of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Final

from wamsg.ledger.sqlite.connection import statement
from wamsg.ledger.state import Phase, State

_COUNTS: Final = statement("counts")
_FINISH: Final = "UPDATE broadcast SET phase = ?, reason = '' WHERE id = ?"
_NOTE: Final = "INSERT INTO moment (broadcast, at, kind, detail) VALUES (?, ?, 'finished', ?)"
_WHY: Final = "callbacks settled the last unknown delivery"


def finish_held(connection: sqlite3.Connection, broadcasts: Iterable[int], now: float) -> None:
    """Finish those of ``broadcasts`` that are held and have nothing unknown any more."""
    for broadcast in broadcasts:
        row = connection.execute("SELECT phase FROM broadcast WHERE id = ?", (broadcast,)).fetchone()
        if row != (Phase.HELD,):
            continue
        unknown = sum(count for state, _, count in connection.execute(_COUNTS, (broadcast,)) if state == State.UNKNOWN)
        if not unknown:
            connection.execute(_FINISH, (Phase.FINISHED, broadcast))
            connection.execute(_NOTE, (broadcast, now, _WHY))
