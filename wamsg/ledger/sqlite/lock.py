"""One running process per ledger: a lock file beside it, which the kernel frees when its holder dies."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from wamsg.errors import ConfigError, LedgerBusy, LedgerUnusable

_GUARDS: Final = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
_FLAGS: Final = os.O_RDWR | os.O_CREAT | _GUARDS


class FileLock:
    """``flock`` on ``<ledger>.lock``; two locks in one process exclude each other too. The file stays for the next."""

    def __init__(self, ledger: Path) -> None:
        self._ledger = ledger
        self._path = ledger.with_name(f"{ledger.name}.lock")
        self._file: int | None = None

    @property
    def held(self) -> bool:
        """Whether it is ours."""
        return self._file is not None

    def acquire(self) -> None:
        """Take it or raise at once: `LedgerBusy` if another holds it, `ConfigError` where files have no locks."""
        try:
            from fcntl import LOCK_EX, LOCK_NB, flock
        except ImportError:
            message = "this system has no fcntl, so nothing would keep two processes from sending from one ledger file"
            raise ConfigError(f"{message}; use a postgresql:// ledger", setting="ledger") from None
        try:
            file = os.open(self._path, _FLAGS, 0o600)
        except OSError as error:
            raise LedgerUnusable(f"the lock file {self._path} cannot be opened: {error.strerror}") from error
        try:
            flock(file, LOCK_EX | LOCK_NB)
            _sign(file)
        except BlockingIOError:
            holder = _signature(file)
            os.close(file)
            raise LedgerBusy(f"{holder} plans or runs broadcasts on the ledger {self._ledger}") from None
        except OSError as error:
            os.close(file)
            raise LedgerUnusable(f"the lock file {self._path} cannot be locked: {error.strerror}") from error
        self._file = file

    def release(self) -> None:
        """Give it back; harmless if it is not held."""
        file, self._file = self._file, None
        if file is not None:
            os.close(file)


def holder(ledger: Path) -> str | None:
    """Who plans or runs broadcasts on ``ledger`` at this moment, for people; None if nobody does.

    Raises `LedgerUnusable` if the lock file cannot be read.
    """
    try:
        from fcntl import LOCK_NB, LOCK_SH, flock
    except ImportError:
        # Nobody can run there.
        return None
    path = ledger.with_name(f"{ledger.name}.lock")
    try:
        file = os.open(path, os.O_RDONLY | _GUARDS)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LedgerUnusable(f"the lock file {path} cannot be opened: {error.strerror}") from error
    try:
        flock(file, LOCK_SH | LOCK_NB)
    except BlockingIOError:
        return _signature(file)
    finally:
        os.close(file)
    return None


def _sign(file: int) -> None:
    """Whose it is, for the other one's error."""
    os.fchmod(file, 0o600)
    os.ftruncate(file, 0)
    os.pwrite(file, str(os.getpid()).encode(), 0)


def _signature(file: int) -> str:
    text = os.pread(file, 20, 0).decode("ascii", "replace")
    return f"another process (pid {text})" if text.isdigit() else "another process"
