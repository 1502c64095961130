"""HTML that cannot be broken by what stands in it: everything is escaped unless it was made here."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable
from string import Template


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


#: Embeddings, overrides and isolates: they turn the text that follows around, so that it reads as something else.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def escape(value: object) -> Markup:
    """``value`` as HTML, fit for text and for a quoted attribute; `Markup` stays as it is.

    Line breaks become spaces; control characters, halves of surrogate pairs and marks that turn the direction of the
    text that follows become U+FFFD.
    """
    if isinstance(value, Markup):
        return value
    text = str(value)
    if not text.isprintable():
        text = "".join(map(_harmless, text))
    return Markup(html.escape(text))


def fill(template: str, /, **values: object) -> Markup:
    """``template`` with each ``$name`` replaced by its escaped value."""
    return Markup(Template(template).substitute({name: escape(value) for name, value in values.items()}))


def joined(pieces: Iterable[object], between: str = "") -> Markup:
    """All ``pieces``, escaped, in a row."""
    return Markup(between.join(escape(piece) for piece in pieces))


def _harmless(character: str) -> str:
    if character.isspace():
        return " "
    return "\ufffd" if character in _TURNING or unicodedata.category(character) in {"Cc", "Cs"} else character
