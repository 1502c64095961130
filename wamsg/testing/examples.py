"""Examples made of declarations: an argument that its rule takes, an answer that its result class reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, get_args, get_origin, get_type_hints

import attrs

from wamsg.errors import InvalidMessage
from wamsg.model import File
from wamsg.operations import Declaration, Items, Record, Result, Rule

_MOMENT = datetime(2026, 1, 31, 9, tzinfo=UTC)
_PNG, _PDF = File.of(b"\x89PNG\r\n\x1a\n" + bytes(16), "a.png"), File.of(b"%PDF-1.7", "a.pdf")


def example(rule: Rule, name: str = "example", number: int = 7) -> Any:
    """A value that the rule takes, made of ``name`` or ``number`` where that can be, so that few are alike.

    Raises LookupError for a rule that takes nothing of what is known here; it may have an ``example`` of its own.
    """
    own = getattr(rule, "example", None)
    if own is not None:
        return own
    if isinstance(rule, Items):
        return [example(rule.rule, f"{name}{index}", number + index) for index in range(max(rule.least, 2))]
    if isinstance(rule, Record):
        fields = enumerate(rule.fields, number)
        return rule.kind(**{item.name: example(item.rule, item.name, index) for index, item in fields})
    for candidate in (*_words(rule), *_candidates(name, number)):
        try:
            rule.check(name, candidate)
        except InvalidMessage:
            continue
        return candidate
    raise LookupError(f"no example of {name}; give its rule an attribute 'example'")


def _candidates(name: str, number: int) -> tuple[object, ...]:
    return (
        number,
        True,
        name,
        name[:2],
        str(number),
        f"+9198123400{number:02}",
        f"{name}@example.com",
        f"https://example.com/{name}",
        f"#0000{number:02}",
        f"2026-01-31T09:00:{number:02}",
        _MOMENT + timedelta(minutes=number),
        {name: number},
        _PNG,
        _PDF,
    )


def _words(rule: Rule) -> Iterator[object]:
    """The words that a rule itself names: those of a choice, or of what it wraps."""
    for name in ("values", "allowed"):
        yield from getattr(rule, name, ())
    for name in ("rule", "words"):
        if hasattr(rule, name):
            yield from _words(getattr(rule, name))


def arguments(declaration: Declaration, *, required_only: bool = False) -> dict[str, Any]:
    """Good values for all arguments, or for those alone that must be given; pages are left as they are."""
    pages = declaration.paging.arguments if declaration.paging else ()
    return {
        item.name: example(item.rule, item.name, number)
        for number, item in enumerate(declaration.arguments, 7)
        if item.required or not (required_only or item.name in pages)
    }


def answer(kind: Any, name: str = "example", number: int = 7) -> Any:
    """JSON data that is read as ``kind``, a result class or what stands in one, with a value for every field."""
    if isinstance(kind, type) and issubclass(kind, Result):
        hints = get_type_hints(kind)
        names = [item.name for item in attrs.fields(kind) if item.name != "extra"]
        return {item: answer(hints[item], item, number) for number, item in enumerate(names, 7)}
    origin, inner = get_origin(kind), get_args(kind)
    if origin is tuple:
        return [answer(inner[0], name, number)]
    if origin is Mapping:
        return {name: answer(inner[1], name, number)}
    if inner:
        # A union with None.
        return answer(next(member for member in inner if member is not type(None)), name, number)
    return _plain(name, number)[kind]


def _plain(name: str, number: int) -> Mapping[type, object]:
    moment = (_MOMENT + timedelta(minutes=number)).isoformat()
    return {str: name, int: number, float: number / 2, bool: True, datetime: moment, object: name}
