"""Events in the file: known by their keys, kept until they are handled, and their statuses brought to deliveries."""

from __future__ import annotations

import json
import logging
import secrets
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from wamsg.codec import event_from_dict, event_to_dict
from wamsg.ledger.events import StoredEvent
from wamsg.ledger.optout import OptOuts
from wamsg.ledger.records import Arrivals, Suppression
from wamsg.ledger.sqlite import parking
from wamsg.ledger.sqlite.digest import digest
from wamsg.ledger.sqlite.reports import Report, Reports, report_of
from wamsg.ledger.sqlite.suppressed import suppress
from wamsg.model import PhoneNumber
from wamsg.model.event import Event, IncomingMessage, StatusUpdate, UnknownEvent
from wamsg.wire.json import read_plain, write_plain

_log = logging.getLogger("wamsg.ledger")
#: A key is remembered for so many days; a week is promised, and days begin at midnight.
_DAYS: Final = 8
_DAY: Final = 86_400
#: For each key that comes so many are looked at, whether they may be forgotten.
_LOOKED_AT: Final = 4
#: So many at a time at least.
_WORTH: Final = 1000

_SEEN: Final = "SELECT json_group_array(digest) FROM seen WHERE digest IN (SELECT value FROM json_each(?))"
_SEE: Final = (
    "INSERT INTO seen (digest, day) SELECT value, ?2 FROM json_each(?1) WHERE true ON CONFLICT (digest) DO NOTHING"
)
_UP_TO: Final = "SELECT max(digest) FROM (SELECT digest FROM seen WHERE digest > ? ORDER BY digest LIMIT ?)"
_FORGET: Final = "DELETE FROM seen WHERE digest > ? AND digest <= ? AND day < ?"
_LOWEST: Final = -(1 << 63)
_COUNT: Final = "UPDATE inbox SET position = position + ? RETURNING position"
_KEEP: Final = "INSERT INTO event (position, message, document) VALUES (?, ?, ?)"
_WROTE: Final = (
    "INSERT INTO written (address, at) VALUES (?, ?) ON CONFLICT (address) DO UPDATE SET at = max(at, excluded.at)"
)
_MARK: Final = "INSERT INTO bookmark (name, text) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET text = excluded.text"
_UNHANDLED: Final = "SELECT position, document FROM event WHERE message = ? AND position > ? ORDER BY position LIMIT ?"


class Arrival(NamedTuple):
    """An event as it goes to the writer; the work that needs no file is done."""

    event: Event
    key: int
    #: None if no handler is for it: such an event is only known.
    document: str | None
    report: Report | None = None
    #: Who wrote, and when.
    written: tuple[int, float] | None = None
    stop: Suppression | None = None


def arrivals_of(
    events: Sequence[Event], unwanted: Collection[str], *, secret: bytes, opt_outs: OptOuts, now: float
) -> list[Arrival]:
    """Read off each event what the file needs."""
    return [_arrival(event, event.key not in unwanted, secret, opt_outs, now) for event in events]


def _arrival(event: Event, wanted: bool, secret: bytes, opt_outs: OptOuts, now: float) -> Arrival:  # noqa: FBT001 -- one caller
    document = _document(event) if wanted else None
    try:
        if isinstance(event, StatusUpdate):
            return Arrival(event, digest(event.key), document, report=report_of(event, secret=secret, now=now))
        if isinstance(event, IncomingMessage) and event.sender is not None:
            at = min(event.at, now) if event.at is not None and event.at >= 0 else now
            written = (int(event.sender.digits), float(at))
            return Arrival(event, digest(event.key), document, None, written, opt_outs.find(event, now=now))
    except Exception as error:  # noqa: BLE001 -- whatever a foreign parser put in it, the others keep their place
        _tell_odd(event, error)
    return Arrival(event, digest(event.key), document)


def _document(event: Event) -> str:
    try:
        return json.dumps(event_to_dict(event))
    except Exception as error:  # noqa: BLE001 -- as above; it is handled now, and after a crash it is known that it was
        _tell_odd(event, error)
        reason = f"a {type(event).__name__} that could not be written down"
        return json.dumps(event_to_dict(UnknownEvent(provider=event.provider, key=event.key, reason=reason)))


def _tell_odd(event: Event, error: Exception) -> None:
    # Without the error's words: they may quote what a person wrote.
    facts = {"action": "event_odd", "provider": event.provider}
    _log.error("a %s is not what it says: %s", type(event).__name__, type(error).__name__, extra=facts)


