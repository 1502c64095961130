"""What a code in an answer means: one row per code, and what is left to say where there is only an HTTP status.

Sources:
send https://developers.kaleyra.io/docs/whatsapp-api-v2-error-codes-for-send-message
templates https://developers.kaleyra.io/docs/whatsapp-api-v2-error-codes-for-template
daily limit https://developers.kaleyra.io/docs/wa-status-update-webhooks-payload-v2-daily-limit-reached
bodies https://developers.kaleyra.io/docs/whatsapp-api-v2-send-media-messages
Meta's numbers https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes, which Kaleyra repeats at
https://developers.kaleyra.io/docs/cloud-api-error-codes
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from attrs import field, frozen

from wamsg.errors import (
    BadCredentials,
    InvalidRequest,
    LowBalance,
    MediaRefused,
    NotFound,
    OptedOut,
    PermissionDenied,
    PlanLimit,
    RecipientRefused,
    Rejected,
    SenderRefused,
    SendError,
    TemplateRefused,
    Throttled,
    Unanswered,
    Unavailable,
    WindowClosed,
)
from wamsg.wire import Meaning

#: The code of every success.
ACCEPTED = "WA200"

_MEANINGS: tuple[tuple[type[SendError], Meaning], ...] = (
    (Throttled, Meaning.THROTTLED),
    (Unavailable, Meaning.UNAVAILABLE),
    (Rejected, Meaning.REJECTED),
    (Unanswered, Meaning.UNDECIDED),
)


@frozen
class Rule:
    """How one code is read: the error that people get, and through its class what the pipeline does."""

    error: type[SendError]
    #: Seconds to wait where the answer's headers do not say.
    retry_after: float | None = field(default=None, kw_only=True)
    #: Kinds of lanes that a throttling concerns; empty means the sender's.
    lane_kinds: tuple[str, ...] = field(default=(), kw_only=True)
    #: Whether it is said of the request as a whole, before anyone was sent to: its payload was not even read.
    whole_request: bool = field(default=False, kw_only=True)
    #: What to do about it, for people.
    hint: str = field(default="", kw_only=True)

    @property
    def meaning(self) -> Meaning:
        """The same in the pipeline's words."""
        return next(meaning for error, meaning in _MEANINGS if issubclass(self.error, error))


UNDECIDED = Rule(Unanswered)
_SENDER_TOO_FAST = Rule(Throttled, lane_kinds=("sender",))
_ACCOUNT = Rule(PermissionDenied)
_NUMBER = Rule(SenderRefused)
_UPSTREAM = Rule(PermissionDenied, hint="Kaleyra's own access to Meta failed: contact its support")

KALEYRA: Mapping[str, Rule] = MappingProxyType(
    {
        # https://developers.kaleyra.io/docs/generating-an-api-key
        "RBC001": Rule(BadCredentials, hint="keys also die when the team member who created them is removed"),
        "WA401": _NUMBER,
        "WA400": Rule(InvalidRequest, whole_request=True),
        "E110": Rule(LowBalance),
        "WAV2101": Rule(PlanLimit),
        "WA429": _SENDER_TOO_FAST,
        # The page advises three retries, after 5, 10 and 15 minutes.
        "WA500": Rule(Unavailable, retry_after=300.0),
    }
)

META: Mapping[str, Rule] = MappingProxyType(
    {
        str(code): rule
        for rule, codes in (
            (_UPSTREAM, (0, 3, 10, 190, *range(200, 300), 131005)),
            # "Unknown error" does not say that nothing was sent; the others say that it was not.
            (UNDECIDED, (1,)),
            (Rule(Unavailable), (2, 131000, 131016)),
            (_SENDER_TOO_FAST, (4, 80007, 130429)),
            # The number is being upgraded, which takes up to a minute.
            (Rule(Throttled, retry_after=60.0, lane_kinds=("sender",)), (131057,)),
            (Rule(Throttled, lane_kinds=("pair",)), (131056,)),
            # Spam and misclassification limits: to go on sending makes them worse.
            (Rule(PlanLimit), (131048, 131064)),
            (Rule(RecipientRefused), (130403, 130472, 130497, 131021, 131026, 131049)),
            (Rule(OptedOut), (131050,)),
            (Rule(WindowClosed, hint="send a template"), (131047,)),
            (Rule(InvalidRequest), (100, 131008, 131009, 131051)),
            (Rule(MediaRefused), (131052, 131053)),
            (Rule(TemplateRefused), (132000, 132001, 132005, 132007, 132012, 132015, 132016, 132018, 132068, 132069)),
            (Rule(LowBalance), (131042,)),
            (_NUMBER, (33, 131037, 131045, 133016)),
            (_ACCOUNT, (368, 131031)),
        )
        for code in codes
    }
)

_MOVED = Rule(Rejected, hint="the address redirects elsewhere: check base_url and pod")
#: Where no code is known. 301 to 303 are no refusal: what stands behind them may have taken the message.
STATUSES: Mapping[int, Rule] = MappingProxyType(
    {
        307: _MOVED,
        308: _MOVED,
        401: Rule(BadCredentials),
        403: Rule(PermissionDenied, hint="the key may be limited to other caller addresses"),
        404: Rule(NotFound, hint="check base_url, pod and sid"),
        # "Request Timeout" comes from gateways, which cannot say how much had gone on.
        408: UNDECIDED,
        413: Rule(MediaRefused),
        429: _SENDER_TOO_FAST,
        503: Rule(Unavailable),
    }
)


def rule_of_code(code: str, faults: Collection[str] = (), message: str = "") -> Rule | None:
    """The row of ``code``, or None if it is unknown (or the code of success).

    ``faults`` are the keys of the answer's ``error`` object. ``WA401`` and ``WA-401`` are one code with two uses that
    only those, or the message, tell apart: the account lacks the API, or the number is not usable.
    """
    known = code.upper().replace("-", "")
    if known == "WA401" and ("account" in faults or "not available for given customer" in message):
        return _ACCOUNT
    return KALEYRA.get(known) or META.get(known)


def rule_of_status(status: int) -> Rule:
    """What can be said of an HTTP status that is no success, without a known code."""
    if status in STATUSES:
        return STATUSES[status]
    return Rule(Rejected) if 400 <= status < 500 else UNDECIDED
