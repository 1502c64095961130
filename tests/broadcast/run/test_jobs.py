"""When chunks are run: at their hour, after the start, before the expiry, and by whom."""

from __future__ import annotations

import asyncio
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.support.broadcast_desk import Desk, number, numbers
from tests.support.broadcast_provider import ACCEPT, End, always, by_number, refuse
from tests.support.broadcast_truth import check_truth
from wamsg import errors
from wamsg.broadcast import OnUnknown
from wamsg.broadcast.policy import Hours
from wamsg.ledger import Phase, State

ZONES = {"+91": "Asia/Kolkata", "+44": "Europe/London", "+81": "Asia/Tokyo", "+61": "Australia/Sydney"}
LONDON, TOKYO, NEW_YORK = "+447700900123", "+819012345678", "+12125550123"
#: No time zone is known for a number of an international network.
NOWHERE = "+883510012345678"


def hour(at: float, zone: str) -> float:
    """What the clock in ``zone`` shows, in hours."""
    wall = datetime.fromtimestamp(at, ZoneInfo(zone))
    return wall.hour + wall.minute / 60


async def test_everybody_is_sent_to_by_their_own_clock(desk: Desk) -> None:
    """Recipients of several zones in one chunk wait for their hours, each for their own."""
    rows = [*numbers(20), *(f"+44770090012{place}" for place in range(5)), TOKYO, *numbers(40)[30:]]
    broadcast = await desk.plan(rows, window=Hours.parse("09:00-12:00"), concurrency=2)

    ended = await desk.run(broadcast, step=600.0)

    assert ended.phase is Phase.FINISHED
    assert len(desk.provider.accepted) == len(rows)
    for taken in desk.provider.accepted:
        assert 9 <= hour(taken.at, ZONES[taken.to[:3]]) < 12
    assert "everyone left has a time of their own" in {progress.waiting for progress in desk.shown}
    await check_truth(desk, broadcast)


async def test_a_number_without_a_zone_concerns_nobody_else(desk: Desk) -> None:
    """It is skipped with its reason, unless the options name a zone for such numbers."""
    window = Hours.parse("03:00-12:00")
    broadcast = await desk.plan([number(0), NOWHERE, number(1)], window=window)

    ended = await desk.run(broadcast)

    line = (await desk.deliveries(broadcast))[NOWHERE]
    assert (line.state, line.attempts) == (State.SKIPPED, 0)
    assert "zone" in (line.detail or "")
    assert (ended.phase, ended.counts.states[State.ACCEPTED]) == (Phase.FINISHED, 2)
    again = await desk.plan([NOWHERE], window=window, window_zone="Asia/Kolkata")
    assert (await desk.run(again)).counts.states[State.ACCEPTED] == 1


async def test_a_pause_does_not_push_those_who_are_awake_to_the_others_morning(desk: Desk) -> None:
    """A chunk that was stopped in the middle is ready at once when the run is resumed."""
    broadcast = await desk.plan([NEW_YORK, *numbers(50)], window=Hours.parse("03:00-12:00"), concurrency=2)
    runner = await desk.runner(broadcast)
    desk.provider.moment = lambda _: runner.stop("enough") if len(desk.provider.left) == 10 else None
    assert (await desk.drive(runner.run())).phase is Phase.PAUSED
    desk.provider.moment = lambda _: None

    task = asyncio.create_task((await desk.runner(broadcast)).run())
    await desk.until(lambda: len(desk.provider.left) == 50, most=5)

    assert (await desk.drive(task, step=600.0)).phase is Phase.FINISHED
    assert NEW_YORK == desk.provider.left[-1]
    await check_truth(desk, broadcast)


async def test_a_deferred_one_does_not_wait_for_the_others_morning(desk: Desk) -> None:
    """Its not-before time is minutes away, theirs is hours away."""
    broadcast = await desk.plan([NEW_YORK, *numbers(3)], window=Hours.parse("03:00-12:00"))
    desk.provider.script = by_number({number(1): [refuse(errors.Unavailable("later", retry_after=60.0))]})
    started = desk.clock.time()

    await desk.run(broadcast, step=30.0)

    at = {taken.to: taken.at - started for taken in desk.provider.accepted}
    assert 60 <= at[number(1)] <= 360
    assert at[NEW_YORK] > 3600
    await check_truth(desk, broadcast)


async def test_a_run_starts_when_it_was_told_to(desk: Desk) -> None:
    """Nobody is claimed before, and it says what it waits for."""
    broadcast = await desk.plan(numbers(5), start_at=desk.clock.time() + 7200)
    started = desk.clock.time()

    ended = await desk.run(broadcast, step=60.0)

    assert ended.phase is Phase.FINISHED
    assert min(taken.at for taken in desk.provider.accepted) >= started + 7200
    assert max(taken.at for taken in desk.provider.accepted) <= started + 7320
    assert "it has not started yet" in {progress.waiting for progress in desk.shown}


async def test_an_order_is_heard_before_the_start(desk: Desk) -> None:
    """Waiting for tomorrow is no deaf time."""
    broadcast = await desk.plan(numbers(5), start_at=desk.clock.time() + 7200)
    runner = await desk.runner(broadcast)
    task = asyncio.create_task(runner.run())
    await desk.until(lambda: bool(desk.shown))
    runner.stop("enough")

    assert (await desk.drive(task, most=3)).phase is Phase.PAUSED
    assert desk.provider.left == []


