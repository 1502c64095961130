"""The provider's codes and statuses, each with the error it becomes and the page it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from attrs import frozen

from wamsg.errors import (
    BadCredentials,
    CodeRefused,
    InvalidRequest,
    MediaRefused,
    NotFound,
    OptedOut,
    PermissionDenied,
    PlanLimit,
    Rejected,
    SenderRefused,
    SendError,
    SendFailed,
    Throttled,
    Unanswered,
    Unavailable,
)
from wamsg.wire import Meaning

_DOCS = "https://docs.app.wa.cr/"
#: "Common Error Responses (All Send Endpoints)"; the same table stands on the page of media (2026-02-25).
_SENDS = _DOCS + "send-text-message-28559790e0"
_MEDIA = _DOCS + " (Messages, Send Media Message, 2026-02-25)"
_SEND_OTP = _DOCS + "send-otpverification-code-28559796e0"
_VERIFY_OTP = _DOCS + "verify-otp-28559798e0"
#: Nothing of the provider's: what HTTP itself says (RFC 9110), read with the caution that a paid message asks for.
_HTTP = "https://www.rfc-editor.org/rfc/rfc9110#section-15"


@frozen
class Fault:
    """What an answer that is no success means."""

    error: type[SendError]
    #: One sentence for people; ``{scope}`` stands for what the token must be allowed to do.
    says: str
    source: str

    @property
    def meaning(self) -> Meaning:
        """The same for the pipeline."""
        if issubclass(self.error, Throttled):
            return Meaning.THROTTLED
        if issubclass(self.error, Unavailable):
            return Meaning.UNAVAILABLE
        return Meaning.REJECTED if issubclass(self.error, Rejected) else Meaning.UNDECIDED


#: The provider's own code beats the status: 403 has four meanings, 500 two.
CODES: Mapping[str, Fault] = MappingProxyType(
    {
        "UNAUTHORIZED": Fault(BadCredentials, "the token is wrong or missing", _SENDS),
        "INSUFFICIENT_SCOPE": Fault(PermissionDenied, "the token lacks the scope {scope}", _SENDS),
        "FEATURE_LIMIT_EXCEEDED": Fault(
            PlanLimit, "a limit of the plan (contacts or conversations) is used up", _SENDS
        ),
        "FEATURE_NOT_AVAILABLE": Fault(PermissionDenied, "the plan lacks this feature", _SEND_OTP),
        "CONTACT_OPTED_OUT": Fault(OptedOut, "this contact has opted out", _SENDS),
        "NOT_FOUND": Fault(NotFound, "what the request names, such as contact_id, does not exist", _SENDS),
        "VALIDATION_ERROR": Fault(
            InvalidRequest, "the request is not valid, or new contacts lack their default settings", _SENDS
        ),
        "WHATSAPP_NOT_CONFIGURED": Fault(SenderRefused, "the account has no WhatsApp number set up", _SENDS),
        "INVALID_MEDIA_TYPE": Fault(MediaRefused, "the media type is wrong or its link could not be fetched", _MEDIA),
        "RATE_LIMIT_EXCEEDED": Fault(Throttled, "too many requests with this token", _SENDS),
        # It says that the send failed, so it is known not to have gone out.
        "MESSAGE_SEND_FAILED": Fault(SendFailed, "the provider tried WhatsApp and says that the send failed", _SENDS),
        # It says nothing about how far the send had come.
        "INTERNAL_ERROR": Fault(Unanswered, "the provider broke while it worked on this", _SENDS),
        "OTP_NOT_FOUND": Fault(CodeRefused, "there is no code for this phone and purpose", _VERIFY_OTP),
        "OTP_EXPIRED": Fault(CodeRefused, "the code has expired", _VERIFY_OTP),
        "INVALID_CODE": Fault(CodeRefused, "the code is wrong", _VERIFY_OTP),
        "MAX_ATTEMPTS_EXCEEDED": Fault(CodeRefused, "too many wrong codes; a new one is needed", _VERIFY_OTP),
    }
)

_MOVED = Fault(Rejected, "the address has moved and nothing was taken; check base_url", _HTTP)
#: Answers without a code that we know.
STATUSES: Mapping[int, Fault] = MappingProxyType(
    {
        307: _MOVED,
        308: _MOVED,
        401: Fault(BadCredentials, "the token is wrong or missing", _HTTP),
        404: Fault(NotFound, "there is nothing at this address; check base_url", _HTTP),
        413: Fault(MediaRefused, "the file is larger than the server takes", _HTTP),
        422: Fault(InvalidRequest, "the request is not valid", _HTTP),
        429: Fault(Throttled, "too many requests", _HTTP),
        503: Fault(Unavailable, "the provider takes nothing at the moment", _HTTP),
    }
)

#: The 422 without a code, "(inline)".
INLINE_MEDIA = Fault(MediaRefused, "the file's ending or its size is not allowed for this account", _MEDIA)
#: A 2xx that says ``success: false`` without a code that we know.
FAILED = Fault(Rejected, "the provider says that it did not succeed", _DOCS)
#: A 2xx that is not a JSON object.
UNREADABLE = Fault(Unanswered, "the answer cannot be read: it is not a JSON object", _HTTP)
#: Any other 4xx.
REFUSED = Fault(Rejected, "refused", _HTTP)
#: Everything else: 5xx, and redirects that lose a body.
UNDECIDED = Fault(Unanswered, "no answer that tells what became of it", _HTTP)


def by_status(status: int) -> Fault:
    """What a status outside 2xx means where no code says more."""
    return STATUSES.get(status) or (REFUSED if 400 <= status < 500 else UNDECIDED)
