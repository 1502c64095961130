"""What the ledger shows: each a read of its own, on the reader's connection."""

from __future__ import annotations

import sqlite3
from typing import Final

from wamsg.ledger.records import Counts, Delivery, Due, Lease, Moment
from wamsg.ledger.sqlite.connection import statement
from wamsg.ledger.sqlite.rows import STATUSES, delivery, key, read_broadcast, seq_of, unpack
from wamsg.ledger.state import State

_COUNTS: Final = statement("counts")
_DUE: Final = statement("due")
_LINES: Final = statement("lines")
_DELIVERIES: Final = statement("deliveries")
#: States in which a delivery has a status of its own.
_TAKEN: Final = frozenset({State.SENDING, State.ACCEPTED})


def counts(connection: sqlite3.Connection, broadcast: int) -> Counts:
    """The tallies of finished chunks and a count of the others, as of one instant."""
    connection.execute("BEGIN")
    try:
        found = read_broadcast(connection, broadcast)
        invalid, duplicate, suppressed, deliveries = connection.execute(
            "SELECT invalid, duplicate, suppressed, deliveries FROM broadcast WHERE id = ?", (broadcast,)
        ).fetchone()
        rows = connection.execute(_COUNTS, (broadcast,)).fetchall()
    finally:
        connection.execute("COMMIT")
    states, statuses = dict.fromkeys(State, 0), dict.fromkeys(STATUSES.values(), 0)
    for state, status, count in rows:
        states[State(state)] += count
        # One that was refused may have a status of failed as well: that says nothing new.
        if status in STATUSES and state in _TAKEN:
            statuses[STATUSES[status]] += count
    states[State.PENDING] = deliveries - sum(states.values())
    return Counts(
        rows=found.rows,
        invalid=invalid,
        duplicate=duplicate,
        suppressed=suppressed,
        states=states,
        statuses={name: count for name, count in statuses.items() if count},
    )


def due(connection: sqlite3.Connection, lease: Lease, after: int, limit: int, now: float) -> list[Due]:
    """The next deliveries of the lease that may be sent to now."""
    span = (key(lease.broadcast, max(after, lease.low - 1)), key(lease.broadcast, lease.high))
    return [
        Due(seq_of(number), address, unpack(values), attempt, bool(suppressed))
        for number, address, values, attempt, suppressed in connection.execute(_DUE, (*span, now, limit))
    ]


def lines(connection: sqlite3.Connection, broadcast: int, after: int, limit: int) -> list[Delivery]:
    """The next lines of the input, whatever became of them."""
    read_broadcast(connection, broadcast)
    rows = connection.execute(_LINES, (key(broadcast, after), key(broadcast + 1, 0), limit))
    return [delivery(row) for row in rows]


def deliveries(connection: sqlite3.Connection, broadcast: int, after: int, limit: int, states: int) -> list[Delivery]:
    """The next deliveries in one of the states that are the bits of ``states``."""
    read_broadcast(connection, broadcast)
    rows = connection.execute(_DELIVERIES, (key(broadcast, after), key(broadcast + 1, 0), limit, states))
    return [delivery(row) for row in rows]


def timeline(connection: sqlite3.Connection, broadcast: int) -> list[Moment]:
    """Its moments, oldest first."""
    read_broadcast(connection, broadcast)
    rows = connection.execute("SELECT at, kind, detail FROM moment WHERE broadcast = ? ORDER BY at, id", (broadcast,))
    return [Moment(at=at, kind=kind, detail=detail) for at, kind, detail in rows]


def next_ready(connection: sqlite3.Connection, broadcast: int) -> float | None:
    """When the first chunk that is neither finished nor leased is ready."""
    read_broadcast(connection, broadcast)
    (first,) = connection.execute(
        "SELECT min(ready_at) FROM chunk WHERE broadcast = ? AND done = 0 AND owner IS NULL", (broadcast,)
    ).fetchone()
    return None if first is None else float(first)


def used(connection: sqlite3.Connection, since: float) -> int:
    """Intents of the hours that end after ``since``."""
    query = "SELECT coalesce(sum(intents), 0) FROM used WHERE hour >= ?"
    return int(connection.execute(query, (int(since // 3600),)).fetchone()[0])
