"""One row of an input, whatever it was written in, and batches of rows that are ready for a ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import NamedTuple, Protocol

from wamsg.errors import ConfigError
from wamsg.ledger import Recipient, Refused

#: Characters of what stood in a row that are kept to show it.
SHOWN = 64


class Row(NamedTuple):
    """What stands in one row, unchecked but for its shape."""

    #: 1-based line on which it starts; for rows from Python the place plus one.
    line: int
    phone: str
    #: The values of the columns in use, in their order; none if ``problem`` is told.
    values: tuple[str, ...]
    #: Why it cannot be a recipient, whatever its number is.
    problem: str | None = None


#: Half the cost of the class's own constructor: input is read row by row, a million times.
new_row = partial(tuple.__new__, Row)


class Batch(NamedTuple):
    """Rows in the order of the input; each stands in one of the two."""

    recipients: list[Recipient]
    refused: list[Refused]


class Source(Protocol):
    """Where rows come from."""

    @property
    def columns(self) -> tuple[str, ...] | None:
        """The columns that exist, in order; None where only the rows themselves tell."""
        ...

    def use(self, columns: Sequence[str]) -> None:
        """Say whose values are wanted. Raises `wamsg.errors.ConfigError` for a column that does not exist."""
        ...

    async def read(self, count: int) -> list[Row]:
        """The next rows, up to ``count``; none at the end. Raises `wamsg.errors.ConfigError`."""
        ...

    def close(self) -> None:
        """Let go of what this opened itself."""
        ...


def check_columns(wanted: Iterable[str], known: Sequence[str], name: str) -> None:
    """Raise `ConfigError` unless every wanted column exists."""
    for column in wanted:
        if column not in known:
            message = f"{name} has no column {_quoted([column])}; it has {_quoted(known)}"
            raise ConfigError(message, setting="columns")


def ambiguous(columns: Sequence[str], name: str, why: str) -> ConfigError:
    """The error for a phone column that cannot be told."""
    message = f"{name}: {why}; name the phone column, one of {_quoted(columns)}"
    return ConfigError(message, setting="phone_column")


def is_row(cells: Sequence[str]) -> bool:
    """False for the cells of an empty line, which is no row of the input."""
    return len(cells) > 1 or bool(cells and cells[0].strip())


def shown(text: str) -> str:
    """``text`` cut, and fit for every store: no NUL and no half of a pair."""
    return text[:SHOWN].replace("\0", "\ufffd").encode(errors="replace").decode()


def unfit(texts: Iterable[str]) -> str | None:
    """Why no store could keep one of these texts."""
    whole = "".join(texts)
    if "\0" in whole:
        return "holds a NUL character"
    try:
        whole.encode()
    except UnicodeEncodeError:
        return "holds characters that are not valid Unicode text"
    return None


def _quoted(columns: Sequence[str]) -> str:
    names = ", ".join(repr(name[:40]) for name in columns[:30])
    return f"{names} and {len(columns) - 30} more" if len(columns) > 30 else names or "none"
