"""What every ledger promises while a broadcast runs: who may be sent to, and what is kept of it."""

from __future__ import annotations

import asyncio

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
    settled,
    states_of,
    taken,
)
from wamsg.errors import LedgerError
from wamsg.ledger import Ledger, Phase, Recipient, Settled, State, Suppression, Wanted
from wamsg.ledger.state import MOVES, OPEN, UNSETTLED

ENDS = sorted(set(State) - {State.PENDING, State.SENDING})


async def test_a_claim_is_on_disk_once_it_came_back(store: Store) -> None:
    """A successor finds it, and calls it unknown: never pending again."""
    first = await store.open()
    await first.lock()
    broadcast = await frozen(first, 3)
    lease = await taken(first, broadcast)
    assert await first.claim(lease, 1, now=NOW)
    await store.crash(first, cut=True)
    second = await store.open()
    await second.lock()

    again = await taken(second, broadcast, now=NOW + 1)

    line = (await all_lines(second, broadcast))[1]
    assert (State.UNKNOWN, 1, NOW, "Unanswered") == (line.state, line.attempts, line.sent_at, line.kind)
    assert line.detail is not None
    assert [0, 2] == [due.seq for due in await all_due(second, again)]
    assert not await second.claim(again, 1, now=NOW + 1)


async def test_what_was_in_flight_when_its_chunk_was_given_back_is_unknown_to_the_next_process(store: Store) -> None:
    """Nobody holds that chunk any more, and its answer is lost all the same."""
    first = await store.open()
    await first.lock()
    broadcast = await frozen(first, 3)
    lease = await taken(first, broadcast)
    assert await first.claim(lease, 1, now=NOW)
    assert not await first.release(lease)
    await store.crash(first, cut=True)

    second = await store.open()
    await second.lock()

    assert [State.PENDING, State.UNKNOWN, State.PENDING] == await states_of(second, broadcast)


async def test_of_many_claims_to_one_delivery_one_wins(ledger: Ledger) -> None:
    """Also when they are committed together."""
    lease = await taken(ledger, await frozen(ledger, 3))

    answers = await gathered(ledger.claim(lease, 1, now=NOW) for _ in range(50))

    assert 1 == sum(answers)
    assert not await ledger.claim(lease, 1, now=NOW)


async def test_claims_of_many_are_all_answered(ledger: Ledger) -> None:
    """Each for itself."""
    lease = await taken(ledger, await frozen(ledger, 500, chunk=1000))

    answers = await gathered(ledger.claim(lease, seq % 500, now=NOW) for seq in range(600))

    assert [True] * 500 + [False] * 100 == answers


@pytest.mark.parametrize("seq", [-1, 3, 4, 10**6])
async def test_a_lease_opens_only_its_own_deliveries(ledger: Ledger, seq: int) -> None:
    """Others are not sent to, whatever is asked."""
    lease = await taken(ledger, await frozen(ledger, 6, chunk=3))

    assert not await ledger.claim(lease, seq, now=NOW)


async def test_a_refused_line_is_never_sent_to(ledger: Ledger) -> None:
    """A repeated number has no delivery of its own."""
    broadcast = await frozen(ledger, [Recipient(0, 1, FIRST, ()), Recipient(1, 2, FIRST, ())])
    lease = await taken(ledger, broadcast)

    assert not await ledger.claim(lease, 1, now=NOW)
    assert [0] == [due.seq for due in await all_due(ledger, lease)]


async def test_a_lease_that_was_taken_over_claims_nothing(ledger: Ledger) -> None:
    """What it has in flight becomes unknown; its late answers still count."""
    broadcast = await frozen(ledger, 4)
    old = await taken(ledger, broadcast, owner="slow")
    await gathered([ledger.claim(old, 0, now=NOW), ledger.claim(old, 1, now=NOW)])

    new = await taken(ledger, broadcast, now=LATER, owner="next")

    assert old.epoch < new.epoch
    assert not await ledger.claim(old, 2, now=LATER)
    assert [State.UNKNOWN, State.UNKNOWN, State.PENDING, State.PENDING] == await states_of(ledger, broadcast)
    ledger.settle(old, settled(0, State.ACCEPTED))
    ledger.settle(old, settled(1, State.DEFERRED, not_before=NOW))
    await ledger.flush()
    assert [State.ACCEPTED, State.DEFERRED] == (await states_of(ledger, broadcast))[:2]
    assert await ledger.claim(new, 1, now=LATER)


