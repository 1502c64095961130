"""Recipients from Python: numbers, pairs of a number and a mapping, or mappings, from any (async) iterable."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeGuard

from wamsg.broadcast.audience.layout import Layout
from wamsg.broadcast.audience.mappings import Fields, only_mappings
from wamsg.broadcast.audience.row import Row
from wamsg.model import PhoneNumber


class PythonRows:
    """A `Source` of what ``rows`` yields; the columns are the names in the first rows that are read."""

    #: Known only once rows were taken.
    columns: tuple[str, ...] | None = None

    def __init__(self, rows: Iterator[object] | AsyncIterator[object], layout: Layout, name: str) -> None:
        self._rows = rows
        self._fields = Fields(layout, name)
        self._wanted: tuple[str, ...] = ()
        self._place = 0

    def use(self, columns: Sequence[str]) -> None:
        """Whose values the rows shall carry; judged when the first rows are read."""
        self._wanted = tuple(columns)

    async def read(self, count: int) -> list[Row]:
        """The next rows, up to ``count``."""
        found = await _gather(self._rows, count)
        if found and self.columns is None:
            self._learn(found)
        first = self._place + 1
        self._place += len(found)
        return [self._row(line, given) for line, given in enumerate(found, first)]

    def close(self) -> None:
        """The rows are the caller's."""

    def _learn(self, found: list[object]) -> None:
        self._fields.learn(only_mappings(found), [given[1] for given in found if _is_pair(given)])
        self.columns = self._fields.columns
        self._fields.use(self._wanted)

    def _row(self, line: int, given: object) -> Row:
        if isinstance(given, Mapping):
            return self._fields.row(line, given)
        if _is_pair(given):
            return self._pair(line, *given)
        return self._pair(line, given, {})

    def _pair(self, line: int, given: object, values: Mapping[str, Any]) -> Row:
        if isinstance(given, PhoneNumber):
            return self._fields.pair(line, given.e164, values)
        if isinstance(given, str):
            return self._fields.pair(line, given, values)
        why = f"a recipient is a number, a pair of a number and a mapping, or a mapping, not {type(given).__name__}"
        return Row(line, "", (), why)


def _is_pair(given: object) -> TypeGuard[tuple[object, Mapping[str, Any]]]:
    return isinstance(given, tuple) and len(given) == 2 and isinstance(given[1], Mapping)


async def _gather(rows: Iterator[object] | AsyncIterator[object], count: int) -> list[object]:
    if isinstance(rows, Iterator):
        return list(islice(rows, count))
    found: list[object] = []
    # No "async for": leaving it would close nothing, but a generator must not be asked for one row too many.
    while len(found) < count:
        try:
            found.append(await anext(rows))
        except StopAsyncIteration:
            break
    return found
