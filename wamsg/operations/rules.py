"""What one argument may be: each rule checks a value, gives what goes on the wire, and says in words what it takes.

Rules are data too: help texts, the sandbox and generated tests read their bounds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol, TypeAlias

from attrs import frozen

from wamsg.errors import InvalidMessage, InvalidRecipient
from wamsg.model import File, PhoneNumber
from wamsg.model.checks import at_most, check_line, check_text, check_url
from wamsg.wire import Upload

#: What a rule gives: JSON data, or a file for a form.
Wire: TypeAlias = object
_WIDEST = 2**63 - 1
_DEEPEST = 32


class Rule(Protocol):
    """What every rule can do."""

    @property
    def says(self) -> str:
        """What it takes, for people: ``text of at most 255 characters``."""
        ...

    def check(self, name: str, value: object) -> Wire:
        """``value`` as it goes on the wire; raises `wamsg.errors.InvalidMessage` whose field is ``name``."""
        ...


@frozen
class Text:
    """Text that is not empty, of at most ``most`` characters; line breaks only where ``lines`` allows them."""

    most: int | None = None
    least: int = 1
    lines: bool = False
    #: A regular expression for the whole of it.
    pattern: str | None = None

    @property
    def says(self) -> str:
        """In words."""
        bounds = f" of at most {self.most} characters" if self.most is not None else ""
        return f"text{bounds}" if self.pattern is None else f"text{bounds} that fits {self.pattern}"

    def check(self, name: str, value: object) -> str:
        """The text itself."""
        text = check_text(name, value) if self.lines else check_line(name, value)
        if self.most is not None:
            at_most(name, text, self.most)
        if len(text) < self.least:
            message = f"{name} has {len(text)} characters; at least {self.least} are needed"
            raise InvalidMessage(message, field=name, limit=self.least, actual=len(text))
        if self.pattern is not None and not re.fullmatch(self.pattern, text):
            raise InvalidMessage(f"{name} must fit {self.pattern}", field=name)
        return text


@frozen
class Whole:
    """A whole number from ``least`` to ``most``; by default an id."""

    least: int = 1
    most: int = _WIDEST

    @property
    def says(self) -> str:
        """In words."""
        return f"whole number from {self.least} {'up' if self.most == _WIDEST else f'to {self.most}'}"

    def check(self, name: str, value: object) -> int:
        """The number itself."""
        if not isinstance(value, int) or isinstance(value, bool) or not self.least <= value <= self.most:
            raise InvalidMessage(f"{name} must be a {self.says}", field=name)
        return value


@frozen
class Flag:
    """True or false."""

    says = "true or false"

    def check(self, name: str, value: object) -> bool:
        """The flag itself."""
        if not isinstance(value, bool):
            raise InvalidMessage(f"{name} must be true or false, not {type(value).__name__}", field=name)
        return value


@frozen
class Choice:
    """One of ``values``; what ``Literal[...]`` stands for."""

    values: tuple[str, ...]

    @property
    def says(self) -> str:
        """In words."""
        return f"one of {', '.join(self.values)}"

    def check(self, name: str, value: object) -> str:
        """The value itself."""
        if not isinstance(value, str) or value not in self.values:
            raise InvalidMessage(f"{name} must be {self.says}", field=name)
        return value


@frozen
class Moment:
    """A point in time: a datetime with its zone, or the same as ISO 8601 text."""

    says = "date and time with its zone, such as 2026-01-31T09:00:00+00:00"

    def check(self, name: str, value: object) -> str:
        """ISO 8601 with the offset, such as ``2026-01-31T09:00:00+00:00``."""
        moment = value if isinstance(value, datetime) else _read_moment(value)
        if moment is None or moment.utcoffset() is None:
            raise InvalidMessage(f"{name} must be a {self.says}", field=name)
        return moment.isoformat()


def _read_moment(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


@frozen
class Phone:
    """A phone number with its country code, as people type it."""

    says = "phone number with its country code"

    def check(self, name: str, value: object) -> str:
        """E.164, with the plus sign."""
        if isinstance(value, PhoneNumber):
            return value.e164
        try:
            return PhoneNumber.parse(value).e164  # type: ignore[arg-type]  # it judges what is no text
        except InvalidRecipient as error:
            raise InvalidMessage(f"{name}: {error}", field=name, limit=error.limit, actual=error.actual) from None


@frozen
class Link:
    """An ``https://`` or ``http://`` address."""

    most: int | None = None
    says = "address that starts with https:// or http://"

    def check(self, name: str, value: object) -> str:
        """The address itself."""
        text = check_url(name, value)
        if self.most is not None:
            at_most(name, text, self.most)
        return text


@frozen
class Attachment:
    """A local file of at most ``most`` bytes and, where ``types`` are named, of one of these MIME types."""

    most: int | None = None
    types: tuple[str, ...] = ()

    @property
    def says(self) -> str:
        """In words."""
        size = "" if self.most is None else f" of at most {self.most} bytes"
        return f"file{size}, {' or '.join(self.types)}" if self.types else f"file{size}"

    def check(self, name: str, value: object) -> Upload:
        """A part of a form; its bytes are read when they are sent."""
        if not isinstance(value, File):
            raise InvalidMessage(f"{name} must be a wamsg.File, not {type(value).__name__}", field=name)
        if self.most is not None and value.size > self.most:
            message = f"{name} has {value.size} bytes; at most {self.most} are allowed"
            raise InvalidMessage(message, field=name, limit=self.most, actual=value.size)
        if self.types and value.type.mime not in self.types:
            raise InvalidMessage(f"{name} is {value.type.mime}; it must be a {self.says}", field=name)
        return Upload(name=value.name, content_type=value.type.mime, size=value.size, path=value.path, data=value.data)


@frozen
class Document:
    """A JSON object whose inside is the provider's business."""

    says = "JSON object"

    def check(self, name: str, value: object) -> dict[str, object]:
        """A copy of it, in which everything is JSON."""
        if not isinstance(value, Mapping):
            raise InvalidMessage(f"{name} must be a JSON object, not {type(value).__name__}", field=name)
        return {check_text(f"{name}: a name", key): _json(f"{name}.{key}", item, 1) for key, item in value.items()}


def _json(name: str, value: object, depth: int) -> object:
    if depth > _DEEPEST:
        raise InvalidMessage(f"{name[:200]} is nested more than {_DEEPEST} deep", field=name)
    if isinstance(value, Mapping):
        return {
            check_text(f"{name}: a name", key): _json(f"{name}.{key}", item, depth + 1) for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_json(f"{name}[{index}]", item, depth + 1) for index, item in enumerate(value)]
    if isinstance(value, str):
        return check_text(name, value) if value.strip() else value
    if isinstance(value, int) and -_WIDEST <= value <= _WIDEST:
        return value
    if value is None or (isinstance(value, float) and value == value and abs(value) != float("inf")):  # noqa: PLR0124 -- NaN
        return value
    raise InvalidMessage(f"{name} holds what JSON cannot: {type(value).__name__}", field=name)
