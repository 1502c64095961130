"""The hot path inside a transaction: intents before requests, outcomes after them, fenced by the chunk's epoch."""

from __future__ import annotations

import sqlite3
from asyncio import Future
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from attrs import define

from wamsg.ledger.records import Lease, Settled
from wamsg.ledger.sqlite.chunks import reopen, untally
from wamsg.ledger.sqlite.connection import statement
from wamsg.ledger.sqlite.reasons import Reasons, storable
from wamsg.ledger.sqlite.reports import Reports
from wamsg.ledger.sqlite.rows import key
from wamsg.ledger.state import State

_CLAIM: Final = statement("claim")
_SETTLE: Final = statement("settle")
_CLOSE: Final = statement("close")
_USED: Final = (
    "INSERT INTO used (hour, intents) VALUES (?, ?)"
    " ON CONFLICT (hour) DO UPDATE SET intents = intents + excluded.intents"
)

#: Where a delivery may end that never left.
_CLOSED: Final = (int(State.EXPIRED), int(State.SKIPPED))
_DEFERRED: Final = int(State.DEFERRED)


class Claim(NamedTuple):
    """Somebody waits for leave to send."""

    future: Future[bool]
    lease: Lease
    seq: int
    now: float


class Outcome(NamedTuple):
    """How a try under a lease ended."""

    lease: Lease
    settled: Settled


@define
class _Chunk:
    """A leased chunk as the current transaction finds it."""

    ours: bool
    done: bool


class Intents:
    """Claims and outcomes of one batch after the other, on the writer's connection."""

    def __init__(self, connection: sqlite3.Connection, reasons: Reasons, reports: Reports) -> None:
        self._connection = connection
        self._reasons = reasons
        self._reports = reports
        self._chunks: dict[Lease, _Chunk] = {}

    def write(self, outcomes: Sequence[Outcome], claims: Sequence[Claim]) -> list[bool]:
        """All outcomes, then all claims; for each claim whether it may send once this is committed."""
        # Looked up once per lease and batch: the transaction holds the write lock, so no one moves an epoch meanwhile.
        self._chunks.clear()
        if outcomes:
            self._settle(outcomes)
        return self._claim(claims) if claims else []

    def _chunk(self, lease: Lease) -> _Chunk:
        found = self._chunks.get(lease)
        if found is None:
            row = self._connection.execute(
                "SELECT epoch, owner, done FROM chunk WHERE broadcast = ? AND low = ?", (lease.broadcast, lease.low)
            ).fetchone()
            epoch, owner, done = row or (None, None, 0)
            found = self._chunks[lease] = _Chunk(epoch == lease.epoch and owner is not None, bool(done))
        return found

    def _claim(self, claims: Sequence[Claim]) -> list[bool]:
        cursor = self._connection.cursor()
        execute, taken = cursor.execute, []
        hours: Counter[int] = Counter()
        last: Lease | None = None
        for future, lease, seq, now in claims:
            if lease is not last:
                last, low, high, epoch, ours = lease, lease.low, lease.high, lease.epoch, self._chunk(lease).ours
                base = key(lease.broadcast, 0)
            won = False
            # One who no longer waits would never send; the row stays as it is.
            if ours and low <= seq < high and not future.cancelled():
                execute(_CLAIM, (base + seq, epoch, now))
                won = cursor.rowcount == 1
                hours[int(now // 3600)] += won
            taken.append(won)
        cursor.executemany(_USED, (+hours).items())
        return taken

    def _settle(self, outcomes: Sequence[Outcome]) -> None:
        rows, closed, named = [], [], []
        last: Lease | None = None
        for lease, settled in outcomes:
            if lease is not last:
                last, epoch, chunk, base = lease, lease.epoch, self._chunk(lease), key(lease.broadcast, 0)
            row = outcome_row(settled, self._reasons)
            if row[0] in _CLOSED:
                if chunk.ours:
                    closed.append((base + settled.seq, row[0], settled.at, row[3]))
                continue
            rows.append((*row, base + settled.seq, epoch))
            if row[2] is not None:
                named.append((base + settled.seq, row[2]))
            if chunk.done:
                self._late(lease, settled)
        self._connection.executemany(_SETTLE, rows)
        self._connection.executemany(_CLOSE, closed)
        if named:
            self._reports.learn(named)

    def _late(self, lease: Lease, settled: Settled) -> None:
        """The chunk was finished without this answer: its tally no longer holds, and it may have to be run again."""
        untally(self._connection, lease.broadcast, lease.low)
        if settled.state == State.DEFERRED:
            reopen(self._connection, lease.broadcast, lease.low, due(settled))


def outcome_row(settled: Settled, reasons: Reasons) -> tuple[int, float, str | None, int | None, float | None]:
    """The first parameters of ``settle.sql`` and of ``resolve.sql``."""
    _, state, at, message_id, kind, code, http_status, detail, _ = settled
    if message_id is not None and not message_id.isascii():
        message_id = storable(message_id)
    plain = kind is None and code is None and http_status is None and detail is None
    # A plain int: sqlite3 looks for an adapter for each value of an enum, which takes longer than the statement.
    number = int(state)
    not_before = due(settled) if number == _DEFERRED else None
    return (number, at, message_id, None if plain else reasons.row(settled), not_before)


def due(settled: Settled) -> float:
    """When a deferred delivery may be tried again."""
    return settled.at if settled.not_before is None else settled.not_before
