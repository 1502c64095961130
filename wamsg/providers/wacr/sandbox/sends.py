"""The four ways to send: the form is judged, then the recipient, then the plan; what is accepted is remembered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import quote

from wamsg.dialect import Row
from wamsg.dialect.served import Call, fields_of
from wamsg.driver import Accepted, Answer
from wamsg.providers.wacr.endpoints import INTERACTIVE, MEDIA, TEMPLATE, TEXT, Endpoint
from wamsg.providers.wacr.media import KINDS
from wamsg.providers.wacr.sandbox import messages, people, rules, templates
from wamsg.providers.wacr.sandbox.answers import Data, failure, invalid, success, when
from wamsg.providers.wacr.sandbox.details import details
from wamsg.providers.wacr.sandbox.magic import MAGIC
from wamsg.wire import Upload

_Fields = Mapping[str, object]
_CHECKS: Mapping[Endpoint, Callable[[rules.Fields], rules.Complaints]] = {
    TEXT: rules.text_rules,
    MEDIA: rules.media_rules,
    TEMPLATE: rules.template_rules,
    INTERACTIVE: rules.interactive_rules,
}


def _send(endpoint: Endpoint, call: Call) -> Answer:
    fields = fields_of(call.request.body)
    refusal = _refusal(endpoint, fields, call)
    if refusal is not None:
        return refusal
    digits = people.digits_of(fields["phone"])
    given = details(fields) if endpoint is MEDIA else {}
    contact = admit(call, digits, rules.contact_id(fields), given)
    return contact if isinstance(contact, Answer) else _accept(endpoint, fields, call, contact, digits)


def admit(call: Call, digits: str, contact_id: int | None, given: _Fields) -> Row | Answer:
    """The contact that may be written to now, or why not."""
    magic = MAGIC.get(digits[-5:])
    if magic is not None:
        return failure(magic.status, magic.says, call.serial, code=magic.code, details=magic.details)
    refusal = messages.too_many_conversations(call, people.known_chat(call, digits))
    return refusal or people.reach(call, digits, contact_id, given)


def _accept(endpoint: Endpoint, fields: _Fields, call: Call, contact: Row, digits: str) -> Answer:
    kind = str(fields["media_type"]) if endpoint is MEDIA else endpoint.name.partition(".")[2]
    text = _text(endpoint, fields, call, people.mergeable(contact, digits))
    echoed = _echo(endpoint, fields, call.serial, text)
    url = echoed.get("media_url")
    chat = people.chat_with(call, digits)
    sent = messages.record(call, chat, digits, kind, text, None if url is None else str(url))
    accepted = Accepted(
        recipient=digits,
        kind=kind,
        message_id=sent["message_id"],
        body={name: _shown(value) for name, value in fields.items()},
    )
    # Exactly the "Response Fields" of the endpoint's page, in their order.
    data: Data = {
        "message_id": sent["message_id"],
        "contact_id": contact["id"],
        "phone": digits,
        **echoed,
        "status": "sent",
        "sent_at": when(call.now),
        "chat_id": chat,
        "chat_message_id": sent["id"],
    }
    return success(data, "Message sent successfully", accepted=[accepted])


def _refusal(endpoint: Endpoint, fields: _Fields, call: Call) -> Answer | None:
    found = list(_CHECKS[endpoint](fields))
    if endpoint is TEMPLATE and not found:
        found = list(templates.complaints(call, fields))
    if found:
        errors: dict[str, list[str]] = {}
        for name, complaint in found:
            errors.setdefault(name, []).append(complaint)
        return invalid(call.serial, errors)
    if endpoint is MEDIA and not _usable(fields):
        return failure(422, "Invalid media type or failed download.", call.serial, code="INVALID_MEDIA_TYPE")
    inline = rules.refused_file(fields)
    return None if inline is None else failure(422, inline, call.serial)


def _usable(fields: _Fields) -> bool:
    host = rules.host_of(str(fields.get("media_url") or "")) or ""
    # RFC 2606: .invalid is reserved, so it never resolves.
    return fields["media_type"] in KINDS and not host.endswith(".invalid")


def _text(endpoint: Endpoint, fields: _Fields, call: Call, merge: Mapping[str, str]) -> str | None:
    """What the chat shows of it."""
    if endpoint is TEMPLATE:
        names = [f"field_{number}" for number in range(1, 11)]
        values = [people.merged(str(fields[name]), merge) for name in names if fields.get(name) is not None]
        row = templates.named(call, fields["template_name"], fields["language"])
        return templates.body_of(row, values)
    name = {TEXT: "message", MEDIA: "caption", INTERACTIVE: "body_text"}[endpoint]
    value = fields.get(name)
    return None if value is None else people.merged(str(value), merge if endpoint is TEXT else {})


def _echo(endpoint: Endpoint, fields: _Fields, serial: int, text: str | None) -> Data:
    if endpoint is TEXT:
        return {"message": text}
    if endpoint is TEMPLATE:
        return {"template_name": fields["template_name"], "language": fields["language"]}
    if endpoint is INTERACTIVE:
        return {"type": fields["type"]}
    file = fields.get("media_file")
    stored = _stored(file, serial) if isinstance(file, Upload) else None
    return {
        "media_type": fields["media_type"],
        "media_url": stored or fields["media_url"],
        "caption": fields.get("caption"),
        "filename": fields.get("filename"),
    }


def _stored(file: Upload, serial: int) -> str:
    return f"https://sandbox.example/media/{serial}/{quote(file.name, safe='', errors='replace')}"


def _shown(value: object) -> object:
    if isinstance(value, Upload):
        return {"name": value.name, "content_type": value.content_type, "size": value.size}
    return value


HANDLERS = {endpoint.name: partial(_send, endpoint) for endpoint in _CHECKS}
