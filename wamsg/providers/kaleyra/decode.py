"""Answers to results or errors; the verdict and the error of an answer come from one reading and cannot disagree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wamsg.errors import PermissionDenied, Rejected, SendError, Unanswered
from wamsg.model import PhoneNumber, SendResult
from wamsg.providers.kaleyra.answer import Reading, ids_of, message_of, read, shown
from wamsg.providers.kaleyra.codes import Rule
from wamsg.providers.kaleyra.config import NAME
from wamsg.settings import Secret
from wamsg.wire import OK, Response, Verdict, retry_after

#: Kaleyra documents no header that names a request; these are what gateways in front of such APIs set.
_REQUEST_IDS = ("x-request-id", "x-correlation-id", "x-amzn-requestid", "x-kong-request-id")
UPLOAD_HINT = "only postpaid accounts may upload: send a public link instead"


def classify(response: Response) -> Verdict:
    """What an answer means for the pipeline; copes with any bytes."""
    rule = read(response).rule
    return OK if rule is None else Verdict(rule.meaning, _wait(response, rule), rule.lane_kinds)


def send_result(
    response: Response, *, to: tuple[PhoneNumber, ...], lanes: tuple[str, ...], secret: Secret
) -> SendResult:
    """The result of a send. Raises a `wamsg.errors.SendError` for everything but an acceptance."""
    document = accepted(response, lanes=lanes, secret=secret)
    ids = ids_of(document)
    each = len(to) > 1 and len(ids) == len(to)
    return SendResult(
        provider=NAME,
        to=to,
        message_id=ids[0] if len(ids) == 1 else None,
        message_ids=tuple(ids) if each else (),
        raw=document,
    )


def upload_id(response: Response, *, lanes: tuple[str, ...], secret: Secret) -> str:
    """The id of uploaded media. Raises `Unanswered` for an acceptance that names none."""
    document = accepted(response, lanes=lanes, secret=secret, denied=UPLOAD_HINT)
    ids = ids_of(document)
    if len(ids) == 1:
        return ids[0]
    message = "the upload was accepted, but the answer names no media id; send a public link instead"
    raise error_of(Unanswered, message, response, read(response), lanes=lanes, secret=secret)


def health(response: Response, *, lanes: tuple[str, ...], secret: Secret) -> str:
    """One sentence about the sending number (https://developers.kaleyra.io/docs/fetch-phone-number-details-api)."""
    document = accepted(response, lanes=lanes, secret=secret)
    data = document.get("data", document)
    data = data[0] if isinstance(data, list) and data else data
    facts = ", ".join(_facts(data)) if isinstance(data, dict) else ""
    return shown("the number is known" + (f": {facts}" if facts else ""), secret=secret.reveal())


def _facts(data: Mapping[str, object]) -> Iterator[str]:
    # The names are Meta's, since the page lists what is answered but not how it is called:
    # https://developers.facebook.com/docs/whatsapp/business-management-api/manage-phone-numbers
    throughput = data.get("throughput")
    level = throughput.get("level") if isinstance(throughput, dict) else throughput
    tier = data.get("messaging_limit_tier") or data.get("whatsapp_business_manager_messaging_limit")
    for word, value in (
        ("quality", data.get("quality_rating")),
        ("tier", tier),
        ("status", data.get("status")),
        ("throughput", level),
    ):
        if isinstance(value, str) and value.strip():
            yield f"{word} {value}"


def accepted(response: Response, *, lanes: tuple[str, ...], secret: Secret, denied: str = "") -> Mapping[str, object]:
    """The answer's JSON object, or the error that it stands for; ``denied`` is advice for a missing permission."""
    document = response.json()
    if response.verdict is OK and isinstance(document, dict):
        # The pipeline has asked `classify` already, which came to OK by the same reading.
        return document
    reading = read(response)
    rule = reading.rule
    if rule is None:
        return reading.document
    hint = denied if denied and issubclass(rule.error, PermissionDenied) else rule.hint
    message = message_of(response, reading.document, secret=secret.reveal())
    message = f"{message} ({hint})" if hint else message
    raise error_of(rule.error, message, response, reading, lanes=lanes, secret=secret)


def error_of(
    kind: type[SendError],
    message: str,
    response: Response,
    reading: Reading,
    *,
    lanes: tuple[str, ...],
    secret: Secret,
) -> SendError:
    """The error that an answer stands for, with everything that is known of it."""
    hidden = secret.reveal()
    request_id = next((response.headers[name] for name in _REQUEST_IDS if response.headers.get(name)), None)
    error = kind(
        message,
        provider=NAME,
        code=reading.code and shown(reading.code, secret=hidden),
        http_status=response.status,
        retry_after=_wait(response, reading.rule),
        request_id=request_id and request_id.replace(hidden, "****")[:128],
        lanes=lanes,
    )
    if isinstance(error, Rejected):
        error.whole_request = reading.rule is not None and reading.rule.whole_request
    return error


def _wait(response: Response, rule: Rule | None) -> float | None:
    asked = retry_after(response.headers, received_at=response.received_at)
    return rule.retry_after if asked is None and rule else asked
