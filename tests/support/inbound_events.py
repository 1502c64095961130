"""Events and callbacks of an invented provider that signs what it sends, for tests of whoever receives them."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from wamsg.driver import Webhook
from wamsg.model import PhoneNumber, Text
from wamsg.model.event import DeliveryStatus, Event, IncomingMessage, StatusUpdate, event_key
from wamsg.wire import Basic, Bearer, HmacSha256, Scheme, read_payload

NOW = 1_700_000_000.0
SECRET, OLD_SECRET = "fake-callback-secret", "fake-older-secret"
#: Fictional: +91 98123 4xxxx.
PERSON = PhoneNumber("+919812340001")
OTHER_PERSON = PhoneNumber("+919812340002")


def message(
    name: str = "m1", text: str = "hello", *, sender: PhoneNumber | None = PERSON, at: float | None = NOW, **more: Any
) -> IncomingMessage:
    """Someone wrote ``text``; ``name`` is the id."""
    content = more.pop("content", Text(body=text))
    key = event_key("acme", "message", name)
    return IncomingMessage(provider="acme", key=key, at=at, content=content, sender=sender, message_id=name, **more)


def status(name: str = "s1", told: DeliveryStatus = DeliveryStatus.SENT) -> StatusUpdate:
    """A message of ours came further."""
    return StatusUpdate(provider="acme", key=event_key("acme", "status", name, told), message_id=name, status=told)


def payload(*events: Event) -> bytes:
    """A callback that brings them."""
    return json.dumps({"events": [_written(event) for event in events]}).encode()


def _written(event: Event) -> dict[str, object]:
    if isinstance(event, IncomingMessage):
        return {"message": event.message_id, "text": event.text, "from": event.sender and event.sender.e164}
    assert isinstance(event, StatusUpdate)
    return {"status": event.message_id, "told": event.status}


def _parse(body: bytes, query: Mapping[str, str]) -> list[Event]:
    document = dict(query) if query and not body else read_payload(body)
    if "boom" in document:
        raise RuntimeError(f"a fault of the parser, quoting {document}")
    found = document.get("events", [document])
    assert isinstance(found, list)
    return [_read(item) for item in found]


def _read(item: dict[str, Any]) -> Event:
    if "status" in item:
        return status(item["status"], DeliveryStatus(item["told"]))
    sender = PhoneNumber(item["from"]) if item.get("from") else None
    return message(item["message"], item.get("text", "hello"), sender=sender)


def webhook(*schemes: Scheme) -> Webhook:
    """Signed with `SECRET`, or with `OLD_SECRET` while it is changed, unless other ``schemes`` are given."""
    return Webhook(provider="acme", schemes=schemes or (HmacSha256([SECRET, OLD_SECRET]),), reader=_parse)


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    """The headers that prove it."""
    return {"X-Hub-Signature-256": f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"}


BEARER, BASIC = Bearer(["fake-bearer-token"]), Basic(["user:fake-password"])
