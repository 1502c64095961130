"""Values that all callbacks share: phone numbers, and events of unknown kinds."""

from __future__ import annotations

from wamsg.errors import InvalidRecipient
from wamsg.model import PhoneNumber
from wamsg.model.event import Raw, UnknownEvent, content_key
from wamsg.providers.kaleyra.answer import shown
from wamsg.providers.kaleyra.config import NAME


def phone(value: object) -> PhoneNumber | None:
    """The number that Meta and Kaleyra write as digits with the country code; None for user names and the like."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or len(value) > 64:
        return None
    written = value.strip()
    try:
        return PhoneNumber.parse(written if written.startswith(("+", "00")) else f"+{written}")
    except InvalidRecipient:
        return None


def unknown(reason: str, raw: Raw, kind: object = None) -> UnknownEvent:
    """An event that is kept as it came; ``kind`` is the provider's word for it."""
    word = shown(kind) if isinstance(kind, str) and kind.strip() else None
    return UnknownEvent(provider=NAME, key=content_key(NAME, "unknown", raw), reason=reason, kind=word, raw=raw)
