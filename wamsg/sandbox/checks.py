"""What the fields of a fault insist on, said in one way: a `ConfigError` that names the field."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

import attrs

from wamsg.errors import ConfigError

MemberT = TypeVar("MemberT", bound=StrEnum)
Validator = Callable[[Any, "attrs.Attribute[Any]", Any], None]


def member(name: str, choices: type[MemberT], value: object) -> MemberT:
    """One of ``choices``, given as itself or as its text."""
    try:
        return choices(str(value))
    except ValueError:
        raise _wrong(name, f"one of {', '.join(choices)}", value) from None


def text(_instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """None or text that is not empty."""
    if value is not None and (not isinstance(value, str) or not value):
        raise _wrong(attribute.name, "text", value)


def pattern(_instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """None or a regular expression."""
    text(_instance, attribute, value)
    try:
        re.compile(str(value))
    except re.error as error:
        message = f"{attribute.name} is not a regular expression: {error}"
        raise ConfigError(message, setting=attribute.name) from None


def suffix(_instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """None or 1 to 15 digits, as text: a number would lose leading zeros."""
    if value is not None and (not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,15}", value)):
        raise _wrong(attribute.name, 'the last digits of a phone number in quotes, such as "0042"', value)


def flag(_instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """True or False."""
    if not isinstance(value, bool):
        raise _wrong(attribute.name, "true or false", value)


def whole(minimum: int, maximum: int = 2**63) -> Validator:
    """A whole number from ``minimum`` to ``maximum``, or None where that is the default."""
    bound = (
        f"a whole number of {minimum} or more" if maximum == 2**63 else f"a whole number from {minimum} to {maximum}"
    )

    def check(_instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if value is None and attribute.default is None:
            return
        if not isinstance(value, int) or isinstance(value, bool) or not minimum <= value <= maximum:
            raise _wrong(attribute.name, bound, value)

    return check


def number(minimum: float, maximum: float) -> Validator:
    """A finite number from ``minimum`` to ``maximum``, or None where that is the default."""

    def check(_instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if value is None and attribute.default is None:
            return
        good = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not good or not minimum <= value <= maximum:  # type: ignore[operator]  # the line above made it a number
            raise _wrong(attribute.name, f"a number from {minimum:g} to {maximum:g}", value)

    return check


def _wrong(name: str, wanted: str, value: object) -> ConfigError:
    shown = repr(value) if isinstance(value, str | int | float | None) else type(value).__name__
    return ConfigError(f"{name} must be {wanted}, not {shown[:60]}", setting=name)
