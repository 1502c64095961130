"""Acme's fake server as pure functions of a request and its serial number."""

from __future__ import annotations

import json
from typing import Any

from acme_provider.config import EXAMPLE
from acme_provider.encode import CAPTION, TEXT
from wamsg.driver import Accepted, Answer
from wamsg.wire import Form, Headers, Request, Response, Upload, read_json

#: Numbers that end so are unreachable.
UNREACHABLE = "40404"


class AcmeSandbox:
    """Implements `wamsg.driver.SandboxDialect`."""

    base_path = "/v1"

    def respond(self, request: Request, serial: int) -> Answer:
        if self.account(request) != EXAMPLE["token"]:
            return Answer(response=_fault(401, "A100", "unknown token"))
        match request.method, request.path.removeprefix(self.base_path):
            case "POST", "/messages":
                return _send(request, serial)
            case "POST", "/media":
                return Answer(response=_upload(request, serial))
            case "GET", "/me":
                return Answer(response=_answer(200, {"ok": True, "account": "Sandbox"}))
        return Answer(response=_fault(404, "A400", "there is nothing here"))

    def account(self, request: Request) -> str:
        return Headers(request.headers).get("X-Acme-Token", "")

    def failure(self, status: int) -> Response:
        code = {401: "A100", 429: "A300", 500: "A500", 503: "A301"}.get(status)
        return _fault(status, code, f"status {status}")


def _send(request: Request, serial: int) -> Answer:
    document = read_json(request.body) if isinstance(request.body, bytes) else None
    fields = document if isinstance(document, dict) else {}
    wrong = _complaint(fields)
    if wrong:
        return Answer(response=_fault(400, "A400", wrong))
    to, message_id = fields["to"].removeprefix("+"), f"acme-{serial}"
    if to.endswith(UNREACHABLE):
        return Answer(response=_fault(422, "A200", "this number is not on WhatsApp"))
    taken = Accepted(recipient=to, kind=fields["kind"], message_id=message_id, body=fields)
    return Answer(response=_answer(201, {"ok": True, "id": message_id}), accepted=(taken,))


def _complaint(fields: dict[str, Any]) -> str | None:
    to, kind = fields.get("to"), fields.get("kind")
    if not isinstance(to, str) or not (to.startswith("+") and to[1:].isascii() and to[1:].isdigit()):
        return "to must be a number such as +12025550101"
    if kind == "text":
        return None if _is_text(fields.get("text"), TEXT) else "text is missing or too long"
    if kind != "image":
        return "kind must be text or image"
    if not any(_is_text(fields.get(name), 2000) for name in ("link", "media_id")):
        return "link or media_id is missing"
    return None if _is_text(fields.get("caption", "-"), CAPTION) else "caption is wrong or too long"


def _is_text(value: object, longest: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= longest


def _upload(request: Request, serial: int) -> Response:
    file = request.body.uploads().get("file") if isinstance(request.body, Form) else None
    if not isinstance(file, Upload) or not file.content_type.startswith("image/"):
        return _fault(400, "A400", "file must be an image")
    return _answer(201, {"ok": True, "media_id": f"media-{serial}"})


def _fault(status: int, code: str | None, say: str) -> Response:
    return _answer(status, {"ok": False, "fault": {"code": code, "say": say}})


def _answer(status: int, document: dict[str, Any]) -> Response:
    headers = Headers({"Content-Type": "application/json"})
    return Response(status=status, headers=headers, body=json.dumps(document).encode())
