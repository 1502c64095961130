"""A message's table with its placeholders found: what may hold one, and what is filled in for each row."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from attrs import frozen

from wamsg.broadcast.message.placeholder import Pattern, Values, parse
from wamsg.errors import InvalidMessage

_DEEPEST = 32
#: Beyond what any field takes; longer ones Python refuses to write.
_LARGEST = 10**18
#: Fields of content that are numbers: a placeholder may stand there as text, alone.
_DEGREES = frozenset({"latitude", "longitude"})
_AMOUNT = "amount_1000"
_DECIMAL = re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{1,20})?").fullmatch
_WHOLE = re.compile(r"[+-]?[0-9]{1,16}").fullmatch


@frozen
class Slot:
    """A text with placeholders and the name of the field that it is for; ``free`` where any JSON may stand."""

    pattern: Pattern
    field: str
    free: bool = False

    @property
    def number(self) -> type[int | float] | None:
        """What kind of number the filled text becomes, if it does."""
        if self.free:
            return None
        return float if self.field in _DEGREES else int if self.field == _AMOUNT else None

    def compile(self, columns: tuple[str, ...]) -> Callable[[Values], object]:
        """The function that makes the field's value; it raises `InvalidMessage` for values that do not fit."""
        fill = self.pattern.compile(columns)
        if self.number is not None:
            kind, good = self.number, _WHOLE if self.number is int else _DECIMAL
            return lambda values: kind(_checked(fill(values), good, self.field))
        if self.field == "file" and not self.free:
            return lambda values: _relative(fill(values))
        return fill


def read_document(document: object, *, free: bool = False) -> Any:
    """``document`` with a `Slot` for each text that has placeholders; all else as it is.

    ``free`` is for tables whose fields have no meaning here. Raises `InvalidMessage` for placeholders where none may
    stand, for what JSON cannot hold, and for a document without bottom.
    """
    return _read(document, "", free, _DEEPEST)


def slots(document: object) -> Iterator[Slot]:
    """Every slot, in the order of the document."""
    if isinstance(document, Slot):
        yield document
    elif isinstance(document, dict | list):
        for item in document.values() if isinstance(document, dict) else document:
            yield from slots(item)


def swap(document: Any, put: Callable[[Slot], object]) -> Any:
    """A copy of ``document`` with what ``put`` gives for each slot."""
    if isinstance(document, Slot):
        return put(document)
    if isinstance(document, dict):
        return {name: swap(item, put) for name, item in document.items()}
    return [swap(item, put) for item in document] if isinstance(document, list) else document


def _read(value: object, name: str, free: bool, depth: int) -> object:  # noqa: FBT001 -- private
    if not depth:
        raise InvalidMessage("the message is nested too deep", field="message")
    if isinstance(value, Mapping):
        # What a flow's screen starts with is the flow's own; nothing here knows its fields.
        loose = {"data"} if value.get("type") == "flow" else ()
        return {key: _read(item, _name(key), free or key in loose, depth - 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_read(item, name, free, depth - 1) for item in value]
    if isinstance(value, str):
        return _text(value, name, free)
    if value is None or isinstance(value, bool) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if isinstance(value, int) and abs(value) < _LARGEST:
        return value
    message = f"{name or 'the message'} must be text, a number, true or false, a list or a table"
    raise InvalidMessage(message, field=name or "message")


def _name(key: object) -> str:
    if not isinstance(key, str):
        raise InvalidMessage("every name in a table must be text", field="message")
    if "{" in key or "}" in key:
        message = f"{key[:40]!r} is a name, and names hold no placeholders; put them into values"
        raise InvalidMessage(message, field="message")
    return key


def _text(value: str, name: str, free: bool) -> object:  # noqa: FBT001 -- private
    try:
        parsed = parse(value)
    except InvalidMessage as error:
        raise InvalidMessage(f"{name}: {error}", field=name) from None
    if isinstance(parsed, str):
        return parsed
    if name == "type" and not free:
        raise InvalidMessage("type holds no placeholders: all recipients get the same kind of message", field=name)
    return Slot(parsed, name, free)


def _checked(text: str, good: Callable[[str], object], field: str) -> str:
    text = text.strip()
    if not good(text):
        kind = "a whole number" if good is _WHOLE else "a number such as 12.9716"
        raise InvalidMessage(f"{field} must be {kind}", field=field)
    return text


def _relative(path: str) -> str:
    # Either kind of path: a list made on one system is read on the other.
    if PurePosixPath(path).is_absolute() or PureWindowsPath(path).anchor:
        raise InvalidMessage("file must be a path below the allowed folder, not an absolute one", field="file")
    return path
