"""Recipients to whom something happens: the last five digits of their number choose what."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from attrs import frozen


@frozen
class Magic:
    """What happens to a recipient whose number ends in a magic suffix."""

    status: int
    code: str
    #: For the documentation.
    says: str
    details: Mapping[str, object] = MappingProxyType({})


OPTED_OUT = "40301"
#: The last five digits of a phone number, and the answer they bring about.
MAGIC: Mapping[str, Magic] = MappingProxyType(
    {
        OPTED_OUT: Magic(403, "CONTACT_OPTED_OUT", "The contact has opted out of receiving messages."),
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
#: Messages to these are accepted and fail later, as WhatsApp's error 131026 does.
UNDELIVERABLE = "31026"
#: The contact that does not exist: every other ``contact_id`` does, unless it was deleted.
MISSING_CONTACT = 404
