"""Kaleyra's fake server as pure functions of a request and its serial number."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from urllib.parse import unquote

from attrs import frozen

from wamsg.driver import Accepted, Answer
from wamsg.model import PhoneNumber
from wamsg.providers.kaleyra.config import EXAMPLE
from wamsg.providers.kaleyra.limits import FILES, REFERENCE
from wamsg.providers.kaleyra.sandbox_refusals import (
    BAD_CREDENTIALS,
    BAD_PAYLOAD,
    MAGIC,
    TOO_MANY,
    UNKNOWN_SENDER,
    Refusal,
    answer,
)
from wamsg.wire import Form, Headers, Request, Response, read_json

_PATH = re.compile(r"/v2/(?P<sid>[^/]+)/whatsapp/(?P<sender>[^/]+)/(?P<act>messages|media|phone_number_details)")
_NUMBER = re.compile(r"\+?[1-9][0-9]{6,14}")
_SENDER = PhoneNumber(EXAMPLE["sender"])
_MIMES = frozenset(kind.mime for rule in FILES.values() for kind in rule.types)
_Object = Mapping[str, object]


@frozen
class _Target:
    sid: str
    #: Without the plus sign: pages show the number both ways, and nobody knows which is refused.
    sender: str
    act: str

    @property
    def method(self) -> str:
        return "GET" if self.act == "phone_number_details" else "POST"


class KaleyraSandbox:
    """Implements `wamsg.driver.SandboxDialect`."""

    base_path = ""

    def respond(self, request: Request, serial: int) -> Answer:
        """The answer to any request, checked in Kaleyra's order: credentials, number, payload."""
        target = _target(request)
        if target is None:
            return Answer(response=self.failure(404))
        if request.method != target.method:
            return Answer(response=self.failure(405))
        refusal = _authorise(request, target)
        if refusal is not None:
            return Answer(response=refusal.response())
        return _ACTS[target.act](request, serial)

    def account(self, request: Request) -> str:
        """The sending number and the SID, whose throughput the request counts against."""
        target = _target(request)
        return f"{target.sender}/{target.sid}" if target else ""

    def failure(self, status: int) -> Response:
        """The body that comes with a status: only 429 has a code, since ``WA500`` says "not accepted" and 500 not."""
        if status == 429:
            return TOO_MANY.response()
        phrase = next((item.phrase for item in HTTPStatus if item == status), "Failure")
        return answer(status, {"error": phrase})


def _target(request: Request) -> _Target | None:
    try:
        found = _PATH.fullmatch(request.path)
    except ValueError:
        # urlsplit refuses some addresses, such as one with half a bracket.
        return None
    return _Target(found["sid"], unquote(found["sender"]).removeprefix("+"), found["act"]) if found else None


def _authorise(request: Request, target: _Target) -> Refusal | None:
    if target.sid != EXAMPLE["sid"] or Headers(request.headers).get("api-key") != EXAMPLE["api_key"]:
        return BAD_CREDENTIALS
    return None if target.sender == _SENDER.digits else UNKNOWN_SENDER


def _details(_request: Request, _serial: int) -> Answer:
    # What is listed at https://developers.kaleyra.io/docs/fetch-phone-number-details-api, under Meta's names.
    data = {
        "id": "100000000000001",
        "display_phone_number": _SENDER.e164,
        "verified_name": "Sandbox",
        "name_status": "APPROVED",
        "quality_rating": "GREEN",
        "messaging_limit_tier": "TIER_1K",
        "status": "CONNECTED",
        "throughput": {"level": "STANDARD"},
    }
    return Answer(response=_success(data))


def _upload(request: Request, serial: int) -> Answer:
    form = request.body if isinstance(request.body, Form) else Form(())
    if "file" not in form.uploads() or form.texts().get("type") not in _MIMES:
        return Answer(response=BAD_PAYLOAD.response())
    return Answer(response=_success({"id": str(10**14 + serial)}))


def _send(request: Request, serial: int) -> Answer:
    document = _document(request)
    message = document.get("messaging_object")
    if not isinstance(message, dict) or message.get("messaging_product") != "whatsapp":
        return Answer(response=BAD_PAYLOAD.response())
    if "status" in message:
        good = message["status"] == "read" and _text(message.get("message_id"))
        return Answer(response=_success({"success": True}) if good else BAD_PAYLOAD.response())
    recipients = _recipients(message.get("to"))
    if not recipients or not _well_formed(message):
        return Answer(response=BAD_PAYLOAD.response())
    refusal = next((MAGIC[number[-5:]] for number in recipients if number[-5:] in MAGIC), None)
    return Answer(response=refusal.response()) if refusal else _accept(document, message, recipients, serial)


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
    return Answer(response=_success(ids[0] if len(ids) == 1 else ids), accepted=accepted)


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


def _success(data: object) -> Response:
    # Documented for the template calls of the same API; the page of the send call gives only the code.
    message = "Request Processed Successfully"
    return answer(200, {"code": "WA200", "message": message, "data": data, "error": {}})


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
_ACTS: Mapping[str, Callable[[Request, int], Answer]] = MappingProxyType(
    {"messages": _send, "media": _upload, "phone_number_details": _details}
)
