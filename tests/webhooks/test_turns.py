"""Bodies take turns to become events: never more than there is room for, small ones first, and nobody is forgotten."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg.webhooks.turns import Turns


class _Body:
    """One that is in its turn until it is let go."""

    def __init__(self, turns: Turns, size: int) -> None:
        self.goes = asyncio.Event()
        self.entered = False
        self.task = asyncio.create_task(self._take(turns, size))

    async def _take(self, turns: Turns, size: int) -> None:
        async with turns.turn(size):
            self.entered = True
            await self.goes.wait()
        self.entered = False

    async def end(self) -> None:
        self.goes.set()
        await self.task


async def _settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_small_one_goes_before_large_ones_that_wait_longer() -> None:
    """What a person writes comes in a small body."""
    turns = Turns(100)
    first = _Body(turns, 90)
    await _settle()
    large, small = _Body(turns, 80), _Body(turns, 20)
    await _settle()
    assert not large.entered
    assert not small.entered

    await first.end()
    await _settle()

    assert small.entered
    assert large.entered
    for body in (large, small):
        await body.end()


async def test_one_that_is_larger_than_the_room_has_it_alone() -> None:
    """It must not wait for ever."""
    turns = Turns(100)
    first = _Body(turns, 10)
    await _settle()
    huge = _Body(turns, 5000)
    await _settle()
    assert not huge.entered

    await first.end()
    await _settle()
    assert huge.entered
    other = _Body(turns, 1)
    await _settle()
    assert not other.entered

    await huge.end()
    await other.end()


@pytest.mark.parametrize("granted", [False, True])
async def test_whoever_gives_up_keeps_no_room(granted: bool) -> None:  # noqa: FBT001 -- a parameter of a test
    """While it waits, and at the very moment at which its turn has come."""
    turns = Turns(100)
    first = _Body(turns, 100)
    await _settle()
    waiting = _Body(turns, 60)
    await _settle()
    if granted:
        first.goes.set()
        # Its turn is given within this step of the loop, before it can run.
        await asyncio.sleep(0)
    waiting.task.cancel()
    await asyncio.gather(waiting.task, return_exceptions=True)
    if not first.task.done():
        await first.end()

    last = _Body(turns, 100)
    await _settle()
    assert last.entered
    await last.end()


@given(st.lists(st.tuples(st.integers(1, 150), st.booleans()), max_size=30), st.randoms(use_true_random=False))
def test_the_room_is_never_exceeded_and_all_get_their_turn(bodies: list[tuple[int, bool]], dice: object) -> None:
    """In whatever order they come, end and give up."""

    async def play() -> None:
        turns, room = Turns(100), 100
        alive: list[tuple[int, _Body]] = []
        for size, gives_up in bodies:
            body = _Body(turns, size)
            alive.append((size, body))
            await _settle()
            if gives_up:
                _, other = alive.pop(dice.randrange(len(alive)))  # type: ignore[attr-defined]  # a random.Random
                other.task.cancel()
                await asyncio.gather(other.task, return_exceptions=True)
            assert sum(min(held, room) for held, one in alive if one.entered) <= room
        for _, body in alive:
            body.goes.set()
        await asyncio.wait_for(asyncio.gather(*(body.task for _, body in alive)), 10)

    asyncio.run(play())
