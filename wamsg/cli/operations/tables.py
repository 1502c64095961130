"""What a command prints: JSON for programs, lines and tables for people, of bounded width and in bounded memory."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Protocol

from wamsg.cli.operations.shown import document, flat
from wamsg.cli.output import printable, tell

if TYPE_CHECKING:
    from rich.text import Text

#: So many things are looked at before a table is drawn; a long listing becomes several.
ROWS = 200
_CELL = 32
_GAP = 2


class Sink(Protocol):
    """What results go into, one by one."""

    def add(self, value: object) -> None:
        """One result."""
        ...

    def close(self) -> None:
        """There are no more."""
        ...


def sink(*, as_json: bool, mask: bool, many: bool) -> Sink:
    """Where the results of one command go; ``many`` is for lists."""
    if as_json:
        return _Json(mask=mask)
    return _Table(mask=mask) if many else _Lines(mask=mask)


def _put(line: str) -> None:
    # Not `say`: a listing that nobody reads any more is to end.
    sys.stdout.write(f"{line}\n")


class _Json:
    """One object in each line."""

    def __init__(self, *, mask: bool) -> None:
        self._mask = mask

    def add(self, value: object) -> None:
        _put(json.dumps(document(value, mask=self._mask)))
        sys.stdout.flush()

    def close(self) -> None:
        pass


class _Lines:
    """A line for each field."""

    def __init__(self, *, mask: bool) -> None:
        self._mask = mask

    def add(self, value: object) -> None:
        found = list(flat(document(value, mask=self._mask)))
        width = max((len(printable(name)) for name, _ in found), default=0)
        for name, shown in found or [("done", "")]:
            _put(f"{printable(name):<{width}}  {shown}".rstrip())

    def close(self) -> None:
        pass


class _Table:
    """A row for each thing, a column for each field that any of them has, as far as the screen goes."""

    def __init__(self, *, mask: bool) -> None:
        self._mask = mask
        self._rows: list[dict[str, str]] = []

    def add(self, value: object) -> None:
        self._rows.append(dict(flat(document(value, mask=self._mask))))
        if len(self._rows) >= ROWS:
            self._draw()

    def close(self) -> None:
        if self._rows:
            self._draw()

    def _draw(self) -> None:
        from rich.console import Console
        from rich.table import Table

        console = Console()
        names = list(dict.fromkeys(name for row in self._rows for name in row))
        chosen = self._fitting(names, console.width)
        table = Table(*(printable(name) for name in chosen), box=None, pad_edge=False)
        for row in self._rows:
            # As objects rather than texts: square brackets are no markup here.
            table.add_row(*(_cell(row.get(name, "")) for name in chosen))
        console.print(table, markup=False, highlight=False)
        self._rows.clear()
        if len(chosen) < len(names):
            tell(f"not shown: {', '.join(name for name in names if name not in chosen)}; --json has all")

    def _fitting(self, names: list[str], width: int) -> list[str]:
        """The first columns, two at least, that stand side by side in ``width``."""
        chosen: list[str] = []
        for name in names:
            widest = max(len(printable(name)), *(min(len(row.get(name, "")), _CELL) for row in self._rows))
            width -= widest + _GAP
            if width < 0 and len(chosen) >= 2:
                break
            chosen.append(name)
        return chosen


def _cell(text: str) -> Text:
    from rich.text import Text

    return Text(text if len(text) <= _CELL else f"{text[: _CELL - 2]}..", no_wrap=True, overflow="ellipsis")
