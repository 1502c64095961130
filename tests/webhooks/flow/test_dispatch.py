"""Handlers after a failure, in order, side by side, with little memory; and the notes of what is handled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextvars import ContextVar
from typing import Any

import pytest

from tests.support.event_stores import FileEventStore
from tests.support.inbound_events import NOW, OTHER_PERSON, message, status
from wamsg.errors import InvalidMessage, NotSent, Rejected, Throttled, Unanswered, Unsupported
from wamsg.ledger.events import StoredEvent
from wamsg.model import PhoneNumber
from wamsg.model.event import Event
from wamsg.testing import ManualClock
from wamsg.webhooks.flow.dispatch import Dispatcher
from wamsg.webhooks.flow.marks import Marks

RETRIES = (1.0, 5.0)


@pytest.fixture
async def marks(store: FileEventStore, clock: ManualClock) -> Marks:
    return Marks(store, clock=clock)


@pytest.fixture
async def dispatcher(store: FileEventStore, clock: ManualClock, marks: Marks) -> AsyncIterator[Callable[..., Any]]:
    made: list[Dispatcher] = []

    def make(handler: Any, **more: Any) -> Dispatcher:
        settings = {"messages": True, "concurrency": 4, "retries": RETRIES, "clock": clock, **more}
        made.append(Dispatcher(store, handler, marks, **settings))
        made[-1].open()
        return made[-1]

    yield make
    for each in made:
        each.stop()
        await each.aclose(0)
    await marks.aclose()


async def _stored(store: FileEventStore, dispatcher: Dispatcher, *events: Event) -> None:
    """As the intake does it."""
    for item in await store.add(events, now=NOW):
        dispatcher.put(item)


async def _left(store: FileEventStore) -> list[Event]:
    return [item.event for item in await store.unhandled(messages=True, after=0, limit=1000)]


async def _until(clock: ManualClock, done: Callable[[], bool]) -> None:
    """Let tasks and threads run until it is so."""
    async with asyncio.timeout(10):
        while not done():
            await clock.settle(1)
            await asyncio.to_thread(lambda: None)


async def test_a_handler_that_fails_is_run_again_after_a_while(
    store: FileEventStore, clock: ManualClock, dispatcher: Any, listening: Any, marks: Marks
) -> None:
    """After each of the waits, while others go on; once it works the event is handled."""
    fails = 2

    async def act(event: Event) -> None:
        nonlocal fails
        if event.key == message("a").key and fails:
            fails -= 1
            raise OSError("no database")

    listener = listening(act)
    dispatching = dispatcher(listener)
    await _stored(store, dispatching, message("a"), message("b"), message("c", sender=OTHER_PERSON))
    await _until(clock, lambda: message("c", sender=OTHER_PERSON) in listener.heard)
    assert [message("a").key, message("c").key] == listener.tries

    await clock.advance(0.99)
    assert 2 == len(listener.tries)
    await clock.advance(0.01)
    assert 3 == len(listener.tries)
    await clock.advance(4.99)
    assert 3 == len(listener.tries)
    await clock.advance(0.01)
    await dispatching.idle()
    await marks.idle()

    assert [message("a"), message("b")] == listener.heard[1:]
    assert [] == await _left(store)


@pytest.mark.parametrize("given", [OSError("no database"), None], ids=repr)
async def test_one_that_gives_nothing_to_wait_for_has_failed_like_any_other(
    store: FileEventStore, clock: ManualClock, dispatcher: Any, given: OSError | None
) -> None:
    """A plain function that raises, or returns; the person's next message is handled."""
    heard: list[str | None] = []

    class Plain:
        def handle(self, event: Any) -> Any:
            if event.text != "odd":
                return self.listen(event)
            if given is not None:
                raise given
            return None

        async def listen(self, event: Any) -> None:
            heard.append(event.text)

    dispatching = dispatcher(Plain(), retries=())
    await _stored(store, dispatching, message("a", "odd"), message("b", "next"))
    await dispatching.idle()

    assert ["next"] == heard
    await _until(clock, lambda: len(store._open) == 1)
    assert [message("a", "odd")] == await _left(store)


