"""What must hold between the provider's record and the ledger: at the instant of every death, and in the end."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

from tests.support.crash_double import Double
from tests.support.crash_stage import Cast, Stage
from wamsg.broadcast import OnUnknown
from wamsg.ledger import Broadcast, Counts, Delivery, Phase, State, open_ledger
from wamsg.ledger.reference import Reference, parse_reference

#: What a request that has left may have become. Anything else would let it leave again unasked.
_LEFT = frozenset({State.SENDING, State.UNKNOWN, State.ACCEPTED, State.REJECTED, State.DEFERRED})
#: What an accepted message may stand as, until someone consents to a repetition.
_TAKEN = frozenset({State.SENDING, State.UNKNOWN, State.ACCEPTED})
_ENDED = frozenset({State.ACCEPTED, State.REJECTED, State.UNKNOWN})


@frozen
class Book:
    """One broadcast as its ledger tells it."""

    secret: bytes
    broadcast: Broadcast
    counts: Counts
    lines: list[Delivery]

    @property
    def rows(self) -> dict[str, Delivery]:
        """Deliveries by the digits of their number."""
        return {str(line.address): line for line in self.lines if line.state is not None}

    def those(self, *states: State) -> set[str]:
        """The numbers of the deliveries in one of these states."""
        return {digits for digits, line in self.rows.items() if line.state in states}


async def read_books(path: Path | None) -> list[Book]:
    """Every broadcast in a ledger that was planned to its end; none without a file."""
    if path is None:
        return []
    ledger = await open_ledger(path)
    try:
        planned = [one for one in await ledger.broadcasts() if one.phase is not Phase.PLANNING]
        return [
            Book(ledger.secret, one, await ledger.counts(one.id), [line async for line in ledger.deliveries(one.id)])
            for one in planned
        ]
    finally:
        await ledger.aclose()


async def read_book(path: Path | None) -> Book | None:
    """The only one; None if none is planned. Fails if there are more."""
    books = await read_books(path)
    assert len(books) <= 1, [book.broadcast for book in books]
    return books[0] if books else None


async def look(stage: Stage, *, resent: bool = False) -> Book | None:
    """What the ledger says now, found to agree with the provider; ``resent`` where repetitions are allowed."""
    await stage.double.settle()
    book = await read_book(stage.copy())
    check_instant(stage, book, resent=resent)
    return book


async def read_ended(stage: Stage) -> Book:
    """What the ledger itself says once no process has it any more."""
    await stage.double.settle()
    book = await read_book(stage.ledger)
    assert book is not None
    return book


def check_instant(stage: Stage, book: Book | None, *, resent: bool = False) -> None:
    """What holds at any instant, so also when a process has just died."""
    double, cast = stage.double, stage.cast
    if book is None:
        assert not double.seen
        return
    rows = book.rows
    # The intent was on disk before anything left.
    for seen, reference in zip(double.seen, _references(double, book), strict=True):
        row = rows[seen.recipient]
        assert row.seq == reference.seq
        assert row.state in _LEFT, row
        assert row.attempts >= reference.attempt, row
    for record in double.accepted:
        row = rows[record.recipient]
        assert resent or row.state in _TAKEN, row
        assert _body(record.body) == cast.bodies[record.recipient]
    _check_accepted(double, rows)
    check_counts(cast, book)


def check_end(stage: Stage, book: Book, *, policy: OnUnknown = OnUnknown.HOLD) -> None:
    """What holds once a broadcast has ended by itself: nobody twice, nobody lost, every doubt flagged."""
    resent = policy is OnUnknown.RESEND
    check_instant(stage, book, resent=resent)
    held = policy is OnUnknown.HOLD and book.those(State.UNKNOWN)
    assert book.broadcast.phase is (Phase.HELD if held else Phase.FINISHED), book.broadcast
    assert not book.counts.open
    rows = book.rows
    assert rows.keys() == stage.cast.bodies.keys()
    assert book.those(*_ENDED) == rows.keys()
    if resent:
        assert not book.those(State.UNKNOWN)
    else:
        assert stage.double.twice == set()
        # Whoever is rejected was surely not accepted; whoever was and is not known to be is flagged.
        assert stage.double.times.keys() <= book.those(State.ACCEPTED, State.UNKNOWN)


def check_counts(cast: Cast, book: Book) -> None:
    """Every line of the input has one fate, and the ledger's own counts say the same as its lines."""
    counts, lines = book.counts, book.lines
    assert len(lines) == counts.rows == len(cast.rows)
    assert [line.line for line in lines] == list(range(2, len(cast.rows) + 2))
    fates = (counts.invalid, counts.duplicate, counts.suppressed, counts.deliveries)
    assert fates == (cast.invalid, cast.duplicates, len(cast.suppressed), len(cast.bodies))
    states = Counter(line.state for line in lines if line.state is not None)
    assert {state: number for state, number in counts.states.items() if number} == states


async def check_report(stage: Stage, book: Book) -> None:
    """The report that a person gets tells the same as the ledger."""
    path = stage.folder / "report.jsonl"
    child = await stage.call("report", "--jsonl", str(path))
    assert child.code == 0, child.said
    told = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    path.unlink()
    assert [row["line"] for row in told] == [line.line for line in book.lines]
    for row, line in zip(told, book.lines, strict=True):
        found = line.fate if line.fate is not None else line.state
        assert found is not None
        assert (row["fate"], row["message_id"]) == (found.name.lower(), line.message_id)
        assert line.address is None or row["phone"] == f"+{line.address}"


def _references(double: Double, book: Book) -> list[Reference]:
    """Of all that arrived: each is ours, of this broadcast, and was never there before."""
    found = [parse_reference(book.secret, seen.reference) for seen in double.seen]
    ours = [reference for reference in found if reference is not None and reference.broadcast == book.broadcast.id]
    assert len(ours) == len(found)
    assert len(set(ours)) == len(ours)
    return ours


def _check_accepted(double: Double, rows: Mapping[str, Delivery]) -> None:
    truth = {record.message_id: record.recipient for record in double.accepted}
    assert len(truth) == len(double.accepted)
    for digits, row in rows.items():
        if row.state is State.ACCEPTED:
            assert truth[row.message_id] == digits, row


def _body(document: Mapping[str, object]) -> object:
    message = document["messaging_object"]
    assert isinstance(message, dict)
    return message["text"]["body"]
