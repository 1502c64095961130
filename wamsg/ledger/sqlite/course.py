"""A broadcast as a whole: its phase, what is wanted of it, its timeline, and what a person does with its rest."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from typing import Final

from wamsg.errors import LedgerError
from wamsg.ledger.records import Moment, Settled
from wamsg.ledger.sqlite.chunks import finish, holding, reopen, untally
from wamsg.ledger.sqlite.connection import statement
from wamsg.ledger.sqlite.intent import due, outcome_row
from wamsg.ledger.sqlite.reasons import Reasons
from wamsg.ledger.sqlite.reports import Reports
from wamsg.ledger.sqlite.rows import key, read_broadcast
from wamsg.ledger.state import Phase, State, Wanted

_CANCEL: Final = statement("cancel")
_REARM: Final = statement("rearm")
_REARM_CODES: Final = statement("rearm_codes")
_RESOLVE: Final = statement("resolve")

_ENDS: Final = frozenset({Phase.HELD, Phase.FINISHED, Phase.CANCELLED})
_REARMED: Final = frozenset({State.REJECTED, State.UNKNOWN, State.DEFERRED})
_RESOLVED: Final = frozenset({State.ACCEPTED, State.REJECTED, State.DEFERRED})


def enter(connection: sqlite3.Connection, broadcast: int, phase: Phase, at: float, reason: str) -> None:
    """Move it; a draft is not moved but frozen or discarded, and what is cancelled stays so."""
    current = read_broadcast(connection, broadcast).phase
    if current == Phase.PLANNING or phase in {Phase.PLANNING, Phase.PLANNED}:
        raise LedgerError(f"broadcast {broadcast} cannot go from {current.name.lower()} to {phase.name.lower()}")
    if current == Phase.CANCELLED and phase != Phase.CANCELLED:
        raise LedgerError(f"broadcast {broadcast} was cancelled; plan a new one")
    if phase == Phase.CANCELLED:
        _cancel(connection, broadcast, at)
    running = phase == Phase.RUNNING
    connection.execute(
        "UPDATE broadcast SET phase = ?1, reason = ?2, wanted = CASE ?3 WHEN 1 THEN ?4 ELSE wanted END,"
        " started_at = CASE ?3 WHEN 1 THEN coalesce(started_at, ?5) ELSE started_at END, ended_at = ?6 WHERE id = ?7",
        (phase, reason, running, Wanted.RUN, at, at if phase in _ENDS else None, broadcast),
    )


def order(connection: sqlite3.Connection, broadcast: int, wanted: Wanted) -> None:
    """Leave word for whoever runs it."""
    read_broadcast(connection, broadcast)
    connection.execute("UPDATE broadcast SET wanted = ? WHERE id = ?", (wanted, broadcast))


def note(connection: sqlite3.Connection, broadcast: int, moment: Moment) -> None:
    """Add to the timeline."""
    read_broadcast(connection, broadcast)
    connection.execute(
        "INSERT INTO moment (broadcast, at, kind, detail) VALUES (?, ?, ?, ?)",
        (broadcast, moment.at, moment.kind, moment.detail),
    )


def rearm(
    connection: sqlite3.Connection, broadcast: int, states: Collection[State], now: float, codes: Collection[str] | None
) -> int:
    """Make deliveries due again, and open their chunks."""
    if read_broadcast(connection, broadcast).phase == Phase.CANCELLED:
        raise LedgerError(f"broadcast {broadcast} was cancelled; plan a new one")
    if refused := set(states) - _REARMED:
        raise LedgerError(f"deliveries that are {min(refused).name.lower()} cannot be sent again")
    span = (key(broadcast, 0), key(broadcast + 1, 0), now, sum(1 << state for state in set(states)))
    if codes is None:
        count = connection.execute(_REARM, span).rowcount
    else:
        count = connection.executemany(_REARM_CODES, [(*span, code) for code in set(codes)]).rowcount if codes else 0
    if count:
        _open_due(connection, broadcast, now)
    return count


def resolve(
    connection: sqlite3.Connection, reasons: Reasons, reports: Reports, broadcast: int, outcomes: Sequence[Settled]
) -> int:
    """Settle unknown ones from a look-up."""
    read_broadcast(connection, broadcast)
    if refused := {outcome.state for outcome in outcomes} - _RESOLVED:
        raise LedgerError(f"a look-up cannot find that a delivery is {min(refused).name.lower()}")
    count, named = 0, []
    for outcome in outcomes:
        row = (*outcome_row(outcome, reasons), key(broadcast, outcome.seq))
        if not connection.execute(_RESOLVE, row).rowcount:
            continue
        count += 1
        if row[2] is not None:
            named.append((row[-1], row[2]))
        low = holding(connection, broadcast, outcome.seq)
        if low is not None:
            untally(connection, broadcast, low)
            if outcome.state == State.DEFERRED:
                reopen(connection, broadcast, low, due(outcome))
    reports.learn(named)
    return count


def _cancel(connection: sqlite3.Connection, broadcast: int, at: float) -> None:
    """Skip what is open. Chunks in someone's hands are finished by their release, the others here."""
    connection.execute(_CANCEL, (key(broadcast, 0), key(broadcast + 1, 0), at))
    idle = connection.execute(
        "SELECT low, high FROM chunk WHERE broadcast = ? AND done = 0 AND owner IS NULL", (broadcast,)
    ).fetchall()
    for low, high in idle:
        finish(connection, broadcast, low, high)


def _open_due(connection: sqlite3.Connection, broadcast: int, now: float) -> None:
    lows = connection.execute(
        "SELECT low FROM chunk WHERE broadcast = ?1 AND EXISTS (SELECT 1 FROM send"
        " WHERE id >= (?1 << 32) + low AND id < (?1 << 32) + high AND state = 5 AND not_before <= ?2)",
        (broadcast, now),
    ).fetchall()
    for (low,) in lows:
        untally(connection, broadcast, low)
        reopen(connection, broadcast, low, now)
