"""What a fake server knows from one request to the next: named tables of rows, one set for each account."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, TypeAlias

#: What is remembered of one thing. Rows are replaced, never changed in place.
Row: TypeAlias = Mapping[str, Any]
MOST_ROWS = 100_000


class Table:
    """Rows by key, oldest first; over ``most`` of them the oldest go."""

    def __init__(self, rows: Mapping[str, Row], most: int = MOST_ROWS) -> None:
        self._rows = dict(rows)
        self._most = most
        #: What takes back each change since `keep`. From a `drop` on it is a copy of all rows instead, as only that
        #: remembers the place of what was dropped; putting costs the same however many rows there are.
        self._steps: list[Callable[[], object]] = []
        self._copy: dict[str, Row] | None = None

    def get(self, key: str) -> Row | None:
        """The row of that key, if there is one."""
        return self._rows.get(key)

    def put(self, key: str, row: Row) -> Row:
        """Add a row, or replace it where it stands; gives it back."""
        before = self._rows.get(key)
        self._note(partial(self._rows.pop, key) if before is None else partial(self._rows.__setitem__, key, before))
        self._rows[key] = row
        while len(self._rows) > self._most:
            oldest = next(iter(self._rows))
            self._note(partial(self._put_first, oldest, self._rows.pop(oldest)))
        return row

    def drop(self, key: str) -> Row | None:
        """Take a row out; gives it back if there was one."""
        if key not in self._rows:
            return None
        if self._copy is None:
            self._copy = dict(self._rows)
        return self._rows.pop(key)

    def rows(self) -> list[Row]:
        """All rows, oldest first."""
        return list(self._rows.values())

    def items(self) -> list[tuple[str, Row]]:
        """All keys with their rows, oldest first."""
        return list(self._rows.items())

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._rows))

    def __len__(self) -> int:
        return len(self._rows)

    def keep(self) -> None:
        """What was changed stays so."""
        self._steps.clear()
        self._copy = None

    def undo(self) -> None:
        """What was changed since `keep` is as it was."""
        if self._copy is not None:
            self._replace(self._copy)
        for step in reversed(self._steps):
            step()
        self.keep()

    def _note(self, step: Callable[[], object]) -> None:
        if self._copy is None:
            self._steps.append(step)

    def _put_first(self, key: str, row: Row) -> None:
        self._replace({key: row, **self._rows})

    def _replace(self, rows: Mapping[str, Row]) -> None:
        # The steps know this very dict.
        rows = dict(rows)
        self._rows.clear()
        self._rows.update(rows)


class Memory:
    """Tables by account and name. A server makes one per provider, hands it to the dialect with each request, and
    then says `keep`, or `undo` where the request was not to have been accepted.
    """

    def __init__(self) -> None:
        self._tables: dict[str, dict[str, Table]] = {}

    def table(
        self, account: str, name: str, seed: Callable[[], Mapping[str, Row]] = dict, *, most: int = MOST_ROWS
    ) -> Table:
        """The table of that name; at first it holds what ``seed`` gives. Only an account that is known may have one."""
        tables = self._tables.setdefault(account, {})
        if name not in tables:
            tables[name] = Table(seed(), most)
        return tables[name]

    def keep(self) -> None:
        """What the request at hand has changed stays so."""
        for table in self._all():
            table.keep()

    def undo(self) -> None:
        """Everything is as it was before the request at hand."""
        for table in self._all():
            table.undo()

    def clear(self) -> None:
        """Forget everything; tables begin again with their seeds."""
        self._tables.clear()

    def snapshot(self) -> dict[str, dict[str, list[tuple[str, Row]]]]:
        """Everything that is known, as data in order: by account, then by table."""
        return {
            account: {name: table.items() for name, table in tables.items()} for account, tables in self._tables.items()
        }

    def _all(self) -> Iterator[Table]:
        return (table for tables in self._tables.values() for table in tables.values())
