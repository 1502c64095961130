"""What every ledger promises about opening, closing, reading, and what a person does afterwards."""

from __future__ import annotations

import pytest

from tests.ledger.stores import (
    FIRST,
    LATER,
    NOW,
    Store,
    all_due,
    all_lines,
    bring,
    frozen,
    gathered,
    people,
    plan,
    settled,
    states_of,
    taken,
)
from wamsg.errors import LedgerBusy, LedgerError
from wamsg.ledger import Ledger, Moment, Phase, Settled, State, Suppression, Wanted
from wamsg.ledger.state import MOVES
from wamsg.pipeline.pace import Learnt

REARMED = frozenset({State.REJECTED, State.UNKNOWN, State.DEFERRED})


async def test_closing_commits_what_was_told(store: Store) -> None:
    """Twice is harmless, and afterwards nothing is done."""
    ledger = await store.open()
    await ledger.lock()
    broadcast = await frozen(ledger, 2)
    lease = await taken(ledger, broadcast)
    await ledger.claim(lease, 0, now=NOW)
    ledger.settle(lease, settled(0, State.ACCEPTED))

    await ledger.aclose()
    await ledger.aclose()

    with pytest.raises(LedgerError, match="closed"):
        await ledger.counts(broadcast)
    with pytest.raises(LedgerError, match="closed"):
        await ledger.claim(lease, 1, now=NOW)
    with pytest.raises(LedgerError, match="closed"):
        ledger.settle(lease, settled(1, State.EXPIRED))
    assert [State.ACCEPTED, State.PENDING] == await states_of(await store.open(), broadcast)


async def test_one_process_holds_the_lock(store: Store) -> None:
    """Until it closes; asking twice is harmless, and the loser may try again."""
    first, second = await store.open(), await store.open()
    await first.lock()
    await first.lock()

    with pytest.raises(LedgerBusy, match="another process"):
        await second.lock()
    with pytest.raises(LedgerBusy):
        await second.lock()
    await first.aclose()

    await second.lock()


async def test_the_lock_frees_what_a_dead_process_had_leased(store: Store) -> None:
    """Its chunks are ready at once, whatever is left of their leases, and its tries in flight are unknown."""
    first = await store.open()
    await first.lock()
    broadcast = await frozen(first, 4, chunk=2)
    one, two = await taken(first, broadcast), await taken(first, broadcast)
    await gathered([first.claim(one, 0, now=NOW), first.claim(two, 3, now=NOW)])
    await store.crash(first, cut=False)

    second = await store.open()
    await second.lock()

    assert [State.UNKNOWN, State.PENDING, State.PENDING, State.UNKNOWN] == await states_of(second, broadcast)
    assert 0.0 == await second.next_ready(broadcast)
    assert (0, 2) == (one.low, (await taken(second, broadcast, now=NOW + 1)).high)


async def test_the_secret_and_the_lanes_outlive_the_process(store: Store) -> None:
    """The last that was saved for each."""
    first = await store.open()
    assert first.lanes.load("wacr:account") is None
    old = Learnt(rate=10.0, ceiling=None, paused_until=0.0)
    new = Learnt(rate=7.5, ceiling=8.25, paused_until=NOW)
    first.lanes.save("wacr:account", old)
    first.lanes.save("wacr:account", new)
    first.lanes.save("kaleyra:\u0928", old)
    assert new == first.lanes.load("wacr:account")
    await first.aclose()

    second = await store.open()

    assert (new, old) == (second.lanes.load("wacr:account"), second.lanes.load("kaleyra:\u0928"))
    assert first.secret == second.secret
    assert len(second.secret) >= 32


async def test_broadcasts_come_oldest_first(ledger: Ledger) -> None:
    """All of them, one by one too; a number that is none is told."""
    numbers = [await frozen(ledger, 1, name=name) for name in "abc"]

    found = await ledger.broadcasts()

    assert [(number, name) for number, name in zip(numbers, "abc", strict=True)] == [
        (broadcast.id, broadcast.plan.name) for broadcast in found
    ]
    assert found[1] == await ledger.broadcast(numbers[1])
    for wrong in (0, -1, 99, 10**30):
        with pytest.raises(LedgerError, match="no broadcast"):
            await ledger.broadcast(wrong)


