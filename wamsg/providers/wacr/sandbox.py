"""WA.cr's fake server as pure functions of a request and its serial number."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote

from attrs import frozen

from wamsg.driver import Accepted, Answer
from wamsg.providers.wacr import sandbox_rules as rules
from wamsg.providers.wacr.endpoints import INTERACTIVE, MEDIA, SENDS, TEMPLATE, TEXT, Endpoint
from wamsg.providers.wacr.media import KINDS
from wamsg.wire import Form, Headers, Request, Response, Upload, read_json

if TYPE_CHECKING:
    from wamsg.operations import Declaration

#: A token with every scope, and one with ``account:read`` alone; all others are refused.
TOKEN, TOKEN_WITHOUT_SENDING = "sandbox-token", "sandbox-token-read-only"
#: The contact that does not exist: every other ``contact_id`` does.
MISSING_CONTACT = 404

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@frozen
class Magic:
    """What happens to a recipient whose number ends in a magic suffix."""

    status: int
    code: str
    #: For the documentation.
    says: str
    details: Mapping[str, object] = MappingProxyType({})


#: The last five digits of a phone number, and the answer they bring about.
MAGIC: Mapping[str, Magic] = MappingProxyType(
    {
        "40301": Magic(403, "CONTACT_OPTED_OUT", "The contact has opted out of receiving messages."),
        "40302": Magic(
            403,
            "FEATURE_LIMIT_EXCEEDED",
            "The conversation limit is reached.",
            MappingProxyType({"feature": "conversations", "current": 1000, "maximum": 1000}),
        ),
        "42201": Magic(422, "WHATSAPP_NOT_CONFIGURED", "WhatsApp is not configured for this account."),
        "42901": Magic(429, "RATE_LIMIT_EXCEEDED", "Too many requests."),
        "50001": Magic(500, "MESSAGE_SEND_FAILED", "The message could not be sent via the WhatsApp API."),
        "50002": Magic(500, "INTERNAL_ERROR", "An unexpected error occurred."),
    }
)

_CHECKS: Mapping[Endpoint, Callable[[rules.Fields], rules.Complaints]] = {
    TEXT: rules.text_rules,
    MEDIA: rules.media_rules,
    TEMPLATE: rules.template_rules,
    INTERACTIVE: rules.interactive_rules,
}
_ENDPOINTS = {endpoint.path: endpoint for endpoint in SENDS}


class WacrSandbox:
    """Implements `wamsg.driver.SandboxDialect`.

    Error bodies are of the shape ``{"success", "message", "error": {"code", "message", "details"}, "errors", "meta"}``;
    the documentation names statuses and codes but shows no error body.
    """

    base_path = "/api/v2"

    def respond(self, request: Request, serial: int) -> Answer:
        """The answer to any request; a ``media_url`` whose host ends in ``.invalid`` cannot be fetched."""
        path = self._path(request)
        endpoint = _ENDPOINTS.get(path) or _reads().get(path)
        if endpoint is None:
            return Answer(response=_failure(404, "There is nothing at this address.", serial))
        if request.method != endpoint.method:
            allowed = Headers({"Allow": endpoint.method})
            return Answer(response=_failure(405, "The method is not allowed here.", serial, headers=allowed))
        refusal = _authorise(self.account(request), endpoint, serial)
        if refusal is not None:
            return Answer(response=refusal)
        if not isinstance(endpoint, Endpoint):
            return Answer(response=_READ[endpoint.name]())
        return _send(endpoint, _fields(request), serial)

    def account(self, request: Request) -> str:
        """The bearer token, or nothing."""
        scheme, _, token = Headers(request.headers).get("Authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""

    def failure(self, status: int) -> Response:
        """The body that comes with a status: 401, 429 and 500 have codes that say it all, others have none."""
        code = {401: "UNAUTHORIZED", 429: "RATE_LIMIT_EXCEEDED", 500: "INTERNAL_ERROR"}.get(status)
        known = next((item.phrase for item in HTTPStatus if item == status), "Failure")
        return _failure(status, f"{known}.", 0, code=code)

    def _path(self, request: Request) -> str:
        try:
            path = request.path
        except ValueError:
            return ""
        return path.removeprefix(self.base_path)


def _authorise(token: str, endpoint: Endpoint | Declaration, serial: int) -> Response | None:
    if token == TOKEN or (token == TOKEN_WITHOUT_SENDING and endpoint.scope == "account:read"):
        return None
    if token == TOKEN_WITHOUT_SENDING:
        return _failure(403, f"The token lacks the scope {endpoint.scope}.", serial, code="INSUFFICIENT_SCOPE")
    return _failure(401, "Invalid or missing API token.", serial, code="UNAUTHORIZED")


def _fields(request: Request) -> dict[str, object]:
    """The body's fields, from a form or from JSON; a body that is neither has none, as with PHP frameworks."""
    if isinstance(request.body, Form):
        return {part.name: part.value for part in request.body.parts}
    document = read_json(request.body) if request.body else None
    return document if isinstance(document, dict) else {}


