"""What every value of the model insists on, said in one way: an `InvalidMessage` that names the field.

Limits of a provider (caption 1024 and the like) are the drivers' business; they use `at_most` too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sized
from typing import Any, TypeVar
from urllib.parse import urlsplit

import attrs

from wamsg.errors import InvalidMessage

Validator = Callable[[Any, "attrs.Attribute[Any]", Any], None]
T = TypeVar("T")

#: Control characters and the two separators that end a line without being one.
_BREAKS = frozenset({"Cc", "Zl", "Zp"})


def at_most(name: str, value: Sized, limit: int, unit: str = "characters") -> None:
    """Raise if ``value`` is longer than ``limit``; the error carries field, limit and the actual length."""
    if len(value) > limit:
        message = f"{name} has {len(value)} {unit}; at most {limit} are allowed"
        raise InvalidMessage(message, field=name, limit=limit, actual=len(value))


def check_text(name: str, value: object) -> str:
    """A non-empty string that can be written as UTF-8."""
    if not isinstance(value, str):
        raise InvalidMessage(f"{name} must be text, not {type(value).__name__}", field=name)
    if not value.strip():
        raise InvalidMessage(f"{name} must not be empty", field=name)
    try:
        value.encode()
    except UnicodeEncodeError:
        # Half a surrogate pair, as a cut-off JSON escape leaves behind.
        raise InvalidMessage(f"{name} holds characters that are not valid Unicode text", field=name) from None
    return value


def check_line(name: str, value: object) -> str:
    """A non-empty string without control characters: safe in headers, addresses and form fields."""
    text = check_text(name, value)
    # What is printable has no breaks; only the rest is worth looking at one by one.
    if not text.isprintable() and any(unicodedata.category(character) in _BREAKS for character in text):
        raise InvalidMessage(f"{name} must not hold line breaks or control characters", field=name)
    return text


def check_url(name: str, value: object) -> str:
    """An absolute http(s) address."""
    text = check_line(name, value)
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise InvalidMessage(f"{name} is not an address", field=name) from None
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname or any(c.isspace() for c in text):
        raise InvalidMessage(f"{name} must be an address that starts with https:// or http://", field=name)
    return text


def _field(check: Callable[[str, Any], object]) -> Validator:
    def validate(instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
        check(f"{type(instance).__name__.lower()}.{attribute.name}", value)

    return validate


def _optional(validator: Validator) -> Validator:
    def validate(instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if value is not None:
            validator(instance, attribute, value)

    return validate


def _check_flag(name: str, value: object) -> None:
    if not isinstance(value, bool):
        raise InvalidMessage(f"{name} must be true or false, not {type(value).__name__}", field=name)


def _check_lines(name: str, values: tuple[object, ...]) -> None:
    for index, value in enumerate(values):
        check_line(f"{name}[{index}]", value)


#: Validators for attrs fields.
text = _field(check_text)
line = _field(check_line)
lines = _field(_check_lines)
url = _field(check_url)
flag = _field(_check_flag)
optional_text = _optional(text)
optional_line = _optional(line)
optional_url = _optional(url)


def number(minimum: float, maximum: float) -> Validator:
    """An int or float (not a bool, not NaN) from ``minimum`` to ``maximum``."""

    def check(name: str, value: object) -> None:
        good = isinstance(value, int | float) and not isinstance(value, bool)
        if not good or not minimum <= value <= maximum:  # type: ignore[operator]  # the line above made it a number
            raise InvalidMessage(f"{name} must be a number from {minimum:g} to {maximum:g}", field=name)

    return _field(check)


def one_of(*types: type) -> Validator:
    """An instance of one of ``types``."""

    def check(name: str, value: object) -> None:
        if not isinstance(value, types):
            wanted = " or ".join(kind.__name__ for kind in types)
            raise InvalidMessage(f"{name} must be {wanted}, not {type(value).__name__}", field=name)

    complain = _field(check)

    def validate(instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
        # The good case first: making the field's name costs more than looking at the value.
        if not isinstance(value, types):
            complain(instance, attribute, value)

    return validate


def optional_one_of(*types: type) -> Validator:
    """None or an instance of one of ``types``."""
    return _optional(one_of(*types))


def items(*types: type, minimum: int = 1) -> Validator:
    """A tuple of at least ``minimum`` instances of ``types``."""

    def check(name: str, value: object) -> None:
        if not isinstance(value, tuple) or len(value) < minimum:
            raise InvalidMessage(f"{name} must be a sequence of at least {minimum}", field=name)
        for index, item in enumerate(value):
            if not isinstance(item, types):
                wanted = " or ".join(kind.__name__ for kind in types)
                message = f"{name}[{index}] must be {wanted}, not {type(item).__name__}"
                raise InvalidMessage(message, field=name)

    return _field(check)


def as_tuple(value: object) -> object:
    """Lists become tuples so that values stay frozen; anything else is left for the validator to judge."""
    return tuple(value) if isinstance(value, list | tuple) else value
