"""Notices about templates, numbers and uploads, in Kaleyra's variables and in Meta's frame, whose names are the same.

Sources: https://developers.kaleyra.io/docs/template-status-update,
https://developers.kaleyra.io/docs/receive-updates-about-rating-and-limits-using-webhooks and
https://developers.kaleyra.io/docs/callback-profile-for-whatsapp-resumable-media-status-update
"""

from __future__ import annotations

from collections.abc import Mapping

from wamsg.model.event import Event, MediaUpdate, QualityUpdate, Raw, TemplateUpdate, content_key
from wamsg.providers.kaleyra.answer import shown
from wamsg.providers.kaleyra.config import NAME
from wamsg.providers.kaleyra.webhook_values import phone
from wamsg.wire.pluck import identifier, moment, text

Part = Mapping[str, object]


def notice(part: Part, *, raw: Raw, at: object = None) -> Event | None:
    """The notice that ``part`` is, or None; ``at`` is a time that stands around it."""
    seconds = moment(part.get("time")) or moment(at)
    if upload := identifier(part.get("resumable_media_id")):
        return _media(part, upload, raw, seconds)
    event = text(part.get("event"))
    if event is None:
        return None
    if "message_template_id" in part or "message_template_name" in part:
        return _template(part, event, raw, seconds)
    return _quality(part, event, raw, seconds) if "display_phone_number" in part else None


def _media(part: Part, upload: str, raw: Raw, at: float | None) -> MediaUpdate:
    return MediaUpdate(
        provider=NAME,
        key=content_key(NAME, "media", raw),
        at=at,
        status=_word(text(part.get("status")) or "unknown"),
        upload_id=upload,
        handle=text(part.get("uploaded_file_handle")),
        filename=text(part.get("file_name")),
        link=text(part.get("file_link")),
        raw=raw,
    )


def _template(part: Part, event: str, raw: Raw, at: float | None) -> TemplateUpdate:
    reason = text(part.get("reason"))
    return TemplateUpdate(
        provider=NAME,
        key=content_key(NAME, "template", raw),
        at=at,
        status=_word(event),
        template_id=identifier(part.get("message_template_id")),
        name=text(part.get("message_template_name")),
        language=text(part.get("message_template_language")),
        reason=shown(reason) if reason else None,
        raw=raw,
    )


def _quality(part: Part, event: str, raw: Raw, at: float | None) -> QualityUpdate:
    limit = identifier(part.get("current_limit"))
    return QualityUpdate(
        provider=NAME,
        key=content_key(NAME, "quality", raw),
        at=at,
        change=_word(event),
        business=phone(part.get("display_phone_number")),
        limit=limit,
        raw=raw,
    )


def _word(said: str) -> str:
    return shown(said).lower()
