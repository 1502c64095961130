"""What outcomes have in common, stored once: a bounded dictionary of errors."""

from __future__ import annotations

import sqlite3
from typing import Final

from wamsg.ledger.records import Settled

Reason = tuple[str, str, int, str]

#: Different sentences; one that holds an id of its own in each answer would fill the file and memory.
_MOST_DETAILS: Final = 4096
#: Different codes.
_MOST: Final = 16384
_LONGEST_CODE, _LONGEST_DETAIL = 64, 500

#: Another process may have added it meanwhile.
_ADD: Final = (
    "INSERT INTO error (kind, code, http_status, detail) VALUES (?, ?, ?, ?)"
    " ON CONFLICT DO UPDATE SET kind = excluded.kind RETURNING id"
)


def storable(text: str) -> str:
    """``text`` as SQLite can hold it: half a surrogate pair, as a provider's JSON may bring, becomes a `?`."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


class Reasons:
    """From an outcome's error to the row that holds it. Beyond its bounds the detail goes first, then the code."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: dict[Reason, int] | None = None

    def forget(self) -> None:
        """Read them anew: something that was added is rolled back."""
        self._known = None

    def row(self, outcome: Settled) -> int:
        """The row that holds its error."""
        kind = storable(outcome.kind or "")
        code = storable(outcome.code or "")[:_LONGEST_CODE]
        detail = storable(outcome.detail or "")[:_LONGEST_DETAIL]
        return self._find((kind, code, outcome.http_status or 0, detail))

    def _find(self, reason: Reason) -> int:
        known = self._known
        if known is None:
            rows = self._connection.execute("SELECT kind, code, http_status, detail, id FROM error")
            known = self._known = {row[:4]: row[4] for row in rows}
        kind, code, http_status, detail = reason
        if (row := known.get(reason)) is not None:
            return row
        if detail and len(known) >= _MOST_DETAILS:
            return self._find((kind, code, http_status, ""))
        if code and len(known) >= _MOST:
            return self._find((kind, "", http_status, ""))
        (added,) = self._connection.execute(_ADD, reason).fetchone()
        known[reason] = added
        return int(added)
