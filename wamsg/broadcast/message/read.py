"""A message from a TOML file: bounded, and every failure a sentence."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import BinaryIO

from wamsg.broadcast.message.template import MessageTemplate
from wamsg.errors import ConfigError

#: In bytes.
LARGEST = 1 << 18
#: The parser's time grows with the square of a dotted name's parts.
_MOST_DOTS = 200
_DOT = re.compile(r"[\w\"'-][ \t]*\.[ \t]*(?=[\w\"'-])")


def read_message(source: Path | BinaryIO, *, files: Path | None = None, name: str | None = None) -> MessageTemplate:
    """The template in ``source``; files are named relative to ``files``, by default the folder that it lies in.

    From a stream no files may be named unless ``files`` is given. Raises `wamsg.errors.ConfigError` if it cannot be
    read as TOML, `wamsg.errors.InvalidMessage` if it is no message.
    """
    name = name or (str(source) if isinstance(source, Path) else "standard input")
    document = _parse(_read(source, name), name)
    if files is None and isinstance(source, Path):
        files = source.parent
    return MessageTemplate.of(document, files=files)


def _read(source: Path | BinaryIO, name: str) -> str:
    try:
        if isinstance(source, Path):
            with source.open("rb") as stream:
                data = stream.read(LARGEST + 1)
        else:
            data = source.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        # ValueError: a path with a NUL character, or a closed standard input.
        why = getattr(error, "strerror", None) or "it is not a file that can be read"
        raise ConfigError(f"cannot read {name}: {why}", setting="message") from error
    if len(data) > LARGEST:
        message = f"{name} is larger than {LARGEST >> 10} KiB; is it the right file?"
        raise ConfigError(message, setting="message")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{name} is not UTF-8 text; save it as UTF-8", setting="message") from error


def _parse(text: str, name: str) -> dict[str, object]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > _MOST_DOTS and len(_DOT.findall(line)) > _MOST_DOTS:
            message = f"{name}: line {number} has more than {_MOST_DOTS} dotted words; break the text into lines"
            raise ConfigError(message, setting="message")
    try:
        return tomllib.loads(text)
    except ValueError as error:
        # Its text names the place and at most one character; or it is about a number with thousands of digits.
        raise ConfigError(f"{name} is not TOML: {error}", setting="message") from error
    except RecursionError as error:
        raise ConfigError(f"{name} is not TOML that can be read: it is nested too deep", setting="message") from error
