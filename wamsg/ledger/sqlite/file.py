"""The ledger's file: found, judged by its first bytes before SQLite touches it, or created whole and private."""

from __future__ import annotations

import os
import secrets
import sqlite3
import stat
import tempfile
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from wamsg.errors import LedgerUnusable
from wamsg.ledger.sqlite.connection import MINIMUM, statement

#: In every ledger's header, so that no other program's database is taken for one: "wamL".
APPLICATION: Final = 0x77616D4C
#: Of the schema. A file of a newer one is left alone.
VERSION: Final = 1

#: How the name ends under which a ledger is written before it gets its own.
_DRAFT: Final = ".new"
_MAGIC: Final = b"SQLite format 3\0"
# https://www.sqlite.org/fileformat.html: write and read version, user version, application id.
_JOURNAL, _USER_VERSION, _APPLICATION, _HEADER = slice(18, 20), slice(60, 64), slice(68, 72), 100


def find(path: str | Path, *, create: bool) -> Path:
    """The real path of a file that is a ledger of this version; a new one if there is none and ``create`` says so.

    Raises `wamsg.errors.LedgerUnusable` for anything else; nothing that exists is ever written over.
    """
    if sqlite3.sqlite_version_info < MINIMUM:
        wanted = ".".join(map(str, MINIMUM[:2]))
        raise LedgerUnusable(f"this Python brings SQLite {sqlite3.sqlite_version}; a ledger needs {wanted} or newer")
    try:
        real = Path(path).resolve()
        if create and not os.path.lexists(path):
            _create(real)
        _judge(real, Path(path))
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise LedgerUnusable(f"the ledger {path} cannot be opened: {reason}") from error
    return real


def _judge(real: Path, given: Path) -> None:
    if not real.exists():
        broken = "is a link to nothing" if given.is_symlink() else "does not exist"
        raise LedgerUnusable(f"the ledger {given} {broken}")
    if not stat.S_ISREG(real.stat().st_mode):
        raise LedgerUnusable(f"{given} is no file, so it is no ledger")
    _drop_draft_names(real)
    if real.stat().st_nlink > 1:
        # https://www.sqlite.org/howtocorrupt.html, 2.4: each name has its own log. And each would have its own lock.
        raise LedgerUnusable(f"the ledger {given} has a second name (a hard link); remove one of them")
    with real.open("rb") as stream:
        header = stream.read(_HEADER)
    if not header:
        raise LedgerUnusable(f"{given} is empty: it is no ledger, or one that was cut off; name another file")
    if not header.startswith(_MAGIC[: len(header)]):
        raise LedgerUnusable(f"{given} is no ledger; name another file")
    if len(header) < _HEADER:
        raise LedgerUnusable(f"the ledger {given} is damaged: it was cut off")
    if int.from_bytes(header[_APPLICATION], "big") != APPLICATION:
        raise LedgerUnusable(f"{given} is a database of another program; name another file")
    version = int.from_bytes(header[_USER_VERSION], "big")
    if version > VERSION:
        raise LedgerUnusable(f"the ledger {given} was written by a newer wamsg (format {version}); use that one")
    if version < VERSION:
        raise LedgerUnusable(f"the ledger {given} is damaged: there is no format {version}")


def _drop_draft_names(real: Path) -> None:
    """Finish what `_create` of another process is about to do, or did not live to do: only its own name stays."""
    if real.stat().st_nlink == 1:
        return
    for draft in real.parent.iterdir():
        if draft.name.startswith(_draft_prefix(real)) and draft.name.endswith(_DRAFT):
            with suppress(FileNotFoundError):
                if draft.samefile(real):
                    draft.unlink()


def _draft_prefix(path: Path) -> str:
    return f".{path.name[:100]}."


def _create(path: Path) -> None:
    """Write it beside its place and link it there, so that a kill leaves a whole ledger or none."""
    if not path.parent.is_dir():
        raise LedgerUnusable(f"there is no folder {path.parent} for the ledger {path.name}")
    handle, name = tempfile.mkstemp(_DRAFT, _draft_prefix(path), path.parent)
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            # Whatever the umask; SQLite gives the files beside it the same mode.
            os.fchmod(stream.fileno(), 0o600)
            stream.write(_image())
            stream.flush()
            os.fsync(stream.fileno())
        _publish(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _publish(fresh: Path, path: Path) -> None:
    try:
        os.link(fresh, path)
    except FileExistsError:
        return  # Another process was faster; whatever it made is judged like any file.
    except OSError:
        # A file system without hard links: reserve the name, then replace our own empty file.
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            return
        fresh.replace(path)


def _image() -> bytes:
    """An empty ledger, in write-ahead mode from its first byte on."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(statement("schema"))
        connection.execute("INSERT INTO meta VALUES (?)", (secrets.token_bytes(32),))
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.commit()
        image = bytearray(connection.serialize())
    image[_JOURNAL] = b"\2\2"
    return bytes(image)


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
