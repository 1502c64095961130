"""Files that hold personal data: whole or not there, readable by their owner only, never in the place of another."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from wamsg.errors import ConfigError

# https://www.sqlite.org/fileformat.html, section 1.3: losing a ledger means not knowing who was messaged.
_LEDGER = b"SQLite format 3\x00"


def check_place(path: Path, *, setting: str, mark: str, overwrite: bool = False) -> None:
    """Raise `ConfigError` (naming ``setting``) unless a report may be written to ``path``.

    What stands there already must be an ordinary file that begins with ``mark`` (a byte order mark before it is
    fine), or an empty one; ``overwrite`` allows any ordinary file but a ledger.
    """
    try:
        if not path.parent.is_dir():
            raise _refusal(setting, f"{path.parent} is no folder; make it first")
        found = path.lstat()
        if stat.S_ISLNK(found.st_mode):
            raise _refusal(setting, f"{path} is a symbolic link; name the file itself")
        if not stat.S_ISREG(found.st_mode):
            raise _refusal(setting, f"{path} is not an ordinary file")
        _check_contents(path, setting, mark, overwrite=overwrite)
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise _refusal(setting, f"{path} cannot be written: {_why(error)}") from error


@contextmanager
def replacing(path: Path, *, setting: str) -> Iterator[TextIO]:
    r"""A text file (UTF-8, line ends as written) that takes the place of ``path`` once the block ends well.

    If it does not, or the disk does not take it, ``path`` stays as it was and nothing else is left. Raises
    `ConfigError` for what the operating system refuses. Characters that are no valid text are written as ``\udc80``.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".wamsg-report-")
    except (OSError, ValueError) as error:
        raise _refusal(setting, f"{path} cannot be written: {_why(error)}") from error
    try:
        # "mkstemp" makes the file new, never through a link, and readable by its owner only.
        with open(handle, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:  # noqa: PTH123 -- a handle
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)  # noqa: PTH105 -- "name" is text
    except OSError as error:
        raise _refusal(setting, f"{path} cannot be written: {_why(error)}") from error
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)  # noqa: PTH108 -- "name" is text


def _check_contents(path: Path, setting: str, mark: str, *, overwrite: bool) -> None:
    wanted = mark.encode()
    with path.open("rb") as file:
        begin = file.read(max(len(wanted), len(_LEDGER)) + 3)
    if begin.startswith(_LEDGER):
        raise _refusal(setting, f"{path} is a database, perhaps the ledger itself; name another file")
    ours = begin.removeprefix(b"\xef\xbb\xbf").startswith(wanted)
    if begin and not ours and not overwrite:
        raise _refusal(setting, f"{path} is there already and is no such report; name another file")


def _refusal(setting: str, sentence: str) -> ConfigError:
    return ConfigError(sentence, setting=setting)


def _why(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
