"""Statuses of messages whose id is not known yet: kept for a while, since a callback may be faster than an answer."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import takewhile
from typing import Final

#: Seconds: an unknown delivery may be looked up by a person on the next day.
_KEPT: Final = 2 * 86_400.0
#: So many at once; a number that others send from as well brings statuses that nobody here will ever ask for.
_MOST: Final = 50_000

_PARK: Final = "INSERT INTO parked (came, rank, at, error) VALUES (?, ?, ?, ?) RETURNING number"
_OLDEST: Final = "SELECT number, came, (SELECT max(number) FROM parked) FROM parked ORDER BY number"
_FETCH: Final = (
    "SELECT number, rank, at, error FROM parked WHERE number IN (SELECT number FROM parked_id WHERE digest = ?)"
    " ORDER BY number"
)


def any_left(connection: sqlite3.Connection) -> bool:
    """Whether anything is parked."""
    return connection.execute("SELECT 1 FROM parked LIMIT 1").fetchone() is not None


def park(connection: sqlite3.Connection, digests: list[int], status: tuple[float, int, float, int | None]) -> None:
    """Keep one: when it came, its rank, time and error. Without any id nobody can ask for it: it is given up."""
    if not digests:
        _give_up(connection, 1)
        return
    (number,) = connection.execute(_PARK, status).fetchone()
    connection.executemany(
        "INSERT INTO parked_id (digest, number) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(found, number) for found in digests],
    )


def fetch(connection: sqlite3.Connection, digest: int) -> list[tuple[int, float, int | None]]:
    """Take out what is parked under this id, oldest first: rank, time and error."""
    rows = connection.execute(_FETCH, (digest,)).fetchall()
    _remove(connection, [row[0] for row in rows])
    return [(rank, at, error) for _, rank, at, error in rows]


def sweep(connection: sqlite3.Connection, now: float) -> int:
    """Give up what is too old or too much; how many."""
    # The oldest come first, so that what is kept is not looked at.
    with closing(connection.execute(_OLDEST)) as rows:
        old = takewhile(lambda row: row[0] <= row[2] - _MOST or row[1] < now - _KEPT, rows)
        out = [number for number, *_ in old]
    if not out:
        return 0
    _remove(connection, out)
    _give_up(connection, len(out))
    return len(out)


def _remove(connection: sqlite3.Connection, numbers: list[int]) -> None:
    given = [(number,) for number in numbers]
    connection.executemany("DELETE FROM parked WHERE number = ?", given)
    connection.executemany("DELETE FROM parked_id WHERE number = ?", given)


def _give_up(connection: sqlite3.Connection, count: int) -> None:
    if count:
        connection.execute("UPDATE inbox SET unknown = unknown + ?", (count,))
