"""A message tried out before any row is known: every placeholder gets a value that its field would take."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

from wamsg.broadcast.message.blueprint import mark
from wamsg.broadcast.message.document import Slot, swap
from wamsg.broadcast.message.placeholder import Hole

_ADDRESS = "https://probe.example/1"
_DAY = "2000-01-01"


def probe(document: Any) -> Any:
    """``document`` with marked values in the place of its slots; a file that rows name becomes a link."""
    serial = count(1)
    return swap(_without_files(document), lambda slot: mark(slot, _value(slot, next(serial))))


def _value(slot: Slot, serial: int) -> str:
    if slot.field == "birthday":
        return _DAY
    if slot.field in {"link", "url"}:
        # A number may stand in every part of an address, and only the beginning decides what it is.
        return _ADDRESS if isinstance(slot.pattern.pieces[0], Hole) else _filled(slot, "1")
    # Different ones, as the ids of buttons must differ.
    return _filled(slot, f"p{serial}")


def _filled(slot: Slot, value: str) -> str:
    return "".join(value if isinstance(piece, Hole) else piece for piece in slot.pattern.pieces)


def _without_files(document: Any) -> Any:
    if isinstance(document, Mapping):
        table = {name: _without_files(item) for name, item in document.items()}
        file = table.get("file")
        if isinstance(file, Slot) and not file.free:
            del table["file"]
            # Beside another source it must go on being one too many.
            table |= {"id": "1"} if "link" in table else {"link": _ADDRESS}
        return table
    return [_without_files(item) for item in document] if isinstance(document, list) else document
