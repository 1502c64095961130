"""Does what the sender believes agree with what the server accepted? Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from wamsg.errors import DuplicateRecipient, InvalidRecipient
from wamsg.ledger import Delivery, State
from wamsg.model import Outcome, Status


@frozen
class Row:
    """How one row of an input ended, as the sender believes."""

    #: Its 0-based place.
    position: int
    #: ``accepted``, ``unknown``, ``invalid``, ``duplicate``, or why it was not accepted.
    end: str
    #: Whose number it is, where it is one.
    digits: str = ""


@frozen(kw_only=True)
class Reckoning:
    """How the rows of one input ended, beside the server's own count."""

    rows: int
    accepted: int
    #: Reason -> how many.
    rejected: Mapping[str, int]
    unknown: int
    invalid: int
    duplicate: int
    #: How many of the unknown the server did accept.
    unknown_but_accepted: int
    #: How many messages the server accepted.
    server: int
    #: What does not agree, in words; empty if all is well.
    complaints: tuple[str, ...]


def reckon(rows: int, found: Sequence[Row], server: Mapping[str, int]) -> Reckoning:
    """Count what ``found`` says of ``rows`` input rows, and hold it against ``server``: digits -> messages accepted."""
    ends = Counter(row.end for row in found)
    return Reckoning(
        rows=rows,
        accepted=ends[_ACCEPTED],
        rejected=dict(sorted((end, count) for end, count in ends.items() if end not in _NAMED)),
        unknown=ends[_UNKNOWN],
        invalid=ends[_INVALID],
        duplicate=ends[_DUPLICATE],
        unknown_but_accepted=sum(server.get(row.digits, 0) for row in found if row.end == _UNKNOWN),
        server=sum(server.values()),
        complaints=tuple(_complaints(rows, found, server)),
    )


_ACCEPTED, _UNKNOWN, _INVALID, _DUPLICATE = "accepted", "unknown", "invalid", "duplicate"
_NAMED = frozenset({_ACCEPTED, _UNKNOWN, _INVALID, _DUPLICATE})
#: How often the server may have accepted a message for a recipient that ended so; never for any other.
_ALLOWED = {_ACCEPTED: (1,), _UNKNOWN: (0, 1)}


def outcome_row(outcome: Outcome) -> Row:
    """How a fan-out says it."""
    digits = outcome.recipient.digits if outcome.recipient is not None else ""
    if isinstance(outcome.error, DuplicateRecipient):
        return Row(outcome.position, _DUPLICATE, digits)
    if isinstance(outcome.error, InvalidRecipient):
        return Row(outcome.position, _INVALID)
    rejected = outcome.status is Status.REJECTED
    return Row(outcome.position, _words(type(outcome.error).__name__) if rejected else outcome.status.value, digits)


def delivery_row(line: Delivery) -> Row:
    """How a ledger says it."""
    digits = "" if line.address is None else str(line.address)
    if line.state is State.REJECTED:
        return Row(line.seq, _words(line.kind or "rejected"), digits)
    end = line.fate if line.fate is not None else line.state
    return Row(line.seq, end.name.lower() if end is not None else "nothing", digits)


def _words(name: str) -> str:
    """``OptedOut`` reads "opted out"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def _complaints(rows: int, found: Sequence[Row], server: Mapping[str, int]) -> Iterator[str]:
    if sorted(row.position for row in found) != list(range(rows)):
        yield f"{rows} rows went in and {len(found)} came out, or not one for each"
    sent = [row for row in found if row.end not in {_INVALID, _DUPLICATE}]
    for row in sent:
        times = server.get(row.digits, 0)
        if times not in _ALLOWED.get(row.end, (0,)):
            yield f"row {row.position + 1} is {row.end}, but the server accepted {times} for it"
    strangers = len(server.keys() - {row.digits for row in sent})
    if strangers:
        yield f"the server accepted messages for {strangers} recipients who were never sent one"