async def test_one_that_fails_for_good_is_given_up_but_kept(
    store: FileEventStore, clock: ManualClock, dispatcher: Any, listening: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told once with its cause; the person's next message is handled; the next start tries again."""

    async def act(event: Event) -> None:
        if event.key == message("a").key:
            raise OSError("no database")

    listener = listening(act)
    dispatching = dispatcher(listener)
    await _stored(store, dispatching, message("a"), message("b"))
    for wait in RETRIES:
        await _until(clock, lambda: clock.next_timer is not None)
        await clock.advance(wait)
    await dispatching.idle()

    assert ([message("a").key] * 3, [message("b")]) == (listener.tries[:3], listener.heard)
    assert 1 == len([record for record in caplog.records if record.levelname == "ERROR"])
    assert "no database" in caplog.text
    await _until(clock, lambda: len(store._open) == 1)
    assert [message("a")] == await _left(store)
    assert {} == dispatching._failures

    again = listening()
    await dispatcher(again).idle()
    assert [message("a")] == again.heard


@pytest.mark.parametrize("error", [Rejected("no"), Unsupported("no"), InvalidMessage("no")], ids=repr)
async def test_what_cannot_get_better_is_not_tried_again(
    store: FileEventStore, dispatcher: Any, listening: Any, error: Exception
) -> None:
    """The refusal of a reply is final; the event is kept all the same."""

    async def act(_event: Event) -> None:
        raise error

    listener = listening(act)
    dispatching = dispatcher(listener)
    await _stored(store, dispatching, message("a"))
    await dispatching.idle()

    assert [message("a").key] == listener.tries
    assert [message("a")] == await _left(store)


async def test_a_reply_that_may_have_gone_out_is_not_repeated(
    store: FileEventStore, dispatcher: Any, listening: Any, marks: Marks, caplog: pytest.LogCaptureFixture
) -> None:
    """Not now and not after a restart; the log says so."""

    async def act(_event: Event) -> None:
        raise Unanswered("cut off")

    listener = listening(act)
    dispatching = dispatcher(listener)
    await _stored(store, dispatching, message("a"))
    await dispatching.idle()
    await marks.idle()

    assert "may have gone out" in caplog.text
    assert ([message("a").key], []) == (listener.tries, await _left(store))


async def test_the_wait_that_a_provider_asks_for_is_kept(
    store: FileEventStore, clock: ManualClock, dispatcher: Any, listening: Any
) -> None:
    """If it is longer than ours."""
    errors: list[Exception] = [Throttled("slow", retry_after=60.0), NotSent("no line")]

    async def act(_event: Event) -> None:
        if errors:
            raise errors.pop(0)

    listener = listening(act)
    dispatching = dispatcher(listener)
    await _stored(store, dispatching, message("a"))
    await _until(clock, lambda: clock.next_timer is not None)

    await clock.advance(59.9)
    assert 1 == len(listener.tries)
    await clock.advance(0.2)
    assert 2 == len(listener.tries)
    await clock.advance(5.0)
    await dispatching.idle()
    assert [message("a")] == listener.heard


async def test_a_handler_that_cancels_itself_has_failed(
    store: FileEventStore, clock: ManualClock, dispatcher: Any, listening: Any
) -> None:
    """Its event is not lost, and its place is free again."""
    tries = 0

    async def act(_event: Event) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise asyncio.CancelledError

    listener = listening(act)
    dispatching = dispatcher(listener, concurrency=1)
    await _stored(store, dispatching, message("a"))
    await _until(clock, lambda: clock.next_timer is not None)
    await clock.advance(1.0)
    await dispatching.idle()

    assert [message("a")] == listener.heard


async def test_no_more_run_at_once_than_is_allowed(store: FileEventStore, dispatcher: Any, listening: Any) -> None:
    """And as many as are allowed do, whoever is slow."""
    now = most = 0

    async def act(_event: Event) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0)
        now -= 1

    people = [PhoneNumber(f"+91981234{n:04}") for n in range(40)]
    dispatching = dispatcher(listening(act), concurrency=7)
    await _stored(store, dispatching, *(message(f"m{n}", sender=person) for n, person in enumerate(people)))
    await dispatching.idle()

    assert (0, 7) == (now, most)


async def test_more_than_there_is_room_for_waits_in_the_store(
    store: FileEventStore, dispatcher: Any, listening: Any, marks: Marks
) -> None:
    """All of it is handled, once, in order, and memory holds no more than the room and one batch."""
    held: list[int] = []
    goes_on = asyncio.Event()

    async def act(_event: Event) -> None:
        held.append(len(dispatching._strands))
        await goes_on.wait()

    listener = listening(act)
    dispatching = dispatcher(listener, room=8, concurrency=1)
    for n in range(50):
        await _stored(store, dispatching, message(f"a{n}"), message(f"b{n}"))
        if n == 30:
            goes_on.set()
    await dispatching.idle()
    await marks.idle()

    assert [f"{letter}{n}" for n in range(50) for letter in "ab"] == [event.message_id for event in listener.heard]
    assert max(held) <= 8
    assert [] == await _left(store)


