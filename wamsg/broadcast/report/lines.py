"""Every line's fate as JSON Lines: one object each, always with the same keys, ASCII only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TextIO

from wamsg.broadcast.report.row import NAMES, Row

#: How a file written here begins.
MARK = f'{{"{NAMES[0]}": '


class Lines:
    """Writes objects: the names of `wamsg.broadcast.report.row`, and ``values`` by the plan's ``columns``.

    Nothing is guarded or cut; what is not known is null.
    """

    def __init__(self, file: TextIO, columns: Sequence[str]) -> None:
        self._write = file.write
        self._columns = tuple(columns)
        self._nothing = dict.fromkeys(self._columns)
        # ASCII only: no reader trips over U+2028 or over half of a surrogate pair.
        self._encode = json.JSONEncoder().encode

    def add(self, row: Row, values: Sequence[str]) -> None:
        """One line of the input: what `row_of` says about it, and its ``values`` (none if it is no delivery)."""
        told: dict[str, object] = dict(zip(NAMES, row, strict=True))
        told["values"] = self._nothing | dict(zip(self._columns, values, strict=False))
        self._write(self._encode(told) + "\n")
