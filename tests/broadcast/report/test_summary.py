"""One pass over the lines."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.broadcast.report.double import NINE, Shelf, accepted, broadcast, pending, refused, rejected, unknown
from wamsg.broadcast.report import summarize
from wamsg.broadcast.report.summary import MOST_LISTED
from wamsg.errors import LedgerUnusable
from wamsg.ledger import Delivery, Fate, Moment, State


@st.composite
def lines(draw: st.DrawFn) -> list[Delivery]:
    """Lines of any fate or state, in order, with and without facts."""
    found: list[Delivery] = []
    for seq in range(draw(st.integers(0, 25))):
        fate = draw(st.sampled_from([None, None, None, *Fate]))
        state = draw(st.sampled_from(list(State))) if fate is None else None
        found.append(
            Delivery(
                seq=seq,
                line=seq + 1,
                address=919_812_340_000 + seq,
                fate=fate,
                state=state,
                attempts=draw(st.integers(0, 3)),
                sent_at=draw(st.none() | st.floats(NINE, NINE + 1e6)),
                done_at=draw(st.none() | st.floats(NINE, NINE + 1e6)),
                not_before=draw(st.none() | st.floats(NINE, NINE + 1e6)),
                kind=draw(st.none() | st.sampled_from(["OptedOut", "Unanswered"])),
                code=draw(st.none() | st.sampled_from(["E1", "E2"])),
                status=draw(st.none() | st.sampled_from(["sent", "delivered", "read", "failed"])),
            )
        )
    return found


@given(lines())
async def test_counts_are_those_of_the_lines(told: list[Delivery]) -> None:
    """Whatever the lines are, each is counted once, and the counts add up to the lines."""
    summary = await summarize(Shelf(what=broadcast(rows=len(told)), lines=told), 7, now=NINE)

    counts = summary.counts
    assert len(told) == counts.rows == counts.invalid + counts.duplicate + counts.suppressed + counts.deliveries
    assert {state: sum(line.state is state for line in told) for state in State} == counts.states
    deliveries = [line for line in told if line.state is not None]
    # Of one that was refused, or whose fate is open, a failure says nothing new.
    taken = [line for line in deliveries if line.state in {State.SENDING, State.ACCEPTED}]
    assert Counter(line.status for line in taken if line.status) == counts.statuses
    assert sum(line.attempts for line in deliveries) == summary.attempts
    assert sum(line.sent_at is not None for line in deliveries) == summary.course.sent
    assert [line.line for line in told if line.state is State.UNKNOWN] == [person.line for person in summary.unknown]
    due = [line.not_before for line in told if line.state is State.DEFERRED and line.not_before is not None]
    assert min(due, default=None) == summary.next_try
    assert summary.complete


async def test_errors_are_told_apart_by_what_became_of_the_delivery() -> None:
    """An accepted message that failed later is a cause of its own; one that went well is none."""
    told = [
        accepted(0, status="delivered"),
        accepted(1, status="failed", kind="RecipientRefused", code="131026", detail="undeliverable"),
        rejected(2, kind="RecipientRefused", code="131026", detail="not on WhatsApp"),
        unknown(3),
    ]

    summary = await summarize(Shelf(what=broadcast(rows=4), lines=told), 7, now=NINE)

    found = [(group.key.state, group.key.kind, group.key.code, group.lines) for group in summary.causes.groups]
    assert [
        (State.ACCEPTED, "RecipientRefused", "131026", 1),
        (State.REJECTED, "RecipientRefused", "131026", 1),
        (State.UNKNOWN, "Unanswered", None, 1),
    ] == found


async def test_invalid_lines_are_grouped_by_reason_with_an_example() -> None:
    """The first of each kind shows its owner where to look."""
    told = [
        refused(seq, Fate.INVALID, detail="the country code is missing", given=f"98123 4000{seq}") for seq in (3, 4)
    ]

    summary = await summarize(Shelf(what=broadcast(rows=2), lines=told), 7, now=NINE)

    (group,) = summary.invalid.groups
    assert ("the country code is missing", 2, "98123 40003", 5) == (
        group.key,
        group.lines,
        group.example,
        group.first_line,
    )


async def test_the_unknown_are_listed_up_to_a_bound_and_counted_beyond_it() -> None:
    """A disaster of a million unknowns is still one page."""
    told = [unknown(seq, detail="x" * 10_000) for seq in range(MOST_LISTED + 10)]

    summary = await summarize(Shelf(what=broadcast(rows=len(told)), lines=told), 7, now=NINE)

    assert (MOST_LISTED, MOST_LISTED + 10) == (len(summary.unknown), summary.counts.states[State.UNKNOWN])
    assert len(summary.unknown[0].detail) < 500


async def test_missing_lines_are_noticed() -> None:
    """A ledger that lost a line must not look complete."""
    summary = await summarize(Shelf(what=broadcast(rows=3), lines=[pending(0), pending(2)]), 7, now=NINE)

    assert not summary.complete


async def test_a_line_without_a_fate_is_a_broken_ledger() -> None:
    """It is not counted as anything."""
    told = [Delivery(seq=0, line=1, address=None)]

    with pytest.raises(LedgerUnusable, match="line 1 of the ledger"):
        await summarize(Shelf(what=broadcast(rows=1), lines=told), 7, now=NINE)


async def test_memory_does_not_grow_with_the_lines() -> None:
    """Four times the lines, all of them trouble, need no more room."""
    peaks = []
    for rows in (8_000, 32_000):
        tracemalloc.start()
        await summarize(Shelf(what=broadcast(rows=rows), lines=_trouble(rows)), 7, now=NINE)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < peaks[0] * 1.3 < 8_000_000


def _trouble(rows: int) -> Iterator[Delivery]:
    for seq in range(rows):
        yield unknown(seq, at=NINE + seq, code=f"E{seq}", detail=f"reason {seq}")


async def test_the_timeline_is_part_of_it() -> None:
    """Pauses are what explains a gap."""
    moments = (Moment(at=NINE, kind="started"), Moment(at=NINE + 5, kind="paused", detail="by a person"))

    summary = await summarize(Shelf(what=broadcast(rows=0), moments=moments), 7, now=NINE + 9)

    assert ["started", "paused"] == [happening.kind for happening in summary.timeline.early]
    assert [(NINE + 5, None)] == [(halt.start, halt.until) for halt in summary.timeline.halts]
