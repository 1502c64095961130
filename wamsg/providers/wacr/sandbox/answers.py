"""Answers in the provider's envelope.

Error bodies are of the shape ``{"success", "message", "error": {"code", "message", "details"}, "errors", "meta"}``; the
documentation names statuses and codes but shows no error body.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TypeAlias

from wamsg.driver import Accepted, Answer
from wamsg.wire import Headers, Response

Data: TypeAlias = dict[str, object]
#: By field, what is wrong with it.
Errors: TypeAlias = Mapping[str, list[str]]


#: The one that everything belongs to.
TENANT = 1


def when(seconds: float) -> str:
    """A point in time as answers write it, in whole seconds."""
    return datetime.fromtimestamp(int(seconds), UTC).isoformat()


def success(
    data: object, message: str, *, status: int = 200, meta: Data | None = None, accepted: Iterable[Accepted] = ()
) -> Answer:
    """An acceptance whose payload is enveloped."""
    document: Data = {"success": True, "data": data, "message": message}
    response = _json(status, document if meta is None else {**document, "meta": meta})
    return Answer(response=response, accepted=tuple(accepted))


def flat(message: str, **fields: object) -> Answer:
    """An acceptance whose fields stand beside ``success``, as those of batches and comments do."""
    return Answer(response=_json(200, {"success": True, "message": message, **fields}))


def failure(
    status: int,
    message: str,
    serial: int,
    *,
    code: str | None = None,
    details: Mapping[str, object] = MappingProxyType({}),
    errors: Errors | None = None,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Answer:
    """A refusal."""
    document: Data = {"success": False, "message": message}
    if code is not None:
        document["error"] = {"code": code, "message": message, "details": dict(details)}
    if errors is not None:
        document["errors"] = errors
    return Answer(response=_json(status, {**document, "meta": {"request_id": f"sandbox-{serial}"}}, headers))


def invalid(serial: int, errors: Errors, *, code: str | None = "VALIDATION_ERROR") -> Answer:
    """422 and what is wrong, field by field."""
    return failure(422, "The given data was invalid.", serial, code=code, errors=errors)


def missing(serial: int, what: str, *, code: str | None = "NOT_FOUND") -> Answer:
    """404 for something that an address or a request names."""
    return failure(404, f"{what} not found.", serial, code=code)


def over_limit(feature: str, current: int, plan: Mapping[str, int], serial: int) -> Answer | None:
    """403 if there may be no more of a feature.

    Source of the three details: https://docs.app.wa.cr/create-contact-28559784e0
    """
    maximum = plan[feature]
    if maximum == -1 or current < maximum:
        return None
    details = {"feature": feature, "current": current, "maximum": maximum}
    message = f"The plan's limit of {feature} is reached."
    return failure(403, message, serial, code="FEATURE_LIMIT_EXCEEDED", details=details)


def _json(status: int, document: Data, headers: Mapping[str, str] = MappingProxyType({})) -> Response:
    # ASCII, so that half a surrogate pair in a request can be said back.
    body = json.dumps(document).encode()
    return Response(status=status, headers=Headers({"Content-Type": "application/json", **headers}), body=body)
