"""Groups: what comes while one is written goes into the next, people before statuses."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Collection, Sequence
from typing import Any

from tests.support.inbound_events import message, status
from wamsg.errors import LedgerBusy
from wamsg.ledger.events import StoredEvent
from wamsg.model.event import Event, StatusUpdate
from wamsg.testing import ManualClock
from wamsg.webhooks.flow.intake import Intake


class _Held:
    """Writes a group only when it is let go; remembers all."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.unwanted: list[Collection[str]] = []
        self.goes_on = asyncio.Semaphore(0)
        #: Lets the first group go on, if it is not to take its turn.
        self.first: asyncio.Event | None = None

    async def add(
        self, events: Sequence[Event], *, now: float, unwanted: Collection[str] = frozenset()
    ) -> list[StoredEvent]:
        assert now == 1_700_000_000.0
        first = sum(len(group) for group in self.groups)
        self.groups.append([str(event.message_id) for event in events])  # type: ignore[attr-defined]  # both kinds have it
        self.unwanted.append(unwanted)
        if len(self.groups) == 1 and self.first is not None:
            await self.first.wait()
        else:
            await self.goes_on.acquire()
        return [StoredEvent(first + place, event) for place, event in enumerate(events, 1)]

    async def unhandled(self, *, messages: bool, after: int, limit: int) -> list[StoredEvent]:
        raise NotImplementedError

    async def handled(self, positions: Sequence[int]) -> None:
        raise NotImplementedError


def _made(told: list[StoredEvent] | None = None) -> tuple[_Held, Intake]:
    held = _Held()
    stored = (told if told is not None else []).append
    return held, Intake(held, wants=lambda e: not isinstance(e, StatusUpdate), stored=stored, clock=ManualClock())


async def _started(*adds: asyncio.Task[Any]) -> None:
    for _ in range(3):
        await asyncio.sleep(0)
    assert not any(add.done() for add in adds)


async def test_a_single_call_is_written_at_once_and_the_rest_together() -> None:
    """No timer, no waiting for company."""
    held, intake = _made()
    first = asyncio.create_task(intake.add([status("a")]))
    await _started(first)
    rest = [asyncio.create_task(intake.add([status(f"s{n}")])) for n in range(50)]
    await _started(first, *rest)
    assert [["a"]] == held.groups

    held.goes_on.release()
    await first
    held.goes_on.release()
    await asyncio.gather(*rest)

    assert [["a"], [f"s{n}" for n in range(50)]] == held.groups


async def test_a_message_overtakes_the_statuses_that_wait() -> None:
    """A flood that is not being written yet stands behind it."""
    held, intake = _made()
    first = asyncio.create_task(intake.add([status("a")]))
    await _started(first)
    flood = [asyncio.create_task(intake.add([status(f"s{batch}-{n}") for n in range(1000)])) for batch in range(8)]
    await _started(*flood)
    person = asyncio.create_task(intake.add([status("x"), message("m")]))
    await _started(person)

    for _ in range(3):
        held.goes_on.release()
    await person

    assert ["x", "m", "s2-0"] == held.groups[2][:3]
    assert not flood[-1].done()
    held.goes_on.release()
    await asyncio.gather(*flood)
    assert [1, 2000, 4002, 2000] == [len(group) for group in held.groups]


async def test_what_is_written_later_is_told_later_though_it_is_stored_first() -> None:
    """Two groups are under way at once; handlers hear of them in the order in which they were begun."""
    told: list[StoredEvent] = []
    held, intake = _made(told)
    held.first = asyncio.Event()
    first = asyncio.create_task(intake.add([message("a")]))
    await _started(first)
    much = asyncio.create_task(intake.add([message(f"b{n}") for n in range(2000)]))
    await _started(first, much)
    assert 2 == len(held.groups)

    held.goes_on.release()
    await _started(first, much)
    assert [] == told
    held.first.set()
    await asyncio.gather(first, much)

    assert [1, 2] == [stored.position for stored in told][:2]


class _Ordered(_Held):
    """Gives positions as it stores, and refuses what it is told to refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.refused = {1}
        self.last = 0

    async def add(
        self, events: Sequence[Event], *, now: float, unwanted: Collection[str] = frozenset()
    ) -> list[StoredEvent]:
        place = len(self.groups)
        await super().add(events, now=now, unwanted=unwanted)
        if place in self.refused:
            raise LedgerBusy("the ledger is kept busy by another process")
        first, self.last = self.last, self.last + len(events)
        return [StoredEvent(position, event) for position, event in enumerate(events, first + 1)]


async def test_after_a_failed_group_handlers_hear_in_the_order_of_the_store() -> None:
    """What was begun after it is stored first; whoever would hear later of an earlier position would miss it."""
    told: list[StoredEvent] = []
    held = _Ordered()
    intake = Intake(held, wants=lambda _: True, stored=told.append, clock=ManualClock())
    calls = [asyncio.create_task(intake.add([message("a")]))]
    await _started(*calls)
    # The group that will fail, of two calls, and one that is begun while it is under way.
    calls += [asyncio.create_task(intake.add([message(f"b{n}-{m}") for m in range(1500)])) for n in range(2)]
    await _started(*calls)
    held.goes_on.release()
    await calls[0]
    calls += [asyncio.create_task(intake.add([message(f"c{m}") for m in range(4000)]))]
    await _started(*calls[1:])
    assert [1, 3000, 4000] == [len(group) for group in held.groups]

    for _ in range(10):
        held.goes_on.release()
    await asyncio.gather(*calls)
    await intake.aclose()

    positions = [stored.position for stored in told]
    assert sorted(positions) == positions
    assert 7001 == len(set(positions))


async def test_what_is_stored_is_let_go_of_while_more_keeps_coming() -> None:
    """Under a load that never ends there is always a group under way; it must not hold on to those before it."""
    held, intake = _made()
    event = status("a")
    first = weakref.ref(event)
    under_way = asyncio.create_task(intake.add([event]))
    del event
    await _started(under_way)
    for turn in range(3):
        following = asyncio.create_task(intake.add([status(f"{turn}-{n}") for n in range(2000)]))
        await _started(under_way, following)
        held.goes_on.release()
        await under_way
        under_way = following

    gc.collect()
    assert first() is None
    held.goes_on.release()
    await under_way


async def test_what_nobody_wants_is_stored_but_not_told() -> None:
    """The store hears which that is; the rest is told in its order, before the caller is."""
    told: list[StoredEvent] = []
    held, intake = _made(told)
    held.goes_on.release()

    await intake.add([message("a"), status("s"), message("b")])

    assert [(1, message("a")), (3, message("b"))] == told
    assert [{status("s").key}] == [set(each) for each in held.unwanted]


async def test_closing_waits_for_what_is_written() -> None:
    """And has nothing to wait for afterwards."""
    held, intake = _made()
    add = asyncio.create_task(intake.add([message("a")]))
    await _started(add)
    closing = asyncio.create_task(intake.aclose())
    await _started(closing)
    held.goes_on.release()

    await closing
    await intake.aclose()

    assert add.done()
