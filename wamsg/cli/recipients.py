"""Whom a message is for, from ``--to`` and ``--to-file``."""

from __future__ import annotations

import sys
from pathlib import Path

from wamsg.cli.reading import LARGE, read_text
from wamsg.errors import ConfigError


def gather(to: str | None, file: Path | None) -> list[str]:
    """Every recipient in order, unchecked: the comma-separated ones of ``to``, then the lines of ``file``.

    Raises `ConfigError` if there is none.
    """
    found = [piece.strip() for piece in (to or "").split(",") if piece.strip()]
    if file is not None:
        text = (
            read_text(sys.stdin.buffer, "standard input", limit=LARGE)
            if str(file) == "-"
            else read_text(file, str(file), limit=LARGE)
        )
        found += [line.strip() for line in text.splitlines() if line.strip()]
    if not found:
        where = f"{file} holds no number" if file is not None else "there is no recipient"
        raise ConfigError(f'{where}; name one with --to "+91..,+91.." or --to-file FILE', setting="to")
    return found
