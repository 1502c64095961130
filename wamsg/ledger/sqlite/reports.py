"""Statuses on their way to their deliveries: found by our reference, then by the provider's ids, else parked."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final, NamedTuple

from wamsg.errors import OptedOut
from wamsg.ledger.records import Settled, Suppression
from wamsg.ledger.reference import parse_reference
from wamsg.ledger.settling import FAILED, Known, Told, heard
from wamsg.ledger.sqlite import parking
from wamsg.ledger.sqlite.connection import statement
from wamsg.ledger.sqlite.digest import digest
from wamsg.ledger.sqlite.held import finish_held
from wamsg.ledger.sqlite.reasons import Reasons, storable
from wamsg.ledger.sqlite.rows import MOST, broadcast_of, key
from wamsg.ledger.sqlite.sends import Move, Sends
from wamsg.ledger.sqlite.suppressed import suppress
from wamsg.ledger.sqlite.tallies import Tallies
from wamsg.ledger.state import State
from wamsg.model.event import Failure, StatusUpdate

#: Ids of one message that are looked at, and how long one may be: a payload can hold any number of any length.
_MOST_IDS, _LONGEST_ID = 8, 512

_LEARN: Final = statement("learn")
_UNKNOWN: Final = int(State.UNKNOWN)


class Report(NamedTuple):
    """A status as it goes to the writer: nothing in it can be refused by the file."""

    rank: int
    at: float
    #: The delivery that our reference names, and which try; 0 without one.
    row: int
    attempt: int
    ids: tuple[str, ...]
    failure: Settled | None
    #: Who must not be messaged any more, if the failure says so; 0 for no one or someone whose number it does not say.
    address: int
    opted_out: bool


def report_of(update: StatusUpdate, *, secret: bytes, now: float) -> Report:
    """What ``update`` says, bounded."""
    rank = update.status.rank
    reference = parse_reference(secret, update.reference)
    row = attempt = 0
    if reference is not None and 0 < reference.broadcast < MOST // 2 and reference.seq < MOST:
        row, attempt = key(reference.broadcast, reference.seq), min(reference.attempt, MOST)
    failure = (update.failure or Failure()) if rank == FAILED else None
    # A provider's clock that is ahead, or no number at all, must not stand in a report.
    at = min(update.at, now) if update.at is not None and update.at >= 0 else now
    return Report(
        rank,
        float(at),
        row,
        attempt,
        _ids(update),
        None if failure is None else _settled(failure),
        int(update.recipient.digits) if update.recipient is not None else 0,
        failure is not None and issubclass(failure.error, OptedOut),
    )


def _ids(update: StatusUpdate) -> tuple[str, ...]:
    given = [update.message_id, *update.other_ids[:_MOST_IDS]]
    # SQLite would end the text of JSON at a NUL.
    known = [storable(name) for name in given if name and len(name) <= _LONGEST_ID and "\0" not in name]
    return tuple(dict.fromkeys(known) if len(known) > 1 else known)


def _settled(failure: Failure) -> Settled:
    return Settled(
        0, State.ACCEPTED, 0.0, kind=failure.error.__name__, code=failure.code or "", detail=failure.detail or ""
    )


class Reports:
    """Brings statuses to their deliveries, on the writer's connection."""

    def __init__(self, connection: sqlite3.Connection, reasons: Reasons) -> None:
        self._connection = connection
        self._reasons = reasons
        self._sends = Sends(connection)
        self._tallies = Tallies(connection)
        #: Whether anything may be parked.
        self._parked = True

    def bring(self, reports: Sequence[Report], *, now: float) -> None:
        """Note all of them, whatever each does."""
        self._begin()
        self._sends.read_rows(report.row for report in reports if report.row)
        self._sends.read_owners(number for report in reports if not report.row for number in map(digest, report.ids))
        stopped: list[Suppression] = []
        for report in reports:
            error = None if report.failure is None else self._reasons.row(report.failure)
            row = self._bring(report, error, now)
            if report.opted_out and (address := self._sends.address(row) or report.address):
                reason = (report.failure and (report.failure.detail or report.failure.code)) or ""
                stopped.append(Suppression(address=address, reason=storable(reason), source="opt-out error", at=now))
        suppress(self._connection, stopped)
        moves = self._end()
        finish_held(self._connection, {broadcast_of(row) for row, before, _ in moves if before.state == _UNKNOWN}, now)

    def learn(self, names: Sequence[tuple[int, str]]) -> None:
        """Deliveries have the ids that were told for them, if they are still on record so: find them by these."""
        hashed = [(digest(name), row, name) for row, name in names]
        self._connection.executemany(_LEARN, hashed)
        self._begin()
        if self._parked:
            for number, row, name in hashed:
                self._adopt(row, number, name)
            self._end()

    def _begin(self) -> None:
        """Forget what another process may have changed, and what an earlier job left that was undone."""
        self._sends.forget()
        self._parked = parking.any_left(self._connection)

    def _end(self) -> list[Move]:
        moves = self._sends.write()
        self._tallies.follow(moves)
        return moves

    def _bring(self, report: Report, error: int | None, now: float) -> int:
        """The delivery whose it is; 0 if there is none, and it is parked."""
        name = report.ids[0] if report.ids else None
        if report.row and (known := self._sends.known(report.row)) is not None:
            self._hear(report.row, known, Told(report.rank, report.at, report.attempt, name, error))
            if report.ids != (known.message_id,):
                self._tie(report)
            return report.row
        hashed = [digest(one) for one in report.ids]
        for number in hashed:
            if (owner := self._sends.owner(number)) and (known := self._sends.known(owner.row)) is not None:
                self._hear(owner.row, known, Told(report.rank, report.at, owner.attempt, name, error))
                return owner.row
        parking.park(self._connection, hashed, (now, report.rank, report.at, error))
        self._parked = True
        return 0

    def _tie(self, report: Report) -> None:
        """The ids beside a reference are this try's: what comes without the reference is found by them."""
        for number in map(digest, report.ids):
            if self._sends.tie(number, report.row, report.attempt):
                self._adopt(report.row, number, None)

    def _adopt(self, row: int, number: int, name: str | None) -> None:
        """Statuses that were told under this id before it was known whose it is."""
        if not self._parked or (owner := self._sends.owner(number)) is None or owner.row != row:
            return
        for rank, at, error in parking.fetch(self._connection, number):
            if (known := self._sends.known(row)) is not None:
                self._hear(row, known, Told(rank, at, owner.attempt, name, error))

    def _hear(self, row: int, known: Known, told: Told) -> None:
        after = heard(known, told)
        if after is not None:
            self._sends.change(row, known, after)
