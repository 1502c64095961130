"""Answers to try a driver with, the printed failures among them, and the operations that decode them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from wamsg import errors
from wamsg.errors import SendError
from wamsg.model import Image, Message, PhoneNumber, Text
from wamsg.providers.kaleyra import provider
from wamsg.providers.kaleyra.driver import KaleyraDriver
from wamsg.wire import Headers, Meaning, Operation, Response

ASHA, BEN = PhoneNumber("+919812340001"), PhoneNumber("+12025550123")
DRIVER = KaleyraDriver(provider.settings(**provider.example))
SEND = DRIVER.encode(Message(content=Text(body="hi"), to=ASHA))
SEND_TWO = DRIVER.encode(Message(content=Text(body="hi"), to=(ASHA, BEN)))
UPLOAD = DRIVER.encode_upload(Image(file=b"\x89PNG\r\n\x1a\n" + bytes(16)))
PROBE = DRIVER.probe()


def answer(status: int, document: object, **headers: str) -> Response:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Response(status=status, body=body, headers=Headers({k.replace("_", "-"): v for k, v in headers.items()}))


def failure(response: Response, operation: Operation[Any] = SEND) -> SendError:
    with pytest.raises(SendError) as caught:
        operation.decode(response)
    return caught.value


def printed(code: str, message: str, fault: str, detail: str = "", data: object = None) -> dict[str, object]:
    """A failure body as https://developers.kaleyra.io/docs/whatsapp-api-v2-send-media-messages prints it."""
    return {"code": code, "message": message, "data": {} if data is None else data, "error": {fault: detail or message}}


NO_API = "API is not available for given customer.Please contact support for more info"
_VERSION = (
    "The phone number you're using is associated with different Version of our WA API. "
    "Please use the appropriate endpoint."
)
FOREIGN = "Phone number is not present or does not belong to the account."
_BALANCE = "Please check your balance, You have a low balance!"

PRINTED: list[tuple[int, dict[str, object], type[SendError], Meaning, float | None]] = [
    (
        401,
        printed("RBC001", "Incorrect SID or API key.", "error", data=[]),
        errors.BadCredentials,
        Meaning.REJECTED,
        None,
    ),
    (401, printed("WA401", FOREIGN, "phone_number"), errors.SenderRefused, Meaning.REJECTED, None),
    (
        400,
        printed("WA400", "Refer to correct payload format", "payload", "Incorrect payload format"),
        errors.InvalidRequest,
        Meaning.REJECTED,
        None,
    ),
    (
        500,
        printed("WA500", "Please try again later", "error", "Internal server error"),
        errors.Unavailable,
        Meaning.UNAVAILABLE,
        300.0,
    ),
    (400, printed("E110", _BALANCE, "balance"), errors.LowBalance, Meaning.REJECTED, None),
    (401, printed("WA-401", NO_API, "account"), errors.PermissionDenied, Meaning.REJECTED, None),
    (401, printed("WA-401", _VERSION, "phone_number"), errors.SenderRefused, Meaning.REJECTED, None),
]
