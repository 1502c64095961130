"""How each provider wraps an answer and what its refusals look like; everything else a declaration tells itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen

from tests.support.scripted import Said
from wamsg.errors import (
    BadCredentials,
    InvalidRequest,
    NotFound,
    PermissionDenied,
    SendError,
    Throttled,
    Unanswered,
    Unavailable,
)
from wamsg.operations import Declaration


@frozen(kw_only=True)
class Refusal:
    """An answer that is no success, and what it has to become."""

    #: By declaration, since refusals name scopes and fields.
    says: Callable[[Declaration], Said]
    error: type[SendError]
    #: What the sentence must hold, where the declaration has such a thing.
    names: Callable[[Declaration], str | None] = field(default=lambda _: None)
    #: Whether the provider says that nothing was done, so that anything may be asked again.
    undone: bool = False
    #: Whether nobody knows what was done, so that only what is repeatable may.
    undecided: bool = False


@frozen(kw_only=True)
class Dialect:
    """What a test has to know of a provider to speak for it."""

    one: Callable[[object], object]
    #: Items, and whether there are more.
    page: Callable[[list[Any], bool], object]
    refusals: Mapping[str, Refusal]


def plain(status: int, document: object = None, body: bytes | None = None) -> Callable[[Declaration], Said]:
    kind = "application/json" if body is None else "text/html"
    said = Said(status=status, document=document, body=body, headers={"Content-Type": kind})
    return lambda _: said


def first_field(declaration: Declaration) -> str:
    """The provider's name of an argument, to complain about."""
    return next((item.wire for item in declaration.arguments), "page")


#: What both envelopes say beside an acceptance.
MESSAGE = "Done."
_HTML = b"<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>"
#: What comes between a provider and its customers, and what a provider in trouble says.
BROKEN: Mapping[str, Refusal] = {
    "html": Refusal(says=plain(200, body=_HTML), error=Unanswered, undecided=True),
    "html-502": Refusal(says=plain(502, body=_HTML), error=Unanswered, undecided=True),
    "empty": Refusal(says=plain(200, body=b""), error=Unanswered, undecided=True),
    "a-list": Refusal(says=plain(200, []), error=Unanswered, undecided=True),
    "null": Refusal(says=plain(200, body=b"null"), error=Unanswered, undecided=True),
    "not-utf-8": Refusal(says=plain(200, body=b'{"data": "\xff"}'), error=Unanswered, undecided=True),
    "too-deep": Refusal(says=plain(200, body=b'{"data": ' + b"[" * 100_000), error=Unanswered, undecided=True),
    "unavailable": Refusal(says=plain(503, body=_HTML), error=Unavailable, undone=True),
}


def _wacr(code: str, **more: object) -> dict[str, object]:
    error = {"code": code, "message": "It was refused.", "details": {}}
    return {"success": False, "message": "It was refused.", "error": error, "meta": {"request_id": "r-1"}, **more}


def _wacr_fields(declaration: Declaration) -> Said:
    document = _wacr("VALIDATION_ERROR", errors={first_field(declaration): ["is not good"]})
    return Said(status=422, document=document)


_WACR = Dialect(
    one=lambda payload: {"success": True, "data": payload, "message": MESSAGE, "meta": {"request_id": "r-1"}},
    page=lambda items, more: {"success": True, "data": items, "meta": {"pagination": {"has_more": more}}},
    refusals={
        **BROKEN,
        "credentials": Refusal(says=plain(401, _wacr("UNAUTHORIZED")), error=BadCredentials),
        "scope": Refusal(
            says=plain(403, _wacr("INSUFFICIENT_SCOPE")),
            error=PermissionDenied,
            names=lambda declaration: declaration.scope,
        ),
        "not-found": Refusal(says=plain(404, _wacr("NOT_FOUND")), error=NotFound),
        "fields": Refusal(says=_wacr_fields, error=InvalidRequest, names=first_field),
        "too-many": Refusal(says=plain(429, _wacr("RATE_LIMIT_EXCEEDED")), error=Throttled, undone=True),
        "broken": Refusal(says=plain(500, _wacr("INTERNAL_ERROR")), error=Unanswered, undecided=True),
    },
)


def _kaleyra(code: str, **error: str) -> dict[str, object]:
    return {"code": code, "message": "It was refused.", "data": {}, "error": error}


def _kaleyra_page(items: list[Any], more: bool) -> object:  # noqa: FBT001 -- as `Dialect.page` is called
    paging = {"paging": {"cursors": {"after": "behind"}}} if more else {}
    return {"code": "WA200", "message": MESSAGE, "data": items, "error": {}, **paging}


def _kaleyra_fields(declaration: Declaration) -> Said:
    return Said(status=400, document=_kaleyra("WA400", payload=f"{first_field(declaration)} is not good"))


_KALEYRA = Dialect(
    one=lambda payload: {"code": "WA200", "message": MESSAGE, "data": payload, "error": {}},
    page=_kaleyra_page,
    refusals={
        **BROKEN,
        "credentials": Refusal(says=plain(401, _kaleyra("RBC001", error="wrong key")), error=BadCredentials),
        "scope": Refusal(says=plain(401, _kaleyra("WA-401", account="no such API")), error=PermissionDenied),
        "not-found": Refusal(says=plain(404, {"error": "Not Found"}), error=NotFound),
        "fields": Refusal(says=_kaleyra_fields, error=InvalidRequest, names=first_field),
        "too-many": Refusal(says=plain(429, _kaleyra("WA429", error="slow down")), error=Throttled, undone=True),
        "broken": Refusal(says=plain(500, {"error": "Internal Server Error"}), error=Unanswered, undecided=True),
        "try-later": Refusal(says=plain(500, _kaleyra("WA500", error="later")), error=Unavailable),
    },
)

DIALECTS: Mapping[str, Dialect] = {"kaleyra": _KALEYRA, "wacr": _WACR}


def sprinkled(document: Any) -> Any:
    """The same with a field in every object that no documentation knows."""
    if isinstance(document, dict):
        return {**{name: sprinkled(item) for name, item in document.items()}, "unheard_of": {"deep": [1, None]}}
    return [sprinkled(item) for item in document] if isinstance(document, list) else document


def cut(said: Said) -> Said:
    """The same answer without its end."""
    whole = json.dumps(said.document).encode()
    return Said(status=said.status, body=whole[: len(whole) * 2 // 3], headers={"Content-Type": "application/json"})
