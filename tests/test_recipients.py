"""From whatever a caller names recipients by to one entry per recipient."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg import PhoneNumber
from wamsg.errors import DuplicateRecipient, InvalidRecipient
from wamsg.recipients import Entry, Reader, split
from wamsg.testing.strategies import phone_numbers

ONE, TWO = PhoneNumber("+919812340001"), PhoneNumber("+919812340002")


def _read(*given_as: object) -> list[Entry]:
    reader = Reader()
    return [reader.read(item) for item in given_as]


def test_positions_count_every_item_of_the_input() -> None:
    """Invalid and repeated ones have a place too, so that the caller finds them again."""
    entries = _read(ONE, "nonsense", "+91 98123 40001", "", TWO)

    assert [0, 1, 2, 3, 4] == [entry.position for entry in entries]
    assert [ONE, None, ONE, None, TWO] == [entry.recipient for entry in entries]
    kinds = [type(entry.error) for entry in entries]
    assert [type(None), InvalidRecipient, DuplicateRecipient, InvalidRecipient, type(None)] == kinds


@pytest.mark.parametrize(
    "again", ["+91 98123-40001", "00919812340001", "\uff0b919812340001", "\u200e+91 (98123) 40001", ONE]
)
def test_duplicates_are_found_after_normalisation(again: object) -> None:
    """However the same number is written, it is sent to once, and the error says where it stood first."""
    first, second, third = _read("+919812340001", again, again)

    assert first.error is None
    for entry in (second, third):
        assert isinstance(entry.error, DuplicateRecipient)
        assert 0 == entry.error.first_position
        assert "position 1" in str(entry.error)
        assert "98123" not in str(entry.error)


def test_an_invalid_item_is_no_first_appearance() -> None:
    """Two wrong ones are both wrong, neither a duplicate."""
    assert [InvalidRecipient, InvalidRecipient] == [type(entry.error) for entry in _read("x", "x")]


@pytest.mark.parametrize(
    "item", [None, 5, 919812340001, 1.5, b"+919812340001", ["+919812340001"], object(), float("nan"), "\ud800"]
)
def test_any_type_of_item_is_an_entry(item: object) -> None:
    """One bad row of a table does not stop the rest."""
    bad, good = _read(item, ONE)

    assert isinstance(bad.error, InvalidRecipient)
    assert (1, ONE, None) == (good.position, good.recipient, good.error)


def test_readers_do_not_know_each_other() -> None:
    """What one input held is no duplicate in another."""
    assert _read(ONE)[0].error is None
    assert _read(ONE)[0].error is None


@given(st.lists(phone_numbers() | st.sampled_from([ONE, TWO]) | st.text(max_size=5), max_size=12))
def test_every_item_has_exactly_one_fate(items: list[PhoneNumber | str]) -> None:
    """Valid ones appear once, all others carry an error; the counts add up."""
    entries = _read(*items)

    sendable = [entry.recipient for entry in entries if entry.error is None]
    assert len(items) == len(entries)
    assert len(set(sendable)) == len(sendable)
    assert {entry.recipient for entry in entries if entry.recipient} == set(sendable)
    for entry in entries:
        if isinstance(entry.error, DuplicateRecipient):
            assert entry.error.first_position is not None
            assert entries[entry.error.first_position].recipient == entry.recipient
            assert entries[entry.error.first_position].error is None


def _split(audience: Any) -> list[object]:
    pieces = split(audience)
    assert isinstance(pieces, Iterator)
    return list(pieces)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("+911,+912", ["+911", "+912"]),
        (" +911 , +912 ", [" +911 ", " +912 "]),
        (",+911,,  ,+912,", ["+911", "+912"]),
        ("+911,\n+912\n", ["+911", "\n+912\n"]),
        ("+911", ["+911"]),
        ("a,b", ["a", "b"]),
    ],
)
def test_text_is_cut_at_commas_and_blanks_are_no_recipients(text: str, pieces: list[str]) -> None:
    """A trailing comma is a habit, not a recipient."""
    assert pieces == _split(text)


@pytest.mark.parametrize("text", ["", " ", ",", " , ,\n,"])
def test_text_without_a_recipient_is_refused(text: str) -> None:
    """Sending to nobody is a mistake, told at once."""
    with pytest.raises(InvalidRecipient, match="no recipient"):
        split(text)


@pytest.mark.parametrize("audience", [None, 5, 5.5, object(), b"+919812340001", bytearray(b"+91"), memoryview(b"+91")])
def test_other_types_are_refused(audience: Any) -> None:
    """Bytes would be read as one recipient per byte."""
    with pytest.raises(InvalidRecipient, match="must be text or an iterable"):
        split(audience)


def test_a_single_number_is_an_audience() -> None:
    """Though a number is no iterable."""
    assert [ONE] == _split(ONE)


def test_an_iterable_keeps_its_blanks() -> None:
    """A row that is empty is an invalid row, with its position, not a row that never was."""
    assert ["+911", "", None] == _split(["+911", "", None])
    assert [] == _split([])


def test_an_iterable_is_read_lazily() -> None:
    """Nothing is taken before it is asked for, however long the input is."""
    taken: list[int] = []

    def endless() -> Iterator[str]:
        while True:
            taken.append(len(taken))
            yield "+919812340001"

    pieces = split(endless())
    assert [] == taken
    assert isinstance(pieces, Iterator)

    next(pieces)

    assert [0] == taken


async def test_an_async_iterable_is_read_lazily() -> None:
    """The same for a database cursor."""
    taken: list[int] = []

    async def endless() -> AsyncIterator[str]:
        while True:
            taken.append(len(taken))
            yield "+919812340001"

    pieces = split(endless())
    assert isinstance(pieces, AsyncIterator)
    assert [] == taken

    assert "+919812340001" == await anext(pieces)

    assert [0] == taken


@given(st.lists(phone_numbers(), min_size=1, max_size=8))
def test_numbers_written_with_commas_are_read_back(numbers: list[PhoneNumber]) -> None:
    """Join, split and read leads to the same numbers in the same places."""
    entries = _read(*_split(", ".join(number.e164 for number in numbers)))

    assert numbers == [entry.recipient for entry in entries]
