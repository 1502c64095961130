"""What the fake server refuses with: Kaleyra's own failure bodies, and the recipients that bring each of them about.

Source of the bodies: https://developers.kaleyra.io/docs/whatsapp-api-v2-send-media-messages; those of ``WA429`` and
``WAV2101`` are modelled on them, since only their codes are documented.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

from attrs import evolve, field, frozen

from wamsg.wire import Headers, Response

JSON_HEADERS = Headers({"Content-Type": "application/json"})


@frozen
class Refusal:
    """One failure: HTTP status, code, message, and the one key of the ``error`` object with its text."""

    status: int
    code: str
    message: str
    fault: str
    #: Where it differs from the message.
    detail: str = field(default="", kw_only=True)

    def response(self) -> Response:
        """The whole answer; ``data`` is a list for wrong credentials and an object for everything else."""
        data: object = [] if self is BAD_CREDENTIALS else {}
        error = {self.fault: self.detail or self.message}
        return answer(self.status, {"code": self.code, "message": self.message, "data": data, "error": error})


def answer(status: int, document: Mapping[str, object]) -> Response:
    """A JSON answer."""
    return Response(status=status, headers=JSON_HEADERS, body=json.dumps(document).encode())


BAD_CREDENTIALS = Refusal(401, "RBC001", "Incorrect SID or API key.", "error")
UNKNOWN_SENDER = Refusal(401, "WA401", "Phone number is not present or does not belong to the account.", "phone_number")
BAD_PAYLOAD = Refusal(400, "WA400", "Refer to correct payload format", "payload", detail="Incorrect payload format")
SERVER_ERROR = Refusal(500, "WA500", "Please try again later", "error", detail="Internal server error")
LOW_BALANCE = Refusal(400, "E110", "Please check your balance, You have a low balance!", "balance")
NO_API = Refusal(
    401, "WA-401", "API is not available for given customer.Please contact support for more info", "account"
)
OTHER_VERSION = Refusal(
    401,
    "WA-401",
    "The phone number you're using is associated with different Version of our WA API. "
    "Please use the appropriate endpoint.",
    "phone_number",
)
TOO_MANY = Refusal(429, "WA429", "Too many requests", "error")
DAILY_LIMIT = Refusal(400, "WAV2101", "Account daily limit reached", "account")

#: Meta's own codes, as Kaleyra repeats them: https://developers.kaleyra.io/docs/cloud-api-error-codes
BLOCKED = Refusal(400, "130403", "The recipient is on your block list; unblock it first.", "error")
EXPIRED = Refusal(400, "131009", "The media id is not valid any more.", "error")


def bad(why: str) -> Response:
    """``WA400`` and what is wrong, which the real one keeps to itself."""
    return evolve(BAD_PAYLOAD, detail=f"{BAD_PAYLOAD.detail}: {why}").response()


def success(data: object, **beside: object) -> Response:
    """An acceptance. Documented for the template calls; the page of the send call gives only the code."""
    message = "Request Processed Successfully"
    return answer(200, {"code": "WA200", "message": message, "data": data, "error": {}, **beside})


#: The last five digits of a recipient, and what happens to a message for it.
MAGIC: Mapping[str, Refusal] = MappingProxyType(
    {
        "40000": BAD_PAYLOAD,
        "40100": BAD_CREDENTIALS,
        "40101": NO_API,
        "40102": OTHER_VERSION,
        "40103": UNKNOWN_SENDER,
        "40110": LOW_BALANCE,
        "42101": DAILY_LIMIT,
        "42901": TOO_MANY,
        "50000": SERVER_ERROR,
    }
)
