"""What is sent and what is answered: the same for every contender."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from attrs import frozen

LINK = "https://static.example.com/catalogue/2026/spring/cover.jpg"
CAPTION = "Our new catalogue is here, with 40 pages of things for the garden. Reply STOP to opt out."
KEY, SID, SENDER, TOKEN = "fake-api-key-0123456789", "HXFAKE0000000001IN", "+919812340000", "fake-token-0123456789"
_REQUEST_ID = "3f1c8e52-4b0d-4d5c-9a44-3c1f5a2b6d70"


def _kaleyra_image(to: str) -> dict[str, Any]:
    return {
        "messaging_object": {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": to,
            "type": "image",
            "image": {"link": LINK, "caption": CAPTION},
        },
        "extra_info": {"wa_source": "api"},
    }


def _wacr_text(to: str) -> dict[str, Any]:
    return {"phone": to, "message": CAPTION}


@frozen(kw_only=True)
class Workload:
    """One kind of message, as someone without a library would send it."""

    name: str
    provider: str
    path: str
    headers: dict[str, str]
    payload: Callable[[str], dict[str, Any]]


WORKLOADS = {
    "image": Workload(
        name="image",
        provider="kaleyra",
        path=f"/kaleyra/v2/{SID}/whatsapp/{SENDER[1:]}/messages",
        headers={"api-key": KEY},
        payload=_kaleyra_image,
    ),
    "text": Workload(
        name="text",
        provider="wacr",
        path="/wacr/messages/text",
        headers={"Authorization": f"Bearer {TOKEN}", "Accept": "application/json"},
        payload=_wacr_text,
    ),
}

KALEYRA_ACCEPTED = json.dumps(
    {"code": "WA200", "message": "Request Processed Successfully", "data": {"id": "wamid.X"}, "error": {}}
)
_WACR_ACCEPTED = json.dumps({"success": True, "data": {"message_id": "wamid.X"}, "meta": {"request_id": _REQUEST_ID}})
_META_ACCEPTED = json.dumps(
    {
        "messaging_product": "whatsapp",
        "contacts": [{"input": "+919812345678", "wa_id": "919812345678"}],
        "messages": [{"id": "wamid.X"}],
    }
)
_TWILIO_ACCEPTED = json.dumps(
    {
        "account_sid": "AC00000000000000000000000000000000",
        "api_version": "2010-04-01",
        "body": CAPTION,
        "date_created": "Sat, 22 Nov 2025 12:00:00 +0000",
        "date_sent": None,
        "date_updated": "Sat, 22 Nov 2025 12:00:00 +0000",
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": "whatsapp:+919812340000",
        "messaging_service_sid": None,
        "num_media": "1",
        "num_segments": "1",
        "price": None,
        "price_unit": None,
        "sid": "SM00000000000000000000000000000000",
        "status": "queued",
        "subresource_uris": {"media": "/2010-04-01/Accounts/AC0/Messages/SM0/Media.json"},
        "to": "whatsapp:+919812345678",
        "uri": "/2010-04-01/Accounts/AC0/Messages/SM0.json",
    }
)

#: Path, HTTP status and body; each contender gets the answer of the API that it is made for.
ANSWERS = (
    ("/kaleyra/", 200, KALEYRA_ACCEPTED),
    ("/wacr/", 200, _WACR_ACCEPTED),
    ("/pywa/", 200, _META_ACCEPTED),
    ("/twilio/", 201, _TWILIO_ACCEPTED),
)


def recipient(number: int) -> str:
    """A fictional number for each of 100 million."""
    return f"+9198{number:08d}"


def recipients(count: int) -> Iterator[str]:
    """So many different ones, made as they are asked for."""
    return (recipient(number) for number in range(count))
