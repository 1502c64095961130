"""Is this the message that was sent? What a listing shows of one, held against what was to go out.

The page documents a type and a text. How templates, captions and bodies stand in the text it does not say, so what is
not surely the same and not surely another stays open: https://docs.app.wa.cr/list-messages-28559794e0
"""

from __future__ import annotations

import html
import re
import unicodedata
from enum import Enum

from wamsg.model import (
    Audio,
    Buttons,
    Content,
    Document,
    Image,
    ListMenu,
    Template,
    Text,
    TextParameter,
    Video,
)
from wamsg.providers.wacr.api.messages import ListedMessage

_TAG = re.compile(r"<[^<>]*>")
#: What the provider fills in itself: https://docs.app.wa.cr/send-text-message-28559790e0
_MERGE = "@{"


class Likeness(Enum):
    """How sure it is."""

    SAME = "same"
    OPEN = "open"
    OTHER = "other"


def likeness(content: Content, listed: ListedMessage) -> Likeness:
    """Whether ``listed`` shows ``content``."""
    kind = _kind(content)
    if kind is None or listed.type is None:
        return Likeness.OPEN
    if listed.type.strip().lower() != kind:
        return Likeness.OTHER
    if isinstance(content, Text):
        return _texts(content.body, listed.message)
    if isinstance(content, Template):
        return _template(content, listed)
    if isinstance(content, Buttons | ListMenu):
        return _texts(content.body, listed.message)
    caption = getattr(content, "caption", None)
    # Two pictures without a caption look alike.
    return Likeness.OPEN if caption is None else _texts(caption, listed.message)


def _kind(content: Content) -> str | None:
    if isinstance(content, Image | Video | Audio | Document):
        return content.kind
    if isinstance(content, Buttons | ListMenu):
        return "interactive"
    return "text" if isinstance(content, Text) else "template" if isinstance(content, Template) else None


def _texts(sent: str, shown: str | None) -> Likeness:
    if shown is None:
        return Likeness.OPEN
    if _plain(sent) == _plain(shown):
        return Likeness.SAME
    # Cut off, marked up, put into something larger: all that still holds the same letters may be it.
    return Likeness.OPEN if _MERGE in sent or _holds(shown, sent) or _holds(sent, shown) else Likeness.OTHER


def _template(content: Template, listed: ListedMessage) -> Likeness:
    name = listed.extra.get("template_name")
    if isinstance(name, str) and name != content.name:
        return Likeness.OTHER
    values = [item.text for item in content.body if isinstance(item, TextParameter) and _MERGE not in item.text]
    if listed.message is not None:
        if not all(_holds(listed.message, value) for value in values):
            return Likeness.OTHER
        if isinstance(name, str) and len(values) == len(content.body):
            return Likeness.SAME
    return Likeness.OPEN


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _holds(whole: str, part: str) -> bool:
    """Whether ``part`` may stand in ``whole``, if either of them is markup or plain text that looks like it."""
    return any(ours in theirs for ours in _readings(part) for theirs in _readings(whole))


def _readings(text: str) -> set[str]:
    bare, unescaped = _TAG.sub("", text), html.unescape(text)
    return {_letters(one) for one in (text, unescaped, html.unescape(bare), _TAG.sub("", unescaped))}


def _letters(text: str) -> str:
    """What is left without marks and spaces; decomposed, so that a cut cannot change a letter."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text).casefold() if letter.isalnum())