async def test_every_question_about_a_broadcast_that_is_not_there_is_an_error(ledger: Ledger) -> None:
    """Not an empty answer that looks like a finished one."""
    with pytest.raises(LedgerError, match="no broadcast"):
        await ledger.counts(7)
    with pytest.raises(LedgerError, match="no broadcast"):
        await all_lines(ledger, 7)
    with pytest.raises(LedgerError, match="no broadcast"):
        await ledger.timeline(7)
    with pytest.raises(LedgerError, match="no broadcast"):
        await ledger.next_ready(7)
    with pytest.raises(LedgerError, match="no broadcast"):
        await ledger.take(7, now=NOW, owner="me")
    with pytest.raises(LedgerError, match="no broadcast"):
        await ledger.renew(7, [], now=NOW)
    with pytest.raises(LedgerError, match="no broadcast"):
        await ledger.order(7, Wanted.PAUSE)
    with pytest.raises(LedgerError, match="no broadcast"):
        await ledger.note(7, Moment(at=NOW, kind="started"))
    with pytest.raises(LedgerError, match="no broadcast"):
        await ledger.load(7, people(1))
    with pytest.raises(LedgerError, match="no broadcast"):
        await ledger.discard(7)
    with pytest.raises(LedgerError, match="no broadcast"):
        await ledger.rearm(7, {State.REJECTED}, now=NOW)
    with pytest.raises(LedgerError, match="no broadcast"):
        await ledger.resolve(7, [settled(0, State.ACCEPTED)])


async def test_counts_add_up_in_every_mixture(ledger: Ledger) -> None:
    """Half of the chunks finished, half not."""
    broadcast = await frozen(ledger, 16, chunk=8)
    for _ in range(2):
        lease = await taken(ledger, broadcast)
        for state in State:
            await bring(ledger, lease, lease.low + state, state)
        if lease.chunk == 0:
            ledger.settle(lease, settled(lease.low + State.SENDING, State.ACCEPTED))
            for seq in (lease.low + State.PENDING, lease.low + State.DEFERRED):
                ledger.settle(lease, settled(seq, State.SKIPPED))
            assert await ledger.release(lease)

    counts = await ledger.counts(broadcast)

    wanted = {
        State.PENDING: 1, State.SENDING: 1, State.ACCEPTED: 3, State.REJECTED: 2,
        State.UNKNOWN: 2, State.DEFERRED: 1, State.EXPIRED: 2, State.SKIPPED: 4,
    }  # fmt: skip
    assert wanted == counts.states
    assert (16, 16, 2, {}) == (counts.rows, counts.deliveries, counts.open, counts.statuses)


async def test_deliveries_can_be_picked_by_state(ledger: Ledger) -> None:
    """In their order, refused lines left out."""
    broadcast = await frozen(ledger, [*people(8), people(1)[0]._replace(seq=8, line=10)])
    lease = await taken(ledger, broadcast)
    for state in State:
        await bring(ledger, lease, 7 - state, state)

    for state in State:
        assert [7 - state] == [line.seq for line in await all_lines(ledger, broadcast, {state})]
    assert [3, 5, 7] == [
        line.seq for line in await all_lines(ledger, broadcast, {State.PENDING, State.ACCEPTED, State.UNKNOWN})
    ]
    assert [] == await all_lines(ledger, broadcast, set())
    assert 9 == len(await all_lines(ledger, broadcast))


async def test_many_lines_come_complete(ledger: Ledger) -> None:
    """Whatever the store reads at once, and beside other broadcasts."""
    await frozen(ledger, 10, name="before")
    broadcast = await frozen(ledger, 4500, chunk=5000)
    await frozen(ledger, 10, name="after")

    assert list(range(4500)) == [line.seq for line in await all_lines(ledger, broadcast)]
    assert list(range(4500)) == [line.seq for line in await all_lines(ledger, broadcast, {State.PENDING})]


@pytest.mark.parametrize("state", sorted(REARMED))
async def test_a_person_can_send_again_what_did_not_arrive(ledger: Ledger, state: State) -> None:
    """Rejected, unknown and deferred deliveries are due at once, as one try more, though their chunk was finished."""
    broadcast = await frozen(ledger, 4, chunk=2)
    for _ in range(2):
        lease = await taken(ledger, broadcast)
        await bring(ledger, lease, lease.low, state)
        await bring(ledger, lease, lease.low + 1, State.ACCEPTED)
        await ledger.release(lease, until=LATER + 9999)

    assert 2 == await ledger.rearm(broadcast, {state}, now=LATER)

    assert [State.DEFERRED, State.ACCEPTED] * 2 == await states_of(ledger, broadcast)
    assert 2 == (await ledger.counts(broadcast)).states[State.DEFERRED]
    again = await taken(ledger, broadcast, now=LATER)
    assert [(0, 2)] == [(due.seq, due.attempt) for due in await all_due(ledger, again, now=LATER)]
    assert await ledger.claim(again, 0, now=LATER)


