"""Kaleyra's fake server as pure functions of a request, its serial number, and what is remembered of earlier ones."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import unquote

from wamsg.dialect import Memory
from wamsg.driver import Accepted, Answer, Callback, Told, Written
from wamsg.model import PhoneNumber
from wamsg.model.event import Notice
from wamsg.providers.kaleyra import sandbox_callbacks
from wamsg.providers.kaleyra.config import EXAMPLE
from wamsg.providers.kaleyra.sandbox_notices import notice_call
from wamsg.providers.kaleyra.sandbox_refusals import (
    BAD_CREDENTIALS,
    TOO_MANY,
    UNKNOWN_SENDER,
    Refusal,
    answer,
    bad,
)
from wamsg.providers.kaleyra.sandbox_send import send
from wamsg.providers.kaleyra.sandbox_tables import ACCOUNT
from wamsg.wire import Headers, Request, Response

if TYPE_CHECKING:
    from wamsg.dialect.served import Served

_MESSAGES = re.compile(r"/v2/(?P<sid>[^/]+)/whatsapp/(?P<number>[^/]+)/messages")
_ACCOUNT = re.compile(r"/v[12]/(?P<sid>[^/]+)/(?:whatsapp/(?P<number>[^/]+)/)?.*", re.DOTALL)
_SENDER = PhoneNumber(EXAMPLE["sender"])


class KaleyraSandbox:
    """Implements the `RememberingDialect`, the `CallingDialect` and the `NotifyingDialect` of `wamsg.driver`."""

    base_path = ""

    def respond(self, request: Request, serial: int) -> Answer:
        """The answer to any request of one who has asked nothing yet."""
        return self.respond_with(request, serial, Memory(), 0.0)

    def respond_with(self, request: Request, serial: int, memory: Memory, now: float) -> Answer:
        """The answer to any request, checked in Kaleyra's order: credentials, number, payload."""
        path = _path(request)
        message = _MESSAGES.fullmatch(path)
        if message is not None:
            refusal = self._refusal(request, {"POST"}, message["sid"], message["number"])
            return Answer(response=refusal) if refusal else send(request, serial, memory, now)
        return Answer(response=self._operate(path, request, serial, memory, now))

    def account(self, request: Request) -> str:
        """The sending number (or the business account) and the SID, whose throughput the request counts against."""
        found = _ACCOUNT.fullmatch(_path(request))
        return f"{_bare(found['number'] or '')}/{found['sid']}" if found else ""

    def failure(self, status: int) -> Response:
        """The body that comes with a status: only 429 has a code, since ``WA500`` says "not accepted" and 500 not."""
        if status == 429:
            return TOO_MANY.response()
        phrase = next((item.phrase for item in HTTPStatus if item == status), "Failure")
        return answer(status, {"error": phrase})

    def fate(self, accepted: Accepted, fault: str | None = None) -> tuple[Told, ...]:
        """What becomes of a message; ``fault`` is a code of Meta's or Kaleyra's, or a reason of "not sent"."""
        return sandbox_callbacks.fate(accepted, fault)

    def callbacks(self, told: Sequence[Told]) -> tuple[Callback, ...]:
        """The calls that tell all of these; see `wamsg.providers.kaleyra.sandbox_callbacks`."""
        return sandbox_callbacks.callbacks(told)

    def incoming(self, written: Written) -> Callback:
        """A message in Kaleyra's frame, or in the variables of a profile: the styles ``variables`` and ``query``."""
        return sandbox_callbacks.incoming(written)

    def notice(self, notice: Notice) -> Callback:
        """A template's standing, a number's quality (by GET) or an upload, in the documented variables."""
        return notice_call(notice)

    def _operate(self, path: str, request: Request, serial: int, memory: Memory, now: float) -> Response:
        served = _served()
        found = served.at(path)
        if not found:
            return self.failure(404)
        places = next(iter(found.values()))[1]
        refusal = self._refusal(request, found.keys(), places["sid"], places.get("number"))
        if refusal is not None:
            return refusal
        declaration, places = found[request.method]
        call = served.call(declaration, places, request, serial=serial, now=now, memory=memory, account=ACCOUNT)
        return bad(call.complaints[0].says) if call.complaints else served.answer(call)

    def _refusal(self, request: Request, methods: Collection[str], sid: str, number: str | None) -> Response | None:
        if request.method not in methods:
            return self.failure(405)
        refusal = _authorise(request, sid, number)
        return refusal.response() if refusal else None


@cache
def _served() -> Served[Response]:
    # Loaded on use, as the sandbox is loaded with the provider.
    from wamsg.dialect.served import Served
    from wamsg.operations import declarations_of
    from wamsg.providers.kaleyra import sandbox_files, sandbox_people, sandbox_templates
    from wamsg.providers.kaleyra.api import KaleyraApi

    handlers = {**sandbox_files.HANDLERS, **sandbox_people.HANDLERS, **sandbox_templates.HANDLERS}
    return Served(declarations_of(KaleyraApi), handlers)


def _path(request: Request) -> str:
    try:
        return request.path
    except ValueError:
        # urlsplit refuses some addresses, such as one with half a bracket.
        return ""


def _bare(number: str) -> str:
    """Without the plus sign: pages show the number both ways, and nobody knows which is refused."""
    return unquote(number).removeprefix("+")


def _authorise(request: Request, sid: str, number: str | None) -> Refusal | None:
    if sid != EXAMPLE["sid"] or Headers(request.headers).get("api-key") != EXAMPLE["api_key"]:
        return BAD_CREDENTIALS
    return None if number is None or _bare(number) == _SENDER.digits else UNKNOWN_SENDER
