"""Callbacks in the shapes that Kaleyra and Meta document, with values of our own."""

from __future__ import annotations

import json
from typing import Any

from wamsg.driver import Webhook
from wamsg.model.event import Event
from wamsg.providers.kaleyra import provider

USER, BUSINESS = "919812340001", "919812340009"
METADATA = {"display_phone_number": BUSINESS, "phone_number_id": "104000000000001"}
INFO = {
    "trace_id": "8f14e45f-0000-4000-8000-000000000001",
    "message_id": "wamid.KALEYRA2",
    "waba_id": "120000000000001",
    "ref": "w1.b1.7",
    "ref1": "order-9",
    "ref2": "",
    "enable_url_tracking_body": False,
    "enable_url_tracking_button": False,
}


def webhook(**settings: object) -> Webhook:
    assert provider.inbound is not None
    return provider.inbound.webhook(provider.inbound.settings(**settings))


def parse(document: object, **settings: object) -> list[Event]:
    return webhook(**settings).parse(json.dumps(document).encode())


def status(word: str = "sent", **more: object) -> dict[str, Any]:
    return {"id": "wamid.META1", "status": word, "timestamp": "1722834665", "recipient_id": USER, **more}


def failed(code: int, title: str = "It went wrong", **more: object) -> dict[str, Any]:
    error = {"code": code, "title": title, "message": title, "error_data": {"details": "Some detail"}, "href": "x"}
    return status("failed", errors=[error], **more)


def message(kind: str | None, part: object, **more: object) -> dict[str, Any]:
    head = {"from": USER, "id": "wamid.IN1", "timestamp": "1722834700", **more}
    return head if kind is None else {**head, "type": kind, kind: part}


def value(**lists: object) -> dict[str, Any]:
    people = [{"profile": {"name": "Asha"}, "wa_id": USER}] if "messages" in lists else None
    return {"messaging_product": "whatsapp", "metadata": METADATA, **({"contacts": people} if people else {}), **lists}


def status_frame(item: dict[str, Any], **more: object) -> dict[str, Any]:
    """The v2 status callback."""
    change = {"value": value(statuses=[item]), "field": "messages"}
    word = item["status"]
    return {"meta_object": change, "extra_info": INFO, "status": word, "message_id": "wamid.KALEYRA1", **more}


def message_frame(item: dict[str, Any], **info: object) -> dict[str, Any]:
    """The v2 incoming message."""
    beside = {"media_url": "", "ref": "", "ref1": "", "ref2": "", "reply_to": "", "trace_id": "t", "waba_id": "1"}
    return {"meta_object": {"value": value(messages=[item]), "field": "messages"}, "extra_info": {**beside, **info}}


def meta_frame(*values: dict[str, Any], field: str = "messages") -> dict[str, Any]:
    """Meta's own frame, one entry per value."""
    entries = [
        {"id": str(number), "time": 1722834999, "changes": [{"value": one, "field": field}]}
        for number, one in enumerate(values)
    ]
    return {"object": "whatsapp_business_account", "entry": entries}


