"""How this library opens a SQLite file, and how SQLite's errors become sentences."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Final, Literal

from wamsg.errors import LedgerBusy, LedgerUnusable

#: ``disk`` survives a power cut; ``process`` only the death of the process: a power cut may take the last commits.
Durability = Literal["disk", "process"]

#: STRICT tables came with it, in November 2021.
MINIMUM: Final = (3, 37, 0)
#: Milliseconds to wait for another process's transaction; ours take a fraction of one second.
_PATIENCE: Final = 30_000
#: KiB of pages kept in memory: loading in the order of the input touches the index of addresses all over.
_CACHE, _READER_CACHE = 32 * 1024, 8 * 1024
#: Pages written to the write-ahead log between two checkpoints: 16 MB.
_CHECKPOINT: Final = 4000

_SENTENCES: Final = {
    sqlite3.SQLITE_FULL: "cannot be written: the disk is full",
    sqlite3.SQLITE_READONLY: "cannot be written: the file or its folder is read-only",
    sqlite3.SQLITE_PERM: "cannot be written: the file or its folder is read-only",
    sqlite3.SQLITE_BUSY: "is kept busy by another process",
    sqlite3.SQLITE_LOCKED: "is kept busy by another process",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened: the file or its folder may not be written",
    sqlite3.SQLITE_IOERR: "cannot be read or written: the disk reports an error",
}


def connect(path: Path, durability: Durability | None = None) -> sqlite3.Connection:
    """A connection in autocommit mode, for use by one thread at a time; to read only if there is no ``durability``."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
    try:
        connection.execute(f"PRAGMA busy_timeout = {_PATIENCE}")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute(f"PRAGMA cache_size = -{_CACHE if durability else _READER_CACHE}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT}")
        connection.execute(f"PRAGMA synchronous = {'NORMAL' if durability == 'process' else 'FULL'}")
        _keep_log(path, connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _keep_log(path: Path, connection: sqlite3.Connection) -> None:
    (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    if mode != "wal":
        raise LedgerUnusable(f"the ledger {path} lies on a file system that cannot keep a write-ahead log")


def statement(name: str) -> str:
    """The text of ``sql/<name>.sql``."""
    return resources.files(__package__).joinpath("sql", f"{name}.sql").read_text("utf-8")


def is_busy(error: Exception) -> bool:
    """Whether another process did not let go in time, so that nothing is wrong with the file."""
    return _kind(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def unusable(path: Path, error: Exception) -> LedgerBusy | LedgerUnusable:
    """``error``, met while reading or writing, as one sentence."""
    # SQLite quotes from the file what it could not make sense of.
    sentence = _SENTENCES.get(_kind(error), f"is damaged: {' '.join(str(error).split())[:100]}")
    return (LedgerBusy if is_busy(error) else LedgerUnusable)(f"the ledger {path} {sentence}")


def _kind(error: Exception) -> int:
    # The low byte is the kind; the rest says more closely which.
    return int(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)) & 0xFF


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn SQLite's errors, and text in it that cannot be what we wrote, into `LedgerBusy` and `LedgerUnusable`."""
    try:
        yield
    except (sqlite3.Error, ValueError) as error:
        raise unusable(path, error) from error
