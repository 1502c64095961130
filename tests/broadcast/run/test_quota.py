"""A daily quota, as arithmetic and in whole runs."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.broadcast_desk import Desk, numbers
from tests.support.broadcast_provider import always, lost
from tests.support.broadcast_truth import check_truth
from wamsg.broadcast import Runner
from wamsg.broadcast.run.quota import Quota
from wamsg.ledger import Ledger, Phase

HOUR, DAY = 3600.0, 86_400.0


class Used:
    """The part of a ledger that a quota looks at: intents by the hour."""

    def __init__(self) -> None:
        self.by_hour: dict[int, int] = {}

    def add(self, at: float, intents: int = 1) -> None:
        self.by_hour[int(at // HOUR)] = self.by_hour.get(int(at // HOUR), 0) + intents

    async def used(self, *, since: float) -> int:
        return sum(count for hour, count in self.by_hour.items() if hour >= int(since // HOUR))


async def open_at(quota: Quota, used: Used, now: float) -> float | None:
    return await quota.open_at(cast("Ledger", used), now)


async def test_no_quota_is_no_limit() -> None:
    """Nothing is even counted."""
    quota = Quota(None)

    assert await open_at(quota, cast("Any", None), 0.0) is None
    assert all(quota.spend() for _ in range(1000))


async def test_what_is_given_back_can_be_spent() -> None:
    """A claim that the ledger refused costs nothing."""
    quota = Quota(1)
    assert await open_at(quota, Used(), 0.0) is None
    assert quota.spend()
    quota.give_back()

    assert quota.spend()
    assert not quota.spend()


@given(
    limit=st.integers(1, 6),
    steps=st.lists(st.tuples(st.integers(0, 6 * 3600), st.integers(1, 4)), min_size=1, max_size=60),
)
def test_no_day_ever_carries_more_than_the_quota(limit: int, steps: list[tuple[int, int]]) -> None:
    """Whenever it is asked and however much is wanted, any 24 hours hold at most the limit."""
    sent: list[float] = []

    async def go() -> None:
        quota, used, now = Quota(limit), Used(), 1_700_000_000.0
        for wait, wanted in steps:
            now += wait
            when = await open_at(quota, used, now)
            assert when is None or when > now
            for _ in range(wanted if when is None else 0):
                if quota.spend():
                    sent.append(now)
                    used.add(now)

    asyncio.run(go())
    for start in sent:
        assert sum(start <= at < start + DAY for at in sent) <= limit


async def test_the_quota_opens_again_within_a_day_and_an_hour() -> None:
    """It is looked at every hour, and what is older than a day no longer counts."""
    quota, used, start = Quota(3), Used(), 1_700_000_000.0
    used.add(start, 3)
    now, looks = start, 0
    while (when := await open_at(quota, used, now)) is not None:
        now, looks = when, looks + 1
        assert looks <= 26

    assert DAY <= now - start <= DAY + HOUR


@pytest.mark.parametrize("concurrency", [1, 64])
async def test_a_run_sends_its_quota_and_the_rest_on_the_next_days(desk: Desk, concurrency: int) -> None:
    """The run waits by itself, and says why."""
    broadcast = await desk.plan(numbers(25), daily_quota=10, concurrency=concurrency)
    start = desk.clock.time()

    ended = await desk.run(broadcast, step=1800.0)

    assert ended.phase is Phase.FINISHED
    days = [int((taken.at - start) // (DAY - HOUR)) for taken in desk.provider.accepted]
    assert [days.count(day) for day in (0, 1, 2)] == [10, 10, 5]
    assert "the daily quota is used up" in {progress.waiting for progress in desk.shown}
    await check_truth(desk, broadcast)


async def test_the_quota_is_the_ledgers_and_not_the_runs(desk: Desk) -> None:
    """What an earlier run, and another broadcast, sent within a day counts; so does what got no answer."""
    first = await desk.plan(numbers(6), daily_quota=10)
    desk.provider.script = always(lost(accepted=True))
    assert (await desk.run(first)).phase is Phase.HELD
    second = await desk.plan(numbers(20), daily_quota=10)
    runner = await desk.runner(second)
    task = asyncio.create_task(runner.run())

    await desk.until(lambda: any(progress.waiting for progress in desk.shown), step=1800.0, most=10)

    assert len(desk.provider.left) == 10
    runner.stop("enough")
    assert (await desk.drive(task)).phase is Phase.PAUSED


async def test_a_new_run_within_the_day_has_what_the_first_left_over(desk: Desk) -> None:
    """Stopping and resuming is no way around the quota."""
    broadcast = await desk.plan(numbers(30), daily_quota=10, concurrency=1)
    for so_far in (4, 7, 10):
        runner = await desk.runner(broadcast)
        _stop_at(desk, runner, so_far)
        await desk.drive(runner.run())
        assert len(desk.provider.left) == so_far

    runner = await desk.runner(broadcast)
    task = asyncio.create_task(runner.run())
    await desk.until(lambda: bool(desk.shown[-1].waiting), step=60.0, most=10)
    runner.stop("enough")
    await desk.drive(task)

    assert len(desk.provider.left) == 10


def _stop_at(desk: Desk, runner: Runner, so_far: int) -> None:
    def moment(stage: str) -> None:
        if stage == "left" and len(desk.provider.left) == so_far:
            runner.stop("enough")

    desk.provider.moment = moment
