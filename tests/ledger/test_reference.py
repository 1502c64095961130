"""References find their row again, and nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from wamsg.ledger.reference import Reference, make_reference, parse_reference

SECRET = bytes(range(32))


@given(broadcast=st.integers(1, 2**31), seq=st.integers(0, 2**32 - 1), attempt=st.integers(1, 10**6))
def test_there_and_back(broadcast: int, seq: int, attempt: int) -> None:
    """Whatever a ledger can hold fits into 39 characters that any provider carries."""
    text = make_reference(SECRET, broadcast=broadcast, seq=seq, attempt=attempt)

    assert Reference(broadcast=broadcast, seq=seq, attempt=attempt) == parse_reference(SECRET, text)
    assert len(text) < 40
    assert text.isascii()
    assert text.replace(".", "").isalnum()


@given(
    st.text() | st.from_regex(r"w1\.[0-9a-z]{1,6}\.[0-9a-z]{1,6}\.[0-9a-z]\.[0-9a-z]{6}") | st.none() | st.integers()
)
def test_foreign_text_is_no_reference(text: object) -> None:
    """A guess would have to be right once in two thousand million."""
    assert parse_reference(SECRET, text) is None


@given(st.integers(0, 17), st.characters())
def test_one_changed_character_makes_it_forged(place: int, character: str) -> None:
    """Number or digest, longer or shorter."""
    text = make_reference(SECRET, broadcast=35, seq=123_456, attempt=2)
    assert 18 == len(text)
    changed = text[:place] + character + text[place + 1 :]
    assume(changed != text)

    assert parse_reference(SECRET, changed) is None
    assert parse_reference(SECRET, text[:place]) is None


def test_another_ledgers_reference_is_foreign() -> None:
    """Each has its own secret."""
    text = make_reference(SECRET, broadcast=1, seq=0, attempt=1)

    assert parse_reference(bytes(32), text) is None


@pytest.mark.parametrize("form", ["w1.01.0.1.", "w1.1.00.1.", "w2.1.0.1.", "W1.1.0.1."])
def test_each_try_has_one_reference_only(form: str) -> None:
    """Leading zeros and other versions are foreign, though their digest were right."""
    from wamsg.ledger import reference

    assert parse_reference(SECRET, form + reference._digest(SECRET, form[:-1])) is None


def test_negative_numbers_are_refused() -> None:
    """They are no places."""
    with pytest.raises(ValueError, match="negative"):
        make_reference(SECRET, broadcast=1, seq=-1, attempt=1)