NOT_SENT = {
    "code": "WAV2101",
    "status": "not sent",
    "reason": "Account daily limit reached",
    "message_id": "wamid.A",
    "extra_info": {**INFO, "message_id": "wamid.B"},
}
CONTACT = {
    "name": {"formatted_name": "Ravi K", "first_name": "Ravi"},
    "phones": [{"phone": "+91 98123 40002", "type": "CELL", "wa_id": "919812340002"}],
    "birthday": "1990-12-31",
    "org": {"company": "Acme"},
}
#: Name -> a message element as WhatsApp people send it.
MESSAGES: dict[str, dict[str, Any]] = {
    "text": message("text", {"body": "hello there"}),
    "reply text": message("text", {"body": "yes"}, context={"from": BUSINESS, "id": "wamid.OUT1"}),
    "image": message("image", {"mime_type": "image/jpeg", "sha256": "c2hh", "id": "m1", "caption": "look"}),
    "video": message("video", {"mime_type": "video/mp4", "sha256": "c2hh", "id": "m2"}),
    "voice": message("audio", {"mime_type": "audio/ogg; codecs=opus", "sha256": "c2hh", "id": "m3", "voice": True}),
    "document": message("document", {"filename": "a.pdf", "mime_type": "application/pdf", "sha256": "x", "id": "m4"}),
    "sticker": message("sticker", {"mime_type": "image/webp", "sha256": "x", "id": "m5", "animated": True}),
    "reaction": message("reaction", {"message_id": "wamid.OUT1", "emoji": "\U0001f44d"}),
    "reaction taken back": message("reaction", {"message_id": "wamid.OUT1"}),
    "location": message("location", {"latitude": 12.97, "longitude": 77.59, "name": "Home", "address": "1 Road"}),
    "contacts": message("contacts", [CONTACT]),
    "list reply": message(
        "interactive", {"type": "list_reply", "list_reply": {"id": "r1", "title": "Red", "description": "d"}}
    ),
    "button reply": message("interactive", {"type": "button_reply", "button_reply": {"id": "b1", "title": "Yes"}}),
    "flow reply": message(
        "interactive",
        {"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Sent", "response_json": '{"flow_token":"t"}'}},
    ),
    "template tap": message("button", {"payload": "STOP-PROMO", "text": "Stop"}),
    "order": message(
        "order",
        {
            "catalog_id": "c1",
            "text": "please",
            "product_items": [
                {"product_retailer_id": "sku1", "quantity": 2, "item_price": 10.5, "currency": "INR"},
                {"product_retailer_id": "sku2", "quantity": "1", "item_price": "3", "currency": "INR"},
            ],
        },
    ),
    "unsupported": message("unsupported", None, errors=[{"code": 131051, "title": "Unsupported message type"}]),
    "no type": message(None, None, image={"mime_type": "image/png", "id": "m9"}),
}
TEMPLATE = {
    "id": "77",
    "time": 1722834665,
    "event": "PAUSED",
    "message_template_id": 594425479261596,
    "message_template_name": "offer",
    "message_template_language": "en",
    "reason": "quality",
    "callback_profile_id": "p1",
    "company_id": "c1",
}
QUALITY = {"display_phone_number": BUSINESS, "event": "FLAGGED", "current_limit": "TIER_10K"}
UPLOAD = {
    "status": "UPLOADED",
    "uploaded_file_handle": "4::aW1h",
    "file_name": "a.png",
    "file_link": "https://files.example/a.png",
    "resumable_media_id": "rm-1",
    "waba_id": "12",
    "company_id": "c1",
    "field": "resumable_media",
    "time": "2024-08-05T05:11:05Z",
    "callback_profile_id": "p1",
}
VARIABLES = {
    "created_at": "1722834665",
    "type": "text",
    "from": USER,
    "name": "Asha",
    "body": "hello",
    "media_url": "",
    "mime_type": "",
    "wanumber": BUSINESS,
    "reply_to": "",
}
BATCH = meta_frame(
    value(statuses=[status(), failed(131050, id="wamid.META2"), status("read", id="wamid.META3")]),
    value(messages=[MESSAGES["text"], {**MESSAGES["image"], "id": "wamid.IN2"}]),
)
SAMPLES: list[dict[str, Any]] = [
    *(status_frame(status(word)) for word in ("sent", "delivered", "read")),
    status_frame(failed(131026)),
    NOT_SENT,
    *(
        message_frame(item, media_url="https://kept.example/1", ref="r", reply_to="uuid-1")
        for item in MESSAGES.values()
    ),
    TEMPLATE,
    QUALITY,
    UPLOAD,
    VARIABLES,
    BATCH,
    meta_frame(TEMPLATE, field="message_template_status_update"),
]
