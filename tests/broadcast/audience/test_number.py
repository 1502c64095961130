"""Cells as phone numbers: the fast way and the model's are one rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg import PhoneNumber
from wamsg.broadcast.audience import read_number
from wamsg.errors import InvalidRecipient

_NEAR = st.text("+0123456789 ()-.\u00a0\u0661\uff0b\n", max_size=20)


def _parsed(text: str) -> str | None:
    try:
        return PhoneNumber.parse(text).e164
    except InvalidRecipient:
        return None


def _read(text: str, *, without_plus: bool = False) -> str | None:
    try:
        return read_number(text, without_plus=without_plus)
    except InvalidRecipient:
        return None


@given(st.from_regex(r"\+[0-9]{5,17}\n?", fullmatch=True) | _NEAR)
def test_a_cell_is_read_by_the_models_rule(text: str) -> None:
    """What both take is the same number; only a decimal fraction is refused here alone."""
    found = _read(text)

    assert found in {_parsed(text), None}
    if found is None and _parsed(text) is not None:
        assert "." in text


@given(_NEAR | st.from_regex(r"[0-9]{6,16}", fullmatch=True))
def test_without_plus_adds_a_plus_and_nothing_else(text: str) -> None:
    """A number found is the one with a plus in front, or the one that had its own."""
    found = _read(text, without_plus=True)

    assert found in {_parsed(text), _parsed("+" + text.strip()), None}
    if _read(text) is not None:
        assert _read(text) == found


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ('="+919812340001"', "+919812340001"),
        ("'+919812340001", "+919812340001"),
        ("\u00a0+91\u00a098123 40001", "+919812340001"),
        ("+1.202.555.0100", "+12025550100"),
    ],
)
def test_traces_of_spreadsheets_are_removed(cell: str, number: str) -> None:
    """As far as they do not touch the digits."""
    assert number == read_number(cell)


@pytest.mark.parametrize("cell", ["9.19812E+11", "9,2e+11", "9E11", "+919812340001.0", "919812340001,00"])
@pytest.mark.parametrize("without_plus", [False, True])
def test_numbers_that_a_program_destroyed_are_never_taken(cell: str, *, without_plus: bool) -> None:
    """A further zero, or lost digits, would be somebody else's number."""
    with pytest.raises(InvalidRecipient, match=r"rounded|decimal"):
        read_number(cell, without_plus=without_plus)
