"""Recipients as JSON Lines: one object per line."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any, NoReturn

from wamsg.broadcast.audience.guess import ENOUGH
from wamsg.broadcast.audience.layout import Layout
from wamsg.broadcast.audience.mappings import Fields, only_mappings
from wamsg.broadcast.audience.row import Row
from wamsg.broadcast.audience.text import Text
from wamsg.errors import ConfigError


class JsonLines:
    """A `Source` that reads ``text``; the columns are the names in its first objects."""

    def __init__(self, text: Text, layout: Layout) -> None:
        self._fields = Fields(layout, text.name)
        sample = [line for line in text.sample().split("\n") if line.strip()][:ENOUGH]
        if not sample:
            raise ConfigError(f"there is no recipient in {text.name}: it is empty", setting="recipients")
        objects = only_mappings(map(_read, sample))
        if not objects:
            message = f"{text.name} must have one JSON object on each line, such as {{'phone': '+91..'}}"
            raise ConfigError(message.replace("'", '"'), setting="recipients")
        self._fields.learn(objects)
        self.columns = self._fields.columns
        self._lines = enumerate(chain.from_iterable(map(io.StringIO, text.blocks())), 1)

    def use(self, columns: Sequence[str]) -> None:
        """Whose values the rows shall carry."""
        self._fields.use(columns)

    async def read(self, count: int) -> list[Row]:
        """The next rows; off the event loop, as a disk or a pipe may be slow."""
        return await asyncio.to_thread(self.take, count)

    def take(self, count: int) -> list[Row]:
        """The next rows, up to ``count``."""
        return list(islice(self._rows(), count))

    def close(self) -> None:
        """Nothing of its own."""

    def _rows(self) -> Iterator[Row]:
        for line, text in self._lines:
            if text := text.strip():
                yield self._row(line, text)

    def _row(self, line: int, text: str) -> Row:
        document = _read(text)
        if isinstance(document, dict):
            return self._fields.row(line, document)
        why = document if isinstance(document, str) else "this line must be a JSON object"
        return Row(line, text, (), why)


def _read(line: str) -> object:
    """The object on a line; a sentence if it is not JSON; None for any other value."""
    try:
        document = _DECODER.decode(line)
    except json.JSONDecodeError as error:
        return f"this line is not JSON: {error.msg} at character {error.colno}"
    except (ValueError, RecursionError) as error:
        why = "it is nested too deep" if isinstance(error, RecursionError) else error
        return f"this line is not JSON that can be read: {why}"
    return document if isinstance(document, dict) else None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("one name stands twice in it")
    return found


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_number)
