"""The answer that a fault leaves of the true one; pure. Cuts and waits are carried out on the socket."""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve

from wamsg.sandbox.faults import Fault, FaultBody, FaultKind
from wamsg.sandbox.retry_form import RetryForm, retry_headers
from wamsg.wire import Headers, Response

_HTML = {"Content-Type": "text/html; charset=utf-8"}
_PAGE = "<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1><hr>sandbox</body></html>\n"
#: Neither UTF-8 nor JSON; what a broken compression layer might deliver.
_GARBAGE = b'\x1f\x8b{"\xff\xfe\x00]'


def spoiled(fault: Fault, truth: Response, failure: Callable[[int], Response], now: float) -> Response:
    """What the client is to read when ``fault`` struck.

    ``truth`` is what the provider would have said, ``failure`` gives its own body for a status, ``now`` is in seconds
    since 1970.
    """
    match fault.kind:
        case FaultKind.THROTTLE:
            wait = 1.0 if fault.retry_after is None else fault.retry_after
            return throttled(failure(429), fault.form, wait, now)
        case FaultKind.STATUS:
            return _status(fault, failure, now)
        case FaultKind.HTML_200:
            return Response(status=200, headers=_HTML, body=_page("Please sign in"))
        case FaultKind.TRUNCATED_JSON:
            return evolve(truth, body=truth.body[: len(truth.body) // 2])
        case FaultKind.GARBLED_JSON:
            return evolve(truth, body=_GARBAGE + truth.body[::-1])
        case _:
            return truth


def throttled(failure: Response, form: RetryForm, seconds: float, now: float) -> Response:
    """The provider's 429 with a wait worded in this ``form``, and no other."""
    waits = {name.lower() for each in RetryForm for name in retry_headers(each, 1.0, now)}
    others = {name: value for name, value in failure.headers.items() if name.lower() not in waits}
    return evolve(failure, headers=Headers({**others, **retry_headers(form, seconds, now)}))


def _status(fault: Fault, failure: Callable[[int], Response], now: float) -> Response:
    response = _worded(fault, failure)
    return response if fault.retry_after is None else throttled(response, fault.form, fault.retry_after, now)


def _worded(fault: Fault, failure: Callable[[int], Response]) -> Response:
    match fault.body:
        case FaultBody.HTML:
            return Response(status=fault.status, headers=_HTML, body=_page(f"{fault.status} from a gateway"))
        case FaultBody.EMPTY:
            return Response(status=fault.status)
        case FaultBody.WRONG_TYPE:
            # The first of a name wins.
            own = failure(fault.status)
            return evolve(own, headers=Headers((*_HTML.items(), *own.headers.items())))
        case FaultBody.DIALECT:
            return failure(fault.status)


def _page(title: str) -> bytes:
    return _PAGE.format(title=title).encode()
