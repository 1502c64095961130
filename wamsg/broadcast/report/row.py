"""What is told about one line of the input, by name: the columns of the table and the keys of the lines."""

from __future__ import annotations

from wamsg.broadcast.report.figures import iso
from wamsg.ledger import Delivery

#: In this order, in every export; new ones are only ever added at the end.
NAMES = (
    "line",
    "phone",
    "fate",
    "status",
    "message_id",
    "kind",
    "code",
    "http_status",
    "detail",
    "attempts",
    "sent_at",
    "done_at",
    "not_before",
    "status_at",
    "first_line",
)

Value = str | int | None
Row = tuple[Value, ...]


def row_of(line: Delivery) -> Row:
    """The values of `NAMES`. ``fate`` is invalid, duplicate, suppressed or the delivery's state; times are ISO 8601."""
    settled = line.fate if line.fate is not None else line.state
    return (
        line.line,
        # Where there is no number, what stood there: it is what its owner has to mend.
        line.given if line.address is None else f"+{line.address}",
        settled.name.lower() if settled is not None else None,
        line.status,
        line.message_id,
        line.kind,
        line.code,
        line.http_status,
        line.detail,
        line.attempts,
        iso(line.sent_at) or None,
        iso(line.done_at) or None,
        iso(line.not_before) or None,
        iso(line.status_at) or None,
        line.first_line,
    )
