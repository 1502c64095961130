"""The first deliveries go alone, and what becomes of them decides about the others."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from attrs import evolve

from tests.support.broadcast_desk import Desk, number, numbers
from tests.support.broadcast_provider import ACCEPT, Double, End, by_number, lost, refuse
from tests.support.broadcast_truth import check_truth
from wamsg import errors
from wamsg.broadcast.policy import Portion
from wamsg.ledger import Counts, Phase, State

REFUSED = refuse(errors.RecipientRefused("no"))


async def test_the_canary_goes_alone_and_the_others_follow(desk: Desk) -> None:
    """Nobody else is tried before its last outcome is known."""
    broadcast = await desk.plan(numbers(300), canary=Portion(count=20), concurrency=64)
    gate = asyncio.Event()
    desk.provider.script = by_number({number(7): End(gate=gate)})
    task = asyncio.create_task((await desk.runner(broadcast)).run())
    await desk.until(lambda: len(desk.provider.left) == 20)
    for _ in range(20):
        await desk.clock.leap(1.0)
        await desk.watched.quiet()
    assert sorted(desk.provider.left) == numbers(20)
    gate.set()

    ended = await desk.drive(task)

    assert ended.phase is Phase.FINISHED
    assert "canary passed" in await desk.kinds(broadcast)
    await check_truth(desk, broadcast)


@pytest.mark.parametrize(
    ("end", "failed", "phase"),
    [
        (REFUSED, 2, Phase.FINISHED),
        (REFUSED, 3, Phase.STOPPED),
        (lost(accepted=True), 3, Phase.STOPPED),
        (refuse(errors.OptedOut("no")), 3, Phase.STOPPED),
    ],
    ids=["20 per cent", "30 per cent", "unknown", "opted out"],
)
async def test_too_large_a_share_of_failures_stops_it(desk: Desk, end: End, failed: int, phase: Phase) -> None:
    """Nobody but the canary was sent to, and the reason names the numbers."""
    broadcast = await desk.plan(numbers(100), canary=Portion(share=0.1), canary_failures=0.2)
    desk.provider.script = lambda to, _: end if to < number(failed) else ACCEPT

    ended = await desk.run(broadcast)

    assert ended.phase is phase
    if phase is Phase.STOPPED:
        assert len(desk.provider.left) == 10
        assert "3 of the first 10 failed" in ended.reason
        assert ended.counts.states[State.PENDING] == 90
    await check_truth(desk, broadcast)


async def test_the_count_is_of_deliveries_and_not_of_lines(desk: Desk) -> None:
    """Invalid, duplicate and suppressed lines are no part of it."""
    rows = ["no number", number(0), number(0), "x", *numbers(50)]
    broadcast = await desk.plan(rows, canary=Portion(count=10))
    desk.provider.script = lambda to, _: REFUSED if to < number(3) else ACCEPT

    ended = await desk.run(broadcast)

    assert ended.phase is Phase.STOPPED
    assert sorted(desk.provider.left) == numbers(10)
    await check_truth(desk, broadcast)


async def test_a_canary_that_is_put_off_is_waited_for(desk: Desk) -> None:
    """Deferred deliveries have no outcome yet; the run goes on when they have."""
    broadcast = await desk.plan(numbers(60), canary=Portion(count=5))
    desk.provider.script = by_number({number(1): [refuse(errors.Unavailable("later", retry_after=120.0))]})
    task = asyncio.create_task((await desk.runner(broadcast)).run())
    await desk.until(lambda: desk.clock.time() >= desk.provider.accepted[0].at + 100 if desk.provider.left else False)
    assert len(desk.provider.left) == 5
    assert "1 of the first 5 have no outcome yet" in desk.shown[-1].waiting

    assert (await desk.drive(task)).phase is Phase.FINISHED
    assert desk.provider.left[5] == number(1)
    await check_truth(desk, broadcast)


async def test_a_stopped_canary_goes_on_once_its_refusals_were_sent_again(desk: Desk) -> None:
    """After a person mended the cause and asked for a retry of what was refused."""
    broadcast = await desk.plan(numbers(60), canary=Portion(count=10))
    mended = [False]
    desk.provider.script = lambda to, _: REFUSED if to < number(6) and not mended[0] else ACCEPT
    assert (await desk.run(broadcast)).phase is Phase.STOPPED
    mended[0] = True
    assert await desk.ledger.rearm(broadcast.id, {State.REJECTED}, now=desk.clock.time()) == 6

    ended = await desk.run(broadcast)

    assert ended.phase is Phase.FINISHED
    assert sorted(desk.provider.left[10:16]) == numbers(6)
    assert len(desk.provider.accepted) == 60
    await check_truth(desk, broadcast)


async def test_a_canary_that_has_passed_is_not_judged_again(desk: Desk) -> None:
    """A resumed run goes on at once, whatever failed later."""
    broadcast = await desk.plan(numbers(100), canary=Portion(count=10), concurrency=4)
    runner = await desk.runner(broadcast)
    desk.provider.moment = lambda _: runner.stop("enough") if len(desk.provider.left) == 30 else None
    desk.provider.script = lambda to, _: REFUSED if number(12) < to < number(30) else ACCEPT
    assert (await desk.drive(runner.run())).phase is Phase.PAUSED
    desk.provider.moment = lambda _: None

    assert (await desk.run(broadcast)).phase is Phase.FINISHED
    assert (await desk.kinds(broadcast)).count("canary passed") == 1
    await check_truth(desk, broadcast)


async def test_a_canary_that_was_interrupted_is_completed_first(desk: Desk) -> None:
    """A resumed run sends the rest of the canary before anybody else."""
    broadcast = await desk.plan(numbers(60), canary=Portion(count=20), concurrency=2)
    runner = await desk.runner(broadcast)
    desk.provider.moment = lambda _: runner.stop("enough") if len(desk.provider.left) == 5 else None
    await desk.drive(runner.run())
    desk.provider.moment = lambda _: None

    assert (await desk.run(broadcast)).phase is Phase.FINISHED
    assert sorted(desk.provider.left[:20]) == numbers(20)
    assert sorted(desk.provider.left) == numbers(60)


async def test_a_canary_of_everybody_is_just_a_run(desk: Desk) -> None:
    """Nobody is left to be held back."""
    broadcast = await desk.plan(numbers(12), canary=Portion(count=500))

    assert (await desk.run(broadcast)).phase is Phase.FINISHED
    await check_truth(desk, broadcast)


async def test_an_order_is_heard_while_the_canary_is_waited_for(desk: Desk) -> None:
    """Waiting for callbacks is no deaf time."""
    broadcast = await desk.plan(numbers(60), canary=Portion(count=5), canary_wait=600.0)
    runner = await desk.runner(broadcast, callbacks=True)
    task = asyncio.create_task(runner.run())
    await desk.until(lambda: "no delivery status yet" in (desk.shown[-1].waiting if desk.shown else ""))
    runner.stop("enough")

    ended = await desk.drive(task, most=3)

    assert ended.phase is Phase.PAUSED
    assert len(desk.provider.left) == 5


@pytest.mark.parametrize(
    ("statuses", "phase"),
    [
        ({"delivered": 5}, Phase.FINISHED),
        ({"delivered": 3, "failed": 2}, Phase.STOPPED),
        ({"delivered": 4}, Phase.FINISHED),
        ({"sent": 5}, Phase.STOPPED),
        ({}, Phase.STOPPED),
    ],
    ids=["all delivered", "two failed", "one silent", "only sent", "nothing came back"],
)
async def test_callbacks_decide_where_they_come_back(desk: Desk, statuses: Mapping[str, int], phase: Phase) -> None:
    """Those who are silent are waited for, up to the limit, and a failed status is a failure."""
    broadcast = await desk.plan(numbers(60), canary=Portion(count=5), canary_wait=60.0)
    started, real = desk.clock.time(), desk.watched.real.counts

    async def counts(broadcast: int) -> Counts:
        found = await real(broadcast)
        arrived = desk.clock.time() >= started + 20
        return evolve(found, statuses=statuses if arrived else {})

    _replace(desk, "counts", counts)
    ended = await desk.run(broadcast, Double(desk.provider), callbacks=True)

    assert ended.phase is phase
    waited = desk.clock.time() - started
    if statuses == {"delivered": 5} or "failed" in statuses:
        assert 20 <= waited < 30
    else:
        assert 60 <= waited < 70
    assert len(desk.provider.left) == (60 if phase is Phase.FINISHED else 5)


def _replace(desk: Desk, name: str, method: Any) -> None:
    setattr(desk.watched.real, name, method)
