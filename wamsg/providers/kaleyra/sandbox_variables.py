"""What people write, as a callback profile of variables brings it: one flat object, or a query.

Source: https://developers.kaleyra.io/docs/create-callback-profile-for-incoming-whatsapp-messages
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

from wamsg.driver import Callback, Written
from wamsg.errors import Unsupported
from wamsg.model import Contacts, Location, Text
from wamsg.model.event import IncomingContent, ReceivedMedia, TemplateReply
from wamsg.providers.kaleyra.config import NAME
from wamsg.providers.kaleyra.sandbox_incoming import filled
from wamsg.providers.kaleyra.sandbox_tables import BUSINESS

_Object = Mapping[str, object]


def posted(written: Written) -> Callback:
    """A POST of the variables. Raises `Unsupported` for what they have no place for."""
    return Callback(body=json.dumps(_variables(written)).encode())


def queried(written: Written) -> Callback:
    """A GET with the variables, objects as JSON. Raises `Unsupported` for what they have no place for."""
    values = _variables(written).items()
    return Callback(query={name: value if isinstance(value, str) else json.dumps(value) for name, value in values})


def _variables(written: Written) -> _Object:
    # There is no id: the time is all that tells two equal messages apart.
    head = {
        "created_at": str(int(written.at)),
        "from": written.sender,
        "name": written.name,
        "wanumber": BUSINESS,
        "reply_to": written.reply_to or "",
    }
    return {**head, **_part(written.content)}


def _part(content: IncomingContent) -> _Object:
    match content:
        case Text():
            return {"type": "text", "body": content.body}
        case ReceivedMedia(link=str()):
            return {
                "type": "voice" if content.voice else content.kind,
                "media_url": content.link,
                "mime_type": content.mime_type or "",
                "body": content.caption or "",
            }
        case Location():
            return {"type": "location", "location": filled(content)}
        case Contacts():
            return {"type": "contacts", "contacts": {"contacts": [filled(card) for card in content.contacts]}}
        case TemplateReply():
            return {"type": "button", "body": content.text or "", "custom_response": content.payload or ""}
    message = f"the variables of {NAME} carry texts, stored files, places, cards and taps on templates"
    raise Unsupported(message, provider=NAME, feature=type(content).__name__)


#: By the word for it.
STYLES = MappingProxyType({"variables": posted, "query": queried})