async def test_a_late_answer_to_an_earlier_try_does_not_settle_a_later_one(ledger: Ledger) -> None:
    """The second try belongs to whoever claimed it; the first one's refusal would make a third."""
    broadcast = await frozen(ledger, 1)
    old = await taken(ledger, broadcast)
    assert await ledger.claim(old, 0, now=NOW)
    new = await taken(ledger, broadcast, now=LATER)
    assert 1 == await ledger.rearm(broadcast, {State.UNKNOWN}, now=LATER)
    assert await ledger.claim(new, 0, now=LATER)

    ledger.settle(old, settled(0, State.DEFERRED, not_before=NOW))
    await ledger.flush()

    assert [State.SENDING] == await states_of(ledger, broadcast)
    assert not await ledger.claim(new, 0, now=LATER)


async def test_a_lease_that_was_released_claims_nothing(ledger: Ledger) -> None:
    """It is no longer ours."""
    broadcast = await frozen(ledger, 2)
    lease = await taken(ledger, broadcast)
    assert not await ledger.release(lease)

    assert not await ledger.claim(lease, 0, now=NOW)
    assert not await ledger.release(lease)
    assert (await taken(ledger, broadcast)).epoch > lease.epoch


async def test_a_lost_lease_gives_back_nothing(ledger: Ledger) -> None:
    """The chunk stays with its new owner."""
    broadcast = await frozen(ledger, 2)
    old = await taken(ledger, broadcast)
    new = await taken(ledger, broadcast, now=LATER)

    assert not await ledger.release(old)

    assert await ledger.claim(new, 0, now=LATER)
    assert await ledger.take(broadcast, now=LATER, owner="third") is None


async def test_what_was_settled_before_a_claim_counts_for_it(ledger: Ledger) -> None:
    """Though nobody waited for the outcomes to be stored."""
    lease = await taken(ledger, await frozen(ledger, 50))
    await gathered(ledger.claim(lease, seq, now=NOW) for seq in range(50))

    for seq in range(50):
        ledger.settle(lease, settled(seq, State.DEFERRED, not_before=NOW))
    again = await gathered(ledger.claim(lease, seq, now=NOW) for seq in range(50))

    assert [True] * 50 == again


@pytest.mark.parametrize("target", ENDS)
@pytest.mark.parametrize("origin", list(State))
async def test_settling_makes_legal_moves_only(ledger: Ledger, origin: State, target: State) -> None:
    """An outcome settles what is unsettled; expiry and skipping end what is open; all else stays as it was."""
    broadcast = await frozen(ledger, 1)
    lease = await taken(ledger, broadcast)
    await bring(ledger, lease, 0, origin)

    ledger.settle(lease, settled(0, target))
    await ledger.flush()

    closing = target in {State.EXPIRED, State.SKIPPED}
    moves = target in MOVES[origin] and origin in (OPEN if closing else UNSETTLED)
    assert [target if moves else origin] == await states_of(ledger, broadcast)


@pytest.mark.parametrize("origin", list(State))
async def test_claiming_makes_legal_moves_only(ledger: Ledger, origin: State) -> None:
    """Only what is open is sent to."""
    broadcast = await frozen(ledger, 1)
    lease = await taken(ledger, broadcast)
    await bring(ledger, lease, 0, origin)

    won = await ledger.claim(lease, 0, now=NOW + 5)

    assert won == (State.SENDING in MOVES[origin]) == (origin in OPEN)
    assert [State.SENDING if won else origin] == await states_of(ledger, broadcast)


@pytest.mark.parametrize("origin", list(State))
async def test_cancelling_skips_what_is_open_and_nothing_else(ledger: Ledger, origin: State) -> None:
    """What was sent stays as it is."""
    broadcast = await frozen(ledger, 1)
    await bring(ledger, await taken(ledger, broadcast), 0, origin)

    await ledger.enter(broadcast, Phase.CANCELLED, at=NOW + 9)

    assert [State.SKIPPED if origin in OPEN else origin] == await states_of(ledger, broadcast)
    assert 0 == (await ledger.counts(broadcast)).open


