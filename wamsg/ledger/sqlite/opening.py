"""From a path to an open ledger, away from the event loop."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from wamsg.errors import LedgerUnusable
from wamsg.ledger.optout import STOP_WORDS, OptOuts
from wamsg.ledger.sqlite import lanes
from wamsg.ledger.sqlite.connection import Durability, connect, translated
from wamsg.ledger.sqlite.file import find
from wamsg.ledger.sqlite.names import Names
from wamsg.ledger.sqlite.store import SqliteLedger
from wamsg.ledger.sqlite.writer import Writer
from wamsg.pipeline.pace import Learnt

_Opened = tuple[Path, Names, sqlite3.Connection, sqlite3.Connection, bytes, dict[str, Learnt]]


async def open_sqlite(
    path: str | Path, *, create: bool, durability: Durability = "disk", stop_words: str | Iterable[str] = STOP_WORDS
) -> SqliteLedger:
    """Open a ledger, or make a new one where there is none and ``create`` says so; the caller closes it.

    A new file is readable by its owner alone. ``durability="process"`` leaves out the sync at each commit: it is
    faster on slow disks, but a power cut may lose the last intents, and those people may be messaged twice.
    Who writes nothing but one of ``stop_words`` is suppressed.
    Raises `wamsg.errors.LedgerUnusable` if it is torn, foreign, of a newer version, or cannot be written.
    """
    thread = ThreadPoolExecutor(1, "wamsg-ledger-reader")
    loop = asyncio.get_running_loop()
    try:
        opened = await loop.run_in_executor(thread, partial(_open, path, create, durability))
    except BaseException:
        thread.shutdown(wait=False)
        raise
    real, names, writing, reader, secret, known = opened
    return SqliteLedger(
        real,
        names=names,
        secret=secret,
        lanes=known,
        writer=Writer(real, writing, loop),
        opt_outs=OptOuts(stop_words),
        reader=reader,
        thread=thread,
    )


def _open(path: str | Path, create: bool, durability: Durability) -> _Opened:  # noqa: FBT001 -- run by an executor, which passes no keywords
    real = find(path, create=create)
    with translated(real):
        writing = connect(real, durability)
        try:
            # A write that changes nothing says at once that the file or its folder is read-only.
            writing.execute("BEGIN IMMEDIATE")
            writing.execute("UPDATE meta SET secret = secret")
            writing.execute("ROLLBACK")
            reader = connect(real)
            try:
                secret, known = _secret(real, reader), lanes.read(reader)
                return (real, Names(real), writing, reader, secret, known)
            except BaseException:
                reader.close()
                raise
        except BaseException:
            writing.close()
            raise


def _secret(path: Path, connection: sqlite3.Connection) -> bytes:
    row = connection.execute("SELECT secret FROM meta").fetchone()
    if row is None:
        raise LedgerUnusable(f"the ledger {path} is damaged: its secret is gone")
    return bytes(row[0])