def _send(endpoint: Endpoint, fields: dict[str, object], serial: int) -> Answer:
    refusal = _refusal(endpoint, fields, serial)
    if refusal is not None:
        return Answer(response=refusal)
    data = _data(endpoint, fields, serial)
    accepted = Accepted(
        recipient=str(data["phone"]),
        kind=str(data["media_type"]) if endpoint is MEDIA else endpoint.name.partition(".")[2],
        message_id=str(data["message_id"]),
        body={name: _shown(value) for name, value in fields.items()},
    )
    return Answer(response=_success(data, "Message sent successfully"), accepted=(accepted,))


def _refusal(endpoint: Endpoint, fields: dict[str, object], serial: int) -> Response | None:
    complaints: dict[str, list[str]] = {}
    for name, complaint in _CHECKS[endpoint](fields):
        complaints.setdefault(name, []).append(complaint)
    if complaints:
        said = "The given data was invalid."
        return _failure(422, said, serial, code="VALIDATION_ERROR", errors=complaints)
    if endpoint is MEDIA and not _usable(fields):
        return _failure(422, "Invalid media type or failed download.", serial, code="INVALID_MEDIA_TYPE")
    inline = rules.refused_file(fields)
    if inline is not None:
        return _failure(422, inline, serial)
    magic = MAGIC.get(_digits(fields)[-5:])
    if magic is not None:
        return _failure(magic.status, magic.says, serial, code=magic.code, details=magic.details)
    if rules.contact_id(fields) == MISSING_CONTACT:
        return _failure(404, "Contact not found.", serial, code="NOT_FOUND")
    return None


def _usable(fields: dict[str, object]) -> bool:
    host = rules.host_of(str(fields.get("media_url") or "")) or ""
    # RFC 2606: .invalid is reserved, so it never resolves.
    return fields["media_type"] in KINDS and not host.endswith(".invalid")


def _data(endpoint: Endpoint, fields: dict[str, object], serial: int) -> dict[str, object]:
    """Exactly the "Response Fields" of the endpoint's page, in their order."""
    phone = _digits(fields)
    contact = rules.contact_id(fields)
    return {
        "message_id": f"wamid.SANDBOX{serial}",
        "contact_id": int(phone[-6:]) if contact is None else contact,
        "phone": phone,
        **_echo(endpoint, fields, serial),
        "status": "sent",
        # The serial number is the clock here; the bound keeps it inside the calendar.
        "sent_at": (_EPOCH + timedelta(seconds=serial % 10**9)).isoformat(),
        "chat_id": int(phone[-6:]),
        "chat_message_id": serial,
    }


def _echo(endpoint: Endpoint, fields: dict[str, object], serial: int) -> dict[str, object]:
    if endpoint is TEXT:
        return {"message": fields["message"]}
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


def _digits(fields: dict[str, object]) -> str:
    """The phone number "cleaned", as answers give it."""
    return "".join(character for character in str(fields["phone"]) if character.isdigit())


def _shown(value: object) -> object:
    if isinstance(value, Upload):
        return {"name": value.name, "content_type": value.content_type, "size": value.size}
    return value


def _account() -> Response:
    data = {
        "id": 1,
        "name": "Sandbox",
        "subdomain": "sandbox",
        "status": "active",
        "created_at": _EPOCH.isoformat(),
        "subscription": {"plan_name": "Free", "plan_id": None, "status": None, "expires_at": None},
    }
    return _success(data, "Account information retrieved successfully")


def _limits() -> Response:
    counts = {"contacts": 1000, "conversations": 1000, "campaigns": 10, "staff": 5, "api_calls_per_minute": 60}
    limits = {name: {"limit": count, "feature_name": name, "is_unlimited": False} for name, count in counts.items()}
    features = ("whatsapp_templates", "bulk_messaging", "chatbot", "advanced_analytics", "api_access")
    data: dict[str, object] = {"limits": limits, "features": dict.fromkeys((*features, "custom_branding"), True)}
    return _success(data, "Plan limits retrieved successfully")


_READ: Mapping[str, Callable[[], Response]] = MappingProxyType({"account.info": _account, "account.limits": _limits})


@cache
def _reads() -> Mapping[str, Declaration]:
    # Imported on use, as every provider's sandbox is loaded with the provider.
    from wamsg.providers.wacr.api.account import Account

    return {item.path: item for item in (Account.info.declaration, Account.limits.declaration)}


def _success(data: dict[str, object], message: str) -> Response:
    return _json(200, {"success": True, "data": data, "message": message})


def _failure(
    status: int,
    message: str,
    serial: int,
    *,
    code: str | None = None,
    details: Mapping[str, object] = MappingProxyType({}),
    errors: Mapping[str, list[str]] | None = None,
    headers: Headers | None = None,
) -> Response:
    document: dict[str, object] = {"success": False, "message": message}
    if code is not None:
        document["error"] = {"code": code, "message": message, "details": dict(details)}
    if errors is not None:
        document["errors"] = errors
    return _json(status, {**document, "meta": {"request_id": f"sandbox-{serial}"}}, headers)


def _json(status: int, document: dict[str, object], headers: Headers | None = None) -> Response:
    # ASCII, so that half a surrogate pair in a request can be said back.
    body = json.dumps(document).encode()
    return Response(status=status, headers=Headers({"Content-Type": "application/json", **(headers or {})}), body=body)
