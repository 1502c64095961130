"""Reading what a user names: bounded, as UTF-8, and every failure a sentence that says what to change."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import BinaryIO

from wamsg.errors import ConfigError

#: In bytes; settings and messages are small, and a wrong path must not fill the memory.
SMALL = 1 << 20
#: In bytes; some ten million numbers. Longer lists are a broadcast's business.
LARGE = 256 << 20


def read_text(source: Path | BinaryIO, name: str, *, limit: int = SMALL) -> str:
    """All of ``source`` as UTF-8, with or without a byte-order mark; ``name`` is what messages call it.

    Raises `ConfigError` if it cannot be read, has more than ``limit`` bytes or is not UTF-8.
    """
    try:
        if isinstance(source, Path):
            with source.open("rb") as stream:
                data = stream.read(limit + 1)
        else:
            data = source.read(limit + 1)
    except (OSError, ValueError) as error:
        # ValueError: a path with a NUL character, or a closed standard input.
        why = getattr(error, "strerror", None) or "it is not a file that can be read"
        raise ConfigError(f"cannot read {name}: {why}") from error
    if len(data) > limit:
        raise ConfigError(f"{name} is larger than {limit >> 20} MiB; is it the right file?")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{name} is not UTF-8 text; save it as UTF-8") from error


def read_json(text: str, name: str) -> object:
    """``text`` as JSON; `ConfigError` says the line."""
    try:
        document: object = json.loads(text)
    except json.JSONDecodeError as error:
        raise ConfigError(f"{name} is not JSON: line {error.lineno}, column {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise ConfigError(f"{name} is not JSON that can be read: it is nested too deep") from error
    except ValueError as error:
        # Python reads no whole number of more than 4300 digits.
        raise ConfigError(f"{name} is not JSON that can be read: it holds a number that is too long") from error
    return document


def read_toml(text: str, name: str) -> dict[str, object]:
    """``text`` as TOML; `ConfigError` says the line."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # Its text names the place and at most one character, never the line itself, which may hold a secret.
        raise ConfigError(f"{name} is not TOML: {error}") from error
    except RecursionError as error:
        raise ConfigError(f"{name} is not TOML that can be read: it is nested too deep") from error
