"""Rows that name their own values: JSON objects and Python mappings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wamsg.broadcast.audience import guess
from wamsg.broadcast.audience.layout import Layout
from wamsg.broadcast.audience.row import Row, check_columns, unfit
from wamsg.model import PhoneNumber

#: Digits; longer ones Python refuses to write, and nobody means.
_LONGEST_NUMBER = 10**300


class Fields:
    """Makes rows of mappings, once `learn` has seen the first of them."""

    def __init__(self, layout: Layout, name: str) -> None:
        self.columns: tuple[str, ...] = ()
        self._layout = layout
        self._name = name
        self._phone = ""
        self._used: tuple[str, ...] = ()

    def learn(self, rows: Sequence[Mapping[Any, Any]], values: Sequence[Mapping[Any, Any]] = ()) -> None:
        """Find the columns: the names in ``rows``, one of which holds the numbers, and in ``values``, beside numbers.

        Raises `wamsg.errors.ConfigError`.
        """
        own = _names(rows)
        self.columns = tuple(dict.fromkeys((*own, *_names(values))))
        if own:
            cells = [[_as_text(row.get(name)) or "" for name in own] for row in rows[: guess.ENOUGH]]
            self._phone = own[guess.find_phone_column(own, cells, self._layout, self._name)]

    def use(self, columns: Sequence[str]) -> None:
        """Whose values the rows shall carry. Raises `wamsg.errors.ConfigError`."""
        check_columns(columns, self.columns, self._name)
        self._used = tuple(columns)

    def row(self, line: int, values: Mapping[str, Any]) -> Row:
        """The row of one mapping, whose phone column holds the number."""
        phone = _as_text(values.get(self._phone))
        if not self._phone:
            return Row(line, "", (), "the rows before it were no mappings, so its phone column is not known")
        if phone is None:
            return Row(line, "", (), f"{self._phone} must be text")
        return self.pair(line, phone, values)

    def pair(self, line: int, phone: str, values: Mapping[str, Any]) -> Row:
        """The row of a number and its mapping. What is absent or null is empty."""
        texts = [_as_text(values.get(name)) for name in self._used]
        if None in texts:
            wrong = self._used[texts.index(None)]
            return Row(line, phone, (), f"{wrong} must be text or a number")
        return checked(Row(line, phone, tuple(text.strip() for text in texts if text is not None)))


def checked(row: Row) -> Row:
    """``row``, or why no store could keep it."""
    why = unfit((row.phone, *row.values))
    return row if why is None else Row(row.line, row.phone, (), f"this row {why}")


def _names(samples: Iterable[Mapping[Any, Any]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for sample in samples for name in sample if isinstance(name, str)))


def _as_text(value: object) -> str | None:
    if value is None:
        return ""
    if isinstance(value, PhoneNumber):
        return value.e164
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < _LONGEST_NUMBER else None
    if isinstance(value, float):
        # 9.81e11 shows what happened to a phone number; an amount reads as it was written.
        return repr(value)
    return value if isinstance(value, str) else None


def only_mappings(values: Iterable[object]) -> list[Mapping[str, Any]]:
    """Those of ``values`` that are mappings."""
    return [value for value in values if isinstance(value, Mapping)]
