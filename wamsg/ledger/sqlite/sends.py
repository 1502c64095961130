"""The deliveries that a group of statuses is about: read at once, changed in memory, written at once.

Python's driver of SQLite lets go of the interpreter's lock at every row, and waits milliseconds to have it back while
the event loop is busy. So lists go in and come out as one JSON text, and a statement does thousands at once beside the
loop.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from wamsg.ledger.settling import Known
from wamsg.ledger.sqlite.connection import statement
from wamsg.ledger.state import State
from wamsg.wire.json import read_plain, write_plain

_KNOWN: Final = statement("known")
_HEARD: Final = statement("heard")
_OWNERS: Final = statement("owners")
_TIE: Final = statement("tie")
_PENDING: Final = int(State.PENDING)
_ADDRESS: Final = "SELECT address FROM recipient WHERE id = ?"


class Owner(NamedTuple):
    """Whose a provider's id of a message is."""

    row: int
    attempt: int


class Move(NamedTuple):
    """A delivery that changed."""

    row: int
    before: Known
    after: Known


class Sends:
    """What one transaction has read and changed; `forget` before each."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: dict[int, Known | None] = {}
        self._owners: dict[int, Owner | None] = {}
        #: Of those that changed, as they were and as they are now.
        self._before: dict[int, Known] = {}
        self._changed: dict[int, Known] = {}
        self._ties: list[tuple[int, int, int]] = []

    def forget(self) -> None:
        """Everything: another process may change it meanwhile."""
        self._known.clear()
        self._owners.clear()
        self._before.clear()
        self._changed.clear()
        self._ties.clear()

    def read_rows(self, rows: Iterable[int]) -> None:
        """Have these at hand."""
        for row, *found in self._select(_KNOWN, rows):
            self._known[row] = Known(*found)

    def read_owners(self, digests: Iterable[int]) -> None:
        """Have these ids at hand, and the deliveries whose they are."""
        missing = dict.fromkeys(digests)
        found = self._select(_OWNERS, missing)
        self._owners |= missing
        self._owners |= {number: Owner(row, attempt) for number, row, attempt in found}
        self.read_rows(row for _, row, _ in found if row not in self._known)

    def known(self, row: int) -> Known | None:
        """What is on record of a delivery; None if there is no such delivery."""
        if row not in self._known:
            self.read_rows([row])
        if row not in self._known:
            self._known[row] = Known(_PENDING, 0) if self.address(row) else None
        return self._known[row]

    def owner(self, number: int) -> Owner | None:
        """Whose the id with this digest is; None if nobody's."""
        if number not in self._owners:
            self.read_owners([number])
        return self._owners[number]

    def change(self, row: int, before: Known, after: Known) -> None:
        """A delivery is ``after`` now."""
        self._before.setdefault(row, before)
        self._changed[row] = self._known[row] = after

    def tie(self, number: int, row: int, attempt: int) -> bool:
        """From now on the id with this digest is that try's; False if it is somebody's already."""
        if self.owner(number) is not None:
            return False
        self._owners[number] = Owner(row, attempt)
        self._ties.append((number, row, attempt))
        return True

    def address(self, row: int) -> int:
        """The number of a delivery; 0 if there is no such delivery."""
        found = self._connection.execute(_ADDRESS, (row,)).fetchone()
        return int(found[0]) if found else 0

    def write(self) -> list[Move]:
        """What changed since `forget`, into the file: each delivery once, in their order."""
        moves = [Move(row, self._before[row], self._changed[row]) for row in sorted(self._before)]
        heard = [
            (row, after.state, after.attempt, after.message_id, after.error, after.status, _changed(before, after))
            for row, before, after in moves
        ]
        for text, rows in ((_HEARD, heard), (_TIE, self._ties)):
            if rows:
                self._connection.execute(text, (write_plain(rows),))
        return moves

    def _select(self, text: str, wanted: Iterable[int]) -> list[list[Any]]:
        """The rows of a statement that takes a JSON list and gives one."""
        numbers = list(wanted)
        if not numbers:
            return []
        (found,) = self._connection.execute(text, (write_plain(numbers),)).fetchone()
        rows: list[list[Any]] = read_plain(found)
        return rows


def _changed(before: Known, after: Known) -> float | None:
    return None if after.status_at == before.status_at else after.status_at
