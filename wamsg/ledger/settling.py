"""What a delivery becomes when a callback tells something of it: pure, for every store.

Statuses come out of order, more than once, and before the answer to the request. Whatever the order, the end is the
same:

- The status that counts is the highest told of the try that is on record. Of an earlier try only that it reached the
  person counts, since its failure says nothing about the one that followed.
- Any status makes an unknown delivery accepted: the provider knows the message, so it took it. That goes for ``failed``
  as well: accepted and failed later is what it was, and would be had the answer not been lost.
- A status other than ``failed`` proves that the message is out, against whatever the ledger says. ``failed`` proves
  nothing against a refusal or a deferral: those stay, to be sent again.
- While the request is under way the status is only noted, also that a failed message was told to be out; the outcome
  of the request meets it when it is settled.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from wamsg.ledger.state import State
from wamsg.model.event import DeliveryStatus

FAILED: Final = DeliveryStatus.FAILED.rank
#: As stores hold it: failed, and told to be out before or after. Without it the proof would be lost to the higher rank.
OUT_AND_FAILED: Final = FAILED + 1
_REACHED: Final = DeliveryStatus.DELIVERED.rank
#: Whose error is that of a failure after acceptance, if any.
_TAKEN: Final = frozenset({State.SENDING, State.ACCEPTED})
#: Plain numbers, as stores hold them.
_SENDING, _ACCEPTED, _UNKNOWN = int(State.SENDING), int(State.ACCEPTED), int(State.UNKNOWN)
_PENDING, _DEFERRED = int(State.PENDING), int(State.DEFERRED)


class Told(NamedTuple):
    """One status of one try."""

    #: `wamsg.model.event.DeliveryStatus.rank`.
    rank: int
    at: float
    attempt: int
    message_id: str | None = None
    #: For a failure: the store's own name of its reason.
    error: int | None = None


class Known(NamedTuple):
    """What the store has on record."""

    state: int
    attempt: int
    message_id: str | None = None
    error: int | None = None
    not_before: float | None = None
    #: A rank; 0 for none.
    status: int = 0
    status_at: float | None = None


def heard(known: Known, told: Told) -> Known | None:
    """What is on record after ``told``; None if that changes nothing."""
    if told.attempt < known.attempt and told.rank < _REACHED:
        return None
    state = _state(known, told)
    if state == _PENDING:
        # It has no row, and needs none.
        return None
    status = _furthest(known.status, told.rank)
    found = Known(
        state,
        max(known.attempt, told.attempt),
        known.message_id or told.message_id,
        _error(known, told, state, status),
        known.not_before if state == _DEFERRED else None,
        status,
        told.at if told.rank > known.status else known.status_at,
    )
    return None if found == known else found


def _state(known: Known, told: Told) -> int:
    if known.state == _UNKNOWN or (known.state != _SENDING and told.rank != FAILED):
        return _ACCEPTED
    return known.state


def _furthest(known: int, told: int) -> int:
    highest = max(known, told)
    return OUT_AND_FAILED if highest == FAILED and 0 < min(known, told) < FAILED else highest


def _error(known: Known, told: Told, state: int, status: int) -> int | None:
    if state not in _TAKEN:
        return known.error
    if status not in {FAILED, OUT_AND_FAILED}:
        return None
    return told.error if known.status < FAILED else known.error
