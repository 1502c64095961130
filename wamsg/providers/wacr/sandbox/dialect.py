"""WA.cr's fake server as pure functions of a request, its serial number, and what is remembered of earlier ones."""

from __future__ import annotations

import re
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING

from wamsg.dialect import Memory
from wamsg.driver import Answer, Callback
from wamsg.model.event import Notice
from wamsg.providers.wacr.sandbox.answers import failure, invalid, missing
from wamsg.providers.wacr.sandbox.notices import notice_call
from wamsg.providers.wacr.sandbox.tokens import bearer, read_token
from wamsg.wire import Request, Response

if TYPE_CHECKING:
    from wamsg.dialect.served import Call, Complaint, Served
    from wamsg.operations import Declaration

#: The time of a request that comes alone: so many seconds after the beginning of 2026 as its serial number says.
_BEGINNING, _SPAN = 1_767_225_600, 10**9
_INDEX = re.compile(r"\[([0-9]+)\]")


class WacrSandbox:
    """Implements the `RememberingDialect` and the `NotifyingDialect` of `wamsg.driver`.

    It answers all of `wamsg.providers.wacr.api`, by its declarations, and tells of records.
    """

    base_path = "/api/v2"

    def respond(self, request: Request, serial: int) -> Answer:
        """The answer to any request of one who has asked nothing yet."""
        return self.respond_with(request, serial, Memory(), float(_BEGINNING + serial % _SPAN))

    def respond_with(self, request: Request, serial: int, memory: Memory, now: float) -> Answer:
        """The answer to any request: address, method, token, scope, form; then what it asks for is done."""
        served = _served()
        found = served.at(self._path(request))
        # An address of its own, such as /contacts/batch, is nobody's id.
        found = {method: door for method, door in found.items() if not door[1]} or found
        if not found:
            return failure(404, "There is nothing at this address.", serial)
        if request.method not in found:
            allowed = {"Allow": ", ".join(found)}
            return failure(405, "The method is not allowed here.", serial, headers=allowed)
        declaration, places = found[request.method]
        token = read_token(bearer(request))
        if token is None:
            return failure(401, "Invalid or missing API token.", serial, code="UNAUTHORIZED")
        if not token.may(declaration.scope):
            message = f"The token lacks the scope {declaration.scope}."
            return failure(403, message, serial, code="INSUFFICIENT_SCOPE")
        account = token.account
        call = served.call(declaration, places, request, serial=serial, now=now, memory=memory, account=account)
        return _refusal(call) or served.answer(call)

    def account(self, request: Request) -> str:
        """The token, whose rate limit the request counts against, or nothing."""
        return bearer(request)

    def failure(self, status: int) -> Response:
        """The body that comes with a status: 401, 429 and 500 have codes that say it all, others have none."""
        code = {401: "UNAUTHORIZED", 429: "RATE_LIMIT_EXCEEDED", 500: "INTERNAL_ERROR"}.get(status)
        known = next((item.phrase for item in HTTPStatus if item == status), "Failure")
        return failure(status, f"{known}.", 0, code=code).response

    def notice(self, notice: Notice) -> Callback:
        """A change of a record, as a sibling product documents it."""
        return notice_call(notice)

    def _path(self, request: Request) -> str:
        try:
            path = request.path
        except ValueError:
            # urlsplit refuses some addresses, such as one with half a bracket.
            return ""
        return path.removeprefix(self.base_path)


@cache
def _served() -> Served[Answer]:
    # Loaded on use, as the sandbox is loaded with the provider.
    from wamsg.dialect.served import Served
    from wamsg.operations import declarations_of
    from wamsg.providers.wacr.api import WacrApi
    from wamsg.providers.wacr.sandbox.handlers import HANDLERS

    return Served(declarations_of(WacrApi), HANDLERS)


def _refusal(call: Call) -> Answer | None:
    """404 for what cannot be the id of anything, 422 for whatever else is wrong."""
    wrong = [complaint for complaint in call.complaints if not _judged_later(call.declaration, complaint)]
    # https://docs.app.wa.cr/add-comment-28559825e0 lists statuses without codes.
    coded = call.declaration.resource != "comments"
    if any(complaint.field in call.places for complaint in wrong):
        what = call.declaration.resource.capitalize()
        return missing(call.serial, what, code="NOT_FOUND" if coded else None)
    errors: dict[str, list[str]] = {}
    for complaint in wrong:
        errors.setdefault(_INDEX.sub(r".\1", complaint.field), []).append(_says(complaint))
    return invalid(call.serial, errors, code="VALIDATION_ERROR" if coded else None) if errors else None


def _judged_later(declaration: Declaration, complaint: Complaint) -> bool:
    # A batch goes on without the contacts that are wrong.
    return declaration.name == "contacts.create_batch" and complaint.field.startswith("contacts[")


def _says(complaint: Complaint) -> str:
    # Both sentences: https://docs.app.wa.cr/create-contact-28559784e0
    known = {"firstname": "First name is required", "phone": "Phone number is required"}
    return known.get(complaint.field, complaint.says) if complaint.missing else complaint.says
