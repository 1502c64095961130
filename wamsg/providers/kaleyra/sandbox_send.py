"""What the fake server does with a message: looks at its shape, at who is blocked, and takes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from wamsg.dialect import Memory
from wamsg.driver import Accepted, Answer
from wamsg.providers.kaleyra.limits import REFERENCE
from wamsg.providers.kaleyra.sandbox_refusals import BAD_PAYLOAD, BLOCKED, EXPIRED, MAGIC, Refusal, success
from wamsg.providers.kaleyra.sandbox_tables import blocked, media
from wamsg.wire import Headers, Request, read_json

_NUMBER = re.compile(r"\+?[1-9][0-9]{6,14}")
_MEDIA = ("image", "video", "audio", "document", "sticker")
_Object = Mapping[str, object]


def send(request: Request, serial: int, memory: Memory, now: float) -> Answer:
    """The answer to ``POST ../messages``."""
    document = _document(request)
    message = document.get("messaging_object")
    if not isinstance(message, dict) or message.get("messaging_product") != "whatsapp":
        return Answer(response=BAD_PAYLOAD.response())
    if "status" in message:
        good = message["status"] == "read" and _text(message.get("message_id"))
        return Answer(response=success({"success": True}) if good else BAD_PAYLOAD.response())
    recipients = _recipients(message.get("to"))
    if not recipients or not _well_formed(message):
        return Answer(response=BAD_PAYLOAD.response())
    refusal = _refusal(message, recipients, memory, now)
    return Answer(response=refusal.response()) if refusal else _accept(document, message, recipients, serial)


def _refusal(message: _Object, recipients: list[str], memory: Memory, now: float) -> Refusal | None:
    magic = next((MAGIC[number[-5:]] for number in recipients if number[-5:] in MAGIC), None)
    if magic is not None:
        return magic
    shut_out = blocked(memory)
    if any(number in shut_out for number in recipients):
        return BLOCKED
    # Ids from elsewhere are taken: the provider tells of bad ones by callback. Those from here may have grown old.
    uploads = media(memory)
    rows = (uploads.get(media_id) for media_id in _media_ids(message))
    return EXPIRED if any(row is not None and row["until"] <= now for row in rows) else None


def _media_ids(value: object) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _media_ids(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name in _MEDIA and isinstance(item, dict) and isinstance(item.get("id"), str):
                yield item["id"]
            else:
                yield from _media_ids(item)


def _accept(document: _Object, message: _Object, recipients: list[str], serial: int) -> Answer:
    accepted = tuple(
        Accepted(
            recipient=recipient,
            kind=str(message["type"]),
            message_id=f"sandbox-{serial}-{index}",
            reference=_reference(document),
            body=document,
        )
        for index, recipient in enumerate(recipients)
    )
    ids = [{"message_id": item.message_id, "to": f"+{item.recipient}"} for item in accepted]
    return Answer(response=success(ids[0] if len(ids) == 1 else ids), accepted=accepted)


def _document(request: Request) -> _Object:
    kind = Headers(request.headers).get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "application/json" or not isinstance(request.body, bytes):
        return {}
    document = read_json(request.body)
    return document if isinstance(document, dict) else {}


def _recipients(value: object) -> list[str]:
    """Digits of each number of a comma-separated list; empty if one of them is wrong."""
    numbers = [number.strip() for number in value.split(",")] if isinstance(value, str) else []
    return [number.removeprefix("+") for number in numbers] if all(map(_NUMBER.fullmatch, numbers)) else []


def _reference(document: _Object) -> str | None:
    extra = document.get("extra_info")
    reference = extra.get("ref") if isinstance(extra, dict) else None
    # The page: what is longer "will be truncated".
    return reference[:REFERENCE] if isinstance(reference, str) else None


def _well_formed(message: _Object) -> bool:
    kind = message.get("type")
    check = _BODIES.get(kind) if isinstance(kind, str) else None
    return check is not None and check(message.get(str(kind)))


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _has(*names: str, check: Callable[[object], bool] = _text) -> Callable[[object], bool]:
    return lambda body: isinstance(body, dict) and all(check(body.get(name)) for name in names)


def _media(body: object) -> bool:
    return isinstance(body, dict) and (_text(body.get("id")) or _text(body.get("link")))


def _template(body: object) -> bool:
    return isinstance(body, dict) and _text(body.get("name")) and _has("code")(body.get("language"))


def _interactive(body: object) -> bool:
    return isinstance(body, dict) and _text(body.get("type")) and isinstance(body.get("action"), dict)


def _contacts(body: object) -> bool:
    return (
        isinstance(body, list) and bool(body) and all(_has("name", check=_has("formatted_name"))(card) for card in body)
    )


#: What the object of each type needs, so that a wrong encoder is noticed here rather than at the provider.
_BODIES: Mapping[str, Callable[[object], bool]] = MappingProxyType(
    {
        "text": _has("body"),
        **dict.fromkeys(("image", "video", "audio", "document", "sticker"), _media),
        "template": _template,
        "interactive": _interactive,
        "location": _has("latitude", "longitude", check=_number),
        "contacts": _contacts,
        "reaction": _has("message_id"),
    }
)