class Inbox:
    """Stores events on the writer's connection."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports
        #: The last key that was looked at, and how many are to be looked at next. Anywhere to begin with: processes
        #: that live for a few calls would else look at the lowest keys alone, or at none.
        self._hand = secrets.randbits(64) + _LOWEST
        self._owed = secrets.randbelow(_WORTH)

    def add(self, connection: sqlite3.Connection, arrivals: Sequence[Arrival], now: float) -> list[StoredEvent]:
        """Store the new ones and do what they say."""
        fresh = _unseen(connection, arrivals, int(now // _DAY))
        (last,) = connection.execute(_COUNT, (len(fresh),)).fetchone()
        placed = list(enumerate(fresh, last - len(fresh) + 1))
        connection.executemany(
            _KEEP,
            [
                (position, isinstance(item.event, IncomingMessage), item.document)
                for position, item in placed
                if item.document is not None
            ],
        )
        connection.executemany(_WROTE, [item.written for item in fresh if item.written is not None])
        suppress(connection, [item.stop for item in fresh if item.stop is not None])
        self._reports.bring([item.report for item in fresh if item.report is not None], now=now)
        self._owed += _LOOKED_AT * (len(arrivals) + 1)
        if self._owed >= _WORTH:
            self._forget(connection, now)
        if given_up := parking.sweep(connection, now):
            _log.warning(
                "%d statuses are for messages that this ledger does not know",
                given_up,
                extra={"action": "statuses_unknown", "count": given_up},
            )
        return [StoredEvent(position, item.event) for position, item in placed]

    def _forget(self, connection: sqlite3.Connection, now: float) -> None:
        """Look at the next keys, round and round: the work grows with what comes, not with what is kept."""
        (last,) = connection.execute(_UP_TO, (self._hand, self._owed)).fetchone()
        if last is not None:
            connection.execute(_FORGET, (self._hand, last, int(now // _DAY) - _DAYS))
        self._hand, self._owed = (_LOWEST if last is None else last), 0


def _unseen(connection: sqlite3.Connection, arrivals: Sequence[Arrival], day: int) -> list[Arrival]:
    """Those whose key is new, in their order; they are known from now on."""
    first = {item.key: item for item in reversed(arrivals)}
    (known,) = connection.execute(_SEEN, (write_plain(list(first)),)).fetchone()
    for key in read_plain(known):
        del first[key]
    connection.execute(_SEE, (write_plain(list(first)), day))
    return [item for item in arrivals if first.get(item.key) is item]


def handled(connection: sqlite3.Connection, positions: Sequence[int]) -> None:
    """Forget what these said; their keys stay."""
    connection.executemany("DELETE FROM event WHERE position = ?", [(position,) for position in positions])


def unhandled(connection: sqlite3.Connection, messages: bool, after: int, limit: int) -> list[StoredEvent]:  # noqa: FBT001 -- a column's value
    """Oldest first; those that cannot be read are left out, and others come in their place."""
    found: list[StoredEvent] = []
    while len(found) < limit:
        wanted = limit - len(found)
        rows = connection.execute(_UNHANDLED, (messages, after, wanted)).fetchall()
        found += _read(rows)
        if len(rows) < wanted:
            break
        after = rows[-1][0]
    return found


def _read(rows: Iterable[tuple[int, str]]) -> Iterator[StoredEvent]:
    for position, document in rows:
        try:
            yield StoredEvent(position, event_from_dict(json.loads(document)))
        except ValueError as error:
            # Its words may quote what a person wrote.
            facts = {"action": "event_unreadable", "position": position}
            _log.error("the stored event %d cannot be read: %s", position, type(error).__name__, extra=facts)


def last_written(connection: sqlite3.Connection, number: PhoneNumber) -> float | None:
    """When this person last wrote."""
    row = connection.execute("SELECT at FROM written WHERE address = ?", (int(number.digits),)).fetchone()
    return None if row is None else float(row[0])


def arrived(connection: sqlite3.Connection) -> Arrivals:
    """What came in so far."""
    query = "SELECT position, unknown, (SELECT count(*) FROM parked), (SELECT count(*) FROM event) FROM inbox"
    events, unknown, waiting, open_ = connection.execute(query).fetchone()
    return Arrivals(events=events, unknown=unknown, parked=waiting, unhandled=open_)


def bookmark(connection: sqlite3.Connection, name: str) -> str | None:
    """Where the reading of this name stands."""
    row = connection.execute("SELECT text FROM bookmark WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


def set_bookmark(connection: sqlite3.Connection, name: str, text: str) -> None:
    """Remember it."""
    connection.execute(_MARK, (name, text))