@pytest.mark.parametrize("origin", list(State))
async def test_taking_over_makes_unknown_what_was_sending_and_nothing_else(ledger: Ledger, origin: State) -> None:
    """Nobody knows any more whether it went out."""
    broadcast = await frozen(ledger, 1)
    await bring(ledger, await taken(ledger, broadcast), 0, origin)

    await taken(ledger, broadcast, now=LATER)

    assert [State.UNKNOWN if origin == State.SENDING else origin] == await states_of(ledger, broadcast)


@pytest.mark.parametrize("state", [State.PENDING, State.SENDING])
async def test_nothing_is_settled_as_not_yet_sent(ledger: Ledger, state: State) -> None:
    """That would be no outcome."""
    lease = await taken(ledger, await frozen(ledger, 1))

    with pytest.raises(LedgerError, match="cannot end as"):
        ledger.settle(lease, Settled(0, state, NOW))
    with pytest.raises(LedgerError, match="cannot end as"):
        ledger.settle(lease, settled(1, State.ACCEPTED))


async def test_an_outcome_comes_back_as_it_was_told(ledger: Ledger) -> None:
    """Times, ids, error and try."""
    broadcast = await frozen(ledger, 2)
    lease = await taken(ledger, broadcast)
    await gathered([ledger.claim(lease, 0, now=NOW + 0.125), ledger.claim(lease, 1, now=NOW)])

    ledger.settle(lease, Settled(0, State.ACCEPTED, NOW + 0.25, "wamid.\u0928\u0932"))
    ledger.settle(lease, Settled(1, State.DEFERRED, NOW + 1, None, "Unavailable", "WA500", 500, "later", NOW + 300))
    await ledger.flush()

    sent, deferred = await all_lines(ledger, broadcast)
    assert (NOW + 0.125, NOW + 0.25, "wamid.\u0928\u0932", 1) == (
        sent.sent_at, sent.done_at, sent.message_id, sent.attempts,
    )  # fmt: skip
    assert (None, None, None) == (sent.kind, sent.code, sent.detail)
    assert ("Unavailable", "WA500", 500, "later", NOW + 300) == (
        deferred.kind, deferred.code, deferred.http_status, deferred.detail, deferred.not_before,
    )  # fmt: skip


async def test_hostile_text_in_an_outcome_does_no_harm(ledger: Ledger) -> None:
    """Half characters, zeros and endless sentences of a provider are stored as well as can be."""
    broadcast = await frozen(ledger, 2)
    lease = await taken(ledger, broadcast)
    await gathered(ledger.claim(lease, seq, now=NOW) for seq in (0, 1))

    ledger.settle(lease, Settled(0, State.ACCEPTED, NOW, "id \ud83d\0"))
    ledger.settle(
        lease, Settled(1, State.REJECTED, NOW, None, "Rejected", "\udc00" * 999, 400, "x" * 99_999 + "\ud83d")
    )
    await ledger.flush()

    first, second = await all_lines(ledger, broadcast)
    assert "id ?\0" == first.message_id
    assert State.REJECTED == second.state
    assert second.code is not None
    assert second.detail is not None
    assert len(second.code) <= 64
    assert "x" * 500 == second.detail


async def test_different_sentences_are_bounded_and_codes_are_kept(ledger: Ledger) -> None:
    """A provider that puts an id into each of its answers does not fill the ledger."""
    broadcast = await frozen(ledger, 6000, chunk=10_000)
    lease = await taken(ledger, broadcast)
    await gathered(ledger.claim(lease, seq, now=NOW) for seq in range(6000))

    for seq in range(6000):
        ledger.settle(lease, Settled(seq, State.REJECTED, NOW, None, "Rejected", f"E{seq % 3}", 400, f"trace {seq}"))
    await ledger.flush()

    lines = await all_lines(ledger, broadcast)
    assert [("Rejected", f"E{seq % 3}", 400) for seq in range(6000)] == [
        (line.kind, line.code, line.http_status) for line in lines
    ]
    assert "trace 0" == lines[0].detail
    assert lines[-1].detail is None


