"""What the first rows tell of an input: its delimiter, whether it has a header, and where the numbers stand."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Sequence

from wamsg.broadcast.audience.layout import DELIMITERS, Layout
from wamsg.broadcast.audience.number import read_number
from wamsg.broadcast.audience.row import ambiguous, is_row
from wamsg.errors import ConfigError, InvalidRecipient

#: Rows that are looked at.
ENOUGH = 50
#: Names of a column of phone numbers, without case, spaces, accents and underscores.
_PHONE_WORDS = ("phone", "mobile", "cell", "whatsapp", "contact", "recipient", "telephone", "tel", "wa")
_PHONE_NAMES = frozenset(
    {
        *("phone", "mobile", "cell", "cellphone", "mobilephone", "msisdn", "number", "whatsapp", "to", "recipient"),
        *("recipients", "phones", "numbers", "tel", "telephone", "telefon", "telefono", "telefone", "celular", "handy"),
        *("movil", "phoneno", "mobileno", "whatsappno", "e164", "waid"),
        *(f"{word}number" for word in _PHONE_WORDS),
    }
)
_NUMBER_LIKE = re.compile(r"[=\"'\s]*[+(\[]?[\d\s().\[\]/+,:eE\"\u2010-\u2015-]*").fullmatch
_LEAST_DIGITS = 6


def read_sample(text: str, delimiter: str) -> list[list[str]]:
    """The first records of ``text`` that are not empty lines; leniently, as the last one may be cut."""
    found: list[list[str]] = []
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True)
    try:
        for cells in reader:
            if is_row(cells):
                found.append(cells)
            if len(found) == ENOUGH:
                break
    except csv.Error:
        # Told with its line when the input itself is read.
        return found
    return found


def find_delimiter(text: str, name: str) -> str:
    """The one character that cuts the first row into columns; a comma if none does.

    Raises `ConfigError` where several do and the rows below do not decide between them.
    """
    widths = {one: [len(cells) for cells in read_sample(text, one)] for one in DELIMITERS.values()}
    cutting = [one for one, found in widths.items() if found and found[0] > 1]
    if len(cutting) > 1:
        cutting = [one for one in cutting if len(set(widths[one])) == 1] or cutting
    if len(cutting) > 1:
        words = " or ".join(word for word, one in DELIMITERS.items() if one in cutting)
        raise ConfigError(f"cannot tell what separates the columns of {name}: pass {words}", setting="delimiter")
    return cutting[0] if cutting else ","


def find_header(first: Sequence[str], layout: Layout, name: str) -> bool:
    """Whether ``first``, the first row, names the columns.

    A row with something like a number in it does not; one with a usual name of a phone column does. Raises
    `ConfigError` for anything else.
    """
    if layout.header is not None:
        return layout.header
    names = [cell.strip() for cell in first]
    if layout.phone_column is not None and layout.phone_column in names:
        return True
    if any(_like_a_number(cell) for cell in names):
        return False
    if any(_is_phone_name(cell) for cell in names):
        return True
    message = f"cannot tell whether the first line of {name} names the columns; say whether it is a header"
    raise ConfigError(message, setting="header")


def find_phone_column(columns: Sequence[str], rows: Sequence[Sequence[str]], layout: Layout, name: str) -> int:
    """The place of the phone column: as named, else by its name, else the only one whose values are numbers.

    Raises `ConfigError` that lists the columns.
    """
    if layout.phone_column is not None:
        if layout.phone_column not in columns:
            raise ambiguous(columns, name, f"there is no column {layout.phone_column!r:.60}")
        return columns.index(layout.phone_column)
    if len(columns) == 1:
        return 0
    named = [place for place, column in enumerate(columns) if _is_phone_name(column)]
    if len(named) == 1:
        return named[0]
    if named:
        raise ambiguous([columns[place] for place in named], name, "several columns may hold the phone number")
    filled = [place for place in range(len(columns)) if _mostly_numbers(place, rows, layout)]
    if len(filled) != 1:
        hint = "" if filled or layout.without_plus else " (a number needs its + and country code)"
        why = "several columns hold" if filled else "no column holds"
        raise ambiguous(columns, name, f"{why} phone numbers in the first rows{hint}")
    return filled[0]


def _is_phone_name(name: str) -> bool:
    plain = "".join(filter(str.isalnum, unicodedata.normalize("NFKD", name[:80]).casefold()))
    return plain in _PHONE_NAMES


def _like_a_number(cell: str) -> bool:
    text = unicodedata.normalize("NFKC", cell[:80]).strip()
    return sum(map(str.isdecimal, text)) >= _LEAST_DIGITS and _NUMBER_LIKE(text) is not None


def _mostly_numbers(place: int, rows: Sequence[Sequence[str]], layout: Layout) -> bool:
    values = [cells[place] for cells in rows if len(cells) > place and cells[place].strip()]
    return 2 * sum(_is_number(value, layout) for value in values) > len(values)


def _is_number(text: str, layout: Layout) -> bool:
    try:
        read_number(text, without_plus=layout.without_plus)
    except InvalidRecipient:
        return False
    return True
