"""Keeps the tallies of finished chunks right while statuses move their deliveries."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from typing import Final

from wamsg.ledger.sqlite.connection import statement
from wamsg.ledger.sqlite.rows import MOST, broadcast_of, key, seq_of
from wamsg.ledger.sqlite.sends import Move
from wamsg.ledger.state import State
from wamsg.wire.json import read_plain, write_plain

#: Broadcast, and the place at which it begins.
Chunk = tuple[int, int]
#: State and status.
Standing = tuple[int, int]

_TALLIED: Final = statement("tallied")
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
        sums: dict[Chunk, Counter[Standing]] = {}
        span, chunk = range(0), (0, 0)
        for row, before, after in moves:
            if row not in span:
                span = self._span(row)
                chunk = (broadcast_of(row), seq_of(span.start))
                sums[chunk] = Counter()
            # A pending one has no row, so that no tally counts it.
            if before.state != _PENDING:
                sums[chunk][before.state, before.status] -= 1
            sums[chunk][after.state, after.status] += 1
        # Which chunks are tallied is not remembered, as another process may change it.
        tallied = self._tallied(sums) if sums else []
        rows = [(*place, *standing, moved) for place in tallied for standing, moved in sums[place].items() if moved]
        self._connection.executemany(_MOVE, rows)

    def _span(self, row: int) -> range:
        """The rows of the chunk that holds this one."""
        broadcast = broadcast_of(row)
        cuts = self._cuts_of(broadcast)
        place = bisect_right(cuts, seq_of(row))
        end = cuts[place] if place < len(cuts) else MOST
        return range(key(broadcast, cuts[place - 1] if place else 0), key(broadcast, end))

    def _tallied(self, chunks: Iterable[Chunk]) -> list[Chunk]:
        (found,) = self._connection.execute(_TALLIED, (write_plain(list(chunks)),)).fetchone()
        return [(broadcast, low) for broadcast, low in read_plain(found)]

    def _cuts_of(self, broadcast: int) -> list[int]:
        cuts = self._cuts.get(broadcast)
        if cuts is None:
            query = "SELECT low FROM chunk WHERE broadcast = ? ORDER BY low"
            cuts = [low for (low,) in self._connection.execute(query, (broadcast,))]
            if len(self._cuts) >= _MOST:
                self._cuts.clear()
            self._cuts[broadcast] = cuts
        return cuts