async def test_what_comes_while_the_rest_is_read_is_neither_lost_nor_doubled(
    tmp_path: Any, clock: ManualClock, listening: Any
) -> None:
    """Whether the page that is on its way holds it or not."""

    class _Late(FileEventStore):
        """Tells of what was stored only after the next page was read, or before, in turns."""

        pages = 0

        async def unhandled(self, **more: Any) -> list[StoredEvent]:
            self.pages += 1
            page = await super().unhandled(**more)
            if self.pages < 9:
                [fresh] = await self.add([message(f"n{self.pages}")], now=NOW)
                dispatching.put(fresh)
                if self.pages % 2:
                    page = await super().unhandled(**more)
            return page

    late = _Late(tmp_path / "late.jsonl")
    await late.add([message("old")], now=NOW)
    marks = Marks(late, clock=clock)
    listener = listening()
    dispatching = Dispatcher(late, listener, marks, messages=True, concurrency=1, retries=(), clock=clock, room=4)
    dispatching.open()
    await dispatching.idle()
    await marks.idle()

    assert ["old", *(f"n{n}" for n in range(1, 9))] == [event.message_id for event in listener.heard]
    assert [] == await _left(late)
    dispatching.stop()
    await dispatching.aclose(0)
    await marks.aclose()
    late.close()


async def test_what_was_read_already_is_not_taken_again(store: FileEventStore, dispatcher: Any, listening: Any) -> None:
    """If whoever stored it tells of it only then."""
    [stored] = await store.add([message("a")], now=NOW)
    listener = listening()
    dispatching = dispatcher(listener)
    await dispatching.idle()

    dispatching.put(stored)
    await dispatching.idle()

    assert [message("a").key] == listener.tries


async def test_a_store_that_cannot_be_read_yet_is_asked_again(
    store: FileEventStore, clock: ManualClock, dispatcher: Any, listening: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it held is handled then."""
    await store.add([message("a")], now=NOW)
    real, fails = store.unhandled, 2

    async def unhandled(**more: Any) -> list[StoredEvent]:
        nonlocal fails
        if fails:
            fails -= 1
            raise OSError("locked")
        return await real(**more)

    monkeypatch.setattr(store, "unhandled", unhandled)
    listener = listening()
    dispatching = dispatcher(listener)
    await clock.advance(2.0)
    await clock.advance(2.0)
    await dispatching.idle()

    assert [message("a")] == listener.heard


async def test_notes_that_the_store_did_not_take_are_told_again(
    store: FileEventStore, clock: ManualClock, marks: Marks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what was handled since, and once more at the end."""
    stored = await store.add([message("a"), message("b"), message("c")], now=NOW)
    real, fails = store.handled, 1
    told: list[list[int]] = []

    async def handled(positions: list[int]) -> None:
        nonlocal fails
        told.append(list(positions))
        if fails:
            fails -= 1
            raise OSError("locked")
        await real(positions)

    monkeypatch.setattr(store, "handled", handled)
    marks.add(stored[0].position)
    await _until(clock, lambda: clock.next_timer is not None)
    marks.add(stored[1].position)
    await clock.advance(2.0)
    await marks.idle()
    assert [[1], [1, 2]] == told

    fails = 1
    marks.add(stored[2].position)
    await _until(clock, lambda: clock.next_timer is not None)
    await marks.aclose()

    assert [[3], [3]] == told[2:]
    assert [] == await _left(store)


async def test_handlers_run_in_the_context_of_the_start(store: FileEventStore, dispatcher: Any, listening: Any) -> None:
    """What a caller's request has set there is none of their business."""
    request: ContextVar[str] = ContextVar("request", default="none")
    request.set("start")
    found: list[str] = []

    async def act(_event: Event) -> None:
        found.append(request.get())

    dispatching = dispatcher(listening(act))
    await dispatching.idle()
    request.set("a call")
    await _stored(store, dispatching, message("a"))
    await dispatching.idle()

    assert ["start"] == found


async def test_each_queue_reads_its_own_kind(store: FileEventStore, dispatcher: Any, listening: Any) -> None:
    """Nothing is left over between them."""
    await store.add([message("a"), status("s")], now=NOW)
    messages, others = listening(), listening()

    await dispatcher(messages).idle()
    await dispatcher(others, messages=False).idle()

    assert ([message("a")], [status("s")]) == (messages.heard, others.heard)