async def test_deferred_deliveries_wait_for_their_time(ledger: Ledger) -> None:
    """Neither due nor open before it; then one try more."""
    broadcast = await frozen(ledger, 2)
    lease = await taken(ledger, broadcast)
    await ledger.claim(lease, 0, now=NOW)
    ledger.settle(lease, settled(0, State.DEFERRED, not_before=NOW + 60))
    await ledger.flush()

    assert [1] == [due.seq for due in await all_due(ledger, lease, now=NOW + 59)]
    assert not await ledger.claim(lease, 0, now=NOW + 59)
    assert [(0, 2), (1, 1)] == [(due.seq, due.attempt) for due in await all_due(ledger, lease, now=NOW + 60)]
    assert await ledger.claim(lease, 0, now=NOW + 60)
    line = (await all_lines(ledger, broadcast))[0]
    assert (State.SENDING, 2, None, None, None) == (
        line.state, line.attempts, line.kind, line.done_at, line.not_before,
    )  # fmt: skip


async def test_due_gives_pages_in_order_with_values(ledger: Ledger) -> None:
    """What is suppressed since the plan was made is marked."""
    broadcast = await frozen(ledger, 6, chunk=4)
    lease = await taken(ledger, broadcast)
    await ledger.suppress([Suppression(address=FIRST + 1, reason="", source="", at=NOW)])

    first = await ledger.due(lease, after=-1, limit=3, now=NOW)
    rest = await ledger.due(lease, after=2, limit=3, now=NOW)

    assert [(0, FIRST, ("n0",), 1, False), (1, FIRST + 1, ("n1",), 1, True), (2, FIRST + 2, ("n2",), 1, False)] == first
    assert [3] == [due.seq for due in rest]
    second = await taken(ledger, broadcast)
    assert [4, 5] == [due.seq for due in await ledger.due(second, after=-1, limit=9, now=NOW)]


async def test_a_chunk_goes_to_one_owner_at_a_time(ledger: Ledger) -> None:
    """Until its lease ends unrenewed."""
    broadcast = await frozen(ledger, 4, chunk=2)

    one, two = await taken(ledger, broadcast), await taken(ledger, broadcast)
    assert {(0, 2), (2, 4)} == {(one.low, one.high), (two.low, two.high)}
    assert {0, 1} == {one.chunk, two.chunk}
    assert await ledger.take(broadcast, now=NOW, owner="other") is None

    await ledger.renew(broadcast, [one], now=LATER)
    assert two.chunk == (await taken(ledger, broadcast, now=LATER)).chunk
    assert await ledger.take(broadcast, now=LATER, owner="other") is None


async def test_renewing_a_lost_lease_does_not_bring_it_back(ledger: Ledger) -> None:
    """Nor does it lengthen the new owner's."""
    broadcast = await frozen(ledger, 2)
    old = await taken(ledger, broadcast)
    new = await taken(ledger, broadcast, now=LATER)

    await ledger.renew(broadcast, [old], now=LATER + 3600)

    assert not await ledger.claim(old, 0, now=LATER)
    assert (await taken(ledger, broadcast, now=LATER + 3600)).epoch > new.epoch


async def test_a_finished_chunk_is_not_given_out_again(ledger: Ledger) -> None:
    """Once nothing of it is open; unknown deliveries are not."""
    broadcast = await frozen(ledger, 3)
    lease = await taken(ledger, broadcast)
    for seq, state in enumerate([State.ACCEPTED, State.UNKNOWN, State.EXPIRED]):
        await bring(ledger, lease, seq, state)

    assert await ledger.release(lease)

    assert await ledger.take(broadcast, now=LATER, owner="me") is None
    assert await ledger.next_ready(broadcast) is None


async def test_an_unfinished_chunk_is_ready_when_its_first_delivery_is_due(ledger: Ledger) -> None:
    """Or at the time that was given."""
    broadcast = await frozen(ledger, 2)
    assert 0.0 == await ledger.next_ready(broadcast)
    lease = await taken(ledger, broadcast)
    assert await ledger.next_ready(broadcast) is None
    await gathered(ledger.claim(lease, seq, now=NOW) for seq in (0, 1))
    ledger.settle(lease, settled(0, State.DEFERRED, not_before=NOW + 60))
    ledger.settle(lease, settled(1, State.DEFERRED, not_before=NOW + 40))

    assert not await ledger.release(lease)

    assert NOW + 40 == await ledger.next_ready(broadcast)
    assert await ledger.take(broadcast, now=NOW + 39, owner="me") is None
    again = await taken(ledger, broadcast, now=NOW + 40)
    assert not await ledger.release(again, until=NOW + 50)
    assert NOW + 50 == await ledger.next_ready(broadcast)


