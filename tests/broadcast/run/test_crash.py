"""A kill at any instant: the ledger's files as they stand are all that the next process has."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.support.broadcast_desk import Desk, number, numbers
from tests.support.broadcast_provider import ACCEPT, End, lost, refuse
from tests.support.broadcast_truth import check_truth
from wamsg import errors
from wamsg.broadcast import OnUnknown
from wamsg.broadcast.policy import Portion
from wamsg.ledger import Broadcast, Phase, State

ROWS = 14


def script(to: str, nth: int) -> End:
    """A little of everything."""
    place = int(to[-4:])
    if nth > 1 or place > 8:
        return ACCEPT
    return {
        2: lost(accepted=True),
        3: lost(accepted=False),
        4: refuse(errors.Unavailable("later", retry_after=3.0)),
        5: refuse(errors.RecipientRefused("no")),
        6: End(slow=2.0),
        7: refuse(errors.NotSent("no connection")),
    }.get(place, ACCEPT)


class Killer:
    """Counts every instant at which something happens, and copies the ledger's files at one of them."""

    def __init__(self, desk: Desk, folder: Path, instant: int) -> None:
        self.passed = 0
        self.copied: Path | None = None
        self._desk = desk
        self._folder = folder
        self._instant = instant
        desk.watched.before = self
        desk.provider.moment = self

    def __call__(self, _name: str) -> None:
        self.passed += 1
        if self.passed == self._instant:
            self.copied = self._desk.copy(self._folder)
            self._desk.provider.dead = True


async def planned(desk: Desk, policy: OnUnknown) -> Broadcast:
    desk.provider.script = script
    return await desk.plan(
        numbers(ROWS), chunk=5, concurrency=6, on_unknown=policy, canary=Portion(count=4), canary_failures=1.0
    )


async def until_killed(desk: Desk, broadcast: Broadcast, killer: Killer) -> None:
    """Run until the kill, or to the end where it comes too late; then let nothing of it go on."""
    task = asyncio.create_task((await desk.runner(broadcast)).run())
    await desk.until(lambda: task.done() or killer.copied is not None)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize(("policy", "offset"), [(OnUnknown.HOLD, 1), (OnUnknown.RESEND, 3)], ids=str)
async def test_a_kill_at_any_instant_doubles_nobody_and_loses_nobody(
    tmp_path: Path, policy: OnUnknown, offset: int
) -> None:
    """At every sixth call of the ledger and stage of a send: the resumed run completes, and the truth holds."""
    instant, unknown = offset, 0
    while True:
        folder = tmp_path / str(instant)
        folder.mkdir()
        first = await Desk.open(folder)
        killer = Killer(first, folder / "after", instant)
        try:
            broadcast = await planned(first, policy)
            if killer.copied is None:
                await until_killed(first, broadcast, killer)
        finally:
            await first.aclose()
        if killer.copied is None:
            break
        unknown += await _resumed(first, killer.copied, policy)
        instant += 6
    assert instant > 100
    # Whoever consents to duplicates is left with no question.
    assert bool(unknown) == (policy is OnUnknown.HOLD)


async def _resumed(first: Desk, copied: Path, policy: OnUnknown) -> int:
    desk = await first.survivor(copied)
    try:
        if not [one for one in await desk.ledger.broadcasts() if one.phase is not Phase.PLANNING]:
            # Killed while it was planned: nothing was sent, and a new plan is free to begin.
            assert desk.provider.left == []
            await planned(desk, policy)
        (broadcast,) = (one for one in await desk.ledger.broadcasts() if one.phase is not Phase.PLANNING)
        ended = await desk.run(broadcast)
        assert not ended.counts.open
        assert ended.phase in {Phase.FINISHED, Phase.HELD}
        await check_truth(desk, broadcast, twice=policy is OnUnknown.RESEND)
        return ended.counts.states[State.UNKNOWN]
    finally:
        await desk.aclose()


async def test_what_was_under_way_at_the_kill_is_unknown_and_held(tmp_path: Path) -> None:
    """Whether the provider took it or not; the others are sent to, once."""
    first = await Desk.open(tmp_path)
    try:
        broadcast = await first.plan(numbers(30), concurrency=12)
        gate = asyncio.Event()
        first.provider.script = lambda to, _: End(gate=gate, accepted=to != number(11)) if to > number(8) else ACCEPT
        task = asyncio.create_task((await first.runner(broadcast)).run())
        await first.until(lambda: len(first.provider.left) == 15)
        await first.ledger.flush()
        copied = first.copy(tmp_path / "after")
        first.provider.dead = True
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    finally:
        await first.aclose()

    desk = await first.survivor(copied)
    desk.provider.script = lambda _to, _nth: ACCEPT
    try:
        ended = await desk.run(broadcast)
        states = await desk.states(broadcast)
        assert {to for to, state in states.items() if state is State.UNKNOWN} == set(numbers(15)[9:])
        assert ended.phase is Phase.HELD
        assert desk.provider.left == first.provider.left + numbers(30)[15:]
        await check_truth(desk, broadcast)
        assert await desk.ledger.rearm(broadcast.id, {State.UNKNOWN}, now=desk.clock.time()) == 6
        ended = await desk.run(broadcast)
        assert ended.phase is Phase.FINISHED
        assert sorted(desk.provider.left[-6:]) == numbers(15)[9:]
        await check_truth(desk, broadcast, twice=True)
    finally:
        await desk.aclose()


async def test_many_kills_in_a_row_come_to_an_end(tmp_path: Path) -> None:
    """Each run is killed a little later than the one before; progress is kept through all of them."""
    desk = await Desk.open(tmp_path)
    broadcast = await planned(desk, OnUnknown.HOLD)
    kills = 0
    while True:
        kills += 1
        killer = Killer(desk, tmp_path / f"kill{kills}", 8 + 2 * kills)
        await until_killed(desk, broadcast, killer)
        before = desk
        await before.aclose()
        if killer.copied is None:
            break
        desk = await before.survivor(killer.copied)
    desk = await desk.survivor(desk.path)
    try:
        assert kills > 5
        assert not (await desk.ledger.counts(broadcast.id)).open
        await check_truth(desk, broadcast)
    finally:
        await desk.aclose()
