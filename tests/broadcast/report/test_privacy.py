"""Hiding numbers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wamsg import PhoneNumber
from wamsg.broadcast.report.privacy import masked

digits = st.from_regex(r"[1-9][0-9]{6,14}", fullmatch=True)


@given(digits)
def test_a_number_looks_as_it_does_everywhere(number: str) -> None:
    """The same mask as `PhoneNumber`, with and without its plus sign."""
    expected = PhoneNumber(f"+{number}").masked

    assert expected == masked(f"+{number}")
    assert expected[1:] == masked(number)


@given(st.text("ab +-", max_size=5), digits, st.text("ab +-", max_size=5))
def test_no_number_stands_in_masked_text(before: str, number: str, after: str) -> None:
    """Wherever it stands."""
    assert number not in masked(before + number + after)


def test_codes_and_counts_stay() -> None:
    """Six digits are no number."""
    text = "error 131026: 5 of 100,000, HTTP 400"

    assert text == masked(text)