async def test_a_chunk_with_pending_deliveries_is_ready_at_once(ledger: Ledger) -> None:
    """Whatever else of it waits."""
    broadcast = await frozen(ledger, 2)
    lease = await taken(ledger, broadcast)
    await ledger.claim(lease, 0, now=NOW)
    ledger.settle(lease, settled(0, State.DEFERRED, not_before=NOW + 60))

    assert not await ledger.release(lease)

    assert 0.0 == await ledger.next_ready(broadcast)


async def test_a_chunk_given_back_with_a_try_in_flight_is_not_finished(ledger: Ledger) -> None:
    """Whoever takes it next finds the try and calls it unknown."""
    broadcast = await frozen(ledger, 1)
    lease = await taken(ledger, broadcast)
    await ledger.claim(lease, 0, now=NOW)

    assert not await ledger.release(lease)
    again = await taken(ledger, broadcast)

    assert [State.UNKNOWN] == await states_of(ledger, broadcast)
    assert await ledger.release(again)


async def test_a_late_answer_to_a_finished_chunk_counts(ledger: Ledger) -> None:
    """The tally is made anew; a delivery that surely did not go out is due again."""
    broadcast = await frozen(ledger, 2)
    lease = await taken(ledger, broadcast)
    await gathered(ledger.claim(lease, seq, now=NOW) for seq in (0, 1))
    for seq in (0, 1):
        ledger.settle(lease, settled(seq, State.UNKNOWN))
    assert await ledger.release(lease)
    assert 2 == (await ledger.counts(broadcast)).states[State.UNKNOWN]

    ledger.settle(lease, settled(0, State.ACCEPTED))
    ledger.settle(lease, settled(1, State.DEFERRED, not_before=NOW + 60))
    await ledger.flush()

    counts = await ledger.counts(broadcast)
    assert (0, 1, 1) == tuple(counts.states[state] for state in (State.UNKNOWN, State.ACCEPTED, State.DEFERRED))
    assert NOW + 60 == await ledger.next_ready(broadcast)
    assert [1] == [due.seq for due in await all_due(ledger, await taken(ledger, broadcast, now=LATER), now=LATER)]


async def test_what_is_wanted_is_heard_by_the_one_who_runs_it(store: Store) -> None:
    """Asked from another handle; running again forgets it."""
    runner, other = await store.open(), await store.open()
    await runner.lock()
    broadcast = await frozen(runner, 2)
    lease = await taken(runner, broadcast)

    assert Wanted.RUN == await runner.renew(broadcast, [lease], now=NOW)
    await other.order(broadcast, Wanted.PAUSE)
    assert Wanted.PAUSE == await runner.renew(broadcast, [lease], now=NOW)
    await runner.enter(broadcast, Phase.PAUSED, at=NOW)
    assert Wanted.PAUSE == (await other.broadcast(broadcast)).wanted
    await runner.enter(broadcast, Phase.RUNNING, at=NOW)
    assert Wanted.RUN == await runner.renew(broadcast, [lease], now=NOW)


async def test_phases_keep_their_reason_and_their_times(ledger: Ledger) -> None:
    """Started once, ended when nothing more is sent, and no longer ended once it runs again."""
    broadcast = await frozen(ledger, 2)

    await ledger.enter(broadcast, Phase.STOPPED, at=NOW + 5, reason="LowBalance: E110")
    stopped = await ledger.broadcast(broadcast)
    await ledger.enter(broadcast, Phase.RUNNING, at=NOW + 6)
    await ledger.enter(broadcast, Phase.HELD, at=NOW + 7)
    held = await ledger.broadcast(broadcast)
    await ledger.enter(broadcast, Phase.RUNNING, at=NOW + 8)
    running = await ledger.broadcast(broadcast)

    assert (Phase.STOPPED, "LowBalance: E110", NOW, None) == (
        stopped.phase, stopped.reason, stopped.started_at, stopped.ended_at,
    )  # fmt: skip
    assert (Phase.HELD, "", NOW, NOW + 7) == (held.phase, held.reason, held.started_at, held.ended_at)
    assert (Phase.RUNNING, NOW, None) == (running.phase, running.started_at, running.ended_at)


