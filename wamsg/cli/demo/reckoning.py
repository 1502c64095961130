"""Does what the sender believes agree with what the server accepted? Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from wamsg.errors import DuplicateRecipient, InvalidRecipient
from wamsg.model import Outcome, Status


@frozen(kw_only=True)
class Reckoning:
    """How the rows of one fan-out ended, beside the server's own count."""

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


def reckon(rows: int, outcomes: Sequence[Outcome], server: Mapping[str, int]) -> Reckoning:
    """Count ``outcomes`` of ``rows`` input rows and hold them against ``server``: digits -> messages accepted."""
    kinds = Counter(_kind(outcome) for outcome in outcomes)
    rejected = {kind: count for kind, count in kinds.items() if kind not in _NAMED}
    unknown = [outcome for outcome in outcomes if _kind(outcome) == _UNKNOWN]
    return Reckoning(
        rows=rows,
        accepted=kinds[_ACCEPTED],
        rejected=dict(sorted(rejected.items())),
        unknown=kinds[_UNKNOWN],
        invalid=kinds[_INVALID],
        duplicate=kinds[_DUPLICATE],
        unknown_but_accepted=sum(_times(outcome, server) for outcome in unknown),
        server=sum(server.values()),
        complaints=tuple(_complaints(rows, outcomes, server)),
    )


_ACCEPTED, _UNKNOWN, _INVALID, _DUPLICATE = "accepted", "unknown", "invalid", "duplicate"
_NAMED = frozenset({_ACCEPTED, _UNKNOWN, _INVALID, _DUPLICATE})
#: How often the server may have accepted a message for a recipient whose outcome is this.
_ALLOWED = {Status.ACCEPTED: (1,), Status.REJECTED: (0,), Status.UNKNOWN: (0, 1)}


def _kind(outcome: Outcome) -> str:
    if isinstance(outcome.error, DuplicateRecipient):
        return _DUPLICATE
    if isinstance(outcome.error, InvalidRecipient):
        return _INVALID
    if outcome.status is Status.REJECTED:
        # "OptedOut" reads "opted out".
        return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(outcome.error).__name__).lower()
    return outcome.status.value


def _times(outcome: Outcome, server: Mapping[str, int]) -> int:
    return server.get(outcome.recipient.digits, 0) if outcome.recipient is not None else 0


def _complaints(rows: int, outcomes: Sequence[Outcome], server: Mapping[str, int]) -> Iterator[str]:
    if sorted(outcome.position for outcome in outcomes) != list(range(rows)):
        yield f"{rows} rows went in and {len(outcomes)} outcomes came out, or not one for each"
    sent = [outcome for outcome in outcomes if _kind(outcome) not in {_INVALID, _DUPLICATE}]
    for outcome in sent:
        times = _times(outcome, server)
        if times not in _ALLOWED[outcome.status]:
            yield f"row {outcome.position + 1} is {outcome.status.value}, but the server accepted {times} for it"
    known = {outcome.recipient.digits for outcome in sent if outcome.recipient is not None}
    strangers = len(server.keys() - known)
    if strangers:
        yield f"the server accepted messages for {strangers} recipients who were never sent one"
