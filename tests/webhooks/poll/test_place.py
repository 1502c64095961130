"""Reading a list that moves under the reader: whatever changes, and wherever it is broken off, nothing stays unread."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wamsg.webhooks.poll.place import Changes, Gap, Place

_PAGE = 3


class _List:
    """Messages in the order of their last change, newest first, and who has read which version of each."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.order: list[int] = []
        self.versions: dict[int, int] = {}
        self.read: set[tuple[int, int]] = set()

    def change(self, count: int) -> None:
        for _ in range(count):
            number = self.dice.choice([*self.versions, len(self.versions)])
            self.versions[number] = self.versions.get(number, 0) + 1
            self.order = [number, *(each for each in self.order if each != number)]

    def page(self, number: int) -> tuple[bool, bool]:
        """Reads one: whether anything was new, and whether it is the last."""
        items = {(each, self.versions[each]) for each in self.order[(number - 1) * _PAGE : number * _PAGE]}
        fresh = bool(items - self.read)
        self.read |= items
        return fresh, number * _PAGE >= len(self.order)

    @property
    def unread(self) -> set[tuple[int, int]]:
        return set(self.versions.items()) - self.read


def _round(found: _List, place: Place, calls: int, *, meanwhile: int = 0) -> Place:
    changes = Changes(place.gaps)
    while changes.page is not None and calls:
        fresh, last = found.page(changes.page)
        changes.turn(fresh=fresh, last=last)
        found.change(meanwhile)
        calls -= 1
    return Place(gaps=changes.gaps())


@settings(max_examples=300)
@given(st.integers(), st.lists(st.tuples(st.integers(0, 25), st.integers(1, 4), st.integers(0, 1)), max_size=12))
def test_once_it_is_quiet_everything_gets_read(seed: int, rounds: list[tuple[int, int, int]]) -> None:
    """Rounds of a few calls among changes, also while pages are read; each goes on from what the last wrote down."""
    found, place = _List(random.Random(seed)), Place()
    for changes, calls, meanwhile in rounds:
        found.change(changes)
        place = Place.from_text(_round(found, place, calls, meanwhile=meanwhile).to_text())

    for _ in range(200):
        place = _round(found, place, 4)

    assert not place.gaps
    assert not found.unread


@settings(max_examples=300)
@given(st.integers(), st.lists(st.tuples(st.integers(0, 25), st.integers(1, 4), st.booleans()), max_size=12))
def test_a_death_while_a_page_is_stored_leaves_nothing_unread(seed: int, rounds: list[tuple[int, int, bool]]) -> None:
    """Whether its events were stored by then or not: what was written down before goes for both."""
    found, place = _List(random.Random(seed)), Place()
    for changes, calls, stored in rounds:
        found.change(changes)
        place = _death(found, place, calls, stored=stored)

    for _ in range(200):
        place = _round(found, place, 4)

    assert not place.gaps
    assert not found.unread


def _death(found: _List, place: Place, calls: int, *, stored: bool) -> Place:
    """A round whose process dies at its last page."""
    changes = Changes(place.gaps)
    while changes.page is not None:
        calls -= 1
        if not calls:
            written = changes.gaps_meanwhile()
            if stored:
                found.page(changes.page)
            return Place.from_text(Place(gaps=written).to_text())
        fresh, last = found.page(changes.page)
        changes.turn(fresh=fresh, last=last)
    return Place(gaps=changes.gaps())


def test_what_is_known_costs_one_page() -> None:
    """However long the list is."""
    found = _List(random.Random(1))
    found.change(300)
    assert _round(found, Place(), 1000).gaps == ()

    changes = Changes(())
    fresh, last = found.page(1)
    changes.turn(fresh=fresh, last=last)

    assert changes.page is None


def test_a_reading_that_was_broken_off_goes_on_below_and_does_not_begin_anew() -> None:
    """New changes at the top push it down, and are read first."""
    found = _List(random.Random(1))
    found.change(300)
    place = _round(found, Place(), 5)
    assert (Gap(5, 5),) == place.gaps
    found.change(2)

    changes = Changes(place.gaps)
    pages = []
    for _ in range(4):
        assert changes.page is not None
        pages.append(changes.page)
        fresh, last = found.page(changes.page)
        changes.turn(fresh=fresh, last=last)

    assert [1, 2, 6, 7] == pages


@pytest.mark.parametrize(
    "text",
    [
        *(None, "", "{", "[]", "7", "null", '{"gaps": 3, "sweep": 1}', '{"gaps": [[-1, 1]], "sweep": 1}'),
        *('{"gaps": [[1.5, 2]], "sweep": 1}', '{"gaps": [[true, 2]], "sweep": 1}', '{"gaps": []}'),
        *('{"gaps": [[1]], "sweep": 1}', '{"gaps": ["ab"], "sweep": 1}', '{"gaps": [], "sweep": "2"}'),
    ],
)
def test_a_place_that_cannot_be_read_is_the_beginning(text: str | None) -> None:
    """Reading once more harms nobody."""
    assert Place() == Place.from_text(text)


def test_a_place_is_read_as_it_was_written() -> None:
    """Every gap."""
    place = Place(gaps=(Gap(2, 2), Gap(7, 9)), sweep=4)

    assert place == Place.from_text(place.to_text())