async def test_what_is_not_sent_in_time_expires(desk: Desk) -> None:
    """In the middle of a run, without a request, and with a reason."""
    broadcast = await desk.plan(numbers(50), expires_after=10.5, concurrency=2)
    desk.provider.script = always(End(slow=1.0))
    started = desk.clock.time()

    ended = await desk.run(broadcast)

    sent = len(desk.provider.left)
    assert ended.phase is Phase.FINISHED
    assert 5 <= sent <= 12
    assert ended.counts.states[State.EXPIRED] == 50 - sent
    assert max(taken.at for taken in desk.provider.accepted) <= started + 10.5
    line = (await desk.deliveries(broadcast))[number(49)]
    assert (line.kind, line.attempts) == ("Expired", 0)
    await check_truth(desk, broadcast)


async def test_time_runs_from_the_first_start_and_not_from_each_resume(desk: Desk) -> None:
    """A pause over the deadline is no way to send a stale message."""
    broadcast = await desk.plan(numbers(50), expires_after=600.0, concurrency=2)
    runner = await desk.runner(broadcast)
    desk.provider.moment = lambda _: runner.stop("enough") if len(desk.provider.left) == 10 else None
    await desk.drive(runner.run())
    desk.provider.moment = lambda _: None
    await desk.clock.leap(700.0)

    ended = await desk.run(broadcast)

    assert ended.counts.states[State.EXPIRED] == 50 - len(desk.provider.left)
    await check_truth(desk, broadcast)


async def test_time_runs_from_the_start_that_was_ordered(desk: Desk) -> None:
    """A message for tomorrow that is good for an hour is good for an hour of tomorrow."""
    broadcast = await desk.plan(numbers(5), start_at=desk.clock.time() + 43_200, expires_after=3600.0)

    ended = await desk.run(broadcast, step=600.0)

    assert ended.counts.states[State.ACCEPTED] == 5


async def test_a_deferred_delivery_expires_too(desk: Desk) -> None:
    """What comes back after the deadline is not sent."""
    broadcast = await desk.plan(numbers(2), expires_after=60.0)
    desk.provider.script = by_number({number(0): [refuse(errors.Unavailable("later", retry_after=120.0))]})

    ended = await desk.run(broadcast)

    line = (await desk.deliveries(broadcast))[number(0)]
    assert (line.state, line.attempts) == (State.EXPIRED, 1)
    assert ended.phase is Phase.FINISHED
    await check_truth(desk, broadcast)


async def test_waiting_for_a_time_asks_the_ledger_little(desk: Desk) -> None:
    """Two hours in which nothing can be sent: a look a second by the steward, and next to nothing besides."""
    broadcast = await desk.plan(numbers(300), rate=1.0, start_at=desk.clock.time() + 7200)
    calls = list[str]()
    desk.watched.before = calls.append
    task = asyncio.create_task((await desk.runner(broadcast)).run())
    for _ in range(100):
        await desk.watched.quiet()
        await desk.clock.leap(60.0)

    assert calls.count("renew") <= 102
    assert len(calls) - calls.count("renew") < 20
    assert (await desk.drive(task)).phase is Phase.FINISHED


async def test_waiting_for_deferred_ones_asks_the_ledger_little(desk: Desk) -> None:
    """Everybody is put off for ten minutes: nobody looks again and again meanwhile."""
    broadcast = await desk.plan(numbers(450), rate=1.0)
    desk.provider.script = lambda _to, nth: (
        refuse(errors.Unavailable("later", retry_after=600.0)) if nth == 1 else ACCEPT
    )
    calls = list[str]()
    desk.watched.before = calls.append

    ended = await desk.run(broadcast)

    assert ended.counts.states[State.ACCEPTED] == 450
    assert calls.count("take") < 60
    assert calls.count("due") < 60
    await check_truth(desk, broadcast)


@pytest.mark.parametrize("seconds", [31.0, 3600.0])
async def test_a_machine_that_slept_with_requests_under_way_doubles_nobody(desk: Desk, seconds: float) -> None:
    """All leases have run out when it wakes; late answers still find their rows."""
    broadcast = await desk.plan(numbers(450), rate=1.0, concurrency=8, on_unknown=OnUnknown.HOLD)
    gate = asyncio.Event()
    desk.provider.script = lambda to, _: End(gate=gate) if to in {number(30), number(230)} else ACCEPT
    task = asyncio.create_task((await desk.runner(broadcast)).run())
    await desk.until(lambda: {number(30), number(230)} <= set(desk.provider.left))
    await desk.clock.leap(seconds)
    await desk.watched.quiet()
    gate.set()

    ended = await desk.drive(task)

    assert sorted(desk.provider.left) == numbers(450)
    assert ended.counts.states[State.ACCEPTED] == 450
    assert ended.phase is Phase.FINISHED
    await check_truth(desk, broadcast)


async def test_a_person_s_retry_sends_what_was_picked_and_no_more(desk: Desk) -> None:
    """Refused ones are due again, once; accepted ones are left alone."""
    broadcast = await desk.plan(numbers(250), rate=1.0)
    desk.provider.script = lambda to, nth: (
        refuse(errors.RecipientRefused("no", code="131026")) if int(to[-1]) == 3 and nth == 1 else ACCEPT
    )
    await desk.run(broadcast)
    assert await desk.ledger.rearm(broadcast.id, {State.REJECTED}, now=desk.clock.time(), codes=["131026"]) == 25

    ended = await desk.run(broadcast)

    assert ended.counts.states[State.ACCEPTED] == 250
    assert len(desk.provider.left) == 275
    await check_truth(desk, broadcast)