@pytest.mark.parametrize("state", sorted(set(State) - REARMED))
async def test_what_went_out_or_was_given_up_cannot_be_sent_again(ledger: Ledger, state: State) -> None:
    """Nothing is changed, also where allowed states are named beside it."""
    broadcast = await frozen(ledger, 2)
    lease = await taken(ledger, broadcast)
    await bring(ledger, lease, 0, state)
    await bring(ledger, lease, 1, State.REJECTED)

    with pytest.raises(LedgerError, match="cannot be sent again"):
        await ledger.rearm(broadcast, {state, State.REJECTED}, now=NOW)

    assert [state, State.REJECTED] == await states_of(ledger, broadcast)


async def test_a_retry_can_be_kept_to_some_codes(ledger: Ledger) -> None:
    """Those whose last error had one of them."""
    broadcast = await frozen(ledger, 4)
    lease = await taken(ledger, broadcast)
    await gathered(ledger.claim(lease, seq, now=NOW) for seq in range(4))
    for seq, code in enumerate(["E1", "E2", "E1", None]):
        ledger.settle(lease, Settled(seq, State.REJECTED, NOW, None, "Rejected", code, 400, f"why {seq}"))

    assert 0 == await ledger.rearm(broadcast, {State.REJECTED}, now=NOW, codes=[])
    assert 0 == await ledger.rearm(broadcast, {State.UNKNOWN}, now=NOW, codes=["E1"])
    assert 2 == await ledger.rearm(broadcast, {State.REJECTED}, now=NOW, codes=["E1", "E1", "E9"])

    assert [State.DEFERRED, State.REJECTED, State.DEFERRED, State.REJECTED] == await states_of(ledger, broadcast)


@pytest.mark.parametrize("target", [State.ACCEPTED, State.REJECTED, State.DEFERRED])
@pytest.mark.parametrize("origin", list(State))
async def test_a_look_up_settles_what_is_unknown_and_nothing_else(ledger: Ledger, origin: State, target: State) -> None:
    """By legal moves; the finished chunk is counted anew and opened if something is due."""
    broadcast = await frozen(ledger, 2)
    lease = await taken(ledger, broadcast)
    await bring(ledger, lease, 0, origin)
    await bring(ledger, lease, 1, State.ACCEPTED)
    await ledger.release(lease)

    count = await ledger.resolve(broadcast, [settled(0, target, not_before=NOW + 5), settled(1, target)])

    moves = origin == State.UNKNOWN
    assert moves == count
    assert not moves or target in MOVES[origin]
    assert [target if moves else origin, State.ACCEPTED] == await states_of(ledger, broadcast)
    assert (await ledger.counts(broadcast)).states[target] >= moves
    if moves:
        assert (target == State.DEFERRED) == (await ledger.next_ready(broadcast) is not None)


@pytest.mark.parametrize("target", sorted(set(State) - {State.ACCEPTED, State.REJECTED, State.DEFERRED}))
async def test_a_look_up_finds_only_what_it_can_find(ledger: Ledger, target: State) -> None:
    """And says so before anything is changed."""
    broadcast = await frozen(ledger, 2)
    lease = await taken(ledger, broadcast)
    for seq in (0, 1):
        await bring(ledger, lease, seq, State.UNKNOWN)

    with pytest.raises(LedgerError, match="look-up"):
        await ledger.resolve(broadcast, [settled(0, State.ACCEPTED), settled(1, target)])

    assert [State.UNKNOWN] * 2 == await states_of(ledger, broadcast)


async def test_suppressions_are_kept_by_address(ledger: Ledger) -> None:
    """The first reason stays; only what was new or there is counted."""
    entries = [Suppression(address=FIRST + seq, reason=f"r{seq}", source="import", at=NOW + seq) for seq in (4, 1, 3)]

    assert 3 == await ledger.suppress(entries)
    assert 0 == await ledger.suppress([Suppression(address=FIRST + 1, reason="other", source="person", at=NOW)])
    assert 0 == await ledger.suppress([])
    assert 1 == await ledger.unsuppress([FIRST + 3, FIRST + 9])
    assert 0 == await ledger.unsuppress([])

    assert [entries[1], entries[0]] == [entry async for entry in ledger.suppressions()]


async def test_many_suppressions_come_complete(ledger: Ledger) -> None:
    """Whatever the store reads at once."""
    await ledger.suppress([Suppression(address=FIRST + seq, reason="", source="import", at=NOW) for seq in range(4500)])

    assert 4500 == len({entry.address async for entry in ledger.suppressions()})


async def test_a_draft_is_counted_and_shown_as_it_grows(ledger: Ledger) -> None:
    """Before anything is frozen."""
    broadcast = await ledger.begin(plan())
    await ledger.load(broadcast, people(3))

    assert 3 == (await ledger.counts(broadcast)).open
    assert [State.PENDING] * 3 == await states_of(ledger, broadcast)
    assert Phase.PLANNING == (await ledger.broadcast(broadcast)).phase
