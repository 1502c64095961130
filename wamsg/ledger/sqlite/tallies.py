"""Keeps the tallies of finished chunks right while statuses move their deliveries."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections import Counter
from typing import Final

from wamsg.ledger.sqlite.rows import broadcast_of, seq_of

_MOVE: Final = (
    "INSERT INTO tally (broadcast, low, state, status, deliveries) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT DO UPDATE SET deliveries = deliveries + excluded.deliveries"
)
#: Broadcasts whose cuts are remembered.
_MOST: Final = 16

#: State and status.
Standing = tuple[int, int]


class Tallies:
    """Collects the moves of one job, and writes them as a few sums."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        #: Cut once, when a broadcast is frozen.
        self._cuts: dict[int, list[int]] = {}
        self._tallied: dict[tuple[int, int], bool] = {}
        self._moves: Counter[tuple[int, int, int, int]] = Counter()

    def moved(self, row: int, before: Standing | None, after: Standing) -> None:
        """A delivery moved; ``before`` is None if it had no row."""
        broadcast = broadcast_of(row)
        chunk = (broadcast, self._low(broadcast, seq_of(row)))
        if not self._is_tallied(chunk):
            return
        if before is not None:
            self._moves[*chunk, *before] -= 1
        self._moves[*chunk, *after] += 1

    def write(self) -> None:
        """Add the sums; nothing is remembered of what another process may change meanwhile."""
        rows = [(*place, moved) for place, moved in self._moves.items() if moved]
        self.forget()
        if rows:
            self._connection.executemany(_MOVE, rows)

    def forget(self) -> None:
        """Collect anew."""
        self._moves.clear()
        self._tallied.clear()

    def _low(self, broadcast: int, seq: int) -> int:
        cuts = self._cuts.get(broadcast)
        if cuts is None:
            query = "SELECT low FROM chunk WHERE broadcast = ? ORDER BY low"
            cuts = [low for (low,) in self._connection.execute(query, (broadcast,))]
            if len(self._cuts) >= _MOST:
                self._cuts.clear()
            self._cuts[broadcast] = cuts
        place = bisect_right(cuts, seq)
        return cuts[place - 1] if place else -1

    def _is_tallied(self, chunk: tuple[int, int]) -> bool:
        found = self._tallied.get(chunk)
        if found is None:
            query = "SELECT tallied FROM chunk WHERE broadcast = ? AND low = ?"
            row = self._connection.execute(query, chunk).fetchone()
            found = self._tallied[chunk] = bool(row and row[0])
        return found
