"""Whether the files that are written to still have their names; without them, what was written is lost to everyone."""

from __future__ import annotations

from pathlib import Path

from wamsg.errors import LedgerUnusable


class Names:
    """Of the ledger and of its log, as they were when it was opened.

    An open file can be written to after it was removed. Whoever comes next would not find it, and would send to
    everyone in it once more (https://www.sqlite.org/howtocorrupt.html, 2.5).
    """

    def __init__(self, ledger: Path) -> None:
        """The log is there as soon as anything was read or written, for as long as one process has it open."""
        self._ledger = ledger
        self._known = {path: self._identity(path) for path in (ledger, Path(f"{ledger}-wal"))}

    def check(self) -> None:
        """Raise `LedgerUnusable` unless each name still leads to the same file."""
        for path, identity in self._known.items():
            if self._identity(path) != identity:
                raise LedgerUnusable(f"the ledger {self._ledger} was replaced while it was in use")

    def _identity(self, path: Path) -> tuple[int, int]:
        try:
            facts = path.stat()
        except OSError as error:
            message = f"the ledger {self._ledger} was removed while it was in use: {error.strerror}"
            raise LedgerUnusable(message) from error
        return facts.st_dev, facts.st_ino
