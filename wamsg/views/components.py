"""Templates in WhatsApp's own form, which providers hand on: a list of header, body, footer and buttons.

Source: https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates/components
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from attrs import frozen

from wamsg.views.approved import ApprovedButton, HeaderKind, Parameters

_BLANK = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")
#: Buttons that have no form without a value, whatever else stands in them.
_ALWAYS = frozenset({"COPY_CODE"})


@frozen(kw_only=True)
class Parts:
    """What the components say; None where they do not."""

    header: HeaderKind | None = None
    header_parameters: Parameters | None = None
    body: Parameters | None = None
    buttons: tuple[ApprovedButton, ...] | None = None


def parameters_of(text: str) -> Parameters:
    """The blanks of a text, each counted once: ``{{1}}`` by number, ``{{first_name}}`` by name."""
    found = tuple(dict.fromkeys(_BLANK.findall(text)))
    names = tuple(word for word in found if not word.isdigit())
    # Names and numbers do not mix; should they, it is the count alone that can be trusted.
    return Parameters(count=len(found), names=names if len(names) == len(found) else ())


def from_components(components: Iterable[object]) -> Parts:
    """Header, body and buttons of a template; whatever is of another form than WhatsApp's is not told."""
    by_kind = {_word(item.get("type")): item for item in components if isinstance(item, Mapping)}
    header, body = by_kind.get("HEADER"), by_kind.get("BODY")
    if body is None:
        # No template is without a body: this is not its list of components, or not the whole of it.
        return Parts()
    return Parts(
        header=HeaderKind.NONE if header is None else _header_kind(header),
        header_parameters=_blanks(header) if header is not None else None,
        body=_blanks(body),
        buttons=buttons_of(by_kind["BUTTONS"].get("buttons")) if "BUTTONS" in by_kind else (),
    )


def buttons_of(given: object) -> tuple[ApprovedButton, ...] | None:
    """The buttons in a list of them; None if there is one that is not understood, as the places would be wrong."""
    if not isinstance(given, list | tuple):
        return None
    found: list[ApprovedButton] = []
    for item in given:
        kind = _word(item.get("type")) if isinstance(item, Mapping) else ""
        if not kind:
            return None
        found.append(_button(kind, item))
    return tuple(found)


def header_kind(word: str | None) -> HeaderKind | None:
    """A header's format in any case; None for one that is not known."""
    try:
        return HeaderKind((word or "").strip().lower())
    except ValueError:
        return None


def _button(kind: str, item: Mapping[str, object]) -> ApprovedButton:
    text, url = item.get("text"), item.get("url")
    blank = kind == "URL" and isinstance(url, str) and parameters_of(url).count > 0
    return ApprovedButton(kind=kind, text=text if isinstance(text, str) else None, needs_value=blank or kind in _ALWAYS)


def _header_kind(header: Mapping[str, object]) -> HeaderKind | None:
    return header_kind(_word(header.get("format")))


def _blanks(part: Mapping[str, object]) -> Parameters | None:
    text = part.get("text")
    return parameters_of(text) if isinstance(text, str) else None


def _word(value: object) -> str:
    return value.strip().upper() if isinstance(value, str) else ""
