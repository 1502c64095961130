"""Placeholders in texts: ``{column}`` and ``{column|default}``, with ``{{`` and ``}}`` for braces; nothing else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from operator import itemgetter

from attrs import frozen

from wamsg.errors import InvalidMessage

#: The values of a recipient's columns, in the template's order.
Values = tuple[str, ...]

_TOKEN = re.compile(r"\{\{|\}\}|\{[^{}]*\}|[{}]")
_LONGEST_NAME = 100
#: Beside letters, marks and digits of any script; the last two join letters.
_IN_NAMES = frozenset("_- \u200c\u200d")


@frozen
class Hole:
    """Where a column's value goes; ``default`` stands in for a blank one."""

    column: str
    default: str | None = None


@frozen
class Pattern:
    """A text with at least one hole."""

    pieces: tuple[str | Hole, ...]

    @property
    def holes(self) -> tuple[Hole, ...]:
        """In the order of the text."""
        return tuple(piece for piece in self.pieces if isinstance(piece, Hole))

    def compile(self, columns: Sequence[str]) -> Callable[[Values], str]:
        """The function that fills the text; it takes values that are there wherever there is no default."""
        getters = [_getter(columns.index(hole.column), hole.default) for hole in self.holes]
        if len(self.pieces) == 1:
            return getters[0]
        frame = "".join("%s" if isinstance(piece, Hole) else piece.replace("%", "%%") for piece in self.pieces)
        if all(hole.default is None for hole in self.holes):
            # Several values as a tuple, a single one as it is: what "%" takes in both cases.
            pick: itemgetter[object] = itemgetter(*(columns.index(hole.column) for hole in self.holes))
            return lambda values: frame % pick(values)
        return lambda values: frame % tuple([get(values) for get in getters])


def parse(text: str) -> str | Pattern:
    """``text`` without its doubled braces, or a `Pattern` if it has placeholders.

    Raises `InvalidMessage` for a brace that is neither.
    """
    if "{" not in text and "}" not in text:
        return text
    pieces: list[str | Hole] = []
    end = 0
    for token in _TOKEN.finditer(text):
        pieces += (text[end : token.start()], _piece(token[0]))
        end = token.end()
    return _joined([*pieces, text[end:]])


def is_blank(value: str) -> bool:
    """Whether a default stands in for ``value``."""
    return not value or value.isspace()


def _piece(token: str) -> str | Hole:
    if token in {"{{", "}}"}:
        return token[0]
    name, bar, default = token[1:-1].partition("|")
    name = name.strip()
    if token in {"{", "}"} or not _is_name(name):
        message = (
            f"{token[:40]!r} is no placeholder: write {{column}} or {{column|default}}, and {{{{ or }}}} for a brace"
        )
        raise InvalidMessage(message, field="message")
    return Hole(name, default if bar else None)


def _is_name(name: str) -> bool:
    # Words, so that {a.b}, {a[0]}, {a!r} and {a:>9} are told rather than taken for strange columns.
    return 0 < len(name) <= _LONGEST_NAME and all(
        one in _IN_NAMES or unicodedata.category(one)[0] in "LMN" for one in name
    )


def _joined(pieces: list[str | Hole]) -> str | Pattern:
    joined: list[str | Hole] = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        elif piece != "":
            joined.append(piece)
    if any(isinstance(piece, Hole) for piece in joined):
        return Pattern(tuple(joined))
    return str(joined[0]) if joined else ""


def _getter(place: int, default: str | None) -> Callable[[Values], str]:
    if default is None:
        return itemgetter(place)
    return lambda values: default if is_blank(values[place]) else values[place]
