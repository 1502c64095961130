"""Incoming messages: who wrote, what it answers, and to which number of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast, get_args

from wamsg.errors import BadPayload, InvalidMessage
from wamsg.model import PhoneNumber, Text
from wamsg.model.event import (
    Event,
    IncomingContent,
    IncomingMessage,
    MediaKind,
    OtherContent,
    Raw,
    TemplateReply,
    content_key,
    event_key,
)
from wamsg.providers.kaleyra.answer import shown
from wamsg.providers.kaleyra.config import NAME
from wamsg.providers.kaleyra.webhook_content import contacts, content_of, location, received
from wamsg.providers.kaleyra.webhook_values import phone, unknown
from wamsg.wire.payload import read_payload
from wamsg.wire.pluck import identifier, moment, table, text

Part = Mapping[str, object]
#: The words of the first API version for Meta's.
_SPOKEN = {"voice": "audio", "file": "document"}


def meta_message(item: Part, *, contact: Part, business: PhoneNumber | None, beside: Part, raw: Raw) -> Event:
    """One element of ``messages``; ``contact`` is its writer's, ``beside`` what Kaleyra adds to this element."""
    sender = phone(item.get("from"))
    person = (item.get("from_user_id"), contact.get("user_id"), None if sender else item.get("from"))
    writer = next(filter(None, map(identifier, person)), None)
    message_id = identifier(item.get("id"))
    if message_id is None and sender is None and writer is None:
        return unknown("the message has neither id nor sender", raw, item.get("type"))
    info = table(beside.get("extra_info"))
    answered = [identifier(table(item.get("context")).get("id")), identifier(info.get("reply_to"))]
    ids = list(dict.fromkeys(found for found in answered if found))
    return IncomingMessage(
        provider=NAME,
        key=_key(message_id, raw),
        at=moment(item.get("timestamp")),
        content=content_of(item, text(info.get("media_url"))),
        sender=sender,
        sender_id=writer,
        sender_name=text(table(contact.get("profile")).get("name")),
        business=business,
        message_id=message_id,
        reply_to=ids[0] if ids else None,
        reply_to_other_ids=tuple(ids[1:]),
        reference=text(info.get("ref")),
        raw=raw,
    )


def variable_message(fields: Part, *, raw: Raw) -> Event:
    """A message without a frame, of the fields of a `FieldMap`."""
    sender = phone(fields.get("sender"))
    message_id = identifier(fields.get("message_id"))
    return IncomingMessage(
        provider=NAME,
        key=_key(message_id, raw),
        at=moment(fields.get("at")),
        content=_content(fields),
        sender=sender,
        sender_id=None if sender else identifier(fields.get("sender")),
        sender_name=text(fields.get("sender_name")),
        business=phone(fields.get("business")),
        message_id=message_id,
        reply_to=identifier(fields.get("reply_to")),
        reference=text(fields.get("reference")),
        raw=raw,
    )


def _key(message_id: str | None, raw: Raw) -> str:
    return content_key(NAME, "message", raw) if message_id is None else event_key(NAME, "message", message_id)


def _content(fields: Part) -> IncomingContent:
    said = text(fields.get("kind"))
    kind = _SPOKEN.get(said.lower(), said.lower()) if said else _guess(fields)
    body = text(fields.get("text"))
    try:
        return _of_kind(kind, fields, body)
    except InvalidMessage as error:
        return OtherContent(kind=shown(kind), text=body, problem=str(error))


def _guess(fields: Part) -> str:
    """Without a type: a file if it has one (its MIME type says which), a place, cards, else text."""
    if "media_link" in fields or "media_id" in fields:
        family = (text(fields.get("mime_type")) or "").partition("/")[0]
        return family if family in {"image", "video", "audio"} else "document"
    return next((kind for kind in ("location", "contacts") if kind in fields), "text")


def _of_kind(kind: str, fields: Part, body: str | None) -> IncomingContent:
    if kind in get_args(MediaKind):
        part = {**fields, "id": fields.get("media_id"), "caption": body, "voice": fields.get("kind") == "voice"}
        return received(cast("MediaKind", kind), part, text(fields.get("media_link")))
    if kind == "location":
        return location(_unpacked(fields.get("location")))
    if kind == "contacts":
        cards = fields.get("contacts")
        return contacts({"contacts": cards} if isinstance(cards, list) else _unpacked(cards))
    if kind == "button":
        return TemplateReply(text=body, payload=text(fields.get("payload")))
    if kind == "text":
        if body is None:
            raise InvalidMessage("it has no text, or not one of 1 to 65,536 characters")
        return Text(body=body)
    return OtherContent(kind=shown(kind), text=body, problem="not a known type of message")


def _unpacked(value: object) -> Part:
    """An object, or the JSON text of one: a query can carry nothing else."""
    if not isinstance(value, str):
        return table(value)
    try:
        return read_payload(value.encode())
    except BadPayload:
        raise InvalidMessage("not a JSON object") from None
