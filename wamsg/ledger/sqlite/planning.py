"""From an empty broadcast to a frozen one: rows in, repeated and suppressed ones told, chunks cut."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from wamsg.errors import LedgerError
from wamsg.ledger.records import Broadcast, Loaded, Plan, Recipient, Refused
from wamsg.ledger.sqlite.rows import MOST, key, pack, plan_row, read_broadcast, seq_of
from wamsg.ledger.state import Fate, Phase

_BEGIN: Final = (
    "INSERT INTO broadcast (name, provider, message, options, columns, source, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id"
)
_RECIPIENT: Final = (
    'INSERT INTO recipient (id, broadcast, line, address, "values") VALUES (?, ?, ?, ?, ?)'
    " ON CONFLICT (broadcast, address) DO NOTHING"
)
_SUPPRESSED: Final = (
    "DELETE FROM recipient WHERE id >= ? AND id < ? AND address IN (SELECT address FROM suppression)"
    " RETURNING id, line, address"
)
_REFUSED: Final = "INSERT INTO refused (id, line, fate, why, given, first_line) VALUES (?, ?, ?, ?, ?, ?)"
#: Rows that one transaction of a discard removes, so that nobody waits long for the next.
_SLICE: Final = 20_000


def begin(connection: sqlite3.Connection, plan: Plan) -> int:
    """A new draft."""
    return int(connection.execute(_BEGIN, plan_row(plan)).fetchone()[0])


def drafts(connection: sqlite3.Connection) -> list[int]:
    """Broadcasts that are being planned, or were when their planner died."""
    return [row[0] for row in connection.execute("SELECT id FROM broadcast WHERE phase = ?", (Phase.PLANNING,))]


def load(
    connection: sqlite3.Connection, broadcast: int, rows: Sequence[Recipient], refused: Sequence[Refused]
) -> Loaded:
    """Add a batch; the index on addresses finds the repeated ones."""
    start = _draft(connection, broadcast).rows
    end = start + len(rows) + len(refused)
    if sorted([row.seq for row in rows] + [row.seq for row in refused]) != list(range(start, end)) or end > MOST:
        raise LedgerError(f"the lines of a batch must follow on: the next place in the input is {start}")
    found = _insert(connection, broadcast, rows, start, end)
    connection.executemany(
        _REFUSED,
        [
            (key(broadcast, row.seq), row.line, row.fate, row.why, row.given, row.first_line)
            for row in (*refused, *found)
        ],
    )
    own, given = Counter(row.fate for row in found), Counter(row.fate for row in refused)
    added = len(rows) - len(found)
    _count(connection, broadcast, own + given, added)
    return Loaded(
        deliveries=added, duplicates=own[Fate.DUPLICATE], suppressed=own[Fate.SUPPRESSED], refused=tuple(found)
    )


def freeze(
    connection: sqlite3.Connection, broadcast: int, *, fingerprint: str, digest: str, chunk: int, first: int
) -> Broadcast:
    """Cut it into chunks and end the draft."""
    rows = _draft(connection, broadcast).rows
    if chunk < 1 or first < 0:
        raise LedgerError(f"a chunk has at least one row, and a canary no less than none: {chunk}, {first}")
    cuts = [*range(_canary(connection, broadcast, first, rows), rows, chunk), rows]
    if first and rows:
        cuts.insert(0, 0)
    spans = [(low, high) for low, high in pairwise(cuts) if low < high]
    connection.executemany(
        "INSERT INTO chunk (broadcast, low, high, number) VALUES (?, ?, ?, ?)",
        [(broadcast, low, high, number) for number, (low, high) in enumerate(spans)],
    )
    connection.execute(
        "UPDATE broadcast SET phase = ?, fingerprint = ?, digest = ? WHERE id = ?",
        (Phase.PLANNED, fingerprint, digest, broadcast),
    )
    return read_broadcast(connection, broadcast)


def demote(connection: sqlite3.Connection, broadcast: int) -> None:
    """Make it a draft again, so that whatever happens while it is discarded, nobody sends of it."""
    read_broadcast(connection, broadcast)
    span = (key(broadcast, 0), key(broadcast + 1, 0))
    if connection.execute("SELECT 1 FROM send WHERE id >= ? AND id < ? AND attempt > 0 LIMIT 1", span).fetchone():
        raise LedgerError(f"broadcast {broadcast} was sent in part, so it is not forgotten")
    connection.execute("DELETE FROM chunk WHERE broadcast = ?", (broadcast,))
    connection.execute("DELETE FROM tally WHERE broadcast = ?", (broadcast,))
    connection.execute("UPDATE broadcast SET phase = ? WHERE id = ?", (Phase.PLANNING, broadcast))


def shrink(connection: sqlite3.Connection, broadcast: int) -> bool:
    """Remove a slice of a draft; True once nothing of it is left."""
    low, high = key(broadcast, 0), key(broadcast + 1, 0)
    for table in ("recipient", "refused", "send"):
        # The table's name is one of the three above.
        gone = connection.execute(
            f"DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE id >= ? AND id < ? LIMIT ?)",  # noqa: S608 -- see above
            (low, high, _SLICE),
        )
        if gone.rowcount:
            return False
    connection.execute("DELETE FROM moment WHERE broadcast = ?", (broadcast,))
    connection.execute("DELETE FROM broadcast WHERE id = ?", (broadcast,))
    return True


def _draft(connection: sqlite3.Connection, broadcast: int) -> Broadcast:
    found = read_broadcast(connection, broadcast)
    if found.phase != Phase.PLANNING:
        raise LedgerError(f"broadcast {broadcast} is frozen; plan a new one")
    return found


def _insert(
    connection: sqlite3.Connection, broadcast: int, rows: Sequence[Recipient], start: int, end: int
) -> list[Refused]:
    """Insert; the rows that the store refused, in their order."""
    added = connection.executemany(
        _RECIPIENT,
        [(key(broadcast, seq), broadcast, line, address, pack(values)) for seq, line, address, values in rows],
    ).rowcount
    span = (key(broadcast, start), key(broadcast, end))
    # Looked at before the suppressed ones go: they are there, too.
    repeated = _missing(connection, rows, span) if rows and added < len(rows) else []
    removed = connection.execute(_SUPPRESSED, span).fetchall()
    suppressed = {address for _, _, address in removed}
    found = [_suppressed(seq_of(number), line, address) for number, line, address in removed]
    for row in repeated:
        if row.address in suppressed:
            found.append(_suppressed(row.seq, row.line, row.address))
        else:
            found.append(_duplicate(connection, broadcast, row))
    return sorted(found)


def _missing(connection: sqlite3.Connection, rows: Sequence[Recipient], span: tuple[int, int]) -> list[Recipient]:
    present = {seq_of(row[0]) for row in connection.execute("SELECT id FROM recipient WHERE id >= ? AND id < ?", span)}
    return [row for row in rows if row.seq not in present]


def _duplicate(connection: sqlite3.Connection, broadcast: int, row: Recipient) -> Refused:
    (first,) = connection.execute(
        "SELECT line FROM recipient WHERE broadcast = ? AND address = ?", (broadcast, row.address)
    ).fetchone()
    why = f"the same number stands in line {first}"
    return Refused(row.seq, row.line, Fate.DUPLICATE, why, f"+{row.address}", first)


def _suppressed(seq: int, line: int, address: int) -> Refused:
    return Refused(seq, line, Fate.SUPPRESSED, "the number is on the suppression list", f"+{address}")


def _count(connection: sqlite3.Connection, broadcast: int, fates: Counter[Fate], deliveries: int) -> None:
    connection.execute(
        "UPDATE broadcast SET invalid = invalid + ?, duplicate = duplicate + ?, suppressed = suppressed + ?,"
        " deliveries = deliveries + ? WHERE id = ?",
        (fates[Fate.INVALID], fates[Fate.DUPLICATE], fates[Fate.SUPPRESSED], deliveries, broadcast),
    )


def _canary(connection: sqlite3.Connection, broadcast: int, first: int, rows: int) -> int:
    """Where the chunk of the first ``first`` deliveries ends."""
    if not first:
        return 0
    row = connection.execute(
        "SELECT id FROM recipient WHERE id >= ? AND id < ? ORDER BY id LIMIT 1 OFFSET ?",
        (key(broadcast, 0), key(broadcast + 1, 0), first - 1),
    ).fetchone()
    return seq_of(row[0]) + 1 if row else rows
