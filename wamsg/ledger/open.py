"""From the address that a person names a ledger by to the ledger."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Literal

from wamsg.errors import ConfigError
from wamsg.ledger.optout import STOP_WORDS
from wamsg.ledger.protocol import EventLedger

_POSTGRESQL: Final = ("postgresql://", "postgres://")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


async def open_ledger(
    address: str | Path,
    *,
    create: bool = False,
    durability: Literal["disk", "process"] = "disk",
    stop_words: str | Iterable[str] = STOP_WORDS,
) -> EventLedger:
    """Open a ledger by its file or by its ``postgresql://`` address; the caller closes it.

    ``create`` makes a new file where there is none. ``stop_words`` are what people write who must not be messaged any
    more: a message that says nothing else puts them on the suppression list.

    Raises `wamsg.errors.ConfigError` for an address of another kind and `wamsg.errors.LedgerUnusable` for a file that
    is no ledger or cannot be used.
    """
    if isinstance(address, str):
        _check(address)
    from wamsg.ledger.sqlite import open_sqlite

    return await open_sqlite(address, create=create, durability=durability, stop_words=stop_words)


def holder_of(address: str | Path) -> str | None:
    """Who plans or runs broadcasts there at this moment, for people; None if nobody does.

    Raises as `open_ledger` does.
    """
    if isinstance(address, str):
        _check(address)
    from wamsg.ledger.sqlite.lock import holder

    return holder(Path(address).resolve())


def _check(address: str) -> None:
    # The address is not repeated: it may hold a password.
    if address.startswith(_POSTGRESQL):
        raise ConfigError("ledgers in PostgreSQL are not built yet; name a file", setting="ledger")
    if scheme := _SCHEME.match(address):
        raise ConfigError(f"a ledger is a file or a postgresql:// address, not {scheme[0]}", setting="ledger")
    if not address.strip():
        raise ConfigError("the ledger's address is empty; name a file", setting="ledger")
