"""A message as people read it before it is sent: a few lines, safe on a terminal, numbers masked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from wamsg.broadcast.message.template import MessageTemplate
from wamsg.codec import content_to_dict
from wamsg.ledger import Recipient
from wamsg.model import Content, PhoneNumber, Template, Text

#: In characters, per line; and lines per text.
_WIDEST, _MOST_LINES = 200, 12
#: Invisible, but they join emoji and letters of many scripts; everything else invisible is shown as its code.
_JOINERS = frozenset("\u200c\u200d")
#: What stands under a heading of its own.
_HEADINGS = {"text": "Text", "list": "List of choices", "cta": "Link button"}
_INDENT = "  "


def examples(template: MessageTemplate, recipients: Iterable[Recipient], *, count: int = 3) -> list[str]:
    """The messages that the first ``count`` of ``recipients`` will get, each as some lines of text.

    Raises `wamsg.errors.InvalidMessage` for a recipient whose values the message cannot hold.
    """
    return [
        describe(template.render(one.values), template.provider_options(one.values), to=PhoneNumber(f"+{one.address}"))
        for one in islice(recipients, count)
    ]


def describe(content: Content, options: Mapping[str, object] | None = None, *, to: PhoneNumber | None = None) -> str:
    """``content`` as some lines of text; the recipient's number is masked."""
    lines = [f"To {to.masked}"] if to is not None else []
    lines += _text(content) if isinstance(content, Text) else _content(content)
    if options:
        lines += ["Options", *_fields(options, _INDENT)]
    return "\n".join(lines)


def _text(content: Text) -> list[str]:
    heading = "Text with a preview of its link" if content.preview_url else "Text"
    return [heading, *(_INDENT + line for line in _lines(content.body))]


def _content(content: Content) -> list[str]:
    table = content_to_dict(content)
    kind = str(table.pop("type"))
    heading = _HEADINGS.get(kind, kind.replace("_", " ").capitalize())
    if isinstance(content, Template):
        heading = f"{heading} {_line(content.name)} ({_line(content.language)})"
        del table["name"], table["language"]
    return [heading, *_fields(table, _INDENT)]


def _fields(table: Mapping[str, object], indent: str) -> Iterator[str]:
    for name, value in table.items():
        yield from _field(_line(name.replace("_", " ")), value, indent)


def _field(label: str, value: object, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield f"{indent}{label}:"
        yield from _fields(value, indent + _INDENT)
    elif isinstance(value, list | tuple):
        for place, item in enumerate(value, 1):
            yield from _item(f"{label} {place}", item, indent)
    else:
        first, *rest = _lines(_plain(value))
        yield f"{indent}{label}: {first}"
        yield from (f"{indent}{' ' * len(label)}  {line}" for line in rest)


def _item(label: str, item: object, indent: str) -> Iterator[str]:
    # A parameter that is nothing but text reads as the text.
    if isinstance(item, Mapping) and set(item) <= {"type", "text"} and "text" in item:
        return _field(label, item["text"], indent)
    return _field(label, item, indent)


def _plain(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _lines(text: str) -> list[str]:
    lines = [_line(line) for line in text.split("\n")]
    return lines if len(lines) <= _MOST_LINES else [*lines[:_MOST_LINES], f"({len(lines) - _MOST_LINES} more lines)"]


def _line(text: str) -> str:
    cut = text if len(text) <= _WIDEST else text[:_WIDEST] + "\u2026"
    # Escape sequences and direction marks from a file must not steer the terminal.
    return "".join(one if one.isprintable() or one in _JOINERS else _code(one) for one in cut)


def _code(character: str) -> str:
    # Spaces of other widths are harmless and common.
    return " " if character.isspace() else f"\\u{ord(character):04x}"
