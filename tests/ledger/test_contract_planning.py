"""What every ledger promises while a broadcast is planned."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ledger.stores import FIRST, NOW, Store, all_due, all_lines, bring, frozen, people, plan, states_of, taken
from wamsg.errors import LedgerError
from wamsg.ledger import Fate, Ledger, Phase, Recipient, Refused, State, Suppression, Wanted


async def test_a_new_broadcast_is_a_draft_that_keeps_its_plan(ledger: Ledger) -> None:
    """All of the plan comes back."""
    number = await ledger.begin(plan())

    found = await ledger.broadcast(number)
    assert (number, plan(), Phase.PLANNING, "", Wanted.RUN) == (
        found.id, found.plan, found.phase, found.reason, found.wanted,
    )  # fmt: skip
    assert (0, "", None, None) == (found.rows, found.fingerprint, found.started_at, found.ended_at)


async def test_drafts_of_an_earlier_process_are_discarded_and_their_ids_never_return(store: Store) -> None:
    """What was planned to no end is gone once the next plan begins; the own drafts are not."""
    first = await store.open()
    await first.lock()
    lost = await first.begin(plan("lost"))
    await first.load(lost, people(5))
    kept = await frozen(first, name="kept")
    await store.crash(first, cut=False)
    second = await store.open()
    await second.lock()

    one, two = await second.begin(plan("one")), await second.begin(plan("two"))

    assert [kept, one, two] == [broadcast.id for broadcast in await second.broadcasts()]
    assert len({lost, kept, one, two}) == 4


async def test_every_line_ends_in_exactly_one_place(ledger: Ledger) -> None:
    """Deliveries, invalid, repeated and suppressed lines come back in the order of the input, with why."""
    await ledger.suppress([Suppression(address=FIRST + 3, reason="asked", source="person", at=NOW)])
    broadcast = await ledger.begin(plan())
    rows = [
        Recipient(0, 2, FIRST, ("a",)),
        Recipient(2, 4, FIRST + 3, ("b",)),
        Recipient(3, 5, FIRST, ("c",)),
        Recipient(4, 9, FIRST + 1, ()),
    ]

    loaded = await ledger.load(broadcast, rows, [Refused(1, 3, Fate.INVALID, "no digits", "abc")])
    again = await ledger.load(broadcast, [Recipient(5, 10, FIRST + 1, ()), Recipient(6, 11, FIRST + 3, ())])

    assert (2, 1, 1) == (loaded.deliveries, loaded.duplicates, loaded.suppressed)
    assert [(2, Fate.SUPPRESSED, None), (3, Fate.DUPLICATE, 2)] == [
        (row.seq, row.fate, row.first_line) for row in loaded.refused
    ]
    assert [(5, Fate.DUPLICATE, 9), (6, Fate.SUPPRESSED, None)] == [
        (row.seq, row.fate, row.first_line) for row in again.refused
    ]
    lines = await all_lines(ledger, broadcast)
    assert [2, 3, 4, 5, 9, 10, 11] == [line.line for line in lines]
    assert [None, Fate.INVALID, Fate.SUPPRESSED, Fate.DUPLICATE, None, Fate.DUPLICATE, Fate.SUPPRESSED] == [
        line.fate for line in lines
    ]
    assert ("no digits", "abc", None) == (lines[1].detail, lines[1].given, lines[1].address)
    assert (f"+{FIRST}", 2, "the same number stands in line 2") == (
        lines[3].given, lines[3].first_line, lines[3].detail,
    )  # fmt: skip
    assert (FIRST, ("a",), State.PENDING) == (lines[0].address, lines[0].values, lines[0].state)
    counts = await ledger.counts(broadcast)
    assert (7, 1, 2, 2, 2) == (
        counts.rows, counts.invalid, counts.duplicate, counts.suppressed, counts.states[State.PENDING],
    )  # fmt: skip


@given(
    addresses=st.lists(st.integers(FIRST, FIRST + 8), max_size=30),
    cuts=st.lists(st.integers(0, 30), max_size=4),
    blocked=st.sets(st.integers(FIRST, FIRST + 8), max_size=4),
)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_fates_do_not_depend_on_how_the_input_is_cut(
    ledger: Ledger, addresses: list[int], cuts: list[int], blocked: set[int]
) -> None:
    """In whatever batches it comes: the first of a number is the delivery, suppressed ones are all suppressed."""
    await ledger.unsuppress(range(FIRST, FIRST + 9))
    await ledger.suppress([Suppression(address=one, reason="", source="", at=NOW) for one in blocked])
    rows = [Recipient(seq, seq + 1, address, ()) for seq, address in enumerate(addresses)]
    broadcast = await ledger.begin(plan())

    edges = sorted({0, len(rows), *(min(cut, len(rows)) for cut in cuts)})
    for low, high in pairwise(edges):
        await ledger.load(broadcast, rows[low:high])

    def fate(seq: int) -> tuple[Fate | None, int | None]:
        if addresses[seq] in blocked:
            return Fate.SUPPRESSED, None
        first = addresses.index(addresses[seq])
        return (None, None) if first == seq else (Fate.DUPLICATE, first + 1)

    assert [fate(seq) for seq in range(len(rows))] == [
        (line.fate, line.first_line) for line in await all_lines(ledger, broadcast)
    ]
    counts = await ledger.counts(broadcast)
    assert len(rows) == counts.rows == counts.deliveries + counts.invalid + counts.duplicate + counts.suppressed
    await ledger.discard(broadcast)


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(people(3, start=1), id="gap"),
        pytest.param([*people(1), *people(1)], id="a place twice"),
        pytest.param([Recipient(0, 1, 0, ())], id="no number"),
        pytest.param([Recipient(0, 1, 10**15, ())], id="16 digits"),
        pytest.param([Recipient(0, 1, 10**30, ())], id="beyond any integer"),
        pytest.param([Recipient(0, 1, FIRST, ("half \ud83d",))], id="no Unicode"),
    ],
)
async def test_a_batch_that_cannot_be_stored_is_refused_whole(ledger: Ledger, rows: list[Recipient]) -> None:
    """Nothing of it stays, and the ledger goes on."""
    broadcast = await ledger.begin(plan())

    with pytest.raises(LedgerError):
        await ledger.load(broadcast, rows)

    assert 0 == (await ledger.counts(broadcast)).rows
    assert 3 == (await ledger.load(broadcast, people(3))).deliveries


async def test_a_frozen_broadcast_takes_no_more_rows(ledger: Ledger) -> None:
    """Nor is it frozen again."""
    broadcast = await frozen(ledger, 3)

    with pytest.raises(LedgerError, match="frozen"):
        await ledger.load(broadcast, people(1, start=3))
    with pytest.raises(LedgerError, match="frozen"):
        await ledger.freeze(broadcast, fingerprint="g", digest="e", chunk=10)

    assert "f" == (await ledger.broadcast(broadcast)).fingerprint


async def test_freezing_keeps_the_fingerprint_and_gives_the_broadcast(ledger: Ledger) -> None:
    """With the number of lines, ready to run."""
    broadcast = await ledger.begin(plan())
    await ledger.load(broadcast, people(3))

    found = await ledger.freeze(broadcast, fingerprint="print", digest="digest", chunk=2)

    assert (Phase.PLANNED, "print", "digest", 3) == (found.phase, found.fingerprint, found.digest, found.rows)
    assert found == await ledger.broadcast(broadcast)


@pytest.mark.parametrize(
    ("rows", "chunk", "first", "spans"),
    [
        (10, 4, 0, [(0, 4), (4, 8), (8, 10)]),
        (10, 100, 0, [(0, 10)]),
        (10, 4, 3, [(0, 3), (3, 7), (7, 10)]),
        (10, 4, 10, [(0, 10)]),
        (10, 4, 99, [(0, 10)]),
        (1, 1, 1, [(0, 1)]),
        (0, 4, 3, []),
    ],
)
async def test_deliveries_are_cut_into_chunks(
    ledger: Ledger, rows: int, chunk: int, first: int, spans: list[tuple[int, int]]
) -> None:
    """Of so many rows each; the canary is a chunk of its own."""
    broadcast = await frozen(ledger, rows, chunk=chunk, first=first)

    found = []
    while (lease := await ledger.take(broadcast, now=NOW, owner="me")) is not None:
        found.append((lease.low, lease.high))

    assert spans == found


async def test_the_canary_counts_deliveries_not_lines(ledger: Ledger) -> None:
    """Refused lines in front do not make it smaller."""
    rows = [Recipient(seq, seq + 1, FIRST + max(0, seq - 4), ()) for seq in range(10)]
    broadcast = await frozen(ledger, rows, chunk=100, first=3)

    assert [0, 5, 6] == [due.seq for due in await all_due(ledger, await taken(ledger, broadcast))]


async def test_a_chunk_of_nothing_is_refused(ledger: Ledger) -> None:
    """Before anything is frozen."""
    broadcast = await ledger.begin(plan())

    with pytest.raises(LedgerError, match="at least one"):
        await ledger.freeze(broadcast, fingerprint="f", digest="d", chunk=0)

    assert Phase.PLANNING == (await ledger.broadcast(broadcast)).phase


@pytest.mark.parametrize("state", [State.SENDING, State.ACCEPTED, State.REJECTED, State.UNKNOWN, State.DEFERRED])
async def test_what_was_sent_in_part_is_not_forgotten(ledger: Ledger, state: State) -> None:
    """One request that may have left is enough."""
    broadcast = await frozen(ledger)
    await bring(ledger, await taken(ledger, broadcast), 7, state)

    with pytest.raises(LedgerError, match="sent in part"):
        await ledger.discard(broadcast)

    assert state == (await states_of(ledger, broadcast))[7]


async def test_what_was_never_sent_can_be_forgotten(ledger: Ledger) -> None:
    """Also when it was cancelled; what stands beside it stays."""
    other = await frozen(ledger, 5, name="other")
    cancelled = await frozen(ledger, 5)
    await ledger.enter(cancelled, Phase.CANCELLED, at=NOW)

    await ledger.discard(cancelled)

    assert [other] == [broadcast.id for broadcast in await ledger.broadcasts()]
    assert [State.PENDING] * 5 == await states_of(ledger, other)
    with pytest.raises(LedgerError, match="no broadcast"):
        await ledger.counts(cancelled)
