"""Chunks: leased with a growing epoch, given back, finished with a tally, and opened again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Final

from wamsg.ledger.records import Lease, Settled
from wamsg.ledger.sqlite.connection import statement
from wamsg.ledger.sqlite.reasons import Reasons
from wamsg.ledger.sqlite.rows import key, read_broadcast
from wamsg.ledger.state import State, Wanted

#: Seconds that a lease lasts without being renewed. Its length sets how soon another may go on, never what is safe.
LEASE: Final = 30.0

_TAKE: Final = statement("take")
_ABANDONED: Final = statement("abandoned")
_LEFTOVER: Final = statement("leftover")
_TALLY: Final = statement("tally")

_NO_WORD: Final = "its sender ended before an outcome was stored"


def take(connection: sqlite3.Connection, reasons: Reasons, broadcast: int, now: float, owner: str) -> Lease | None:
    """Lease the first chunk that is ready."""
    read_broadcast(connection, broadcast)
    row = connection.execute(_TAKE, (broadcast, now, owner, now + LEASE)).fetchone()
    if row is None:
        return None
    number, low, high, epoch = row
    _abandon(connection, reasons, broadcast, low, high, now)
    return Lease(broadcast=broadcast, chunk=number, low=low, high=high, epoch=epoch)


def free_all(connection: sqlite3.Connection, reasons: Reasons) -> None:
    """No one else runs here, so every lease is a dead process's: what it left in flight is unknown from now on.

    Also where it had given the chunk back by then.
    """
    begun = connection.execute("SELECT broadcast, low, high FROM chunk WHERE done = 0 AND epoch > 0").fetchall()
    for broadcast, low, high in begun:
        _abandon(connection, reasons, broadcast, low, high, None)
    connection.execute("UPDATE chunk SET owner = NULL, leased_until = 0 WHERE owner IS NOT NULL")


def renew(connection: sqlite3.Connection, broadcast: int, leases: Iterable[Lease], now: float) -> Wanted:
    """Keep those that are still ours, and read what is wanted."""
    connection.executemany(
        "UPDATE chunk SET leased_until = ? WHERE broadcast = ? AND low = ? AND epoch = ? AND owner IS NOT NULL",
        [(now + LEASE, lease.broadcast, lease.low, lease.epoch) for lease in leases],
    )
    return read_broadcast(connection, broadcast).wanted


def release(connection: sqlite3.Connection, lease: Lease, until: float | None) -> bool:
    """Give it back if it is still ours; whether it is finished."""
    row = connection.execute(
        "SELECT 1 FROM chunk WHERE broadcast = ? AND low = ? AND epoch = ? AND owner IS NOT NULL",
        (lease.broadcast, lease.low, lease.epoch),
    ).fetchone()
    if row is None:
        return False
    # What is still sending has no outcome: the next one who takes the chunk finds it and calls it unknown.
    pending, sending, first_due = connection.execute(
        _LEFTOVER, (key(lease.broadcast, lease.low), key(lease.broadcast, lease.high))
    ).fetchone()
    if not pending and not sending and first_due is None:
        finish(connection, lease.broadcast, lease.low, lease.high)
        return True
    ready_at = 0.0 if pending or sending or first_due is None else first_due
    connection.execute(
        "UPDATE chunk SET owner = NULL, leased_until = 0, ready_at = ? WHERE broadcast = ? AND low = ?",
        (ready_at if until is None else until, lease.broadcast, lease.low),
    )
    return False


def finish(connection: sqlite3.Connection, broadcast: int, low: int, high: int) -> None:
    """Nothing of it is open: count it for good."""
    untally(connection, broadcast, low)
    connection.execute(_TALLY, (broadcast, low, high))
    connection.execute(
        "UPDATE chunk SET owner = NULL, leased_until = 0, done = 1, tallied = 1 WHERE broadcast = ? AND low = ?",
        (broadcast, low),
    )


def untally(connection: sqlite3.Connection, broadcast: int, low: int) -> None:
    """One of its rows changes: what was counted no longer holds."""
    connection.execute("DELETE FROM tally WHERE broadcast = ? AND low = ?", (broadcast, low))
    connection.execute("UPDATE chunk SET tallied = 0 WHERE broadcast = ? AND low = ?", (broadcast, low))


def reopen(connection: sqlite3.Connection, broadcast: int, low: int, ready_at: float) -> None:
    """One of its deliveries is due again at ``ready_at``."""
    connection.execute(
        "UPDATE chunk SET ready_at = CASE done WHEN 1 THEN ?3 ELSE min(ready_at, ?3) END, done = 0"
        " WHERE broadcast = ?1 AND low = ?2",
        (broadcast, low, ready_at),
    )


def holding(connection: sqlite3.Connection, broadcast: int, seq: int) -> int | None:
    """The first place of the chunk in which ``seq`` lies."""
    (low,) = connection.execute(
        "SELECT max(low) FROM chunk WHERE broadcast = ? AND low <= ?", (broadcast, seq)
    ).fetchone()
    return None if low is None else int(low)


def _abandon(
    connection: sqlite3.Connection, reasons: Reasons, broadcast: int, low: int, high: int, now: float | None
) -> None:
    reason = reasons.row(Settled(seq=low, state=State.UNKNOWN, at=0.0, kind="Unanswered", detail=_NO_WORD))
    connection.execute(_ABANDONED, (key(broadcast, low), key(broadcast, high), now, reason))
