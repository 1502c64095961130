"""Jobs as tasks of this process: in order, at their time, and none left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from wamsg.clock import Timer
from wamsg.engine import LocalEngine
from wamsg.testing import ManualClock


class CountingClock(ManualClock):
    """Also counts the timers that were set."""

    timers = 0

    def call_at(self, when: float, callback: object) -> Timer:
        self.timers += 1
        return super().call_at(when, callback)  # type: ignore[arg-type]  # handed through as it came


class Work:
    """Notes which jobs are run, and keeps those that are told to wait."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.ended: list[int] = []
        self.cancelled: list[int] = []
        self.most = 0
        self.gates: dict[int, asyncio.Event] = {}
        self.errors: dict[int, Exception] = {}
        self._running = 0

    async def __call__(self, job: int) -> None:
        self.begun.append(job)
        self._running += 1
        self.most = max(self.most, self._running)
        try:
            if gate := self.gates.get(job):
                await gate.wait()
            if error := self.errors.get(job):
                raise error
        except asyncio.CancelledError:
            self.cancelled.append(job)
            raise
        finally:
            self._running -= 1
        self.ended.append(job)


@asynccontextmanager
async def worker(
    engine: LocalEngine, work: Work, *, places: int = 1, until: asyncio.Event | None = None
) -> AsyncIterator[asyncio.Task[None]]:
    """A worker that is gone at the end of the block, whatever happens."""
    running = asyncio.create_task(engine.run_worker(work, places=places, until=until or asyncio.Event()))
    try:
        yield running
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_jobs_are_run_in_the_order_in_which_they_came() -> None:
    """One place runs them one after the other, and returns when none is left."""
    engine, work = LocalEngine(ManualClock()), Work()
    for job in range(5):
        await engine.submit(job)

    await engine.run_worker(work, places=1, until=asyncio.Event())

    assert work.ended == list(range(5))
    assert work.most == 1


async def test_so_many_jobs_run_at_a_time_as_there_are_places() -> None:
    """No more, and no fewer where there is work."""
    clock = ManualClock()
    engine, work = LocalEngine(clock), Work()
    work.gates = {7: asyncio.Event()}
    await engine.submit(7, 10)

    async with worker(engine, work, places=3) as running:
        await clock.settle()
        assert (len(work.begun), work.most) == (3, 3)
        work.gates[7].set()
        await running

    assert (len(work.ended), work.most) == (10, 3)


async def test_a_job_for_later_is_run_at_its_time() -> None:
    """Not before; and jobs for now go first."""
    clock = ManualClock()
    engine, work = LocalEngine(clock), Work()
    await engine.retry_later(1, 60.0)
    await engine.retry_later(2, 30.0)
    await engine.submit(3)

    async with worker(engine, work) as running:
        await clock.advance(29.9)
        assert work.ended == [3]
        await clock.advance(0.2)
        assert work.ended == [3, 2]
        await clock.advance(29.9)
        assert work.ended == [3, 2, 1]
        await clock.settle()
        assert running.done()


async def test_a_job_that_a_running_job_adds_is_run() -> None:
    """A worker does not return while a job that runs may still add others."""
    engine, ran = LocalEngine(ManualClock()), list[int]()

    async def handler(job: int) -> None:
        ran.append(job)
        if job < 5:
            await asyncio.sleep(0)
            await engine.submit(job + 1, 2 if job == 1 else 1)

    await engine.submit(1)
    await engine.run_worker(handler, places=4, until=asyncio.Event())

    assert sorted(ran) == [1, 2, 2, 3, 3, 4, 4, 5, 5]


async def test_a_nearer_job_that_comes_later_is_not_kept_waiting() -> None:
    """A worker that sleeps until the first job's time is woken by one that is due before."""
    clock = ManualClock()
    engine, work = LocalEngine(clock), Work()
    await engine.retry_later(1, 3600.0)

    async with worker(engine, work):
        await clock.advance(10)
        await engine.retry_later(2, 5.0)
        await clock.advance(5)
        assert work.ended == [2]


async def test_waiting_costs_nothing() -> None:
    """An hour in which nothing is due sets a handful of timers and runs no job: nobody looks again and again."""
    clock = CountingClock()
    engine, work = LocalEngine(clock), Work()
    work.gates = {1: asyncio.Event()}
    await engine.submit(1)
    await engine.retry_later(2, 3600.0)

    async with worker(engine, work, places=2):
        await clock.advance(3599)
        assert work.begun == [1]
        assert clock.timers <= 3


async def test_a_full_worker_does_not_spin_over_jobs_that_are_due() -> None:
    """While its only place is taken, a due job waits without a timer."""
    clock = CountingClock()
    engine, work = LocalEngine(clock), Work()
    work.gates = {1: asyncio.Event()}
    await engine.submit(1)
    await engine.submit(2)

    async with worker(engine, work) as running:
        await clock.advance(3600)
        assert (work.begun, clock.timers) == ([1], 0)
        work.gates[1].set()
        await running

    assert work.ended == [1, 2]


async def test_what_a_job_raises_is_raised() -> None:
    """The caller gets the job's own error, and no job is started any more."""
    engine, work = LocalEngine(ManualClock()), Work()
    work.errors = {2: RuntimeError("a bug")}
    for job in (1, 2, 3):
        await engine.submit(job)

    with pytest.raises(RuntimeError, match="a bug"):
        await engine.run_worker(work, places=1, until=asyncio.Event())

    assert work.begun == [1, 2]


async def test_nothing_runs_on_after_a_worker_that_was_cancelled() -> None:
    """Its jobs are cancelled, and have ended by the time it has."""
    clock = ManualClock()
    engine, work = LocalEngine(clock), Work()
    work.gates = {1: asyncio.Event(), 2: asyncio.Event()}
    for job in (1, 2, 3):
        await engine.submit(job)

    async with worker(engine, work, places=2) as running:
        await clock.settle()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert running.cancelled()
        assert sorted(work.cancelled) == [1, 2]
        assert work.begun == [1, 2]
    assert not [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]


async def test_a_worker_that_is_told_to_end_starts_nothing_more() -> None:
    """What runs is waited for, jobs for later are not."""
    clock = ManualClock()
    engine, work, until = LocalEngine(clock), Work(), asyncio.Event()
    work.gates = {1: asyncio.Event()}
    await engine.submit(1)
    await engine.submit(2)
    await engine.retry_later(3, 86_400.0)

    async with worker(engine, work, until=until) as running:
        await clock.settle()
        until.set()
        await clock.settle()
        assert not running.done()
        work.gates[1].set()
        await clock.settle()
        assert running.done()

    assert work.begun == [1]


async def test_a_worker_that_only_waits_ends_at_once_when_it_is_told_to() -> None:
    """Nobody waits for tomorrow's job in order to stop."""
    clock = ManualClock()
    engine, work, until = LocalEngine(clock), Work(), asyncio.Event()
    await engine.retry_later(3, 86_400.0)

    async with worker(engine, work, until=until) as running:
        await clock.settle()
        until.set()
        await clock.settle()
        assert running.done()
    assert clock.next_timer is None


async def test_no_job_means_nothing_to_wait_for() -> None:
    """A worker without jobs returns, and leaves neither a task nor a timer."""
    clock = ManualClock()
    await LocalEngine(clock).run_worker(Work(), places=1, until=asyncio.Event())

    assert clock.next_timer is None
    assert not [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]


async def test_nobody_elses_jobs_are_handed_out_again() -> None:
    """Jobs of this process die with it, so there are none to reap."""
    engine = LocalEngine(ManualClock())
    await engine.submit(1)

    assert await engine.reap() == 0
