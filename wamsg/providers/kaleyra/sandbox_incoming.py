"""What people write, as the fake server brings it: Meta's message object in Kaleyra's frame.

Sources: https://developers.kaleyra.io/docs/whatsapp-incoming-message-webhook-payload-reply-media-message and its
neighbours; what they do not show is Meta's: https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components
"""

from __future__ import annotations

import json

import attrs

from wamsg.driver import Written
from wamsg.model import Contacts, Location, Reaction, Text
from wamsg.model.event import (
    ButtonReply,
    FlowReply,
    IncomingContent,
    ListReply,
    Order,
    OrderItem,
    OtherContent,
    ReceivedMedia,
    TemplateReply,
)
from wamsg.providers.kaleyra.sandbox_tables import BUSINESS, METADATA, WABA

_Object = dict[str, object]


def document_of(written: Written) -> _Object:
    """The body that brings it."""
    kind, part = _part(written.content)
    head = {"from": written.sender, "id": written.message_id, "timestamp": str(int(written.at)), "type": kind}
    context = {"context": {"from": BUSINESS, "id": written.reply_to}} if written.reply_to else {}
    value = {
        "messaging_product": "whatsapp",
        "metadata": METADATA,
        "contacts": [{"profile": {"name": written.name}, "wa_id": written.sender}],
        "messages": [{**head, **context, kind: part}],
    }
    info = {
        "media_url": _stored(written.content),
        "ref": written.reference or "",
        "ref1": "",
        "ref2": "",
        "reply_to": written.reply_to or "",
        "trace_id": f"trace-{written.message_id}",
        "waba_id": WABA,
    }
    return {"meta_object": {"value": value, "field": "messages"}, "extra_info": info}


def _stored(content: IncomingContent) -> str:
    """Kaleyra's own copy of a file."""
    return (content.link if isinstance(content, ReceivedMedia) else None) or ""


def _part(content: IncomingContent) -> tuple[str, object]:
    match content:
        case Text():
            return "text", {"body": content.body}
        case ReceivedMedia():
            return content.kind, _media(content)
        case Contacts():
            return "contacts", [filled(card) for card in content.contacts]
        case Location():
            return "location", filled(content)
        case Reaction():
            return "reaction", filled(content)
        case Order():
            return "order", {**filled(content, "items"), "product_items": [_product(item) for item in content.items]}
        case OtherContent():
            return content.kind, _given(body=content.text)
        case TemplateReply():
            return "button", filled(content)
        case ButtonReply() | ListReply() | FlowReply():
            return "interactive", _reply(content)


def _media(content: ReceivedMedia) -> _Object:
    return filled(content, "kind", "link", *(name for name in ("voice", "animated") if not getattr(content, name)))


def _reply(content: ButtonReply | ListReply | FlowReply) -> _Object:
    if isinstance(content, FlowReply):
        answers = json.dumps(dict(content.response))
        return {"type": "nfm_reply", "nfm_reply": {**filled(content, "response"), "response_json": answers}}
    kind = "button_reply" if isinstance(content, ButtonReply) else "list_reply"
    return {"type": kind, kind: filled(content)}


def _product(item: OrderItem) -> _Object:
    return _given(
        product_retailer_id=item.product_id, quantity=item.quantity, item_price=item.price, currency=item.currency
    )


def filled(value: attrs.AttrsInstance, *left_out: str) -> _Object:
    """The fields that say something; their names are Meta's."""
    return attrs.asdict(value, filter=lambda item, held: item.name not in left_out and held not in (None, "", ()))


def _given(**fields: object) -> _Object:
    return {name: value for name, value in fields.items() if value is not None}
