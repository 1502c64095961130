"""What the fake server tells of templates, numbers and files, in the documented variables.

Sources: https://developers.kaleyra.io/docs/template-status-update,
https://developers.kaleyra.io/docs/receive-updates-about-rating-and-limits-using-webhooks and
https://developers.kaleyra.io/docs/callback-profile-for-whatsapp-resumable-media-status-update
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from wamsg.driver import Callback
from wamsg.errors import Unsupported
from wamsg.model.event import MediaUpdate, Notice, QualityUpdate, TemplateUpdate
from wamsg.providers.kaleyra.config import NAME
from wamsg.providers.kaleyra.sandbox_tables import BUSINESS, WABA

_PROFILE = {"callback_profile_id": "sandbox-profile", "company_id": "sandbox-company"}


def notice_call(notice: Notice) -> Callback:
    """The call that tells it. Raises `Unsupported` for records, which Kaleyra has none of."""
    match notice:
        case TemplateUpdate():
            return _posted(_template(notice))
        case MediaUpdate():
            return _posted(_media(notice))
        case QualityUpdate():
            return Callback(query=_quality(notice))
        case _:
            message = f"{NAME} tells of templates, numbers and files, not of records"
            raise Unsupported(message, provider=NAME, feature=type(notice).__name__)


def _posted(document: Mapping[str, object]) -> Callback:
    return Callback(body=json.dumps(document).encode())


def _template(notice: TemplateUpdate) -> Mapping[str, object]:
    # A variable without a value is empty: which are there at all is what tells one kind of notice from another.
    return {
        "id": WABA,
        "time": _time(notice.at),
        "event": notice.status.upper(),
        "message_template_id": notice.template_id or "",
        "message_template_name": notice.name or "",
        "message_template_language": notice.language or "",
        "reason": notice.reason or "",
        **_PROFILE,
    }


def _media(notice: MediaUpdate) -> Mapping[str, object]:
    return {
        "status": notice.status.upper(),
        "uploaded_file_handle": notice.handle or "",
        "file_name": notice.filename or "",
        "file_link": notice.link or "",
        "resumable_media_id": notice.upload_id,
        "waba_id": WABA,
        "field": "resumable_media",
        "time": _time(notice.at),
        **_PROFILE,
    }


def _quality(notice: QualityUpdate) -> Mapping[str, str]:
    """By GET, and without a time."""
    number = notice.business.digits if notice.business else BUSINESS
    limit = {"current_limit": notice.limit} if notice.limit else {}
    return {"display_phone_number": number, "event": notice.change.upper(), **limit}


def _time(at: float | None) -> int | str:
    return "" if at is None else int(at)
