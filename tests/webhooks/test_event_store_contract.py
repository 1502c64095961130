"""What every store of events promises to whoever answers a provider."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.event_stores import EVENT_STORES, Book, Place
from tests.support.event_strategies import events as any_events
from tests.support.inbound_events import NOW, OTHER_PERSON, PERSON, message, status
from wamsg.model.event import Event


@pytest.fixture(params=sorted(EVENT_STORES))
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    place = EVENT_STORES[cast("str", request.param)](tmp_path)
    yield place
    await place.clean()


@pytest.fixture
async def book(place: Place) -> Book:
    return await place.open()


async def _left(book: Book, *, after: int = 0, limit: int = 1000) -> list[Event]:
    """All that is not handled, messages first."""
    both = [await book.unhandled(messages=messages, after=after, limit=limit) for messages in (True, False)]
    return [stored.event for page in both for stored in page]


async def test_what_is_new_comes_back_in_order_and_with_growing_positions(book: Book) -> None:
    """Positions go on from call to call."""
    given = [message("a"), status("b"), message("c")]

    first = await book.add(given, now=NOW)
    second = await book.add([status("d")], now=NOW)

    assert given == [stored.event for stored in first]
    positions = [stored.position for stored in first + second]
    assert sorted(set(positions)) == positions
    assert positions[0] > 0


async def test_what_was_added_survives_a_crash(place: Place) -> None:
    """Whole, in its order, and not handled; and its keys are still known."""
    book = await place.open()
    stored = await book.add([message("a", "h\u00e9llo \U0001f44d"), message("b"), status("c")], now=NOW)
    await place.crash(book)

    again = await place.open()

    assert stored[:2] == await again.unhandled(messages=True, after=0, limit=10)
    assert stored[2:] == await again.unhandled(messages=False, after=0, limit=10)
    assert [] == await again.add([status("c"), message("a")], now=NOW)


async def test_what_came_before_is_not_new(book: Book) -> None:
    """Alone, beside something new, and twice in one call."""
    await book.add([message("a")], now=NOW)

    assert [] == await book.add([message("a")], now=NOW + 1)
    fresh = await book.add([status("b"), message("a"), status("b"), message("c")], now=NOW + 1)

    assert [status("b"), message("c")] == [stored.event for stored in fresh]
    assert [message("a"), message("c"), status("b")] == await _left(book)


async def test_of_many_at_once_one_is_new(book: Book) -> None:
    """However many connections bring the same in the same moment."""
    found = await asyncio.gather(*(book.add([message("a"), status(f"s{n % 3}")], now=NOW) for n in range(40)))

    new = sorted(stored.event.key for batch in found for stored in batch)

    assert sorted(event.key for event in (message("a"), status("s0"), status("s1"), status("s2"))) == new


async def test_what_is_handled_is_not_listed_any_more(place: Place) -> None:
    """Not after a crash either; noting it twice, or noting nothing, is harmless."""
    book = await place.open()
    stored = await book.add([message("a"), message("b"), status("c")], now=NOW)
    await book.handled([stored[0].position, stored[2].position])
    await book.handled([stored[0].position])
    await book.handled([])

    assert [message("b")] == await _left(book)
    await place.crash(book)

    again = await place.open()

    assert [message("b")] == await _left(again)
    assert [] == await again.add([message("a")], now=NOW)


async def test_what_nobody_wants_counts_as_handled(place: Place) -> None:
    """It is stored, and known when it comes again."""
    book = await place.open()
    fresh = await book.add([message("a"), status("b")], now=NOW, unwanted={status("b").key})

    assert [message("a"), status("b")] == [stored.event for stored in fresh]
    await place.crash(book)
    again = await place.open()

    assert [message("a")] == await _left(again)
    assert [] == await again.add([status("b")], now=NOW)


async def test_pages_go_on_where_the_last_one_ended(book: Book) -> None:
    """Oldest first, of one kind only."""
    mixed = [event for n in range(7) for event in (message(f"m{n}"), status(f"s{n}"))]
    await book.add(mixed, now=NOW)
    seen: list[Event] = []
    after = 0

    while page := await book.unhandled(messages=True, after=after, limit=3):
        seen += [stored.event for stored in page]
        after = page[-1].position

    assert [message(f"m{n}") for n in range(7)] == seen


async def test_nothing_is_a_call_like_any_other(book: Book) -> None:
    """An empty batch is no error."""
    assert [] == await book.add([], now=NOW)
    assert [] == await _left(book)


async def test_when_a_person_last_wrote_is_known(place: Place) -> None:
    """The newest of that person's, whatever came last; never later than it came; also after a crash."""
    book = await place.open()
    await book.add([message("a", at=NOW - 50), message("b", at=NOW - 90)], now=NOW)
    await book.add([message("c", at=NOW - 70), status("s")], now=NOW)
    await place.crash(book)
    book = await place.open()

    assert NOW - 50 == await book.last_written(PERSON)
    assert await book.last_written(OTHER_PERSON) is None
    await book.add([message("d", at=NOW + 9999, sender=OTHER_PERSON), message("e", at=None)], now=NOW + 5)
    assert (NOW + 5, NOW + 5) == (await book.last_written(OTHER_PERSON), await book.last_written(PERSON))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batch=st.lists(any_events(), max_size=6))
async def test_any_event_comes_back_as_it_was(batch: list[Event], place: Place) -> None:
    """Every kind, with whatever text a provider's JSON can hold."""
    book = await place.open()
    fresh = await book.add(batch, now=NOW)
    wanted = {stored.event.key: stored.event for stored in fresh}

    found = {event.key: event for event in await _left(await place.open(), limit=100_000)}

    assert wanted == {key: found[key] for key in wanted}
