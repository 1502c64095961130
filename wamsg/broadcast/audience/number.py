"""A cell of a file as a phone number: the model's rule, quickly, and what spreadsheets make of numbers undone."""

from __future__ import annotations

import re

from wamsg.errors import InvalidRecipient
from wamsg.model import PhoneNumber
from wamsg.model.phone import MAX_DIGITS, MIN_DIGITS

#: E.164 as most files have it, known without building a `PhoneNumber`; a test holds it to `PhoneNumber.parse`.
is_e164 = re.compile(rf"\+[1-9][0-9]{{{MIN_DIGITS - 1},{MAX_DIGITS - 1}}}").fullmatch
_DIGITS = re.compile(rf"[1-9][0-9]{{{MIN_DIGITS - 1},{MAX_DIGITS - 1}}}").fullmatch
#: ``="+91.."``: how people make a spreadsheet keep a number as it is.
_FORMULA = re.compile(r'="([^"]*)"').fullmatch
_SCIENTIFIC = re.compile(r"[+]?[0-9]+(?:[.,][0-9]+)?[eE][+]?[0-9]{1,3}").fullmatch
#: A point would pass as a separator and its zero as one more digit: somebody else's number.
_DECIMAL = re.compile(r"[+]?[0-9]{7,}[.,]0{1,6}").fullmatch


def read_number(text: str, *, without_plus: bool = False) -> str:
    """The E.164 number that a cell holds; ``without_plus`` reads a number that starts with a digit as if after a ``+``.

    Raises `wamsg.errors.InvalidRecipient` with what `PhoneNumber.parse` says, and for numbers that were destroyed.
    """
    if is_e164(text):
        return text
    if without_plus and _DIGITS(text):
        return "+" + text
    return PhoneNumber.parse(_plain(text, without_plus=without_plus)).e164


def _plain(text: str, *, without_plus: bool) -> str:
    text = text.strip()
    if quoted := _FORMULA(text):
        text = quoted[1].strip()
    # What a spreadsheet shows in front of a number that is kept as text.
    text = text.removeprefix("'")
    if _SCIENTIFIC(text):
        message = "a spreadsheet has rounded this number, so its last digits are lost; format the column as text"
        raise InvalidRecipient(message, field="to")
    if _DECIMAL(text):
        message = "a program has written this number as a decimal fraction; write it as text, without .0"
        raise InvalidRecipient(message, field="to")
    return "+" + text if without_plus and text[:1].isdecimal() and not text.startswith("00") else text