async def test_a_draft_does_not_run_and_what_is_cancelled_stays_so(ledger: Ledger) -> None:
    """Nobody is sent to by mistake."""
    cancelled = await frozen(ledger, 2)
    await ledger.enter(cancelled, Phase.CANCELLED, at=NOW)

    with pytest.raises(LedgerError, match="cancelled"):
        await ledger.enter(cancelled, Phase.RUNNING, at=NOW)
    with pytest.raises(LedgerError, match="cannot go"):
        await ledger.enter(cancelled, Phase.PLANNED, at=NOW)
    with pytest.raises(LedgerError, match="cancelled"):
        await ledger.rearm(cancelled, {State.REJECTED}, now=NOW)

    assert await ledger.take(cancelled, now=LATER, owner="me") is None
    await ledger.enter(cancelled, Phase.CANCELLED, at=NOW)


async def test_cancelling_with_tries_in_flight_settles_them_still(ledger: Ledger) -> None:
    """Their chunk is finished when it is given back."""
    broadcast = await frozen(ledger, 4, chunk=2)
    lease = await taken(ledger, broadcast)
    await ledger.claim(lease, 0, now=NOW)

    await ledger.enter(broadcast, Phase.CANCELLED, at=NOW)
    ledger.settle(lease, settled(0, State.ACCEPTED))

    assert await ledger.release(lease)
    assert [State.ACCEPTED, *[State.SKIPPED] * 3] == await states_of(ledger, broadcast)
    counts = await ledger.counts(broadcast)
    assert (1, 3, 0) == (counts.states[State.ACCEPTED], counts.states[State.SKIPPED], counts.open)


async def test_the_timeline_is_in_order(ledger: Ledger) -> None:
    """Of its own broadcast."""
    from wamsg.ledger import Moment

    broadcast, other = await frozen(ledger, 1), await frozen(ledger, 1)
    moments = [Moment(at=NOW, kind="started"), Moment(at=NOW + 9, kind="stopped", detail="why \u2013 how")]

    for moment in reversed(moments):
        await ledger.note(broadcast, moment)
    await ledger.note(other, Moment(at=NOW, kind="started"))

    assert moments == await ledger.timeline(broadcast)


async def test_intents_are_counted_by_the_hour(ledger: Ledger) -> None:
    """Of all broadcasts; refused claims and outcomes are none."""
    hour = NOW - NOW % 3600
    one = await taken(ledger, await frozen(ledger, 5))
    two = await taken(ledger, await frozen(ledger, 5, name="other"))

    await gathered(ledger.claim(one, seq, now=hour + 60) for seq in (0, 1, 1))
    await gathered(ledger.claim(two, seq, now=hour + 3600) for seq in (0, 1, 2))

    assert 5 == await ledger.used(since=hour + 3599)
    assert 3 == await ledger.used(since=hour + 3600)
    assert 0 == await ledger.used(since=hour + 7200)


async def test_planning_and_running_need_the_lock(store: Store) -> None:
    """Without it nothing is claimed, settled or moved; reading, orders and suppressing are open to all."""
    owner, guest = await store.open(), await store.open()
    await owner.lock()
    broadcast = await frozen(owner, 2)
    lease = await taken(owner, broadcast)

    with pytest.raises(LedgerError, match="lock"):
        await guest.claim(lease, 0, now=NOW)
    with pytest.raises(LedgerError, match="lock"):
        guest.settle(lease, settled(0, State.EXPIRED))
    with pytest.raises(LedgerError, match="lock"):
        await guest.take(broadcast, now=LATER, owner="guest")
    with pytest.raises(LedgerError, match="lock"):
        await guest.load(broadcast, people(1))
    with pytest.raises(LedgerError, match="lock"):
        await guest.enter(broadcast, Phase.CANCELLED, at=NOW)

    assert 2 == (await guest.counts(broadcast)).open
    await guest.order(broadcast, Wanted.PAUSE)
    assert 1 == await guest.suppress([Suppression(address=FIRST, reason="", source="", at=NOW)])
    assert (await all_due(owner, lease))[0].suppressed


async def test_claims_wait_together_and_are_answered_together(ledger: Ledger) -> None:
    """No one is answered before the event loop has had its turn: a claim is a commit, not a guess."""
    lease = await taken(ledger, await frozen(ledger, 3))

    claims = [asyncio.ensure_future(ledger.claim(lease, seq, now=NOW)) for seq in range(3)]

    assert [False] * 3 == [claim.done() for claim in claims]
    assert [True] * 3 == await asyncio.gather(*claims)
