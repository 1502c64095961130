"""JSON Lines."""

from __future__ import annotations

import io
import json

from hypothesis import given
from hypothesis import strategies as st

from tests.broadcast.report.double import NINE, accepted, refused, rejected
from wamsg.broadcast.report import Lines, row_of
from wamsg.broadcast.report.row import NAMES
from wamsg.ledger import Delivery, Fate

anything = st.text(st.characters(), max_size=20)


def _written(lines: list[Delivery], columns: tuple[str, ...] = ()) -> list[str]:
    file = io.StringIO()
    export = Lines(file, columns)
    for line in lines:
        export.add(row_of(line), line.values)
    return file.getvalue().split("\n")


@given(st.lists(st.tuples(anything, anything), min_size=1, max_size=5))
def test_every_object_is_one_line_of_ascii_that_reads_back(told: list[tuple[str, str]]) -> None:
    """Line breaks, U+2028 and halves of surrogate pairs included; nothing is guarded or cut."""
    lines = [rejected(seq, detail=detail, values=(value,)) for seq, (detail, value) in enumerate(told)]

    written = _written(lines, ("name",))

    assert "" == written.pop()
    read = [json.loads(line) for line in written]
    assert told == [(each["detail"], each["values"]["name"]) for each in read]
    assert all(line.isascii() for line in written)


def test_keys_are_the_same_whatever_the_fate() -> None:
    """A reader never has to ask whether a key is there; what is not known is null."""
    lines = [accepted(0, values=("Ann",)), refused(1, Fate.INVALID, detail="no number", given="n/a")]

    first, second = (json.loads(line) for line in _written(lines, ("name",))[:2])

    assert [*NAMES, "values"] == list(first) == list(second)
    assert ("+919812340000", "accepted", "2026-10-01T09:00:00.000Z", {"name": "Ann"}) == (
        first["phone"],
        first["fate"],
        first["sent_at"],
        first["values"],
    )
    assert ("n/a", "invalid", None, {"name": None}) == (
        second["phone"],
        second["fate"],
        second["sent_at"],
        second["values"],
    )
    assert NINE > 0
