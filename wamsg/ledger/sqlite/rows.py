"""Between rows of the file and the ledger's values."""

from __future__ import annotations

import json
import sqlite3
from typing import Any, Final

from wamsg.errors import LedgerError
from wamsg.ledger.records import Broadcast, Delivery, Plan
from wamsg.ledger.settling import OUT_AND_FAILED
from wamsg.ledger.state import Fate, Phase, State, Wanted
from wamsg.model.event import DeliveryStatus

_BITS: Final = 32
#: Lines that one broadcast may have.
MOST: Final = 1 << _BITS
#: By the ranks that ``send.status`` holds. That a message was accepted its state tells.
STATUSES: Final = {status.rank: status.value for status in DeliveryStatus if status is not DeliveryStatus.ACCEPTED} | {
    OUT_AND_FAILED: DeliveryStatus.FAILED.value
}

_write_json: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def key(broadcast: int, seq: int) -> int:
    """The id of a line; `seq_of` gives its place back."""
    return (broadcast << _BITS) + seq


def seq_of(row: int) -> int:
    """The place in the input of the line with this id."""
    return row & (MOST - 1)


def broadcast_of(row: int) -> int:
    """The broadcast of the line with this id."""
    return row >> _BITS


def pack(values: tuple[str, ...]) -> str | None:
    """Values of one recipient as they are stored."""
    return _write_json(values) if values else None


def unpack(text: str | None) -> tuple[str, ...]:
    """The values again."""
    return tuple(json.loads(text)) if text else ()


def plan_row(plan: Plan) -> tuple[object, ...]:
    """A plan in the order of the columns from ``name`` to ``created_at``."""
    message, options = _write_json(dict(plan.message)), _write_json(dict(plan.options))
    return (plan.name, plan.provider, message, options, pack(plan.columns), plan.source, plan.created_at)


_BROADCAST: Final = (
    "SELECT id, name, provider, message, options, columns, source, created_at, phase, reason, wanted, fingerprint,"
    " digest, invalid + duplicate + suppressed + deliveries, started_at, ended_at FROM broadcast"
)


def read_broadcasts(connection: sqlite3.Connection) -> list[Broadcast]:
    """All of them, oldest first."""
    return [_broadcast(row) for row in connection.execute(f"{_BROADCAST} ORDER BY id")]


def read_broadcast(connection: sqlite3.Connection, broadcast: int) -> Broadcast:
    """One. Raises `wamsg.errors.LedgerError` if there is none."""
    # Larger ones are not even numbers to SQLite.
    known = 0 < broadcast < MOST
    row = connection.execute(f"{_BROADCAST} WHERE id = ?", (broadcast,)).fetchone() if known else None
    if row is None:
        raise LedgerError(f"the ledger has no broadcast {broadcast}")
    return _broadcast(row)


def _broadcast(row: tuple[Any, ...]) -> Broadcast:
    (number, name, provider, message, options, columns, source, created_at, phase, reason, wanted, *rest) = row
    fingerprint, digest, rows, started_at, ended_at = rest
    return Broadcast(
        id=number,
        plan=Plan(
            name=name,
            provider=provider,
            message=json.loads(message),
            options=json.loads(options),
            columns=unpack(columns),
            source=source,
            created_at=created_at,
        ),
        phase=Phase(phase),
        reason=reason,
        wanted=Wanted(wanted),
        fingerprint=fingerprint,
        digest=digest,
        rows=rows,
        started_at=started_at,
        ended_at=ended_at,
    )


def delivery(row: tuple[Any, ...]) -> Delivery:
    """A row of ``lines.sql`` or ``deliveries.sql``."""
    (number, line, address, values, fate, state, why, first_line, given, attempt, *rest) = row
    sent_at, done_at, not_before, message_id, kind, code, http_status, detail, status, status_at = rest
    return Delivery(
        seq=seq_of(number),
        line=line,
        address=address,
        values=unpack(values),
        fate=None if fate is None else Fate(fate),
        state=None if state is None else State(state),
        detail=why or detail or None,
        first_line=first_line,
        given=given,
        attempts=attempt or 0,
        sent_at=sent_at,
        done_at=done_at,
        not_before=not_before,
        message_id=message_id,
        kind=kind or None,
        code=code or None,
        http_status=http_status or None,
        status=STATUSES.get(status),
        status_at=status_at,
    )
