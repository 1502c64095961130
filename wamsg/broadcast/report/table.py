"""Every line's fate as CSV (RFC 4180), safe to open in a spreadsheet.

A cell that a spreadsheet would run as a formula gets an apostrophe in front: whatever begins with ``=``, ``+``, ``-``,
``@``, a tab or a line break (https://owasp.org/www-community/attacks/CSV_Injection). The numbers of the ``phone``
column begin with ``+`` and are no exception: a spreadsheet would turn them into 9.19812E+11 and save that. `unguarded`
takes the apostrophe off again and gives back every cell as it was.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from typing import TextIO

from wamsg.broadcast.report.row import NAMES, Row, Value

#: How a file written here begins, after the mark that Excel needs to see that it is UTF-8.
MARK = ",".join(NAMES[:4])
BYTE_ORDER_MARK = "\ufeff"

_SIGNS = "=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20"
_SUSPECT = frozenset("'=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
# Apostrophes before the sign count too: only so can they be told from one that was put there.
_FORMULA = re.compile(f"'*[{_SIGNS}]")
_GUARDED = re.compile(f"'+[{_SIGNS}]")


def guarded(cell: str) -> str:
    """``cell``, with an apostrophe in front if a spreadsheet would run it."""
    # Looking at one character first makes this ten times as fast for nearly all of them.
    return "'" + cell if cell[:1] in _SUSPECT and _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """What `guarded` was given."""
    return cell[1:] if _GUARDED.match(cell) else cell


class Table:
    """Writes rows into a text file that was opened with ``newline=""``."""

    def __init__(self, file: TextIO, columns: Sequence[str], *, byte_order_mark: bool = False) -> None:
        """Write the header: the names of `wamsg.broadcast.report.row`, then the plan's ``columns``.

        A column of the plan that is called like one of ours gets ``input.`` in front.
        """
        if byte_order_mark:
            file.write(BYTE_ORDER_MARK)
        self._columns = len(columns)
        self._write = csv.writer(file, lineterminator="\r\n").writerow
        self._write([guarded(name) for name in header(columns)])

    def add(self, row: Row, values: Sequence[str]) -> None:
        """One line of the input: what `row_of` says about it, and its ``values`` (none if it is no delivery)."""
        missing = [""] * (self._columns - len(values))
        self._write([*map(_cell, row), *map(guarded, values), *missing])


def header(columns: Sequence[str]) -> list[str]:
    """The names of all columns, each of them once."""
    names = list(NAMES)
    for column in columns:
        name = column
        while name in names:
            name = f"input.{name}"
        names.append(name)
    return names


def _cell(value: Value) -> Value:
    return guarded(value) if isinstance(value, str) else value
