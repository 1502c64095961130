"""Keeps the tallies of finished chunks right while statuses move their deliveries."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from typing import Final

from wamsg.ledger.sqlite.rows import MOST, broadcast_of, key, seq_of
from wamsg.ledger.sqlite.sends import Move
from wamsg.ledger.state import State

_MOVE: Final = (
    "INSERT INTO tally (broadcast, low, state, status, deliveries) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT DO UPDATE SET deliveries = deliveries + excluded.deliveries"
)
#: Broadcasts whose cuts are remembered.
_MOST: Final = 16
_PENDING: Final = int(State.PENDING)


class Tallies:
    """Turns the moves of one job into a few sums."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        #: Cut once, when a broadcast is frozen.
        self._cuts: dict[int, list[int]] = {}

    def follow(self, moves: Iterable[Move]) -> None:
        """Add the sums of moves in the order of their rows."""
        sums: Counter[tuple[int, int, int, int]] = Counter()
        span, tallied = range(0), False
        for row, before, after in moves:
            if row not in span:
                # Whether a chunk is tallied is not remembered, as another process may change it.
                span = self._span(row)
                chunk = (broadcast_of(row), seq_of(span.start))
                tallied = self._is_tallied(chunk)
            if tallied:
                # A pending one has no row, so that no tally counts it.
                if before.state != _PENDING:
                    sums[*chunk, before.state, before.status] -= 1
                sums[*chunk, after.state, after.status] += 1
        self._connection.executemany(_MOVE, [(*place, moved) for place, moved in sums.items() if moved])

    def _span(self, row: int) -> range:
        """The rows of the chunk that holds this one."""
        broadcast = broadcast_of(row)
        cuts = self._cuts_of(broadcast)
        place = bisect_right(cuts, seq_of(row))
        end = cuts[place] if place < len(cuts) else MOST
        return range(key(broadcast, cuts[place - 1] if place else 0), key(broadcast, end))

    def _cuts_of(self, broadcast: int) -> list[int]:
        cuts = self._cuts.get(broadcast)
        if cuts is None:
            query = "SELECT low FROM chunk WHERE broadcast = ? ORDER BY low"
            cuts = [low for (low,) in self._connection.execute(query, (broadcast,))]
            if len(self._cuts) >= _MOST:
                self._cuts.clear()
            self._cuts[broadcast] = cuts
        return cuts

    def _is_tallied(self, chunk: tuple[int, int]) -> bool:
        query = "SELECT tallied FROM chunk WHERE broadcast = ? AND low = ?"
        row = self._connection.execute(query, chunk).fetchone()
        return bool(row and row[0])
