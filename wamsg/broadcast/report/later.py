"""What came back after the provider took the messages: in words, and when it is bad news."""

from __future__ import annotations

from collections.abc import Mapping

from wamsg.ledger import Counts, State
from wamsg.model.event import DeliveryStatus

#: The best news first.
_ORDER: tuple[str, ...] = (
    DeliveryStatus.READ,
    DeliveryStatus.DELIVERED,
    DeliveryStatus.SENT,
    DeliveryStatus.FAILED,
)
#: The share of failures that a canary lets pass unless told otherwise: whatever is beyond it would have stopped the
#: broadcast, had it been told in time.
_MOST_FAILED = 0.2


def came_back(statuses: Mapping[str, int], *, accepted: int = 0) -> str:
    """Such as ``came back: 712 read, 201 delivered, 724 failed later, none yet for 64``; empty if nothing did.

    Leave out ``accepted`` where it is of another moment: who was accepted since would count as silent.
    """
    if not statuses:
        return ""
    told = [f"{number:,} {_word(status)}" for status, number in by_rank(statuses)]
    silent = none_yet(statuses, accepted=accepted)
    return f"came back: {', '.join([*told, f'none yet for {silent:,}'] if silent else told)}"


def by_rank(statuses: Mapping[str, int]) -> list[tuple[str, int]]:
    """Each status with its number: read, delivered, sent, failed, whatever else there is."""
    return sorted(statuses.items(), key=lambda item: (_rank(item[0]), item[0]))


def none_yet(statuses: Mapping[str, int], *, accepted: int) -> int:
    """How many of the accepted ones have no status."""
    # A status may overtake the answer to its request, so that there are more of them than accepted ones.
    return max(0, accepted - sum(statuses.values()))


def failed_later(counts: Counts) -> int:
    """How many accepted messages failed."""
    return min(counts.statuses.get(DeliveryStatus.FAILED, 0), counts.states[State.ACCEPTED])


def too_many_failed_later(counts: Counts) -> bool:
    """Whether more of the accepted messages failed than a canary lets pass."""
    return failed_later(counts) > _MOST_FAILED * counts.states[State.ACCEPTED]


def _word(status: str) -> str:
    # A broadcast has other ways to fail: what is rejected failed at once.
    return "failed later" if status == DeliveryStatus.FAILED else status


def _rank(status: str) -> int:
    return _ORDER.index(status) if status in _ORDER else len(_ORDER)
