"""One chunk and its workers: how many go at once, and what makes them stop."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.support.broadcast_desk import Desk, number, numbers
from tests.support.broadcast_provider import ACCEPT, Double, End, always, early, refuse
from tests.support.broadcast_truth import check_truth
from wamsg import errors
from wamsg.broadcast.run.sender import FEW
from wamsg.ledger import Phase, State
from wamsg.wire import Priority

#: A rate at which chunks are as small as they get: 200 rows.
SMALL = 1.0


@pytest.mark.parametrize("rate", [None, SMALL], ids=["one chunk", "five chunks"])
@pytest.mark.parametrize(
    "error",
    [errors.BadCredentials("wrong key"), errors.LowBalance("empty"), errors.TemplateRefused("paused")],
    ids=lambda error: type(error).__name__,
)
async def test_a_campaign_that_is_wrong_for_everyone_meets_a_handful(
    desk: Desk, rate: float | None, error: Exception
) -> None:
    """From a cold start a few are tried at a time, whatever the concurrency and however many chunks there are."""
    broadcast = await desk.plan(numbers(1000), concurrency=64, rate=rate)
    desk.provider.script = always(End(error=error, accepted=False, slow=1.0))
    double = Double(desk.provider)

    ended = await desk.run(broadcast, double)

    assert ended.phase is Phase.STOPPED
    assert type(error).__name__ in ended.reason
    assert double.most_in_flight <= FEW
    assert len(desk.provider.left) < 2 * FEW
    assert ended.counts.states[State.REJECTED] == len(desk.provider.left)
    assert (await desk.ledger.broadcast(broadcast.id)).reason == ended.reason
    await check_truth(desk, broadcast)


@pytest.mark.parametrize("rate", [None, SMALL], ids=["one chunk", "three chunks"])
async def test_a_good_campaign_uses_all_its_places(desk: Desk, rate: float | None) -> None:
    """After the first acceptance as many are under way as was allowed, and never more."""
    broadcast = await desk.plan(numbers(600), concurrency=64, rate=rate)
    desk.provider.script = always(End(slow=1.0))
    double = Double(desk.provider)
    started = desk.clock.time()

    await desk.run(broadcast, double)

    allowed = 64 if rate else 32
    assert double.most_in_flight == allowed
    # The first answer takes a second, then all places are used at once.
    assert desk.clock.time() - started <= 600 / allowed + 8
    await check_truth(desk, broadcast)


async def test_personal_refusals_neither_stop_a_campaign_nor_widen_it(desk: Desk) -> None:
    """People who opted out say nothing about the sender: it goes on carefully until somebody is accepted."""
    broadcast = await desk.plan(numbers(60), concurrency=64)
    desk.provider.script = lambda to, _: (
        End(error=errors.OptedOut("no"), accepted=False, slow=1.0) if to < number(40) else End(slow=1.0)
    )
    double = Double(desk.provider)

    ended = await desk.run(broadcast, double)

    assert ended.phase is Phase.FINISHED
    assert (ended.counts.states[State.REJECTED], ended.counts.states[State.ACCEPTED]) == (40, 20)
    assert desk.provider.left[:40] == numbers(40)
    await check_truth(desk, broadcast)


async def test_one_place_sends_in_the_order_of_the_input(desk: Desk) -> None:
    """One after the other, and below everything interactive."""
    broadcast = await desk.plan(numbers(30), concurrency=1)
    double = Double(desk.provider)

    await desk.run(broadcast, double)

    assert desk.provider.left == numbers(30)
    assert double.most_in_flight == 1
    assert double.priorities == {Priority.BULK}


async def test_a_bug_stops_the_run_and_is_raised_after_the_answers_that_were_waited_for(desk: Desk) -> None:
    """What is under way in other chunks too is answered and stored, not torn off."""
    broadcast = await desk.plan(numbers(400), concurrency=4, rate=SMALL)
    gate = asyncio.Event()
    ends = {number(100): early(RuntimeError("a bug")), number(250): End(gate=gate)}
    desk.provider.script = lambda to, _: ends.get(to, ACCEPT)
    task = asyncio.create_task((await desk.runner(broadcast)).run())
    await desk.until(lambda: number(250) in desk.provider.left and desk.provider.asked[number(100)] > 0)
    for _ in range(5):
        await desk.watched.quiet()
        await desk.clock.leap(1)
    assert not task.done()
    gate.set()

    with pytest.raises(RuntimeError, match="a bug"):
        await desk.drive(task)

    states = await desk.states(broadcast)
    assert (states[number(250)], states[number(100)]) == (State.ACCEPTED, State.PENDING)
    assert len(desk.provider.left) < 400
    found = await desk.ledger.broadcast(broadcast.id)
    assert (found.phase, found.reason) == (Phase.STOPPED, "RuntimeError: a bug")
    await check_truth(desk, broadcast)
    ends.clear()
    assert (await desk.run(broadcast)).phase is Phase.FINISHED
    await check_truth(desk, broadcast)


async def test_a_bug_after_the_departure_leaves_its_delivery_unknown(desk: Desk) -> None:
    """Nobody knows what a messenger did that broke in the middle."""
    broadcast = await desk.plan(numbers(3), concurrency=1)
    desk.provider.script = lambda to, _: End(error=RuntimeError("a bug")) if to == number(1) else ACCEPT

    with pytest.raises(RuntimeError, match="a bug"):
        await desk.run(broadcast)

    states = await desk.states(broadcast)
    assert [states[to] for to in numbers(3)] == [State.ACCEPTED, State.UNKNOWN, State.PENDING]
    await check_truth(desk, broadcast)


async def test_a_closed_client_is_no_reason_to_blame_recipients(desk: Desk) -> None:
    """The error is raised, and everybody is as before."""
    broadcast = await desk.plan(numbers(20))
    desk.provider.script = always(early(errors.WamsgError("this client is closed")))

    with pytest.raises(errors.WamsgError, match="closed"):
        await desk.run(broadcast)

    assert set((await desk.states(broadcast)).values()) == {State.PENDING}


@pytest.mark.parametrize("concurrency", [1, 7, 1000])
async def test_every_number_of_places_ends_the_same_way(desk: Desk, concurrency: int) -> None:
    """More places than recipients, or one for all of them."""
    broadcast = await desk.plan(numbers(205), concurrency=concurrency, rate=SMALL)

    assert (await desk.run(broadcast)).phase is Phase.FINISHED
    await check_truth(desk, broadcast)
    assert len(desk.provider.accepted) == 205


async def test_pages_are_read_to_the_end(desk: Desk) -> None:
    """More deliveries in a chunk than are read ahead: none is skipped at the seams, whatever fails there."""
    broadcast = await desk.plan(numbers(1203), concurrency=16)
    seams = {number(place) for edge in (0, 500, 1000, 1202) for place in (edge - 1, edge, edge + 1)}
    desk.provider.script = lambda to, _: refuse(errors.RecipientRefused("no")) if to in seams else ACCEPT

    ended = await desk.run(broadcast)

    assert sorted(desk.provider.left) == numbers(1203)
    assert ended.counts.states[State.REJECTED] == len(seams & set(numbers(1203)))
    await check_truth(desk, broadcast)


async def test_a_chunk_that_was_taken_over_is_left_alone(desk: Desk, monkeypatch: Any) -> None:
    """Where the ledger refuses a claim nothing leaves, and the run goes on with what it is granted."""
    broadcast = await desk.plan(numbers(20), concurrency=1)
    real, refused = desk.watched.real.claim, list[int]()

    def claim(lease: Any, seq: int, *, now: float) -> Any:
        if seq == 7 and not refused:
            refused.append(seq)
            future = asyncio.get_running_loop().create_future()
            future.set_result(False)
            return future
        return real(lease, seq, now=now)

    monkeypatch.setattr(desk.watched.real, "claim", claim)
    ended = await desk.run(broadcast)

    assert refused == [7]
    assert ended.phase is Phase.FINISHED
    assert sorted(desk.provider.left) == numbers(20)
    await check_truth(desk, broadcast)
