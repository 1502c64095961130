"""The clock that tests move by hand, and the machine's own."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg.clock import Clock, SystemClock
from wamsg.testing import ManualClock

BOTH: tuple[type[Clock], ...] = (ManualClock, SystemClock)


async def test_time_stands_still_until_it_is_moved() -> None:
    """Waiting for other tasks moves neither of the two times; advancing moves both by the same."""
    clock = ManualClock(start=5.0, epoch=100.0)
    await clock.settle()
    assert (5.0, 100.0) == (clock.monotonic(), clock.time())

    await clock.advance(2.5)

    assert (7.5, 102.5) == (clock.monotonic(), clock.time())


async def test_timers_run_in_order_of_their_time_then_of_their_making() -> None:
    """Whatever order they were made in; those of one moment run first come, first served."""
    clock, ran = ManualClock(start=0.0), list[str]()
    for when, name in [(3, "c"), (1, "a"), (2, "b1"), (2, "b2")]:
        clock.call_at(when, lambda name=name: ran.append(name))  # type: ignore[misc]  # binds the loop's name

    await clock.advance(3)

    assert ["a", "b1", "b2", "c"] == ran


async def test_a_timer_sees_its_own_moment() -> None:
    """While a timer runs the clock shows when it was due, not where the advance will end."""
    clock, seen = ManualClock(start=0.0), list[float]()
    clock.call_at(1.0, lambda: seen.append(clock.monotonic()))
    clock.call_at(4.0, lambda: seen.append(clock.monotonic()))

    await clock.advance(10)

    assert [1.0, 4.0] == seen
    assert 10.0 == clock.monotonic()


async def test_a_timer_at_the_end_of_the_advance_runs_and_a_later_one_does_not() -> None:
    """The moment reached counts as reached."""
    clock, ran = ManualClock(start=0.0), list[int]()
    clock.call_at(5.0, lambda: ran.append(5))
    clock.call_at(5.1, lambda: ran.append(51))

    await clock.advance(5)

    assert [5] == ran
    assert 5.1 == clock.next_timer


async def test_a_timer_made_by_a_timer_runs_in_the_same_advance() -> None:
    """A chain of timers unfolds as far as the time that passes."""
    clock, ran = ManualClock(start=0.0), list[float]()

    def tick() -> None:
        ran.append(clock.monotonic())
        clock.call_at(clock.monotonic() + 1, tick)

    clock.call_at(1.0, tick)
    await clock.advance(3.5)

    assert [1.0, 2.0, 3.0] == ran


async def test_a_timer_in_the_past_runs_at_the_next_step_and_time_does_not_go_back() -> None:
    """Due already means due now."""
    clock, seen = ManualClock(start=10.0), list[float]()
    clock.call_at(3.0, lambda: seen.append(clock.monotonic()))
    assert [] == seen

    await clock.advance(0)

    assert [10.0] == seen


async def test_a_cancelled_timer_does_not_run_and_is_not_next() -> None:
    """Cancelling twice, and after it ran, is harmless."""
    clock, ran = ManualClock(start=0.0), list[str]()
    first = clock.call_at(1.0, lambda: ran.append("first"))
    second = clock.call_at(2.0, lambda: ran.append("second"))
    first.cancel()
    first.cancel()
    assert 2.0 == clock.next_timer

    await clock.advance(5)
    second.cancel()

    assert ["second"] == ran
    assert clock.next_timer is None


async def test_a_timer_can_cancel_another_of_the_same_moment() -> None:
    """What is cancelled before its turn does not run, even if it is due."""
    clock, ran = ManualClock(start=0.0), list[str]()
    clock.call_at(1.0, lambda: late.cancel())  # noqa: PLW0108 -- late is made in the next line
    late = clock.call_at(1.0, lambda: ran.append("late"))

    await clock.advance(1)

    assert [] == ran


async def test_sleepers_wake_step_by_step() -> None:
    """A task woken at one moment has run, and may sleep again, before the next moment comes."""
    clock, log = ManualClock(start=0.0), list[tuple[str, float]]()

    async def sleeper(name: str, seconds: float) -> None:
        for _ in range(2):
            await clock.sleep(seconds)
            log.append((name, clock.monotonic()))

    tasks = [asyncio.create_task(sleeper("slow", 3)), asyncio.create_task(sleeper("quick", 2))]
    await clock.advance(6)

    assert all(task.done() for task in tasks)
    assert [("quick", 2.0), ("slow", 3.0), ("quick", 4.0), ("slow", 6.0)] == log


async def test_a_task_just_started_sleeps_from_the_start_of_the_advance() -> None:
    """Tasks that have not run yet get to their sleep before time passes."""
    clock = ManualClock(start=0.0)
    task = asyncio.create_task(clock.sleep(1))

    await clock.advance(1)

    assert task.done()
    await task


async def test_a_cancelled_sleep_leaves_no_timer() -> None:
    """The clock forgets who went away."""
    clock = ManualClock()
    task = asyncio.create_task(clock.sleep(60))
    await clock.settle()
    assert clock.next_timer is not None

    task.cancel()
    await clock.settle()

    assert clock.next_timer is None
    assert task.cancelled()


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("seconds", [0, -1, -1e9])
async def test_sleeping_no_time_yields_once(kind: type[Clock], seconds: float) -> None:
    """Zero and less let others run, and return without time passing."""
    ran: list[str] = []
    other = asyncio.create_task(_note(ran))

    await kind().sleep(seconds)

    assert ["other"] == ran
    await other


async def _note(ran: list[str]) -> None:
    ran.append("other")


@given(st.lists(st.tuples(st.floats(0, 100), st.booleans()), max_size=20), st.lists(st.floats(0, 30), max_size=6))
def test_any_timers_run_once_in_order_as_far_as_time_went(timers: list[tuple[float, bool]], steps: list[float]) -> None:
    """However time is cut into steps: exactly the due and not cancelled ones run, sorted by time and making."""
    ran: list[int] = []

    async def scenario() -> float:
        clock = ManualClock(start=0.0)
        for number, (when, cancelled) in enumerate(timers):
            timer = clock.call_at(when, lambda number=number: ran.append(number))  # type: ignore[misc]  # binds it
            if cancelled:
                timer.cancel()
        for step in steps:
            await clock.advance(step)
        return clock.monotonic() if steps else -1.0

    end = asyncio.run(scenario())
    due = [number for number, (when, cancelled) in enumerate(timers) if when <= end and not cancelled]

    assert sorted(due, key=lambda number: (timers[number][0], number)) == ran


async def test_the_systems_timer_runs_once_its_time_has_come() -> None:
    """``call_at`` counts on the same clock that ``monotonic`` shows, and never calls early."""
    clock = SystemClock()
    called = asyncio.get_running_loop().create_future()
    when = clock.monotonic() + 0.02
    clock.call_at(when, lambda: called.set_result(clock.monotonic()))

    # The loop may fire within its own resolution.
    assert await called >= when - 0.001


async def test_the_systems_timer_for_the_past_runs_soon_but_not_at_once() -> None:
    """A moment gone by is no error, and the callback never runs inside the call itself."""
    clock, ran = SystemClock(), list[str]()
    called = asyncio.Event()
    clock.call_at(clock.monotonic() - 1000, called.set)
    ran.append("after the call" if not called.is_set() else "inside the call")

    await called.wait()

    assert ["after the call"] == ran


async def test_a_system_timer_can_be_cancelled() -> None:
    """What was taken back does not run when its time comes."""
    clock, ran = SystemClock(), list[str]()
    timer = clock.call_at(clock.monotonic() + 0.01, lambda: ran.append("cancelled"))
    later = asyncio.Event()
    clock.call_at(clock.monotonic() + 0.03, later.set)
    timer.cancel()
    timer.cancel()

    await later.wait()

    assert [] == ran


def test_the_systems_time_is_seconds_since_1970() -> None:
    """Wall time and monotonic time are two clocks: one names a date, the other never goes back."""
    clock = SystemClock()
    first, second = clock.monotonic(), clock.monotonic()

    assert first <= second
    assert 1_700_000_000 < clock.time() < 10_000_000_000


def test_a_system_timer_needs_a_running_loop() -> None:
    """Outside a loop it says so rather than never calling back."""
    with pytest.raises(RuntimeError):
        SystemClock().call_at(0.0, lambda: None)
